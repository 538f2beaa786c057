// The bar below a question: what can be done, how many attempts are left, whether one's work is safe.

import { blockOf, Enhancing, make } from "./element.ts";
import { announce, type Json, type Sent, send } from "./runtime.ts";
import { word } from "./words.ts";

const pause = 1500;

/**
 * <quoin-submit [left] [save]> around the buttons of a block's form. left is the number of attempts that are left; save names a
 * handler that keeps what was typed, as JSON of name to values, a moment after the last change.
 */
export class Submit extends Enhancing {
  private readonly state = make("span", "el-state saved");
  private timer = 0;
  private saving = 0;

  protected enhance(): void {
    const bar = this.querySelector(".submit-bar") ?? this;
    this.state.setAttribute("role", "status");
    const left = this.number("left");
    if (left >= 0) bar.append(make("span", "tries", left > 0 ? word("submit_left", left) : word("submit_none")));
    if (!bar.querySelector("[data-note]")) bar.append(this.state); // where the platform says it already
    const at = this.getAttribute("saved");
    if (at && !Number.isNaN(Date.parse(at))) this.show(word("submit_saved", clock(new Date(at))), "good");
    // Who presses twice means it once.
    this.addEventListener("click", (event) => {
      if (this.hasAttribute("busy") && event.target instanceof Element && event.target.closest("button")) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, { capture: true });
  }

  protected override listen(): void {
    const signal = this.gone.signal;
    const block = blockOf(this);
    document.addEventListener("quoin-form", (event) => {
      if (event.target === block || event.target === document) this.form((event as CustomEvent<{ state: string }>).detail.state);
    }, { signal });
    if (!this.getAttribute("save")) return;
    const later = (event: Event) => {
      const control = event.target;
      if (!(control instanceof Element) || !block.contains(control) || !("form" in control) || control.closest("[data-unsaved]")) return;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.save(), pause);
    };
    document.addEventListener("input", later, { signal });
    signal.addEventListener("abort", () => window.clearTimeout(this.timer));
  }

  /** How the block's form fares: sending, sent, or failed. */
  private form(state: string): void {
    const busy = state === "sending";
    this.toggleAttribute("busy", busy);
    for (const button of this.querySelectorAll("button")) {
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
    window.clearTimeout(this.timer);
    this.show(busy ? word("submit_sending") : state === "offline" ? word("submit_offline") : "", state === "offline" ? "warn" : "");
  }

  private async save(): Promise<void> {
    const turn = ++this.saving;
    const told = (state: Sent) => {
      if (turn === this.saving && state !== "sent") this.show(state === "kept" ? word("submit_offline") : word("submit_saving"), state === "kept" ? "warn" : "");
    };
    told("sending");
    try {
      await send(this.getAttribute("save") ?? "", this.values(), { element: this, told });
      if (turn === this.saving) this.show(word("submit_saved", clock(new Date())), "good");
    } catch (error) {
      if (turn !== this.saving) return;
      const text = error instanceof Error && error.message ? error.message : word("submit_failed");
      this.show(text, "bad");
      announce(text);
    }
  }

  /** Everything that the block's form holds, without what the platform put there. */
  private values(): Json {
    const form = blockOf(this).querySelector<HTMLFormElement>("form[data-block-form]");
    const values: Record<string, string[]> = {};
    for (const [name, value] of form ? new FormData(form) : []) {
      if (typeof value === "string" && !["token", "request", "sitting"].includes(name)) (values[name] ??= []).push(value);
    }
    return values;
  }

  private show(text: string, kind: string): void {
    this.state.className = kind ? `el-state status ${kind}` : "el-state saved";
    this.state.textContent = text;
    this.state.hidden = text === "";
  }
}

function clock(at: Date): string {
  return at.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "numeric", minute: "2-digit" });
}

// A formula as one types it: symbols to press, how it is understood, and a word about what is wrong with it. It stays left to right.

import { button, describe, Enhancing, make, step } from "./element.ts";
import { type Fault, read, type Writing } from "./formula.ts";
import { formula, say } from "./mathml.ts";
import { word } from "./words.ts";

const usual = "√( ^ · π ≤ ≥ ≠ ( ) →";
const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
const mostShown = 1000; // characters
const pauseAfter = 700; // milliseconds: in the middle of typing every bracket is open

/** unmatched finds the first bracket that has no partner, null when all have one. */
export function unmatched(text: string): { bracket: string; open: boolean } | null {
  const open: string[] = [];
  for (const c of text) {
    if ("([{".includes(c)) open.push(c);
    else if (c in pairs && open.pop() !== pairs[c]) return { bracket: c, open: false };
  }
  const left = open.pop();
  return left ? { bracket: left, open: true } : null;
}

/**
 * <quoin-math [symbols] [preview] [names]> around a label and a text input. symbols are divided by spaces, "none" for none. preview
 * shows how the formula is understood: "calc" where products must be written, "free" where 2x is one; names are the variables, by
 * which names that stand together are taken apart.
 */
export class MathText extends Enhancing {
  private readonly hint = make("p", "help el-hint");
  private readonly preview = make("div", "el-preview");
  private readonly spoken = make("p", "visually-hidden");
  private pause = 0;

  protected enhance(): void {
    const field = this.querySelector<HTMLInputElement>("input, textarea");
    if (!field) return;
    field.dir = "ltr";
    field.autocapitalize = "none";
    field.autocomplete = "off";
    field.spellcheck = false;
    const writable = !field.readOnly && !field.disabled;
    if (writable && this.getAttribute("symbols") !== "none") this.palette(field);
    this.hint.setAttribute("role", "status");
    (field.closest(".field") ?? this).append(this.hint);
    describe(field, this.hint);
    if (this.hasAttribute("preview")) this.show(field);
    const check = () => this.check(field);
    field.addEventListener("input", () => {
      window.clearTimeout(this.pause);
      this.pause = window.setTimeout(check, pauseAfter);
    });
    field.addEventListener("change", check);
    if (field.value) check();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.pause);
  }

  private get writing(): Writing {
    return { strict: this.getAttribute("preview") === "calc", names: (this.getAttribute("names") ?? "").split(/[\s,]+/).filter(Boolean) };
  }

  /** show keeps the formula as it is set beside the field, or below it, in a place that is there from the beginning. */
  private show(field: HTMLInputElement): void {
    this.preview.dir = "ltr";
    // What is set is for the eyes: in words it is said when typing pauses, and a formula in the middle of typing would only be noise.
    this.preview.setAttribute("aria-hidden", "true");
    this.spoken.setAttribute("role", "status");
    const row = field.closest(".question-entry, .capa-entry");
    if (row) row.append(this.preview);
    else field.after(this.preview);
    this.preview.after(this.spoken);
    field.addEventListener("input", () => this.draw(field));
    this.draw(field);
  }

  private draw(field: HTMLInputElement): void {
    const found = field.value.length > mostShown ? null : read(field.value, this.writing);
    this.preview.replaceChildren(...(found ? [formula(found.root)] : []));
  }

  private check(field: HTMLInputElement): void {
    window.clearTimeout(this.pause);
    const wrong = unmatched(field.value);
    const found = this.hasAttribute("preview") && field.value.length <= mostShown ? read(field.value, this.writing) : null;
    const told = (text: string) => {
      if (this.hint.textContent !== text) this.hint.textContent = text;
    };
    if (wrong) told(word(wrong.open ? "math_open" : "math_close", wrong.bracket));
    else told(found?.fault ? faulty(found.fault) : "");
    this.spoken.textContent = found && !found.fault && !wrong ? word("math_understood", say(found.root)) : "";
  }

  private palette(field: HTMLInputElement): void {
    const bar = make("div", "el-palette");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", word("math_symbols"));
    bar.dir = "ltr";
    const symbols = (this.getAttribute("symbols") ?? usual).split(/\s+/).filter(Boolean);
    const keys = symbols.map((symbol, n) => {
      const key = button("button el-symbol", symbol, () => {
        field.setRangeText(symbol, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
        field.focus();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      key.tabIndex = n === 0 ? 0 : -1;
      return key;
    });
    bar.append(...keys);
    bar.addEventListener("keydown", (event) => {
      const at = keys.indexOf(document.activeElement as HTMLButtonElement);
      const move = event.key === "Home" ? -at : event.key === "End" ? keys.length - 1 - at : step(event, bar);
      const next = keys[(at + move + keys.length) % keys.length];
      if (at < 0 || move === 0 || !next) return;
      event.preventDefault();
      for (const key of keys) key.tabIndex = key === next ? 0 : -1;
      next.focus();
    });
    (field.closest(".question-entry, .capa-entry") ?? field).before(bar);
  }
}

function faulty(fault: Fault): string {
  switch (fault.what) {
    case "missing":
      return fault.text ? word("math_missing", fault.text, fault.at) : word("math_unfinished");
    case "times":
      return word("math_write_times", fault.text, fault.at);
    case "deep":
      return word("math_deep");
  }
  return word("math_unknown", fault.text, fault.at);
}

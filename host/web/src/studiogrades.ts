// Grade ranges: a bar whose borders are dragged or moved by keys, beside the numbers that say the same; and the sum of the weights
// while they are typed.

import { words } from "./announce";

/** serveGrades makes the grading policy's form livelier. */
export function serveGrades(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-grades]")) {
    const bar = form.querySelector<HTMLElement>("[data-bar]");
    if (bar) new Bar(form, bar);
    serveWeights(form);
  }
}

class Bar {
  constructor(
    private readonly form: HTMLFormElement,
    private readonly bar: HTMLElement,
  ) {
    bar.hidden = false;
    form.addEventListener("input", (event) => {
      const target = event.target as Element;
      if (target.matches("quoin-rows") || target.closest("[data-cutoff]")) this.draw(); // rows that come, go or move say so themselves
    });
    this.draw();
  }

  private get cutoffs(): { letter: string; input: HTMLInputElement }[] {
    return [...this.form.querySelectorAll<HTMLElement>("[data-cutoff]")]
      .filter((row) => !row.hidden)
      .map((row) => ({ letter: row.querySelector<HTMLInputElement>("[data-letter]")?.value.trim() ?? "", input: row.querySelector<HTMLInputElement>("[data-from]")! }))
      .filter((c) => c.letter !== "" && Number.isFinite(c.input.valueAsNumber));
  }

  private draw(): void {
    const cutoffs = this.cutoffs.sort((a, b) => b.input.valueAsNumber - a.input.valueAsNumber);
    const focused = cutoffs.find((c) => this.bar.querySelector(`[data-of="${CSS.escape(c.input.id)}"]`) === document.activeElement);
    const parts: HTMLElement[] = [];
    let top = 100;
    for (const cutoff of cutoffs) {
      const from = Math.min(100, Math.max(0, cutoff.input.valueAsNumber));
      parts.push(range(cutoff.letter, from, top));
      parts.push(this.border(cutoff.letter, cutoff.input, from));
      top = from;
    }
    parts.push(range(words("below"), 0, top));
    this.bar.replaceChildren(...parts);
    if (focused) this.bar.querySelector<HTMLElement>(`[data-of="${CSS.escape(focused.input.id)}"]`)?.focus();
  }

  private border(letter: string, input: HTMLInputElement, from: number): HTMLElement {
    const border = document.createElement("div");
    border.className = "grade-border";
    border.style.insetInlineStart = `${from}%`;
    border.tabIndex = 0;
    border.dataset.of = input.id;
    border.setAttribute("role", "slider");
    border.setAttribute("aria-label", letter);
    border.setAttribute("aria-valuemin", "0");
    border.setAttribute("aria-valuemax", "100");
    border.setAttribute("aria-valuenow", String(from));
    border.setAttribute("aria-valuetext", `${from} %`);
    border.addEventListener("keydown", (event) => {
      const ahead = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      const step = { ArrowUp: 1, ArrowDown: -1, [ahead]: 1, PageUp: 10, PageDown: -10 }[event.key] ?? (/^Arrow(Left|Right)$/.test(event.key) ? -1 : 0);
      if (!step) return;
      event.preventDefault();
      this.put(input, Number(input.value) + step);
    });
    border.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      border.focus();
      const move = (at: PointerEvent) => {
        const box = this.bar.getBoundingClientRect();
        const share = (at.clientX - box.left) / box.width;
        this.put(input, Math.round(100 * (document.dir === "rtl" ? 1 - share : share)));
      };
      const stop = new AbortController();
      window.addEventListener("pointermove", move, { signal: stop.signal });
      for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => stop.abort(), { signal: stop.signal });
    });
    return border;
  }

  /** put moves a border, no further than its neighbours. */
  private put(input: HTMLInputElement, value: number): void {
    const others = this.cutoffs.filter((c) => c.input !== input).map((c) => c.input.valueAsNumber);
    const now = input.valueAsNumber;
    const low = Math.max(0, ...others.filter((n) => n < now).map((n) => n + 1));
    const high = Math.min(100, ...others.filter((n) => n > now).map((n) => n - 1));
    input.value = String(Math.min(high, Math.max(low, value)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function range(name: string, from: number, to: number): HTMLElement {
  const part = document.createElement("div");
  part.className = "grade-range";
  part.style.insetInlineStart = `${from}%`;
  part.style.inlineSize = `${to - from}%`;
  const text = document.createElement("bdi");
  text.textContent = name;
  part.append(text);
  return part;
}

/** serveWeights says what the weights add up to while they are typed. */
function serveWeights(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-weights]");
  if (!place) return;
  const add = () => {
    const weights = [...form.querySelectorAll<HTMLInputElement>("[data-weight]")].filter((i) => !i.closest("[hidden]") && !gone(i));
    const sum = weights.reduce((all, i) => all + (Number.isFinite(i.valueAsNumber) ? i.valueAsNumber : 0), 0);
    const whole = Math.abs(sum - 100) < 0.001 || weights.length === 0;
    place.className = `notice ${whole ? "good" : "warn"}`;
    place.textContent = (whole ? words("weights_good") : words("weights_off")).replace("{0}", String(Math.round(sum * 100) / 100));
  };
  form.addEventListener("input", add);
  add();
}

/** gone reports whether the row of an input is to be removed. */
function gone(input: HTMLInputElement): boolean {
  return input.closest("[data-row]")?.querySelector<HTMLInputElement>("[data-gone]")?.checked ?? false;
}

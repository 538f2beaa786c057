// A formula as one types it: symbols to press, and a word about brackets that don't match. It stays left to right.

import { button, describe, Enhancing, make, step } from "./element.ts";
import { word } from "./words.ts";

const usual = "√( ^ · π ≤ ≥ ≠ ( ) →";
const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

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

/** <quoin-math [symbols]> around a label and a text input; symbols are divided by spaces. */
export class MathText extends Enhancing {
  private readonly hint = make("p", "help el-hint");

  protected enhance(): void {
    const field = this.querySelector<HTMLInputElement>("input, textarea");
    if (!field) return;
    field.dir = "ltr";
    field.autocapitalize = "none";
    field.autocomplete = "off";
    field.spellcheck = false;
    this.hint.setAttribute("role", "status");
    (field.closest(".field") ?? this).append(this.hint);
    describe(field, this.hint);
    if (!field.readOnly && !field.disabled) this.palette(field);
    let pause = 0;
    const check = () => {
      const wrong = unmatched(field.value);
      this.hint.textContent = wrong ? word(wrong.open ? "math_open" : "math_close", wrong.bracket) : "";
    };
    field.addEventListener("input", () => {
      window.clearTimeout(pause);
      pause = window.setTimeout(check, 700); // in the middle of typing every bracket is open
    });
    field.addEventListener("change", check);
    if (field.value) check();
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
    field.before(bar);
  }
}

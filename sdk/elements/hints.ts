// Hints, one after the other.

import { button, Enhancing, make } from "./element.ts";
import { word } from "./words.ts";

/** <quoin-hints> around details, a hint in each. Without scripts they stand there closed; with them the next one is offered. */
export class Hints extends Enhancing {
  protected enhance(): void {
    const hints = [...this.querySelectorAll<HTMLDetailsElement>(":scope > details")];
    const next = button("button", "", () => {
      const hint = hints.find((h) => h.hidden);
      if (!hint) return;
      hint.hidden = false;
      hint.open = true;
      show();
      hint.querySelector("summary")?.focus(); // which is read, with what it opens
    });
    const place = make("p", "el-next");
    place.append(next);
    const show = () => {
      const at = hints.findIndex((h) => h.hidden);
      place.hidden = at < 0;
      next.textContent = `${word("hints_next")} (${word("hints_of", at + 1, hints.length)})`;
    };
    for (const hint of hints) hint.hidden = !hint.open;
    this.append(place);
    show();
  }
}

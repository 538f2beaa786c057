// A whole question of a built-in block: its markup passes the sanitiser, which lets no element of ours through, so this one takes
// the stable classes in hand by putting the elements around them.

import { Enhancing } from "./element.ts";

const around = [
  ["fieldset.choices", "quoin-choices"],
  [".field.math", "quoin-math"],
  [".matching", "quoin-match"],
  [".ordering", "quoin-order"],
  [".sorting", "quoin-bins"],
  [".spotting", "quoin-spots"],
  [".submit-bar", "quoin-submit"],
] as const;

/** <quoin-question> is what a view names as its element; it is written by the platform alone. */
export class Question extends Enhancing {
  protected enhance(): void {
    for (const [selector, tag] of around) {
      for (const inner of this.querySelectorAll(selector)) {
        if (inner.closest(tag)) continue;
        const outer = document.createElement(tag);
        if (tag === "quoin-choices") outer.setAttribute("keep", ""); // Open edX's questions have no way back to no answer
        if (inner instanceof HTMLElement && inner.dataset.symbols) outer.setAttribute("symbols", inner.dataset.symbols);
        const place = document.createComment("");
        inner.replaceWith(place);
        outer.append(inner); // before it comes into the page: there it takes its content in hand
        place.replaceWith(outer);
      }
    }
  }
}

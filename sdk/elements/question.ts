// A whole question of a built-in block: its markup passes the sanitiser, which lets no element of ours through, so this one takes
// the stable classes in hand by putting the elements around them.

import { Enhancing } from "./element.ts";

const around = [
  ["fieldset.choices", "quoin-choices"],
  [".field.code", "quoin-code"],
  [".field.math", "quoin-math"],
  [".matching", "quoin-match"],
  [".ordering", "quoin-order"],
  [".sorting", "quoin-bins"],
  [".spotting", "quoin-spots"],
  [".field.upload", "quoin-upload"],
  [".submit-bar", "quoin-submit"],
] as const;

/** What the markup says to its element, as data- attributes. */
const said = ["symbols", "preview", "names", "language", "indent", "mark", "one", "max-size", "max-files"];

/** <quoin-question> is what a view names as its element; it is written by the platform alone. */
export class Question extends Enhancing {
  protected enhance(): void {
    for (const [selector, tag] of around) {
      for (const inner of this.querySelectorAll(selector)) {
        if (inner.closest(tag)) continue;
        const outer = document.createElement(tag);
        if (tag === "quoin-choices") outer.setAttribute("keep", ""); // Open edX's questions have no way back to no answer
        for (const name of said) {
          const value = inner.getAttribute(`data-${name}`);
          if (value !== null) outer.setAttribute(name, value);
        }
        const place = document.createComment("");
        inner.replaceWith(place);
        outer.append(inner); // before it comes into the page: there it takes its content in hand
        place.replaceWith(outer);
      }
    }
  }
}

// A text: how many characters are left, what of a paste did not fit, what is wrong beside the field.

import { describe, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** <quoin-text [error]> around a label and its input or textarea; maxlength, required and pattern are the field's own. */
export class Text extends Enhancing {
  private readonly counter = make("p", "help el-counter");
  private readonly error = make("p", "error");
  private told = Infinity;

  private get field(): Field | null {
    return this.querySelector<Field>("textarea, input:not([type=hidden])");
  }

  protected enhance(): void {
    const field = this.field;
    if (!field) return;
    const place = field.closest(".field") ?? this;
    this.error.hidden = true;
    place.append(this.error);
    if (field.maxLength > 0) {
      place.append(this.counter);
      describe(field, this.counter);
      this.count(false);
    }
    field.addEventListener("paste", (event) => this.paste(event as ClipboardEvent));
    field.addEventListener("input", (event) => {
      if (!(event as InputEvent).isComposing) this.count(true);
      if (!this.error.hidden) this.check();
    });
    field.addEventListener("compositionend", () => this.count(true));
    field.addEventListener("invalid", (event) => {
      event.preventDefault(); // said beside the field instead of in a bubble that fades
      const first = this.error.hidden;
      this.check();
      if (first) field.focus();
    });
    field.addEventListener("blur", () => field.value !== "" && this.check());
  }

  private count(aloud: boolean): void {
    const field = this.field;
    if (!field || field.maxLength <= 0) return;
    const left = field.maxLength - [...field.value].reduce((n, c) => n + c.length, 0);
    this.counter.textContent = word("text_left", left);
    // Every tenth of the room is said once on the way to its end; each character would be noise.
    const step = Math.floor((10 * left) / field.maxLength);
    if (aloud && step <= 1 && step < this.told) announce(word("text_left", left));
    this.told = step;
  }

  private paste(event: ClipboardEvent): void {
    const field = this.field;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!field || field.maxLength <= 0) return;
    const replaced = (field.selectionEnd ?? 0) - (field.selectionStart ?? 0);
    const over = field.value.length - replaced + text.length - field.maxLength;
    if (over > 0) announce(word("text_clipped", over));
  }

  private check(): void {
    const field = this.field;
    if (!field) return;
    const wrong = !field.validity.valid;
    this.error.hidden = !wrong;
    this.error.textContent = !wrong ? "" : field.validity.valueMissing ? word("text_required") : (this.getAttribute("error") ?? word("text_wrong"));
    if (!wrong) {
      field.removeAttribute("aria-invalid");
      return;
    }
    field.setAttribute("aria-invalid", "true");
    describe(field, this.error);
  }
}

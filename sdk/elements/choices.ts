// A list of choices: letters as shortcuts while the focus is in the list, a way to clear, at most so many.

import { button, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** <quoin-choices [max] [keep]> around labels of class choice with radio buttons or check boxes. */
export class Choices extends Enhancing {
  private readonly clear = button("link-button small el-clear", word("choice_clear"), () => this.empty());

  private get inputs(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>("input[type=radio], input[type=checkbox]")];
  }

  protected enhance(): void {
    const inputs = this.inputs;
    if (inputs.length === 0) return;
    inputs.slice(0, letters.length).forEach((input, n) => letter(input, letters[n] ?? ""));
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("change", (event) => this.changed(event.target as HTMLInputElement));
    for (const choice of this.querySelectorAll<HTMLElement>(".choice:not(label)")) around(choice);
    if (!this.hasAttribute("keep") && inputs.some((i) => i.type === "radio" && !i.required) && inputs.some((i) => !i.disabled)) {
      (this.querySelector("fieldset") ?? this).append(this.clear);
    }
    this.show();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!(event.target instanceof HTMLInputElement) || !this.inputs.includes(event.target)) return;
    const input = this.inputs[letters.indexOf(event.key.toUpperCase())];
    if (event.key.length !== 1 || !input || input.disabled) return;
    event.preventDefault();
    input.focus();
    input.click();
  }

  private changed(input: HTMLInputElement): void {
    const most = this.number("max");
    if (input.type === "checkbox" && input.checked && this.inputs.filter((i) => i.checked).length > most) {
      input.checked = false;
      announce(word("choice_most", most));
      this.say(word("choice_most", most));
      input.dispatchEvent(new Event("input", { bubbles: true })); // what was kept of it is kept anew
    } else this.say("");
    this.show();
  }

  private say(text: string): void {
    let place = this.querySelector<HTMLElement>(".el-note");
    if (!place && !text) return;
    if (!place) {
      place = make("p", "el-note small");
      (this.querySelector("fieldset") ?? this).append(place);
    }
    place.hidden = text === "";
    place.textContent = text;
  }

  private empty(): void {
    const checked = this.inputs.find((i) => i.checked && i.type === "radio");
    for (const input of this.inputs) {
      if (input.type === "radio" && !input.disabled) input.checked = false;
    }
    this.show();
    (checked ?? this.inputs[0])?.focus();
    checked?.dispatchEvent(new Event("input", { bubbles: true }));
    announce(word("choice_cleared"));
  }

  private show(): void {
    this.clear.hidden = !this.inputs.some((i) => i.checked && i.type === "radio");
  }
}

/** around lets a choice that is no label, since it holds other fields, be chosen by its text and by writing into it. */
function around(choice: HTMLElement): void {
  const input = choice.querySelector<HTMLInputElement>("input[type=radio], input[type=checkbox]");
  if (!input) return;
  choice.addEventListener("click", (event) => {
    const other = event.target instanceof Element && event.target.closest("input, select, textarea, button, a, label, summary");
    if (!other && !input.disabled) input.click();
  });
  choice.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field !== input && field.value !== "" && !input.checked && !input.disabled) input.click();
  });
}

function letter(input: HTMLInputElement, text: string): void {
  const label = input.closest("label, .choice");
  if (!label || label.querySelector(".el-badge")) return;
  const badge = make("span", "el-badge", text);
  badge.setAttribute("aria-hidden", "true");
  badge.title = word("choice_letter", text);
  input.setAttribute("aria-keyshortcuts", text);
  input.after(badge);
}

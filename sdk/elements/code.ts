// A program as one types it: line numbers, colours, indentation by tab. What is sent is the text of the textarea inside, which
// does all of the editing: undo, search, screen readers and input methods are the browser's own.

import { tokens } from "./codewords.ts";
import { describe, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

const mostColoured = 50_000; // characters: more than that is typed by nobody, and would be slow to colour at each key

/**
 * <quoin-code [language] [indent] [mark]> around a label and a textarea. indent is the number of spaces of a step, 4 without it,
 * 0 for a tab; mark names lines that something is wrong with, counted from 1 and divided by spaces.
 */
export class Code extends Enhancing {
  private readonly frame = make("div", "el-code");
  private readonly lines = make("div", "el-code-lines");
  private readonly colours = make("div", "el-code-colours");
  private readonly help = make("p", "help", word("code_help"));
  private leaving = false;
  private shown = "";

  static readonly observedAttributes = ["language", "mark"];

  attributeChangedCallback(): void {
    if (this.frame.isConnected) this.draw(true);
  }

  private get field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  protected enhance(): void {
    const field = this.field;
    if (!field) return;
    field.dir = "ltr";
    field.wrap = "off";
    field.spellcheck = false;
    field.autocapitalize = "none";
    field.setAttribute("autocorrect", "off");
    field.autocomplete = "off";
    for (const layer of [this.lines, this.colours]) layer.setAttribute("aria-hidden", "true"); // the textarea says it all
    const place = document.createComment("");
    field.replaceWith(place);
    this.frame.append(this.lines, this.colours, field);
    place.replaceWith(this.frame);
    if (!field.readOnly && !field.disabled) {
      this.frame.after(this.help);
      describe(field, this.help);
      field.addEventListener("keydown", (event) => this.key(event, field));
      field.addEventListener("blur", () => (this.leaving = false));
    }
    field.addEventListener("input", (event) => {
      if ((event as InputEvent).inputType === "insertLineBreak") this.deepen(field);
      this.draw();
    });
    field.addEventListener("scroll", () => this.follow(field));
    this.draw(true);
  }

  protected override listen(): void {
    // A draft that is brought back, or a form that is put back, says nothing of itself.
    const again = () => queueMicrotask(() => this.draw());
    for (const kind of ["focusin", "reset"]) document.addEventListener(kind, again, { signal: this.gone.signal });
    window.addEventListener("load", again, { signal: this.gone.signal });
  }

  private key(event: KeyboardEvent, field: HTMLTextAreaElement): void {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !this.leaving) {
      this.leaving = true; // the next tab goes on in the page: nobody is caught here
      announce(word("code_leave"));
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Tab" && !this.leaving) {
      event.preventDefault();
      this.indent(field, event.shiftKey);
    }
    if (event.key !== "Tab" && event.key !== "Shift") this.leaving = false;
  }

  /** step is one step of indentation. */
  private get step(): string {
    const spaces = this.number("indent");
    return spaces === 0 ? "\t" : " ".repeat(Math.min(spaces || 4, 8));
  }

  /** indent moves the chosen lines a step in or out; without a choice it goes on to the next stop. */
  private indent(field: HTMLTextAreaElement, out: boolean): void {
    const { value, selectionStart: from, selectionEnd: to } = field;
    const begin = value.lastIndexOf("\n", from - 1) + 1;
    if (!out && from === to) {
      put(field, from, to, this.step === "\t" ? "\t" : " ".repeat(this.step.length - ((from - begin) % this.step.length)));
      return;
    }
    const last = to > from && value[to - 1] === "\n" ? to - 1 : to; // a line that is chosen up to its end only is whole
    const end = value.indexOf("\n", last) < 0 ? value.length : value.indexOf("\n", last);
    const before = value.slice(begin, end).split("\n");
    const after = before.map((line) => (out ? line.replace(new RegExp(`^(\t| {1,${this.step === "\t" ? 4 : this.step.length}})`), "") : line && this.step + line));
    if (after.join("\n") === before.join("\n")) return;
    put(field, begin, end, after.join("\n"));
    const first = (after[0]?.length ?? 0) - (before[0]?.length ?? 0);
    const all = after.join("\n").length - before.join("\n").length;
    field.setSelectionRange(Math.max(begin, from + first), Math.max(begin, to + all));
  }

  /** deepen makes a line that was begun as deep as the one before, a step deeper after what opens something. */
  private deepen(field: HTMLTextAreaElement): void {
    const at = field.selectionStart;
    const line = /[^\n]*$/.exec(field.value.slice(0, at - 1))?.[0] ?? "";
    const deep = (/^[ \t]*/.exec(line)?.[0] ?? "") + (/[:{([]\s*$/.test(line) ? this.step : "");
    if (deep) put(field, at, at, deep);
  }

  private draw(anew = false): void {
    const field = this.field;
    if (!field || (!anew && field.value === this.shown)) return;
    this.shown = field.value;
    const count = field.value.split("\n").length;
    const marked = new Set((this.getAttribute("mark") ?? "").split(/\s+/).map(Number));
    this.lines.replaceChildren(...Array.from({ length: count }, (_, n) => make("span", marked.has(n + 1) ? "el-marked" : "", String(n + 1))));
    const pieces = tokens(field.value, field.value.length > mostColoured ? "" : (this.getAttribute("language") ?? ""));
    // The layer ends with a line of its own, so that it is as high as the textarea after a line break.
    this.colours.replaceChildren(...pieces.map(({ text, kind }) => (kind ? make("span", `el-${kind}`, text) : text)), "\n");
    field.rows = Math.min(Math.max(count + 1, Number(field.dataset.rows ??= String(field.rows))), 30);
    this.follow(field);
  }

  private follow(field: HTMLTextAreaElement): void {
    this.lines.style.translate = `0 ${-field.scrollTop}px`;
    this.colours.style.translate = `${-field.scrollLeft}px ${-field.scrollTop}px`;
  }
}

/** put writes instead of a piece, so that it can be undone. */
function put(field: HTMLTextAreaElement, from: number, to: number, text: string): void {
  const whole = field.value.slice(0, from) + text + field.value.slice(to);
  field.setSelectionRange(from, to);
  // The one way that keeps the browser's undo; where it is gone or does it otherwise, the text is written all the same.
  document.execCommand(text ? "insertText" : "delete", false, text);
  if (field.value === whole) return;
  field.value = whole;
  field.setSelectionRange(from + text.length, from + text.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// What came of an answer: a word with an icon, read once.

import { Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { type Word, word } from "./words.ts";

const verdicts = ["correct", "partially-correct", "incorrect", "grading"];

/**
 * <quoin-feedback verdict="correct|partially-correct|incorrect|grading" [fresh]> around why and what next. fresh says that this
 * is the answer to what the reader just did: it takes the focus, once, or is announced where the reader is elsewhere meanwhile.
 */
export class Feedback extends Enhancing {
  protected enhance(): void {
    const verdict = this.getAttribute("verdict") ?? "";
    this.classList.add("feedback");
    if (verdicts.includes(verdict)) {
      this.classList.add(verdict);
      if (!this.querySelector(".status")) {
        this.prepend(make("p", `status ${verdict}`, word(`feedback_${verdict.replace("-", "_")}` as Word)));
      }
    }
    this.setAttribute("role", "group");
    this.setAttribute("data-result", "");
    if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", this.querySelector(".status")?.textContent ?? "");
    this.tabIndex = -1;
    if (this.hasAttribute("fresh")) this.tell();
  }

  static readonly observedAttributes = ["fresh"];

  attributeChangedCallback(_name: string, _old: string | null, now: string | null): void {
    if (now !== null && this.isConnected && this.hasAttribute("role")) this.tell();
  }

  private tell(): void {
    this.removeAttribute("fresh");
    const active = document.activeElement;
    const typing = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement || active instanceof HTMLSelectElement;
    if (typing && !this.contains(active)) announce((this.textContent ?? "").replace(/\s+/g, " ").trim());
    else {
      this.focus({ preventScroll: true });
      this.scrollIntoView({ block: "nearest" });
    }
  }
}

// What the elements have in common: they take what stands in them when they come into the page, once.

/** Enhancing is an element that makes the HTML inside of it livelier. Its content stays where it is. */
export abstract class Enhancing extends HTMLElement {
  private begun = false;
  /** Ends what listens outside of the element; renewed each time that it comes into a page. */
  protected gone = new AbortController();

  connectedCallback(): void {
    if (this.gone.signal.aborted) this.gone = new AbortController();
    if (!this.begun) {
      this.begun = true;
      this.enhance();
    }
    this.listen();
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  /** Takes the content in hand, once. */
  protected abstract enhance(): void;

  /** Listens outside of the element, with this.gone.signal. */
  protected listen(): void {}

  /** Gives a whole number that an attribute names, NaN without one. */
  protected number(name: string): number {
    return parseInt(this.getAttribute(name) ?? "", 10);
  }
}

/** make builds an element with a class and a text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = "", text = ""): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** button builds a button that sends nothing. */
export function button(className: string, text: string, press: (event: Event) => void): HTMLButtonElement {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}

let count = 0;

/** idOf gives an element's id and makes one where there is none. */
export function idOf(element: Element): string {
  if (!element.id) element.id = `el-${++count}`;
  return element.id;
}

/** describe adds an element to what describes another. */
export function describe(element: Element, by: Element): void {
  const ids = (element.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
  if (!ids.includes(idOf(by))) element.setAttribute("aria-describedby", [...ids, by.id].join(" "));
}

/** nameOf is what a person calls an item: its own text, without that of the controls in it. */
export function nameOf(item: Element): string {
  const copy = item.cloneNode(true) as Element;
  for (const control of copy.querySelectorAll("select, input, button, textarea, .el-badge, .visually-hidden, .status, .note, .mark, .feedback")) control.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** forward and back are the arrow keys in an element's direction of writing. */
export function step(event: KeyboardEvent, inside: Element): number {
  const right = getComputedStyle(inside).direction === "rtl" ? -1 : 1;
  return { ArrowDown: 1, ArrowUp: -1, ArrowRight: right, ArrowLeft: -right }[event.key] ?? 0;
}

/** blockOf is the block that an element stands in: a section of a page, or a frame's whole document. */
export function blockOf(element: Element): Element {
  return element.closest("[data-usage]") ?? document.documentElement;
}

// Things to put in order: by pointer, by keyboard, by buttons, by the list of places. The selects carry the order, so that the
// same is sent with scripts and without.

import { drag } from "./dragging.ts";
import { button, describe, Enhancing, make, nameOf, step } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

/** <quoin-order> around a list; each item holds its text and a select with its place, counted from 1. */
export class Order extends Enhancing {
  private readonly help = make("p", "help", word("order_help"));
  private lifted: { item: HTMLElement; from: number } | null = null;

  private get list(): HTMLElement | null {
    return this.querySelector<HTMLElement>("ol, ul");
  }

  private get items(): HTMLElement[] {
    return [...(this.list?.children ?? [])] as HTMLElement[];
  }

  protected enhance(): void {
    const list = this.list;
    if (!list) return;
    list.classList.add("el-order");
    const places = new Map(this.items.map((item) => [item, Number(item.querySelector("select")?.value)]));
    list.append(...this.items.sort((a, b) => (places.get(a) || 0) - (places.get(b) || 0)));
    list.before(this.help);
    for (const item of this.items) this.dress(item);
    this.renumber();
  }

  private dress(item: HTMLElement): void {
    const name = nameOf(item);
    const select = item.querySelector("select");
    const fixed = select?.disabled ?? false;
    const handle = button("button el-handle", "⠿", () => this.toggle(item));
    handle.setAttribute("aria-label", word("order_grab", name));
    handle.setAttribute("aria-pressed", "false");
    describe(handle, this.help);
    const up = button("button el-up", "↑", () => this.press(item, -1));
    const down = button("button el-down", "↓", () => this.press(item, 1));
    up.setAttribute("aria-label", word("order_up", name));
    down.setAttribute("aria-label", word("order_down", name));
    for (const one of [handle, up, down]) one.disabled = fixed;
    const text = make("span", "el-what");
    text.append(...[...item.childNodes].filter((n) => n !== select));
    item.replaceChildren(handle, text, ...(select ? [select] : []), up, down);
    select?.addEventListener("change", () => {
      this.move(item, Number(select.value) - 1);
      this.changed(item);
      this.tell("order_moved", item);
    });
    handle.addEventListener("keydown", (event) => this.key(event, item));
    handle.addEventListener("blur", () => this.lifted?.item === item && this.drop());
    drag(handle, {
      lift: () => this.lift(item, false),
      over: (_x, y) => this.over(item, y),
      drop: () => this.drop(),
      back: () => this.back(),
    });
  }

  private key(event: KeyboardEvent, item: HTMLElement): void {
    if (this.lifted?.item !== item) return;
    const by = step(event, this);
    if (event.key === "Escape") this.back();
    else if (by === 0) return;
    else if (this.move(item, this.items.indexOf(item) + by)) this.tell("order_moved", item);
    event.preventDefault();
    event.stopPropagation();
  }

  private toggle(item: HTMLElement): void {
    if (this.lifted?.item === item) this.drop();
    else this.lift(item, true);
  }

  private press(item: HTMLElement, by: number): void {
    if (!this.move(item, this.items.indexOf(item) + by)) return;
    this.changed(item);
    this.tell("order_moved", item);
  }

  private lift(item: HTMLElement, aloud: boolean): void {
    if (this.lifted) this.drop();
    this.lifted = { item, from: this.items.indexOf(item) };
    item.classList.add("el-lifted");
    item.querySelector(".el-handle")?.setAttribute("aria-pressed", "true");
    if (aloud) this.tell("order_lifted", item);
  }

  private put(): HTMLElement | null {
    const item = this.lifted?.item ?? null;
    this.lifted = null;
    item?.classList.remove("el-lifted");
    item?.querySelector(".el-handle")?.setAttribute("aria-pressed", "false");
    return item;
  }

  private drop(): void {
    const from = this.lifted?.from;
    const item = this.put();
    if (!item) return;
    if (this.items.indexOf(item) !== from) this.changed(item);
    this.tell("order_dropped", item);
  }

  private back(): void {
    const from = this.lifted?.from ?? 0;
    const item = this.put();
    if (!item) return;
    this.move(item, from);
    announce(word("order_back", nameOf(item), from + 1));
  }

  private over(item: HTMLElement, y: number): void {
    const others = this.items.filter((i) => i !== item);
    const at = others.findIndex((other) => {
      const box = other.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    this.move(item, at < 0 ? others.length : at);
  }

  /** move puts an item at a place by moving the others around it: the item itself keeps the focus and the pointer. */
  private move(item: HTMLElement, to: number): boolean {
    const from = this.items.indexOf(item);
    to = Math.max(0, Math.min(to, this.items.length - 1));
    if (from === to) return false;
    for (let at = from; at < to; at++) item.before(item.nextElementSibling as HTMLElement);
    for (let at = from; at > to; at--) item.after(item.previousElementSibling as HTMLElement);
    this.renumber();
    return true;
  }

  /** renumber writes the places into the selects, and marks the ways that lead nowhere: they keep the focus of who pressed them. */
  private renumber(): void {
    const items = this.items;
    items.forEach((item, n) => {
      const select = item.querySelector("select");
      if (select) select.value = String(n + 1);
      for (const [name, end] of [[".el-up", 0], [".el-down", items.length - 1]] as const) {
        const way = item.querySelector(name);
        if (n === end) way?.setAttribute("aria-disabled", "true");
        else way?.removeAttribute("aria-disabled");
      }
    });
  }

  private changed(item: HTMLElement): void {
    const select = item.querySelector("select");
    select?.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-order", { bubbles: true }));
  }

  private tell(key: "order_lifted" | "order_moved" | "order_dropped", item: HTMLElement): void {
    announce(word(key, nameOf(item), this.items.indexOf(item) + 1, this.items.length));
  }
}

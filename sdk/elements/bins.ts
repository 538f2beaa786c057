// Things to sort into places: by pointer, by keyboard, by the list of places. The selects carry where each thing is.

import { drag } from "./dragging.ts";
import { button, describe, Enhancing, idOf, make, nameOf, step } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

/**
 * <quoin-bins> around a list; each item holds its text and a select whose options are the places, an option of value "" for
 * those not sorted yet. All selects have the same options.
 */
export class Bins extends Enhancing {
  private readonly help = make("p", "help", word("bins_help"));
  /** The lists of the places by their values. */
  private readonly bins = new Map<string, HTMLElement>();
  private readonly names = new Map<string, string>();
  private lifted: { item: HTMLElement; from: string; over: string } | null = null;

  protected enhance(): void {
    const list = this.querySelector<HTMLElement>("ol, ul");
    const items = [...(list?.children ?? [])] as HTMLElement[];
    const options = items[0]?.querySelector("select")?.options ?? [];
    if (!list || options.length === 0) return;
    const board = make("div", "el-bins");
    for (const option of options) {
      const bin = make("div", option.value === "" ? "el-bin el-pool" : "el-bin");
      const title = make("p", "el-bin-name", option.value === "" ? word("bins_pool") : option.text);
      const place = make("ul");
      place.setAttribute("aria-labelledby", idOf(title));
      bin.append(title, place);
      board.append(bin);
      this.bins.set(option.value, place);
      this.names.set(option.value, title.textContent ?? "");
    }
    for (const item of items) {
      this.dress(item);
      this.bins.get(this.placeOf(item))?.append(item);
    }
    list.replaceWith(this.help, board);
  }

  private placeOf(item: HTMLElement): string {
    return item.querySelector("select")?.value ?? "";
  }

  private dress(item: HTMLElement): void {
    const select = item.querySelector("select");
    const name = nameOf(item);
    const handle = button("button el-handle", "⠿", () => (this.lifted?.item === item ? this.drop() : this.lift(item, true)));
    handle.setAttribute("aria-label", word("order_grab", name));
    handle.setAttribute("aria-pressed", "false");
    handle.disabled = select?.disabled ?? false;
    describe(handle, this.help);
    const text = make("span", "el-what");
    text.append(...[...item.childNodes].filter((n) => n !== select));
    item.replaceChildren(handle, text, ...(select ? [select] : []));
    select?.addEventListener("change", () => {
      this.put(item, select.value);
      select.focus();
      announce(word("bins_dropped", name, this.names.get(select.value) ?? ""));
    });
    handle.addEventListener("keydown", (event) => this.key(event, item));
    handle.addEventListener("blur", () => this.lifted?.item === item && this.back());
    drag(handle, {
      lift: () => this.lift(item, false),
      over: (x, y) => this.over(x, y),
      drop: () => this.drop(),
      back: () => this.back(),
    });
  }

  private key(event: KeyboardEvent, item: HTMLElement): void {
    if (this.lifted?.item !== item) return;
    const by = step(event, this);
    if (event.key === "Escape") this.back();
    else if (by === 0) return;
    else {
      const places = [...this.bins.keys()];
      const next = places[(places.indexOf(this.lifted.over) + by + places.length) % places.length] ?? "";
      this.aim(next);
      announce(word("bins_over", nameOf(item), this.names.get(next) ?? ""));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private lift(item: HTMLElement, aloud: boolean): void {
    if (this.lifted) this.back();
    const from = this.placeOf(item);
    this.lifted = { item, from, over: from };
    item.classList.add("el-lifted");
    item.querySelector(".el-handle")?.setAttribute("aria-pressed", "true");
    this.aim(from);
    if (aloud) announce(word("bins_lifted", nameOf(item), this.names.get(from) ?? ""));
  }

  /** aim marks the place that a thing would fall into. */
  private aim(value: string): void {
    if (this.lifted) this.lifted.over = value;
    for (const [place, list] of this.bins) list.parentElement?.classList.toggle("el-over", this.lifted !== null && place === value);
  }

  private over(x: number, y: number): void {
    const bin = document.elementFromPoint(x, y)?.closest(".el-bin");
    for (const [place, list] of this.bins) if (list.parentElement === bin) this.aim(place);
  }

  private letGo(): { item: HTMLElement; from: string; over: string } | null {
    const held = this.lifted;
    this.lifted = null;
    held?.item.classList.remove("el-lifted");
    held?.item.querySelector(".el-handle")?.setAttribute("aria-pressed", "false");
    this.aim("");
    return held;
  }

  private drop(): void {
    const held = this.letGo();
    if (!held) return;
    this.put(held.item, held.over);
    held.item.querySelector<HTMLElement>(".el-handle")?.focus();
    announce(word("bins_dropped", nameOf(held.item), this.names.get(held.over) ?? ""));
  }

  private back(): void {
    const held = this.letGo();
    if (held) announce(word("bins_back", nameOf(held.item), this.names.get(held.from) ?? ""));
  }

  private put(item: HTMLElement, value: string): void {
    const select = item.querySelector("select");
    const bin = this.bins.get(value);
    if (!select || !bin) return;
    const changed = item.parentElement !== bin;
    select.value = value;
    if (!changed) return;
    bin.append(item);
    select.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-bins", { bubbles: true }));
  }
}

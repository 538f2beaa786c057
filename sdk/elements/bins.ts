// Things to sort into places: by pointer, by keyboard, by the list of places. The selects carry where each thing is.

import { Carrying } from "./carrying.ts";
import { Enhancing, idOf, make, nameOf } from "./element.ts";
import { word } from "./words.ts";

/**
 * <quoin-bins> around a list; each item holds its text and a select whose options are the places, an option of value "" for
 * those not sorted yet. All selects have the same options.
 *
 * Where the element also holds elements with data-place, the values of the options, these are the places, such as those on a
 * picture: the list stays as it is, and each place shows what was put there. With the attribute one, a place holds one thing:
 * the next that is carried there takes it.
 */
export class Bins extends Enhancing {
  private readonly help = make("p", "help", word("bins_help"));
  /** The lists of the places by their values. */
  private readonly bins = new Map<string, HTMLElement>();
  private readonly names = new Map<string, string>();
  private readonly chips = new Map<HTMLElement, HTMLElement>();
  private drawn = false;
  private readonly carrying = new Carrying(this, {
    all: () => [...this.names.keys()],
    of: (item) => this.placeOf(item),
    name: nameOf,
    placeName: (place) => this.names.get(place) ?? "",
    at: (x, y) => this.at(x, y),
    mark: (place) => {
      for (const [name, list] of this.bins) this.binOf(list).classList.toggle("el-over", name === place);
    },
    put: (item, place) => this.put(item, place),
  }, this.help);

  protected enhance(): void {
    const list = this.querySelector<HTMLElement>("ol, ul");
    const items = [...(list?.children ?? [])] as HTMLElement[];
    const options = items[0]?.querySelector("select")?.options ?? [];
    if (!list || options.length === 0) return;
    const drawn = new Map([...this.querySelectorAll<HTMLElement>("[data-place]")].map((place) => [place.dataset.place, place]));
    this.drawn = drawn.size > 0;
    const board = make("div", "el-bins");
    for (const option of options) {
      this.names.set(option.value, option.value === "" ? word("bins_pool") : option.text);
      const bin = drawn.get(option.value);
      if (bin) this.bins.set(option.value, bin);
      else if (!this.drawn) board.append(this.bin(option.value));
    }
    for (const item of items) this.dress(item);
    if (this.drawn) {
      this.bins.set("", list);
      list.classList.add("el-things");
      list.before(this.help);
    } else list.replaceWith(this.help, board);
    for (const item of items) this.show(item);
  }

  private bin(value: string): HTMLElement {
    const bin = make("div", value === "" ? "el-bin el-pool" : "el-bin");
    const title = make("p", "el-bin-name", this.names.get(value));
    const place = make("ul");
    place.setAttribute("aria-labelledby", idOf(title));
    bin.append(title, place);
    this.bins.set(value, place);
    return bin;
  }

  /** binOf is what is marked of a place. */
  private binOf(list: HTMLElement): HTMLElement {
    return list.closest<HTMLElement>(".el-bin") ?? list;
  }

  private placeOf(item: HTMLElement): string {
    return item.querySelector("select")?.value ?? "";
  }

  private dress(item: HTMLElement): void {
    const select = item.querySelector("select");
    const disabled = select?.disabled ?? false;
    const text = make("span", "el-what");
    const more = [...item.querySelectorAll(":scope > .status, :scope > .mark, :scope > .feedback, :scope > .note")];
    const handle = this.carrying.handle(item, "⠿", disabled);
    text.append(...[...item.childNodes].filter((n) => n !== select && !more.includes(n as Element)));
    item.replaceChildren(handle, text, ...(select ? [select] : []), ...more);
    select?.addEventListener("change", () => {
      this.put(item, select.value, true);
      select.focus();
      this.carrying.told(item);
    });
    if (!this.drawn) return;
    const chip = make("span", "el-chip", nameOf(item)); // the list says the same to those who do not see the picture
    for (const picture of text.querySelectorAll("img")) chip.prepend(picture.cloneNode());
    chip.setAttribute("aria-hidden", "true");
    if (!disabled) this.carrying.draggable(item, handle, chip);
    this.chips.set(item, chip);
  }

  private at(x: number, y: number): string | null {
    const under = document.elementFromPoint(x, y);
    if (!under || !this.contains(under)) return null;
    // Places on a picture may lie in one another: the smallest holds the point.
    let found: string | null = null;
    let size = Infinity;
    for (const [place, list] of this.bins) {
      const box = this.binOf(list).getBoundingClientRect();
      const area = box.width * box.height;
      if (x < box.left || x > box.right || y < box.top || y > box.bottom || area >= size) continue;
      [found, size] = [place, area];
    }
    return found;
  }

  private put(item: HTMLElement, value: string, chosen = false): void {
    const select = item.querySelector("select");
    if (!select || !this.bins.has(value)) return;
    const changed = chosen || select.value !== value;
    // Whoever goes through a list by its arrow keys passes by places that are taken: only what is carried there takes one.
    if (value !== "" && !chosen && this.hasAttribute("one")) {
      for (const other of this.chips.keys()) if (other !== item && this.placeOf(other) === value) this.put(other, "");
    }
    select.value = value;
    if (!changed) return;
    this.show(item);
    select.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-bins", { bubbles: true }));
  }

  /** show puts an item where its select says. */
  private show(item: HTMLElement): void {
    const place = this.placeOf(item);
    if (!this.drawn) {
      this.bins.get(place)?.append(item);
      return;
    }
    const chip = this.chips.get(item);
    item.classList.toggle("el-placed", place !== "");
    if (place === "") chip?.remove();
    else if (chip) this.bins.get(place)?.append(chip);
  }
}

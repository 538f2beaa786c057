// Things to which one of several others belongs: carried there by pointer or by keyboard, or chosen from the list at each. The
// selects carry what belongs to what.

import { Carrying } from "./carrying.ts";
import { Enhancing, make, nameOf } from "./element.ts";
import { word } from "./words.ts";

/**
 * <quoin-match> around a list; each item holds its text and a select whose options are what may belong to it, one of value ""
 * for nothing yet. All selects have the same options. The element makes a thing to carry of each option; it may be used again.
 */
export class Match extends Enhancing {
  private readonly help = make("p", "help", word("bins_help"));
  private readonly tokens = make("ul", "el-tokens");
  private items: HTMLElement[] = [];
  private readonly carrying: Carrying = new Carrying(this, {
    all: () => ["", ...this.items.map((_, n) => String(n))],
    of: () => "",
    name: (token) => token.dataset.name ?? "",
    placeName: (place): string => (place === "" ? word("match_pool") : nameOf(this.items[Number(place)] ?? this)),
    at: (x, y) => this.at(x, y),
    mark: (place) => this.items.forEach((item, n) => item.classList.toggle("el-over", String(n) === place)),
    put: (token, place) => this.put(token, place),
  }, this.help);

  protected enhance(): void {
    const list = this.querySelector<HTMLElement>("ol, ul");
    this.items = [...(list?.children ?? [])] as HTMLElement[];
    const select = this.items[0]?.querySelector("select");
    if (!list || !select) return;
    this.tokens.setAttribute("aria-label", word("match_pool"));
    for (const option of select.options) if (option.value !== "") this.tokens.append(this.token(option, select.disabled));
    this.addEventListener("change", () => this.used());
    list.classList.add("el-match");
    list.before(this.help, this.tokens);
    this.used();
  }

  private token(option: HTMLOptionElement, disabled: boolean): HTMLElement {
    const token = make("li", "el-token");
    token.dataset.value = option.value;
    token.dataset.name = option.text;
    token.append(this.carrying.handle(token, `⠿ ${option.text}`, disabled));
    return token;
  }

  private at(x: number, y: number): string | null {
    const inside = (box: DOMRect) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    const at = this.items.findIndex((item) => inside(item.getBoundingClientRect()));
    if (at >= 0) return String(at);
    return inside(this.getBoundingClientRect()) ? "" : null;
  }

  private put(token: HTMLElement, place: string): void {
    const select = this.items[Number(place)]?.querySelector("select");
    if (place === "" || !select || select.value === token.dataset.value) return;
    select.value = token.dataset.value ?? "";
    this.used();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-match", { bubbles: true }));
  }

  /** used marks the things that stand somewhere. */
  private used(): void {
    const values = this.items.map((item) => item.querySelector("select")?.value);
    for (const token of this.tokens.children) token.classList.toggle("el-used", values.includes((token as HTMLElement).dataset.value));
  }
}

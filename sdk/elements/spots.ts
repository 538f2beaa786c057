// Places to mark on a picture: by pointer, or by a crosshair that the arrow keys move. The fields carry where they are.

import { button, describe, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

/** A place is one field for "x,y", or a field for each of the two. */
type Place = HTMLInputElement[];

/**
 * <quoin-spots> around a picture in an element with data-width and data-height, its size (or that of the img in a .picture-board
 * which states none), and a field for each place, written as "x,y" from the left and the top of the picture. Where elements with
 * data-spot are, each is a place and holds two fields, x and y.
 */
export class Spots extends Enhancing {
  private readonly help = make("p", "help", word("spots_help"));
  private readonly full = make("p", "help el-note");
  private readonly layer = make("div", "el-spots");
  // A pointer presses the picture below it; a key presses the crosshair itself.
  private readonly cross = button("el-cross", "+", (event) => (event as MouseEvent).detail === 0 && this.mark(this.at.x, this.at.y));
  private places: Place[] = [];
  private readonly removes: HTMLButtonElement[] = [];
  private wide = 1;
  private high = 1;
  private at = { x: 0, y: 0 };

  protected enhance(): void {
    const board = this.querySelector<HTMLElement>("[data-width][data-height], .picture-board");
    const pairs = [...this.querySelectorAll("[data-spot]")].map((place) => [...place.querySelectorAll("input")]);
    this.places = pairs.length > 0 ? pairs : [...this.querySelectorAll("input")].map((field) => [field]);
    if (!board || this.places.length === 0) return;
    const fields = this.places.flat();
    const live = !fields.some((field) => field.readOnly || field.disabled);
    board.querySelector("svg")?.remove(); // the places are drawn here, and move
    board.append(this.layer);
    for (const field of fields) field.addEventListener("input", () => this.draw());
    if (live) this.liven(board);
    const measure = () => {
      this.wide = Number(board.dataset.width) || picture?.naturalWidth || 1;
      this.high = Number(board.dataset.height) || picture?.naturalHeight || 1;
      this.at = { x: Math.round(this.wide / 2), y: Math.round(this.high / 2) };
      this.move(0, 0);
      this.draw();
    };
    const picture = board.querySelector("img");
    if (!board.dataset.width) picture?.addEventListener("load", measure);
    measure();
  }

  private liven(board: HTMLElement): void {
    this.full.hidden = true;
    board.after(this.help, this.full);
    describe(this.cross, this.help);
    this.layer.setAttribute("role", "application"); // arrow keys move the crosshair, not a reader's cursor
    this.layer.setAttribute("aria-label", word("spots_picture"));
    this.layer.classList.add("el-live");
    this.layer.append(this.cross);
    this.layer.addEventListener("click", (event) => this.press(event));
    this.cross.addEventListener("keydown", (event) => this.key(event));
    this.places.forEach((place, n) => {
      const remove = button("button el-remove", "×", () => {
        this.set(place, "", "");
        announce(word("spots_removed", n + 1));
        this.cross.focus();
      });
      remove.setAttribute("aria-label", word("spots_remove", n + 1));
      this.removes.push(remove);
      const last = place.at(-1);
      (last?.closest("label") ?? last)?.after(remove);
    });
  }

  private press(event: MouseEvent): void {
    if (event.detail === 0) return; // by a key: the crosshair marks where it is
    const box = this.layer.getBoundingClientRect();
    const share = (at: number, from: number, size: number) => Math.min(1, Math.max(0, (at - from) / size));
    this.at = {
      x: Math.round(share(event.clientX, box.left, box.width) * this.wide),
      y: Math.round(share(event.clientY, box.top, box.height) * this.high),
    };
    this.move(0, 0);
    this.mark(this.at.x, this.at.y);
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(Math.max(this.wide, this.high) / 40));
    this.move((by[0] ?? 0) * step, (by[1] ?? 0) * step);
    announce(word("spots_at", this.at.x, this.at.y));
  }

  private move(x: number, y: number): void {
    const within = (n: number, most: number) => Math.min(most, Math.max(0, n));
    this.at = { x: within(this.at.x + x, this.wide), y: within(this.at.y + y, this.high) };
    this.cross.setAttribute("aria-label", word("spots_cross", this.at.x, this.at.y));
    this.lay(this.cross, this.at.x, this.at.y);
  }

  private lay(element: HTMLElement, x: number, y: number): void {
    element.style.left = `${(100 * x) / this.wide}%`;
    element.style.top = `${(100 * y) / this.high}%`;
  }

  private mark(x: number, y: number): void {
    const free = this.places.find((place) => place.every((field) => field.value.trim() === "")) ?? (this.places.length === 1 ? this.places[0] : undefined);
    if (!free) {
      this.full.textContent = word("spots_full");
      this.full.hidden = false;
      announce(word("spots_full"));
      return;
    }
    this.set(free, String(x), String(y));
    announce(word("spots_marked", this.places.indexOf(free) + 1, x, y));
  }

  private set(place: Place, x: string, y: string): void {
    const values = place.length > 1 ? [x, y] : [x === "" ? "" : `${x},${y}`];
    place.forEach((field, n) => (field.value = values[n] ?? ""));
    for (const field of place) field.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-spots", { bubbles: true }));
  }

  /** draw puts a number at each place, a point where there is one alone. */
  private draw(): void {
    this.full.hidden = true;
    for (const old of this.layer.querySelectorAll(".el-spot")) old.remove();
    this.places.forEach((place, n) => {
      const remove = this.removes[n];
      if (remove) remove.hidden = place.every((field) => field.value === "");
      const [x, y] = (place.map((field) => field.value).join(" ").match(/\d+(\.\d+)?/g) ?? []).map(Number);
      if (x === undefined || y === undefined) return;
      const spot = make("span", "el-spot", this.places.length > 1 ? String(n + 1) : "");
      spot.setAttribute("aria-hidden", "true"); // the field says it
      this.lay(spot, Math.min(x, this.wide), Math.min(y, this.high));
      this.layer.append(spot);
    });
  }
}

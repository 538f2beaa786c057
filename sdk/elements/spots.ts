// Places to mark on a picture: by pointer, or by a crosshair that the arrow keys move. The fields carry where they are.

import { button, describe, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

/**
 * <quoin-spots> around a picture in an element with data-width and data-height, its size, and a list of fields for places,
 * written as "x,y" from the left and the top of the picture.
 */
export class Spots extends Enhancing {
  private readonly help = make("p", "help", word("spots_help"));
  private readonly layer = make("div", "el-spots");
  private readonly cross = button("el-cross", "+", () => this.mark(this.at.x, this.at.y));
  private fields: HTMLInputElement[] = [];
  private wide = 1;
  private high = 1;
  private at = { x: 0, y: 0 };

  protected enhance(): void {
    const board = this.querySelector<HTMLElement>("[data-width][data-height]");
    this.fields = [...this.querySelectorAll<HTMLInputElement>("input")];
    if (!board || this.fields.length === 0) return;
    this.wide = Number(board.dataset.width) || 1;
    this.high = Number(board.dataset.height) || 1;
    board.querySelector("svg")?.remove(); // the places are drawn here, and move
    board.append(this.layer);
    for (const field of this.fields) field.addEventListener("input", () => this.draw());
    if (!this.fields.some((field) => field.readOnly || field.disabled)) this.liven(board);
    this.draw();
  }

  private liven(board: HTMLElement): void {
    this.at = { x: Math.round(this.wide / 2), y: Math.round(this.high / 2) };
    board.after(this.help);
    describe(this.cross, this.help);
    this.layer.setAttribute("role", "application"); // arrow keys move the crosshair, not a reader's cursor
    this.layer.setAttribute("aria-label", word("spots_picture"));
    this.layer.classList.add("el-live");
    this.layer.append(this.cross);
    this.layer.addEventListener("click", (event) => this.press(event));
    this.cross.addEventListener("keydown", (event) => this.key(event));
    this.move(0, 0);
    this.fields.forEach((field, n) => {
      const remove = button("button", "×", () => {
        this.set(field, "");
        announce(word("spots_removed", n + 1));
        this.cross.focus();
      });
      remove.setAttribute("aria-label", word("spots_remove", n + 1));
      field.after(remove);
    });
  }

  private press(event: MouseEvent): void {
    if (event.target === this.cross) return; // by a key, or on the crosshair itself: it marks where it is
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
    const free = this.fields.find((field) => field.value.trim() === "") ?? (this.fields.length === 1 ? this.fields[0] : undefined);
    if (!free) {
      announce(word("spots_full"));
      return;
    }
    this.set(free, `${x},${y}`);
    announce(word("spots_marked", this.fields.indexOf(free) + 1, x, y));
  }

  private set(field: HTMLInputElement, value: string): void {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("quoin-spots", { bubbles: true }));
  }

  /** draw puts a number at each place. */
  private draw(): void {
    for (const old of this.layer.querySelectorAll(".el-spot")) old.remove();
    this.fields.forEach((field, n) => {
      const [x, y] = (field.value.match(/\d+(\.\d+)?/g) ?? []).map(Number);
      if (x === undefined || y === undefined) return;
      const spot = make("span", "el-spot", String(n + 1));
      spot.setAttribute("aria-hidden", "true"); // the field says it
      this.lay(spot, Math.min(x, this.wide), Math.min(y, this.high));
      this.layer.append(spot);
    });
  }
}

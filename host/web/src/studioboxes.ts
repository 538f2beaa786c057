// Boxes on a picture, drawn over it in the form: moved and sized by pointer or by arrow keys. The numbers below stay what is sent.

import { follow } from "@quoin/elements/dragging.ts";
import { announce, words } from "./announce";

type Box = { x: number; y: number; width: number; height: number };
const members = ["x", "y", "width", "height"] as const;
const corner = 16; // px of a box's corner that size it

/** serveBoxes draws a board above each list of boxes of a form, or of a field of it. statics is where the course's files are. */
export function serveBoxes(form: HTMLElement, statics: string, field = form): void {
  for (const list of field.querySelectorAll<HTMLElement>("quoin-rows[data-boxes]")) new Board(form, list, statics);
}

class Board {
  private readonly board = document.createElement("div");
  private readonly image = document.createElement("img");
  private readonly help = document.createElement("p");

  constructor(
    private readonly form: HTMLElement,
    private readonly list: HTMLElement,
    private readonly statics: string,
  ) {
    this.board.className = "form-board";
    this.image.alt = "";
    this.image.draggable = false;
    this.board.append(this.image);
    this.help.className = "small";
    this.help.textContent = words("boxes_help");
    list.prepend(this.help, this.board);
    this.image.addEventListener("load", () => this.draw());
    this.image.addEventListener("error", () => this.show(false));
    this.board.addEventListener("pointerdown", (event) => this.grab(event));
    this.board.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("input", () => this.showPicture());
    new MutationObserver(() => this.draw()).observe(list.querySelector("[data-rows]")!, { childList: true });
    this.showPicture();
  }

  private show(shown: boolean): void {
    this.board.hidden = this.help.hidden = !shown;
  }

  private showPicture(): void {
    const file = this.form.querySelector<HTMLInputElement>(`[name="f.${this.list.dataset.boxes}"]`)?.value.trim() ?? "";
    const name = file.replace(/^\/?static\//, "");
    if (!name) return this.show(false);
    const src = new URL(this.statics + name, location.href).href;
    if (this.image.src !== src) this.image.src = src;
    else this.draw();
  }

  private get rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[data-rows] > [data-row]")];
  }

  private input(row: HTMLElement, member: string): HTMLInputElement | null {
    return row.querySelector<HTMLInputElement>(`[name$=".${member}"]`);
  }

  private read(row: HTMLElement): Box | null {
    const box = Object.fromEntries(members.map((m) => [m, Number(this.input(row, m)?.value ?? "")])) as Box;
    return box.width > 0 && box.height > 0 ? box : null;
  }

  private write(row: HTMLElement, box: Box): void {
    const [w, h] = [this.image.naturalWidth, this.image.naturalHeight];
    const width = Math.round(Math.min(Math.max(box.width, 4), w));
    const height = Math.round(Math.min(Math.max(box.height, 4), h));
    const whole: Box = { width, height, x: Math.round(Math.min(Math.max(box.x, 0), w - width)), y: Math.round(Math.min(Math.max(box.y, 0), h - height)) };
    for (const m of members) {
      const input = this.input(row, m);
      if (input) input.value = String(whole[m]);
    }
  }

  private told(row: HTMLElement): void {
    this.input(row, "x")?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** draw puts each box where its numbers say, the focus where it was. */
  private draw(): void {
    const [w, h] = [this.image.naturalWidth, this.image.naturalHeight];
    this.show(w > 0);
    if (w === 0) return;
    const drawn = [...this.board.querySelectorAll<HTMLElement>(".form-box")];
    for (const [i, row] of this.rows.entries()) {
      const box = this.read(row);
      const element = drawn[i] ?? this.board.appendChild(document.createElement("button"));
      element.className = "form-box";
      element.setAttribute("type", "button");
      element.hidden = box === null;
      if (!box) continue;
      const name = (this.input(row, "label") ?? this.input(row, "name"))?.value.trim() || String(i + 1);
      element.textContent = name;
      element.setAttribute("aria-label", `${name}: ${members.map((m) => box[m]).join(", ")}`);
      element.classList.toggle("round", (row.querySelector<HTMLSelectElement>('[name$=".shape"]')?.value ?? "").includes("ellipse"));
      Object.assign(element.style, { left: `${(100 * box.x) / w}%`, top: `${(100 * box.y) / h}%`, width: `${(100 * box.width) / w}%`, height: `${(100 * box.height) / h}%` });
    }
    for (const more of drawn.slice(this.rows.length)) more.remove();
  }

  private rowOf(element: Element): HTMLElement | undefined {
    return this.rows[[...this.board.querySelectorAll(".form-box")].indexOf(element)];
  }

  /** grab moves or sizes the box under the pointer; on the picture itself it draws a new one. */
  private grab(down: PointerEvent): void {
    if (down.button !== 0) return;
    down.preventDefault();
    const element = (down.target as Element).closest<HTMLElement>(".form-box");
    element?.focus();
    const edge = element?.getBoundingClientRect();
    const sizes = edge ? down.clientX > edge.right - corner && down.clientY > edge.bottom - corner : false;
    const begin = this.onImage(down.clientX, down.clientY);
    let row = element ? this.rowOf(element) : undefined;
    const from = row ? this.read(row) : null;
    follow(down, {
      lift: () => (row ??= this.freeRow()),
      over: (x, y) => {
        if (!row) return;
        const to = this.onImage(x, y);
        const [dx, dy] = [to.x - begin.x, to.y - begin.y];
        if (!from) this.write(row, { x: Math.min(begin.x, to.x), y: Math.min(begin.y, to.y), width: Math.abs(dx), height: Math.abs(dy) });
        else if (sizes) this.write(row, { ...from, width: from.width + dx, height: from.height + dy });
        else this.write(row, { ...from, x: from.x + dx, y: from.y + dy });
        this.draw();
      },
      drop: () => row && this.told(row),
      back: () => {
        if (!row) return;
        if (from) this.write(row, from);
        else for (const m of members) this.input(row, m)!.value = "";
        this.draw();
      },
    });
  }

  /** onImage is where a place of the window is on the picture, in the picture's own pixels. */
  private onImage(x: number, y: number): { x: number; y: number } {
    const place = this.image.getBoundingClientRect();
    const scale = this.image.naturalWidth / place.width;
    return { x: (x - place.left) * scale, y: (y - place.top) * scale };
  }

  /** freeRow is one in which no box stands, a new one where there is none. */
  private freeRow(): HTMLElement | undefined {
    const free = () => this.rows.find((row) => !this.read(row));
    if (!free()) this.list.querySelector<HTMLElement>("[data-add]")?.click();
    return free();
  }

  private key(event: KeyboardEvent): void {
    const element = (event.target as Element).closest<HTMLElement>(".form-box");
    const row = element ? this.rowOf(element) : undefined;
    const box = row ? this.read(row) : null;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!row || !box || !way || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.ctrlKey ? 1 : Math.max(1, Math.round(this.image.naturalWidth / 100));
    const [dx, dy] = [way[0]! * step, way[1]! * step];
    this.write(row, event.shiftKey ? { ...box, width: box.width + dx, height: box.height + dy } : { ...box, x: box.x + dx, y: box.y + dy });
    this.told(row);
    announce(element?.getAttribute("aria-label") ?? "");
  }
}

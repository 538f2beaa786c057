// Carrying a thing to a place: by pointer, by keyboard, or lifted by one press and put down by another. Bins and matches share it.

import { drag } from "./dragging.ts";
import { button, describe, step } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

/** What an element says of its things and places. The place "" is where things wait. */
export interface Places {
  /** The places in the order of the arrow keys. */
  all(): string[];
  /** Where a thing is. */
  of(thing: HTMLElement): string;
  name(thing: HTMLElement): string;
  placeName(place: string): string;
  /** The place at a point of the window, null for none. */
  at(x: number, y: number): string | null;
  /** Marks the place that a thing would fall into, null for none. */
  mark(place: string | null): void;
  put(thing: HTMLElement, place: string): void;
}

interface Held {
  thing: HTMLElement;
  handle: HTMLElement;
  from: string;
  over: string;
  start: { x: number; y: number } | null;
}

/** Carrying lets things be carried between the places inside of an element. */
export class Carrying {
  private held: Held | null = null;

  constructor(private readonly inside: HTMLElement, private readonly places: Places, private readonly help: HTMLElement) {
    inside.addEventListener("mousedown", (event) => this.pressed(event));
  }

  /** handle makes the button by which a thing is lifted. */
  handle(thing: HTMLElement, text: string, disabled: boolean): HTMLButtonElement {
    const handle = button("button el-handle", text, () => (this.held?.thing === thing ? this.drop() : this.lift(thing, handle, true)));
    handle.setAttribute("aria-label", word("order_grab", this.places.name(thing)));
    handle.setAttribute("aria-pressed", "false");
    handle.disabled = disabled;
    describe(handle, this.help);
    handle.addEventListener("keydown", (event) => this.key(event, thing));
    handle.addEventListener("blur", () => this.held?.thing === thing && this.back());
    this.draggable(thing, handle);
    return handle;
  }

  /** draggable lets a thing be dragged by whatever shows it; handle has the focus afterwards. */
  draggable(thing: HTMLElement, handle: HTMLElement, by: HTMLElement = handle): void {
    drag(by, {
      lift: () => this.lift(thing, handle, false),
      over: (x, y) => this.over(x, y, by === handle ? thing : by),
      drop: () => this.drop(),
      back: () => this.back(),
    });
  }

  /** told says where a thing is now. */
  told(thing: HTMLElement): void {
    announce(word("bins_dropped", this.places.name(thing), this.places.placeName(this.places.of(thing))));
  }

  private key(event: KeyboardEvent, thing: HTMLElement): void {
    if (this.held?.thing !== thing) return;
    const by = step(event, this.inside);
    if (event.key === "Escape") this.back();
    else if (by === 0) return;
    else {
      const all = this.places.all();
      const next = all[(all.indexOf(this.held.over) + by + all.length) % all.length] ?? "";
      this.aim(next);
      announce(word("bins_over", this.places.name(thing), this.places.placeName(next)));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** pressed puts what was lifted by a press where the next press goes. */
  private pressed(event: MouseEvent): void {
    if (!this.held || this.held.handle.contains(event.target as Node)) return;
    const place = this.places.at(event.clientX, event.clientY);
    if (place === null) return;
    event.preventDefault(); // the handle keeps the focus: losing it would put the thing back
    this.aim(place);
    this.drop();
  }

  private lift(thing: HTMLElement, handle: HTMLElement, aloud: boolean): void {
    if (this.held) this.back();
    const from = this.places.of(thing);
    this.held = { thing, handle, from, over: from, start: null };
    thing.classList.add("el-lifted");
    handle.setAttribute("aria-pressed", "true");
    this.aim(from);
    if (aloud) announce(word("bins_lifted", this.places.name(thing), this.places.placeName(from)));
  }

  private aim(place: string): void {
    if (this.held) this.held.over = place;
    this.places.mark(place);
  }

  private over(x: number, y: number, shown: HTMLElement): void {
    if (!this.held) return;
    const [right, down] = [x + window.scrollX, y + window.scrollY]; // on the page, which may move below the pointer
    this.held.start ??= { x: right, y: down };
    shown.style.translate = `${right - this.held.start.x}px ${down - this.held.start.y}px`;
    shown.style.pointerEvents = "none"; // the place is looked for below it
    shown.classList.add("el-carried");
    // What is let go over no place stays where it was: the last place on the way there is none that was chosen.
    this.aim(this.places.at(x, y) ?? this.held.from);
  }

  private letGo(): Held | null {
    const held = this.held;
    this.held = null;
    held?.thing.classList.remove("el-lifted");
    held?.handle.setAttribute("aria-pressed", "false");
    for (const moved of this.inside.querySelectorAll<HTMLElement>("[style*=translate]")) {
      moved.style.translate = moved.style.pointerEvents = "";
      moved.classList.remove("el-carried");
    }
    this.places.mark(null);
    return held;
  }

  private drop(): void {
    const held = this.letGo();
    if (!held) return;
    this.places.put(held.thing, held.over);
    held.handle.focus({ preventScroll: true }); // who carried it looks at the place
    announce(word("bins_dropped", this.places.name(held.thing), this.places.placeName(held.over)));
  }

  private back(): void {
    const held = this.letGo();
    if (held) announce(word("bins_back", this.places.name(held.thing), this.places.placeName(held.from)));
  }
}

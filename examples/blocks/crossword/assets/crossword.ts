// Lays the words into a grid. The fields of the clues stay what is handed in; the grid writes into them, and what is typed is
// kept at once.
import { announce, platform, send } from "@quoin/elements";
import type { Grid, Place } from "../layout.ts";

interface Init {
  grid: Grid;
  pool: string[];
  closed: boolean;
  right: string[];
  words: Record<"grid" | "pool" | "help" | "saved" | "unsaved" | "cell" | "letter" | "across" | "down", string>;
}

/** How long a pause in typing is before it is kept, in milliseconds. */
const pause = 800;

const fill = (text: string, ...values: (string | number)[]): string => values.reduce<string>((t, v, n) => t.replace(`{${n}}`, String(v)), text);

function make<K extends keyof HTMLElementTagNameMap>(tag: K, name = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

/** A field of the grid with the words that go through it. */
interface Cell {
  box: HTMLElement;
  input: HTMLInputElement;
  row: number;
  column: number;
  across?: Place;
  down?: Place;
}

class CrosswordView extends HTMLElement {
  private data!: Init;
  private cells = new Map<string, Cell>();
  private now: { cell: Cell; across: boolean } | null = null;
  private timer = 0;

  connectedCallback(): void {
    const init = platform(this).init as unknown as Init | null, place = this.querySelector<HTMLElement>("[data-grid]");
    if (!init || !place || place.childElementCount > 0) return;
    this.data = init;
    place.classList.add("stack");
    place.append(this.layGrid());
    if (!init.closed) {
      place.append(make("p", "soft small", init.words.help));
      if (init.pool.length > 0) place.append(this.layPool());
    }
    this.querySelector(".crossword")?.classList.add("crossword-live");
    for (const label of this.querySelectorAll<HTMLLabelElement>(".crossword-list label")) label.addEventListener("click", (event) => this.clue(event, label));
    for (const field of this.fields()) field.tabIndex = -1;
    this.fromFields();
  }

  private fields(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>("input[data-place]")];
  }

  private at(row: number, column: number): Cell | undefined {
    return this.cells.get(`${row},${column}`);
  }

  private cellsOf(place: Place): Cell[] {
    return Array.from({ length: place.length }, (_, n) => this.at(place.across ? place.row : place.row + n, place.across ? place.column + n : place.column)!);
  }

  private layGrid(): HTMLElement {
    const { grid, words } = this.data;
    const box = make("div", "crossword-grid");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.grid);
    box.dir = grid.rtl ? "rtl" : "ltr";
    box.style.gridTemplateColumns = `repeat(${grid.columns}, minmax(0, 2.4rem))`;
    const order = [...grid.places].sort((a, b) => a.row - b.row || a.column - b.column);
    for (const place of order) {
      for (let n = 0; n < place.length; n++) this.lay(place, place.across ? place.row : place.row + n, place.across ? place.column + n : place.column);
    }
    const sorted = [...this.cells.values()].sort((a, b) => a.row - b.row || a.column - b.column);
    for (const cell of sorted) {
      cell.input.setAttribute("aria-label", this.name(cell, cell.across !== undefined));
      box.append(cell.box);
    }
    for (const place of order) {
      const first = this.at(place.row, place.column)!.box;
      if (!first.querySelector("span")) {
        const number = make("span", "", String(place.number));
        number.setAttribute("aria-hidden", "true");
        first.append(number);
      }
    }
    for (const id of this.data.right) {
      const place = grid.places.find((p) => p.id === id);
      if (place) for (const cell of this.cellsOf(place)) cell.box.classList.add("right");
    }
    return box;
  }

  private lay(place: Place, row: number, column: number): void {
    let cell = this.at(row, column);
    if (!cell) {
      const box = make("div", "crossword-cell"), input = make("input");
      box.style.gridArea = `${row + 1} / ${column + 1}`;
      input.autocomplete = "off";
      input.autocapitalize = "characters";
      input.spellcheck = false;
      input.readOnly = this.data.closed;
      input.tabIndex = row === place.row && column === place.column ? 0 : -1; // Tab goes from word to word
      box.append(input);
      cell = { box, input, row, column };
      this.cells.set(`${row},${column}`, cell);
      this.listen(cell);
    }
    if (place.across) cell.across = place;
    else cell.down = place;
  }

  private name(cell: Cell, across: boolean): string {
    const { words } = this.data;
    const place = (across ? cell.across : cell.down) ?? cell.across ?? cell.down!;
    const at = place.across ? cell.column - place.column : cell.row - place.row;
    return `${fill(words.cell, `${place.number} ${place.across ? words.across : words.down}`, at + 1, place.length)}: ${place.clue}`;
  }

  private listen(cell: Cell): void {
    cell.input.addEventListener("focus", () => {
      this.turn(cell, this.now?.across ?? cell.across !== undefined);
      cell.input.select();
    });
    cell.input.addEventListener("input", () => this.typed(cell));
    cell.input.addEventListener("keydown", (event) => this.key(cell, event));
  }

  /** turn makes a field the marked one, in the direction asked for where a word goes that way. */
  private turn(cell: Cell, across: boolean): void {
    this.now = { cell, across: across ? cell.across !== undefined : cell.down === undefined };
    const place = this.now.across ? cell.across : cell.down;
    cell.input.setAttribute("aria-label", this.name(cell, this.now.across));
    for (const other of this.cells.values()) other.box.classList.remove("now");
    for (const item of this.querySelectorAll("li.now")) item.classList.remove("now");
    if (!place) return;
    for (const other of this.cellsOf(place)) other.box.classList.add("now");
    this.querySelector(`input[data-place="${place.id}"]`)?.closest("li")?.classList.add("now");
  }

  private key(cell: Cell, event: KeyboardEvent): void {
    const back = this.data.grid.rtl ? 1 : -1;
    const steps: Record<string, [number, number]> = { ArrowLeft: [0, back], ArrowRight: [0, -back], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const next = this.at(cell.row + step[0], cell.column + step[1]);
      if (!next) return;
      this.now = { cell: next, across: step[0] === 0 };
      next.input.focus();
    } else if (event.key === " ") {
      event.preventDefault();
      this.turn(cell, !(this.now?.across ?? false));
    } else if (event.key === "Backspace" && cell.input.value === "" && !this.data.closed) {
      event.preventDefault();
      const before = this.along(cell, -1);
      if (!before) return;
      before.input.value = "";
      before.input.focus();
      this.toFields();
    }
  }

  private along(cell: Cell, by: number): Cell | undefined {
    const across = this.now?.across ?? true;
    return across ? this.at(cell.row, cell.column + by) : this.at(cell.row + by, cell.column);
  }

  private typed(cell: Cell): void {
    const [letter = ""] = Array.from(cell.input.value.trim()).slice(-1);
    this.put(cell, letter);
  }

  /** put writes a letter and goes on to the next field of the word. */
  private put(cell: Cell, letter: string): void {
    if (this.data.closed) return;
    cell.input.value = letter.toUpperCase();
    this.toFields();
    if (letter) this.along(cell, 1)?.input.focus();
  }

  private clue(event: Event, label: HTMLElement): void {
    event.preventDefault();
    const place = this.data.grid.places.find((p) => p.id === label.parentElement?.querySelector<HTMLInputElement>("input[data-place]")?.dataset["place"]);
    const cell = place && this.at(place.row, place.column);
    if (!cell) return;
    this.now = { cell, across: place.across };
    cell.input.focus();
    this.turn(cell, place.across); // it may have had the focus already
  }

  private fromFields(): void {
    for (const field of this.fields()) {
      const place = this.data.grid.places.find((p) => p.id === field.dataset["place"]);
      if (place) Array.from(field.value).forEach((letter, n) => {
        const cell = this.cellsOf(place)[n];
        if (cell && letter.trim()) cell.input.value = letter;
      });
    }
  }

  private toFields(): void {
    const words: Record<string, string> = {};
    for (const field of this.fields()) {
      const place = this.data.grid.places.find((p) => p.id === field.dataset["place"]);
      if (!place) continue;
      field.value = this.cellsOf(place).map((cell) => cell.input.value || " ").join("").trimEnd();
      if (field.value) words[place.id] = field.value;
    }
    const note = this.querySelector("[data-saved]");
    if (note) note.textContent = this.data.words.unsaved;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const done = () => { if (note) note.textContent = this.data.words.saved; };
      send("save", words, { element: this }).then(done, (error: Error) => announce(error.message));
    }, pause);
  }

  private layPool(): HTMLElement {
    const list = make("ul", "crossword-pool");
    list.setAttribute("aria-label", this.data.words.pool);
    for (const letter of this.data.pool) {
      const item = make("li"), press = make("button", "button", letter);
      press.type = "button";
      press.setAttribute("aria-label", fill(this.data.words.letter, letter));
      press.addEventListener("click", (event) => { if (event.detail === 0 || !this.carried) this.choose(letter); });
      press.addEventListener("pointerdown", (event) => this.carry(press, letter, event));
      item.append(press);
      list.append(item);
    }
    return list;
  }

  private carried = false;

  /** choose puts a letter into the marked field, and leaves the focus where it is. */
  private choose(letter: string): void {
    const cell = this.now?.cell ?? [...this.cells.values()].sort((a, b) => a.row - b.row || a.column - b.column)[0];
    if (!cell) return;
    cell.input.value = letter;
    this.toFields();
    announce(`${this.name(cell, this.now?.across ?? true)}: ${letter}`);
    const next = this.along(cell, 1) ?? cell;
    this.turn(next, this.now?.across ?? true);
  }

  /** carry drags a letter to a field. */
  private carry(press: HTMLButtonElement, letter: string, down: PointerEvent): void {
    if (down.button !== 0) return;
    this.carried = false;
    let ghost: HTMLElement | null = null, over: Cell | undefined;
    const under = (event: PointerEvent) => [...this.cells.values()].find((cell) => cell.box.contains(document.elementFromPoint(event.clientX, event.clientY)));
    const move = (event: PointerEvent) => {
      if (!ghost && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 6) return;
      this.carried = true;
      ghost ??= document.body.appendChild(make("div", "crossword-drag", letter));
      ghost.style.left = `${event.clientX}px`;
      ghost.style.top = `${event.clientY}px`;
      over?.box.classList.remove("over");
      over = under(event);
      over?.box.classList.add("over");
    };
    const end = (event: PointerEvent) => {
      press.removeEventListener("pointermove", move);
      press.removeEventListener("pointerup", end);
      press.removeEventListener("pointercancel", end);
      over?.box.classList.remove("over");
      ghost?.remove();
      if (!ghost || event.type === "pointercancel" || !over) return;
      over.input.value = letter;
      this.toFields();
    };
    press.setPointerCapture(down.pointerId);
    press.addEventListener("pointermove", move);
    press.addEventListener("pointerup", end);
    press.addEventListener("pointercancel", end);
  }
}

customElements.define("crossword-view", CrosswordView);

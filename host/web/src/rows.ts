// The rows of a list in an author's form: added, removed and moved by buttons and by keys. Without scripts the same form has a box
// to remove a row, a number for its place, and empty rows to fill in.

import { announce } from "./announce";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** newID names a row for ever. */
function newID(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((n) => alphabet[n % 32]).join("");
}

function fill(text: string, ...args: unknown[]): string {
  return args.reduce<string>((said, arg, i) => said.replaceAll(`{${i}}`, String(arg)), text);
}

/** <quoin-rows data-title data-moved data-removed> holds [data-rows] with its [data-row], a template of one, and buttons. */
class Rows extends HTMLElement {
  private next = 0;
  private undone: (() => void) | null = null;

  private get place(): HTMLElement | null {
    return this.querySelector("[data-rows]");
  }

  private get rows(): HTMLElement[] {
    return [...(this.place?.querySelectorAll<HTMLElement>(":scope > [data-row]") ?? [])];
  }

  connectedCallback(): void {
    if (this.next > 0) return;
    this.next = this.rows.length + 1000;
    for (const row of this.querySelectorAll("[data-spare]")) row.remove();
    for (const still of this.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
    for (const button of this.querySelectorAll<HTMLElement>("[data-move], [data-remove], [data-add]")) button.hidden = false;
    this.addEventListener("click", (event) => this.press(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.number();
  }

  private press(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (!button) return;
    const row = button.closest<HTMLElement>("[data-row]");
    if (button.hasAttribute("data-add")) this.add();
    else if (button.hasAttribute("data-undo")) this.undone?.();
    else if (row && button.hasAttribute("data-remove")) this.drop(row);
    else if (row && button.dataset.move) this.move(row, Number(button.dataset.move), button);
  }

  private key(event: KeyboardEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!row || !event.altKey || event.ctrlKey || event.metaKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    this.move(row, event.key === "ArrowUp" ? -1 : 1, event.target as HTMLElement);
  }

  /** made are the rows of a template, each with a number of its own. */
  private made(template: HTMLTemplateElement): Element[] {
    const markup = document.createElement("div");
    markup.append(template.content.cloneNode(true));
    for (const row of markup.children) {
      const number = String(this.next++);
      for (const element of row.querySelectorAll("*")) {
        for (const name of ["name", "id", "for", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replaceAll(".N.", `.${number}.`).replaceAll("-N-", `-${number}-`));
        }
      }
    }
    for (const id of markup.querySelectorAll<HTMLInputElement>("[data-id]")) id.value ||= newID();
    for (const still of markup.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
    for (const button of markup.querySelectorAll<HTMLElement>("[data-move], [data-remove]")) button.hidden = false;
    return [...markup.children];
  }

  /** usual shows the rows of the list's default, and gives what takes that back. */
  usual(): () => void {
    const before = this.rows;
    const template = this.querySelector<HTMLTemplateElement>("template[data-defaults]");
    this.place?.replaceChildren(...(template ? this.made(template) : []));
    this.forget();
    this.number();
    return () => {
      this.place?.replaceChildren(...before);
      this.number();
    };
  }

  /** forget ends taking back what was removed. */
  private forget(): void {
    const undo = this.querySelector<HTMLElement>("[data-undo]");
    if (undo) undo.hidden = true;
    this.undone = null;
  }

  /** blank adds a row to write in. */
  blank(): void {
    const template = this.querySelector("template");
    if (!template || !this.place) return;
    this.place.append(...this.made(template));
    this.number();
  }

  private add(): void {
    this.blank();
    this.changed();
    this.rows.at(-1)?.querySelector<HTMLElement>("textarea, input:not([type=hidden]), select")?.focus();
  }

  private drop(row: HTMLElement): void {
    const at = this.rows.indexOf(row);
    const name = row.getAttribute("aria-label") ?? "";
    const behind = row.nextElementSibling;
    row.remove();
    const undo = this.querySelector<HTMLElement>("[data-undo]");
    this.undone = () => {
      this.place?.insertBefore(row, behind?.isConnected ? behind : null);
      this.forget();
      this.changed();
      row.querySelector<HTMLElement>("[data-remove]")?.focus();
    };
    if (undo) undo.hidden = false;
    this.changed();
    const next = this.rows[Math.min(at, this.rows.length - 1)];
    (next?.querySelector<HTMLElement>("[data-remove]") ?? this.querySelector<HTMLElement>("[data-add]"))?.focus();
    announce(fill(this.dataset.removed ?? "", name));
  }

  private move(row: HTMLElement, by: number, focused: HTMLElement): void {
    const rows = this.rows;
    const at = rows.indexOf(row) + by;
    const other = rows[at];
    if (!other) return;
    const name = row.getAttribute("aria-label") ?? "";
    if (by < 0) other.before(row);
    else other.after(row);
    this.changed();
    focused.focus();
    announce(fill(this.dataset.moved ?? "", name, at + 1, rows.length));
  }

  private changed(): void {
    this.number();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Says each row's place: to the form, by name, and by which ways it can move. */
  private number(): void {
    this.rows.forEach((row, i, rows) => {
      for (const move of row.querySelectorAll<HTMLElement>("[data-move]")) move.setAttribute("aria-disabled", String(!rows[i + Number(move.dataset.move)]));
      const place = row.querySelector<HTMLInputElement>("[data-place]");
      if (place) place.value = String(i + 1);
      row.setAttribute("aria-label", `${this.dataset.title} ${i + 1}`);
    });
  }
}

/** <quoin-default data-done> goes back to a list's default: its box, which is sent, says so. Whoever types afterwards has a value of his own again. */
class Default extends HTMLElement {
  private undone: (() => void) | null = null;

  connectedCallback(): void {
    const holder = this.closest<HTMLElement>(".form-list, .field");
    const box = this.querySelector<HTMLInputElement>('input[type="checkbox"]');
    const use = this.querySelector<HTMLElement>("[data-default]");
    const undo = this.querySelector<HTMLElement>("[data-default-undo]");
    if (!holder || !box || !use || !undo || !this.querySelector("[data-still]:not([hidden])")) return;
    for (const still of this.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
    const show = (at: boolean) => {
      use.hidden = at;
      undo.hidden = !this.undone;
    };
    show(!this.hasAttribute("data-off"));
    const sent = (at: boolean) => {
      box.checked = at;
      show(at);
      (at ? undo : use).focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    holder.addEventListener("input", (event) => {
      if (event.target === box) return;
      box.checked = false;
      this.undone = null;
      show(false);
    });
    use.addEventListener("click", () => {
      this.undone = this.usual(holder);
      sent(true);
      announce(this.dataset.done ?? "");
    });
    undo.addEventListener("click", () => {
      this.undone?.();
      this.undone = null;
      sent(false);
    });
  }

  private usual(holder: HTMLElement): () => void {
    const rows = holder.querySelector<Rows>("quoin-rows");
    if (rows) return rows.usual();
    const area = holder.querySelector("textarea");
    const before = area?.value ?? "";
    if (area) area.value = ""; // what counts then stands there as a placeholder
    return () => {
      if (area) area.value = before;
    };
  }
}

/** setUpRows makes lists livelier wherever a form is drawn. */
export function setUpRows(): void {
  if (!customElements.get("quoin-rows")) customElements.define("quoin-rows", Rows);
  if (!customElements.get("quoin-default")) customElements.define("quoin-default", Default);
}

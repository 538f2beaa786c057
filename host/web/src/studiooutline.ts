// The outline of a course in Studio. The server draws its rows; this script walks, selects, renames, moves, adds and takes away, by
// pointer, by keys and by menus, and has the rows drawn again after each. Without it every row has a page with the same forms.

import { announce, words } from "./announce";
import { component, held, hold, offer, onHeld } from "./studioclipboard";
import { type Place, serveDragging, stepPlace } from "./studiodrag";
import { serveFilter } from "./studiofilter";
import { renameRow } from "./studiorename";
import { openRowMenu } from "./studiorowmenu";
import { Deeds, type Done, type Listed, send, toast } from "./studiosend";
import { openSheet } from "./studiosheet";
import { above, level, rowsOf, Tree, usage } from "./studiotree";
import { localTimes } from "./times";

type Drawn = { html: string; version: string; note: string; changes: string; deeds: Listed };
const looksEvery = 15_000;

export class Outline extends HTMLElement {
  private tree!: Tree;
  private deeds!: Deeds;
  private version = "";
  private drawing = 0;

  private get path(): string {
    return this.dataset.path ?? "";
  }

  private get course(): string {
    return this.dataset.course ?? "";
  }

  private get grid(): HTMLElement {
    return this.querySelector<HTMLElement>("[role=treegrid]")!;
  }

  connectedCallback(): void {
    if (!this.querySelector("[role=treegrid]")) return;
    this.version = this.dataset.version ?? "";
    this.tree = new Tree(this.grid, `quoin.studio.open ${this.course}`, () => this.draw(), () => this.chosen());
    this.deeds = new Deeds(this, `${this.path}/undo`, (focus) => this.draw(focus));
    for (const inside of this.grid.querySelectorAll<HTMLElement>(":scope > [role=row] :is(a, button, input)")) inside.tabIndex = -1;
    for (const lively of this.querySelectorAll<HTMLElement>("[data-lively]")) lively.hidden = false;
    for (const still of this.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
    this.tree.settle(new URLSearchParams(location.search).get("at") ?? undefined);
    if (this.hasAttribute("data-big") && Object.values(this.tree.opened()).some(Boolean)) void this.draw();
    this.grid.addEventListener("click", (event) => this.press(event));
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("focusin", (event) => this.arrived(event));
    this.addEventListener("submit", (event) => void this.submit(event));
    this.querySelector("[data-bulk]")?.addEventListener("click", (event) => this.pressBulk(event));
    this.querySelector("[data-open-all]")?.addEventListener("click", () => this.tree.openAll(true));
    this.querySelector("[data-shut-all]")?.addEventListener("click", () => this.tree.openAll(false));
    for (const what of ["undo", "redo"] as const) this.querySelector(`[data-${what}]`)?.addEventListener("click", () => void this.deeds[what]());
    this.querySelector("[data-paste]")?.addEventListener("click", () => void this.paste(this.tree.current));
    const filter = this.querySelector<HTMLFormElement>("form[data-filter]");
    if (filter) serveFilter(filter, () => this.draw(), () => announce(this.querySelector("[data-note]")?.textContent ?? ""));
    document.addEventListener("keydown", (event) => this.keyAnywhere(event));
    serveDragging(this.tree, this.dataset.root ?? "", (rows, place) => void this.move(rows, place));
    onHeld(() => {
      for (const button of this.querySelectorAll<HTMLButtonElement>("button[data-paste]")) offer(button, () => "");
    });
    window.setInterval(() => void this.look(), looksEvery);
    this.setAttribute("data-ready", "");
  }

  // --- drawing ---

  private address(): URL {
    const address = new URL(this.path, location.href);
    const filter = this.querySelector<HTMLFormElement>("form[data-filter]");
    if (filter) for (const [name, value] of new FormData(filter)) if (typeof value === "string" && value) address.searchParams.set(name, value);
    for (const [key, open] of Object.entries(this.tree.opened())) if (open && this.hasAttribute("data-big")) address.searchParams.append("open", key);
    return address;
  }

  /** draw asks for the rows as they are now, and keeps focus and selection where they are. */
  private async draw(focus?: string): Promise<void> {
    const turn = ++this.drawing;
    const mark = this.deeds.mark();
    let drawn: Drawn;
    try {
      const response = await fetch(this.address(), { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(response.statusText);
      drawn = (await response.json()) as Drawn;
    } catch {
      toast(words("not_drawn"), { text: words("again"), press: () => void this.draw(focus) }, true);
      return;
    }
    if (turn === this.drawing) this.take(drawn, mark, focus);
  }

  private take(drawn: Drawn, mark: number, focus?: string): void {
    this.deeds.take(drawn.deeds, mark);
    const held = this.grid.contains(document.activeElement) || document.activeElement === document.body;
    const at = focus ?? (this.tree.current ? usage(this.tree.current) : "");
    const near = this.tree.current ? rowsOf(this.grid).indexOf(this.tree.current) : 0;
    const selected = new Set(this.tree.selected().map(usage));
    this.version = drawn.version;
    this.grid.innerHTML = drawn.html;
    for (const inside of this.grid.querySelectorAll<HTMLElement>(":scope > [role=row] :is(a, button, input)")) inside.tabIndex = -1;
    for (const lively of this.grid.querySelectorAll<HTMLElement>("[data-lively]")) lively.hidden = false;
    for (const still of this.grid.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
    localTimes(this.grid);
    this.tree.settle(at);
    for (const row of rowsOf(this.grid)) if (selected.has(usage(row))) this.tree.select(row, true);
    this.chosen();
    const note = this.querySelector<HTMLElement>("[data-note]");
    if (note) note.textContent = drawn.note;
    const publish = document.querySelector<HTMLElement>("[data-changes]");
    if (publish) {
      publish.textContent = drawn.changes || publish.dataset.none || "";
      publish.classList.toggle("primary", drawn.changes !== "");
    }
    const empty = this.querySelector<HTMLElement>("[data-empty]");
    if (empty) {
      empty.hidden = rowsOf(this.grid).length > 0;
      const filtered = [...new FormData(this.querySelector<HTMLFormElement>("form[data-filter]") ?? undefined).values()].some(Boolean);
      empty.firstElementChild!.textContent = (filtered ? empty.dataset.found : empty.dataset.there) ?? "";
    }
    if (focus || held) this.tree.focus(this.tree.find(at) ?? this.tree.seen()[Math.min(near, this.tree.seen().length - 1)]);
  }

  /** look sees whether somebody else has changed the course. What is being typed is left alone. */
  private async look(): Promise<void> {
    const busy = () => document.hidden || this.grid.querySelector("input.o-rename, .o-menu") !== null || document.querySelector("dialog[open]") !== null;
    if (busy()) return;
    const mark = this.deeds.mark();
    const address = this.address();
    address.searchParams.set("version", this.version);
    const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
    if (!response?.ok) return;
    const drawn = (await response.json()) as Partial<Drawn>;
    if (busy()) return; // typing may have begun meanwhile
    if (drawn.html !== undefined && drawn.version !== this.version) this.take(drawn as Drawn, mark);
  }

  // --- doing ---

  /** act does one thing and has the rows drawn. What fails is said, and nothing on the page changes. */
  private async act(address: string, body: Record<string, string | string[]>, rename = false): Promise<boolean> {
    const { ok, answer } = await send(`${this.path}/${address}`, body);
    if (!ok) {
      toast(answer.error ?? words("failed"), undefined, true);
      return false;
    }
    await this.draw(answer.focus);
    this.deeds.add(answer);
    const row = answer.focus ? this.tree.find(answer.focus) : null;
    if (rename && row) this.rename(row);
    return true;
  }

  private done(answer: Done): void {
    if (answer.location) {
      location.assign(answer.location);
      return;
    }
    void this.draw(answer.focus).then(() => this.deeds.add(answer));
  }

  private async submit(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    const body: Record<string, string | string[]> = {};
    for (const [name, value] of new FormData(form, event.submitter)) if (typeof value === "string") body[name] = value;
    const row = form.closest<HTMLElement>("[role=row]");
    if (row) this.tree.open(row, true);
    await this.act(form.dataset.act ?? "", body, form.dataset.act === "blocks");
  }

  private async move(rows: HTMLElement[], place: Place): Promise<void> {
    if (rows.length > 0) await this.act("move", { usage: rows.map(usage), to: place.to, after: place.after });
  }

  /** run does what a menu's entry or a key asks for. */
  private run(what: string, row: HTMLElement | null): void {
    const rows = this.tree.meant(row);
    const keys = rows.map(usage);
    const query = keys.map((k) => `usage=${encodeURIComponent(k)}`).join("&");
    const one = row ?? rows[0] ?? null;
    if (keys.length === 0) return toast(words("none_selected"));
    switch (what) {
      case "open":
        if (one?.dataset.open) location.assign(one.dataset.open);
        break;
      case "rename":
        if (one) this.rename(one);
        break;
      case "settings":
        void openSheet(keys.length === 1 ? `${this.path}/blocks/${encodeURIComponent(keys[0]!)}/settings` : `${this.path}/bulk?${query}`, (answer) => this.done(answer));
        break;
      case "move":
        void openSheet(`${this.path}/move?${query}`, (answer) => this.done(answer));
        break;
      case "publish":
        void openSheet(`${this.path}/changes?${keys.length === 1 ? "within=" + encodeURIComponent(keys[0]!) : query}`, (answer) => this.done(answer));
        break;
      case "history":
        location.assign(`${this.path}/history?of=${encodeURIComponent(keys[0]!)}`);
        break;
      case "duplicate":
        void this.act("duplicate", { usage: keys });
        break;
      case "remove":
        this.tree.selectNone();
        void this.act("remove", { usage: keys });
        break;
      case "add-inside":
        if (one && level(one) < 3) {
          this.tree.open(one, true);
          void this.act("blocks", { parent: usage(one) }, true);
        }
        break;
      case "add-after":
        if (one) void this.act("blocks", { parent: above(one) ? usage(above(one)!) : (this.dataset.root ?? ""), after: usage(one) }, true);
        break;
      case "copy":
        this.copy(rows);
        break;
      case "paste":
        void this.paste(one);
        break;
      case "up":
      case "down": {
        const place = one ? stepPlace(this.grid, one, what === "up" ? -1 : 1, this.dataset.root ?? "") : null;
        if (one && place) void this.move([one], place);
        else toast(what === "up" ? words("at_top") : words("at_end"));
      }
    }
  }

  private copy(rows: HTMLElement[]): void {
    const first = rows[0];
    if (!first) return;
    const same = rows.filter((r) => level(r) === level(first));
    hold({ level: level(first), usages: same.map(usage), name: first.querySelector(".o-title")?.textContent ?? "" });
  }

  /** paste puts what was copied behind the row that has the focus, into it, or at the end of the course. */
  private async paste(row: HTMLElement | null): Promise<void> {
    const kept = held();
    if (!kept) return toast(words("nothing_copied"));
    let at = row;
    while (at && level(at) > kept.level) at = above(at);
    let to = "";
    let after: string | null = "";
    if (at && level(at) === kept.level) {
      const parent = above(at);
      to = parent ? usage(parent) : (this.dataset.root ?? "");
      after = usage(at);
    } else if (at && level(at) === kept.level - 1) {
      to = usage(at);
      after = at.dataset.last || null; // the rows of units do not say what is in them: at the end
    } else if (kept.level === 1) {
      to = this.dataset.root ?? "";
      after = this.dataset.last ?? "";
    } else {
      return toast(kept.level === component ? words("paste_in_unit") : words("paste_where"));
    }
    await this.act("paste", after === null ? { usage: kept.usages, to } : { usage: kept.usages, to, after });
  }

  private rename(row: HTMLElement): void {
    renameRow(row, {
      path: this.path,
      left: () => this.tree.focus(row),
      done: async (answer) => {
        await this.draw(usage(row));
        this.deeds.add(answer);
      },
    });
  }

  // --- pressing ---

  private arrived(event: FocusEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[role=row]");
    if (row && row !== this.tree.current && !row.hidden) this.tree.focusQuietly(row);
  }

  private press(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[role=row]");
    if (!row) return;
    if (target.closest(".o-toggle")) {
      event.preventDefault();
      this.tree.open(row, row.getAttribute("aria-expanded") !== "true");
      return;
    }
    if (target instanceof HTMLInputElement && target.matches(".o-pick")) {
      if (event.shiftKey) this.tree.extendTo(row);
      else this.tree.select(row, target.checked);
      return;
    }
    if (target.closest("[data-menu]")) return this.menu(row, target.closest<HTMLElement>("[data-menu]")!);
    const link = target.closest<HTMLAnchorElement>("a[data-sheet-link]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      void openSheet(link.href, (answer) => this.done(answer));
    } else if (!target.closest("a, button, input, form")) {
      this.tree.focus(row);
    }
  }

  /** chosen shows what can be done with what is selected. */
  private chosen(): void {
    const selected = this.tree.selected();
    const bar = this.querySelector<HTMLElement>("[data-bulk]");
    if (!bar) return;
    bar.hidden = selected.length === 0;
    const count = bar.querySelector<HTMLElement>("[data-count]");
    if (count) count.textContent = words("selected").replace("{0}", String(selected.length));
  }

  private pressBulk(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.do === "none") return this.tree.selectNone();
    this.run(button.dataset.do ?? "", null);
  }

  /** menu shows what can be done with a row. */
  private menu(row: HTMLElement, button: HTMLElement): void {
    openRowMenu(this.querySelector<HTMLTemplateElement>("template[data-row-menu]"), row, button, (what) => {
      this.tree.focus(row);
      this.run(what, row);
    });
  }

  // --- keys ---

  private key(event: KeyboardEvent): void {
    const row = event.target as HTMLElement;
    if (row.getAttribute("role") !== "row" || event.isComposing) return;
    const rtl = document.dir === "rtl";
    const strong = event.ctrlKey || event.metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const did = ((): boolean => {
      if (event.altKey && !strong) {
        if (name !== "ArrowUp" && name !== "ArrowDown") return false;
        this.run(name === "ArrowUp" ? "up" : "down", row);
        return true;
      }
      if (strong) {
        const what = { c: "copy", v: "paste", d: "duplicate" }[name];
        if (name === "a") for (const all of this.tree.seen()) this.tree.select(all, true);
        else if (what) this.run(what, row);
        else return false;
        return true;
      }
      switch (name) {
        case "ArrowDown": this.tree.step(1, event.shiftKey); return true;
        case "ArrowUp": this.tree.step(-1, event.shiftKey); return true;
        case "PageDown": this.tree.step(10); return true;
        case "PageUp": this.tree.step(-10); return true;
        case "Home": this.tree.step(-1e6); return true;
        case "End": this.tree.step(1e6); return true;
        case "ArrowRight": rtl ? this.tree.out(row) : this.tree.into(row); return true;
        case "ArrowLeft": rtl ? this.tree.into(row) : this.tree.out(row); return true;
        case " ": this.tree.select(row, row.getAttribute("aria-selected") !== "true"); return true;
        case "Escape": this.tree.selectNone(); return true;
        case "Enter": level(row) === 3 ? this.run("open", row) : this.tree.open(row, row.getAttribute("aria-expanded") !== "true"); return true;
      }
      const what = { F2: "rename", r: "rename", Delete: "remove", n: "add-after", a: "add-inside", m: "move", s: "settings", p: "publish", h: "history" }[name];
      if (what) this.run(what, row);
      return what !== undefined;
    })();
    if (did) event.preventDefault();
  }

  private keyAnywhere(event: KeyboardEvent): void {
    const typing = (event.target as Element).closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
    if (event.defaultPrevented || typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const name = event.key.toLowerCase();
    if (name === "z" && !event.shiftKey) void this.deeds.undo();
    else if (name === "y" || (name === "z" && event.shiftKey)) void this.deeds.redo();
    else return;
    event.preventDefault();
  }
}

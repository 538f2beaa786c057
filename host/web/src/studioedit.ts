// The sheet beside a unit: the form of one component, its OLX, and what two authors made of it at once. What is typed is saved as it
// is typed.

import { announce, words } from "./announce";
import { serveBoxes } from "./studioboxes";
import { serveCaptions } from "./studiocaptions";
import { serveConflicts } from "./studioconflicts";
import { serveChoices } from "./studiochoices";
import { serveFiles } from "./studiofilefield";
import { Own } from "./studioown";
import type { Answer, Saves, Typed } from "./studiosaves";
import type { Places, Text } from "./studiotext";

type Field = { base: unknown; kind: string; title: string };
type Finding = { level: string; field?: string; line?: number; column?: number; message: string; fix?: string };
type Sheet = { usage: string; title: string; version: number; html: string; fields: Record<string, Field>; olx: string; base: string; findings: Finding[]; editor: string[] | null; error?: string };
type Editor = typeof import("./studiotext");

/** Host is what the sheet needs of the page. */
export type Host = { link: string; upload: string; text: string; place: HTMLElement; saves: Saves; changed(op?: string): void; address(usage: string): string };

export class Edit {
  usage = "";
  private sheet: Sheet | null = null;
  /** drawn is the component whose form stands there. */
  private drawn = "";
  private before: HTMLElement | null = null;
  private readonly texts = new Map<string, Text>();
  private checking = 0;
  private olxTimer = 0;
  /** olxUnsaved saves the element that is typed, null where that is under way or done; olxSaving is the save under way. */
  private olxUnsaved: (() => void) | null = null;
  private olxSaving: Promise<void> = Promise.resolve();
  /** touched counts what was typed and what was saved, for what is on its way meanwhile. */
  private touched = 0;
  private places: Promise<Places> | null = null;
  private own: Own | null = null;
  /** The form does not show what the block's own editor made of a field that has no single input. */
  private stale = false;
  /** What was saved as an element stands neither in the form nor in the block's own editor. */
  private typedOLX = false;

  constructor(private readonly host: Host) {
    host.place.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.close();
    }, true); // the editor of texts keeps the key for itself
  }

  /** open shows a component's form. */
  async open(usage: string, from: HTMLElement | null): Promise<boolean> {
    await this.own?.finish();
    if (this.usage && this.usage !== usage) this.shut();
    this.before = from ?? this.before;
    await this.host.saves.flush(usage);
    const sheet = await this.ask(usage);
    if (!sheet) return false;
    this.usage = usage;
    this.draw(sheet);
    this.host.place.hidden = false;
    document.querySelector(".unit-editor")?.classList.add("editing");
    this.host.place.querySelector<HTMLElement>("h2")?.focus();
    return true;
  }

  private async ask(usage: string): Promise<Sheet | null> {
    try {
      const response = await fetch(`${this.host.address(usage)}/form`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      return response.ok ? ((await response.json()) as Sheet) : null;
    } catch {
      return null;
    }
  }

  close(): void {
    void this.leave();
  }

  private async leave(): Promise<void> {
    const { usage } = this;
    await this.own?.finish();
    if (usage !== this.usage) return; // another one was opened meanwhile
    this.shut();
    this.host.place.hidden = true;
    document.querySelector(".unit-editor")?.classList.remove("editing");
    const back = this.before?.isConnected ? this.before : document.querySelector<HTMLElement>(`[data-part="${CSS.escape(this.usage)}"] [data-edit]`);
    this.usage = "";
    back?.focus();
  }

  private shut(): void {
    if (this.usage) void this.host.saves.flush(this.usage);
    for (const text of this.texts.values()) text.close();
    this.texts.clear();
    this.own?.end();
    this.own = null;
    this.sheet = null;
  }

  /** draw lays a form out; what was typed and is not on the server stands in it. */
  private draw(sheet: Sheet): void {
    for (const text of this.texts.values()) text.close();
    this.texts.clear();
    this.own?.end();
    this.own = null;
    this.stale = this.typedOLX = false;
    const unfolded = sheet.usage === this.drawn && (this.host.place.querySelector<HTMLDetailsElement>("[data-more]")?.open ?? false);
    this.drawn = sheet.usage;
    this.sheet = null; // an input that goes while it has the focus says once more what it held: nobody typed that
    this.host.place.innerHTML = sheet.html;
    const more = this.host.place.querySelector<HTMLDetailsElement>("[data-more]");
    if (more && unfolded) more.open = true;
    this.sheet = sheet;
    for (const still of this.host.place.querySelectorAll<HTMLElement>("[data-edit-form] > [data-still], [data-olx-form] > [data-still]")) still.remove();
    this.host.place.querySelector("[data-close]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.close();
    });
    const pending = this.host.saves.pending(sheet.usage);
    const names = Object.keys(pending).filter((name) => name in sheet.fields);
    for (const name of names) this.fill(name, pending[name]!);
    if (names.length > 0) announce(words("restored_here"));
    this.lost();
    this.openOwn(sheet);
    this.tabs();
    this.serveForm();
    this.serveOLX();
    serveConflicts(this.host.place, {
      text: this.host.text, statics: `${this.host.link.replace(/\/units\/[^/]*$/, "")}/static/`,
      decided: async (field, answer) => {
        this.host.saves.drop(this.usage, field);
        this.host.changed(answer.op);
        await this.again();
        this.host.place.querySelector<HTMLElement>("h2")?.focus();
      },
    });
    serveCaptions(this.host.place, async (op) => {
      this.host.changed(op);
      await this.again();
    });
    this.found(sheet.findings);
    for (const [name, field] of Object.entries(sheet.fields)) if (field.kind === "html") void this.rich(name);
  }

  /** openOwn opens the editor that the block ships. Its edits are saved as those of the form are. */
  private openOwn(sheet: Sheet): void {
    const panel = this.host.place.querySelector<HTMLElement>("[data-own]");
    if (!panel || !sheet.editor) return;
    const names = sheet.editor;
    this.host.place.querySelector("[data-own-again]")?.addEventListener("click", () => void this.again("editor"));
    this.own = new Own(this.host.place, names, {
      values: () => {
        const pending = this.host.saves.pending(sheet.usage);
        return Object.fromEntries(names.map((name) => [name, pending[name] && !pending[name].form ? pending[name].value : (sheet.fields[name]?.base ?? null)]));
      },
      edited: (fields) => {
        if (this.sheet !== sheet) return;
        for (const [name, value] of Object.entries(fields)) this.putValue(sheet, name, value);
      },
      leave: () => this.host.place.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(),
      failed: () => {
        this.own = null;
        this.turn("form");
      },
    });
  }

  private putValue(sheet: Sheet, name: string, value: unknown): void {
    const field = sheet.fields[name];
    if (!field) return;
    this.error(name, "");
    const pending = this.host.saves.pending(sheet.usage)[name];
    this.touched++;
    if (JSON.stringify(pending && !pending.form ? pending.value : field.base) === JSON.stringify(value)) return;
    this.host.saves.put(sheet.usage, this.host.address(sheet.usage), name, { base: field.base, value });
    if (!this.show(name, typeof value === "string" ? value : "") || typeof value !== "string") this.stale = true;
  }

  /** freshOLX shows the element with what was changed elsewhere in the sheet, unless its author is at it. */
  private async freshOLX(): Promise<void> {
    const { usage } = this;
    await this.own?.finish();
    await this.host.saves.flush(usage);
    const before = this.touched;
    const sheet = await this.ask(usage);
    if (sheet && this.sheet?.usage === sheet.usage && before === this.touched) this.elementIs(sheet, false);
  }

  /** fresh shows a tab with what was changed in another one, once that is saved: it would save over it. */
  private async fresh(tab: string): Promise<void> {
    const { usage } = this;
    await this.own?.finish();
    await this.host.saves.flush(usage);
    if (usage !== this.usage) return;
    if (Object.keys(this.host.saves.pending(usage)).length > 0) announce(words("own_unsaved"));
    else await this.again(tab);
  }

  /** turn opens one of the sheet's tabs. */
  private turn(name: string): void {
    this.host.place.querySelector<HTMLElement>(`[role="tab"][data-for="${name}"]`)?.click();
  }

  private controls(name: string): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
    const form = this.host.place.querySelector<HTMLFormElement>("[data-edit-form]");
    return [...(form?.elements ?? [])].filter(
      (e): e is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
        (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) && (e.name === `f.${name}` || e.name.startsWith(`f.${name}.`)),
    );
  }

  private holder(name: string): HTMLElement | null {
    return this.controls(name)[0]?.closest<HTMLElement>(".form-list, .field") ?? null;
  }

  private read(name: string): Record<string, string[]> {
    const form: Record<string, string[]> = {};
    for (const control of this.controls(name)) {
      if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio") && !control.checked) continue;
      (form[control.name] ??= []).push(control.value);
    }
    return form;
  }

  private fill(name: string, typed: Typed): void {
    const controls = this.controls(name);
    if (controls.length !== 1) return; // rows come from the server, where they arrive with the next save
    const [value] = typed.form ? (typed.form[`f.${name}`] ?? []) : [typeof typed.value === "string" ? typed.value : undefined];
    if (value !== undefined && controls[0]) controls[0].value = value;
  }

  private serveForm(): void {
    const form = this.host.place.querySelector<HTMLFormElement>("[data-edit-form]");
    if (!form) return;
    form.addEventListener("submit", (event) => event.preventDefault());
    serveFiles(form, { upload: this.host.upload, names: async () => (await this.findPlaces()).files });
    serveChoices(form);
    serveBoxes(form, `${this.host.link.replace(/\/units\/[^/]*$/, "")}/static/`);
    const typed = (event: Event) => {
      const { name } = event.target as HTMLInputElement;
      const field = /^f\.([a-z0-9_]+)/.exec(name ?? "")?.[1];
      if (field) this.put(field);
    };
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("keydown", (event) => {
      const list = event.altKey && event.key.startsWith("Arrow") ? (event.target as Element).closest<HTMLElement>(".form-list") : null;
      const marker = list?.querySelector<HTMLInputElement>('input[type="hidden"][name^="f."]');
      if (marker) window.setTimeout(() => this.put(marker.name.slice(2)), 0);
    });
    // Rows that are moved or removed change values without typing.
    form.addEventListener("click", (event) => {
      const list = (event.target as Element).closest("button") && (event.target as Element).closest<HTMLElement>(".form-list");
      const marker = list?.querySelector<HTMLInputElement>('input[type="hidden"][name^="f."]');
      if (marker) window.setTimeout(() => this.put(marker.name.slice(2)), 0);
    });
  }

  private put(name: string): void {
    const field = this.sheet?.fields[name];
    if (!field || !this.sheet) return;
    this.error(name, "");
    this.touched++;
    this.host.saves.put(this.sheet.usage, this.host.address(this.sheet.usage), name, { base: field.base, form: this.read(name) });
  }

  private error(name: string, text: string): void {
    const holder = this.holder(name);
    const stored = holder?.closest<HTMLDetailsElement>("[data-stored]");
    if (text && stored) stored.open = true;
    holder?.querySelector(":scope > [data-refused]")?.remove();
    holder?.classList.toggle("wrong", text !== "");
    if (!text || !holder) return;
    const said = document.createElement("p");
    said.className = "error";
    said.dataset.refused = "";
    said.setAttribute("role", "alert");
    said.textContent = text;
    holder.append(said);
  }

  /** lost shows what was typed into fields that the component does not have any more, to be copied. */
  private lost(): void {
    const { sheet, host } = this;
    if (!sheet) return;
    for (const [name, typed] of Object.entries(host.saves.lost(sheet.usage, (field) => field in sheet.fields))) {
      if (host.place.querySelector(`[data-lost="${CSS.escape(name)}"]`)) continue;
      const said = document.createElement("div");
      said.className = "notice warn stack-s";
      said.dataset.lost = name;
      said.setAttribute("role", "alert");
      const why = document.createElement("p");
      why.textContent = words("field_gone").replace("{0}", name);
      const text = document.createElement("textarea");
      text.readOnly = true;
      text.rows = 3;
      text.setAttribute("aria-label", name);
      text.value = typed.form ? Object.values(typed.form).flat().join("\n") : typeof typed.value === "string" ? typed.value : JSON.stringify(typed.value, null, 2);
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "button";
      drop.textContent = words("field_gone_drop");
      drop.addEventListener("click", () => {
        host.saves.drop(sheet.usage, name);
        said.remove();
      });
      said.append(why, text, drop);
      host.place.querySelector("[data-edit-form]")?.before(said);
    }
  }

  /** refused says beside a field why the server did not take it. */
  refused(usage: string, answer: Answer): void {
    if (usage === this.usage && answer.field) this.error(answer.field, answer.error ?? "");
  }

  /** arrived takes in what a save brought: what is stored now is what the next text is typed over. */
  async arrived(answer: Answer, sent: Record<string, Typed>): Promise<void> {
    this.touched++;
    this.host.changed(answer.op);
    if (!this.sheet || answer.usage !== this.sheet.usage) return;
    if ((answer.gone ?? []).length > 0) return this.again(); // with the fields that there are, and what was lost
    const later = this.host.saves.pending(answer.usage);
    let redraw = (answer.conflicted ?? []).length > 0;
    const merge: string[] = [];
    const formed: Record<string, unknown> = {};
    for (const name of Object.keys(sent)) {
      const field = this.sheet.fields[name];
      if (!field) continue;
      const merged = answer.merged?.includes(name) ?? false;
      if (merged && !later[name]) {
        redraw = !this.show(name, answer.texts[name] ?? "") || redraw;
        field.base = answer.fields[name] ?? null;
        merge.push(name);
      } else field.base = answer.sent[name] ?? null;
      if (sent[name]?.form && !later[name]) formed[name] = answer.sent[name] ?? null;
    }
    // The server may fill in what follows from a field, such as the size of a picture.
    redraw = Object.keys(answer.sent ?? {}).some((name) => !(name in sent) && this.sheet !== null && name in this.sheet.fields) || redraw;
    if (merge.length > 0 && !redraw) await this.reown();
    else this.own?.changed(formed);
    if (redraw) await this.again();
    window.clearTimeout(this.checking);
    this.checking = window.setTimeout(() => void this.check(), 250);
  }

  /** reown shows what others changed in the block's own editor, unless something is being typed in it: that is merged when it is saved. */
  private async reown(): Promise<void> {
    const { own, usage } = this;
    if (!own || !(await own.finish()) || own !== this.own || Object.keys(this.host.saves.pending(usage)).length > 0) return;
    own.set();
  }

  /** again draws the sheet anew from the server, the focus where it was. */
  async again(turn = ""): Promise<void> {
    if (!this.usage) return;
    await this.own?.finish();
    const sheet = await this.newest();
    if (!sheet) return;
    const active = document.activeElement as HTMLElement | null;
    const id = active && this.host.place.contains(active) ? active.id : "";
    const cursor = isText(active) ? ([active.selectionStart, active.selectionEnd] as const) : null;
    const conflicts = this.host.place.querySelectorAll("[data-conflict]").length;
    const tab = turn || this.host.place.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.dataset.for;
    this.draw(sheet);
    if (tab) this.turn(tab);
    const fresh = this.host.place.querySelectorAll<HTMLElement>("[data-conflict]");
    if (fresh.length > conflicts) {
      fresh[0]!.tabIndex = -1;
      fresh[0]!.focus();
    } else if (id) {
      const control = document.getElementById(id);
      control?.focus();
      if (cursor && isText(control)) control.setSelectionRange(...cursor); // whoever types goes on where he was
    }
  }

  /** newest asks for the form until nothing was typed or saved while it was on its way: an older one would hide that. */
  private async newest(): Promise<Sheet | null> {
    for (let tries = 0; ; tries++) {
      const before = this.touched;
      const sheet = await this.ask(this.usage);
      if (!sheet || before === this.touched || tries === 5) return sheet;
    }
  }

  /** elsewhere takes in what another author saved: only what is not being typed here changes. */
  async elsewhere(blocks = false): Promise<void> {
    if (!((await this.own?.finish()) ?? true) || !this.sheet || Object.keys(this.host.saves.pending(this.usage)).length > 0) return;
    const before = this.touched;
    const sheet = await this.ask(this.usage);
    if (!sheet || !this.sheet || sheet.usage !== this.sheet.usage || (sheet.version === this.sheet.version && !blocks) || before !== this.touched) return;
    let whole = sheet.html.includes("data-conflict=") || !this.elementIs(sheet) || !this.sameEditor(sheet);
    let moved = false;
    for (const [name, field] of Object.entries(sheet.fields)) {
      const mine = this.sheet.fields[name];
      if (mine && JSON.stringify(mine.base) === JSON.stringify(field.base)) continue;
      moved = true;
      if (typeof field.base === "string" && this.show(name, field.base) && mine) mine.base = field.base;
      else whole = true;
    }
    this.sheet.version = sheet.version;
    if (whole) await this.again();
    else if (moved) await this.reown();
  }

  /** sameEditor tells whether the block still ships the editor that is open: an upgrade may bring another, or none. */
  private sameEditor(now: Sheet): boolean {
    const src = (html: string) => /data-src="([^"]*)"/.exec(html)?.[1] ?? "";
    return this.sheet !== null && src(now.html) === src(this.sheet.html);
  }

  /** elementIs puts the element as it is stored now into its tab, where there is one; false where its author is at it. */
  private elementIs(now: Sheet, focus = true): boolean {
    const area = this.host.place.querySelector<HTMLTextAreaElement>("[data-olx-form] textarea");
    if (!this.sheet || now.olx === this.sheet.olx) return true;
    if (!area || !now.olx) return true;
    if ((focus && area === document.activeElement) || keptOLX(now.usage) !== null) return false;
    area.value = now.olx;
    [this.sheet.olx, this.sheet.base] = [now.olx, now.base];
    return true;
  }

  /** show puts a text into its input, the cursor where it was; false where it takes more than that. */
  private show(name: string, text: string): boolean {
    const controls = this.controls(name);
    const [control] = controls;
    if (controls.length !== 1 || !(control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && control.type === "text"))) return false;
    const rich = this.texts.get(name);
    if (rich && !rich.set(text)) return false;
    const { selectionStart, selectionEnd } = control;
    control.value = text;
    if (document.activeElement === control) control.setSelectionRange(selectionStart, selectionEnd);
    return true;
  }

  private async check(): Promise<void> {
    const usage = this.usage;
    try {
      const response = await fetch(`${this.host.address(usage)}/check`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.ok && usage === this.usage) this.found(((await response.json()) as { findings: Finding[] }).findings);
    } catch {
      // The network is away: the state line says so.
    }
  }

  /** rowOf is where a finding about an entry of a list stands: at the member that it names, else in its row. Rows in which nobody wrote are no entries. */
  private rowOf(finding: Finding): HTMLElement | null {
    const rows = [...(this.holder(finding.field!)?.querySelectorAll<HTMLElement>(":scope > quoin-rows > [data-rows] > [data-row]") ?? [])];
    const row = finding.line ? rows.filter(written)[finding.line - 1] : undefined;
    return row?.querySelector(`.form-row-parts > .field [id$="-${(finding.column ?? 0) - 1}"]`)?.closest<HTMLElement>(".field") ?? row ?? null;
  }

  /** found shows findings beside their fields. */
  private found(findings: Finding[]): void {
    for (const old of this.host.place.querySelectorAll("[data-found], .findings[id^='sheet-'], .form-row > .findings")) old.remove();
    const loose = this.host.place.querySelector<HTMLElement>("[data-loose]");
    loose?.replaceChildren();
    for (const finding of findings) {
      const holder = finding.field ? (this.rowOf(finding) ?? this.holder(finding.field)) : null;
      let list = holder?.querySelector<HTMLElement>(":scope > [data-found]") ?? (holder ? null : loose);
      if (!list && holder) {
        list = document.createElement("div");
        list.className = "findings";
        list.dataset.found = "";
        holder.insertBefore(list, holder.querySelector(":scope > .form-row-acts"));
      }
      list?.append(drawn(finding, finding.field ? this.controls(finding.field)[0] : undefined));
      for (let folded = list?.closest("details"); folded; folded = folded.parentElement?.closest("details") ?? null) folded.open = true;
    }
  }

  private tabs(): void {
    const bar = this.host.place.querySelector<HTMLElement>("[data-tabs]");
    const panels = [...this.host.place.querySelectorAll<HTMLElement>("[data-tab]")];
    if (!bar || panels.length < 2) return;
    bar.hidden = false;
    bar.setAttribute("role", "tablist");
    const buttons = panels.map((panel, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "tab");
      button.dataset.for = panel.dataset.tab;
      button.textContent = panel.getAttribute("aria-label");
      button.id = `edit-tab-${i}`;
      panel.id = `edit-panel-${i}`;
      panel.setAttribute("role", "tabpanel");
      panel.removeAttribute("aria-label");
      panel.setAttribute("aria-labelledby", button.id);
      button.setAttribute("aria-controls", panel.id);
      bar.append(button);
      return button;
    });
    const show = (at: number) => {
      for (const [i, panel] of panels.entries()) {
        panel.hidden = i !== at;
        buttons[i]!.setAttribute("aria-selected", String(i === at));
        buttons[i]!.tabIndex = i === at ? 0 : -1;
      }
    };
    for (const [i, button] of buttons.entries()) {
      button.addEventListener("click", () => {
        const { tab } = panels[i]!.dataset;
        if ((this.stale && tab === "form") || (this.typedOLX && tab !== "olx")) void this.fresh(tab ?? "form");
        else show(i);
        if (tab === "olx") void this.freshOLX();
      });
      button.addEventListener("keydown", (event) => {
        const rtl = document.documentElement.dir === "rtl";
        const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
        if (!step) return;
        const to = (i + step + buttons.length) % buttons.length;
        buttons[to]!.click();
        (this.host.place.querySelector<HTMLElement>(`[role="tab"][data-for="${buttons[to]!.dataset.for}"]`) ?? buttons[to]!).focus();
      });
    }
    const form = panels.findIndex((panel) => panel.hasAttribute("data-own") || panel.querySelector(".field input, .field textarea, .field select, .form-list"));
    show(Math.max(0, form));
  }

  /** rich opens the editor of texts in the place of a text's input, where the build has it and it knows all of the text. */
  private async rich(name: string): Promise<void> {
    const [area] = this.controls(name);
    if (!(area instanceof HTMLTextAreaElement) || !this.host.text) return;
    const editor = (await import(this.host.text)) as Editor;
    if (!area.isConnected || this.texts.has(name)) return;
    const place = document.createElement("div");
    place.className = "rich";
    area.before(place);
    const label = this.holder(name)?.querySelector("label");
    const note = document.createElement("p");
    note.className = "small";
    const toText = document.createElement("button");
    toText.type = "button";
    toText.className = "button";
    toText.textContent = words("to_text");
    const source = () => {
      this.texts.get(name)?.close();
      this.texts.delete(name);
      place.replaceChildren();
      area.hidden = false;
      note.textContent = editor.knows(area.value) ? "" : words("source_note");
      toText.hidden = !editor.knows(area.value);
      area.after(note, toText);
    };
    const open = () => {
      const text = editor.open(place, {
        html: area.value, otherwise: area.placeholder, label: label?.textContent ?? "", described: area.getAttribute("aria-describedby") ?? "",
        statics: `${this.host.link.replace(/\/units\/[^/]*$/, "")}/static/`, places: () => this.findPlaces(), source: () => { source(); area.focus(); },
        changed: (html) => {
          area.value = html;
          this.put(name);
        },
      });
      if (!text) return source();
      this.texts.set(name, text);
      area.hidden = true;
      note.remove();
      toText.remove();
    };
    area.addEventListener("input", () => {
      note.textContent = editor.knows(area.value) ? "" : words("source_note");
      toText.hidden = !editor.knows(area.value);
    });
    toText.addEventListener("click", () => {
      open();
      this.texts.get(name)?.focus();
    });
    label?.addEventListener("click", () => this.texts.get(name)?.focus());
    open();
  }

  private findPlaces(): Promise<Places> {
    this.places ??= fetch(`${this.host.link}/places`, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((response) => response.json() as Promise<Places>)
      .catch(() => {
        this.places = null;
        return { units: [], files: [], alts: {}, pictures: "^$" };
      });
    return this.places;
  }

  /** serveOLX saves the element as it is typed, as far as it can be read. */
  private serveOLX(): void {
    const form = this.host.place.querySelector<HTMLFormElement>("[data-olx-form]");
    const area = form?.querySelector<HTMLTextAreaElement>("textarea");
    if (!form || !area || !this.sheet) return;
    form.addEventListener("submit", (event) => event.preventDefault());
    const { usage } = this.sheet;
    area.addEventListener("input", () => {
      keepOLX(usage, area.value);
      window.clearTimeout(this.olxTimer);
      this.olxUnsaved = () => {
        window.clearTimeout(this.olxTimer);
        this.olxUnsaved = null;
        this.olxSaving = this.saveOLX(usage, area);
      };
      this.olxTimer = window.setTimeout(() => this.olxUnsaved?.(), 500);
    });
    const kept = keptOLX(usage);
    if (kept !== null && kept !== area.value) {
      area.value = kept;
      announce(words("restored_here"));
      this.olxSaving = this.saveOLX(usage, area);
    }
  }

  /** settle ends when all that was typed has been sent, wherever it was typed. */
  async settle(): Promise<void> {
    await this.own?.finish();
    this.olxUnsaved?.();
    await this.olxSaving;
    await this.host.saves.all();
  }

  private async saveOLX(usage: string, area: HTMLTextAreaElement): Promise<void> {
    if (!this.sheet || this.sheet.usage !== usage) return;
    const place = this.host.place.querySelector<HTMLElement>("[data-olx-found]");
    const xml = area.value;
    let response: Response;
    try {
      response = await fetch(`${this.host.address(usage)}/olx`, {
        method: "POST", body: JSON.stringify({ base: this.sheet.base, xml }), credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" },
      });
    } catch {
      window.setTimeout(() => void this.saveOLX(usage, area), 3000); // it is kept here meanwhile
      return;
    }
    const answer = (await response.json().catch(() => ({}))) as Answer & { findings?: Finding[]; line?: number; hash?: string };
    if (this.usage !== usage) return;
    place?.replaceChildren(...(answer.findings ?? []).map((f) => drawn(f, area)));
    area.setAttribute("aria-invalid", String(!response.ok));
    if (!response.ok) {
      if (!answer.findings?.length) place?.append(drawn({ level: "error", message: answer.error ?? words("unit_failed"), line: answer.line }, area));
      return;
    }
    if (keptOLX(usage) === xml) keepOLX(usage, null);
    this.typedOLX = true;
    this.sheet.base = answer.hash ?? this.sheet.base;
    this.sheet.version = answer.version;
    this.host.changed(answer.op);
    // What somebody else changed is in what is stored now, or waits to be decided on.
    if ((answer.merged?.length ?? 0) > 0 || answer.conflicts > 0) await this.again();
  }
}

/** written tells rows that are entries of their list: something stands there that does not in a new row. */
function written(row: HTMLElement): boolean {
  const blank = row.closest("quoin-rows")?.querySelector("template")?.content;
  return [...row.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(".form-row-parts [name^='f.']")].some((e) => {
    if (!(e instanceof HTMLInputElement && e.type === "checkbox")) return e.value !== "" && e.value !== e.getAttribute("placeholder");
    return e.checked !== !!blank?.querySelector<HTMLInputElement>(`[name$=".${e.name.split(".").pop()}"]`)?.checked;
  });
}

/** isText tells inputs that have a cursor. */
function isText(e: Element | null): e is HTMLInputElement | HTMLTextAreaElement {
  return e instanceof HTMLTextAreaElement || (e instanceof HTMLInputElement && e.type === "text");
}

/** drawn is a finding; one that names a line goes there. */
function drawn(finding: Finding, control?: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): HTMLElement {
  const p = document.createElement("p");
  p.className = `finding ${finding.level}`;
  const text = document.createElement("strong");
  text.dir = "auto";
  text.textContent = finding.message;
  if (finding.line && control instanceof HTMLTextAreaElement) {
    const go = document.createElement("button");
    go.type = "button";
    go.className = "link-button";
    go.textContent = `${words("line")} ${finding.line}`;
    go.addEventListener("click", () => {
      const lines = control.value.split("\n");
      const from = lines.slice(0, finding.line! - 1).join("\n").length + (finding.line! > 1 ? 1 : 0);
      control.focus();
      control.setSelectionRange(from, from + (lines[finding.line! - 1]?.length ?? 0));
    });
    p.append(go, " ");
  }
  p.append(text);
  if (finding.fix) {
    const fix = document.createElement("span");
    fix.dir = "auto";
    fix.textContent = finding.fix;
    p.append(" ", fix); // outside of what has a direction of its own
  }
  return p;
}

const olxPrefix = "quoin-studio-olx:";

function keepOLX(usage: string, xml: string | null): void {
  const key = `${olxPrefix}${document.body.dataset.reader ?? ""}:${usage}`;
  try {
    if (xml === null) localStorage.removeItem(key);
    else localStorage.setItem(key, xml);
  } catch {
    // A full or forbidden storage costs the safety net, not the page.
  }
}

function keptOLX(usage: string): string | null {
  try {
    return localStorage.getItem(`${olxPrefix}${document.body.dataset.reader ?? ""}:${usage}`);
  } catch {
    return null;
  }
}

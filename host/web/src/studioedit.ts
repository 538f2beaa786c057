// The sheet beside a unit: the form of one component, its OLX, and what two authors made of it at once. What is typed is saved as it
// is typed.

import { announce, words } from "./announce";
import { serveBoxes } from "./studioboxes";
import { serveCaptions } from "./studiocaptions";
import { putConflicts, serveConflicts } from "./studioconflicts";
import { serveChoices } from "./studiochoices";
import { ElementTab, type Saved, type Stored } from "./studioelement";
import { serveFiles } from "./studiofilefield";
import { type Finding, showFindings } from "./studiofindings";
import { Inputs, isText, onTyped } from "./studioinputs";
import { alike, blankRows, giveBlankRows, News, parsed, steady } from "./studionews";
import { Own } from "./studioown";
import { placesOf, rich } from "./studiorich";
import type { Answer, Saves, Typed } from "./studiosaves";
import { toast } from "./studiosend";
import { serveTabs, tabNamed, tabShown } from "./studiosheettabs";
import type { Text } from "./studiotext";
import type { Places } from "./studiotextinserts";

type Field = { base: unknown; kind: string; title: string };
type Sheet = Stored & { title: string; html: string; fields: Record<string, Field>; findings: Finding[]; editor: string[] | null; error?: string };

/** Host is what the sheet needs of the page. */
export type Host = { link: string; upload: string; text: string; place: HTMLElement; saves: Saves; changed(op?: string): void; told(): void; address(usage: string): string };

export class Edit {
  usage = "";
  private sheet: Sheet | null = null;
  /** drawn is the component whose form stands there. */
  private drawn = "";
  private before: HTMLElement | null = null;
  private readonly texts = new Map<string, Text>();
  private checking = 0;
  /** touched counts what was typed and what was saved, for what is on its way meanwhile. */
  private touched = 0;
  private readonly inputs: Inputs;
  private readonly element: ElementTab;
  private readonly places: () => Promise<Places>;
  private own: Own | null = null;
  /** The form does not show what the block's own editor made of a field that has no single input. */
  private readonly stale = new Set<string>();
  /** apart are fields of which there are two versions, while the form still shows the one that is typed here. */
  private readonly apart = new Set<string>();
  private readonly news: News;
  /** What was saved as an element stands neither in the form nor in the block's own editor. */
  private typedOLX = false;

  constructor(private readonly host: Host) {
    this.inputs = new Inputs(host.place);
    this.element = new ElementTab(host.place, {
      open: () => this.usage, stored: () => this.sheet, address: (usage) => host.address(usage), saved: (answer) => this.elementSaved(answer), show: () => this.turn("olx"),
    });
    this.places = placesOf(`${host.link}/places`);
    this.news = new News(host.place, {
      unsaved: (field) => field in host.saves.pending(this.usage),
      redrawn: (field, holder) => this.redrawn(field, holder),
    }, () => void this.again());
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
    this.closeEditors();
    this.sheet = null;
  }

  private closeEditors(): void {
    for (const text of this.texts.values()) text.close();
    this.texts.clear();
    this.own?.end();
    this.own = null;
  }

  /** draw lays a form out; what was typed and is not on the server stands in it. */
  private draw(sheet: Sheet): void {
    this.lay(sheet);
    const pending = this.host.saves.pending(sheet.usage);
    const names = Object.keys(pending).filter((name) => name in sheet.fields);
    for (const name of names) this.inputs.fill(name, pending[name]!);
    if (names.length > 0) announce(words("restored_here"));
    this.inputs.lost(sheet.usage, (field) => field in sheet.fields, this.host.saves);
    this.openOwn(sheet);
    serveTabs(this.host.place, (tab, show) => this.pressed(tab, show));
    this.serveForm();
    this.element.serve();
    serveConflicts(this.host.place, this.deciding(sheet));
    this.serveCaptions();
    showFindings(this.host.place, this.inputs, sheet.findings);
    for (const [name, field] of Object.entries(sheet.fields)) if (field.kind === "html") void this.rich(name);
  }

  /** lay puts what the server drew in the place of what stood there. */
  private lay(sheet: Sheet): void {
    this.closeEditors();
    this.stale.clear();
    this.apart.clear();
    this.typedOLX = false;
    const { place } = this.host;
    const unfolded = sheet.usage === this.drawn && (place.querySelector<HTMLDetailsElement>("[data-more]")?.open ?? false);
    this.drawn = sheet.usage;
    this.sheet = null; // an input that goes while it has the focus says once more what it held: nobody typed that
    place.innerHTML = sheet.html;
    const more = place.querySelector<HTMLDetailsElement>("[data-more]");
    if (more && unfolded) more.open = true;
    this.sheet = sheet;
    this.host.told();
    for (const still of place.querySelectorAll<HTMLElement>("[data-edit-form] > [data-still], [data-olx-form] > [data-still]")) still.remove();
    place.querySelector("[data-close]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.close();
    });
  }

  private deciding(sheet: Sheet): Parameters<typeof serveConflicts>[1] {
    const stored = new Map(Object.entries(sheet.fields).map(([name, field]) => [name, field.base]));
    return {
      usage: sheet.usage, address: this.host.address(sheet.usage), version: sheet.version, stored: (name) => stored.get(name),
      text: this.host.text, statics: this.statics,
      decided: async (field, answer) => {
        this.host.saves.drop(this.usage, field);
        this.host.changed(answer.op);
        await this.again();
        this.host.place.querySelector<HTMLElement>("h2")?.focus();
      },
    };
  }

  private serveCaptions(): void {
    serveCaptions(this.host.place, async (op) => {
      this.host.changed(op);
      await this.again();
    });
  }

  /** statics is where the course's files are. */
  private get statics(): string {
    return `${this.host.link.replace(/\/units\/[^/]*$/, "")}/static/`;
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
      leave: () => tabShown(this.host.place)?.focus(),
      failed: () => {
        this.own = null;
        this.turn("form");
      },
    });
  }

  private putValue(sheet: Sheet, name: string, value: unknown): void {
    const field = sheet.fields[name];
    if (!field) return;
    this.inputs.refuse(name, "");
    const pending = this.host.saves.pending(sheet.usage)[name];
    this.touched++;
    if (JSON.stringify(pending && !pending.form ? pending.value : field.base) === JSON.stringify(value)) return;
    this.host.saves.put(sheet.usage, this.host.address(sheet.usage), name, { base: field.base, value });
    if (!this.show(name, typeof value === "string" ? value : "") || typeof value !== "string") this.stale.add(name);
  }

  /** freshOLX shows the element with what was changed elsewhere in the sheet, unless its author is at it. */
  private async freshOLX(): Promise<void> {
    const { usage } = this;
    await this.own?.finish();
    await this.host.saves.flush(usage);
    const before = this.touched;
    const sheet = await this.ask(usage);
    if (sheet && this.sheet?.usage === sheet.usage && before === this.touched) this.element.take(sheet, false);
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

  /** pressed shows a tab, with what was changed in another one. */
  private pressed(tab: string, show: () => void): void {
    if ((this.stale.size > 0 && tab === "form") || (this.typedOLX && tab !== "olx")) void this.fresh(tab);
    else show();
    if (tab === "olx") void this.freshOLX();
  }

  /** turn opens one of the sheet's tabs. */
  private turn(name: string): void {
    tabNamed(this.host.place, name)?.click();
  }

  private serveForm(): void {
    const form = this.host.place.querySelector<HTMLFormElement>("[data-edit-form]");
    if (!form) return;
    form.addEventListener("submit", (event) => event.preventDefault());
    serveFiles(form, { upload: this.host.upload, names: async () => (await this.places()).files });
    serveChoices(form);
    serveBoxes(form, this.statics);
    onTyped(form, (name) => this.put(name));
  }

  private put(name: string): void {
    const field = this.sheet?.fields[name];
    if (!field || !this.sheet) return;
    this.inputs.refuse(name, "");
    this.touched++;
    this.host.saves.put(this.sheet.usage, this.host.address(this.sheet.usage), name, { base: field.base, form: this.inputs.read(name) });
  }

  /** refused says beside a field why the server did not take it. */
  refused(usage: string, answer: Answer): void {
    if (usage === this.usage && answer.field) this.inputs.refuse(answer.field, answer.error ?? "");
  }

  /** arrived takes in what a save brought: what is stored now is what the next text is typed over. */
  async arrived(answer: Answer, sent: Record<string, Typed>): Promise<void> {
    this.touched++;
    this.host.changed(answer.op);
    if (!this.sheet || answer.usage !== this.sheet.usage) return;
    if ((answer.gone ?? []).length > 0) return this.again(); // with the fields that there are, and what was lost
    for (const name of answer.conflicted ?? []) this.apart.add(name);
    const later = this.host.saves.pending(answer.usage);
    let redraw = (answer.conflicted ?? []).length > 0;
    const merge: string[] = [];
    const formed: Record<string, unknown> = {};
    for (const name of Object.keys(sent)) {
      const field = this.sheet.fields[name];
      if (!field) continue;
      const merged = answer.merged?.includes(name) ?? false;
      field.base = answer.sent[name] ?? null;
      if (merged && !later[name]) {
        if (this.show(name, answer.texts[name] ?? "")) field.base = answer.fields[name] ?? null;
        else redraw = true;
        merge.push(name);
      }
      if (sent[name]?.form && !later[name]) formed[name] = answer.sent[name] ?? null;
    }
    // The server may fill in what follows from a field, such as the size of a picture.
    redraw = Object.keys(answer.sent ?? {}).some((name) => !(name in sent) && this.sheet !== null && name in this.sheet.fields) || redraw;
    if (merge.length > 0 && !redraw) await this.reown();
    else this.own?.changed(formed);
    if (redraw || this.news.waiting) await this.again();
    window.clearTimeout(this.checking);
    this.checking = window.setTimeout(() => void this.check(), 250);
  }

  /** reown shows what others changed in the block's own editor, unless something is being typed in it: that is merged when it is saved. */
  private async reown(): Promise<void> {
    const { own, usage } = this;
    if (!own || !(await own.finish()) || own !== this.own || Object.keys(this.host.saves.pending(usage)).length > 0) return;
    own.set();
  }

  /** again shows the component as the server has it now. What is at work stays as it is until it is left. */
  async again(turn = ""): Promise<void> {
    const { usage } = this;
    if (!usage) return;
    await this.own?.finish();
    const sheet = await this.newest();
    if (usage !== this.usage || !this.sheet) return;
    if (!sheet) return this.news.wait();
    if (!turn && alike(this.sheet, sheet)) this.take(sheet);
    else if (!turn && Object.keys(this.sheet.fields).some((name) => this.news.held(name))) this.news.wait();
    else this.anew(sheet, turn);
  }

  /** anew draws the form as a whole, the focus where it was. */
  private anew(sheet: Sheet, turn: string): void {
    const { place } = this.host;
    const active = document.activeElement as HTMLElement | null;
    const id = active && place.contains(active) ? active.id : "";
    const cursor = isText(active) ? ([active.selectionStart, active.selectionEnd] as const) : null;
    const tab = turn || tabShown(place)?.dataset.for;
    const rows = blankRows(place);
    this.draw(sheet);
    giveBlankRows(place, rows);
    this.news.shown();
    if (tab) this.turn(tab);
    const control = id ? document.getElementById(id) : null;
    control?.focus();
    if (cursor && isText(control)) control.setSelectionRange(...cursor); // whoever types goes on where he was
  }

  /** take puts what is different now into the form that stands there, piece by piece. */
  private take(sheet: Sheet): void {
    const mine = this.sheet!;
    const { place } = this.host;
    const fresh = parsed(sheet.html);
    let waits = !this.element.take(sheet, !this.typedOLX); // an element is saved as a whole: its author goes on in what is stored now
    steady(place, () => {
      for (const [name, field] of Object.entries(sheet.fields)) {
        const shown = mine.fields[name]!;
        if (JSON.stringify(shown.base) === JSON.stringify(field.base) && !this.stale.has(name)) continue;
        const text = typeof field.base === "string" && !this.apart.has(name) && !(name in this.host.saves.pending(this.usage)) && this.show(name, field.base);
        if (text || this.news.put(name, fresh)) {
          shown.base = field.base;
          this.stale.delete(name);
          this.apart.delete(name);
        } else waits = true;
      }
      place.querySelector("h2")?.replaceChildren(sheet.title);
      if (putConflicts(place, fresh, this.deciding(sheet))) toast(words("conflict_came"), undefined, false, false);
      this.takeCaptions(fresh, parsed(mine.html));
    });
    place.querySelector("[data-edit-form]")?.dispatchEvent(new Event("input")); // what is drawn of other fields follows them
    [mine.version, mine.title, mine.html, mine.findings] = [sheet.version, sheet.title, sheet.html, sheet.findings];
    showFindings(place, this.inputs, sheet.findings);
    if (waits) this.news.wait();
    else this.news.shown();
  }

  private takeCaptions(fresh: HTMLElement, before: HTMLElement): void {
    const [captions, now, was] = [this.host.place, fresh, before].map((from) => from.querySelector('[data-tab="captions"]'));
    if (!captions || !now || now.innerHTML === was?.innerHTML) return;
    captions.replaceChildren(...now.childNodes);
    this.serveCaptions();
  }

  /** redrawn equips a field that was put in anew. */
  private redrawn(name: string, holder: HTMLElement): void {
    this.texts.get(name)?.close();
    this.texts.delete(name);
    const form = this.host.place.querySelector<HTMLFormElement>("[data-edit-form]");
    if (form) serveBoxes(form, this.statics, holder);
    if (this.sheet?.fields[name]?.kind === "html") void this.rich(name);
  }

  /** newest asks for the form until nothing was typed or saved while it was on its way: an older one would hide that. */
  private async newest(): Promise<Sheet | null> {
    for (let tries = 0; tries < 6; tries++) {
      const before = this.touched;
      const sheet = await this.ask(this.usage);
      if (!sheet || before === this.touched) return sheet;
    }
    return null;
  }

  /** elsewhere takes in what another author saved: only what is not being typed here changes. It is false where it could not look. */
  async elsewhere(blocks = false): Promise<boolean> {
    if (!this.sheet) return true;
    if (!((await this.own?.finish()) ?? true) || !this.sheet || Object.keys(this.host.saves.pending(this.usage)).length > 0) return false;
    const before = this.touched;
    const was = this.sheet;
    const sheet = await this.ask(this.usage);
    if (!sheet || this.sheet !== was || before !== this.touched) return false;
    if (sheet.version === was.version && !blocks) return true;
    const bases = JSON.stringify(was.fields);
    if (!alike(was, sheet)) await this.again();
    else this.take(sheet);
    if (bases !== JSON.stringify(was.fields)) await this.reown();
    return true;
  }

  /** show puts a text into its input, the cursor where it was; false where it takes more than that. */
  private show(name: string, text: string): boolean {
    const control = this.inputs.text(name);
    if (!control || !(this.texts.get(name)?.set(text) ?? true)) return false;
    const { selectionStart, selectionEnd } = control;
    control.value = text;
    if (document.activeElement === control) control.setSelectionRange(selectionStart, selectionEnd);
    return true;
  }

  private async check(): Promise<void> {
    const usage = this.usage;
    try {
      const response = await fetch(`${this.host.address(usage)}/check`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.ok && usage === this.usage) showFindings(this.host.place, this.inputs, ((await response.json()) as { findings: Finding[] }).findings);
    } catch {
      // The network is away: the state line says so.
    }
  }

  /** rich opens the editor of texts in the place of a text's input, where the build has it and it knows all of the text. */
  private async rich(name: string): Promise<void> {
    const [area] = this.inputs.controls(name);
    if (!(area instanceof HTMLTextAreaElement) || !this.host.text) return;
    await rich(area, {
      script: this.host.text, statics: this.statics, places: this.places,
      opened: (text) => {
        if (text) this.texts.set(name, text);
        else this.texts.delete(name);
      },
    });
  }

  /** settle ends when all that was typed has been sent, wherever it was typed. */
  async settle(): Promise<void> {
    await this.own?.finish();
    await this.element.settle();
    await this.host.saves.all();
  }

  /** elementSaved takes in what a save of the element brought. */
  private async elementSaved(answer: Saved): Promise<void> {
    if (!this.sheet) return;
    this.typedOLX = true;
    this.host.changed(answer.op);
    const merged = (answer.merged?.length ?? 0) > 0; // then what stands here is still typed over what was there before
    if (!merged) [this.sheet.base, this.sheet.version] = [answer.hash ?? this.sheet.base, answer.version];
    // What somebody else changed is in what is stored now, or waits to be decided on.
    if (merged || answer.conflicts > 0) await this.again();
  }
}

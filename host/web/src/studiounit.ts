// The unit editor: a document that happens to be a course. Components stand in it as learners will see them; a sheet beside them
// edits one; everything is saved as it is typed.

import { setUpRows } from "./rows";
import { announce, words } from "./announce";
import { Edit } from "./studioedit";
import { Saves, type State } from "./studiosaves";
import { openSheet } from "./studiosheet";
import { Deeds, type Listed, send, toast } from "./studiosend";
import { movable } from "./studioparts";
import { component, held, hold } from "./studioclipboard";
import { servePalette, showPalette } from "./studiopalette";

type Now = {
  token: string;
  reader: string;
  version: number;
  parts: Record<string, number>;
  order: string[];
  people: { name: string; at?: string }[];
  title: string;
  blocks: string;
};

const every = 2500;
const patience = 3000; // ms that a link waits for what was typed

class Unit {
  private readonly unit: string;
  private readonly link: string;
  private readonly studio: string;
  private readonly edit: Edit;
  private readonly deeds: Deeds;
  private readonly saves: Saves;
  private lastOp = "";
  private state: State | "" = "";
  /** looked is what the open form was last compared with: a refresh of the page does not show in it what others saved */
  private looked = "";
  /** blocks is what was installed when the page last looked */
  private blocks = "";
  private refreshing = 0;
  private asking = false;
  private renewing: Promise<void> = Promise.resolve();
  /** what stood around a component as the server sent it, so that an open menu stays open where nothing changed */
  private readonly around = new WeakMap<Element, string>();

  constructor(private readonly root: HTMLElement) {
    setUpRows();
    for (const part of this.parts.children) this.remember(part);
    this.unit = root.dataset.unit ?? "";
    this.link = root.dataset.link ?? "";
    this.studio = root.dataset.studio ?? "";
    this.deeds = new Deeds(root, `${this.studio}/undo`, () => this.refresh());
    this.saves = new Saves(
      document.body.dataset.reader ?? "",
      (state, at) => this.tell(state, at),
      (answer, sent) => void this.edit.arrived(answer, sent),
      (usage, answer) => this.edit.refused(usage, answer),
    );
    this.edit = new Edit({
      link: this.link, upload: `${this.studio}/files/upload`, text: root.dataset.text ?? "", place: root.querySelector<HTMLElement>("[data-sheet-place]")!, saves: this.saves,
      changed: (op) => this.changed(op), told: () => this.tellSheet(), address: (usage) => `${this.studio}/components/${usage}`,
    });
    this.serve();
    void this.saves.all();
    const asked = new URLSearchParams(location.search).get("edit");
    if (asked) void this.edit.open(asked, null);
    this.follow();
  }

  /** changed remembers what was saved, for undo, and shows it. */
  private changed(op?: string): void {
    if (op && op !== this.lastOp) this.deeds.add({ op });
    this.lastOp = op ?? this.lastOp;
    window.clearTimeout(this.refreshing);
    this.refreshing = window.setTimeout(() => void this.refresh(), 400);
  }

  private tell(state: State, at: string): void {
    const place = this.root.querySelector<HTMLElement>("[data-saved]")!;
    const texts: Record<State, string> = {
      saving: words("saving"), saved: `${words("saved_at")} ${clock(at)}`, offline: words("kept_offline"), signed_out: words("kept_offline"),
      other_reader: words("kept_offline"), refused: words("kept_refused"), gone: words("kept_offline"),
    };
    if (place.textContent !== texts[state]) place.textContent = texts[state];
    place.dataset.state = this.state = state;
    const away = this.root.querySelector<HTMLElement>("[data-away]")!;
    const why = { signed_out: words("kept_signed_out"), other_reader: words("other_reader"), gone: words("gone") }[state as string] ?? "";
    const before = away.dataset.why ?? "";
    away.dataset.why = why;
    this.tellSheet();
    if (before === why) return;
    away.hidden = why === "";
    away.replaceChildren(why);
    if (state !== "signed_out") return;
    const link = document.createElement("a");
    link.className = "button";
    link.href = `/signin?next=${encodeURIComponent(location.pathname)}`;
    link.target = "_blank";
    link.textContent = words("sign_in");
    away.append(" ", link);
  }

  /** tellSheet says in the head of the sheet, too, how it stands with what was typed: it may cover the page. */
  private tellSheet(): void {
    const place = this.root.querySelector<HTMLElement>("[data-saved-here]");
    if (!place) return;
    const why = this.root.querySelector<HTMLElement>("[data-away]")!.dataset.why;
    place.textContent = why || this.root.querySelector("[data-saved]")!.textContent || words("saves_itself");
    place.dataset.state = this.state;
  }

  private get parts(): HTMLElement {
    return this.root.querySelector<HTMLElement>("[data-parts]")!;
  }

  private serve(): void {
    this.root.addEventListener("click", (event) => {
      const target = event.target as Element;
      const link = target.closest<HTMLElement>("[data-edit], [data-edit-unit]");
      const part = target.closest<HTMLElement>("[data-part]");
      const talk = target.closest<HTMLAnchorElement>("[data-talk]");
      const settings = target.closest<HTMLAnchorElement>("[data-settings]");
      if (talk && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
        event.preventDefault();
        part?.querySelector<HTMLDetailsElement>("details.menu")?.removeAttribute("open");
        this.talk(talk.href);
      } else if (settings && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
        event.preventDefault();
        void this.settings(settings.href);
      } else if (link && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
        event.preventDefault();
        const usage = link.hasAttribute("data-edit-unit") ? this.unit : (part?.dataset.part ?? "");
        void this.edit.open(usage, link).then((open) => open || toast(words("unit_failed"), undefined, true));
      } else if (part && target.closest("[data-copy]")) this.copy(part);
    });
    this.root.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (!form.matches("[data-ops], [data-add]")) return;
      event.preventDefault();
      const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      void this.act(button?.hasAttribute("formaction") ? button.formAction : form.action, new FormData(form, button));
    });
    this.root.querySelector<HTMLElement>("[data-undo]")!.hidden = this.root.querySelector<HTMLElement>("[data-redo]")!.hidden = false;
    this.root.querySelector("[data-undo]")!.addEventListener("click", () => void this.back(false));
    this.root.querySelector("[data-redo]")!.addEventListener("click", () => void this.back(true));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => this.leaves(event));
    movable(this.parts, (usage, after) => this.move(usage, after));
    servePalette(this.root, this.unit, (body) => this.act(`${this.studio}/blocks`, body), (from, after) => void this.paste(from, after));
    this.lively();
  }

  /** leaves follows a link when what was typed has arrived: the next page shows it. What does not arrive soon is kept here. */
  private leaves(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !(this.edit.usage || this.saves.waits())) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    const late = new Promise((resolve) => window.setTimeout(resolve, patience));
    void Promise.race([this.edit.settle(), late]).then(() => location.assign(link.href));
  }

  /** talk shows what is said about the unit, again after each remark. */
  private talk(address: string): void {
    void openSheet(address, (answer) => {
      toast(answer.message ?? "");
      void this.refresh();
      this.talk(address);
    });
  }

  /** settings shows the unit's form of the outline. */
  private async settings(address: string): Promise<void> {
    await this.edit.settle();
    await openSheet(address, (answer) => {
      this.deeds.add(answer);
      this.lastOp = answer.op ?? "";
      void this.refresh();
    });
  }

  /** lively shows what only scripts can do. */
  private lively(): void {
    for (const hidden of this.root.querySelectorAll<HTMLElement>("[data-grip], [data-add-after], [data-copy]")) hidden.hidden = false;
  }

  private async back(again: boolean): Promise<void> {
    await this.edit.settle();
    await (again ? this.deeds.redo() : this.deeds.undo());
    this.lastOp = "";
    await this.edit.elsewhere();
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const typing = target.closest("input, textarea, select, [contenteditable]") !== null;
    if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const part = target.closest<HTMLElement>("[data-part]");
    if (key === "z" || key === "y") {
      event.preventDefault();
      void this.back(key === "y" || event.shiftKey);
    } else if (key === "c" && part && String(getSelection()) === "") {
      event.preventDefault();
      this.copy(part);
    } else if (key === "v") {
      const one = held();
      if (!one) return;
      event.preventDefault();
      if (one.level !== component) return toast(words("paste_in_outline"));
      void this.paste(one.usages, part?.dataset.part ?? "-");
    }
  }

  private copy(part: HTMLElement): void {
    part.querySelector<HTMLDetailsElement>("details.menu")?.removeAttribute("open");
    hold({ level: component, usages: [part.dataset.part ?? ""], name: part.dataset.title ?? "" });
  }

  /** paste puts a copy below a component, "-" for the end. */
  private paste(usages: string[], after: string): Promise<void> {
    const body = form(after === "-" ? {} : { after });
    for (const usage of usages) body.append("usage", usage);
    return this.act(`${this.link}/paste`, body);
  }

  private async move(usage: string, after: string): Promise<void> {
    await this.act(`${this.studio}/move`, form({ usage, to: this.unit, after }), true);
    this.parts.querySelector<HTMLElement>(`[data-part="${CSS.escape(usage)}"] [data-grip]`)?.focus();
    const place = [...this.parts.children].findIndex((p) => (p as HTMLElement).dataset.part === usage) + 1;
    announce(`${words("moved_to")} ${place}`);
  }

  /** act does one thing to the unit and shows what came of it. */
  private async act(address: string, body: FormData, quiet = false): Promise<void> {
    await this.edit.settle(); // what was typed before is done before, and taken back after
    const { ok, answer } = await send(address, body);
    if (!ok) return toast(answer.error ?? words("unit_failed"), undefined, true);
    this.deeds.add(quiet ? { op: answer.op } : answer);
    this.lastOp = answer.op ?? "";
    await this.refresh();
    const part = answer.focus ? this.parts.querySelector<HTMLElement>(`[data-part="${CSS.escape(answer.focus)}"]`) : null;
    if (!part || quiet) return;
    part.scrollIntoView({ block: "nearest" });
    if (address.endsWith("/blocks")) await this.edit.open(answer.focus!, part.querySelector<HTMLElement>("[data-edit]"));
    else part.querySelector<HTMLElement>("[data-grip]")?.focus();
  }

  /** refresh shows the unit as it is now. Components that did not change stay as they are on the page. */
  refresh(): Promise<void> {
    // One after the other: what was asked for earlier must not come later.
    this.renewing = this.renewing.then(() => this.renew());
    return this.renewing;
  }

  private async renew(): Promise<void> {
    let answer: { html: string; palette: string; title: string; styles: string[] | null; scripts: string[] | null; deeds: Listed };
    const mark = this.deeds.mark();
    try {
      const response = await fetch(`${this.link}/parts`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) return;
      answer = (await response.json()) as typeof answer;
    } catch {
      return; // the state line tells
    }
    for (const style of answer.styles ?? []) {
      if (document.querySelector(`link[href="${CSS.escape(style)}"]`)) continue;
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = style;
      document.head.append(link);
    }
    const template = document.createElement("template");
    template.innerHTML = answer.html;
    const fresh = template.content.querySelector<HTMLElement>("[data-parts]");
    if (!fresh) return;
    const old = new Map([...this.parts.children].map((p) => [(p as HTMLElement).dataset.part, p as HTMLElement]));
    const active = document.activeElement as HTMLElement | null;
    const focused = active?.closest<HTMLElement>("[data-part]")?.dataset.part;
    const which = active?.matches("[data-grip]") ? "[data-grip]" : "[data-edit]";
    // A node that stays is not taken out of the page: a frame would load again.
    let at: Element | null = this.parts.firstElementChild;
    for (const part of [...fresh.children] as HTMLElement[]) {
      const before = part.dataset.part ? old.get(part.dataset.part) : undefined;
      const body = before?.querySelector(".part-body");
      let stays = part;
      const around = this.remember(part);
      if (before && body && before.dataset.version === part.dataset.version && this.around.get(before) === around) stays = before;
      else if (before && body && before.dataset.version === part.dataset.version) {
        part.querySelector(".part-body")?.remove();
        for (const piece of [...before.children]) if (piece !== body) piece.remove();
        while (part.firstElementChild?.matches(".part-bar")) body.before(part.firstElementChild);
        for (const piece of [...part.children]) before.append(piece);
        stays = before;
        this.around.set(before, around);
      }
      if (stays !== at) this.parts.insertBefore(stays, at);
      else at = at.nextElementSibling;
      if (before && stays !== before) {
        if (before === at) at = at.nextElementSibling;
        before.remove();
      }
      old.delete(part.dataset.part);
    }
    for (const gone of old.values()) gone.remove();
    this.parts.dataset.version = fresh.dataset.version;
    for (const script of answer.scripts ?? []) void import(script);
    this.deeds.take(answer.deeds, mark);
    showPalette(this.root, answer.palette);
    for (const title of this.root.querySelectorAll("[data-unit-title]")) title.textContent = answer.title;
    this.lively();
    if (focused && document.activeElement === document.body) {
      this.parts.querySelector<HTMLElement>(`[data-part="${CSS.escape(focused)}"] ${which}`)?.focus({ preventScroll: true });
    }
    window.dispatchEvent(new Event("quoin-parts"));
  }

  /** remember keeps what stands around a component's own view. */
  private remember(part: Element): string {
    const copy = part.cloneNode(true) as Element;
    copy.querySelector(".part-body")?.remove();
    this.around.set(part, copy.innerHTML);
    return copy.innerHTML;
  }

  /** follow hears of what others do, and of who they are. */
  private follow(): void {
    window.setInterval(() => {
      if (document.visibilityState === "visible") void this.look();
    }, every);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.look();
    });
    void this.look();
  }

  private async look(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const at = this.edit.usage ? `?at=${encodeURIComponent(this.edit.usage)}` : "";
      const response = await fetch(`${this.link}/state${at}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.status === 401) this.tell("signed_out", "");
      if (response.ok) await this.take((await response.json()) as Now);
    } catch {
      if (this.saves.waits()) this.tell("offline", "");
    } finally {
      this.asking = false;
    }
  }

  private async take(now: Now): Promise<void> {
    if (now.reader !== document.body.dataset.reader) return this.tell("other_reader", "");
    const was = this.root.querySelector<HTMLElement>("[data-saved]")!.dataset.state;
    if (now.token !== document.body.dataset.token) {
      document.body.dataset.token = now.token;
      for (const input of document.querySelectorAll<HTMLInputElement>('input[name="token"]')) input.value = now.token;
      this.saves.again();
    }
    if (was && was !== "saved" && was !== "saving") {
      if (this.saves.waits()) this.saves.again();
      else if (was !== "refused") this.tell("saved", "");
    }
    this.people(now.people);
    const here = [...this.parts.querySelectorAll<HTMLElement>(":scope > [data-part]")];
    const same = here.length === now.order.length && here.every((p, i) => p.dataset.part === now.order[i] && Number(p.dataset.version) === now.parts[now.order[i]!]);
    if (this.blocks !== "" && this.blocks !== now.blocks) {
      // Another version of a block draws its components anew, though nobody changed them.
      for (const part of here) part.dataset.version = "";
    } else if (same && now.title === this.root.querySelector("[data-unit-title]")?.textContent) {
      this.blocks = now.blocks;
      return this.compare(now);
    }
    this.blocks = now.blocks;
    await this.refresh();
    await this.compare(now);
  }

  private async compare(now: Now): Promise<void> {
    const all = JSON.stringify([now.parts, now.version, now.blocks, this.edit.usage]);
    if (all !== this.looked && (await this.edit.elsewhere(true))) this.looked = all;
  }

  private people(people: Now["people"]): void {
    const names = [...new Set(people.map((p) => p.name))];
    const text = names.length > 0 ? `${words("others_here")} ${names.join(", ")}` : "";
    const place = this.root.querySelector<HTMLElement>("[data-people]")!;
    if (place.textContent !== text) {
      place.textContent = text;
      announce(text);
    }
    for (const part of this.parts.querySelectorAll<HTMLElement>("[data-part]")) {
      const at = part.querySelector<HTMLElement>("[data-people-at]");
      const who = people.filter((p) => p.at === part.dataset.part).map((p) => p.name);
      if (!at) continue;
      at.hidden = who.length === 0;
      at.textContent = who.length > 0 ? `${who.join(", ")} ${words("edits_this")}` : "";
    }
  }
}

function form(values: Record<string, string>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  return body;
}

function clock(at: string): string {
  return at ? new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "";
}

const root = document.querySelector<HTMLElement>(".unit-editor");
if (root) new Unit(root);

// A component's element as OLX, in its tab of the sheet: saved as it is typed, as far as it can be read, and kept in this browser until
// the server has it.

import { announce, words } from "./announce";
import { drawn, type Finding } from "./studiofindings";
import type { Answer } from "./studiosaves";

/** Stored is the element as it is stored: its text, and what a text is typed over. */
export type Stored = { usage: string; version: number; olx: string; base: string };

/** Saved is what a save of an element brings. */
export type Saved = Answer & { findings?: Finding[]; line?: number; hash?: string };

/** Host is what the tab needs of its sheet: which component is open, what is stored of it, whom to tell of what was saved, and how it shows the tab. */
type Host = { open(): string; stored(): Stored | null; address(usage: string): string; saved(answer: Saved): Promise<void>; show(): void };

export class ElementTab {
  private timer = 0;
  /** unsaved saves the element that is typed, null where that is under way or done; saving is the save under way. */
  private unsaved: (() => void) | null = null;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly place: HTMLElement,
    private readonly host: Host,
  ) {}

  private get area(): HTMLTextAreaElement | null {
    return this.place.querySelector<HTMLTextAreaElement>("[data-olx-form] textarea");
  }

  /** serve takes over the tab of a sheet that was drawn. */
  serve(): void {
    const form = this.place.querySelector<HTMLFormElement>("[data-olx-form]");
    const { area } = this;
    const usage = this.host.stored()?.usage;
    if (!form || !area || !usage) return;
    form.addEventListener("submit", (event) => event.preventDefault());
    area.addEventListener("input", () => {
      keep(usage, { base: this.host.stored()?.base ?? "", xml: area.value });
      window.clearTimeout(this.timer);
      this.unsaved = () => {
        window.clearTimeout(this.timer);
        this.unsaved = null;
        this.saving = this.save(usage, area);
      };
      this.timer = window.setTimeout(() => this.unsaved?.(), 500);
    });
    const before = kept(usage);
    const stored = this.host.stored();
    if (before && stored && before.xml !== area.value) {
      area.value = before.xml;
      stored.base = before.base; // what others changed since it was typed is merged with it, and not undone by it
      announce(words("restored_here"));
      this.saving = this.save(usage, area).then(() => {
        if (area.getAttribute("aria-invalid") === "true" && this.host.open() === usage) this.host.show();
      });
    }
  }

  /** settle ends when what was typed has been sent. */
  async settle(): Promise<void> {
    this.unsaved?.();
    await this.saving;
  }

  /** take puts the element as it is stored now into the tab, where there is one; false where its author is at it. */
  take(now: Stored, focus = true): boolean {
    const { area } = this;
    const stored = this.host.stored();
    if (!stored || !area || !now.olx || now.olx === stored.olx) return true;
    if ((focus && area === document.activeElement) || kept(now.usage) !== null) return false;
    const { selectionStart, selectionEnd } = area;
    area.value = now.olx;
    if (area === document.activeElement) area.setSelectionRange(selectionStart, selectionEnd);
    [stored.olx, stored.base] = [now.olx, now.base];
    return true;
  }

  private async save(usage: string, area: HTMLTextAreaElement): Promise<void> {
    const stored = this.host.stored();
    if (stored?.usage !== usage) return;
    const xml = area.value;
    let response: Response;
    try {
      response = await fetch(`${this.host.address(usage)}/olx`, {
        method: "POST", body: JSON.stringify({ base: stored.base, xml }), credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" },
      });
    } catch {
      window.setTimeout(() => void this.save(usage, area), 3000); // it is kept here meanwhile
      return;
    }
    const answer = (await response.json().catch(() => ({}))) as Saved;
    if (response.ok && kept(usage)?.xml === xml) keep(usage, null); // whatever is open by now: kept, it would be put over what is changed later
    if (this.host.open() !== usage) return;
    this.say(area, response.ok, answer);
    if (response.ok) await this.host.saved(answer);
  }

  /** say shows what was found in the element that was sent, or why it was not taken. */
  private say(area: HTMLTextAreaElement, ok: boolean, answer: Saved): void {
    const findings = answer.findings ?? [];
    if (!ok && findings.length === 0) findings.push({ level: "error", message: answer.error ?? words("unit_failed"), line: answer.line });
    this.place.querySelector<HTMLElement>("[data-olx-found]")?.replaceChildren(...findings.map((finding) => drawn(finding, area)));
    area.setAttribute("aria-invalid", String(!ok));
  }
}

const prefix = "quoin-studio-olx:";

/** Kept is an element as it was typed, and the content that it was typed over; "" where that is not known. */
type Kept = { base: string; xml: string };

function keep(usage: string, element: Kept | null): void {
  const key = `${prefix}${document.body.dataset.reader ?? ""}:${usage}`;
  try {
    if (element === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(element));
  } catch {
    // A full or forbidden storage costs the safety net, not the page.
  }
}

function kept(usage: string): Kept | null {
  let text: string | null = null;
  try {
    text = localStorage.getItem(`${prefix}${document.body.dataset.reader ?? ""}:${usage}`);
    return JSON.parse(text ?? "null") as Kept | null;
  } catch {
    return text === null ? null : { base: "", xml: text }; // kept before bases were
  }
}

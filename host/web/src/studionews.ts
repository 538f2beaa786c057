// What others saved while a component's form stands open: it is put in piece by piece. A field that has the focus, or holds what is not
// saved yet, is left alone until its author leaves it; rows in which nobody wrote yet stay, and nothing here takes the focus.

import { announce, words } from "./announce";
import { written } from "./studiofindings";
import { Inputs } from "./studioinputs";

/** Drawn is a form as the server drew it. */
export type Drawn = { html: string; fields: Record<string, unknown> };

/** parsed is what the server drew, to take pieces from. */
export function parsed(html: string): HTMLElement {
  const template = document.createElement("template");
  template.innerHTML = html; // of our own templates
  return template.content.firstElementChild as HTMLElement;
}

/** alike reports whether two forms have the same fields and tabs, and the block the same editor: then their pieces can be exchanged. */
export function alike(a: Drawn, b: Drawn): boolean {
  const parts = (drawn: Drawn) => {
    const sheet = parsed(drawn.html);
    const tabs = [...sheet.querySelectorAll<HTMLElement>("[data-tab]")].map((tab) => tab.dataset.tab);
    return JSON.stringify([Object.keys(drawn.fields).toSorted(), tabs, sheet.querySelector<HTMLElement>("[data-editor]")?.dataset.src]);
  };
  return parts(a) === parts(b);
}

/** steady changes what stands around whoever types, and leaves what has the focus where it is in the window. */
export function steady(place: HTMLElement, change: () => void): void {
  const active = document.activeElement;
  const before = active && place.contains(active) ? active.getBoundingClientRect().top : null;
  change();
  if (before !== null && active?.isConnected) place.scrollTop += active.getBoundingClientRect().top - before;
}

/** Host is what the form knows of its fields: whether one holds what is not saved, and what to do with one that was put in anew. */
type Host = { unsaved(field: string): boolean; redrawn(field: string, holder: HTMLElement): void };

export class News {
  /** waiting says that something could not be shown yet. */
  waiting = false;
  private readonly inputs: Inputs;

  constructor(
    private readonly place: HTMLElement,
    private readonly host: Host,
    left: () => void,
  ) {
    this.inputs = new Inputs(place);
    // Where the focus goes is known after it has gone.
    place.addEventListener("focusout", () => window.setTimeout(() => this.waiting && left()));
  }

  /** held reports whether a field is at work: it has the focus, or holds what is not saved. A dialog belongs to the field it was opened from. */
  held(field: string): boolean {
    const holder = this.inputs.holder(field);
    return this.host.unsaved(field) || (holder?.contains(document.activeElement) ?? false) || document.querySelector("dialog[open]") !== null;
  }

  /** put puts a field in as the server drew it, with as many rows to write in as there were; false where it is at work. */
  put(field: string, fresh: HTMLElement): boolean {
    if (this.held(field)) return false;
    const now = new Inputs(fresh).holder(field);
    const old = this.inputs.holder(field);
    if (!now || !old) return true;
    const rows = blank(old);
    old.replaceWith(now);
    addBlank(now, rows);
    this.host.redrawn(field, now);
    return true;
  }

  /** wait says that something new is shown once the field is left. */
  wait(): void {
    if (!this.waiting) announce(words("news_waits"));
    this.waiting = true;
    this.said(words("news_waits"));
  }

  /** shown ends that. */
  shown(): void {
    this.waiting = false;
    this.said("");
  }

  private said(text: string): void {
    const place = this.place.querySelector<HTMLElement>("[data-news]");
    if (place) place.textContent = text;
  }
}

/** blankRows counts each list's rows in which nobody wrote yet, for a form that is drawn as a whole. */
export function blankRows(place: HTMLElement): Map<string, number> {
  return new Map([...place.querySelectorAll<HTMLElement>(".form-list")].map((list) => [list.id, blank(list)]));
}

/** giveBlankRows has each list hold as many again. */
export function giveBlankRows(place: HTMLElement, rows: Map<string, number>): void {
  for (const list of place.querySelectorAll<HTMLElement>(".form-list")) addBlank(list, rows.get(list.id) ?? 0);
}

function blank(list: HTMLElement): number {
  return [...list.querySelectorAll<HTMLElement>(":scope > quoin-rows > [data-rows] > [data-row]")].filter((row) => !written(row)).length;
}

function addBlank(list: HTMLElement, rows: number): void {
  const owner = list.querySelector<HTMLElement & { blank(): void }>(":scope > quoin-rows");
  for (let missing = rows - blank(list); owner && missing > 0; missing--) owner.blank();
}

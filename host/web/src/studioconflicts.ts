// Two versions of a field: an author takes one of them, or puts them together in an editor that begins with both. What is typed there
// is kept in the browser until it is decided, like everything else that is typed.

import { announce, words } from "./announce";
import type { Answer } from "./studiosaves";

type Line = { kind: "" | "gone" | "new"; text: string };

/**
 * Host is what the page knows: the component and the address of its handlers, the editor of texts, "" for none, where its pictures are,
 * what is stored in a field as the form has it, undefined where the form does not say so, and what to do once it is decided.
 */
type Host = {
  usage: string; address: string; version: number; text: string; statics: string;
  stored(field: string): unknown;
  decided(field: string, answer: Answer): Promise<void>;
};

/** Kept is a text that is being put together, over the stored one that it was begun with. */
type Kept = { field: string; base: unknown; text: string };

/** putConflicts shows those that wait now. One in which somebody writes stays as it is; it tells whether there are new ones. */
export function putConflicts(place: HTMLElement, fresh: HTMLElement, host: Host): boolean {
  const id = (section: HTMLElement) => section.dataset.conflict!;
  const all = (from: ParentNode) => [...from.querySelectorAll<HTMLElement>("[data-conflict]")];
  const old = all(place);
  const busy = old.filter((section) => section.contains(document.activeElement) || section.querySelector(".merge"));
  const came = all(fresh).some((section) => !old.some((one) => id(one) === id(section)));
  for (const section of all(fresh)) if (busy.some((one) => id(one) === id(section))) section.remove();
  serveConflicts(fresh, host, busy.map(id));
  for (const section of old) if (!busy.includes(section)) section.remove();
  place.querySelector("[data-conflicts]")?.append(...all(fresh));
  return came;
}

/** serveConflicts takes over those of a place. still are others that are decided on elsewhere on the page. */
export function serveConflicts(place: HTMLElement, host: Host, still: string[] = []): void {
  const sections = [...place.querySelectorAll<HTMLElement>("[data-conflict]")];
  for (const section of sections) serveConflict(section, host, sections.length + still.length);
  void leftOver(host, [...sections.map((section) => section.dataset.conflict!), ...still]);
}

function serveConflict(section: HTMLElement, host: Host, waiting: number): void {
  const [id, field] = [section.dataset.conflict!, section.dataset.field!];
  const form = section.querySelector<HTMLFormElement>("form")!;
  const stored = host.stored(field);
  const decide = async (body: { value?: unknown; text?: string }, base = stored) => {
    let response = await send(form.action, { conflict: id, version: host.version, base, ...body });
    if (response?.status === 404 && body.text !== undefined) response = await saveText(host, { field, base, text: body.text }); // decided by somebody else
    if (!response?.ok) return announce(await reason(response));
    keep(host, id, null);
    section.remove(); // it has the focus, and is over
    const answer = (await response.json()) as Answer;
    await host.decided(field, answer);
    if (answer.conflicts >= waiting) announce(words("merge_again"));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void decide({ value: JSON.parse((event.submitter as HTMLButtonElement).value) as unknown });
  });
  const button = form.querySelector<HTMLButtonElement>("[data-merge]");
  if (!button) return;
  button.hidden = false;
  const open = (begun: Kept | null, focus: boolean) => {
    const base = begun ? begun.base : stored;
    void together(section, form, button, host, { begun: begun?.text, focus, typed: (text) => keep(host, id, { field, base, text }), done: (text) => void decide({ text }, base) });
  };
  button.addEventListener("click", () => open(null, true));
  const begun = kept(host, id);
  if (begun) open(begun, false);
}

function send(address: string, body: object): Promise<Response | null> {
  return fetch(address, {
    method: "POST", body: JSON.stringify(body), credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" },
  }).catch(() => null);
}

function saveText(host: Host, { field, base, text }: Kept): Promise<Response | null> {
  return send(`${host.address}/save`, { edits: { [field]: { base: base ?? null, value: text } } });
}

async function reason(response: Response | null): Promise<string> {
  const answer = response && ((await response.json().catch(() => null)) as { error?: string } | null);
  return answer?.error ?? words("unit_failed");
}

/** leftOver saves texts of conflicts that somebody else decided meanwhile: they are merged with what is stored, or are two versions again. */
async function leftOver(host: Host, open: string[]): Promise<void> {
  for (const id of keptHere(host)) {
    const text = open.includes(id) ? null : kept(host, id);
    if (!text) continue;
    const response = await saveText(host, text);
    if (!response?.ok) continue; // it waits for the next time
    keep(host, id, null);
    await host.decided("", (await response.json()) as Answer);
  }
}

type Merge = { begun?: string; focus: boolean; typed(text: string): void; done(text: string): void };

/** together opens the editor of both, or of what was begun before. */
async function together(section: HTMLElement, form: HTMLFormElement, button: HTMLElement, host: Host, merge: Merge): Promise<void> {
  const lines = linesOf(section, merge.begun);
  const label = section.querySelector("h3")?.textContent ?? "";
  const help = document.createElement("p");
  help.className = "small";
  help.id = `merge-help-${section.dataset.conflict}`;
  help.textContent = words("merge_help");
  const box = document.createElement("div");
  box.className = "merge";
  const done = document.createElement("button");
  done.type = "button";
  done.className = "button primary";
  done.textContent = words("use_merged");
  button.replaceWith(done);
  form.before(help, box);
  let read = () => plainOf(box);
  let focus = () => (box.firstElementChild as HTMLElement).focus();
  const rich = section.dataset.kind === "html" && host.text ? ((await import(host.text)) as typeof import("./studiotext")) : null;
  let html = lines.map((line) => line.text).join("\n");
  const changed = (now: string) => merge.typed((html = now));
  const text = rich?.open(box, { html, label, described: help.id, statics: host.statics, places: () => Promise.resolve({ units: [], files: [], pictures: "^$" }), source: () => undefined, changed });
  if (text) {
    box.querySelector('[data-does="source"]')?.remove();
    read = () => html;
    focus = () => text.focus();
    mark(box, lines);
  } else {
    box.append(plain(lines, label, help.id));
    box.addEventListener("input", () => merge.typed(read()));
  }
  done.addEventListener("click", () => merge.done(read()));
  if (merge.focus) focus();
}

/** linesOf are the lines of both texts, or those of what was begun, marked where only one of the texts has them. */
function linesOf(section: HTMLElement, begun?: string): Line[] {
  const both = JSON.parse(section.dataset.merged || "[]") as Line[];
  if (begun === undefined) return both;
  const kinds = new Map(both.map((line) => [line.text, line.kind]));
  return begun.split("\n").map((text) => ({ kind: kinds.get(text) ?? "", text }));
}

/** plain is an editor of lines. Those that differ are marked, and stay so while they are changed. */
function plain(lines: Line[], label: string, described: string): HTMLElement {
  const editor = document.createElement("div");
  editor.className = "lines merge-text";
  for (const [name, value] of Object.entries({ contenteditable: "plaintext-only", role: "textbox", "aria-multiline": "true", "aria-label": label, "aria-describedby": described, dir: "auto" })) editor.setAttribute(name, value);
  for (const line of lines) {
    const one = document.createElement("div");
    one.className = line.kind;
    if (line.text) one.textContent = line.text;
    else one.append(document.createElement("br"));
    editor.append(one);
  }
  return editor;
}

function plainOf(box: HTMLElement): string {
  return [...box.firstElementChild!.childNodes].map((node) => node.textContent ?? "").join("\n");
}

/** mark paints what only one of the texts has, where the browser can do so without a change of the text. */
function mark(box: HTMLElement, lines: Line[]): void {
  if (!("highlights" in CSS)) return;
  const text = (html: string) => (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim();
  for (const kind of ["gone", "new"] as const) {
    const wanted = new Set(lines.filter((line) => line.kind === kind).map((line) => text(line.text)).filter(Boolean));
    const ranges: Range[] = [];
    for (const part of box.querySelectorAll(".rich-text p, .rich-text li, .rich-text :is(h1, h2, h3, h4, h5, h6), .rich-text pre, .rich-text td")) {
      if (!wanted.has((part.textContent ?? "").trim())) continue;
      const range = document.createRange();
      range.selectNodeContents(part);
      ranges.push(range);
    }
    CSS.highlights.set(`merge-${kind}`, new Highlight(...ranges));
  }
}

const prefix = "quoin-studio-merge:";

function keyOf(host: Host, id: string): string {
  return `${prefix}${document.body.dataset.reader ?? ""}:${host.usage}:${id}`;
}

function keep(host: Host, id: string, text: Kept | null): void {
  try {
    if (text === null) localStorage.removeItem(keyOf(host, id));
    else localStorage.setItem(keyOf(host, id), JSON.stringify(text));
  } catch {
    // A full or forbidden storage costs the safety net, not the page.
  }
}

function kept(host: Host, id: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(host, id)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

/** keptHere are the conflicts of the component of which something is kept. */
function keptHere(host: Host): string[] {
  try {
    const start = keyOf(host, "");
    return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  } catch {
    return [];
  }
}

// What is typed into a form that is saved by its button, kept in this browser until it is: a closed tab, a lost session or a dead
// server costs nothing. The form offers it when it is opened again, and never puts it in by itself: others may have saved since.

import { words } from "./announce";

type Kept = { at: number; entries: [string, string][] };

const prefix = "quoin-form:";
const keeps = 60 * 24 * 3600 * 1000;
const pause = 250;

/** own says that an entry is the form's bookkeeping and not what somebody typed. */
function own(name: string): boolean {
  return name === "token" || name === "base" || name === "op" || name === "do" || name === "usage" || name.startsWith("was.") || name.startsWith("b.") || name.endsWith(".place");
}

/** based says that an entry names what the text was typed over: such a form keeps it, so that the server can tell who came first. */
function based(form: HTMLFormElement, name: string): boolean {
  return form.hasAttribute("data-keeps-base") && (name === "base" || name === "op");
}

/** typed are the entries that somebody typed, to compare. */
function typed(all: [string, string][]): string {
  return JSON.stringify(all.filter(([name]) => !own(name)));
}

function entries(form: HTMLFormElement): [string, string][] {
  const all: [string, string][] = [];
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && (!own(name) || based(form, name))) all.push([name, value.replaceAll("\r\n", "\n")]);
  return all;
}

function keyOf(form: HTMLFormElement): string {
  const data = new FormData(form);
  const usages = ["usage", "remark"].flatMap((name) => data.getAll(name)).join(" ");
  return `${prefix}${document.body.dataset.reader ?? ""}:${new URL(form.action).pathname}:${usages}`;
}

/** keepForm keeps what is typed into a form and offers what was kept. The returned function forgets it: it is saved. */
export function keepForm(form: HTMLFormElement): () => void {
  const key = keyOf(form);
  const drawn = typed(entries(form));
  let timer = 0;
  const write = () => {
    window.clearTimeout(timer);
    timer = 0;
    const now = entries(form);
    try {
      if (typed(now) === drawn) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), entries: now } satisfies Kept));
    } catch {
      // A browser that keeps nothing still asks before the page is left.
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(write, pause);
  });
  window.addEventListener("pagehide", () => {
    if (timer) write();
  });
  const kept = read(key);
  if (kept && typed(kept.entries) !== drawn) offer(form, kept, key);
  return () => {
    window.clearTimeout(timer);
    timer = 0;
    form.querySelector("[data-kept]")?.remove();
    forget(key);
  };
}

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    if (kept && Date.now() - kept.at < keeps && Array.isArray(kept.entries)) return kept;
    localStorage.removeItem(key);
  } catch {
    // Nothing is kept that could be read.
  }
  return null;
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
}

function offer(form: HTMLFormElement, kept: Kept, key: string): void {
  const place = document.createElement("div");
  place.className = "notice row";
  place.dataset.kept = "";
  const said = document.createElement("p");
  const at = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short", timeZone: document.body.dataset.zone || undefined });
  said.textContent = words("kept").replace("{0}", at.format(kept.at));
  place.append(said);
  const press = (text: string, act: () => void) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      place.remove();
      act();
    });
    place.append(button);
  };
  press(words("kept_back"), () => {
    fill(form, kept.entries);
    form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  });
  press(words("kept_forget"), () => forget(key));
  form.prepend(place);
}

/** fill puts entries into a form: rows that it does not have are added, rows that they do not have are taken away. */
function fill(form: HTMLFormElement, all: [string, string][]): void {
  const renamed = fillRows(form, all);
  const values = new Map<string, string[]>();
  for (const [name, value] of all) {
    const into = renamed(name);
    values.set(into, [...(values.get(into) ?? []), value]);
  }
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)) continue;
    if (!field.name || (own(field.name) && !based(form, field.name))) continue;
    const given = values.get(field.name);
    if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) field.checked = given?.includes(field.value) ?? false;
    else if (given?.length) field.value = given.shift() ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function fillRows(form: HTMLFormElement, all: [string, string][]): (name: string) => string {
  const names = new Map<string, string>();
  for (const rows of form.querySelectorAll("quoin-rows")) {
    const first = (row: Element | null | undefined) => row?.querySelector<HTMLInputElement>("[name]")?.name.split(".").slice(0, 2).join(".") ?? "";
    const list = first(rows.querySelector("template")?.content.firstElementChild).split(".")[0] ?? "";
    const kept = new Set(all.map(([name]) => name.split(".").slice(0, 2).join(".")).filter((name) => name.startsWith(`${list}.`)));
    for (const row of rows.querySelectorAll("[data-row]")) {
      if (!kept.delete(first(row))) row.querySelector<HTMLElement>("[data-remove]")?.click();
    }
    for (const key of kept) {
      rows.querySelector<HTMLElement>("[data-add]")?.click();
      names.set(key, first([...rows.querySelectorAll("[data-row]")].at(-1)));
    }
  }
  return (name) => {
    const parts = name.split(".");
    const key = names.get(parts.slice(0, 2).join("."));
    return key ? [key, ...parts.slice(2)].join(".") : name;
  };
}

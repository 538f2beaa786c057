// Shortcuts of one key, listed by "?". They can be switched off (WCAG 2.1.4), and never act on what somebody types.

import { announce, words } from "./announce";

type Shortcut = { key: string; name: () => string; find: () => HTMLElement | null; act: (found: HTMLElement) => void };

const follow = (found: HTMLElement) => found.click();

const shortcuts: Shortcut[] = [
  { key: "n", name: () => words("key_next"), find: () => document.querySelector("main a[rel=next]"), act: follow },
  { key: "p", name: () => words("key_previous"), find: () => document.querySelector("main a[rel=prev]"), act: follow },
  { key: "b", name: () => words("key_bookmark"), find: () => document.querySelector("form[data-bookmark] button"), act: follow },
  { key: "/", name: () => words("key_search"), find: findSearch, act: (found) => (found instanceof HTMLInputElement ? found.focus() : found.click()) },
  { key: "o", name: () => words("key_outline"), find: findOutline, act: openOutline },
  { key: "?", name: () => words("key_help"), find: () => document.body, act: list },
];

function findSearch(): HTMLElement | null {
  return document.querySelector<HTMLElement>("main form[role=search] input[type=search]") ?? document.querySelector<HTMLElement>(".course-nav a[href$='/search']");
}

function findOutline(): HTMLElement | null {
  return document.querySelector<HTMLElement>("details[data-side]") ?? document.querySelector<HTMLElement>(".course-nav a");
}

/** openOutline shows the outline beside the page and goes there, or to the page that holds it. */
function openOutline(found: HTMLElement): void {
  if (!(found instanceof HTMLDetailsElement)) return follow(found);
  found.open = true;
  const here = found.querySelector<HTMLElement>("a[aria-current]") ?? found.querySelector<HTMLElement>("a");
  here?.focus();
}

const store = "quoin.shortcuts";

function switchedOff(): boolean {
  return localStorage.getItem(store) === "off";
}

/** serveShortcuts listens for the keys, and shows the switch where a page has one. */
export function serveShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (switchedOff() || document.querySelector("dialog[open]") || typing(event)) return;
    const shortcut = shortcuts.find((s) => s.key === event.key.toLowerCase());
    const found = shortcut?.find();
    if (!shortcut || !found) return;
    event.preventDefault();
    shortcut.act(found);
  });
  for (const place of document.querySelectorAll<HTMLElement>("[data-shortcuts]")) {
    place.hidden = false;
    const box = place.querySelector<HTMLInputElement>("input[type=checkbox]");
    if (box) connect(box);
  }
}

/** typing reports whether a key belongs to what has the focus: a field, a player, a widget with keys of its own. */
function typing(event: KeyboardEvent): boolean {
  return event.composedPath().some(
    (at) =>
      at instanceof HTMLElement &&
      (at.isContentEditable ||
        at.matches("textarea, select, math-field, audio, video, iframe, [role=textbox], [role=combobox], [role=slider], [role=listbox], [role=menu], [role=tree], [role=grid]") ||
        (at instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "reset"].includes(at.type))),
  );
}

function connect(box: HTMLInputElement): void {
  box.checked = !switchedOff();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(store);
    else localStorage.setItem(store, "off");
    announce(box.checked ? words("keys_on") : words("keys_off"));
  });
}

/** list opens the dialog that says what works on this page. */
function list(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const title = document.createElement("h2");
  title.textContent = words("keys_title");
  title.id = "keys-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const names = document.createElement("dl");
  for (const shortcut of shortcuts) {
    if (!shortcut.find()) continue;
    const key = document.createElement("kbd");
    key.textContent = shortcut.key;
    const term = document.createElement("dt");
    term.append(key);
    const meaning = document.createElement("dd");
    meaning.textContent = shortcut.name();
    const row = document.createElement("div");
    row.append(term, meaning);
    names.append(row);
  }
  for (const more of document.querySelectorAll<HTMLTemplateElement>("template[data-keys]")) names.append(more.content.cloneNode(true));
  const label = document.createElement("label");
  label.className = "choice";
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append(box, words("keys_use"));
  connect(box);
  const close = document.createElement("button");
  close.className = "button primary";
  close.textContent = words("keys_close");
  close.autofocus = true;
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, names, label, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

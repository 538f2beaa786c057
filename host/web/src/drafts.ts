// Keeps what was typed and not sent yet in this browser, so that a closed tab, a lost session or a lost network loses no
// answer. A draft belongs to one sitting of one block and goes when the answer was sent.

import { words } from "./announce";

type Draft = Record<string, string[]>;

const prefix = "quoin-draft:";

function keyOf(block: HTMLElement): string | null {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  const sitting = form?.elements.namedItem("sitting");
  if (!(sitting instanceof HTMLInputElement) || !sitting.value) return null;
  return `${prefix}${block.dataset.usage}:${sitting.value}`;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(block: HTMLElement): Control[] {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  if (!form) return [];
  return Array.from(form.elements).filter(
    (e): e is Control =>
      (e instanceof HTMLInputElement && e.type !== "hidden" && e.type !== "file" && e.type !== "password") ||
      e instanceof HTMLTextAreaElement ||
      e instanceof HTMLSelectElement,
  );
}

function read(block: HTMLElement): Draft {
  const draft: Draft = {};
  for (const control of controls(block)) {
    if (!control.name) continue;
    const list = (draft[control.name] ??= []);
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      if (control.checked) list.push(control.value);
    } else {
      list.push(control.value);
    }
  }
  return draft;
}

function write(block: HTMLElement, draft: Draft): void {
  for (const control of controls(block)) {
    const values = draft[control.name];
    if (!values) continue;
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = values.includes(control.value);
    } else {
      control.value = values.shift() ?? "";
    }
  }
}

function store(key: string, draft: Draft | null): void {
  try {
    if (draft) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden storage costs the safety net, not the page.
  }
}

/** forgetDraft drops a block's draft: what it held was sent. */
export function forgetDraft(block: HTMLElement): void {
  const key = keyOf(block);
  if (key) store(key, null);
}

/** hasDraft reports whether something was typed into a block that was not sent yet. */
export function hasDraft(block: HTMLElement): boolean {
  const key = keyOf(block);
  try {
    return key !== null && localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

function restore(block: HTMLElement): void {
  const key = keyOf(block);
  const kept = key && localStorage.getItem(key);
  if (!key || !kept) return;
  const draft = JSON.parse(kept) as Draft;
  if (JSON.stringify(draft) === JSON.stringify(read(block))) {
    store(key, null);
    return;
  }
  if (controls(block).every((c) => c.disabled)) return;
  write(block, draft);
  const note = document.createElement("p");
  note.className = "saved";
  note.dataset.note = "";
  note.setAttribute("role", "status");
  note.textContent = words("restored");
  block.append(note);
}

/** keepDrafts starts keeping and gives back what was kept. */
export function keepDrafts(): void {
  document.addEventListener("input", (event) => {
    const control = event.target as Control;
    const form = control.form;
    const block = form?.closest<HTMLElement>("[data-usage]");
    const key = block && keyOf(block);
    if (block && key) store(key, read(block));
  });
  for (const block of document.querySelectorAll<HTMLElement>("[data-usage]")) {
    try {
      restore(block);
    } catch {
      // A damaged draft is no reason for a broken page.
    }
  }
}

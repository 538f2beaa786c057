// The inputs of a component's form, by the fields that they edit: what they hold, and what is said beside them.

import { words } from "./announce";
import type { Saves, Typed } from "./studiosaves";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Inputs are those of the form that stands in a place at the moment. */
export class Inputs {
  constructor(private readonly place: HTMLElement) {}

  controls(name: string): Control[] {
    const form = this.place.querySelector<HTMLFormElement>("[data-edit-form]");
    return [...(form?.elements ?? [])].filter(
      (e): e is Control => (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) && (e.name === `f.${name}` || e.name.startsWith(`f.${name}.`)),
    );
  }

  /** holder is what a field's label, its inputs and what is said about it stand in. */
  holder(name: string): HTMLElement | null {
    return this.controls(name)[0]?.closest<HTMLElement>(".form-list, .field") ?? null;
  }

  read(name: string): Record<string, string[]> {
    const form: Record<string, string[]> = {};
    for (const control of this.controls(name)) {
      if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio") && !control.checked) continue;
      (form[control.name] ??= []).push(control.value);
    }
    return form;
  }

  fill(name: string, typed: Typed): void {
    const controls = this.controls(name);
    if (controls.length !== 1) return; // rows come from the server, where they arrive with the next save
    const [value] = typed.form ? (typed.form[`f.${name}`] ?? []) : [typeof typed.value === "string" ? typed.value : undefined];
    if (value !== undefined && controls[0]) controls[0].value = value;
  }

  /** text is the one input of a field that is a text, null for fields that have others. */
  text(name: string): HTMLInputElement | HTMLTextAreaElement | null {
    const controls = this.controls(name);
    return controls.length === 1 && isText(controls[0]!) ? controls[0] : null;
  }

  /** refuse says beside a field why it was not taken; "" takes back what was said. */
  refuse(name: string, why: string): void {
    const holder = this.holder(name);
    const stored = holder?.closest<HTMLDetailsElement>("[data-stored]");
    if (why && stored) stored.open = true;
    holder?.querySelector(":scope > [data-refused]")?.remove();
    holder?.classList.toggle("wrong", why !== "");
    if (!why || !holder) return;
    const said = document.createElement("p");
    said.className = "error";
    said.dataset.refused = "";
    said.setAttribute("role", "alert");
    said.textContent = why;
    holder.append(said);
  }

  /** lost shows what was typed into fields that the component does not have any more, to be copied. */
  lost(usage: string, has: (field: string) => boolean, saves: Saves): void {
    for (const [name, typed] of Object.entries(saves.lost(usage, has))) {
      if (this.place.querySelector(`[data-lost="${CSS.escape(name)}"]`)) continue;
      this.place.querySelector("[data-edit-form]")?.before(lostField(name, typed, () => saves.drop(usage, name)));
    }
  }
}

/** onTyped tells which field of a form was changed, by typing, or by moving or removing its rows. */
export function onTyped(form: HTMLFormElement, put: (field: string) => void): void {
  const typed = (event: Event) => {
    const target = event.target as HTMLElement;
    // Rows that come, go or move say so as a whole: the button that was pressed may be gone with its row.
    const control = target.matches("quoin-rows") ? target.closest(".form-list")?.querySelector<HTMLInputElement>('input[type="hidden"][name^="f."]') : target;
    const field = /^f\.([a-z0-9_]+)/.exec((control as HTMLInputElement | null | undefined)?.name ?? "")?.[1];
    if (field) put(field);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
}

/** isText tells inputs that have a cursor. */
export function isText(e: Element | null): e is HTMLInputElement | HTMLTextAreaElement {
  return e instanceof HTMLTextAreaElement || (e instanceof HTMLInputElement && e.type === "text");
}

function lostField(name: string, typed: Typed, drop: () => void): HTMLElement {
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
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words("field_gone_drop");
  button.addEventListener("click", () => {
    drop();
    said.remove();
  });
  said.append(why, text, button);
  return said;
}

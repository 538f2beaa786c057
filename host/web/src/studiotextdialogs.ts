// The questions that the editor of texts asks: where a link leads, what a picture shows, what a formula says.

import { words } from "./announce";
import { type Files, given, serveFiles } from "./studiofilefield";

/** Ask is one input of a question. */
export type Ask = {
  name: string;
  label: string;
  value?: string;
  help?: string;
  kind?: "text" | "area" | "tick" | "url";
  required?: boolean;
  options?: { value: string; text: string }[];
  /** unless names a tick that takes the need away. */
  unless?: string;
  /** wrong says why a value cannot be taken, "" where it can. */
  wrong?(value: string): string;
  /** means says in words what a value stands for, "" for nothing. */
  means?(value: string): string;
  /** shows draws what the values make, as HTML of ours, below the input. */
  shows?(values: Record<string, string>): Promise<string>;
  /** files lets a file be chosen, dropped or given here. */
  files?: Files & { given?: File };
  /** from says what stands here as long as nobody typed here, by what another input holds. */
  from?: { name: string; text(value: string): string };
};

/** ask shows a question and gives the answers, or null when it was left. */
export function ask(title: string, inputs: Ask[], removable = false): Promise<Record<string, string> | "remove" | null> {
  const dialog = document.createElement("dialog");
  dialog.className = "rich-dialog";
  const form = document.createElement("form");
  form.method = "dialog";
  form.noValidate = true;
  const heading = document.createElement("h2");
  heading.id = `rich-ask-${Date.now()}`;
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  form.append(heading);
  const controls = new Map<string, HTMLInputElement | HTMLTextAreaElement>();
  for (const input of inputs) form.append(row(input, controls));
  for (const input of inputs) suggest(input, controls);
  for (const input of inputs) if (input.files) serveFiles(form, input.files);
  for (const input of inputs) if (input.shows) show(input, controls);
  const acts = document.createElement("p");
  acts.className = "row";
  const button = (text: string, name: string, primary = false) => {
    const b = document.createElement("button");
    b.className = primary ? "button primary" : "button";
    b.value = name;
    b.type = primary ? "submit" : "button";
    b.textContent = text;
    acts.append(b);
    return b;
  };
  button(words("rich_ok"), "ok", true);
  const cancel = button(words("rich_cancel"), "cancel");
  const remove = removable ? button(words("rich_remove"), "remove") : null;
  form.append(acts);
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const end = (answer: Record<string, string> | "remove" | null) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    cancel.addEventListener("click", () => end(null));
    remove?.addEventListener("click", () => end("remove"));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(null);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (wanting(inputs, controls)) return;
      end(valuesOf(controls));
    });
    // A line of its own ends with the enter key; a text of several is sent by it with the control key.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    dialog.showModal();
    for (const { name, files } of inputs) if (files?.given) controls.get(name)?.dispatchEvent(new CustomEvent(given, { detail: files.given }));
  });
}

function valuesOf(controls: Map<string, HTMLInputElement | HTMLTextAreaElement>): Record<string, string> {
  return Object.fromEntries([...controls].map(([name, c]) => [name, c instanceof HTMLInputElement && c.type === "checkbox" ? (c.checked ? "true" : "") : c.value.trim()]));
}

const pause = 200; // ms without typing until what it makes is drawn

/** show draws below an input what the values make, as they are typed. */
function show(input: Ask, controls: Map<string, HTMLInputElement | HTMLTextAreaElement>): void {
  const control = controls.get(input.name);
  if (!control || !input.shows) return;
  const { shows } = input;
  const place = document.createElement("div");
  place.className = "rich-shown";
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", words("rich_shown"));
  control.parentElement?.append(place);
  let timer = 0;
  let asked = 0;
  const draw = async () => {
    const mine = ++asked;
    const html = await shows(valuesOf(controls)).catch(() => "");
    if (mine === asked) place.innerHTML = html;
  };
  for (const one of controls.values()) {
    one.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void draw(), pause);
    });
  }
  if (control.value) void draw();
}

/** suggest fills an input by what another one holds, until somebody types there. */
function suggest(input: Ask, controls: Map<string, HTMLInputElement | HTMLTextAreaElement>): void {
  const control = controls.get(input.name);
  const other = input.from ? controls.get(input.from.name) : undefined;
  if (!control || !other || !input.from) return;
  const { text } = input.from;
  let typed = control.value !== "";
  control.addEventListener("input", () => (typed = control.value !== ""));
  other.addEventListener("input", () => {
    if (!typed) control.value = text(other.value.trim());
  });
}

function row(input: Ask, controls: Map<string, HTMLInputElement | HTMLTextAreaElement>): HTMLElement {
  const field = document.createElement("div");
  field.className = "field";
  const control = document.createElement(input.kind === "area" ? "textarea" : "input");
  control.id = `rich-${input.name}`;
  control.dir = input.kind === "url" ? "ltr" : "auto";
  const label = document.createElement("label");
  label.htmlFor = control.id;
  label.textContent = input.label;
  controls.set(input.name, control);
  if (control instanceof HTMLInputElement && input.kind === "tick") {
    control.type = "checkbox";
    control.checked = input.value === "true";
    label.className = "check";
    label.prepend(control);
    field.append(label);
    return field;
  }
  control.value = input.value ?? "";
  field.append(label, control);
  const help = document.createElement("p");
  help.className = "small";
  help.id = `${control.id}-help`;
  help.textContent = input.help ?? "";
  if (input.help) {
    field.append(help);
    control.setAttribute("aria-describedby", help.id);
  }
  if (input.files) control.dataset.file = "";
  if (input.means) {
    const meant = document.createElement("p");
    meant.className = "small";
    meant.setAttribute("role", "status");
    const say = () => (meant.textContent = input.means!(control.value.trim()));
    control.addEventListener("input", say);
    say();
    field.append(meant);
  }
  if (input.options && control instanceof HTMLInputElement) {
    const list = document.createElement("datalist");
    list.id = `${control.id}-list`;
    for (const { value, text } of input.options) list.append(new Option(text, value));
    control.setAttribute("list", list.id);
    field.append(list);
  }
  return field;
}

/** wanting says beside the first input whose value cannot be taken why. */
function wanting(inputs: Ask[], controls: Map<string, HTMLInputElement | HTMLTextAreaElement>): boolean {
  for (const control of controls.values()) {
    control.removeAttribute("aria-invalid");
    control.parentElement?.querySelector(".error")?.remove();
  }
  for (const input of inputs) {
    const control = controls.get(input.name);
    const unless = input.unless ? controls.get(input.unless) : undefined;
    if (!control || (unless instanceof HTMLInputElement && unless.checked)) continue;
    const value = control.value.trim();
    const wrong = value ? (input.wrong?.(value) ?? "") : input.required ? words("rich_required") : "";
    if (!wrong) continue;
    const error = document.createElement("p");
    error.className = "error";
    error.id = `${control.id}-error`;
    error.textContent = wrong;
    control.after(error);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", error.id);
    control.focus();
    return true;
  }
  return false;
}

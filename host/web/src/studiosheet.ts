// Forms of Studio: on their own pages, or the same page's form in a sheet above the outline. They are sent without a reload; what is
// wrong stands beside its field, and a request that fails leaves all that was typed where it is.

import { announce, words } from "./announce";
import { keepForm } from "./studiokept";
import { type Done, send } from "./studiosend";
import { localTimes } from "./times";

/** openSheet shows the part [data-sheet] of a page of ours in a dialog; done hears of what its forms bring. */
export async function openSheet(address: string, done: (answer: Done) => void): Promise<void> {
  const before = document.activeElement as HTMLElement | null;
  let part: HTMLElement | null = null;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    part = response.ok ? page.querySelector<HTMLElement>("[data-sheet]") : null;
  } catch {
    // Its own page says what is wrong.
  }
  if (!part) {
    location.assign(address);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.append(document.adoptNode(part));
  localTimes(dialog);
  const title = dialog.querySelector("h1, h2");
  if (title) {
    title.id ||= "sheet-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  for (const close of dialog.querySelectorAll<HTMLElement>("[data-close]")) {
    close.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  for (const form of dialog.querySelectorAll<HTMLFormElement>("form[data-studio-form]")) {
    serveForm(form, (answer) => {
      dialog.close();
      done(answer);
    });
  }
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), select, textarea") ?? dialog).focus();
}

/** serveForm sends a form by script. done hears of an answer that is good; without it the page says so and stays. */
export function serveForm(form: HTMLFormElement, done?: (answer: Done) => void): void {
  let dirty = false;
  const saved = keepForm(form);
  form.addEventListener("input", () => (dirty = true));
  const guard = (event: BeforeUnloadEvent) => {
    if (dirty && form.isConnected) event.preventDefault();
  };
  window.addEventListener("beforeunload", guard);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    const button = event.submitter as HTMLButtonElement | null;
    // A browser sends nothing of what it cannot read as a number or a date, and the server would take it for empty.
    const unread = [...form.elements].filter((e): e is HTMLInputElement => e instanceof HTMLInputElement && e.validity.badInput);
    clear(form);
    if (unread.length > 0) return mark(form, Object.fromEntries(unread.map((e) => [e.name, e.validationMessage])));
    const body = new FormData(form, button);
    form.setAttribute("aria-busy", "true");
    say(form, words("saving"), "");
    const { ok, away, answer } = await send(button?.formAction && button.hasAttribute("formaction") ? button.formAction : form.action, body);
    form.removeAttribute("aria-busy");
    if (!ok) {
      say(form, away ? words("offline") : (answer.error ?? words("failed")), "bad");
      for (const [name, value] of Object.entries(answer.was ?? {})) seen(form, name, value);
      if (answer.html) show(form, answer.html);
      mark(form, answer.errors ?? {});
      return;
    }
    for (const hidden of form.querySelectorAll<HTMLInputElement>('input[type=hidden]:is([name^="was."], [name^="b."])')) {
      const name = hidden.name.replace(/^was\./, "").replace(/^b\./, "s.");
      seen(form, name, body.getAll(name).join(","));
    }
    for (const [name, value] of Object.entries(answer.was ?? {})) seen(form, name, value);
    show(form, "");
    saved();
    dirty = false;
    window.removeEventListener("beforeunload", guard);
    if (done) return done(answer);
    const after = answer.location ?? (form.dataset.after && `${form.dataset.after}?${new URLSearchParams({ did: answer.did ?? "", op: answer.op ?? "" })}`);
    if (after) {
      location.assign(after);
      return;
    }
    window.addEventListener("beforeunload", guard);
    say(form, answer.message ?? words("saved"), "good");
    announce(answer.message ?? words("saved"));
  });
}

/** show puts what another author saved into the form's place for it. */
function show(form: HTMLFormElement, html: string): void {
  const place = form.querySelector<HTMLElement>("[data-answer]");
  if (place) place.innerHTML = html; // of our own templates
}

/** seen tells the form what a setting was when its author last saw it. */
function seen(form: HTMLFormElement, name: string, value: string): void {
  const place = name === "base" || name === "op" ? name : name.startsWith("s.") ? `b.${name.slice(2)}` : `was.${name}`;
  const hidden = form.querySelector<HTMLInputElement>(`input[type=hidden][name="${CSS.escape(place)}"]`);
  if (hidden) hidden.value = value;
}

function say(form: HTMLFormElement, text: string, kind: string): void {
  let place = form.querySelector<HTMLElement>("[data-said]");
  if (!place) {
    place = document.createElement("p");
    place.dataset.said = "";
    form.append(place);
  }
  place.hidden = false;
  place.className = `notice ${kind}`;
  place.setAttribute("role", kind === "bad" ? "alert" : "status");
  place.textContent = text;
}

/** mark puts errors beside their fields, and the focus on the first. */
function mark(form: HTMLFormElement, errors: Record<string, string>): void {
  let first: HTMLElement | null = null;
  for (const [name, text] of Object.entries(errors)) {
    const input = form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
    const field = input?.closest<HTMLElement>(".field") ?? null;
    if (!input || !field) continue;
    const error = document.createElement("span");
    error.className = "error";
    error.dataset.marked = "";
    error.id = `${input.id || name}-wrong`;
    error.textContent = text;
    field.insertBefore(error, field.querySelector(".help, input, select, textarea"));
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${error.id} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
    for (let details = field.closest("details"); details; details = details.parentElement?.closest("details") ?? null) details.open = true;
    first ??= input;
  }
  first?.focus();
}

function clear(form: HTMLFormElement): void {
  for (const error of form.querySelectorAll<HTMLElement>("[data-marked]")) {
    const input = form.querySelector(`[aria-describedby~="${CSS.escape(error.id)}"]`);
    input?.removeAttribute("aria-invalid");
    const rest = input?.getAttribute("aria-describedby")?.split(" ").filter((id) => id !== error.id).join(" ");
    if (rest) input?.setAttribute("aria-describedby", rest);
    else input?.removeAttribute("aria-describedby");
    error.remove();
  }
}

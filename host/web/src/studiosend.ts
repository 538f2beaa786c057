// Sends what authors do, tells what came of it, and takes it back on demand. A request that fails changes nothing on the page: what
// was typed stays, and the page says that it is not saved.

import { announce, words } from "./announce";

/** Done is what an operation answers. */
export type Done = {
  /** did names what was done. */
  did?: string;
  op?: string;
  message?: string;
  /** focus is the usage key of what to go on with, rename asks for its title at once. */
  focus?: string;
  location?: string;
  error?: string;
  errors?: Record<string, string>;
  html?: string;
  /** was is what fields of the form hold on the server now, where another author changed them. */
  was?: Record<string, string> | null;
};

/** Sent is the outcome of a request: away says that no answer came at all. */
export type Sent = { ok: boolean; away: boolean; answer: Done };

/** send posts a form. The page's token goes along. */
export async function send(address: string, body: FormData | Record<string, string | string[]>): Promise<Sent> {
  const form = body instanceof FormData ? body : new FormData();
  if (!(body instanceof FormData)) {
    for (const [name, value] of Object.entries(body)) for (const one of [value].flat()) form.append(name, one);
  }
  if (!form.has("token")) form.set("token", document.body.dataset.token ?? "");
  const plain = new URLSearchParams();
  for (const [name, value] of form) if (typeof value === "string") plain.append(name, value);
  try {
    const response = await fetch(address, { method: "POST", body: plain, headers: { Accept: "application/json" }, credentials: "same-origin" });
    const answer = (await response.json().catch(() => ({}))) as Done;
    if (!response.ok && !answer.error) answer.error = words("failed");
    return { ok: response.ok, away: false, answer };
  } catch {
    return { ok: false, away: true, answer: { error: words("offline") } };
  }
}

const stays = 10_000;

/** toast says what was done at the foot of the page for ten seconds, with a button that takes it back. */
export function toast(text: string, act?: { text: string; press: () => void }, bad = false): void {
  let place = document.querySelector<HTMLElement>(".toast");
  if (!place) {
    place = document.createElement("div");
    place.className = "toast";
    document.body.append(place);
  }
  // A dialog lies above everything else of the page.
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  const said = document.createElement("p");
  said.textContent = text;
  place.replaceChildren(said);
  place.classList.toggle("bad", bad);
  place.setAttribute("role", bad ? "alert" : "status");
  if (act) {
    const button = document.createElement("button");
    button.className = "button";
    button.type = "button";
    button.textContent = act.text;
    button.addEventListener("click", () => {
      shown?.remove();
      act.press();
    });
    place.append(button);
  }
  const shown = place;
  let timer = window.setTimeout(() => shown.remove(), stays);
  for (const hold of ["pointerenter", "focusin"]) shown.addEventListener(hold, () => window.clearTimeout(timer));
  for (const go of ["pointerleave", "focusout"]) {
    shown.addEventListener(go, () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => shown.remove(), stays);
    });
  }
  if (!bad) announce(text);
}

/** Deeds remembers what was done on this page, to take it back and to do it again. */
export class Deeds {
  private done: string[] = [];
  private taken: string[] = [];

  constructor(
    private readonly address: string,
    private readonly after: (focus?: string) => Promise<void>,
  ) {}

  /** add tells of something that was done, and how to take it back. */
  add(answer: Done): void {
    if (answer.op) {
      // A save that goes on is done once, and last.
      this.done = [...this.done.filter((op) => op !== answer.op), answer.op];
      this.taken = [];
    }
    if (answer.message) toast(answer.message, answer.op ? { text: words("undo"), press: () => void this.undo() } : undefined);
  }

  async undo(): Promise<void> {
    await this.go(this.done, this.taken, words("nothing_undo"));
  }

  async redo(): Promise<void> {
    await this.go(this.taken, this.done, words("nothing_redo"));
  }

  private async go(from: string[], to: string[], nothing: string): Promise<void> {
    const op = from.pop();
    if (!op) return toast(nothing);
    const { ok, answer } = await send(this.address, { op });
    if (!ok) {
      from.push(op);
      return toast(answer.error ?? words("failed"), undefined, true);
    }
    if (answer.op) to.push(answer.op);
    await this.after(answer.focus);
    toast(answer.message ?? "");
  }
}

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

/** leaving is the clock by which the toast goes. There is one toast and one clock: that of a text before would take a new one away. */
let leaving = 0;

function leave(place: HTMLElement): void {
  window.clearTimeout(leaving);
  leaving = window.setTimeout(() => place.remove(), stays);
}

/** toastPlace is where the toast stands; it stays while somebody points at it or has the focus in it. */
function toastPlace(): HTMLElement {
  const there = document.querySelector<HTMLElement>(".toast");
  if (there) return there;
  const place = document.createElement("div");
  place.className = "toast";
  for (const hold of ["pointerenter", "focusin"]) place.addEventListener(hold, () => window.clearTimeout(leaving));
  for (const go of ["pointerleave", "focusout"]) place.addEventListener(go, () => leave(place));
  return place;
}

/** toast says what was done at the foot of the page for ten seconds, with a button that takes it back. */
export function toast(text: string, act?: { text: string; press: () => void }, bad = false, done = true): void {
  const place = toastPlace();
  // A dialog lies above everything else of the page.
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  const said = document.createElement("p");
  said.textContent = text;
  place.replaceChildren(said);
  place.classList.toggle("bad", bad);
  place.classList.toggle("quiet", !done); // nothing was done
  place.setAttribute("role", bad ? "alert" : "status");
  if (act) {
    const button = document.createElement("button");
    button.className = "button";
    button.type = "button";
    button.textContent = act.text;
    button.addEventListener("click", () => {
      place.remove();
      act.press();
    });
    place.append(button);
  }
  leave(place);
  if (!bad) announce(text);
}

/** Deed is an operation that can be taken back, or done again; text says what was done. */
type Deed = { op: string; text: string };

/** Listed are the author's operations as the server knows them, the newest first. */
export type Listed = { done: Deed[]; taken: Deed[] };

/** Deeds remembers what was done, to take it back and to do it again: on this page, and before it was opened. */
export class Deeds {
  private done: Deed[] = [];
  private taken: Deed[] = [];
  /** turns counts what was done here, so that a list that was asked for before does not hide it. */
  private turns = 0;

  constructor(
    private readonly root: ParentNode,
    private readonly address: string,
    private readonly after: (focus?: string) => Promise<void>,
  ) {
    this.take(JSON.parse(root.querySelector<HTMLElement>("[data-undo]")?.dataset.deeds || "null") as Listed | null, 0);
  }

  /** mark is to be asked for before a list is, and given back with it. */
  mark(): number {
    return this.turns;
  }

  /** take shows what the server knows. */
  take(listed: Listed | null | undefined, mark: number): void {
    if (listed && mark === this.turns) [this.done, this.taken] = [listed.done.toReversed(), listed.taken.toReversed()];
    this.show("undo", this.done.at(-1));
    this.show("redo", this.taken.at(-1));
  }

  private show(what: "undo" | "redo", deed?: Deed): void {
    const button = this.root.querySelector<HTMLElement>(`[data-${what}]`);
    if (!button) return;
    button.setAttribute("aria-disabled", String(!deed));
    button.title = deed?.text ? (what === "undo" ? words("undo_named") : words("redo_named")).replace("{0}", deed.text) : "";
  }

  /** add tells of something that was done, and how to take it back. */
  add(answer: Done): void {
    if (answer.op) {
      // A save that goes on is done once, and last.
      this.done = [...this.done.filter((deed) => deed.op !== answer.op), { op: answer.op, text: answer.message ?? "" }];
      this.taken = [];
      this.turns++;
      this.take(null, 0);
    }
    if (answer.message) toast(answer.message, answer.op ? { text: words("undo"), press: () => void this.undo() } : undefined);
  }

  async undo(): Promise<void> {
    await this.go(this.done, this.taken, words("nothing_undo"));
  }

  async redo(): Promise<void> {
    await this.go(this.taken, this.done, words("nothing_redo"));
  }

  private async go(from: Deed[], to: Deed[], nothing: string): Promise<void> {
    const deed = from.pop();
    if (!deed) return toast(nothing, undefined, false, false);
    const { ok, answer } = await send(this.address, { op: deed.op });
    if (!ok) {
      from.push(deed);
      return toast(answer.error ?? words("failed"), undefined, true);
    }
    if (answer.location) return location.assign(answer.location); // it asks something first
    if (answer.op) to.push({ op: answer.op, text: deed.text });
    this.turns++;
    this.take(null, 0);
    await this.after(answer.focus);
    toast(answer.message ?? "");
  }
}

// The page's script: it runs the rows one after the other. What the block's own code checks is asked of the handler "run", step
// by step; what only a browser can see is checked in rows.ts. A form press replaces the view, so a run goes on where it stopped.
import { announce, call, onLive } from "@quoin/elements";
import { browserRows, framed, until } from "./rows.ts";
import type { Answer, Init, Row, Trial } from "./types.ts";

/** How long a step that has to wait for something is asked again, and how often. */
const patience = 25_000; // milliseconds
const pause = 400; // milliseconds

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The page's rows that this place can be asked. */
const applies = (row: Row): boolean => row.only !== "frame" && row.only !== "page" || row.only === (framed() ? "frame" : "page");

class AcidPage extends HTMLElement implements Trial {
  init!: Init;
  /** Verdicts and topics that were heard since the view came. */
  heard = { verdict: 0, topic: 0 };
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.init = window.quoin.of(this)?.init as Init;
    this.dataset.lively = "";
    this.#ends = [
      onLive("verdict", () => void this.heard.verdict++, { element: this }),
      onLive("acid" as "verdict", () => void this.heard.topic++, { element: this }),
    ];
    const button = this.querySelector<HTMLButtonElement>(".acid-run");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", (event) => {
        if (pressing) return;
        event.preventDefault();
        if (button.getAttribute("aria-disabled") !== "true") void this.#run(false);
      });
    }
    this.init.rows.forEach((row, n) => {
      const item = this.item(n);
      if (item) item.hidden = !applies(row);
    });
    this.#sum();
    if (Object.values(this.init.results).some((result) => result.press)) void this.#run(true);
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
  }

  item(n: number): HTMLElement | undefined {
    return this.querySelectorAll<HTMLElement>(".acid-row")[n];
  }

  ask<Reply = unknown>(handler: string, body: object): Promise<Reply> {
    return call<Reply>(handler, body as never, { element: this });
  }

  /** Runs every row that applies, or goes on with those that waited for the form. */
  async #run(resumed: boolean): Promise<void> {
    const button = this.querySelector<HTMLButtonElement>(".acid-run");
    button?.setAttribute("aria-disabled", "true");
    const todo = this.init.rows.filter((row) => applies(row) && row.by !== "form" && (!resumed || this.init.results[row.id]?.press));
    let press = "";
    for (const [n, row] of todo.entries()) {
      const progress = this.querySelector(".acid-progress");
      const title = this.item(this.init.rows.indexOf(row))?.querySelector(".acid-title")?.textContent ?? row.id;
      if (progress) progress.textContent = put(this.init.words["running"], n + 1, todo.length, title);
      const pressed = await this.#one(row, resumed);
      press ||= pressed;
      await sleep(60); // a frame may ask twenty times a second
    }
    const progress = this.querySelector(".acid-progress");
    if (progress) progress.textContent = "";
    button?.removeAttribute("aria-disabled");
    if (!resumed && (this.init.page === "acid" || press)) this.#press(press || "form");
    else announce(this.#sum());
  }

  async #one(row: Row, resumed: boolean): Promise<string> {
    const own = browserRows[row.id];
    try {
      if (!own) return await this.#steps(row, resumed ? this.init.results[row.id]?.step ?? 0 : 0);
      const [state, note] = await own(this);
      await this.ask("note", { row: row.id, state, note });
      this.show(row, state, note);
    } catch (error) {
      this.show(row, "red", String(error));
      await this.ask("note", { row: row.id, state: "red", note: String(error) }).catch(() => undefined);
    }
    return "";
  }

  /** Asks the block's own code step by step; gives the button that must be pressed before the next step. */
  async #steps(row: Row, first: number): Promise<string> {
    let said = "";
    let handler = "run";
    let since = Date.now();
    for (let step = first; ; ) {
      let answer: Answer;
      try {
        const late = Date.now() - since > patience;
        answer = await this.ask<Answer>(handler, { row: row.id, step, said, late, language: document.documentElement.lang, seen: this.init.seen });
        said = "";
      } catch (error) {
        if (said || step > 9) throw error;
        said = error instanceof Error ? error.message : String(error);
        [step, handler] = [step + 1, "run"];
        await sleep(60);
        continue;
      }
      if (answer.state) {
        this.show(row, answer.state, answer.note ?? "");
        return "";
      }
      if (answer.press) return answer.press;
      if (answer.times) await Promise.all(Array.from({ length: answer.times }, () => this.ask(answer.handler ?? "run", {})));
      if (!answer.again) since = Date.now();
      await sleep(answer.again ? pause : 60);
      handler = answer.again ? handler : answer.times ? "run" : answer.handler ?? "run";
      step = answer.step;
    }
  }

  /** Presses a button of the form; the view that comes after it goes on. */
  #press(name: string): void {
    const files = this.querySelector<HTMLInputElement>("input[type=file]");
    if (files) {
      const data = new DataTransfer();
      data.items.add(new File([this.init.file], "acid.txt", { type: "text/plain" }));
      files.files = data.files;
    }
    const button = this.querySelector<HTMLButtonElement>(`button[value="${name}"]`);
    pressing = true;
    button?.click();
    button?.click(); // twice, as people do: it must be done once
    pressing = false;
  }

  show(row: Row, state: string, note: string): void {
    this.init.results[row.id] = { state, note };
    const item = this.item(this.init.rows.indexOf(row));
    if (!item) return;
    item.className = `acid-row acid-${state}`;
    const [word, said] = [item.querySelector(".acid-state"), item.querySelector(".acid-note")];
    if (word) word.textContent = this.init.words[`state.${state}`] ?? state;
    if (said) said.textContent = note;
    this.#sum();
  }

  /** Counts the rows that apply here. */
  #sum(): string {
    const counts: Record<string, number> = { green: 0, red: 0, none: 0, waits: 0, idle: 0 };
    for (const row of this.init.rows.filter(applies)) {
      const state = this.init.results[row.id]?.state ?? "idle";
      counts[state in counts ? state : "idle"]!++;
    }
    const parts = Object.entries(counts).filter(([, n], at) => at < 3 || n > 0).map(([state, n]) => plural(this.init.words[`sum.${state}`] ?? "", n, this.init.language));
    const sum = this.querySelector(".acid-sum");
    if (sum && sum.textContent !== parts.join(" · ")) sum.textContent = parts.join(" · ");
    return parts.join(" · ");
  }
}

/** True while the script itself presses the form's button. */
let pressing = false;

function put(words: string | undefined, ...args: unknown[]): string {
  return (words ?? "").replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)]));
}

/** Chooses the words for a number as the catalogues write them: "one: ...|other: ...". */
function plural(words: string, n: number, language: string): string {
  const forms = new Map(words.split("|").map((part) => [part.slice(0, part.indexOf(":")).trim(), part.slice(part.indexOf(":") + 1).trim()]));
  return put(forms.get(new Intl.PluralRules(language || "en").select(n)) ?? forms.get("other"), n);
}

/** Where a notice leads: it tells the block that it did. */
class AcidNotice extends HTMLElement {
  connectedCallback(): void {
    const init = window.quoin.of(this)?.init as { tag: string; arrived: string };
    const say = (text: string) => {
      const place = this.querySelector(".acid-arrived");
      if (place) place.textContent = text;
    };
    call("arrived", { tag: init.tag }, { element: this }).then(() => say(init.arrived), (error: unknown) => say(String(error)));
  }
}

/** The package's app: it stores what it finds of its package's documents. */
class AcidApp extends HTMLElement {
  connectedCallback(): void {
    void until(() => customElements.get("quoin-hints") !== undefined).then((elements) => call("look", { elements }, { element: this }));
  }
}

for (const [name, element] of Object.entries({ "acid-page": AcidPage, "acid-notice": AcidNotice, "acid-app": AcidApp })) {
  if (!customElements.get(name)) customElements.define(name, element);
}

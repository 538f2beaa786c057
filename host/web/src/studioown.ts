// A block's own editor in the sheet, in a frame. It gets the fields of its block and gives its edits back; what it cannot do, the form
// can.

import { announce, words } from "./announce";
import type { Fields } from "./frameeditor";
import type { FromFrame } from "./framemessages";

const patience = 10_000; // ms until an editor that does not answer is given up
const finishing = 4000; // ms for what is under way in it

/** Sheet is what an editor needs of its sheet. */
export type Sheet = {
  /** values are the fields as they are now, with what is typed and not saved. */
  values(): Fields;
  edited(fields: Fields): void;
  leave(): void;
  failed(): void;
};

export class Own {
  private readonly frame: HTMLIFrameElement;
  private readonly panel: HTMLElement;
  private readonly waiting = new Map<number, () => void>();
  private calls = 0;
  private timer = 0;
  private connected = false;
  private state: "opening" | "ready" | "gone" = "opening";

  constructor(
    private readonly place: HTMLElement,
    private readonly names: string[],
    private readonly sheet: Sheet,
  ) {
    this.panel = place.querySelector<HTMLElement>("[data-own]")!;
    this.frame = this.panel.querySelector("iframe")!;
    this.frame.addEventListener("quoin-from-frame", (event) => this.hear((event as CustomEvent<FromFrame | { kind: "connected" }>).detail));
    let loaded = false;
    this.frame.addEventListener("load", () => {
      if (loaded) this.fail(words("own_failed")); // it went elsewhere
      loaded = true;
    });
    this.say(words("own_opening"));
    this.timer = window.setTimeout(() => this.fail(words("own_silent")), patience);
    this.frame.src = this.frame.dataset.src ?? "";
  }

  /** ready reports whether the editor works. */
  get ready(): boolean {
    return this.state === "ready";
  }

  private say(text: string): void {
    const place = this.panel.querySelector<HTMLElement>("[data-own-state]")!;
    place.textContent = text;
    place.hidden = text === "";
  }

  private hear(message: FromFrame | { kind: "connected" }): void {
    if (this.state === "gone") return;
    switch (message.kind) {
      case "connected":
        // Another document than the first in this frame is none that was asked for: it gets nothing.
        if (this.connected) return this.fail(words("own_failed"));
        this.connected = true;
        this.tell({ kind: "values", values: this.sheet.values() });
        return;
      case "editor":
        if (message.state === "failed") return this.fail(words("own_failed"));
        window.clearTimeout(this.timer);
        this.state = "ready";
        this.say("");
        return;
      case "edit":
        this.sheet.edited(Object.fromEntries(Object.entries(message.fields).filter(([name]) => this.names.includes(name))));
        return;
      case "finished":
        this.waiting.get(message.id)?.();
        this.waiting.delete(message.id);
        return;
      case "leave":
        this.sheet.leave();
    }
  }

  private tell(message: object): void {
    this.frame.dispatchEvent(new CustomEvent("quoin-to-frame", { detail: message }));
  }

  /** set shows other values than the editor's own: another author's, or what undo brought. */
  set(): void {
    if (this.state === "ready") this.tell({ kind: "values", values: this.sheet.values() });
  }

  /** changed tells what was changed in the form. */
  changed(fields: Fields): void {
    const mine = Object.fromEntries(Object.entries(fields).filter(([name]) => this.names.includes(name)));
    if (this.state === "ready" && Object.keys(mine).length > 0) this.tell({ kind: "changed", fields: mine, values: this.sheet.values() });
  }

  /** finish ends when what is typed in the editor has arrived here; false where it does not answer. */
  finish(): Promise<boolean> {
    if (this.state !== "ready") return Promise.resolve(true);
    const id = ++this.calls;
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => {
        this.waiting.delete(id);
        resolve(false);
      }, finishing);
      this.waiting.set(id, () => {
        window.clearTimeout(timer);
        resolve(true);
      });
      this.tell({ kind: "finish", id });
    });
  }

  private fail(why: string): void {
    if (this.state === "gone") return;
    this.end();
    const notice = this.place.querySelector<HTMLElement>("[data-own-failed]")!;
    notice.querySelector("p")!.textContent = why;
    notice.hidden = false;
    announce(why);
    this.sheet.failed();
  }

  /** end takes the frame away. */
  end(): void {
    window.clearTimeout(this.timer);
    this.state = "gone";
    for (const done of this.waiting.values()) done();
    this.waiting.clear();
    this.frame.remove();
  }
}

// What authors type, kept in this browser until the server has it: each field with the value that it was typed over, so that it can
// be merged whenever it arrives. It survives a closed tab, a lost network, a lost session and a server that dies, and belongs to the
// reader who typed it.

/** Typed is one field: what its inputs hold, or the value itself, and what it was typed over. */
export type Typed = { base: unknown; form?: Record<string, string[]>; value?: unknown; at: number };

/** Answer is what a save brings. */
export type Answer = {
  usage: string;
  version: number;
  op?: string;
  fields: Record<string, unknown>;
  /** sent are the values that arrived, conflicted the fields whose value is kept beside another author's. */
  sent: Record<string, unknown>;
  conflicted: string[];
  merged?: string[] | null;
  texts: Record<string, string>;
  conflicts: number;
  /** gone are the fields that the component does not have any more: a version of its block that has none of that name serves now. */
  gone?: string[] | null;
  at: string;
  error?: string;
  field?: string;
};

/** State says how it stands with what was typed. */
export type State = "saving" | "saved" | "offline" | "signed_out" | "other_reader" | "refused" | "gone";

/** Kept is what waits at a component; lost is what was typed into fields that it does not have any more. */
type Kept = { address: string; fields: Record<string, Typed>; lost?: Record<string, Typed> };

const prefix = "quoin-studio:";
const pause = 350;
const keeps = 60 * 24 * 3600 * 1000;

export class Saves {
  private readonly timers = new Map<string, number>();
  /** running are the sendings under way, one after the other for each component */
  private readonly running = new Map<string, Promise<void>>();
  private wait = 1000;
  private retry = 0;
  /** what a browser that keeps nothing still has */
  private readonly memory = new Map<string, Kept>();

  constructor(
    private readonly reader: string,
    private readonly told: (state: State, at: string) => void,
    private readonly saved: (answer: Answer, sent: Record<string, Typed>) => void,
    private readonly refused: (usage: string, answer: Answer) => void,
  ) {
    window.addEventListener("online", () => this.again());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") for (const usage of this.timers.keys()) void this.flush(usage);
    });
    window.addEventListener("pagehide", () => {
      for (const usage of this.timers.keys()) this.flushLast(usage);
    });
  }

  /** put keeps a field at once and sends it when its author pauses. */
  put(usage: string, address: string, field: string, typed: Omit<Typed, "at">): void {
    const kept = this.read(usage) ?? { address, fields: {} };
    const before = kept.fields[field];
    // What was typed over stays the same until the server has answered.
    // Each text is later than the one before, whatever the clock says: some browsers let it stand for a while. By that is known what of it
    // was sent.
    const at = Math.max(Date.now(), (before?.at ?? 0) + 1);
    kept.fields[field] = { ...typed, base: before && !this.running.has(usage) ? before.base : typed.base, at };
    this.write(usage, { ...kept, address });
    this.told("saving", "");
    window.clearTimeout(this.timers.get(usage));
    this.timers.set(usage, window.setTimeout(() => void this.flush(usage), pause));
  }

  /** pending is what was typed at a component and is not on the server. */
  pending(usage: string): Record<string, Typed> {
    return this.read(usage)?.fields ?? {};
  }

  /** drop forgets a field's text: its author decided otherwise. */
  drop(usage: string, field: string): void {
    const kept = this.read(usage);
    if (!kept) return;
    delete kept.fields[field];
    delete kept.lost?.[field];
    this.write(usage, kept);
  }

  /** lost is what was typed into fields that are gone. Those that are there again are saved as if they were typed now. */
  lost(usage: string, has: (field: string) => boolean): Record<string, Typed> {
    const kept = this.read(usage);
    const lost = kept?.lost ?? {};
    for (const [name, typed] of Object.entries(lost)) {
      if (!kept || !has(name)) continue;
      delete lost[name];
      this.write(usage, kept);
      if (!kept.fields[name]) this.put(usage, kept.address, name, typed);
    }
    return lost;
  }

  /** all sends everything that waits, and ends when it was tried. */
  async all(): Promise<void> {
    for (const usage of this.usages()) await this.flush(usage);
  }

  /** waits reports whether anything is not on the server. */
  waits(): boolean {
    return this.usages().some((usage) => Object.keys(this.pending(usage)).length > 0);
  }

  private usages(): string[] {
    const own = `${prefix}${this.reader}:`;
    const found = new Set(this.memory.keys());
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i) ?? "";
        if (key.startsWith(own)) found.add(key.slice(own.length));
      }
    } catch {
      // A browser that forbids storage keeps what this page holds.
    }
    return [...found];
  }

  private read(usage: string): Kept | null {
    try {
      const text = localStorage.getItem(`${prefix}${this.reader}:${usage}`);
      if (text) {
        const kept = JSON.parse(text) as Kept;
        for (const [name, typed] of Object.entries(kept.fields)) if (Date.now() - typed.at > keeps) delete kept.fields[name];
        return kept;
      }
    } catch {
      // As above; what is damaged is nothing.
    }
    return this.memory.get(usage) ?? null;
  }

  private write(usage: string, kept: Kept): void {
    const empty = Object.keys(kept.fields).length === 0 && Object.keys(kept.lost ?? {}).length === 0;
    try {
      const key = `${prefix}${this.reader}:${usage}`;
      if (empty) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(kept));
      this.memory.delete(usage);
    } catch {
      if (empty) this.memory.delete(usage);
      else this.memory.set(usage, kept);
    }
  }

  /** flush sends what waits at a component, one tab at a time, and ends when it was tried: what is on its way already comes before. */
  flush(usage: string): Promise<void> {
    window.clearTimeout(this.timers.get(usage));
    this.timers.delete(usage);
    const send = async () => {
      if (navigator.locks) await navigator.locks.request(`${prefix}${usage}`, () => this.send(usage));
      else await this.send(usage);
    };
    const before = this.running.get(usage);
    const sending: Promise<void> = (before ? before.then(send, send) : send()).finally(() => {
      if (this.running.get(usage) === sending) this.running.delete(usage);
    });
    this.running.set(usage, sending);
    return sending;
  }

  private request(kept: Kept, keepalive: boolean): Promise<Response> {
    const edits = Object.fromEntries(Object.entries(kept.fields).map(([name, { base, form, value }]) => [name, form ? { base, form } : { base, value }]));
    const body = JSON.stringify({ edits });
    return fetch(`${kept.address}/save`, {
      method: "POST", body, credentials: "same-origin", keepalive: keepalive && body.length < 60_000,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" },
    });
  }

  /** flushLast sends while the page goes; what does not arrive is sent by the next page. */
  private flushLast(usage: string): void {
    const kept = this.read(usage);
    if (kept && Object.keys(kept.fields).length > 0) this.request(kept, true).catch(() => null); // it stays kept
  }

  /** send sends what waits at a component. A field that is refused keeps no other from being saved: they go without it. */
  private async send(usage: string, refused: string[] = []): Promise<void> {
    const kept = this.read(usage);
    for (const name of refused) delete kept?.fields[name];
    if (!kept || Object.keys(kept.fields).length === 0) return;
    const response = await this.request(kept, false).catch(() => null);
    const answer = response ? ((await response.json().catch(() => null)) as Answer | null) : null;
    if (response?.ok && answer) {
      this.wait = 1000;
      this.arrived(usage, kept.fields, answer, refused);
      return;
    }
    if (response && (response.status === 401 || response.status === 403)) {
      this.told("signed_out", "");
      this.later();
      return;
    }
    if (response && response.status === 404) {
      this.told("gone", "");
      return;
    }
    if (response && response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status)) {
      this.told("refused", "");
      if (answer) this.refused(usage, answer);
      if (answer?.field && kept.fields[answer.field]) await this.send(usage, [...refused, answer.field]);
      return;
    }
    this.told("offline", "");
    this.later();
  }

  /** arrived forgets what the server has; what was typed meanwhile was typed over that. */
  private arrived(usage: string, sent: Record<string, Typed>, answer: Answer, refused: string[]): void {
    const now = this.read(usage);
    if (now) {
      for (const [name, typed] of Object.entries(sent)) {
        if (answer.gone?.includes(name)) {
          now.lost = { ...now.lost, [name]: now.fields[name] ?? typed };
          delete now.fields[name];
        } else if (now.fields[name]?.at === typed.at) delete now.fields[name];
        else if (now.fields[name]) now.fields[name].base = answer.sent[name] ?? null; // what its author saw
      }
      this.write(usage, now);
      if (Object.keys(now.fields).some((name) => !refused.includes(name))) this.timers.set(usage, window.setTimeout(() => void this.flush(usage), pause));
    }
    this.saved(answer, sent);
    this.told(refused.length > 0 ? "refused" : this.waits() ? "saving" : "saved", answer.at);
  }

  private later(): void {
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.again(), this.wait);
    this.wait = Math.min(2 * this.wait, 30_000);
  }

  /** again tries at once: the network or the session is back. */
  again(): void {
    this.wait = 1000;
    void this.all();
  }
}

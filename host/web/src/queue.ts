// What blocks send and must not get lost: kept in this browser until it arrived, in order, each with the id under which the
// server does it once. It belongs to the reader who sent it: another one who signs in on this browser sends none of it.

import type { Sent } from "@quoin/elements";

type Entry = { id: string; reader: string; address: string; handler: string; body: string; sitting: string; view?: string; at: number };
type Waiter = { resolve(reply: unknown): void; reject(error: Error): void; told(state: Sent): void };

/** Delivered is told of an entry that nobody on this page waits for: it was sent before a reload. */
type Delivered = (address: string) => void;

const key = "quoin-queue";
const most = 200; // entries
const largest = 256 << 10; // characters of a body
const keeps = 30 * 24 * 3600 * 1000;
const waiters = new Map<string, Waiter>();
let pause = 1000;
let timer = 0;
let delivered: Delivered = () => {};

function reader(): string {
  return document.body.dataset.reader ?? "";
}

function all(): Entry[] {
  try {
    const entries = JSON.parse(localStorage.getItem(key) ?? "[]") as Entry[];
    return entries.filter((e) => Date.now() - e.at < keeps);
  } catch {
    return [];
  }
}

function store(entries: Entry[]): void {
  if (entries.length > 0) localStorage.setItem(key, JSON.stringify(entries));
  else localStorage.removeItem(key);
}

/** enqueue keeps what a block sends and delivers it. The promise ends with the reply. */
export function enqueue(entry: Omit<Entry, "reader" | "at">, told: (state: Sent) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const entries = all();
    if (entry.body.length > largest || entries.length >= most) return reject(new Error("too much is waiting to be sent"));
    waiters.set(entry.id, { resolve, reject, told });
    try {
      store([...entries, { ...entry, reader: reader(), at: Date.now() }]);
    } catch {
      waiters.delete(entry.id);
      return reject(new Error("this browser keeps nothing more"));
    }
    told("sending");
    void deliver();
  });
}

let delivering = false;
let again = false;

/** deliver sends what waits, one tab at a time. */
async function deliver(): Promise<void> {
  if (delivering) {
    again = true;
    return;
  }
  delivering = true;
  window.clearTimeout(timer);
  try {
    do {
      again = false;
      if (navigator.locks) await navigator.locks.request("quoin-queue", drain);
      else await drain();
    } while (again);
  } finally {
    delivering = false;
  }
}

async function drain(): Promise<void> {
  for (;;) {
    const entry = all().find((e) => e.reader === reader());
    if (!entry || document.body.dataset.token === undefined) return;
    const response = await attempt(entry).catch(() => null);
    if (!response || response.status >= 500 || response.status === 429 || response.status === 401) {
      later();
      return;
    }
    pause = 1000;
    store(all().filter((e) => e.id !== entry.id));
    const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    const waiter = waiters.get(entry.id);
    waiters.delete(entry.id);
    waiter?.told("sent");
    if (!waiter) delivered(entry.address);
    else if (response.ok) waiter.resolve(answer);
    else waiter.reject(new Error((answer as { error?: string } | null)?.error ?? response.statusText));
  }
}

function attempt(entry: Entry): Promise<Response> {
  return fetch(entry.address + encodeURIComponent(entry.handler), {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-Quoin-Token": document.body.dataset.token ?? "",
      "X-Quoin-Request": entry.id,
      "X-Quoin-Sitting": entry.sitting,
      "X-Quoin-View": entry.view ?? "",
    },
    body: entry.body,
  });
}

/** later says that things are kept here and tries again, each time a little later. */
function later(): void {
  for (const waiter of waiters.values()) waiter.told("kept");
  timer = window.setTimeout(() => void deliver(), pause);
  pause = Math.min(2 * pause, 60_000);
}

/** serveQueue delivers what was left from before, and whatever waits when the network is back. */
export function serveQueue(told: Delivered): void {
  delivered = told;
  window.addEventListener("online", () => {
    pause = 1000;
    void deliver();
  });
  // Another tab may have delivered what this one waits for: it knows no reply then.
  window.addEventListener("storage", (event) => {
    if (event.key !== key) return;
    const left = new Set(all().map((e) => e.id));
    for (const [id, waiter] of waiters) {
      if (left.has(id)) continue;
      waiters.delete(id);
      waiter.told("sent");
      waiter.resolve(null);
    }
  });
  if (all().length > 0) void deliver();
}

// What a block's own script may ask of the platform. It is the same on a page, where the block is part of the binary, and in a
// sandboxed frame, where it goes through one message port. A script can reach the handlers of its own block and nothing else.

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** How something sent fares: on its way, kept here until the network is back, arrived. */
export type Sent = "sending" | "kept" | "sent";

/** What the platform gives to one block. */
export interface Platform {
  /** The block's key on a page, "" in a frame. */
  readonly usage: string;
  /** What the view gave as its init. */
  readonly init: unknown;
  call(handler: string, body: unknown): Promise<unknown>;
  send(handler: string, body: unknown, told?: (state: Sent) => void): Promise<unknown>;
  live(topic: string, listener: (id: string) => void): () => void;
}

declare global {
  interface Window {
    readonly quoin: { of(element: Element): Platform | null };
  }
}

/** platform finds what serves the block that an element stands in; a frame holds one block alone, so there it may be left out. */
export function platform(element: Element = document.documentElement): Platform {
  const found = window.quoin?.of(element);
  if (!found) throw new Error("this element stands in no block that has handlers");
  return found;
}

/** Options of calls. On a page, element says which block is meant. */
export interface At {
  element?: Element;
}

/**
 * call posts JSON to a handler of the block and gives the JSON of its reply. It throws with the platform's words when the
 * handler refuses, when too much is asked at once, or when the network is away: nothing is kept then, see send.
 */
export async function call<Reply = unknown>(handler: string, body: Json = null, at: At = {}): Promise<Reply> {
  return (await platform(at.element).call(handler, body)) as Reply;
}

/**
 * send is call for what must not get lost: without a network it is kept in this browser, in order, and sent again with the same
 * request id when the network is back, after a reload too, so that the handler does it exactly once. The promise ends when the
 * reply came, and fails when the handler refuses. told hears how it fares.
 */
export async function send<Reply = unknown>(
  handler: string,
  body: Json = null,
  at: At & { told?: (state: Sent) => void } = {},
): Promise<Reply> {
  return (await platform(at.element).send(handler, body, at.told)) as Reply;
}

/** Something shown, with the way to change it. */
export interface Shown<State> {
  get(): State;
  set(state: State): void;
}

/**
 * optimistic shows what a change will bring before it is confirmed: it sets the state at once, runs the change, and puts the
 * state before back when that fails, then throws on. If something else was shown meanwhile, that stays.
 */
export async function optimistic<State, Reply>(shown: Shown<State>, next: State, change: () => Promise<Reply>): Promise<Reply> {
  const before = shown.get();
  shown.set(next);
  try {
    return await change();
  } catch (error) {
    if (Object.is(shown.get(), next)) shown.set(before);
    throw error;
  }
}

/**
 * onLive calls the listener when the platform hears of news for this block: "verdict" when an answer was graded, and any topic
 * that the block publishes, to whom it is for. News carry an id at most: ask a handler for what is there now. They may come twice,
 * late, or not at all while the network is away. It returns how to stop.
 */
export function onLive(topic: string, listener: (id: string) => void, at: At = {}): () => void {
  return platform(at.element).live(topic, listener);
}

let place: HTMLElement | null = null;

/** announce tells screen readers what changed, politely and once. What takes the focus is read anyway: don't announce it. */
export function announce(text: string): void {
  if (!text) return;
  place ??= document.getElementById("announcer");
  if (!place?.isConnected) {
    place = document.createElement("div");
    place.id = "announcer";
    place.className = "visually-hidden";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const at = place;
  at.textContent = "";
  window.setTimeout(() => (at.textContent = text), 50);
}

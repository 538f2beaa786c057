// What a built-in block's own script may ask of the page: to call its handlers, to send what must not get lost, to hear of news.
// Blocks in frames have the same through one message port, see frames.ts.

import type { Platform, Sent } from "@quoin/elements";
import { newId } from "./post";
import { enqueue } from "./queue";

/** runtimeFor finds the block that an element belongs to. */
export function runtimeFor(element: Element): Platform | null {
  const block = element.closest<HTMLElement>("[data-usage]");
  const address = block?.dataset.handlers;
  if (!block || !address) return null;
  const holder = block.querySelector("script[data-init]");
  return {
    usage: block.dataset.usage ?? "",
    init: holder ? JSON.parse(holder.textContent ?? "null") : null,
    call: (handler, body) => call(block, handler, body),
    send: (handler, body, told) => send(block, handler, body, told),
    live: (topic, listener) => listen(block, topic, listener),
  };
}

/**
 * own reports whether an address is that of a block of this page's course, or of an app of the site: a section that something
 * else put into the page can name no other. The site's first page shows apps of all courses.
 */
export function own(address: string): boolean {
  const url = new URL(address, location.href);
  const course = (path: string) => decodeURIComponent(/^(?:\/studio)?\/courses\/([^/]+)/.exec(path)?.[1] ?? "");
  return (
    url.origin === location.origin &&
    url.hash === "" &&
    /^((\/courses\/[^/]+|\/studio\/courses\/[^/]+\/units\/[^/]+\/as\/[^/]+)\/blocks\/[^/]+|\/apps\/[^/]+)\/(view(\/.*)?|handlers\/)$|^\/studio\/courses\/[^/]+\/components\/[^/]+\/editor\/handlers\/$/.test(url.pathname) &&
    (course(url.pathname) === "" || location.pathname === "/" || course(url.pathname) === course(location.pathname))
  );
}

/** addressOf is where a block's handlers are; it throws for what is none of this course. */
function addressOf(block: HTMLElement, handler: string): string {
  const address = block.dataset.handlers ?? "";
  if (!own(address) || /^\.*$/.test(handler)) throw new Error("not a handler of this course");
  return address;
}

function sittingOf(block: HTMLElement): string {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  const sitting = form?.elements.namedItem("sitting");
  return sitting instanceof HTMLInputElement ? sitting.value : "";
}

/** viewOf is the view that a block's form stands for: calls from it carry the rights of that view, see actsAs of the host. */
function viewOf(block: HTMLElement): string {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  return (form && new URL(form.action).searchParams.get("view")) ?? "";
}

/** call posts JSON to a handler of a block. */
export async function call(block: HTMLElement, handler: string, body: unknown): Promise<unknown> {
  const response = await fetch(addressOf(block, handler) + encodeURIComponent(handler), {
    method: "POST",
    credentials: "same-origin",
    keepalive: JSON.stringify(body ?? null).length < 60_000, // what browsers let go on after the page is left
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-Quoin-Token": document.body.dataset.token ?? "",
      "X-Quoin-Request": newId(),
      "X-Quoin-Sitting": sittingOf(block),
      "X-Quoin-View": viewOf(block),
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Error((answer as { error?: string } | null)?.error ?? response.statusText);
  return answer;
}

/** send is call for what must not get lost. */
export async function send(block: HTMLElement, handler: string, body: unknown, told: (state: Sent) => void = () => {}): Promise<unknown> {
  const entry = { id: newId(), address: addressOf(block, handler), handler, body: JSON.stringify(body ?? null), sitting: sittingOf(block), view: viewOf(block) };
  return enqueue(entry, told);
}

type Listener = { block: HTMLElement; topic: string; listener: (id: string) => void };

const listeners = new Set<Listener>();

/** listen tells a block of its own news of a topic, which a script then asks for by itself. */
export function listen(block: HTMLElement, topic: string, listener: (id: string) => void): () => void {
  const one = { block, topic, listener };
  listeners.add(one);
  return () => void listeners.delete(one);
}

/** news tells the listeners of a block and topic; false when there are none, so that the page has to show the block anew. */
export function news(block: HTMLElement, topic: string, id: string): boolean {
  const mine = [...listeners].filter((one) => one.block === block && one.topic === topic);
  for (const { listener } of mine) listener(id);
  return mine.length > 0;
}

// What a built-in block's own script may ask of the page: to call its handlers. Blocks in frames have the same through one
// message port, see frames.ts.

import { newId } from "./learner";

export type Runtime = {
  usage: string;
  /** call sends JSON to a handler and gives its JSON reply; it throws with the server's words when refused. */
  call(handler: string, body: unknown): Promise<unknown>;
  init: unknown;
};

/** runtimeFor finds the block that an element belongs to. */
export function runtimeFor(element: Element): Runtime | null {
  const block = element.closest<HTMLElement>("[data-usage]");
  const address = block?.dataset.handlers;
  if (!block || !address) return null;
  const holder = block.querySelector("script[data-init]");
  return {
    usage: block.dataset.usage ?? "",
    init: holder ? JSON.parse(holder.textContent ?? "null") : null,
    call: (handler, body) => call(block, address, handler, body),
  };
}

/**
 * own reports whether an address is that of a block of this page's course, or of an app of the site: a section that something
 * else put into the page can name no other. The site's first page shows apps of all courses.
 */
export function own(address: string): boolean {
  const url = new URL(address, location.href);
  const course = (path: string) => (path.startsWith("/courses/") ? decodeURIComponent(path.split("/")[2] ?? "") : "");
  return (
    url.origin === location.origin &&
    url.hash === "" &&
    /^(\/courses\/[^/]+\/blocks\/[^/]+|\/apps\/[^/]+)\/(view(\/.*)?|handlers\/)$/.test(url.pathname) &&
    (course(url.pathname) === "" || location.pathname === "/" || course(url.pathname) === course(location.pathname))
  );
}

/** call posts JSON to a handler of a block. */
export async function call(block: HTMLElement, address: string, handler: string, body: unknown): Promise<unknown> {
  if (!own(address) || /^\.*$/.test(handler)) throw new Error("not a handler of this course");
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  const sitting = form?.elements.namedItem("sitting");
  const response = await fetch(address + encodeURIComponent(handler), {
    method: "POST",
    credentials: "same-origin",
    keepalive: true,
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-Quoin-Token": document.body.dataset.token ?? "",
      "X-Quoin-Request": newId(),
      "X-Quoin-Sitting": sitting instanceof HTMLInputElement ? sitting.value : "",
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Error((answer as { error?: string } | null)?.error ?? response.statusText);
  return answer;
}

// Runs inside a sandboxed frame: asks for its port, tells its height, sends its controls when a button of theirs is pressed.

import { copyFormulas, reachFormulas } from "./formulas";

let port: MessagePort | null = null;
const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
let calls = 0;

function tellHeight(): void {
  port?.postMessage({ kind: "height", height: document.documentElement.getBoundingClientRect().height });
}

window.addEventListener("message", (event) => {
  if (event.data !== "quoin-port" || event.source !== window.parent || !event.ports[0]) return;
  port = event.ports[0];
  port.onmessage = (message: MessageEvent<{ kind: string; id: number; answer?: unknown; error?: string }>) => {
    const call = waiting.get(message.data.id);
    waiting.delete(message.data.id);
    if (message.data.error !== undefined) call?.reject(new Error(message.data.error));
    else call?.resolve(message.data.answer);
  };
  for (const message of early.splice(0)) port.postMessage(message);
  tellHeight();
  new ResizeObserver(tellHeight).observe(document.documentElement);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.hasAttribute("data-block-form")) return;
  event.preventDefault();
  const button = event.submitter as HTMLButtonElement | null;
  const fields: [string, string][] = [];
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.push([name, value]);
  port?.postMessage({ kind: "form", handler: button?.value ?? "", fields });
});

// A sandboxed document that follows a link takes no cookie along: the page leads this frame to its block's other views.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  const [base] = location.pathname.split("/frame");
  if (!link || event.defaultPrevented || event.button !== 0 || link.target === "_blank") return;
  const url = new URL(link.href, location.href);
  if (url.origin !== new URL(location.href).origin || !url.pathname.startsWith(`${base}/frame/`)) return;
  event.preventDefault();
  port?.postMessage({ kind: "go", href: url.href });
});

// What was asked before the port came is sent when it does.
const early: unknown[] = [];

function call(handler: string, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    waiting.set(++calls, { resolve, reject });
    const message = { kind: "call", id: calls, handler, body };
    if (port) port.postMessage(message);
    else early.push(message);
  });
}

const holder = document.querySelector("script[data-init]");
const init: unknown = holder ? JSON.parse(holder.textContent ?? "null") : null;

// The same as on a page (runtime.ts), where a block's script finds its block by an element; a frame holds one block alone.
const runtime = Object.freeze({ usage: "", init, call });
Object.defineProperty(window, "quoin", { value: Object.freeze({ of: () => runtime, call }) });

copyFormulas();
reachFormulas();
window.parent.postMessage("quoin-frame", "*");

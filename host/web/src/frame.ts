// Runs inside a sandboxed frame: asks for its port, tells its height, sends its controls when a button of theirs is pressed, and
// gives the block's script what it may ask of the page.

import type { Platform, Sent } from "@quoin/elements";
import { type FromStudio, serveEditor } from "./frameeditor";
import { copyFormulas, reachFormulas } from "./formulas";
import { tellForm } from "./post";

type FromPage =
  | { kind: "answer"; id: number; answer?: unknown; error?: string }
  | { kind: "state"; id: number; state: Sent }
  | { kind: "form"; state: string; done?: number; total?: number }
  | { kind: "look"; theme: string; language: string; direction: string; tokens: Record<string, string> }
  | { kind: "live"; topic: string; id: string }
  | { kind: "answered" }
  | FromStudio;

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void; told?: (state: Sent) => void };

let port: MessagePort | null = null;
const waiting = new Map<number, Waiting>();
const listeners = new Set<{ topic: string; listener: (id: string) => void }>();
let calls = 0;

// What was asked before the port came is sent when it does.
const early: unknown[] = [];

function say(message: unknown): void {
  if (port) port.postMessage(message);
  else early.push(message);
}

// The same document may have to ask twice: by this word the page knows that it is one.
const myself = `quoin-frame ${crypto.getRandomValues(new Uint32Array(2)).join("")}`;

function askForPort(): void {
  window.parent.postMessage(myself, "*");
}

let told = 0;

/** tellHeight adds the height of a scrollbar below what is too wide: without it the last lines, where the buttons are, are cut off. */
function tellHeight(): void {
  const root = document.documentElement;
  const height = root.getBoundingClientRect().height + window.innerHeight - root.clientHeight;
  if (height !== told) port?.postMessage({ kind: "height", height: (told = height) });
}

window.addEventListener("message", (event) => {
  // The page's script may come after this one, which it did not hear then: it asks.
  if (event.data === "quoin-hello" && event.source === window.parent && !port) askForPort();
  if (event.data !== "quoin-port" || event.source !== window.parent || !event.ports[0]) return;
  port = event.ports[0];
  port.onmessage = (message: MessageEvent<FromPage>) => hear(message.data);
  for (const message of early.splice(0)) port.postMessage(message);
  tellHeight();
  new ResizeObserver(tellHeight).observe(document.documentElement);
  window.addEventListener("resize", tellHeight); // a scrollbar that comes or goes changes no element's height
});

function hear(message: FromPage): void {
  switch (message.kind) {
    case "answer": {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) call?.reject(new Error(message.error));
      else call?.resolve(message.answer);
      return;
    }
    case "state":
      waiting.get(message.id)?.told?.(message.state);
      return;
    case "form":
      tellForm(document.documentElement, message.state, message);
      return;
    case "live":
      for (const l of listeners) if (l.topic === message.topic) l.listener(message.id);
      return;
    case "look":
      follow(message);
      return;
    case "answered":
      showResult();
      return;
    default:
      editor?.(message);
  }
}

/** follow looks as the page looks. */
function follow(look: FromPage & { kind: "look" }): void {
  const root = document.documentElement;
  if (look.theme) root.dataset.theme = look.theme;
  else delete root.dataset.theme;
  root.lang = look.language;
  root.dir = look.direction;
  for (const [name, value] of Object.entries(look.tokens)) root.style.setProperty(name, value);
}

/** showResult takes the focus to what came of the form, once. */
function showResult(): void {
  const result = document.querySelector<HTMLElement>("quoin-feedback, [data-result]");
  if (!result) return;
  result.tabIndex = -1;
  result.focus();
}

// A frame may send no form, so that no author's form leads out of it. A sandbox without that right tells of no submit either, so
// the press of the button is what is taken; a key that sends a form presses its first button.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button, input[type=submit]") : null;
  const form = button?.form;
  if (!button || button.type !== "submit" || event.defaultPrevented || !form?.hasAttribute("data-block-form")) return;
  event.preventDefault();
  if (!button.formNoValidate && !form.reportValidity()) return;
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string" || value.size > 0);
  say({ kind: "form", handler: button.value, fields });
});

document.addEventListener("quoin-stop", () => say({ kind: "stop" }));

// A sandboxed document that follows a link takes no cookie along: the page leads this frame to its block's other views.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  const [base] = location.pathname.split("/frame");
  if (!link || event.defaultPrevented || event.button !== 0 || link.target === "_blank") return;
  const url = new URL(link.href, location.href);
  if (url.origin !== new URL(location.href).origin || !url.pathname.startsWith(`${base}/frame/`)) return;
  event.preventDefault();
  say({ kind: "go", href: url.href });
});

function ask(kind: "call" | "send", handler: string, body: unknown, told?: (state: Sent) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    waiting.set(++calls, { resolve, reject, told });
    say({ kind, id: calls, handler, body });
  });
}

function live(topic: string, listener: (id: string) => void): () => void {
  const one = { topic, listener };
  listeners.add(one);
  say({ kind: "live", topic });
  return () => void listeners.delete(one);
}

const holder = document.querySelector("script[data-init]");
const init: unknown = holder ? JSON.parse(holder.textContent ?? "null") : null;

// The same as on a page (runtime.ts), where a block's script finds its block by an element; a frame holds one block alone.
const runtime: Platform = Object.freeze<Platform>({
  usage: "", init,
  call: (handler, body) => ask("call", handler, body),
  send: (handler, body, told) => ask("send", handler, body, told),
  live,
});
Object.defineProperty(window, "quoin", { value: Object.freeze({ of: () => runtime, call: runtime.call, send: runtime.send }) });

const editor = document.body.hasAttribute("data-editor") ? serveEditor(say) : null;

copyFormulas();
reachFormulas();
askForPort();

// Whoever was faster than this script pressed a button that led nowhere: the document's first script kept it (frame.html).
(window as { quoinPressed?: HTMLElement }).quoinPressed?.click();

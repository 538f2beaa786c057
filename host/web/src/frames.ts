// Sandboxed frames: each document gets one message port, dead when it navigates. Through it a frame can say how high it is,
// send its form, call its handlers and go to another view of its block; the page adds block, sitting and caller. It can reach nothing else.

import { announce, words } from "./announce";
import { refresh, newId, note } from "./learner";
import { call } from "./runtime";

type FromFrame =
  | { kind: "height"; height: number }
  | { kind: "form"; handler: string; fields: [string, string][] }
  | { kind: "go"; href: string }
  | { kind: "call"; id: number; handler: string; body: unknown };

const highest = 20000;

/** serveFrames connects every frame of the page, and those that come later. */
export function serveFrames(): void {
  window.addEventListener("message", (event) => {
    if (event.data !== "quoin-frame") return;
    const frame = Array.from(document.querySelectorAll<HTMLIFrameElement>("iframe[data-frame]")).find(
      (f) => f.contentWindow === event.source,
    );
    if (frame) connect(frame);
  });
}

const ports = new WeakMap<HTMLIFrameElement, MessagePort>();

function connect(frame: HTMLIFrameElement): void {
  ports.get(frame)?.close();
  const channel = new MessageChannel();
  ports.set(frame, channel.port1);
  channel.port1.onmessage = (event: MessageEvent<FromFrame>) => void serve(frame, channel.port1, event.data);
  frame.contentWindow?.postMessage("quoin-port", "*", [channel.port2]);
}

async function serve(frame: HTMLIFrameElement, port: MessagePort, message: FromFrame): Promise<void> {
  const block = frame.closest<HTMLElement>("[data-usage]");
  if (!block || typeof message !== "object" || message === null) return;
  switch (message.kind) {
    case "height":
      if (Number.isFinite(message.height)) {
        frame.style.blockSize = `${Math.min(Math.max(Math.ceil(message.height), 40), highest)}px`;
      }
      return;
    case "form":
      await sendForm(block, frame, message);
      return;
    case "go":
      go(frame, String(message.href));
      return;
    case "call":
      try {
        const answer = await call(block, block.dataset.handlers ?? "", String(message.handler), message.body);
        port.postMessage({ kind: "answer", id: message.id, answer });
      } catch (error) {
        port.postMessage({ kind: "answer", id: message.id, error: error instanceof Error ? error.message : String(error) });
      }
  }
}

/** go shows another view of the frame's own block: a sandboxed document that goes there by itself is signed in to nothing. */
function go(frame: HTMLIFrameElement, href: string): void {
  const url = new URL(href, location.href);
  const [base] = new URL(frame.src).pathname.split("/frame");
  if (url.origin === location.origin && base && url.pathname.startsWith(`${base}/frame/`)) frame.src = url.href;
}

async function sendForm(
  block: HTMLElement,
  frame: HTMLIFrameElement,
  message: { handler: string; fields: [string, string][] },
): Promise<void> {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  if (!form) return;
  const body = new FormData(form);
  for (const [name, value] of message.fields) {
    if (!["token", "request", "sitting", "handler"].includes(name)) body.append(name, value);
  }
  body.set("handler", message.handler);
  const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  const id = form.elements.namedItem("request");
  if (id instanceof HTMLInputElement) id.value = newId();
  const answer = (await response.json().catch(() => ({}))) as { message?: string; error?: string };
  if (!response.ok) {
    note(block, answer.error ?? words("failed"), "bad");
    return;
  }
  note(block, "", "");
  // An app's frame may have gone to another view than the page began with.
  if (form.action.includes("?view=")) frame.contentWindow?.location.replace(frame.src);
  else await refresh(block);
  announce(answer.message ?? "");
}

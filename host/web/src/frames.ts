// Sandboxed frames: each document gets one message port, dead when it navigates. Through it a frame can say how high it is,
// send its form and call its handlers; the page adds block, sitting and caller. It can reach nothing else.

import { refresh, newId } from "./learner";
import { call } from "./runtime";

type FromFrame =
  | { kind: "height"; height: number }
  | { kind: "form"; handler: string; fields: [string, string][] }
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
      await sendForm(block, message);
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

async function sendForm(block: HTMLElement, message: { handler: string; fields: [string, string][] }): Promise<void> {
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
  if (response.ok) await refresh(block);
}

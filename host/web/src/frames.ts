// Sandboxed frames: each document gets one message port, dead when it navigates. Through it a frame can say how high it is,
// send its form, call its handlers, hear of its news and go to another view of its block; the page adds block, sitting and
// caller, and tells how it looks. It can reach nothing else.

import { announce, words } from "./announce";
import { type FromFrame, Rate, read } from "./framemessages";
import { newId, post, Stopped } from "./post";
import { call, listen, send } from "./runtime";
import { note, refresh, reveal } from "./views";

const highest = 20000;
const lowest = 40;

/** mostTopics is how many topics one document hears of. */
const mostTopics = 20;

/** Line is what leads to one document in a frame. */
type Line = { word: string; port: MessagePort; asks: Rate; heights: Rate; edits: Rate; topics: Set<string>; ends: (() => void)[] };

const lines = new Map<HTMLIFrameElement, Line>();

/** The blocks whose form was just sent: their next document says what came of it. */
const answered = new WeakSet<HTMLElement>();

/** serveFrames connects every frame of the page, and those that come later. */
export function serveFrames(): void {
  window.addEventListener("message", (event) => {
    if (typeof event.data !== "string" || !/^quoin-frame \d{1,30}$/.test(event.data)) return;
    const frame = Array.from(document.querySelectorAll<HTMLIFrameElement>("iframe[data-frame]")).find(
      (f) => f.contentWindow === event.source,
    );
    if (frame && lines.get(frame)?.word !== event.data) connect(frame, event.data);
  });
  for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe[data-frame]")) frame.contentWindow?.postMessage("quoin-hello", "*");
  new MutationObserver(() => {
    for (const line of lines.values()) line.port.postMessage(look());
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "lang", "dir", "style"] });
}

function connect(frame: HTMLIFrameElement, word: string): void {
  for (const [other] of lines) if (other === frame || !other.isConnected) hangUp(other);
  const block = frame.closest<HTMLElement>("[data-usage]");
  if (!block) return;
  const channel = new MessageChannel();
  const line: Line = { word, port: channel.port1, asks: new Rate(60, 20), heights: new Rate(120, 60), edits: new Rate(100, 40), topics: new Set(), ends: [] };
  lines.set(frame, line);
  line.port.onmessage = (event: MessageEvent<unknown>) => {
    const message = read(event.data);
    if (message) void serve(frame, block, line, message);
    else refuse(line, event.data);
  };
  frame.contentWindow?.postMessage("quoin-port", "*", [channel.port2]);
  line.port.postMessage(look());
  if (frame.hasAttribute("data-editor")) connectEditor(frame, line);
  if (answered.delete(block)) {
    frame.focus();
    line.port.postMessage({ kind: "answered" });
  }
}

/** connectEditor joins an author's editor to what serves it on the page, by events of the frame's element. */
function connectEditor(frame: HTMLIFrameElement, line: Line): void {
  const pass = (event: Event) => line.port.postMessage((event as CustomEvent<object>).detail);
  frame.addEventListener("quoin-to-frame", pass);
  line.ends.push(() => frame.removeEventListener("quoin-to-frame", pass));
  frame.dispatchEvent(new CustomEvent("quoin-from-frame", { detail: { kind: "connected" } }));
}

/** refuse answers a question that is none of a frame's, so that nobody waits for it for ever. */
function refuse(line: Line, message: unknown): void {
  const { kind, id } = (typeof message === "object" && message !== null ? message : {}) as { kind?: unknown; id?: unknown };
  if ((kind === "call" || kind === "send") && Number.isSafeInteger(id)) line.port.postMessage({ kind: "answer", id, error: words("failed") });
}

function hangUp(frame: HTMLIFrameElement): void {
  const line = lines.get(frame);
  lines.delete(frame);
  line?.port.close();
  for (const end of line?.ends ?? []) end();
}

const tokens = ["--accent", "--accent-strong", "--on-accent", "--accent-soft", "--radius"];

/** look is how the page looks: a frame follows it. */
function look(): { kind: "look"; theme: string; language: string; direction: string; tokens: Record<string, string> } {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  return {
    kind: "look", theme: root.dataset.theme ?? "", language: root.lang, direction: root.dir,
    tokens: Object.fromEntries(tokens.map((name) => [name, style.getPropertyValue(name).trim()])),
  };
}

async function serve(frame: HTMLIFrameElement, block: HTMLElement, line: Line, message: FromFrame): Promise<void> {
  if (message.kind === "height") {
    if (line.heights.take()) frame.style.blockSize = `${Math.min(Math.max(Math.ceil(message.height), lowest), highest)}px`;
    return;
  }
  if (message.kind === "edit" || message.kind === "editor" || message.kind === "finished" || message.kind === "leave") {
    // One that floods the page is given up, and its author is told.
    const detail: FromFrame = line.edits.take() ? message : { kind: "editor", state: "failed" };
    if (frame.hasAttribute("data-editor")) frame.dispatchEvent(new CustomEvent("quoin-from-frame", { detail }));
    return;
  }
  if (!line.asks.take()) {
    if ("id" in message) line.port.postMessage({ kind: "answer", id: message.id, error: words("too_fast") });
    return;
  }
  switch (message.kind) {
    case "form":
      await sendForm(block, frame, line, message);
      return;
    case "stop":
      block.dispatchEvent(new CustomEvent("quoin-stop"));
      return;
    case "go":
      go(frame, message.href);
      return;
    case "live":
      if (!line.topics.has(message.topic) && line.topics.size < mostTopics) hearFor(block, line, message.topic);
      return;
    case "call":
    case "send":
      await ask(block, line, message);
  }
}

/** hearFor passes news of the block's own topic on to its frame. */
function hearFor(block: HTMLElement, line: Line, topic: string): void {
  line.topics.add(topic);
  line.ends.push(listen(block, topic, (id) => line.port.postMessage({ kind: "live", topic, id })));
}

async function ask(block: HTMLElement, line: Line, message: FromFrame & { kind: "call" | "send" }): Promise<void> {
  const { id, handler, body } = message;
  try {
    const told = (state: string) => line.port.postMessage({ kind: "state", id, state });
    const answer = message.kind === "call" ? await call(block, handler, body) : await send(block, handler, body, told);
    line.port.postMessage({ kind: "answer", id, answer });
  } catch (error) {
    line.port.postMessage({ kind: "answer", id, error: error instanceof Error ? error.message : String(error) });
  }
}

/** go shows another view of the frame's own block: a sandboxed document that goes there by itself is signed in to nothing. */
function go(frame: HTMLIFrameElement, href: string): void {
  const url = new URL(href, location.href);
  const [base] = new URL(frame.src).pathname.split("/frame");
  if (url.origin === location.origin && base && url.pathname.startsWith(`${base}/frame/`)) frame.src = url.href;
}

/** follow leads on to where an answer sends its reader: within the frame where that is another view of its block. */
function follow(frame: HTMLIFrameElement, href: string): void {
  const [base] = new URL(frame.src).pathname.split("/frame");
  const url = new URL(href, location.href);
  if (url.origin === location.origin && url.pathname.startsWith(`${base}/view/`)) go(frame, url.href.replace("/view/", "/frame/"));
  else if (url.origin === location.origin) location.assign(url.href);
}

async function sendForm(block: HTMLElement, frame: HTMLIFrameElement, line: Line, message: FromFrame & { kind: "form" }): Promise<void> {
  const form = block.querySelector<HTMLFormElement>("form[data-block-form]");
  if (!form || block.getAttribute("aria-busy") === "true") return;
  const body = new FormData(form);
  for (const [name, value] of message.fields) {
    if (!["token", "request", "sitting", "handler"].includes(name)) body.append(name, value);
  }
  body.set("handler", message.handler);
  const tell = (state: string, more: object = {}) => line.port.postMessage({ kind: "form", state, ...more });
  block.setAttribute("aria-busy", "true");
  tell("sending");
  try {
    const { ok, answer } = await post(block, form.action, body, (done, total) => tell("progress", { done, total }));
    if (!ok) {
      note(block, answer.error ?? words("failed"), "bad");
      tell("failed");
      return;
    }
    note(block, "", "");
    tell("sent");
    block.removeAttribute("aria-busy");
    if (answer.location || answer.answer !== undefined) {
      if (answer.location) follow(frame, answer.location);
      else reveal(block, answer.answer ?? ""); // below the frame, whose view stays
      announce(answer.message ?? "");
      return;
    }
    answered.add(block);
    // An app's frame may have gone to another view than the page began with.
    if (form.action.includes("?view=")) frame.contentWindow?.location.replace(frame.src);
    else await refresh(block);
    announce(answer.message ?? "");
  } catch (error) {
    const stopped = error instanceof Stopped;
    if (!stopped) note(block, words("offline_frame"), "warn");
    tell(stopped ? "stopped" : "offline");
  } finally {
    block.removeAttribute("aria-busy");
    const id = form.elements.namedItem("request");
    if (id instanceof HTMLInputElement && id.isConnected) id.value = newId();
  }
}

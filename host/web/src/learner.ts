// What makes the learner's pages lively. Every form here works without it.

import { announce, words } from "./announce";
import { offerDemo } from "./demo";
import { forgetDraft, hasDraft, keepDrafts } from "./drafts";
import { copyFormulas, reachFormulas } from "./formulas";
import { serveFrames } from "./frames";
import { gap, watch } from "./live";
import { keepFresh } from "./operator";
import { type Answer, post, Stopped, tellForm } from "./post";
import { serveQueue } from "./queue";
import { news, own, runtimeFor } from "./runtime";
import { keepBookmarks } from "./bookmark";
import { serveShortcuts } from "./shortcuts";
import { trackCompletion } from "./completion";
import { followProgress } from "./progress";
import { countDown } from "./countdown";
import { localTimes } from "./times";

Object.defineProperty(window, "quoin", { value: Object.freeze({ of: runtimeFor }) });

/** newId makes a request id: 128 random bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function blockOf(form: HTMLFormElement): HTMLElement | null {
  return form.closest<HTMLElement>("[data-usage]");
}

/** submitForm sends a block's form by script and puts the new view in its place. */
async function submitForm(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  const block = form instanceof HTMLFormElement && form.hasAttribute("data-block-form") ? blockOf(form) : null;
  if (!block) return;
  event.preventDefault();
  if (block.getAttribute("aria-busy") === "true") return;
  const button = event.submitter as HTMLButtonElement | null;
  const body = new FormData(form, button);
  block.setAttribute("aria-busy", "true");
  note(block, words("sending"), "");
  tellForm(block, "sending");
  try {
    const { ok, answer } = await post(block, form.action, body);
    if (!ok) {
      note(block, answer.error ?? words("failed"), "bad");
      tellForm(block, "failed");
      return;
    }
    tellForm(block, "sent");
    forgetDraft(block);
    if (answer.location) {
      location.assign(answer.location);
      return;
    }
    if (answer.html !== undefined) replace(block, answer.html, button);
    if (answer.answer !== undefined) reveal(block, answer.answer);
    announce(answer.message ?? "");
  } catch (error) {
    const stopped = error instanceof Stopped;
    note(block, stopped ? "" : words("offline"), "warn");
    tellForm(block, stopped ? "stopped" : "offline");
  } finally {
    block.removeAttribute("aria-busy");
    const id = form.elements.namedItem("request");
    if (id instanceof HTMLInputElement) id.value = newId();
  }
}

/** replace puts a block's fresh view in place and gives the focus back to where the learner was. */
export function replace(block: HTMLElement, html: string, button?: HTMLButtonElement | null): void {
  const active = document.activeElement;
  const focused = button ?? (active instanceof HTMLElement && block.contains(active) ? active : null);
  const key = focused ? [focused.id, focused.getAttribute("name"), focused.getAttribute("value")] : null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector<HTMLElement>("[data-usage]");
  if (!fresh) return;
  block.replaceChildren(...fresh.childNodes);
  block.removeAttribute("data-waiting");
  for (const attribute of fresh.attributes) block.setAttribute(attribute.name, attribute.value);
  localTimes(block);
  const result = block.querySelector<HTMLElement>("[data-result]");
  if (result && focused) {
    result.tabIndex = -1;
    result.focus({ preventScroll: true });
    result.scrollIntoView({ block: "nearest" });
    return;
  }
  if (!key) return;
  const [id, name, value] = key;
  const again =
    (id && block.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"]`)) ||
    (name && block.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"][value="${CSS.escape(value ?? "")}"]`));
  if (again) again.focus();
}

/** reveal shows the answer below its question and goes there. */
export function reveal(block: HTMLElement, html: string): void {
  for (const shown of block.querySelectorAll("[data-answer]")) shown.remove();
  const template = document.createElement("template");
  template.innerHTML = html;
  block.append(template.content);
  block.querySelector<HTMLElement>("[data-answer]")?.focus();
}

/**
 * refresh asks for a block's view again. Whoever is elsewhere on the page hears of the result and keeps the focus. Where it is news
 * from elsewhere that a script of the block listens for, the script is told and its view stays.
 */
export async function refresh(block: HTMLElement, told: { topic: string; id: string } | null = null): Promise<void> {
  if (told && !block.hasAttribute("data-waiting") && news(block, told.topic, told.id)) return;
  const address = block.dataset.view;
  const frame = block.querySelector<HTMLIFrameElement>("iframe[data-frame]");
  if (!address && frame) frame.contentWindow?.location.replace(frame.src); // an app's panel is its frame
  if (!address || !own(address) || block.getAttribute("aria-busy") === "true") return;
  const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok) return;
  const answer = (await response.json()) as Answer;
  if (answer.html === undefined || block.getAttribute("aria-busy") === "true") return;
  if (block.hasAttribute("data-waiting") && unchanged(block, answer.html)) return;
  if (told && news(block, told.topic, told.id)) {
    block.removeAttribute("data-waiting");
    return;
  }
  const here = block.contains(document.activeElement);
  replace(block, answer.html);
  if (!here) announce(block.querySelector("[data-result]")?.textContent ?? "");
}

const verdict = { topic: "verdict", id: "" };

/** unchanged reports whether a fresh view of a waiting block still waits: putting it in place would only move the focus. */
function unchanged(block: HTMLElement, html: string): boolean {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("[data-usage]")?.hasAttribute("data-waiting") ?? !block.isConnected;
}

const pollEvery = 5000;

/** poll asks for the blocks whose answer is being graded, for the case that no stream tells of the verdict. */
function poll(): void {
  window.setInterval(() => {
    if (document.hidden) return;
    for (const block of document.querySelectorAll<HTMLElement>("[data-waiting]")) void refresh(block, verdict);
  }, pollEvery);
}

/** note says below a block how its form fared; "" takes what was said away. */
export function note(block: HTMLElement, text: string, kind: string): void {
  let place = block.querySelector<HTMLElement>("[data-note]");
  if (text === "") {
    place?.remove();
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.dataset.note = "";
    place.setAttribute("role", "status");
    block.append(place);
  }
  place.className = kind ? `notice ${kind}` : "saved";
  place.textContent = text;
}

document.addEventListener("submit", (event) => void submitForm(event));
keepDrafts();
serveFrames();
copyFormulas();
reachFormulas();
trackCompletion();
followProgress();
keepBookmarks();
serveShortcuts();
countDown();
offerDemo();
keepFresh();
localTimes(document);
watch((news) => {
  const { usage } = news;
  const waiting = usage === gap;
  const which = waiting ? "[data-waiting]" : `[data-usage="${CSS.escape(usage)}"]`;
  for (const block of document.querySelectorAll<HTMLElement>(which)) {
    if (waiting || block.hasAttribute("data-waiting") || !hasDraft(block)) void refresh(block, waiting ? verdict : news);
  }
});
poll();
serveQueue((address) => {
  for (const block of document.querySelectorAll<HTMLElement>("[data-usage]")) {
    if (block.dataset.handlers === address && !hasDraft(block)) void refresh(block);
  }
  announce(words("queue_sent"));
});

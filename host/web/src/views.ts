// The view of a block on a learner's page: put in place, asked for again, and what is said below it.

import { announce } from "./announce";
import type { Answer } from "./post";
import { news, own } from "./runtime";
import { localTimes } from "./times";

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

/** unchanged reports whether a fresh view of a waiting block still waits: putting it in place would only move the focus. */
function unchanged(block: HTMLElement, html: string): boolean {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("[data-usage]")?.hasAttribute("data-waiting") ?? !block.isConnected;
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

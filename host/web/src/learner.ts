// What makes the learner's pages lively. Every form here works without it.

import { announce, words } from "./announce";
import { offerDemo } from "./demo";
import { forgetDraft, hasDraft, keepDrafts } from "./drafts";
import { copyFormulas, reachFormulas } from "./formulas";
import { serveFrames } from "./frames";
import { gap, watch } from "./live";
import { keepFresh } from "./operator";
import { newId, post, Stopped, tellForm } from "./post";
import { serveQueue } from "./queue";
import { runtimeFor } from "./runtime";
import { keepBookmarks } from "./bookmark";
import { serveShortcuts } from "./shortcuts";
import { trackCompletion } from "./completion";
import { followProgress } from "./progress";
import { countDown } from "./countdown";
import { localTimes } from "./times";
import { note, refresh, replace, reveal } from "./views";

Object.defineProperty(window, "quoin", { value: Object.freeze({ of: runtimeFor }) });

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

const verdict = { topic: "verdict", id: "" };

const pollEvery = 5000;

/** poll asks for the blocks whose answer is being graded, for the case that no stream tells of the verdict. */
function poll(): void {
  window.setInterval(() => {
    if (document.hidden) return;
    for (const block of document.querySelectorAll<HTMLElement>("[data-waiting]")) void refresh(block, verdict);
  }, pollEvery);
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

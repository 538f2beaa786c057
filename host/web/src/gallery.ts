// The gallery's forms go nowhere: the page plays the server, so that each element shows what it does meanwhile.

import { tellForm } from "./post";

const takes = 700; // milliseconds, about what a server takes

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-gallery")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void play(form, event.submitter);
}, { capture: true });

async function play(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const block = form.closest<HTMLElement>("[data-usage]");
  if (!block) return;
  const values = [...new FormData(form, submitter)];
  tellForm(block, "sending");
  const files = values.flatMap(([, value]) => (value instanceof File && value.size > 0 ? [value.size] : []));
  if (files.length > 0) {
    const total = files.reduce((sum, size) => sum + size, 0);
    for (let part = 1; part <= 10; part++) {
      if (!(await wait(block, 3 * takes / 10))) return tellForm(block, "stopped");
      tellForm(block, "progress", { done: (part * total) / 10, total });
    }
  } else await wait(block, takes);
  tellForm(block, "sent");
  const output = block.querySelector("output");
  if (!output) return;
  output.hidden = false;
  output.textContent = [output.dataset.sent, ...values.map(([name, value]) => `${name}=${value instanceof File ? value.name : value}`)].join("\n");
}

/** wait is false when the reader stopped it. */
function wait(block: HTMLElement, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(() => resolve(true), milliseconds);
    block.addEventListener("quoin-stop", () => (window.clearTimeout(timer), resolve(false)), { once: true });
  });
}

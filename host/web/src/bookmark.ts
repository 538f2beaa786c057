// The button that marks a page for later. Its form works without scripts; here it stays on the page.

import { announce, words } from "./announce";

/** keepBookmarks sends the bookmark's form by script and turns its button over. */
export function keepBookmarks(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-bookmark]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(form);
    });
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!button || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    const answer = (await response.json()) as { marked?: boolean; message?: string; error?: string };
    if (!response.ok) {
      announce(answer.error ?? words("failed"));
      return;
    }
    show(button, answer.marked === true);
    announce(answer.message ?? "");
  } catch {
    announce(words("offline"));
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function show(button: HTMLButtonElement, marked: boolean): void {
  button.value = marked ? "remove" : "add";
  button.setAttribute("aria-pressed", String(marked));
  const label = button.querySelector("span");
  if (label) label.textContent = (marked ? button.dataset.marked : button.dataset.unmarked) ?? "";
  document.querySelector(".sequence a[aria-current]")?.classList.toggle("marked", marked);
}

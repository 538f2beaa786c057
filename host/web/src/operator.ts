// The operator's page asks for itself again, and puts in place what changed. What holds the focus or a selection stays.

import { localTimes } from "./times";

const every = 10_000;

/** keepFresh refreshes the page's live parts until it is told to pause. */
export function keepFresh(): void {
  const live = document.querySelector<HTMLElement>("[data-live]");
  const address = live?.dataset.live;
  if (!live || !address) return;
  const toggle = live.querySelector<HTMLButtonElement>("[data-live-toggle]");
  const running = () => toggle?.getAttribute("aria-pressed") === "true";
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => toggle.setAttribute("aria-pressed", String(!running())));
  }
  window.setInterval(() => {
    if (running() && !document.hidden) void refreshParts(live, address);
  }, every);
}

async function refreshParts(live: HTMLElement, address: string): Promise<void> {
  const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok) return; // the time above the page tells that it is old
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of live.querySelectorAll<HTMLElement>("[data-live-part]")) {
    const next = fresh.getElementById(part.id);
    const selection = window.getSelection();
    const busy = part.contains(document.activeElement) || (selection && !selection.isCollapsed && part.contains(selection.anchorNode));
    if (!next || busy) continue;
    for (const open of part.querySelectorAll<HTMLDetailsElement>("details[open][id]")) {
      const again = fresh.getElementById(open.id);
      again?.setAttribute("open", "");
    }
    const scrolled = part.querySelector(".scroll")?.scrollLeft ?? 0;
    part.replaceChildren(...next.childNodes);
    localTimes(part);
    part.querySelector(".scroll")?.scrollTo({ left: scrolled });
  }
}

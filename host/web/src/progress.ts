// Pages that wait for long work: the bar moves, and the page is loaded again when the work is done. Without scripts one loads it
// oneself.

type Progress = { percent: number; text: string; works: boolean };

const pause = 1000;

async function follow(element: HTMLElement, address: string): Promise<void> {
  const bar = element.querySelector("progress");
  const text = element.querySelector("[data-progress-text]");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden) continue;
    let progress: Progress;
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) return; // signed out: loading the page says so
      progress = (await response.json()) as Progress;
    } catch {
      continue; // offline for a moment
    }
    if (!progress.works) {
      location.reload();
      return;
    }
    if (bar) bar.value = progress.percent;
    if (text) text.textContent = progress.text;
  }
}

/** followProgress follows every piece of long work that the page names. */
export function followProgress(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-progress]")) void follow(element, element.dataset.progress!);
}

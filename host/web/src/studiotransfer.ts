// <quoin-transfer data-state>: asks how far a transfer is, and shows the page anew when it needs a person again.

import { announce } from "./announce";

/** every is how often it asks, in milliseconds. */
const every = 1500;

class Transfer extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.timer = window.setTimeout(() => void this.ask(), every);
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    try {
      const response = await fetch(this.dataset.state!, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.ok) {
        const now = (await response.json()) as { works: boolean; text: string; done: number; total: number };
        if (!now.works) {
          window.location.reload();
          return;
        }
        this.show(now);
      }
    } catch {
      // The network is away: the next question finds out.
    }
    this.timer = window.setTimeout(() => void this.ask(), every);
  }

  private show(now: { text: string; done: number; total: number }): void {
    const said = this.querySelector("[data-said]")!;
    if (said.textContent !== now.text) {
      said.textContent = now.text;
      announce(now.text);
    }
    const bar = this.querySelector("progress")!;
    if (now.total > 0) {
      bar.max = now.total;
      bar.value = now.done;
    } else bar.removeAttribute("value");
  }
}

customElements.define("quoin-transfer", Transfer);

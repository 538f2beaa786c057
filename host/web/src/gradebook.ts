// The gradebook: of thousands of rows only those in view are in the page, and more are fetched while one scrolls. It stays a
// plain table, with the true number of its rows told to screen readers. Sorting, filtering and folding are links: the address
// holds what is shown. Without this script the rows come in pages.

import { announce, words } from "./announce";

type Rows = { loading?: boolean; first: number; total: number; html?: string; old?: string };

const chunk = 25; // rows in one answer, the page size of the server
const spare = 15; // rows kept ready on either side of what is in view
const keptChunks = 120;
const pollEvery = 2000;

class Gradebook extends HTMLElement {
  private total = 0;
  private shown = { from: 0, to: 0 };
  private chunks = new Map<number, HTMLTableRowElement[]>();
  private asked = new Set<number>();
  private height = 48;
  private box: HTMLElement | null = null;
  private body: HTMLTableSectionElement | null = null;
  private top = gap();
  private bottom = gap();
  private frame = 0;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    this.querySelector("[data-book-retry]")?.addEventListener("click", () => this.retry(), { signal: this.stop.signal });
    if (this.hasAttribute("data-loading")) {
      void this.waitForTable();
      return;
    }
    this.box = this.querySelector<HTMLElement>("[data-book]");
    this.body = this.box?.querySelector("tbody") ?? null;
    this.total = Number(this.dataset.total);
    if (!this.box || !this.body) return;
    this.keepPlace(this.box);
    this.virtualise(this.box, this.body);
    if (this.hasAttribute("data-old")) this.poll();
  }

  disconnectedCallback(): void {
    this.stop.abort();
    cancelAnimationFrame(this.frame);
  }

  /** virtualise takes the page's rows over, and lets the others come as they are looked at. */
  private virtualise(box: HTMLElement, body: HTMLTableSectionElement): void {
    const first = Number(this.dataset.first);
    const rows = [...body.rows];
    if (this.total <= rows.length) return;
    this.chunks.set(first / chunk, rows);
    this.height = rows[0]?.getBoundingClientRect().height || this.height;
    this.shown = { from: first, to: first + rows.length };
    body.prepend(this.top);
    body.append(this.bottom);
    this.space();
    const pages = this.querySelector<HTMLElement>("[data-book-pages]");
    if (pages) pages.hidden = true;
    if (first > 0) box.scrollTop = first * this.height;
    box.addEventListener("scroll", () => this.soon(), { passive: true, signal: this.stop.signal });
    window.addEventListener("resize", () => this.soon(), { signal: this.stop.signal });
  }

  private soon(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private space(): void {
    this.top.style.blockSize = `${this.shown.from * this.height}px`;
    this.bottom.style.blockSize = `${Math.max(0, this.total - this.shown.to) * this.height}px`;
    this.top.hidden = this.shown.from === 0;
    this.bottom.hidden = this.shown.to >= this.total;
  }

  private view(): { from: number; to: number } {
    const box = this.box!;
    const from = Math.floor(box.scrollTop / this.height);
    const rows = Math.ceil(box.clientHeight / this.height);
    return { from: Math.max(0, from), to: Math.min(this.total, from + rows) };
  }

  /** draw puts the rows of the view and some around it into the page, unless they are there. */
  private draw(force = false): void {
    const body = this.body;
    if (!body || !this.box) return;
    const view = this.view();
    const enough = view.from >= this.shown.from && view.to <= this.shown.to && this.whole(view.from, view.to);
    if (enough && !force) return;
    const from = Math.max(0, view.from - spare);
    const to = Math.min(this.total, view.to + spare);
    const rows: Node[] = [];
    for (let place = from; place < to; place++) {
      const at = Math.floor(place / chunk);
      const row = this.chunks.get(at)?.[place % chunk];
      rows.push(row ?? waiting(place));
      if (!this.chunks.has(at)) void this.fetchChunk(at);
    }
    const focused = document.activeElement;
    const link = focused instanceof HTMLAnchorElement && body.contains(focused) ? focused.getAttribute("href") : null;
    this.shown = { from, to };
    const place = this.box.scrollTop;
    body.replaceChildren(this.top, ...rows, this.bottom);
    this.space();
    // Chromium now and then lays the table out without its gaps in between, and moves to where it then ended.
    if (this.box.scrollTop !== place) this.box.scrollTop = place;
    if (!link) return;
    const again = body.querySelector<HTMLElement>(`a[href="${CSS.escape(link)}"]`);
    (again ?? this.box).focus({ preventScroll: true });
  }

  private whole(from: number, to: number): boolean {
    for (let at = Math.floor(from / chunk); at * chunk < to; at++) if (!this.chunks.has(at)) return false;
    return true;
  }

  private async ask(first: number): Promise<Rows> {
    const address = new URL(this.dataset.rows ?? "", location.href);
    address.searchParams.set("at", String(first));
    const response = await fetch(address, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: this.stop.signal,
    });
    if (!response.ok) throw new Error(response.statusText);
    return (await response.json()) as Rows;
  }

  private async fetchChunk(at: number): Promise<void> {
    if (this.asked.has(at)) return;
    this.asked.add(at);
    try {
      let answer = await this.ask(at * chunk);
      while (answer.loading) answer = await this.ask(at * chunk); // the server answers when it has read the table, or after a while
      this.take(at, answer);
      this.fail(false);
      this.draw(true);
    } catch {
      this.fail(true);
    } finally {
      this.asked.delete(at);
    }
  }

  private take(at: number, answer: Rows): void {
    const holder = document.createElement("tbody");
    const template = document.createElement("template");
    template.innerHTML = `<table><tbody>${answer.html ?? ""}</tbody></table>`;
    holder.append(...(template.content.querySelector("tbody")?.rows ?? []));
    this.chunks.set(at, [...holder.rows]);
    if (this.chunks.size > keptChunks) {
      const view = this.view();
      for (const other of this.chunks.keys()) {
        const near = (other + 1) * chunk >= view.from - chunk && other * chunk <= view.to + chunk;
        if (!near) {
          this.chunks.delete(other);
          break;
        }
      }
    }
    if (answer.total !== this.total) {
      this.total = answer.total;
      this.box?.querySelector("table")?.setAttribute("aria-rowcount", String(answer.total + 2));
    }
  }

  private fail(failed: boolean): void {
    const notice = this.querySelector<HTMLElement>("[data-book-error]");
    if (notice) notice.hidden = !failed;
  }

  private retry(): void {
    this.fail(false);
    if (this.hasAttribute("data-loading")) void this.waitForTable();
    else this.draw(true);
  }

  /** waitForTable loads the page again once the gradebook has been read. */
  private async waitForTable(): Promise<void> {
    try {
      while ((await this.ask(0)).loading);
      location.reload();
    } catch {
      if (!this.stop.signal.aborted) this.fail(true);
    }
  }

  /** poll shows grades that are being added up again as they come. */
  private poll(): void {
    const timer = window.setInterval(async () => {
      if (document.hidden || !this.box) return;
      const virtual = this.top.isConnected;
      const from = Math.floor((virtual ? this.shown.from : Number(this.dataset.first)) / chunk);
      const to = virtual ? Math.ceil(this.shown.to / chunk) : from + 1;
      const places = Array.from({ length: Math.max(1, to - from) }, (_, i) => from + i);
      const answers = await Promise.all(places.map((at) => this.ask(at * chunk).catch(() => null)));
      const answer = answers[0];
      if (!answer || answers.some((a) => !a || a.loading)) return;
      this.chunks.clear();
      answers.forEach((a, i) => this.take(places[i]!, a!));
      if (virtual) this.draw(true);
      else if (!this.body?.contains(document.activeElement)) this.body?.replaceChildren(...(this.chunks.get(from) ?? []));
      const notice = this.querySelector<HTMLElement>("[data-book-old]");
      const text = this.querySelector<HTMLElement>("[data-book-old-text]");
      if (text && answer.old) text.textContent = answer.old;
      if (answer.old) return;
      window.clearInterval(timer);
      if (notice) notice.hidden = true;
      announce(words("grades_done"));
    }, pollEvery);
    this.stop.signal.addEventListener("abort", () => window.clearInterval(timer));
  }

  /** keepPlace brings one back to the column whose head was pressed. */
  private keepPlace(box: HTMLElement): void {
    const name = "gradebook " + location.pathname;
    box.querySelector("thead")?.addEventListener("click", (event) => {
      const link = (event.target as Element).closest("a");
      if (link) sessionStorage.setItem(name, JSON.stringify({ left: box.scrollLeft, id: link.id }));
    });
    const kept = sessionStorage.getItem(name);
    if (!kept) return;
    sessionStorage.removeItem(name);
    const place = JSON.parse(kept) as { left: number; id: string };
    box.scrollLeft = place.left;
    box.querySelector<HTMLElement>(`#${CSS.escape(place.id)}`)?.focus({ preventScroll: true });
  }
}

/** gap keeps the room of rows that are not in the page. */
function gap(): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.className = "gap";
  row.setAttribute("aria-hidden", "true");
  row.hidden = true;
  return row;
}

/** waiting stands for a row that is on its way. */
function waiting(place: number): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.className = "wait";
  row.setAttribute("aria-rowindex", String(place + 3));
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = words("loading_row");
  row.append(head);
  return row;
}

customElements.define("quoin-gradebook", Gradebook);

// <quoin-drop>: a form for files that takes them by drag, many at once, each with its own progress and its own second try. Without
// scripts the form inside does the same, all files together.

import { announce, words } from "./announce";
import { localTimes } from "./times";

type One = { file: File; row: HTMLLIElement; bar: HTMLProgressElement; said: HTMLSpanElement; retry: HTMLButtonElement };

/** atOnce is how many files travel at the same time. */
const atOnce = 2;

class Drop extends HTMLElement {
  private waiting: One[] = [];
  private running = 0;
  private failed = 0;
  private sent = 0;

  connectedCallback(): void {
    const input = this.input;
    if (!input) return;
    this.form!.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(input.files);
      input.value = "";
    });
    for (const kind of ["dragenter", "dragover"]) this.addEventListener(kind, (event) => this.hover(event as DragEvent, true));
    for (const kind of ["dragleave", "drop"]) this.addEventListener(kind, (event) => this.hover(event as DragEvent, false));
    this.addEventListener("drop", (event) => this.take((event as DragEvent).dataTransfer?.files ?? null));
    window.addEventListener("beforeunload", (event) => {
      if (this.running > 0) event.preventDefault();
    });
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('input[type="file"]');
  }

  private hover(event: DragEvent, over: boolean): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.toggle("over", over);
  }

  private take(files: FileList | null): void {
    const chosen = [...(files ?? [])].slice(0, this.input?.multiple ? 1000 : 1);
    if (chosen.length === 0) return;
    const list = this.querySelector<HTMLUListElement>(".drop-list")!;
    list.hidden = false;
    for (const file of chosen) {
      const one = this.row(file);
      list.append(one.row);
      this.waiting.push(one);
    }
    this.next();
  }

  private row(file: File): One {
    const row = document.createElement("li");
    const name = document.createElement("bdi");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    const retry = document.createElement("button");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    said.className = "small";
    said.textContent = words("files_waiting");
    retry.className = "button";
    retry.type = "button";
    retry.hidden = true;
    retry.textContent = words("files_retry_short");
    retry.setAttribute("aria-label", words("files_retry").replace("{0}", file.name));
    row.append(name, bar, said, retry);
    const one = { file, row, bar, said, retry };
    retry.addEventListener("click", () => {
      retry.hidden = true;
      this.failed--;
      said.className = "small";
      said.textContent = words("files_waiting");
      this.waiting.push(one);
      this.next();
    });
    return one;
  }

  private next(): void {
    while (this.running < atOnce && this.waiting.length > 0) {
      this.running++;
      this.send(this.waiting.shift()!);
    }
  }

  private send(one: One): void {
    const body = new FormData();
    for (const [name, value] of new FormData(this.form!)) if (!(value instanceof File)) body.append(name, value);
    body.append(this.input!.name, one.file);
    const request = new XMLHttpRequest();
    request.open("POST", this.form!.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) one.bar.value = event.loaded / event.total;
    });
    request.addEventListener("error", () => this.ended(one, words("files_offline")));
    request.addEventListener("load", () => {
      let answer: { error?: string; message?: string; location?: string } = {};
      try {
        answer = JSON.parse(request.responseText) as typeof answer;
      } catch {
        // An answer that is no JSON says nothing; its status does.
      }
      if (request.status < 200 || request.status > 299) this.ended(one, answer.error ?? answer.message ?? words("files_failed"));
      else if (answer.location) {
        this.running--; // the page goes on by itself: nothing is left behind
        window.location.assign(answer.location);
      }
      else this.ended(one, "");
    });
    request.send(body);
  }

  private ended(one: One, wrong: string): void {
    this.running--;
    one.said.textContent = wrong || words("files_done");
    one.said.className = wrong ? "small status bad" : "small status good";
    one.retry.hidden = !wrong;
    if (wrong) {
      this.failed++;
      announce(`${one.file.name}: ${wrong}`);
    } else {
      this.sent++;
      one.bar.value = 1;
    }
    this.next();
    if (this.running > 0 || this.waiting.length > 0 || this.sent === 0) return;
    announce(words("files_all_done"));
    void this.again();
  }

  /** again shows what is there now, or offers to. */
  private async again(): Promise<void> {
    if (await this.renew()) return this.querySelector("[data-again]")?.remove();
    if (this.querySelector("[data-again]")) return;
    const link = document.createElement("a");
    link.className = "button primary";
    link.href = window.location.pathname;
    link.dataset.again = "";
    link.textContent = words("files_show");
    this.querySelector(".drop-list")!.after(link);
  }

  /** renew puts what the page would show now into its places for it. */
  private async renew(): Promise<boolean> {
    const places = document.querySelectorAll("[data-dropped]");
    try {
      const response = await fetch(window.location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelectorAll("[data-dropped]");
      if (!response.ok || fresh.length === 0 || fresh.length !== places.length) return false;
      places.forEach((place, n) => place.replaceWith(document.adoptNode(fresh[n]!)));
    } catch {
      return false; // the network is away
    }
    for (const place of document.querySelectorAll("[data-dropped]")) localTimes(place);
    return true;
  }
}

customElements.define("quoin-drop", Drop);

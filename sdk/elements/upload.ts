// Files that are handed in: dropped or chosen, looked over in words before they travel, with what is left of the way.

import { blockOf, button, Enhancing, make } from "./element.ts";
import { announce } from "./runtime.ts";
import { word } from "./words.ts";

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** <quoin-upload [max-size] [max-files]> around a label and a file input; max-size is in bytes, what is taken is the input's accept. */
export class Upload extends Enhancing {
  private readonly list = make("ul", "el-files");
  private readonly wrong = make("p", "error");
  private readonly way = make("div", "el-way");
  private readonly bar = make("progress");
  private readonly left = make("span", "small");
  private readonly stop = button("button", word("upload_cancel"), () => this.cancel());
  private readonly again = button("button", word("upload_retry"), () => this.retry());
  private submitter: HTMLElement | null = null;
  private began = 0;

  private get field(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[type=file]");
  }

  protected enhance(): void {
    const field = this.field;
    if (!field) return;
    const zone = field.closest<HTMLElement>(".field") ?? this;
    zone.classList.add("el-zone");
    this.bar.setAttribute("aria-label", zone.querySelector("label")?.textContent ?? "");
    this.wrong.setAttribute("role", "alert");
    this.way.hidden = this.again.hidden = true;
    this.way.append(this.bar, this.left, this.stop);
    zone.append(make("p", "help", word("upload_drop")), this.wrong, this.list, this.way, this.again);
    field.addEventListener("change", () => this.take([...(field.files ?? [])]));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("el-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("el-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("el-over");
      if (field.disabled) return;
      const dropped = [...(event.dataTransfer?.files ?? [])];
      this.take(field.multiple ? [...(field.files ?? []), ...dropped] : dropped.slice(0, 1));
    });
  }

  protected override listen(): void {
    const block = blockOf(this);
    const signal = this.gone.signal;
    document.addEventListener("quoin-form", (event) => {
      if (event.target !== block && event.target !== document) return;
      const { state, done, total } = (event as CustomEvent<{ state: string; done?: number; total?: number }>).detail;
      if (state === "progress") this.progress(done ?? 0, total ?? 0);
      else this.settle(state);
    }, { signal });
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button") : null;
      if (button?.type === "submit" && button.form && button.form === this.field?.form) this.submitter = button;
    }, { signal, capture: true });
  }

  /** Keeps of the files what may be handed in, and says of the others why not. */
  private take(files: File[]): void {
    const field = this.field;
    if (!field) return;
    const most = this.number("max-size");
    const many = this.number("max-files");
    const why: string[] = [];
    const good = files.filter((file) => {
      if (file.size > most) why.push(word("upload_large", file.name, mb(file.size), mb(most)));
      else if (!accepted(file, field.accept)) why.push(word("upload_kind", file.name, field.accept));
      else return true;
      return false;
    });
    if (good.length > many) why.push(word("upload_many", many));
    this.put(Number.isNaN(many) ? good : good.slice(0, many));
    this.wrong.textContent = why.join(" ");
    if (why.length === 0 && good.length > 0) announce(good.map((f) => word("upload_added", f.name)).join(" "));
  }

  private put(files: File[]): void {
    const field = this.field;
    if (!field) return;
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    field.files = transfer.files;
    this.list.replaceChildren(...files.map((file) => {
      const item = make("li");
      const remove = button("button", "✕", () => {
        this.put([...(field.files ?? [])].filter((f) => f !== file));
        announce(word("upload_removed", file.name));
        field.focus();
      });
      remove.setAttribute("aria-label", word("upload_remove", file.name));
      item.append(Object.assign(make("bdi"), { textContent: file.name }), make("span", "small soft", `${mb(file.size)} MB`), remove);
      return item;
    }));
  }

  private progress(done: number, total: number): void {
    if (this.way.hidden) this.began = performance.now();
    this.way.hidden = false;
    this.bar.max = total || 1;
    this.bar.value = done;
    const speed = done / Math.max(1, performance.now() - this.began);
    this.left.textContent = word("upload_progress", mb(done), mb(total), speed > 0 ? Math.ceil((total - done) / speed / 1000) : "…");
  }

  private settle(state: string): void {
    this.way.hidden = true;
    this.again.hidden = !(state === "failed" || state === "offline" || state === "stopped") || !this.field?.files?.length;
    if (state === "stopped") this.wrong.textContent = word("upload_stopped");
    else if (state === "sending") this.wrong.textContent = "";
  }

  private cancel(): void {
    blockOf(this).dispatchEvent(new CustomEvent("quoin-stop", { bubbles: true }));
  }

  private retry(): void {
    this.again.hidden = true;
    // A sandboxed frame tells of no submit: pressing the button is what works everywhere.
    if (this.submitter?.isConnected) this.submitter.click();
    else this.field?.form?.requestSubmit();
  }
}

/** accepted reports whether a file is one of an input's accept list. */
export function accepted(file: { name: string; type: string }, list: string): boolean {
  const kinds = list.toLowerCase().split(",").map((k) => k.trim()).filter(Boolean);
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  return kinds.length === 0 || kinds.some((kind) =>
    kind.startsWith(".") ? name.endsWith(kind) : kind.endsWith("/*") ? type.startsWith(kind.slice(0, -1)) : type === kind);
}

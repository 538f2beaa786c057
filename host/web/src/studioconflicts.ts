// Two versions of a field: an author takes one of them, or puts them together in an editor that begins with both.

import { announce, words } from "./announce";
import type { Answer } from "./studiosaves";

type Line = { kind: "" | "gone" | "new"; text: string };

/** Host is what the page knows: the editor of texts, "" for none, where its pictures are, and what to do once it is decided. */
type Host = { text: string; statics: string; decided(field: string, answer: Answer): Promise<void> };

export function serveConflicts(place: HTMLElement, host: Host): void {
  for (const section of place.querySelectorAll<HTMLElement>("[data-conflict]")) {
    const form = section.querySelector<HTMLFormElement>("form")!;
    const decide = async (body: object) => {
      const response = await fetch(form.action, {
        method: "POST", body: JSON.stringify({ conflict: section.dataset.conflict, ...body }), credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" },
      }).catch(() => null);
      if (!response?.ok) return announce(words("unit_failed"));
      await host.decided(section.dataset.field ?? "", (await response.json()) as Answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void decide({ value: JSON.parse((event.submitter as HTMLButtonElement).value) as unknown });
    });
    const merge = form.querySelector<HTMLButtonElement>("[data-merge]");
    if (!merge) continue;
    merge.hidden = false;
    merge.addEventListener("click", () => void together(section, form, merge, host, (text) => void decide({ text })));
  }
}

/** together opens the editor of both. */
async function together(section: HTMLElement, form: HTMLFormElement, button: HTMLElement, host: Host, save: (text: string) => void): Promise<void> {
  const lines = JSON.parse(section.dataset.merged ?? "[]") as Line[];
  const label = section.querySelector("h3")?.textContent ?? "";
  const help = document.createElement("p");
  help.className = "small";
  help.id = `merge-help-${section.dataset.conflict}`;
  help.textContent = words("merge_help");
  const box = document.createElement("div");
  box.className = "merge";
  const done = document.createElement("button");
  done.type = "button";
  done.className = "button primary";
  done.textContent = words("use_merged");
  button.replaceWith(done);
  form.before(help, box);
  let read = () => plainOf(box);
  let focus = () => (box.firstElementChild as HTMLElement).focus();
  const rich = section.dataset.kind === "html" && host.text ? ((await import(host.text)) as typeof import("./studiotext")) : null;
  let html = lines.map((line) => line.text).join("\n");
  const text = rich?.open(box, { html, label, described: help.id, statics: host.statics, places: () => Promise.resolve({ units: [], files: [], pictures: "^$" }), source: () => undefined, changed: (now) => (html = now) });
  if (text) {
    box.querySelector('[data-does="source"]')?.remove();
    read = () => html;
    focus = () => text.focus();
    mark(box, lines);
  } else box.append(plain(lines, label, help.id));
  done.addEventListener("click", () => save(read()));
  focus();
}

/** plain is an editor of lines. Those that differ are marked, and stay so while they are changed. */
function plain(lines: Line[], label: string, described: string): HTMLElement {
  const editor = document.createElement("div");
  editor.className = "lines merge-text";
  for (const [name, value] of Object.entries({ contenteditable: "plaintext-only", role: "textbox", "aria-multiline": "true", "aria-label": label, "aria-describedby": described, dir: "auto" })) editor.setAttribute(name, value);
  for (const line of lines) {
    const one = document.createElement("div");
    one.className = line.kind;
    if (line.text) one.textContent = line.text;
    else one.append(document.createElement("br"));
    editor.append(one);
  }
  return editor;
}

function plainOf(box: HTMLElement): string {
  return [...box.firstElementChild!.childNodes].map((node) => node.textContent ?? "").join("\n");
}

/** mark paints what only one of the texts has, where the browser can do so without a change of the text. */
function mark(box: HTMLElement, lines: Line[]): void {
  if (!("highlights" in CSS)) return;
  const text = (html: string) => (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim();
  for (const kind of ["gone", "new"] as const) {
    const wanted = new Set(lines.filter((line) => line.kind === kind).map((line) => text(line.text)).filter(Boolean));
    const ranges: Range[] = [];
    for (const part of box.querySelectorAll(".rich-text p, .rich-text li, .rich-text :is(h1, h2, h3, h4, h5, h6), .rich-text pre, .rich-text td")) {
      if (!wanted.has((part.textContent ?? "").trim())) continue;
      const range = document.createRange();
      range.selectNodeContents(part);
      ranges.push(range);
    }
    CSS.highlights.set(`merge-${kind}`, new Highlight(...ranges));
  }
}

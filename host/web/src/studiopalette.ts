// The palette: what can be added, found by typing, put where its button was pressed.

import { words } from "./announce";
import { component, held, offer, onHeld } from "./studioclipboard";

/** servePalette adds by script: at the end, or below the component whose button was pressed. */
export function servePalette(root: HTMLElement, unit: string, add: (body: FormData) => Promise<void>, paste: (from: string[], after: string) => void): void {
  const palette = root.querySelector<HTMLElement>("[data-palette]")!;
  const form = palette.querySelector<HTMLFormElement>("[data-add]")!;
  const home = document.createComment("palette");
  palette.before(home);
  let after = "-";
  let from: HTMLElement | null = null;
  const close = palette.querySelector<HTMLButtonElement>("[data-palette-close]")!;
  form.querySelector<HTMLElement>("[data-still]")?.remove();
  const goHome = (focus: boolean) => {
    if (after === "-") return;
    after = "-";
    home.after(palette);
    close.hidden = true;
    if (focus) from?.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const body = new FormData(form, (event as SubmitEvent).submitter);
    body.set("parent", unit);
    if (after === "-") body.delete("after"); // the end
    else body.set("after", after);
    goHome(false);
    void add(body);
  });
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-add-after]");
    if (!button) return;
    from = button;
    after = button.dataset.addAfter ?? "-";
    button.closest(".part-gap")?.after(palette);
    close.hidden = false;
    find.focus();
  });
  close.addEventListener("click", () => goHome(true));
  palette.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && after !== "-") goHome(true);
  });
  window.addEventListener("quoin-parts", () => {
    if (!palette.isConnected) {
      after = "-";
      home.after(palette);
      close.hidden = true;
    }
  });
  const find = palette.querySelector<HTMLInputElement>("#palette-find")!;
  find.closest<HTMLElement>("[data-find]")!.hidden = false;
  find.addEventListener("input", () => search(palette, find.value));
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    [...palette.querySelectorAll<HTMLButtonElement>(".palette-one")].find((b) => !b.hidden)?.click();
  });
  const button = palette.querySelector<HTMLButtonElement>("[data-paste]")!;
  button.addEventListener("click", () => {
    const one = held();
    const place = after;
    goHome(false);
    if (one?.level === component) paste(one.usages, place);
  });
  const note = palette.querySelector<HTMLElement>("[data-paste-note]")!;
  onHeld(() => {
    const one = held();
    offer(button, (one) => (one.level === component ? "" : words("paste_in_outline")));
    button.hidden = one === null;
    note.textContent = button.title; // a button that is off has no title for keys and fingers
  });
}

/** showPalette shows what can be added now: a block that was installed since is there. */
export function showPalette(root: HTMLElement, html: string): void {
  const groups = root.querySelector<HTMLElement>("[data-groups]");
  const find = root.querySelector<HTMLInputElement>("#palette-find");
  if (!groups || !find) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.innerHTML === groups.innerHTML) return;
  const focused = groups.contains(document.activeElement) ? (document.activeElement as HTMLButtonElement).value : "";
  groups.replaceChildren(template.content);
  search(root.querySelector<HTMLElement>("[data-palette]")!, find.value);
  if (focused) groups.querySelector<HTMLElement>(`.palette-one[value="${CSS.escape(focused)}"]`)?.focus();
}

function search(palette: HTMLElement, text: string): void {
  const wanted = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const group of palette.querySelectorAll<HTMLElement>("[data-group]")) {
    let here = false;
    for (const one of group.querySelectorAll<HTMLElement>(".palette-one")) {
      const said = `${one.dataset.findIn ?? ""} ${(one.textContent ?? "").toLowerCase()}`;
      one.hidden = !wanted.every((word) => said.includes(word));
      here ||= !one.hidden;
    }
    group.hidden = !here;
    any ||= here;
  }
  palette.querySelector<HTMLElement>("[data-none]")!.hidden = any;
}

// The pages beside a course's outline: the order of its tabs, and the editors of its texts and books. Every form here works without
// scripts, too.

import { announce, words } from "./announce";
import { setUpRows } from "./rows";
import { serveFiles } from "./studiofilefield";
import { movable } from "./studioparts";
import { send, toast } from "./studiosend";
import { serveForm } from "./studiosheet";
import type { Places, Text } from "./studiotext";

type Editor = typeof import("./studiotext");

/** places gives what texts of the course may name, asked for once. */
function placesOf(address: string): () => Promise<Places> {
  let asked: Promise<Places> | null = null;
  return () => {
    asked ??= fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((response) => response.json() as Promise<Places>)
      .catch(() => {
        asked = null;
        return { units: [], files: [], alts: {}, pictures: "^$" };
      });
    return asked;
  };
}

/** rich puts the editor of texts in the place of an input, where it knows all of the text. The input stays what is sent. */
async function rich(area: HTMLTextAreaElement, script: string, places: () => Promise<Places>): Promise<void> {
  const editor = (await import(script)) as Editor;
  const place = document.createElement("div");
  place.className = "rich";
  area.before(place);
  const note = document.createElement("p");
  note.className = "small";
  const toText = document.createElement("button");
  toText.type = "button";
  toText.className = "button";
  toText.textContent = words("to_text");
  area.after(note, toText);
  const label = document.querySelector<HTMLLabelElement>(`label[for="${area.id}"]`);
  let text: Text | null = null;
  const follow = () => {
    const known = editor.knows(area.value);
    note.textContent = text || known ? "" : words("source_note");
    toText.hidden = text !== null || !known;
    area.hidden = text !== null;
  };
  const source = () => {
    text?.close();
    text = null;
    place.replaceChildren();
    follow();
  };
  const open = () => {
    text = editor.open(place, {
      html: area.value, label: label?.textContent ?? "", described: "", places,
      statics: (holder?.dataset.places ?? "").replace(/\/pages\/places$/, "/static/"),
      source: () => {
        source();
        area.focus();
      },
      changed: (html) => {
        area.value = html;
        area.dispatchEvent(new Event("input", { bubbles: true }));
      },
    });
    follow();
  };
  area.addEventListener("input", () => {
    if (text && !text.set(area.value)) source(); // what was kept in this browser came back, and the editor does not know it
    else follow();
  });
  toText.addEventListener("click", () => {
    open();
    text?.focus();
  });
  label?.addEventListener("click", () => text?.focus());
  open();
}

/** serveTabs lets tabs be moved by dragging their handle, or by arrow keys on it. */
function serveTabs(list: HTMLElement): void {
  for (const grip of list.querySelectorAll<HTMLElement>("[data-grip]")) grip.hidden = false;
  for (const still of list.querySelectorAll<HTMLElement>("[data-still]")) still.hidden = true;
  movable(list, async (tab, after) => {
    const { ok, answer } = await send(list.dataset.action ?? "", { do: "move", tab, after });
    if (!ok) return toast(answer.error ?? words("failed"), undefined, true);
    const part = (key: string) => [...list.querySelectorAll<HTMLElement>(":scope > [data-part]")].find((p) => p.dataset.part === key);
    const moved = part(tab);
    if (!moved) return;
    if (after) part(after)?.after(moved);
    else list.prepend(moved);
    moved.querySelector<HTMLElement>("[data-grip]")?.focus();
    const place = [...list.querySelectorAll(":scope > [data-part]")].indexOf(moved) + 1;
    announce(`${answer.message ?? ""} ${words("tab_place").replace("{0}", String(place))}`);
  });
}

setUpRows();
const holder = document.querySelector<HTMLElement>("[data-places]");
const places = placesOf(holder?.dataset.places ?? "");
for (const form of document.querySelectorAll<HTMLFormElement>("main form[data-files]")) {
  serveFiles(form, { upload: holder?.dataset.upload ?? "", names: async () => (await places()).files });
}
for (const form of document.querySelectorAll<HTMLFormElement>("main form[data-studio-form]")) serveForm(form);
for (const area of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-rich]")) {
  if (holder?.dataset.script) void rich(area, holder.dataset.script, places);
}
for (const list of document.querySelectorAll<HTMLElement>("[data-tabs-list]")) serveTabs(list);

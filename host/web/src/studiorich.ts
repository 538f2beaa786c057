// The editor of texts in the place of an input, and what its texts may name. The input stays what is sent.

import { words } from "./announce";
import type { Text } from "./studiotext";
import type { Places } from "./studiotextinserts";

type Editor = typeof import("./studiotext");

/** Rich says where the editor's script is, where the course's files are, and what texts may name; opened is told which editor stands there, null for none. */
export type Rich = { script: string; statics: string; places(): Promise<Places>; opened?(text: Text | null): void };

/** placesOf gives what texts of a course may name, asked for once. */
export function placesOf(address: string): () => Promise<Places> {
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

/** rich puts the editor of texts in the place of an input, where it knows all of the text; else it says why the text is edited as it is written. */
export async function rich(area: HTMLTextAreaElement, how: Rich): Promise<void> {
  const editor = (await import(how.script)) as Editor;
  if (!area.isConnected) return; // the form was drawn anew meanwhile
  const place = document.createElement("div");
  place.className = "rich";
  area.before(place);
  const [label] = area.labels ?? [];
  const { note, toText } = beside();
  let text: Text | null = null;
  const turn = (to: Text | null) => {
    text = to;
    how.opened?.(to);
    area.hidden = to !== null;
  };
  const follow = () => {
    const known = editor.knows(area.value);
    note.textContent = known ? "" : words("source_note");
    toText.hidden = !known;
  };
  const source = () => {
    text?.close();
    turn(null);
    place.replaceChildren();
    follow();
    area.after(note, toText);
  };
  const open = () => {
    const opened = editor.open(place, {
      html: area.value, otherwise: area.placeholder, label: label?.textContent ?? "", described: area.getAttribute("aria-describedby") ?? "",
      statics: how.statics, places: how.places,
      source: () => {
        source();
        area.focus();
      },
      changed: (html) => {
        area.value = html;
        area.dispatchEvent(new Event("input", { bubbles: true }));
      },
    });
    if (!opened) return source();
    turn(opened);
    note.remove();
    toText.remove();
  };
  area.addEventListener("input", () => {
    if (!text) follow();
    else if (!text.set(area.value)) source(); // what was kept in this browser came back, and the editor does not know it
  });
  toText.addEventListener("click", () => {
    open();
    text?.focus();
  });
  label?.addEventListener("click", () => text?.focus());
  open();
}

/** beside are the remark and the button that stand below a text which is edited as it is written. */
function beside(): { note: HTMLElement; toText: HTMLButtonElement } {
  const note = document.createElement("p");
  note.className = "small";
  const toText = document.createElement("button");
  toText.type = "button";
  toText.className = "button";
  toText.textContent = words("to_text");
  return { note, toText };
}

// The pages beside a course's outline: the order of its tabs, and the editors of its texts and books. Every form here works without
// scripts, too.

import { announce, words } from "./announce";
import { setUpRows } from "./rows";
import { serveFiles } from "./studiofilefield";
import { movable } from "./studioparts";
import { placesOf, rich } from "./studiorich";
import { send, toast } from "./studiosend";
import { serveForm } from "./studiosheet";

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
  if (holder?.dataset.script) void rich(area, { script: holder.dataset.script, statics: (holder.dataset.places ?? "").replace(/\/pages\/places$/, "/static/"), places });
}
for (const list of document.querySelectorAll<HTMLElement>("[data-tabs-list]")) serveTabs(list);

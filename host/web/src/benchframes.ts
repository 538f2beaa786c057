// The frames that show the people's pages side by side, and how wide and in which look they are shown.

import { fill, find, make, say, send, type Look } from "./benchapi";
import { current, keep, now, type Pane, persona, scenario, staff } from "./benchstate";

let turn = 0;

function frame(pane: Pane): HTMLIFrameElement | null {
  return document.querySelector(`iframe[data-frame="${pane}"]`);
}

/** address is the page that a pane shows. */
function address(pane: Pane): string | null {
  const shown = scenario();
  const who = pane === "staff" ? staff() : persona(pane === "second" ? now.second : now.learner);
  if (!shown || !who) return null;
  const look = persona(now.learner);
  if (pane === "staff" && now.staff === "record" && look) {
    const record = `${who.origin}${current().course}/staff/learners/${look.learner}`;
    return shown.graded ? `${record}/blocks/${encodeURIComponent(shown.usage)}` : record;
  }
  return `${who.origin}${shown.unit}`;
}

/** reload loads the panes that can be seen; what was typed is kept by the pages themselves. */
export function reload(): void {
  turn++;
  for (const pane of ["learner", "second", "staff"] as const) {
    const element = frame(pane);
    const page = address(pane);
    const link = document.querySelector<HTMLAnchorElement>(`a[data-out="${pane}"]`);
    if (link && page) link.href = page;
    if (!element || !page || !now.panes.includes(pane)) continue;
    const anchor = pane === "staff" && now.staff === "record" ? "" : `#block-${scenario()?.block ?? ""}`;
    delete element.dataset.loaded;
    element.src = `${page}?workbench=${turn}${anchor}`;
  }
}

/** watchLoads tells when the learner's page is there, for who waits for a fresh one. */
export function watchLoads(loaded: () => void): void {
  frame("learner")?.addEventListener("load", loaded);
  for (const element of document.querySelectorAll<HTMLIFrameElement>("iframe[data-frame]")) {
    element.addEventListener("load", () => (element.dataset.loaded = "true"));
  }
}

/** showPanes shows the panes that were chosen. */
export function showPanes(): void {
  for (const pane of document.querySelectorAll<HTMLElement>("[data-pane]")) pane.hidden = !now.panes.includes(pane.dataset.pane as Pane);
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-show]")) box.checked = now.panes.includes(box.dataset.show as Pane);
}

function setWidth(): void {
  for (const element of document.querySelectorAll<HTMLIFrameElement>("iframe[data-frame]")) {
    element.style.inlineSize = now.width ? `${now.width}px` : "";
    element.closest(".bench-pane")?.classList.toggle("sized", now.width !== "");
  }
}

function fillPeople(pane: "learner" | "second"): void {
  const select = find<HTMLSelectElement>(`who-${pane}`);
  select.replaceChildren(
    ...current().people.filter((p) => !p.staff).map((p) => make("option", { value: p.id }, p.name)),
  );
  select.value = now[pane];
}

/** setUpFrames connects the tools that decide what the frames show. changed is told when another person is looked at. */
export function setUpFrames(changed: () => void): void {
  fillPeople("learner");
  fillPeople("second");
  showPanes();
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-show]")) {
    box.addEventListener("change", () => {
      const pane = box.dataset.show as Pane;
      now.panes = box.checked ? [...now.panes, pane] : now.panes.filter((p) => p !== pane);
      keep();
      showPanes();
      reload();
    });
  }
  for (const pane of ["learner", "second"] as const) {
    find<HTMLSelectElement>(`who-${pane}`).addEventListener("change", (event) => {
      now[pane] = (event.target as HTMLSelectElement).value;
      keep();
      reload();
      changed();
    });
  }
  const view = find<HTMLSelectElement>("staff-view");
  view.value = now.staff;
  view.addEventListener("change", () => {
    now.staff = view.value;
    keep();
    reload();
  });
  const width = find<HTMLSelectElement>("width");
  width.value = now.width;
  setWidth();
  width.addEventListener("change", () => {
    now.width = width.value;
    keep();
    setWidth();
  });
  const look = (): Look => ({
    scheme: find<HTMLSelectElement>("scheme").value, direction: find<HTMLSelectElement>("direction").value, language: find<HTMLSelectElement>("language").value,
  });
  for (const name of ["scheme", "direction", "language"] as const) {
    const select = find<HTMLSelectElement>(name);
    select.value = current().look[name];
    select.addEventListener("change", async () => {
      await send<Look>("/api/look", look());
      reload();
    });
  }
}

/** showBroken shows why the newest source is not served; the last good version stays below. */
export function showBroken(broken: Record<string, string>): void {
  const wrong = find("wrong");
  const text = Object.entries(broken).map(([name, why]) => (name ? fill(say("broken_package"), name, why) : why)).join("\n\n");
  wrong.hidden = text === "";
  const pre = wrong.querySelector("pre");
  if (pre) pre.textContent = text;
}

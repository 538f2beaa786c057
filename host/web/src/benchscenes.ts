// The tree of scenarios: by block type and where they come from, searchable, with the arrow keys.

import { announce } from "./announce";
import { find, make, say, send, type Scenario } from "./benchapi";
import { current, keep, now, scenario } from "./benchstate";

/** title is what a scenario is called: the places of an app have words of their own. */
export function title(s: Scenario): string {
  return s.kind === "app" && s.name ? say(`place_${s.name}`) : s.title;
}

function words(s: Scenario): string {
  return `${title(s)} ${s.name ?? ""} ${s.type} ${s.type_title}`.toLowerCase();
}

function entry(s: Scenario, choose: () => void): HTMLElement {
  const button = make("button", { type: "button", "data-scenario": s.id, class: "bench-scene" }, make("bdi", {}, title(s)));
  if (s.edited) button.append(" ", make("span", { class: "badge" }, say("edited")));
  if (s.broken || s.problem) button.append(" ", make("span", { class: "badge bad" }, say("cannot")));
  if (s.id === now.scenario) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => {
    now.scenario = s.id;
    keep();
    choose();
  });
  return make("li", {}, button);
}

/** drawScenes draws the tree of what fits the search. */
export function drawScenes(choose: () => void): void {
  const wanted = find<HTMLInputElement>("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = current().scenarios.filter((s) => wanted.every((word) => words(s).includes(word)));
  const tree = find("scenarios");
  tree.replaceChildren();
  for (const type of new Set(list.map((s) => s.type))) {
    const own = list.filter((s) => s.type === type);
    tree.append(make("h2", {}, make("bdi", {}, own[0]?.type_title ?? type)));
    for (const kind of ["app", "new", "sample", "story", "own"] as const) {
      const entries = own.filter((s) => s.kind === kind);
      if (entries.length === 0) continue;
      tree.append(make("h3", {}, say(`kind_${kind}`)), make("ul", {}, ...entries.map((s) => entry(s, choose))));
    }
  }
  find("nothing").hidden = list.length > 0;
  find("nothing").textContent = say(current().scenarios.length > 0 ? "nothing" : "none_help");
  const shown = scenario();
  find("now").textContent = shown ? `${shown.type_title} · ${title(shown)}` : say("none");
}

function step(event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const all = [...document.querySelectorAll<HTMLElement>(".bench-scene")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? all[0] : undefined) : all[at + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** setUpScenes connects search, arrow keys and the form for one's own OLX. */
export function setUpScenes(choose: () => void, refresh: () => Promise<void>): void {
  find("find").addEventListener("input", () => drawScenes(choose));
  find("side").addEventListener("keydown", step);
  if (window.matchMedia("(max-width: 48rem)").matches) find<HTMLDetailsElement>("side").open = false;
  find<HTMLFormElement>("own").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = find("own-wrong");
    wrong.textContent = "";
    const title = find<HTMLInputElement>("own-title");
    const olx = find<HTMLTextAreaElement>("own-olx");
    try {
      const added = await send<{ scenario: string; problem: string }>("/api/olx", { title: title.value, olx: olx.value });
      if (added.problem) {
        wrong.textContent = added.problem;
        olx.focus();
        return;
      }
      now.scenario = added.scenario;
      keep();
      await refresh();
      choose();
      announce(say("own_added"));
    } catch (failure) {
      wrong.textContent = String((failure as Error).message);
    }
  });
}

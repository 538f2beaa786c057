// What the workbench does at a click: faults, reset and its undo, the author's form, saving stories and samples.

import { announce } from "./announce";
import { ask, type Drawn, fill, find, make, say, type Saved, send } from "./benchapi";
import { current, now, persona, scenario } from "./benchstate";

/** showFaults shows how often each fault happens now. */
export function showFaults(faults: Record<string, string>): void {
  let set = 0;
  for (const select of document.querySelectorAll<HTMLSelectElement>("[data-fault]")) {
    select.value = faults[select.dataset.fault ?? ""] ?? "";
    if (select.value) set++;
  }
  const offline = persona(now.learner)?.offline ?? false;
  find<HTMLInputElement>("offline").checked = offline;
  const badge = find("faults-set");
  badge.hidden = set === 0 && !offline;
  badge.textContent = String(set + (offline ? 1 : 0));
}

let undo = "";
let hiding = 0;

function toast(text: string, undone: string): void {
  undo = undone;
  const place = find("toast");
  const said = place.querySelector("span");
  if (said) said.textContent = text;
  find("undo").hidden = undone === "";
  place.hidden = false;
  announce(text);
  window.clearTimeout(hiding);
  hiding = window.setTimeout(() => (place.hidden = true), undone ? 20_000 : 8000);
}

/** attempt does something and tells when it fails. */
async function attempt(what: () => Promise<void>): Promise<void> {
  try {
    await what();
  } catch (failure) {
    toast((failure as Error).message, "");
  }
}

async function reset(who: string): Promise<void> {
  find<HTMLDetailsElement>("reset-menu").open = false;
  const { undo: id } = await send<{ undo: string }>("/api/reset", { persona: who, scenario: now.scenario });
  toast(who ? fill(say("was_reset"), persona(who)?.name ?? who) : say("all_reset"), id);
}

let drawn = "";

/** drawForm draws the author's form of the scenario, unless somebody is typing into the one that is shown. */
export async function drawForm(again: boolean): Promise<void> {
  const shown = scenario();
  if (!shown) return;
  const place = find("author-inputs");
  if (!again && drawn === shown.id && place.contains(document.activeElement)) return;
  drawn = shown.id;
  show(await ask<Drawn>("/api/form", { scenario: shown.id }));
}

function show(form: Drawn): void {
  const app = scenario()?.kind === "app";
  find("author-inputs").innerHTML = form.html;
  if (app) find("author-inputs").replaceChildren(make("p", { class: "small" }, say("no_author")));
  find("author-bar").hidden = app;
  find("restore").hidden = !form.edited;
}

function setUpForm(): void {
  const form = find<HTMLFormElement>("author");
  const said = find("author-said");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(async () => {
      const values = new URLSearchParams({ scenario: now.scenario });
      for (const [name, value] of new FormData(form)) values.append(name, String(value));
      said.textContent = say("saving");
      const saved = await send<Drawn>("/api/form", values);
      show(saved);
      said.textContent = say(saved.wrong ? "saved_wrong" : "saved");
    });
  });
  find("restore").addEventListener("click", () =>
    attempt(async () => {
      show(await send<Drawn>("/api/form/restore", { scenario: now.scenario }));
      said.textContent = say("restored");
    }),
  );
}

function setUpFaults(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("[data-fault]")) {
    select.addEventListener("change", () =>
      attempt(async () => showFaults(await send<Record<string, string>>("/api/faults", { fault: select.dataset.fault, often: select.value }))),
    );
  }
  find("offline").addEventListener("change", (event) =>
    attempt(async () => {
      const offline = (event.target as HTMLInputElement).checked;
      await send("/api/offline", { persona: now.learner, offline });
      const who = persona(now.learner);
      if (who) who.offline = offline;
      showFaults(current().faults);
    }),
  );
  find("stale").addEventListener("click", () =>
    attempt(async () => {
      const { ended } = await send<{ ended: boolean }>("/api/stale", { persona: now.learner, scenario: now.scenario });
      toast(say(ended ? "stale_done" : "stale_none"), "");
    }),
  );
}

function setUpSaving(): void {
  const form = find<HTMLFormElement>("save-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const kind = (event as SubmitEvent).submitter?.getAttribute("value") === "sample" ? "sample" : "story";
    const out = find("save-out");
    out.replaceChildren(make("p", { class: "small" }, say(kind === "story" ? "playing" : "saving")));
    void attempt(async () => {
      const saved = await send<Saved>(`/api/${kind}`, { scenario: now.scenario, name: find<HTMLInputElement>("save-name").value });
      out.replaceChildren();
      if (saved.problem) out.append(make("p", { class: "error" }, saved.problem));
      if (saved.failures?.length) out.append(make("p", { class: "error" }, say("story_fails")), make("pre", { dir: "ltr", tabindex: "0" }, saved.failures.join("\n")));
      if (saved.file) out.append(make("p", {}, fill(say("story_saved"), saved.file)));
      if (!saved.file && saved.text && !saved.problem && !saved.failures?.length) out.append(make("p", {}, say("sample_paste")));
      if (saved.text) out.append(make("pre", { dir: "ltr", tabindex: "0" }, saved.text));
    });
  });
}

/** setUpActions connects everything that does something. */
export function setUpActions(): void {
  setUpForm();
  setUpFaults();
  setUpSaving();
  find("reset").addEventListener("click", () => attempt(() => reset(now.learner)));
  find("reset-all").addEventListener("click", () => attempt(() => reset("")));
  find("undo").addEventListener("click", () =>
    attempt(async () => {
      if (!undo) return;
      await send("/api/undo", { undo });
      toast(say("undone"), "");
    }),
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>(".bench-tools details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>(".bench-tools details.menu[open]")) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
}

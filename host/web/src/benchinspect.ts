// The inspector: calls, what is stored, the block's log, and what `quoin block check` finds.

import { announce } from "./announce";
import { ask, type Call, type FieldNow, fill, find, make, type Report, say, type Stored } from "./benchapi";
import { now, scenario } from "./benchstate";

type Tab = "calls" | "fields" | "log" | "findings";

let calls: Call[] = [];
let tab: Tab = "calls";

/** most bounds the calls that are drawn; the server keeps as many of each learner. */
const most = 200;

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

async function copy(value: string): Promise<void> {
  await navigator.clipboard.writeText(value);
  announce(say("copied"));
}

/** part is one message under its heading, with a button that copies it. */
function part(title: string, value: unknown): HTMLElement {
  const shown = text(value);
  const button = make("button", { type: "button", class: "button small", "aria-label": fill(say("copy_what"), title) }, say("copy"));
  button.addEventListener("click", () => void copy(shown));
  return make("div", { class: "bench-part" }, make("div", { class: "bench-part-head" }, make("h3", {}, title), button), make("pre", { dir: "ltr", tabindex: "0" }, shown));
}

function number(n: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, { notation: n >= 10_000 ? "compact" : "standard", maximumFractionDigits: 2 }).format(n);
}

function details(call: Call): HTMLElement {
  const inside = make("div", { class: "bench-parts" });
  if (call.error) inside.append(make("p", { class: "error" }, fill(say("failed"), call.error.code, call.error.message, call.error.blame)));
  inside.append(
    make("p", { class: "small" }, fill(say("figures"), number(call.fuel ?? 0), number((call.memory ?? 0) / 1e6), number(call.elapsed), number(call.waited ?? 0), number(call.sent), number(call.got))),
  );
  if (call.interpreted) inside.append(make("p", { class: "small" }, say("interpreted_why")));
  if (call.context) inside.append(part(say("context"), call.context));
  if (call.request) inside.append(part(say("request"), call.request));
  if (call.reply) inside.append(part(say("reply"), call.reply));
  for (const asked of call.services ?? []) {
    inside.append(part(`${asked.service}.${asked.method} (${number(asked.elapsed)} ms)`, asked.error ? { request: asked.request, error: asked.error } : { request: asked.request, reply: asked.reply }));
  }
  if (call.log) inside.append(part(say("log"), call.log.map((line) => line.text).join("\n")));
  return inside;
}

function row(call: Call): HTMLElement {
  const label = make(
    "summary", {},
    make("span", { class: "bench-op" }, `${call.op}${call.name ? ` ${call.name}` : ""}`),
    make("span", { class: "bench-figure" }, `${number(call.elapsed)} ms`),
    make("span", { class: "bench-figure" }, fill(say("fuel_short"), number(call.fuel ?? 0))),
  );
  if (call.interpreted) label.append(make("span", { class: "badge", title: say("interpreted_why") }, say("interpreted")));
  if (call.error) label.append(make("span", { class: "badge bad" }, call.error.code));
  for (const fault of call.faults ?? []) label.append(make("span", { class: "badge warn" }, say(`fault_${fault}`)));
  if (call.effects?.length) label.append(make("span", { class: "bench-effects" }, call.effects.join(", ")));
  if (call.services?.length) label.append(make("span", { class: "bench-effects" }, fill(say("services"), call.services.length)));
  const element = make("details", { class: "bench-call", "data-call": String(call.id) }, label);
  element.addEventListener("toggle", () => {
    if (element.open && element.childElementCount === 1) element.append(details(call));
  });
  return element;
}

function fits(shown: string): boolean {
  const wanted = find<HTMLInputElement>("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = shown.toLowerCase();
  return wanted.every((word) => lower.includes(word));
}

function drawCalls(): void {
  const view = find("view-calls");
  const open = new Set([...view.querySelectorAll<HTMLDetailsElement>("details[open]")].map((d) => d.dataset.call));
  const list = calls.filter((call) => fits(JSON.stringify(call))).slice(-most).reverse();
  view.replaceChildren(...list.map(row));
  for (const element of view.querySelectorAll<HTMLDetailsElement>("details")) element.open = open.has(element.dataset.call);
  if (list.length === 0) view.append(make("p", { class: "small" }, say(calls.length === 0 ? "no_calls" : "no_match")));
}

function drawLog(): void {
  const lines = calls.flatMap((call) => (call.log ?? []).map((line) => ({ call, line }))).filter(({ line }) => fits(line.text)).reverse();
  find("view-log").replaceChildren(
    ...(lines.length === 0
      ? [make("p", { class: "small" }, say("no_log"))]
      : [make("ol", { class: "bench-log", reversed: "" }, ...lines.map(({ call, line }) => make("li", {}, make("span", { class: "small" }, `${call.op} ${call.name ?? ""} `), make("code", { dir: "ltr" }, line.text))))]),
  );
}

function fieldRow(field: FieldNow): HTMLElement {
  const value = field.value === undefined
    ? make("span", { class: "small" }, field.default === undefined || field.default === null ? say("unset") : fill(say("unset_default"), JSON.stringify(field.default)))
    : make("code", { dir: "ltr" }, JSON.stringify(field.value));
  const name = make("th", { scope: "row" }, make("bdi", {}, field.name));
  if (field.undeclared) name.append(" ", make("span", { class: "badge" }, say("host")));
  return make("tr", {}, name, make("td", {}, field.type ?? ""), make("td", {}, value));
}

async function drawFields(): Promise<void> {
  const stored = await ask<Stored>("/api/stored", { persona: now.learner, scenario: now.scenario });
  const view = find("view-fields");
  view.replaceChildren();
  for (const scope of stored.scopes) {
    const fields = scope.fields.filter((f) => fits(`${scope.scope} ${f.name} ${JSON.stringify(f.value ?? null)}`));
    if (fields.length === 0) continue;
    view.append(
      make("div", { class: "bench-table" }, make("table", {}, make("caption", {}, say(`scope_${scope.scope}`)),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("field")), make("th", { scope: "col" }, say("type")), make("th", { scope: "col" }, say("value")))),
        make("tbody", {}, ...fields.map(fieldRow)))),
    );
  }
  view.append(make("p", {}, fill(say("standing"), stored.tries, Math.round(stored.completion * 100))));
  if (stored.score) view.append(part(say("score"), stored.score));
  if (stored.sitting) view.append(part(say("sitting"), stored.sitting));
  if (stored.submissions?.length) view.append(part(say("submissions"), stored.submissions));
  for (const collection of stored.collections ?? []) view.append(part(fill(say("collection"), collection.name), collection.documents));
}

async function drawFindings(): Promise<void> {
  const view = find("view-findings");
  const shown = scenario();
  if (!shown) return;
  view.replaceChildren(make("p", { class: "small" }, say("checking")));
  const report = await ask<Report>("/api/findings", { package: shown.package });
  const problems = report.Problems ?? [];
  view.replaceChildren(make("p", {}, problems.length === 0 ? fill(say("all_good"), report.Samples, report.Answers) : fill(say("to_mend"), problems.length)));
  for (const p of problems) {
    const place = p.File ? `${p.File}${p.Line ? `:${p.Line}` : ""}: ` : "";
    view.append(make("div", { class: "finding error" }, make("p", {}, make("strong", {}, place), p.Message), make("p", { class: "small" }, p.Fix)));
  }
  for (const note of report.Notes ?? []) view.append(make("p", { class: "small" }, note));
}

async function draw(): Promise<void> {
  if (!scenario()) return;
  if (tab === "calls") drawCalls();
  if (tab === "log") drawLog();
  try {
    if (tab === "fields") await drawFields();
    if (tab === "findings") await drawFindings();
  } catch (failure) {
    find(`view-${tab}`).replaceChildren(make("p", { class: "error" }, (failure as Error).message));
  }
}

let due = 0;

/** refresh draws what is shown again, a moment after the last thing that happened. */
export function refresh(): void {
  window.clearTimeout(due);
  due = window.setTimeout(() => void draw(), 60);
}

/** load asks for the calls of the person and the scenario that are looked at. */
export async function load(): Promise<void> {
  const shown = scenario();
  const who = now.learner;
  calls = [];
  const known = shown ? await ask<Call[]>("/api/calls", { persona: who, scenario: shown.id, after: 0 }) : [];
  if (scenario()?.id !== shown?.id || now.learner !== who) return; // somebody went on in between, and asked again
  const since = new Set(known.map((call) => call.id));
  calls = [...known, ...calls.filter((call) => !since.has(call.id))];
  await draw();
}

/** heard takes a call that has just ended. */
export function heard(call: Call): void {
  const shown = scenario();
  const mine = call.learner === undefined || call.learner === now.learner;
  const here = call.usage === undefined ? call.package === shown?.package : call.usage === shown?.usage;
  if (!mine || !here) return;
  calls = [...calls, call].slice(-2 * most);
  if (tab !== "findings") refresh();
}

function select(next: Tab, focus: boolean): void {
  tab = next;
  for (const button of document.querySelectorAll<HTMLElement>('.bench-inspect [role="tab"]')) {
    const chosen = button.id === `tab-${next}`;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) button.focus();
    find(button.getAttribute("aria-controls") ?? "").hidden = !chosen;
  }
  void draw();
}

/** setUpInspector connects tabs and filter. */
export function setUpInspector(): void {
  const tabs: Tab[] = ["calls", "fields", "log", "findings"];
  for (const name of tabs) find(`tab-${name}`).addEventListener("click", () => select(name, false));
  document.querySelector('.bench-inspect [role="tablist"]')?.addEventListener("keydown", (event) => {
    const key = (event as KeyboardEvent).key;
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const step = { ArrowRight: ahead, ArrowLeft: -ahead }[key];
    const at = key === "Home" ? 0 : key === "End" ? tabs.length - 1 : step ? (tabs.indexOf(tab) + step + tabs.length) % tabs.length : -1;
    const next = tabs[at];
    if (!next) return;
    event.preventDefault();
    select(next, true);
  });
  find("filter").addEventListener("input", refresh);
}

import { html, raw, type Call, type Markup } from "@quoin/sdk";
import type { Fragment } from "@quoin/sdk";
import { fileText, probeText, rows, type Group, type Results } from "./shared.ts";

/** Would end a script element if it were written as it is. */
const odd = "</script><!-- \"ع\" & 'x' \u2028";

const states = ["green", "red", "none", "waits", "idle"];

const stateOf = (results: Results, id: string): string => {
  const state = results[id]?.state ?? "";
  return states.includes(state) ? state : "idle";
};

/** What the view tells of the call that made it. */
export interface Seen {
  places: string[];
  posts: number;
}

const groups = (page: string): Group[] => rows[page] ?? [];

function begin(call: Call, page: string, results: Results, seen: Seen): Record<string, unknown> {
  const words: Record<string, string> = {};
  for (const key of [...states.flatMap((state) => [`state.${state}`, `sum.${state}`]), "running", "wait.notice", "refused"]) words[key] = call.t(key);
  const list = groups(page).flatMap((group) => group.rows);
  const shown = list.filter((row) => results[row.id]).map((row) => [row.id, { ...results[row.id], memo: undefined }]);
  return { page, rows: list, results: Object.fromEntries(shown), seen, words, odd, probe: probeText, file: fileText, language: call.context.locale ?? "" };
}

/** Counts the rows by their states, leaving out what there is none of beside the first three. */
function summary(call: Call, page: string, results: Results): string {
  const all = groups(page).flatMap((group) => group.rows).map((row) => stateOf(results, row.id));
  const counts = states.map((state) => all.filter((one) => one === state).length);
  return states.flatMap((state, n) => (n < 3 || counts[n]! > 0 ? [call.t(`sum.${state}`, counts[n])] : [])).join(" · ");
}

/** The rows, by groups. */
const table = (call: Call, page: string, results: Results): Markup => html`<label class="acid-filter"><input type="checkbox" class="acid-only"> ${call.t("only")}</label>${groups(page).map(({ group, rows: list }) => html`<section class="acid-group"><h3>${call.t(`group.${group}`)}</h3><ul class="acid-rows">${list.map((row) => html`<li class="acid-row acid-${stateOf(results, row.id)}"><span class="acid-state">${call.t(`state.${stateOf(results, row.id)}`)}</span> <span class="acid-what"><span class="acid-title">${call.t(`row.${row.id}`)}</span> <span class="acid-where"><span dir="ltr">${row.id}</span> · ${call.t("section", `\u2068${row.section}\u2069`)}</span> <span class="acid-note">${results[row.id]?.note ?? ""}</span></span></li>`)}</ul></section>`)}<p class="acid-nothing">${call.t("none_left")}</p>`;

type Shown = Omit<Fragment, "html"> & { html: Markup };

const fragment = (markup: Markup, init: unknown): Shown => ({ html: markup, styles: ["acid.css"], scripts: ["acid.js"], element: "acid-page", init: init as never });

/** The page of all rows. */
export function mainView(call: Call, results: Results, seen: Seen): Shown {
  const places = seen.places.length > 0 && html`<section class="acid-children"><h3>${call.t("places")}</h3>${seen.places.map((id) => html`<quoin-place name="${id}"></quoin-place>`)}</section>`;
  const markup = html`<div class="acid stack"><p>${call.t("intro")}</p><p class="acid-sum" role="status">${summary(call, "acid", results)}</p><div class="submit-bar"><button class="button primary acid-run" form="quoin:form" name="handler" value="form"><span class="acid-plain">${call.t("form")}</span><span class="acid-lively">${call.t("run")}</span></button></div><p class="acid-progress small soft"></p><details class="acid-form"><summary>${call.t("probe")}</summary><div class="field"><label for="quoin:id/probe">${call.t("probe")}</label><input id="quoin:id/probe" name="probe" readonly dir="auto" value="${probeText}" form="quoin:form"></div><input type="hidden" name="many" value="a" form="quoin:form"><input type="hidden" name="many" value="b" form="quoin:form"><div class="field"><label for="quoin:id/file">${call.t("file")}</label><input id="quoin:id/file" type="file" name="file" form="quoin:form"></div><img class="acid-dot" src="quoin:asset/dot.svg" alt="" width="12" height="12"></details>${table(call, "acid", results)}${places}</div>`;
  return fragment(markup, begin(call, "acid", results, seen));
}

/** The question's page. */
export function questionView(call: Call, results: Results, open: boolean): Shown {
  const markup = html`<div class="acid stack"><p>${call.t("question.intro")}</p><p class="acid-sum" role="status">${summary(call, "question", results)}</p><p><button class="button primary acid-run" type="button" hidden>${call.t("run")}</button></p><p class="acid-progress small soft"></p><div class="field"><label for="quoin:id/do">${call.t("answer")}</label><select id="quoin:id/do" name="do" form="quoin:form">${["full", "partial", "zero", "nonsense"].map((word) => html`<option dir="ltr">${word}</option>`)}</select></div><div class="submit-bar"><button class="button" form="quoin:form" name="handler" value="submit"${raw(open ? "" : " disabled")}>${call.t("submit")}</button><button class="button acid-reset" form="quoin:form" name="handler" value="@reset">${call.t("reset")}</button></div>${table(call, "question", results)}</div>`;
  return fragment(markup, begin(call, "question", results, { places: [], posts: 0 }));
}

/** Where a notice leads. */
export const noticeView = (call: Call, tag: string): Shown => ({
  html: html`<p class="acid-arrived" role="status">${call.t("notice.look")}</p>`,
  element: "acid-notice", scripts: ["acid.js"], init: { tag, arrived: call.t("notice.arrived") }, height: 120,
});

// What the server found in a component, shown beside the fields and the lines that it is about.

import { words } from "./announce";
import type { Inputs } from "./studioinputs";

export type Finding = { level: string; field?: string; line?: number; column?: number; message: string; fix?: string };

/** showFindings shows findings beside their fields, in the place of those that stood there. */
export function showFindings(place: HTMLElement, inputs: Inputs, findings: Finding[]): void {
  for (const old of place.querySelectorAll("[data-found], .findings[id^='sheet-'], .form-row > .findings")) old.remove();
  const loose = place.querySelector<HTMLElement>("[data-loose]");
  loose?.replaceChildren();
  for (const finding of findings) {
    const holder = finding.field ? (rowOf(inputs, finding) ?? inputs.holder(finding.field)) : null;
    let list = holder?.querySelector<HTMLElement>(":scope > [data-found]") ?? (holder ? null : loose);
    if (!list && holder) {
      list = document.createElement("div");
      list.className = "findings";
      list.dataset.found = "";
      holder.insertBefore(list, holder.querySelector(":scope > .form-row-acts"));
    }
    list?.append(drawn(finding, finding.field ? inputs.controls(finding.field)[0] : undefined));
    for (let folded = list?.closest("details"); folded; folded = folded.parentElement?.closest("details") ?? null) folded.open = true;
  }
}

/** rowOf is where a finding about an entry of a list stands: at the member that it names, else in its row. Rows in which nobody wrote are no entries. */
function rowOf(inputs: Inputs, finding: Finding): HTMLElement | null {
  const rows = [...(inputs.holder(finding.field!)?.querySelectorAll<HTMLElement>(":scope > quoin-rows > [data-rows] > [data-row]") ?? [])];
  const row = finding.line ? rows.filter(written)[finding.line - 1] : undefined;
  return row?.querySelector(`.form-row-parts > .field [id$="-${(finding.column ?? 0) - 1}"]`)?.closest<HTMLElement>(".field") ?? row ?? null;
}

/** written tells rows that are entries of their list: something stands there that does not in a new row. */
export function written(row: HTMLElement): boolean {
  const blank = row.closest("quoin-rows")?.querySelector("template")?.content;
  return [...row.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(".form-row-parts [name^='f.']")].some((e) => {
    if (!(e instanceof HTMLInputElement && e.type === "checkbox")) return e.value !== "" && e.value !== e.getAttribute("placeholder");
    return e.checked !== !!blank?.querySelector<HTMLInputElement>(`[name$=".${e.name.split(".").pop()}"]`)?.checked;
  });
}

/** drawn is a finding; one that names a line goes there. */
export function drawn(finding: Finding, control?: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): HTMLElement {
  const p = document.createElement("p");
  p.className = `finding ${finding.level}`;
  const text = document.createElement("strong");
  text.dir = "auto";
  text.textContent = finding.message;
  if (finding.line && control instanceof HTMLTextAreaElement) {
    const go = document.createElement("button");
    go.type = "button";
    go.className = "link-button";
    go.textContent = `${words("line")} ${finding.line}`;
    go.addEventListener("click", () => {
      const lines = control.value.split("\n");
      const from = lines.slice(0, finding.line! - 1).join("\n").length + (finding.line! > 1 ? 1 : 0);
      control.focus();
      control.setSelectionRange(from, from + (lines[finding.line! - 1]?.length ?? 0));
    });
    p.append(go, " ");
  }
  p.append(text);
  if (finding.fix) {
    const fix = document.createElement("span");
    fix.dir = "auto";
    fix.textContent = finding.fix;
    p.append(" ", fix); // outside of what has a direction of its own
  }
  return p;
}

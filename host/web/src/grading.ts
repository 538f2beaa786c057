// Grading by keyboard: digits choose an option and go on to the next criterion, Ctrl+Enter saves and goes on. The claim is renewed
// while the page is open, and what was filled in is kept in this tab until it is saved.

const renewEvery = 60_000;

const page = document.querySelector<HTMLElement>("[data-grading]");
const form = page?.querySelector<HTMLFormElement>("[data-grading-form]");

/** typing reports whether a key belongs to a field. */
function typing(event: KeyboardEvent): boolean {
  return event.composedPath().some((at) => at instanceof HTMLElement && (at.isContentEditable || at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")));
}

function criteria(): HTMLElement[] {
  return [...(form?.querySelectorAll<HTMLElement>("[data-criterion]") ?? [])];
}

/** current is the criterion that has the focus, else the first without a choice. */
function current(): HTMLElement | undefined {
  const all = criteria();
  return all.find((c) => c.contains(document.activeElement)) ?? all.find((c) => !c.querySelector("input:checked")) ?? all[0];
}

/** choose takes an option of the current criterion and goes on to the next one. */
function choose(digit: number): boolean {
  const here = current();
  const option = here?.querySelectorAll<HTMLInputElement>("input[type=radio]")[digit - 1];
  if (!here || !option) return false;
  option.checked = true;
  option.dispatchEvent(new Event("change", { bubbles: true }));
  const next = criteria()[criteria().indexOf(here) + 1];
  const to = next?.querySelector<HTMLInputElement>("input:checked") ?? next?.querySelector<HTMLInputElement>("input[type=radio]") ?? option;
  to.focus();
  to.closest("[data-criterion]")?.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(`button[data-key="${key}"]`);
  button?.click();
  return button !== null;
}

function keys(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    press("next");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("quoin.shortcuts") === "off" || typing(event)) return;
  const key = event.key.toLowerCase();
  let done = false;
  if (/^[1-9]$/.test(key)) done = choose(Number(key));
  else if (key === "s" || key === "u") done = press(key);
  else if (key === "c") {
    form?.querySelector<HTMLTextAreaElement>("[name=comment]")?.focus();
    done = true;
  }
  if (done) event.preventDefault();
}

/** renew tells the others that somebody is at it, and this page when somebody else is. */
async function renew(address: string): Promise<void> {
  if (document.hidden) return;
  try {
    const response = await fetch(address, {
      method: "POST", headers: { Accept: "application/json", "X-Quoin-Token": document.body.dataset.token ?? "" }, credentials: "same-origin",
    });
    if (!response.ok) return;
    const { mine, text } = (await response.json()) as { mine: boolean; text: string };
    const note = page?.querySelector<HTMLElement>("[data-claim-note]");
    const place = note?.querySelector<HTMLElement>("[data-claim-text]");
    if (!note || !place) return;
    note.hidden = false;
    note.classList.toggle("warn", !mine);
    if (place.textContent !== text) place.textContent = text;
    const take = note.querySelector<HTMLElement>("[data-claim-take]");
    if (take) take.hidden = mine;
  } catch {
    // Without a network the claim ends by itself; saving says what happened.
  }
}

/** keep holds what is filled in until it is saved, for a reload and for a step to the next one and back. */
function keep(of: HTMLFormElement): void {
  const name = `quoin.grading ${location.pathname}`;
  const kept = sessionStorage.getItem(name);
  const seen = new FormData(of).get("seen");
  const refused = of.querySelector(".error") !== null || document.querySelector(".theirs") !== null;
  if (kept && !refused) {
    const values = JSON.parse(kept) as Record<string, string>;
    if (values.seen === seen) {
      for (const input of of.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input[type=radio], input[type=text], textarea")) {
        const value = values[input.name];
        if (value === undefined) continue;
        if (input instanceof HTMLInputElement && input.type === "radio") input.checked = input.value === value;
        else input.value = value;
      }
    } else sessionStorage.removeItem(name);
  }
  const note = () => {
    const values: Record<string, string> = {};
    for (const [key, value] of new FormData(of)) if (typeof value === "string" && key !== "token" && key !== "request") values[key] = value;
    sessionStorage.setItem(name, JSON.stringify(values));
  };
  of.addEventListener("input", note);
  of.addEventListener("change", note);
  of.addEventListener("submit", (event) => {
    // A refused save comes back with what was sent.
    if ((event.submitter as HTMLButtonElement | null)?.value !== "skip") sessionStorage.removeItem(name);
  });
}

if (page && form) {
  document.addEventListener("keydown", keys);
  const hint = page.querySelector<HTMLElement>("[data-keys]");
  if (hint) hint.hidden = false;
  keep(form);
  const address = page.dataset.claim;
  if (address) {
    void renew(address);
    window.setInterval(() => void renew(address), renewEvery);
  }
}

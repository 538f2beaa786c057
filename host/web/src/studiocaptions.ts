// Captions in a component's sheet: a file is dropped or chosen, looked at by the server, and named in the draft. Without scripts the
// same forms do the same with a reload.

import { announce, words } from "./announce";

type Answer = { op?: string; said?: string[]; error?: string };

/** serveCaptions lets the forms of a sheet send captions; changed hears of what was done, and draws the sheet anew. */
export function serveCaptions(place: HTMLElement, changed: (op?: string) => Promise<void>): void {
  for (const form of place.querySelectorAll<HTMLFormElement>("form[data-captions]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(place, form, new FormData(form, (event as SubmitEvent).submitter), changed);
    });
    if (!form.hasAttribute("data-drop")) continue;
    const input = form.querySelector<HTMLInputElement>('input[type="file"]')!;
    const hover = (over: boolean) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("over", over);
    };
    for (const kind of ["dragenter", "dragover"] as const) form.addEventListener(kind, hover(true));
    for (const kind of ["dragleave", "drop"] as const) form.addEventListener(kind, hover(false));
    form.addEventListener("drop", (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      const body = new FormData(form);
      body.set(input.name, file);
      void send(place, form, body, changed);
    });
  }
}

async function send(place: HTMLElement, form: HTMLFormElement, body: FormData, changed: (op?: string) => Promise<void>): Promise<void> {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  tell(place, [words("captions_sending")], "");
  body.set("token", document.body.dataset.token ?? "");
  let answer: Answer;
  let ok = false;
  try {
    const plain = form.enctype === "multipart/form-data" ? body : new URLSearchParams([...body].map(([name, value]) => [name, String(value)]));
    const response = await fetch(form.action, { method: "POST", body: plain, headers: { Accept: "application/json" }, credentials: "same-origin" });
    ok = response.ok;
    answer = (await response.json().catch(() => ({ error: words("unit_failed") }))) as Answer;
  } catch {
    answer = { error: words("captions_offline") };
  }
  form.removeAttribute("aria-busy");
  if (!ok) {
    tell(place, (answer.error ?? words("unit_failed")).split("\n"), "bad");
    return;
  }
  await changed(answer.op);
  tell(place, answer.said ?? [], "good");
}

/** tell shows what came of it where the captions are, and says it. */
function tell(place: HTMLElement, lines: string[], kind: string): void {
  const said = place.querySelector<HTMLElement>("[data-captions-said]");
  if (!said) return;
  said.className = kind ? `stack-s notice ${kind}` : "stack-s";
  said.setAttribute("role", kind === "bad" ? "alert" : "status");
  said.replaceChildren(
    ...lines.map((line) => {
      const p = document.createElement("p");
      p.dir = "auto";
      p.textContent = line;
      return p;
    }),
  );
  if (kind !== "bad") announce(lines.join(" "));
  said.scrollIntoView({ block: "nearest" });
}

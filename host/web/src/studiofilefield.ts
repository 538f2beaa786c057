// Inputs of a form that name a file of the course: they offer the files that are there, and take a new one by a button or by drag.

import { announce, words } from "./announce";

/** Files is what such inputs need: where files are sent to, and which there are; those that an input offers, where it is fewer. */
export type Files = { upload: string; names(): Promise<string[]>; offered?: RegExp };

/** given is the event that hands a file to such an input, as if it were chosen there. */
export const given = "quoin-file";

/** sent are the names that this page has filled since it asked which there are. */
const sent = new Set<string>();

/** free is a name that no file of the course has: what another component shows stays as it is. */
function free(name: string, names: string[]): string {
  const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
  let one = name;
  for (let n = 2; names.includes(one) || sent.has(one); n++) one = `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
  return one;
}

/** serveFiles equips the inputs of a form, those of rows that are added later too. */
export function serveFiles(form: HTMLElement, files: Files): void {
  const equip = () => {
    for (const input of form.querySelectorAll<HTMLInputElement>("input[data-file]:not([data-equipped])")) {
      if (!input.closest("template")) one(input, files);
    }
  };
  equip();
  new MutationObserver(equip).observe(form, { childList: true, subtree: true });
}

function one(input: HTMLInputElement, files: Files): void {
  input.dataset.equipped = "";
  input.addEventListener("focus", () => void offer(input, files), { once: true });
  const chosen = document.createElement("input");
  chosen.type = "file";
  chosen.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.dataset.fileButton = "";
  button.textContent = words("file_choose");
  const said = document.createElement("span");
  said.className = "small";
  said.setAttribute("role", "status");
  const line = document.createElement("span");
  line.className = "file-acts";
  line.append(button, chosen, said);
  input.after(line);
  button.addEventListener("click", () => chosen.click());
  const take = async (file: File | undefined) => {
    if (!file) return;
    button.disabled = true;
    send(file, free(file.name, await files.names()), files.upload, (text) => (said.textContent = text), (name) => {
      button.disabled = false;
      chosen.value = "";
      if (!name) return;
      sent.add(name);
      input.value = `/static/${name}`;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      announce(words("file_done"));
    });
  };
  chosen.addEventListener("change", () => void take(chosen.files?.[0]));
  input.addEventListener(given, (event) => void take((event as CustomEvent<File>).detail));
  const field = input.closest<HTMLElement>(".field") ?? input;
  const hover = (over: boolean) => (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.classList.toggle("over", over);
  };
  for (const kind of ["dragenter", "dragover"] as const) field.addEventListener(kind, hover(true));
  for (const kind of ["dragleave", "drop"] as const) field.addEventListener(kind, hover(false));
  field.addEventListener("drop", (event) => void take(event.dataTransfer?.files[0]));
}

/** offer lists the course's files below an input. */
async function offer(input: HTMLInputElement, files: Files): Promise<void> {
  const list = document.createElement("datalist");
  list.id = `${input.id}-files`;
  for (const name of await files.names()) if (files.offered?.test(name) ?? true) list.append(new Option(name, `/static/${name}`));
  input.after(list);
  input.setAttribute("list", list.id);
}

function send(file: File, as: string, address: string, say: (text: string) => void, done: (name: string | null) => void): void {
  const body = new FormData();
  body.set("token", document.body.dataset.token ?? "");
  body.set("files", file, as);
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json");
  say(words("file_sending"));
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) say(`${words("file_sending")} ${Math.floor((100 * event.loaded) / event.total)} %`);
  });
  request.addEventListener("error", () => {
    say(words("files_offline"));
    done(null);
  });
  request.addEventListener("load", () => {
    let answer: { stored?: string[]; error?: string } = {};
    try {
      answer = JSON.parse(request.responseText) as typeof answer;
    } catch {
      // An answer that is no JSON says nothing; its status does.
    }
    const name = request.status < 300 ? (answer.stored?.[0] ?? null) : null;
    say(name ? words("file_done") : (answer.error ?? words("file_failed")));
    done(name);
  });
  request.send(body);
}

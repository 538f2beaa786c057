// Renaming a row of the outline where it stands.

import { words } from "./announce";
import { type Done, send, toast } from "./studiosend";
import { usage } from "./studiotree";

/** Host is what renaming needs of the outline: its address, where the focus goes back to, and whom to tell of what was done. */
type Host = { path: string; left(): void; done(answer: Done): Promise<void> };

/** renameRow puts a field in the title's place. A title that could not be saved stays in the field. */
export function renameRow(row: HTMLElement, host: Host): void {
  const title = row.querySelector<HTMLElement>(".o-title");
  if (!title || row.querySelector(".o-rename")) return;
  const input = fieldBeside(title);
  let over = false;
  const leave = () => {
    over = true;
    input.remove();
    title.hidden = false;
    host.left();
  };
  const save = async () => {
    const text = input.value.trim();
    if (over) return;
    if (!text || text === title.textContent?.trim()) return leave();
    over = true;
    const { ok, answer } = await send(`${host.path}/set`, { usage: usage(row), has: "title", title: text });
    if (!ok) {
      over = false;
      input.setAttribute("aria-invalid", "true");
      return toast(answer.errors?.title ?? answer.error ?? words("failed"), { text: words("again"), press: () => void save() }, true);
    }
    input.remove();
    title.hidden = false;
    (title.querySelector("bdi") ?? title).textContent = text;
    await host.done(answer);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") void save();
    else if (event.key === "Escape") leave();
  });
  input.addEventListener("blur", () => void save());
}

function fieldBeside(title: HTMLElement): HTMLInputElement {
  const input = document.createElement("input");
  input.className = "o-rename";
  input.dir = "auto";
  input.maxLength = 255;
  input.value = title.textContent?.trim() ?? "";
  input.setAttribute("aria-label", words("title"));
  title.hidden = true;
  title.after(input);
  input.focus();
  input.select();
  return input;
}

// Inputs whose entries are named in another list of the same form: what is written there is offered to be ticked here.

import { words } from "./announce";

/** serveChoices equips such inputs of a form, those of rows that are added later too. The input itself stays what is sent. */
export function serveChoices(form: HTMLElement): void {
  const draw = () => {
    for (const input of form.querySelectorAll<HTMLTextAreaElement>("textarea[data-of]")) if (!input.closest("template")) offer(form, input);
  };
  draw();
  form.addEventListener("input", (event) => {
    if (!(event.target as Element).closest("[data-choices]")) draw();
  });
  new MutationObserver((changes) => {
    if (changes.some((c) => (c.target as Element).matches("[data-rows]"))) draw();
  }).observe(form, { childList: true, subtree: true });
}

const linesOf = (text: string) => [...new Set(text.split("\n").map((line) => line.trim()).filter((line) => line !== ""))];

function offer(form: HTMLElement, input: HTMLTextAreaElement): void {
  const [list, member] = (input.dataset.of ?? "").split(".");
  const named = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(`[name^="f.${list}."][name$=".${member}"]`)].filter((e) => !e.closest("template"));
  const chosen = linesOf(input.value);
  const offered = [...new Set([...named.map((e) => e.value.trim()).filter((name) => name !== ""), ...chosen])];
  const label = form.querySelector<HTMLElement>(`label[for="${CSS.escape(input.id)}"]`);
  let group = input.nextElementSibling as HTMLElement | null;
  if (!group?.hasAttribute("data-choices")) {
    group = document.createElement("div");
    group.dataset.choices = "";
    group.className = "form-choices";
    group.setAttribute("role", "group");
    if (label) {
      label.id ||= `${input.id}-label`;
      group.setAttribute("aria-labelledby", label.id);
    }
    const help = input.getAttribute("aria-describedby");
    if (help) group.setAttribute("aria-describedby", help);
    input.hidden = true;
    input.after(group);
  }
  const state = JSON.stringify([offered, chosen]);
  if (group.dataset.state === state) return; // so that who ticks keeps the focus
  group.dataset.state = state;
  group.replaceChildren(...offered.map((name) => {
    const line = document.createElement("label");
    line.className = "form-tick";
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = chosen.some((one) => one.toLowerCase() === name.toLowerCase());
    tick.addEventListener("change", () => {
      const now = linesOf(input.value).filter((one) => one.toLowerCase() !== name.toLowerCase());
      input.value = (tick.checked ? [...now, name] : now).join("\n");
      group.dataset.state = JSON.stringify([offered, linesOf(input.value)]);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const text = document.createElement("bdi");
    text.textContent = name;
    line.append(tick, " ", text);
    return line;
  }));
  if (offered.length === 0) {
    const none = document.createElement("p");
    none.className = "small soft";
    none.textContent = words("choices_none");
    group.append(none);
  }
}

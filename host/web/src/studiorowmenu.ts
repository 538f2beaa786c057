// The menu of an outline's row: what can be done with it, by pointer and by keys.

import { level } from "./studiotree";

/** openRowMenu opens a row's menu below its button, with those entries of the template that are for rows of its level. */
export function openRowMenu(template: HTMLTemplateElement | null, row: HTMLElement, button: HTMLElement, chosen: (what: string) => void): void {
  document.querySelector(".o-menu")?.remove();
  const menu = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!menu) return;
  for (const item of menu.querySelectorAll<HTMLElement>("[data-levels]")) if (!item.dataset.levels?.includes(String(level(row)))) item.remove();
  const items = [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
  let open = true;
  const close = (back: boolean) => {
    if (!open) return; // what is taken away loses the focus, which closes it once more
    open = false;
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  menu.addEventListener("click", (event) => {
    const item = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (!item) return;
    close(false);
    chosen(item.dataset.do ?? "");
  });
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[(to + items.length) % items.length]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null)) close(false);
  });
  button.setAttribute("aria-expanded", "true");
  button.after(menu);
  const box = menu.getBoundingClientRect();
  // Above a row near the top of the page its first entries would stand where nobody can scroll to; below it the page scrolls.
  if (box.bottom > window.innerHeight && button.getBoundingClientRect().top + window.scrollY > box.height) menu.classList.add("upward");
  const top = menu.classList.contains("upward") ? button.getBoundingClientRect().top : window.innerHeight - box.top;
  if (top < box.height) menu.scrollIntoView({ block: "nearest" }); // else its last entries lie below the window
  items[0]?.focus();
}

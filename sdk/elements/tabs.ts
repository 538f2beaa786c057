// Tabs made of sections with headings.

import { button, Enhancing, idOf, make, step } from "./element.ts";

/** <quoin-tabs [label]> around sections, each with its heading first. */
export class Tabs extends Enhancing {
  protected enhance(): void {
    const panels = [...this.querySelectorAll<HTMLElement>(":scope > section")];
    if (panels.length < 2) return;
    const list = make("div", "el-tabs");
    list.setAttribute("role", "tablist");
    const name = this.getAttribute("label");
    if (name) list.setAttribute("aria-label", name);
    const tabs = panels.map((panel) => {
      const heading = panel.querySelector<HTMLElement>("h2, h3, h4, h5, h6");
      const tab = button("el-tab", heading?.textContent ?? "", () => choose(panels.indexOf(panel)));
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", idOf(panel));
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", idOf(tab));
      panel.tabIndex = 0;
      if (heading) heading.hidden = true;
      return tab;
    });
    const choose = (n: number) => {
      tabs.forEach((tab, at) => {
        tab.setAttribute("aria-selected", String(at === n));
        tab.tabIndex = at === n ? 0 : -1;
      });
      panels.forEach((panel, at) => (panel.hidden = at !== n));
    };
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
      const along = event.key === "ArrowLeft" || event.key === "ArrowRight" ? step(event, list) : 0;
      const move = event.key === "Home" ? -at : event.key === "End" ? tabs.length - 1 - at : along;
      if (at < 0 || (along === 0 && event.key !== "Home" && event.key !== "End")) return;
      event.preventDefault();
      const to = (at + move + tabs.length) % tabs.length;
      choose(to);
      tabs[to]?.focus();
    });
    list.append(...tabs);
    this.prepend(list);
    choose(Math.max(0, panels.findIndex((p) => p.hasAttribute("data-open"))));
  }
}

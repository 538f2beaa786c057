// The tabs of the sheet beside a unit: the form, the block's own editor, the element.

/** serveTabs makes tabs of the panels of a place, if there are several. pressed is asked when one is; it shows the tab, or opens it otherwise. */
export function serveTabs(place: HTMLElement, pressed: (tab: string, show: () => void) => void): void {
  const bar = place.querySelector<HTMLElement>("[data-tabs]");
  const panels = [...place.querySelectorAll<HTMLElement>("[data-tab]")];
  if (!bar || panels.length < 2) return;
  bar.hidden = false;
  bar.setAttribute("role", "tablist");
  const buttons = panels.map((panel, i) => bar.appendChild(tabOf(panel, i)));
  const show = (at: number) => {
    for (const [i, panel] of panels.entries()) {
      panel.hidden = i !== at;
      buttons[i]!.setAttribute("aria-selected", String(i === at));
      buttons[i]!.tabIndex = i === at ? 0 : -1;
    }
  };
  for (const [i, button] of buttons.entries()) {
    button.addEventListener("click", () => pressed(button.dataset.for ?? "", () => show(i)));
    button.addEventListener("keydown", (event) => {
      const rtl = document.documentElement.dir === "rtl";
      const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
      if (!step) return;
      const to = buttons[(i + step + buttons.length) % buttons.length]!;
      to.click();
      (tabNamed(place, to.dataset.for ?? "") ?? to).focus(); // the sheet may have been drawn anew
    });
  }
  const form = panels.findIndex((panel) => panel.hasAttribute("data-own") || panel.querySelector(".field input, .field textarea, .field select, .form-list"));
  show(Math.max(0, form));
}

function tabOf(panel: HTMLElement, i: number): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "tab");
  button.dataset.for = panel.dataset.tab;
  button.textContent = panel.getAttribute("aria-label");
  button.id = `edit-tab-${i}`;
  panel.id = `edit-panel-${i}`;
  panel.setAttribute("role", "tabpanel");
  panel.removeAttribute("aria-label");
  panel.setAttribute("aria-labelledby", button.id);
  button.setAttribute("aria-controls", panel.id);
  return button;
}

/** tabNamed is the tab of a name. */
export function tabNamed(place: HTMLElement, name: string): HTMLElement | null {
  return place.querySelector<HTMLElement>(`[role="tab"][data-for="${name}"]`);
}

/** tabShown is the tab that is open. */
export function tabShown(place: HTMLElement): HTMLElement | null {
  return place.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
}

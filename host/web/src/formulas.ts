// Formulas are MathML that the server made. What a browser copies of it are letters in a row, so the TeX is copied instead.

/** whole gives the formula that a place in the document stands in. */
function whole(node: Node): Element | null {
  return (node instanceof Element ? node : node.parentElement)?.closest(".formula") ?? null;
}

const breaks = "br, p, div, li, tr, h1, h2, h3, h4, h5, h6, legend, label, dt, dd, .formula-display";

/** copyFormulas makes the copied text hold formulas as TeX. A formula that is selected in part is copied as a whole. */
export function copyFormulas(): void {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData || event.target instanceof HTMLTextAreaElement) return;
    const range = selection.getRangeAt(0).cloneRange();
    const first = whole(range.startContainer);
    const last = whole(range.endContainer);
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    const formulas = [...copy.querySelectorAll(".formula")].filter((formula) => formula.querySelector("annotation"));
    if (formulas.length === 0) return;
    event.clipboardData.setData("text/html", copy.innerHTML);
    for (const formula of formulas) {
      const [open, close] = formula.matches(".formula-display") ? ["\\[", "\\]"] : ["\\(", "\\)"];
      formula.querySelector("math")?.replaceWith(open + (formula.querySelector("annotation")?.textContent ?? "") + close);
    }
    for (const end of copy.querySelectorAll(breaks)) end.after("\n");
    event.clipboardData.setData("text/plain", copy.textContent?.trim() ?? "");
    event.preventDefault();
  });
}

/** reachFormulas lets the keyboard scroll those formulas that are wider than their place. */
export function reachFormulas(): void {
  const watcher = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });
  const watch = () => document.querySelectorAll(".formula-display, .formula-wide").forEach((formula) => watcher.observe(formula));
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  watch();
}

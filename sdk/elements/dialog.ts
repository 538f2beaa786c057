// Something that opens above the page: a button in place of the summary, the browser's own dialog in place of the details.

import { button, Enhancing, idOf, make } from "./element.ts";
import { word } from "./words.ts";

/** <quoin-dialog> around one details: its summary becomes the button, the rest what opens. */
export class Dialog extends Enhancing {
  protected enhance(): void {
    const details = this.querySelector<HTMLDetailsElement>(":scope > details");
    const summary = details?.querySelector("summary");
    if (!details || !summary) return;
    const dialog = make("dialog", "el-dialog stack");
    const heading = make("h2", "", summary.textContent?.trim() ?? "");
    const opener = button("button", heading.textContent ?? "", () => {
      dialog.showModal();
    });
    opener.setAttribute("aria-haspopup", "dialog");
    dialog.setAttribute("aria-labelledby", idOf(heading));
    const body = make("div", "stack");
    body.append(...[...details.childNodes].filter((n) => n !== summary));
    dialog.append(heading, body, button("button", word("dialog_close"), () => dialog.close()));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
    dialog.addEventListener("close", () => opener.focus());
    const open = details.open;
    details.replaceWith(opener, dialog);
    if (open) dialog.show();
  }
}

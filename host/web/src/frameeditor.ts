// An author's editor in its frame. The page hands the block's fields to the view's first custom element as its property `values` and
// takes its "quoin-edit" events; the element may have ready(), which ends when nothing is under way, and changed(fields), which hears
// of what was changed in another form.

/** Fields are values by their fields' names. */
export type Fields = Record<string, unknown>;

/** FromStudio is what the page tells an editor. */
export type FromStudio = { kind: "values"; values: Fields } | { kind: "changed"; fields: Fields; values: Fields } | { kind: "finish"; id: number };

type Editor = HTMLElement & { values?: Fields; ready?(): unknown; changed?(fields: Fields): unknown };

const together = 100; // ms in which edits are told at once

/** serveEditor gives what hears the page; say tells it. */
export function serveEditor(say: (message: unknown) => void): (message: FromStudio) => void {
  const element = [...document.body.querySelectorAll<Editor>("*")].find((e) => e.localName.includes("-")) ?? null;
  let edits: Fields | null = null;
  let timer = 0;
  let began = false;
  const flush = () => {
    window.clearTimeout(timer);
    timer = 0;
    if (edits) say({ kind: "edit", fields: edits });
    edits = null;
  };
  document.addEventListener("quoin-edit", (event) => {
    const { detail } = event as CustomEvent<Fields>;
    if (typeof detail !== "object" || detail === null) return;
    try {
      edits = { ...edits, ...(JSON.parse(JSON.stringify(detail)) as Fields) };
    } catch (error) {
      say({ kind: "editor", state: "failed" }); // what is no JSON cannot be saved, and its author has to know
      return console.error(error);
    }
    timer ||= window.setTimeout(flush, together);
  });
  const failed = (error: unknown) => {
    if (!began) say({ kind: "editor", state: "failed" });
    console.error(error);
  };
  window.addEventListener("error", (event) => {
    if (!began) failed(event.message);
  });
  window.addEventListener("blur", () => void Promise.resolve(element?.ready?.()).then(flush, flush));
  window.addEventListener("pagehide", flush);
  // Escape leads out of the frame, unless the editor has a use for it.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) say({ kind: "leave" });
  });
  return async (message) => {
    if (!element) return failed("the view has no custom element");
    try {
      await customElements.whenDefined(element.localName);
      customElements.upgrade(element);
      if (message.kind === "values") {
        element.values = message.values;
        began = true;
        say({ kind: "editor", state: "ready" });
      } else if (message.kind === "changed") {
        if (element.changed) await element.changed(message.fields);
        else element.values = message.values;
      } else {
        await element.ready?.();
        flush();
        say({ kind: "finished", id: message.id });
      }
    } catch (error) {
      failed(error);
      if (message.kind === "finish") say({ kind: "finished", id: message.id });
    }
  };
}

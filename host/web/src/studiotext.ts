// Studio's editor of texts. It is loaded when a text is opened, and opens only what it would give back unchanged.

import { baseKeymap, chainCommands, exitCode, toggleMark } from "prosemirror-commands";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import * as tables from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { later, toolbar } from "./studiotextbar";
import { image, link, type Options, pictureIn } from "./studiotextinserts";
import { formulas, math } from "./studiotextmath";
import { same } from "./studiotextsame";
import { markOf, nodeOf, parse, picturesFrom, serialize } from "./studiotextschema";

/** Text is an open editor. */
export type Text = { set(html: string): boolean; focus(): void; close(): void };

/** knows reports whether the editor would give a text back as it is. */
export function knows(html: string): boolean {
  try {
    const doc = parse(html);
    doc.check();
    return same(html, serialize(doc));
  } catch {
    return false; // a structure that the editor has no place for
  }
}

/** open puts an editor into a place; null for a text that it does not know all of. */
export function open(place: HTMLElement, options: Options): Text | null {
  if (!knows(options.html)) return null;
  picturesFrom(options.statics);
  let last = options.html;
  const given = (data: DataTransfer | null) => {
    const file = pictureIn(data);
    if (file) void image(view, options, file);
    return file !== null;
  };
  // What was emptied by hand is set, and empty: the default counts for it no more.
  let touched = false;
  const otherwise = new DOMParser().parseFromString(options.otherwise ?? "", "text/html").body.textContent.trim();
  const shown = (state: EditorState): Record<string, string> =>
    otherwise && !touched && state.doc.childCount <= 1 && !state.doc.firstChild?.content.size ? { "data-otherwise": otherwise, "aria-placeholder": otherwise } : {};
  const view: EditorView = new EditorView(null, {
    state: stateOf(options.html, { "Mod-k": later(() => link(view, options)), "Mod-e": later(() => math(view, options)) }),
    attributes: (state) => ({ ...shown(state), role: "textbox", "aria-multiline": "true", "aria-label": options.label, "aria-describedby": options.described, class: "rich-text prose", dir: "auto" }),
    handlePaste: (_view, event) => given(event.clipboardData),
    handleDrop(view, event, _slice, moved) {
      const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
      if (moved || !at || !pictureIn(event.dataTransfer)) return false;
      view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))));
      return given(event.dataTransfer);
    },
    dispatchTransaction(tr) {
      if (tr.docChanged) touched = !tr.getMeta("outside");
      view.updateState(view.state.apply(tr));
      bar.follow();
      if (!tr.docChanged || tr.getMeta("outside")) return;
      const html = serialize(view.state.doc);
      if (html === last) return;
      last = html;
      options.changed(html);
    },
  });
  const bar = toolbar(view, options);
  place.replaceChildren(bar.element, view.dom);
  bar.follow();
  return {
    set(html) {
      if (html === last) return true;
      if (!knows(html)) return false;
      last = html;
      const doc = parse(html);
      const tr = view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content).setMeta("outside", true).setMeta("addToHistory", false);
      view.dispatch(tr);
      return true;
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

// Escape leaves the sheet, as it does everywhere in it.
const keys = Object.fromEntries(Object.entries(baseKeymap).filter(([name]) => name !== "Escape"));

function stateOf(html: string, opening: Record<string, Command>): EditorState {
  const item = nodeOf("item");
  return EditorState.create({
    doc: parse(html),
    plugins: [
      inputRules({
        rules: [
          wrappingInputRule(/^\s*[-*]\s$/, nodeOf("bullets")), wrappingInputRule(/^1[.)]\s$/, nodeOf("numbers")),
          wrappingInputRule(/^>\s$/, nodeOf("box"), () => ({ tag: "blockquote" })),
          textblockTypeInputRule(/^(#{2,4})\s$/, nodeOf("heading"), (m) => ({ level: m[1]!.length })), textblockTypeInputRule(/^```$/, nodeOf("pre")),
        ],
      }),
      keymap({
        ...opening,
        "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo, "Mod-b": toggleMark(markOf("strong")), "Mod-i": toggleMark(markOf("em")), "Mod-u": toggleMark(markOf("underline")),
        Enter: splitListItem(item), "Mod-]": sinkListItem(item), "Mod-[": liftListItem(item),
        "Shift-Enter": chainCommands(exitCode, (state, dispatch) => {
          dispatch?.(state.tr.replaceSelectionWith(nodeOf("hard_break").create()).scrollIntoView());
          return true;
        }),
        Tab: chainCommands(tables.goToNextCell(1), sinkListItem(item)), "Shift-Tab": chainCommands(tables.goToNextCell(-1), liftListItem(item)),
      }),
      keymap(keys), gapCursor(), tables.tableEditing(), history(), formulas(),
    ],
  });
}

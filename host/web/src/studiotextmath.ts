// Formulas in a text: shown as such while they are written, and written in a dialog that draws them.

import { type EditorState, Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { words } from "./announce";
import { ask } from "./studiotextdialogs";
import type { Options } from "./studiotextinserts";

const formula = /\\\(.+?\\\)|\\\[.+?\\\]/gs;

/** formulas marks what is read as TeX, so that one sees where it begins and ends. */
export function formulas(): Plugin {
  return new Plugin({
    props: {
      decorations(state) {
        const found: Decoration[] = [];
        state.doc.descendants((n, at) => {
          if (!n.isTextblock || n.type.spec.code) return true;
          const text = n.textBetween(0, n.content.size, "", "\ufffc");
          for (const m of text.matchAll(formula)) found.push(Decoration.inline(at + 1 + m.index, at + 1 + m.index + m[0].length, { class: "rich-math", dir: "ltr" }));
          return false;
        });
        return DecorationSet.create(state.doc, found);
      },
    },
  });
}

/** formulaAround is the formula that the cursor stands in, or that is chosen, and where it stands. */
export function formulaAround(state: EditorState): { from: number; to: number; tex: string; own: boolean } | null {
  const { $from, $to } = state.selection;
  if (!$from.parent.isTextblock || $from.parent.type.spec.code || !$from.sameParent($to)) return null;
  const text = $from.parent.textBetween(0, $from.parent.content.size, "", "\ufffc");
  for (const m of text.matchAll(formula)) {
    const [from, to] = [$from.start() + m.index, $from.start() + m.index + m[0].length];
    if (state.selection.empty ? from < $from.pos && $to.pos < to : from <= $from.pos && $to.pos <= to) return { from, to, tex: m[0].slice(2, -2), own: m[0].startsWith("\\[") };
  }
  return null;
}

export async function math(view: EditorView, options: Options): Promise<void> {
  const now = formulaAround(view.state);
  const chosen = view.state.doc.textBetween(view.state.selection.from, view.state.selection.to, " ");
  const answer = await ask(words("rich_math"), [
    {
      name: "tex", label: words("rich_tex"), help: words("rich_tex_help"), kind: "area", required: true, value: now?.tex ?? chosen,
      shows: async ({ tex, own }) => {
        if (!tex) return "";
        const response = await fetch(`${options.statics.replace(/static\/$/, "formula")}?${new URLSearchParams({ tex: oneLine(tex), own: own ?? "" })}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        return response.ok ? ((await response.json()) as { html: string }).html : "";
      },
    },
    { name: "own", label: words("rich_math_own"), kind: "tick", value: now?.own ? "true" : "" },
  ], !!now);
  view.focus();
  if (!answer) return;
  const { state } = view;
  const { from, to } = now ?? state.selection;
  if (answer === "remove") return view.dispatch(state.tr.delete(from, to));
  const tex = oneLine(answer.tex ?? "");
  view.dispatch(state.tr.insertText(answer.own ? `\\[${tex}\\]` : `\\(${tex}\\)`, from, to).scrollIntoView());
}

const oneLine = (tex: string) => tex.replace(/\s+/g, " ");

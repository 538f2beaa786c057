// The bar above a text: what its buttons do, and when they are pressed or cannot be.

import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import type { Command, EditorState } from "prosemirror-state";
import * as tables from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { words } from "./announce";
import { caption, chosenImage, image, link, newTable, type Options, video } from "./studiotextinserts";
import { formulaAround, math } from "./studiotextmath";
import { markOf, nodeOf } from "./studiotextschema";

/** later is a command that asks first. */
export const later = (run: () => Promise<void>): Command => () => {
  void run();
  return true;
};

type Button = { name: string; sign: string; draws?: string; run: Command | (() => void); on?: (state: EditorState) => boolean; able?: (state: EditorState) => boolean; key?: string };

function marks(name: string, sign: string, key?: string): Button {
  const type = markOf(name);
  return { name, sign, key, run: toggleMark(type), on: (s) => (s.selection.empty ? !!type.isInSet(s.storedMarks ?? s.selection.$from.marks()) : s.doc.rangeHasMark(s.selection.from, s.selection.to, type)) };
}

function within(state: EditorState, test: (n: Node) => boolean): boolean {
  const { $from } = state.selection;
  for (let d = $from.depth; d > 0; d--) if (test($from.node(d))) return true;
  return false;
}

function list(name: "bullets" | "numbers", sign: string): Button {
  return { name, sign, run: (s, d) => (within(s, (n) => n.type === nodeOf(name)) ? liftListItem(nodeOf("item"))(s, d) : wrapInList(nodeOf(name))(s, d)), on: (s) => within(s, (n) => n.type === nodeOf(name)) };
}

const quote: Button = {
  name: "quote", sign: "❝", on: (s) => within(s, (n) => n.attrs.tag === "blockquote"),
  run: (s, d) => (within(s, (n) => n.attrs.tag === "blockquote") ? lift(s, d) : wrapIn(nodeOf("box"), { tag: "blockquote" })(s, d)),
};

const inTable = (s: EditorState) => tables.isInTable(s);

function buttons(view: EditorView, options: Options): Button[][] {
  return [
    [marks("strong", "B", "Mod-B"), marks("em", "I", "Mod-I"), marks("underline", "U", "Mod-U"), marks("code", "<>"), marks("sub", "x₂"), marks("sup", "x²")],
    [list("bullets", "•≡"), list("numbers", "1≡"), quote],
    [
      { name: "link", sign: "", key: "Mod-K", draws: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1.5-1.5", run: later(() => link(view, options)), on: marks("link", "").on }, { name: "image", sign: "", draws: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15.5 9.5h.01", run: later(() => image(view, options)), on: (s) => chosenImage(s) !== null },
      { name: "math", sign: "∑", key: "Mod-E", run: later(() => math(view, options)), on: (s) => formulaAround(s) !== null }, { name: "video", sign: "▷", run: later(() => video(view)) },
      { name: "table", sign: "⊞", run: () => newTable(view) }, { name: "line", sign: "―", run: (s, d) => { d?.(s.tr.replaceSelectionWith(nodeOf("rule").create())); return true; } },
    ],
    [
      { name: "row_add", sign: "↓+", run: tables.addRowAfter, able: inTable }, { name: "column_add", sign: "→+", run: tables.addColumnAfter, able: inTable },
      { name: "row_remove", sign: "↓−", run: tables.deleteRow, able: inTable }, { name: "column_remove", sign: "→−", run: tables.deleteColumn, able: inTable },
      { name: "caption", sign: "", draws: "M4 4h16v11H4zM4 9h16M12 4v11M6 20h12", run: later(() => caption(view)), able: inTable },
      { name: "table_remove", sign: "⊟", run: tables.deleteTable, able: inTable },
    ],
    [
      { name: "undo", sign: "↶", run: undo, able: (s) => undo(s) }, { name: "redo", sign: "↷", run: redo, able: (s) => redo(s) },
      { name: "source", sign: "HTML", run: () => options.source() },
    ],
  ];
}

/** toolbar draws the editor's buttons: one stop of the tab key, arrows go from one to the next. */
export function toolbar(view: EditorView, options: Options): { element: HTMLElement; follow(): void } {
  const bar = document.createElement("div");
  bar.className = "rich-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words("rich_bar"));
  const style = styles(view);
  bar.append(style.element);
  const drawn: { b: Button; e: HTMLButtonElement }[] = [];
  for (const group of buttons(view, options)) {
    const holder = document.createElement("span");
    holder.className = "rich-group";
    for (const b of group) {
      const e = document.createElement("button");
      e.type = "button";
      if (b.draws) e.append(picture(b.draws));
      else e.dataset.sign = b.sign;
      e.dataset.does = b.name;
      const label = words(`rich_${b.name}`);
      e.setAttribute("aria-label", label);
      e.title = b.key ? `${label} (${b.key.replace("Mod", navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl")})` : label;
      e.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
      e.addEventListener("click", () => {
        if (e.getAttribute("aria-disabled") === "true") return;
        (b.run as Command)(view.state, view.dispatch, view);
        if (!["link", "image", "math", "video", "caption", "source"].includes(b.name)) view.focus();
      });
      holder.append(e);
      drawn.push({ b, e });
    }
    bar.append(holder);
  }
  rove(bar);
  return {
    element: bar,
    follow() {
      style.follow();
      for (const { b, e } of drawn) {
        if (b.on) e.setAttribute("aria-pressed", String(b.on(view.state)));
        if (b.able) e.setAttribute("aria-disabled", String(!b.able(view.state)));
        if (b.able === inTable) e.hidden = !inTable(view.state);
      }
    },
  };
}

function picture(path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "18", height: "18", fill: "none", stroke: "currentColor", "stroke-width": "2" })) svg.setAttribute(name, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function rove(bar: HTMLElement): void {
  const stops = () => [...bar.querySelectorAll<HTMLElement>("select, button")].filter((e) => !e.hidden);
  const all = [...bar.querySelectorAll<HTMLElement>("select, button")];
  for (const [i, e] of all.entries()) e.tabIndex = i === 0 ? 0 : -1;
  bar.addEventListener("keydown", (event) => {
    const here = stops().indexOf(event.target as HTMLElement);
    const rtl = getComputedStyle(bar).direction === "rtl";
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? stops().length - 1 : step === undefined ? -1 : (here + step + stops().length) % stops().length;
    if (to < 0) return;
    event.preventDefault();
    for (const e of all) e.tabIndex = -1;
    stops()[to]!.tabIndex = 0;
    stops()[to]!.focus();
  });
}

function styles(view: EditorView): { element: HTMLSelectElement; follow(): void } {
  const select = document.createElement("select");
  select.setAttribute("aria-label", words("rich_style"));
  const options: [string, string, () => Command][] = [
    ["p", words("rich_paragraph"), () => setBlockType(nodeOf("paragraph"))],
    ...[2, 3, 4].map((level): [string, string, () => Command] => [`h${level}`, `${words("rich_heading")} ${level - 1}`, () => setBlockType(nodeOf("heading"), { level })]),
    ["pre", words("rich_code_block"), () => setBlockType(nodeOf("pre"))],
  ];
  for (const [value, text] of options) select.append(new Option(text, value));
  select.addEventListener("change", () => {
    options.find(([value]) => value === select.value)?.[2]()(view.state, view.dispatch, view);
    view.focus();
  });
  return {
    element: select,
    follow() {
      const { parent } = view.state.selection.$from;
      select.value = parent.type === nodeOf("heading") ? `h${parent.attrs.level as number}` : parent.type === nodeOf("pre") ? "pre" : "p";
    },
  };
}

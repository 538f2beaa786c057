// Studio's editor of texts. It is loaded when a text is opened, and opens only what it would give back unchanged.

import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { MarkType, Node, NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, EditorState, NodeSelection, Plugin, TextSelection } from "prosemirror-state";
import * as tables from "prosemirror-tables";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { words } from "./announce";
import { ask } from "./studiotextdialogs";
import { same } from "./studiotextsame";
import { captioned, captionOf, type More, parse, picturesFrom, schema, serialize } from "./studiotextschema";

/** Places are what a link or a picture may name. */
export type Places = { units: { id: string; title: string }[]; files: string[]; alts?: Record<string, string>; pictures: string; upload?: string };

/** Options say what is edited; otherwise is what counts as long as nothing is written. */
export type Options = { html: string; otherwise?: string; label: string; described: string; statics: string; places(): Promise<Places>; changed(html: string): void; source(): void };

/** Text is an open editor. */
export type Text = { set(html: string): boolean; focus(): void; close(): void };

const node = (name: string): NodeType => schema.nodes[name]!;
const markOf = (name: string): MarkType => schema.marks[name]!;

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

/** later is a command that asks first. */
const later = (run: () => Promise<void>): Command => () => {
  void run();
  return true;
};

// Escape leaves the sheet, as it does everywhere in it.
const keys = Object.fromEntries(Object.entries(baseKeymap).filter(([name]) => name !== "Escape"));

function stateOf(html: string, opening: Record<string, Command>): EditorState {
  const item = node("item");
  return EditorState.create({
    doc: parse(html),
    plugins: [
      inputRules({
        rules: [
          wrappingInputRule(/^\s*[-*]\s$/, node("bullets")), wrappingInputRule(/^1[.)]\s$/, node("numbers")),
          wrappingInputRule(/^>\s$/, node("box"), () => ({ tag: "blockquote" })),
          textblockTypeInputRule(/^(#{2,4})\s$/, node("heading"), (m) => ({ level: m[1]!.length })), textblockTypeInputRule(/^```$/, node("pre")),
        ],
      }),
      keymap({
        ...opening,
        "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo, "Mod-b": toggleMark(markOf("strong")), "Mod-i": toggleMark(markOf("em")), "Mod-u": toggleMark(markOf("underline")),
        Enter: splitListItem(item), "Mod-]": sinkListItem(item), "Mod-[": liftListItem(item),
        "Shift-Enter": chainCommands(exitCode, (state, dispatch) => {
          dispatch?.(state.tr.replaceSelectionWith(node("hard_break").create()).scrollIntoView());
          return true;
        }),
        Tab: chainCommands(tables.goToNextCell(1), sinkListItem(item)), "Shift-Tab": chainCommands(tables.goToNextCell(-1), liftListItem(item)),
      }),
      keymap(keys), gapCursor(), tables.tableEditing(), history(), formulas(),
    ],
  });
}

const formula = /\\\(.+?\\\)|\\\[.+?\\\]/gs;

/** formulas marks what is read as TeX, so that one sees where it begins and ends. */
function formulas(): Plugin {
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
  return { name, sign, run: (s, d) => (within(s, (n) => n.type === node(name)) ? liftListItem(node("item"))(s, d) : wrapInList(node(name))(s, d)), on: (s) => within(s, (n) => n.type === node(name)) };
}

const quote: Button = {
  name: "quote", sign: "❝", on: (s) => within(s, (n) => n.attrs.tag === "blockquote"),
  run: (s, d) => (within(s, (n) => n.attrs.tag === "blockquote") ? lift(s, d) : wrapIn(node("box"), { tag: "blockquote" })(s, d)),
};

const inTable = (s: EditorState) => tables.isInTable(s);

function buttons(view: EditorView, options: Options): Button[][] {
  return [
    [marks("strong", "B", "Mod-B"), marks("em", "I", "Mod-I"), marks("underline", "U", "Mod-U"), marks("code", "<>"), marks("sub", "x₂"), marks("sup", "x²")],
    [list("bullets", "•≡"), list("numbers", "1≡"), quote],
    [
      { name: "link", sign: "", key: "Mod-K", draws: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1.5-1.5", run: later(() => link(view, options)), on: marks("link", "").on }, { name: "image", sign: "", draws: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15.5 9.5h.01", run: later(() => image(view, options)), on: (s) => chosenImage(s) !== null },
      { name: "math", sign: "∑", key: "Mod-E", run: later(() => math(view, options)), on: (s) => formulaAround(s) !== null }, { name: "video", sign: "▷", run: later(() => video(view)) },
      { name: "table", sign: "⊞", run: () => newTable(view) }, { name: "line", sign: "―", run: (s, d) => { d?.(s.tr.replaceSelectionWith(node("rule").create())); return true; } },
    ],
    [
      { name: "row_add", sign: "↓+", run: addRow, able: inTable }, { name: "column_add", sign: "→+", run: tables.addColumnAfter, able: inTable },
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

/** addRow adds one below; a row below the head belongs to the body. */
const addRow: Command = (state, dispatch) =>
  tables.addRowAfter(state, dispatch && ((tr) => {
    tr.doc.descendants((n, at, parent, i) => {
      if (n.type === node("table_row") && i > 0 && n.attrs.part === "tbody" && parent?.child(0).attrs.part === "tbody") return false;
      return true;
    });
    dispatch(tr);
  }));

/** toolbar draws the editor's buttons: one stop of the tab key, arrows go from one to the next. */
function toolbar(view: EditorView, options: Options): { element: HTMLElement; follow(): void } {
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
    ["p", words("rich_paragraph"), () => setBlockType(node("paragraph"))],
    ...[2, 3, 4].map((level): [string, string, () => Command] => [`h${level}`, `${words("rich_heading")} ${level - 1}`, () => setBlockType(node("heading"), { level })]),
    ["pre", words("rich_code_block"), () => setBlockType(node("pre"))],
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
      select.value = parent.type === node("heading") ? `h${parent.attrs.level as number}` : parent.type === node("pre") ? "pre" : "p";
    },
  };
}

function newTable(view: EditorView): void {
  const cell = (name: string) => node(name).create(null, node("paragraph").create({ bare: true }));
  const row = (name: string, part: string) => node("table_row").create({ part }, [cell(name), cell(name), cell(name)]);
  const made = node("table").create({ parts: ["thead", "tbody"] }, [row("table_header", "thead"), row("table_cell", "tbody"), row("table_cell", "tbody")]);
  const tr = view.state.tr.replaceSelectionWith(made);
  let at = -1;
  tr.doc.descendants((n, pos) => {
    if (n.type === node("table") && n.eq(made) && pos <= tr.selection.from) at = pos;
    return n.type !== node("table");
  });
  if (at >= 0) tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  view.dispatch(tr.scrollIntoView());
}

async function caption(view: EditorView): Promise<void> {
  const { $from } = view.state.selection;
  let depth = $from.depth;
  while (depth > 0 && $from.node(depth).type !== node("table")) depth--;
  if (depth === 0) return;
  const table = $from.node(depth);
  const now = captionOf(table);
  const answer = await ask(words("rich_caption"), [{ name: "caption", label: words("rich_caption_text"), help: words("rich_caption_help"), required: true, value: now }], now !== "");
  view.focus();
  const text = answer === "remove" ? "" : (answer?.caption ?? now);
  if (text !== now) view.dispatch(view.state.tr.setNodeMarkup($from.before(depth), null, captioned(table, text)));
}

async function link(view: EditorView, options: Options): Promise<void> {
  const { state } = view;
  const type = markOf("link");
  const at = type.isInSet(state.selection.$from.marks()) ?? type.isInSet(state.selection.$to.marks());
  const places = await options.places();
  const now = (at?.attrs.attrs as More | undefined)?.href ?? "";
  const named = (href: string) => places.units.find((u) => href === `/jump_to_id/${u.id}`)?.title ?? places.files.find((f) => href === `/static/${f}`) ?? "";
  const answer = await ask(words("rich_link"), [
    {
      name: "href", label: words("rich_link_to"), help: words("rich_link_help"), kind: "url", required: true, value: now,
      wrong: (href) => (href === now || leads(href) ? "" : words("rich_link_wrong")), means: named,
      options: [...places.units.map((u) => ({ value: `/jump_to_id/${u.id}`, text: u.title })), ...places.files.map((f) => ({ value: `/static/${f}`, text: f }))],
    },
    ...(state.selection.empty && !at ? [{ name: "text", label: words("rich_link_text"), required: true, from: { name: "href", text: (href: string) => named(href).split(" › ").at(-1) ?? "" } }] : []),
  ], !!at);
  view.focus();
  if (!answer) return;
  let { from, to } = state.selection;
  if (at && state.selection.empty) [from, to] = around(state, at.type);
  if (answer === "remove") return view.dispatch(state.tr.removeMark(from, to, type));
  const href = answer.href ?? "";
  const made = type.create({ tag: "a", attrs: { ...((at?.attrs.attrs as More | undefined) ?? {}), href } });
  if (answer.text) view.dispatch(state.tr.replaceSelectionWith(schema.text(answer.text, [...state.selection.$from.marks(), made]), false));
  else view.dispatch(state.tr.removeMark(from, to, type).addMark(from, to, made));
}

/** leads reports whether an address leads somewhere: within the course, within the page, or elsewhere by a way that links go. */
function leads(href: string): boolean {
  return /^(\/|#)\S*$/.test(href) || /^(https?:\/\/[^\s/]+\S*|mailto:\S+@\S+|tel:[+\d][-\d ]*)$/i.test(href);
}

/** around is where a mark that the cursor stands in begins and ends. */
function around(state: EditorState, type: MarkType): [number, number] {
  const { $from } = state.selection;
  const start = $from.start();
  let from = start;
  let to = start;
  let open = false;
  $from.parent.forEach((child, offset) => {
    const has = type.isInSet(child.marks);
    if (has && !open) [from, open] = [start + offset, true];
    if (has) to = start + offset + child.nodeSize;
    else if (open && to >= $from.pos) return;
    else open = false;
  });
  return [from, to];
}

function chosenImage(state: EditorState): Node | null {
  return state.selection instanceof NodeSelection && state.selection.node.type === node("image") ? state.selection.node : null;
}

/** pictureIn is the picture that was pasted or dropped; null where something else is, or a text in which there are pictures. */
function pictureIn(data: DataTransfer | null): File | null {
  const file = [...(data?.files ?? [])].find((f) => f.type.startsWith("image/"));
  if (!data || !file) return null;
  const beside = new DOMParser().parseFromString(data.getData("text/html"), "text/html").body.textContent ?? "";
  if (beside.trim() !== "" || data.getData("text/plain").trim() !== "") return null;
  if (!/^image\.\w+$/.test(file.name)) return file;
  return new File([file], file.name.replace("image", `picture-${Date.now().toString(36)}`), { type: file.type }); // all that is pasted has one name
}

async function image(view: EditorView, options: Options, given?: File): Promise<void> {
  const now = (chosenImage(view.state)?.attrs.attrs as More | undefined) ?? {};
  const places = await options.places();
  const answer = await ask(words("rich_image"), [
    {
      name: "src", label: words("rich_image_file"), help: words("rich_image_help"), kind: "url", required: true, value: given ? "" : (now.src ?? ""),
      files: { upload: places.upload ?? "", names: () => Promise.resolve(places.files), offered: new RegExp(places.pictures, "i"), given },
    },
    {
      name: "alt", label: words("rich_alt"), help: words("rich_alt_help"), required: true, unless: "decorative", value: now.alt ?? "",
      // what the file itself says that it shows
      from: { name: "src", text: (src: string) => places.alts?.[src.replace(/^\/static\//, "")] ?? "" },
    },
    { name: "decorative", label: words("rich_decorative"), kind: "tick", value: now.src && now.alt === "" ? "true" : "" },
  ]);
  view.focus();
  if (!answer || answer === "remove") return;
  const alt = answer.decorative ? "" : (answer.alt ?? "");
  view.dispatch(view.state.tr.replaceSelectionWith(node("image").create({ attrs: { ...now, src: answer.src ?? "", alt } })).scrollIntoView());
}

/** formulaAround is the formula that the cursor stands in, or that is chosen, and where it stands. */
function formulaAround(state: EditorState): { from: number; to: number; tex: string; own: boolean } | null {
  const { $from, $to } = state.selection;
  if (!$from.parent.isTextblock || $from.parent.type.spec.code || !$from.sameParent($to)) return null;
  const text = $from.parent.textBetween(0, $from.parent.content.size, "", "\ufffc");
  for (const m of text.matchAll(formula)) {
    const [from, to] = [$from.start() + m.index, $from.start() + m.index + m[0].length];
    if (state.selection.empty ? from < $from.pos && $to.pos < to : from <= $from.pos && $to.pos <= to) return { from, to, tex: m[0].slice(2, -2), own: m[0].startsWith("\\[") };
  }
  return null;
}

async function math(view: EditorView, options: Options): Promise<void> {
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

/** videoAt is the address under which a video's page may be framed, "" for what is none. */
export function videoAt(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "";
  }
  const id = /^[\w-]{6,20}$/;
  const last = url.pathname.split("/").at(-1) ?? "";
  const watched = url.searchParams.get("v") ?? last;
  if (/(^|\.)youtube(-nocookie)?\.com$/.test(url.hostname) && id.test(watched)) return `https://www.youtube-nocookie.com/embed/${watched}`;
  if (url.hostname === "youtu.be" && id.test(last)) return `https://www.youtube-nocookie.com/embed/${last}`;
  if (/(^|\.)vimeo\.com$/.test(url.hostname) && /^\d+$/.test(last)) return `https://player.vimeo.com/video/${last}`;
  return url.protocol === "https:" ? url.href : "";
}

async function video(view: EditorView): Promise<void> {
  const answer = await ask(words("rich_video"), [
    { name: "address", label: words("rich_video_address"), help: words("rich_video_help"), kind: "url", required: true },
    { name: "title", label: words("rich_video_title"), required: true },
  ]);
  view.focus();
  const src = answer && answer !== "remove" ? videoAt(answer.address ?? "") : "";
  if (!src || !answer || answer === "remove") return;
  const frame = document.createElement("iframe");
  frame.src = src;
  frame.title = answer.title ?? "";
  frame.width = "640";
  frame.height = "360";
  frame.allowFullscreen = true;
  view.dispatch(view.state.tr.replaceSelectionWith(node("raw").create({ html: frame.outerHTML })).scrollIntoView());
}

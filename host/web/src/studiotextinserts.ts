// What is put into a text by asking for it: links, pictures, videos, tables and their captions.

import type { MarkType, Node } from "prosemirror-model";
import { type EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { words } from "./announce";
import { ask } from "./studiotextdialogs";
import { captioned, captionOf, markOf, type More, nodeOf, schema } from "./studiotextschema";

/** Places are what a link or a picture may name. */
export type Places = { units: { id: string; title: string }[]; files: string[]; alts?: Record<string, string>; pictures: string; upload?: string };

/** Options say what is edited; otherwise is what counts as long as nothing is written. */
export type Options = { html: string; otherwise?: string; label: string; described: string; statics: string; places(): Promise<Places>; changed(html: string): void; source(): void };

export function newTable(view: EditorView): void {
  const cell = (name: string) => nodeOf(name).create(null, nodeOf("paragraph").create({ bare: true }));
  const row = (name: string, part: string) => nodeOf("table_row").create({ part }, [cell(name), cell(name), cell(name)]);
  const made = nodeOf("table").create({ parts: ["thead", "tbody"] }, [row("table_header", "thead"), row("table_cell", "tbody"), row("table_cell", "tbody")]);
  const tr = view.state.tr.replaceSelectionWith(made);
  let at = -1;
  tr.doc.descendants((n, pos) => {
    if (n.type === nodeOf("table") && n.eq(made) && pos <= tr.selection.from) at = pos;
    return n.type !== nodeOf("table");
  });
  if (at >= 0) tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  view.dispatch(tr.scrollIntoView());
}

export async function caption(view: EditorView): Promise<void> {
  const { $from } = view.state.selection;
  let depth = $from.depth;
  while (depth > 0 && $from.node(depth).type !== nodeOf("table")) depth--;
  if (depth === 0) return;
  const table = $from.node(depth);
  const now = captionOf(table);
  const answer = await ask(words("rich_caption"), [{ name: "caption", label: words("rich_caption_text"), help: words("rich_caption_help"), required: true, value: now }], now !== "");
  view.focus();
  const text = answer === "remove" ? "" : (answer?.caption ?? now);
  if (text !== now) view.dispatch(view.state.tr.setNodeMarkup($from.before(depth), null, captioned(table, text)));
}

export async function link(view: EditorView, options: Options): Promise<void> {
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

export function chosenImage(state: EditorState): Node | null {
  return state.selection instanceof NodeSelection && state.selection.node.type === nodeOf("image") ? state.selection.node : null;
}

/** pictureIn is the picture that was pasted or dropped; null where something else is, or a text in which there are pictures. */
export function pictureIn(data: DataTransfer | null): File | null {
  const file = [...(data?.files ?? [])].find((f) => f.type.startsWith("image/"));
  if (!data || !file) return null;
  const beside = new DOMParser().parseFromString(data.getData("text/html"), "text/html").body.textContent ?? "";
  if (beside.trim() !== "" || data.getData("text/plain").trim() !== "") return null;
  if (!/^image\.\w+$/.test(file.name)) return file;
  return new File([file], file.name.replace("image", `picture-${Date.now().toString(36)}`), { type: file.type }); // all that is pasted has one name
}

export async function image(view: EditorView, options: Options, given?: File): Promise<void> {
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
  view.dispatch(view.state.tr.replaceSelectionWith(nodeOf("image").create({ attrs: { ...now, src: answer.src ?? "", alt } })).scrollIntoView());
}

/** videoAt is the address under which a video's page may be framed, "" for what is none. */
function videoAt(address: string): string {
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

export async function video(view: EditorView): Promise<void> {
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
  view.dispatch(view.state.tr.replaceSelectionWith(nodeOf("raw").create({ html: frame.outerHTML })).scrollIntoView());
}

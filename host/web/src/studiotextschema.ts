// The shape of a text in Studio's editor: what it knows of HTML, and how HTML becomes that and comes out of it again. What it does
// not know stays as it is, as a piece that is moved and removed whole.

import { type Attrs, Fragment, type Mark, type MarkSpec, type MarkType, Node, type NodeSpec, type NodeType, Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

/** More are the attributes of an element beside those that the editor asks for. */
export type More = Record<string, string>;

const boxes = ["div", "section", "article", "aside", "header", "footer", "figure", "figcaption", "blockquote", "center"];
const headings = ["h1", "h2", "h3", "h4", "h5", "h6"];
/** structured are the elements that stand in no line of text. */
export const structured = new Set([
  ...boxes, ...headings, "p", "pre", "hr", "ul", "ol", "li", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "dl", "dt", "dd",
  "details", "summary", "form", "fieldset", "iframe", "video", "audio", "object", "embed", "script", "style", "link", "meta", "main", "nav", "address",
  "noscript", "template",
]);
const marked: Record<string, string> = {
  strong: "strong", b: "strong", em: "em", i: "em", code: "code", u: "underline", s: "strike", del: "strike", sub: "sub", sup: "sup", a: "link",
};
/** plain are the elements in a line that have no meaning of their own for the editor. */
const plain = new Set(["span", "small", "kbd", "mark", "ins", "abbr", "cite", "q", "var", "samp", "dfn", "bdi", "bdo", "font", "strike", "big", "tt"]);

const kept = { attrs: { default: {} as More } };
const tagged = (tag: string) => ({ tag: { default: tag }, ...kept });

function mark(tag: string, more: Partial<MarkSpec> = {}): MarkSpec {
  return { attrs: tagged(tag), toDOM: (m) => [m.attrs.tag as string, safe(m.attrs.attrs as More), 0], ...more };
}

/** shownAttributes are what is shown of an author's attributes, beside the style: the page's classes, ids and data are Studio's own. */
const shownAttributes = new Set(["alt", "align", "cite", "color", "datetime", "dir", "face", "height", "lang", "reversed", "size", "start", "title", "type", "valign", "value", "width"]);
/** shownStyle are the properties that say how a text looks where it stands: none that takes it elsewhere, or loads anything. */
const shownStyle = /^(color|background-color|font-(family|size|style|variant.*|weight)|line-height|letter-spacing|text-(align|decoration.*|indent|transform)|direction|vertical-align|white-space|float|clear|(margin|padding)(-.*)?|border(-(top|right|bottom|left|inline|block|start|end).*|-(color|style|width|radius))?|list-style-type|(max-)?(width|height))$/;

/** safe leaves of an author's attributes what is shown in the editor, which stands in Studio's own page. */
function safe(attrs: More): More {
  const out: More = {};
  for (const [name, value] of Object.entries(attrs)) {
    const lower = name.toLowerCase();
    if (shownAttributes.has(lower)) out[lower] = value;
    else if (lower === "style") out.style = safeStyle(value);
  }
  return out;
}

function safeStyle(text: string): string {
  const style = document.implementation.createHTMLDocument().createElement("p").style; // a document that loads nothing
  style.cssText = text;
  return [...style]
    .filter((name) => shownStyle.test(name) && !/url|image|\(.*\(|var\(|attr\(/i.test(style.getPropertyValue(name)))
    .map((name) => `${name}: ${style.getPropertyValue(name)}`)
    .join("; ");
}

/** shownImage is where the editor finds a picture of the course. */
let staticFiles = "";
export function picturesFrom(address: string): void {
  staticFiles = address;
}
function shownImage(src: string): string {
  if (src.startsWith("/static/")) return staticFiles + src.slice("/static/".length);
  return /^(https?:|data:image\/)/i.test(src) ? src : "";
}

const cells = tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: { attrs: { default: {} as More } } });

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  // A bare paragraph is text that stands in a list, a cell or the whole without an element of its own.
  paragraph: { group: "block", content: "inline*", attrs: { bare: { default: false }, ...kept }, toDOM: (n) => ["p", safe(n.attrs.attrs as More), 0] },
  heading: {
    group: "block", content: "inline*", defining: true, attrs: { level: { default: 3 }, ...kept },
    toDOM: (n) => [`h${n.attrs.level as number}`, safe(n.attrs.attrs as More), 0],
  },
  box: { group: "block", content: "block+", defining: true, attrs: tagged("div"), toDOM: (n) => [n.attrs.tag as string, { class: "rich-box", ...safe(n.attrs.attrs as More) }, 0] },
  pre: { group: "block", content: "text*", marks: "", code: true, defining: true, attrs: { inner: { default: null as More | null }, ...kept }, toDOM: () => ["pre", ["code", 0]] },
  rule: { group: "block", attrs: kept, toDOM: () => ["hr"] },
  bullets: { group: "block", content: "item+", attrs: kept, toDOM: () => ["ul", 0] },
  numbers: { group: "block", content: "item+", attrs: kept, toDOM: (n) => ["ol", safe(n.attrs.attrs as More), 0] },
  item: { content: "block+", defining: true, attrs: kept, toDOM: () => ["li", 0] },
  ...cells,
  // Before the rows stand a caption and columns, as they were written.
  table: {
    ...cells.table, attrs: { parts: { default: [] as string[] }, before: { default: [] as string[] }, ...kept },
    toDOM: (n) => {
      const caption = captionOf(n);
      return caption ? ["table", ["caption", { contenteditable: "false" }, caption], ["tbody", 0]] : ["table", ["tbody", 0]];
    },
  },
  table_row: { ...cells.table_row, attrs: { part: { default: "tbody" }, ...kept }, toDOM: () => ["tr", 0] },
  raw: { group: "block", atom: true, attrs: { html: {} }, toDOM: (n) => ["div", { class: "rich-raw", dir: "ltr" }, clip(n.attrs.html as string)] },
  text: { group: "inline" },
  image: {
    group: "inline", inline: true, draggable: true, attrs: kept,
    toDOM: (n) => {
      const attrs = n.attrs.attrs as More;
      return ["img", { ...safe(attrs), src: shownImage(attrs.src ?? "") }];
    },
  },
  hard_break: { group: "inline", inline: true, selectable: false, attrs: kept, toDOM: () => ["br"] },
  piece: { group: "inline", inline: true, atom: true, attrs: { html: {} }, toDOM: (n) => ["span", { class: "rich-raw", dir: "ltr" }, clip(n.attrs.html as string)] },
};

const isCaption = (html: string) => /^<caption[\s>]/i.test(html);

/** captionOf is the text of a table's caption. */
export function captionOf(table: Node): string {
  const html = (table.attrs.before as string[]).find(isCaption) ?? "";
  return html ? (new DOMParser().parseFromString(`<table>${html}</table>`, "text/html").querySelector("caption")?.textContent ?? "").trim() : "";
}

/** captioned are the attributes of a table with another caption, "" for none. */
export function captioned(table: Node, text: string): Attrs {
  const rest = (table.attrs.before as string[]).filter((html) => !isCaption(html));
  return { ...table.attrs, before: text ? [`<caption>${escape(text)}</caption>`, ...rest] : rest };
}

function clip(html: string): string {
  return html.length > 160 ? `${html.slice(0, 160)} …` : html;
}

export const schema = new Schema({
  nodes,
  marks: {
    link: mark("a", { inclusive: false }), strong: mark("strong"), em: mark("em"), underline: mark("u"), strike: mark("s"),
    sub: mark("sub", { excludes: "sup" }), sup: mark("sup", { excludes: "sub" }), code: mark("code"), other: mark("span", { excludes: "" }),
  },
});

const n = schema.nodes as Record<string, (typeof schema.nodes)[string]> & Record<"paragraph", (typeof schema.nodes)[string]>;

/** nodeOf and markOf are the schema's by their names. */
export const nodeOf = (name: string): NodeType => schema.nodes[name]!;
export const markOf = (name: string): MarkType => schema.marks[name]!;

function moreOf(e: Element, ...without: string[]): More {
  const more: More = {};
  for (const { name, value } of e.attributes) if (!without.includes(name)) more[name] = value;
  return more;
}

/** parse reads HTML. */
export function parse(html: string): Node {
  const body = new DOMParser().parseFromString(`<body>${html}`, "text/html").body;
  return nodeOf("doc").create(null, filled(blocks(body)));
}

function filled(content: Node[]): Node[] {
  return content.length > 0 ? content : [n.paragraph.create()];
}

/** stands reports whether an element is laid out as a block of its own here: by its name, or by what is in it. */
function stands(e: Element): boolean {
  return structured.has(e.localName) || [...e.children].some(stands);
}

function blocks(parent: Element): Node[] {
  const out: Node[] = [];
  let line: ChildNode[] = [];
  const flush = () => {
    const content = trimmed(line.flatMap((c) => inline(c, [])));
    line = [];
    if (content.length > 0) out.push(n.paragraph.create({ bare: true }, content));
  };
  for (const child of parent.childNodes) {
    if (child instanceof Element && stands(child)) {
      flush();
      out.push(block(child));
    } else line.push(child);
  }
  flush();
  return out;
}

function raw(e: Element): Node {
  return nodeOf("raw").create({ html: e.outerHTML });
}

function block(e: Element): Node {
  const tag = e.localName;
  const attrs = moreOf(e);
  if (tag === "p" || headings.includes(tag)) {
    if ([...e.children].some(stands)) return raw(e);
    const content = trimmed([...e.childNodes].flatMap((c) => inline(c, [])));
    return tag === "p" ? n.paragraph.create({ attrs }, content) : nodeOf("heading").create({ level: Number(tag[1]), attrs }, content);
  }
  if (boxes.includes(tag)) return nodeOf("box").create({ tag, attrs }, filled(blocks(e)));
  if (tag === "hr") return nodeOf("rule").create({ attrs });
  if (tag === "pre") return pre(e, attrs);
  if ((tag === "ul" || tag === "ol") && [...e.childNodes].every((c) => (c instanceof Element ? c.localName === "li" : blank(c))) && e.children.length > 0) {
    const items = [...e.children].map((li) => nodeOf("item").create({ attrs: moreOf(li) }, filled(blocks(li))));
    return nodeOf(tag === "ul" ? "bullets" : "numbers").create({ attrs }, items);
  }
  return (tag === "table" && table(e, attrs)) || raw(e);
}

function blank(c: ChildNode): boolean {
  return c.nodeType === 3 && (c.nodeValue ?? "").trim() === "";
}

function pre(e: Element, attrs: More): Node {
  const [only] = e.childNodes;
  const inner = e.childNodes.length === 1 && only instanceof Element && only.localName === "code" ? only : null;
  if ((inner ?? e).children.length > 0) return raw(e);
  const text = (inner ?? e).textContent ?? "";
  return nodeOf("pre").create({ attrs, inner: inner ? moreOf(inner) : null }, text ? schema.text(text) : []);
}

function table(e: Element, attrs: More): Node | null {
  const rows: Node[] = [];
  const parts: string[] = [];
  const before: string[] = [];
  for (const part of e.children) {
    if (parts.length === 0 && (part.localName === "colgroup" || (part.localName === "caption" && before.length === 0))) {
      before.push(part.outerHTML);
      continue;
    }
    if (!["thead", "tbody", "tfoot"].includes(part.localName) || part.attributes.length > 0 || parts.includes(part.localName)) return null;
    parts.push(part.localName);
    for (const row of part.children) {
      if (row.localName !== "tr" || row.children.length === 0 || [...row.children].some((c) => c.localName !== "td" && c.localName !== "th")) return null;
      const inRow = [...row.children].map((c) => {
        const span = (name: string) => Math.max(1, Number(c.getAttribute(name) ?? 1) || 1);
        const cell = { colspan: span("colspan"), rowspan: span("rowspan"), attrs: moreOf(c, "colspan", "rowspan") };
        return nodeOf(c.localName === "th" ? "table_header" : "table_cell").create(cell, filled(blocks(c)));
      });
      rows.push(nodeOf("table_row").create({ part: part.localName, attrs: moreOf(row) }, inRow));
    }
  }
  return rows.length > 0 ? nodeOf("table").create({ parts, before, attrs }, rows) : null;
}

function inline(c: ChildNode, marks: readonly Mark[]): Node[] {
  if (c.nodeType === 3) {
    const text = (c.nodeValue ?? "").replace(/[ \t\r\n\f]+/g, " ");
    return text ? [schema.text(text, marks)] : [];
  }
  if (!(c instanceof Element)) return [nodeOf("piece").create({ html: `<!--${c.nodeValue ?? ""}-->` }, null, marks)];
  const tag = c.localName;
  if (tag === "br") return [nodeOf("hard_break").create({ attrs: moreOf(c) }, null, marks)];
  if (tag === "img") return [nodeOf("image").create({ attrs: moreOf(c) }, null, marks)];
  const name = marked[tag] ?? (plain.has(tag) ? "other" : "");
  if (!name || c.childNodes.length === 0) return [nodeOf("piece").create({ html: c.outerHTML }, null, marks)];
  const added = schema.marks[name]!.create({ tag, attrs: moreOf(c) });
  return [...c.childNodes].flatMap((below) => inline(below, added.addToSet(marks)));
}

/** trimmed takes the blanks off the ends of a line, and joins what they leave side by side. */
function trimmed(content: Node[]): Node[] {
  const out = Fragment.from(content);
  let list: Node[] = [];
  out.forEach((node) => list.push(node));
  list = squeezed(list);
  const cut = (at: number, ends: RegExp) => {
    const node = list.at(at);
    if (!node?.isText) return;
    const text = (node.text ?? "").replace(ends, "");
    list.splice(at, 1, ...(text ? [schema.text(text, node.marks)] : []));
  };
  cut(0, /^ /);
  cut(-1, / $/);
  return list;
}

/** squeezed leaves one blank where two pieces of text meet with one each. */
function squeezed(list: Node[]): Node[] {
  const out: Node[] = [];
  let blankBefore = false;
  for (const node of list) {
    if (!node.isText) {
      out.push(node);
      blankBefore = node.type.name === "hard_break";
      continue;
    }
    const text = blankBefore ? (node.text ?? "").replace(/^ /, "") : (node.text ?? "");
    if (text) out.push(schema.text(text, node.marks));
    blankBefore = text ? text.endsWith(" ") : blankBefore;
  }
  return out;
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, "&nbsp;");
}

function open(tag: string, attrs: More): string {
  const list = Object.entries(attrs).map(([name, value]) => ` ${name}="${escape(value).replace(/"/g, "&quot;")}"`);
  return `<${tag}${list.join("")}>`;
}

/** serialize writes a text as HTML. */
export function serialize(doc: Node): string {
  const out = all(doc);
  return out === "<p></p>" ? "" : out;
}

function all(parent: Node): string {
  const out: string[] = [];
  parent.forEach((child, _offset, i) => {
    const beside = [i > 0 ? parent.child(i - 1) : null, i + 1 < parent.childCount ? parent.child(i + 1) : null];
    out.push(written(child, beside.some((b) => b?.type === n.paragraph && b.attrs.bare === true)));
  });
  return out.join("\n");
}

function written(b: Node, besideBare: boolean): string {
  const attrs = b.attrs.attrs as More;
  switch (b.type.name) {
    case "paragraph":
      if (b.attrs.bare === true && !besideBare && b.childCount > 0) return lineOf(b);
      return `${open("p", attrs)}${lineOf(b)}</p>`;
    case "heading":
      return `${open(`h${b.attrs.level as number}`, attrs)}${lineOf(b)}</h${b.attrs.level as number}>`;
    case "box":
      return `${open(b.attrs.tag as string, attrs)}\n${all(b)}\n</${b.attrs.tag as string}>`;
    case "rule":
      return open("hr", attrs);
    case "pre": {
      const inner = b.attrs.inner as More | null;
      const text = escape(b.textContent);
      const first = text.startsWith("\n") ? "\n" : ""; // the first line break in a pre is not part of it
      return inner ? `${open("pre", attrs)}${open("code", inner)}${text}</code></pre>` : `${open("pre", attrs)}${first}${text}</pre>`;
    }
    case "bullets":
    case "numbers": {
      const tag = b.type.name === "bullets" ? "ul" : "ol";
      return `${open(tag, attrs)}\n${all(b)}\n</${tag}>`;
    }
    case "item":
      return `${open("li", attrs)}${held(b)}</li>`;
    case "table":
      return tableOf(b);
    default:
      return b.attrs.html as string;
  }
}

/** held is what stands in a list's entry or a cell: a text alone needs no element of its own. */
function held(b: Node): string {
  const [first] = [b.firstChild];
  if (b.childCount === 1 && first?.type === n.paragraph && first.childCount === 0) return "";
  return all(b);
}

function tableOf(b: Node): string {
  const rows: [string, string][] = [];
  b.forEach((row) => {
    const cells: string[] = [];
    row.forEach((c) => {
      const tag = c.type.name === "table_header" ? "th" : "td";
      const spans: More = {};
      if ((c.attrs.colspan as number) > 1) spans.colspan = String(c.attrs.colspan);
      if ((c.attrs.rowspan as number) > 1) spans.rowspan = String(c.attrs.rowspan);
      cells.push(`${open(tag, { ...spans, ...(c.attrs.attrs as More) })}${held(c)}</${tag}>`);
    });
    rows.push([row.attrs.part as string, `${open("tr", row.attrs.attrs as More)}${cells.join("")}</tr>`]);
  });
  const parts = ["thead", "tbody", "tfoot"].filter((part) => rows.some(([in_]) => in_ === part));
  const text = parts.map((part) => `<${part}>\n${rows.filter(([in_]) => in_ === part).map(([, row]) => row).join("\n")}\n</${part}>`);
  return `${open("table", b.attrs.attrs as More)}\n${[...(b.attrs.before as string[]), ...text].join("\n")}\n</table>`;
}

/** lineOf writes a line of text: marks that go on are not closed between its pieces. */
function lineOf(b: Node): string {
  let out = "";
  let active: readonly Mark[] = [];
  b.forEach((child) => {
    let same = 0;
    while (same < active.length && same < child.marks.length && active[same]!.eq(child.marks[same]!)) same++;
    for (const m of active.slice(same).reverse()) out += `</${m.attrs.tag as string}>`;
    for (const m of child.marks.slice(same)) out += open(m.attrs.tag as string, m.attrs.attrs as More);
    active = child.marks;
    out += child.isText ? escape(spaced(child.text ?? "")) : pieceOf(child);
  });
  for (const m of [...active].reverse()) out += `</${m.attrs.tag as string}>`;
  return out;
}

/** spaced keeps blanks that a browser would draw as one. */
function spaced(text: string): string {
  return text.replace(/ {2,}/g, (run) => ` ${"\u00a0".repeat(run.length - 1)}`);
}

function pieceOf(node: Node): string {
  if (node.type.name === "image") return open("img", node.attrs.attrs as More);
  if (node.type.name === "hard_break") return open("br", node.attrs.attrs as More);
  return (node.attrs as Attrs).html as string;
}

// Whether two pieces of HTML say the same: the editor opens a text only where it would give back what came in.

import { structured } from "./studiotextschema";

type Piece = [text: string, inside: string[]];

/** same reports whether two texts are the same but for blanks that no browser draws, and for the order in which marks nest. */
export function same(a: string, b: string): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function canonical(html: string): unknown {
  return content(new DOMParser().parseFromString(`<body>${html}`, "text/html").body);
}

function tagOf(e: Element): string {
  const attributes = [...e.attributes].map((a) => `${a.name}=${JSON.stringify(a.value)}`).sort();
  return [e.localName, ...attributes].join(" ");
}

function stands(e: Element): boolean {
  return structured.has(e.localName) || [...e.children].some(stands);
}

function content(e: Element): unknown {
  if (e.localName === "pre" || e.localName === "script" || e.localName === "style") return e.innerHTML;
  const out: unknown[] = [];
  let line: Piece[] = [];
  const flush = () => {
    const drawn = joined(line);
    line = [];
    if (drawn.length > 0) out.push(drawn);
  };
  for (const child of e.childNodes) {
    if (child instanceof Element && stands(child)) {
      flush();
      out.push({ tag: tagOf(child), content: content(child) });
    } else gather(child, [], line);
  }
  flush();
  return out;
}

function gather(c: ChildNode, inside: string[], into: Piece[]): void {
  if (c.nodeType === 3) into.push([(c.nodeValue ?? "").replace(/[ \t\r\n\f]+/g, " "), inside]);
  else if (!(c instanceof Element)) into.push([`\u0000comment ${c.nodeValue ?? ""}`, inside]);
  else if (c.childNodes.length === 0) into.push([`\u0000${tagOf(c)}`, inside]);
  else for (const below of c.childNodes) gather(below, [...inside, tagOf(c)].sort(), into);
}

/** joined puts text with the same marks together and takes away the blanks that are not drawn. */
function joined(line: Piece[]): Piece[] {
  const out: Piece[] = [];
  let blank = true;
  for (const [text, inside] of line) {
    if (text.startsWith("\u0000")) {
      out.push([text, inside]);
      blank = text.startsWith("\u0000br");
      continue;
    }
    const drawn = blank ? text.replace(/^ /, "") : text;
    if (!drawn) continue;
    blank = drawn.endsWith(" ");
    const last = out.at(-1);
    if (last && !last[0].startsWith("\u0000") && last[1].join() === inside.join()) last[0] += drawn;
    else out.push([drawn, inside]);
  }
  const last = out.at(-1);
  if (last && !last[0].startsWith("\u0000")) last[0] = last[0].replace(/ $/, "");
  return out.filter(([text]) => text !== "");
}

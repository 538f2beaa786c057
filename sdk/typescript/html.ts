/** Markup that may stand in a page: made by the tag html, which escapes what it is given. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Piece = Markup | string | number | boolean | null | undefined | Piece[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c]!);

function written(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (Array.isArray(piece)) return piece.map(written).join("");
  if (piece === null || piece === undefined || typeof piece === "boolean") return "";
  return escape(String(piece));
}

/**
 * Makes markup. What is put in is escaped, for texts and for attribute values in quotation marks alike; other markup stays as
 * it is, lists are joined, and null, undefined, true and false are nothing.
 */
export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Markup {
  let text = parts[0]!;
  pieces.forEach((piece, n) => (text += written(piece) + parts[n + 1]!));
  return new Markup(text);
}

/** Takes text for markup, unescaped: for an author's HTML, which the platform sanitises or frames. */
export const raw = (text: string): Markup => new Markup(text);

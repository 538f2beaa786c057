// How a program is coloured: comments, texts, numbers and the words of a language. It is a help to the eye, never a parser:
// what it takes for something else than it is stays readable.

/** Token is a piece of a program with its kind, "" for plain. */
export interface Token {
  text: string;
  kind: "" | "comment" | "string" | "number" | "word";
}

interface Language {
  comment: string;
  string: string;
  words: string;
  /** Words may be written in capitals, as in SQL. */
  anyCase?: boolean;
}

const quoted = `"(?:\\\\.|[^"\\\\\\n])*"?|'(?:\\\\.|[^'\\\\\\n])*'?`;
const slashes = "//[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)";

const languages: Record<string, Language> = {
  python: {
    comment: "#[^\\n]*", string: `"""[\\s\\S]*?(?:"""|$)|'''[\\s\\S]*?(?:'''|$)|${quoted}`,
    words: "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match case None nonlocal not or pass raise return True try while with yield",
  },
  javascript: {
    comment: slashes, string: `\`(?:\\\\[\\s\\S]|[^\`\\\\])*\`?|${quoted}`,
    words: "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield",
  },
  sql: {
    comment: "--[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)", string: "'(?:''|[^'])*'?|\"[^\"\\n]*\"?", anyCase: true,
    words: "add all alter and as asc between by case check column constraint create cross default delete desc distinct drop else end exists foreign from full group having in index inner insert into is join key left like limit not null offset on or order outer primary references right select set table then union unique update using values view when where with",
  },
  c: {
    comment: slashes, string: quoted,
    words: "abstract auto bool boolean break case catch char class const continue default delete do double else enum extends extern false final float for func go goto if implements import include int interface long namespace new null nullptr package private protected public return short signed sizeof static struct super switch template this throw true try type typedef union unsigned using var virtual void volatile while",
  },
  ruby: {
    comment: "#[^\\n]*", string: quoted,
    words: "and begin break case class def do else elsif end ensure false for function if in module next nil not or redo repeat rescue return self super then true undef unless until when while yield NULL TRUE FALSE NA library",
  },
};

const alike: Record<string, string> = {
  py: "python", python3: "python", js: "javascript", typescript: "javascript", ts: "javascript", json: "javascript", java: "c", cpp: "c", "c++": "c", csharp: "c", go: "c", rust: "c",
  php: "c", r: "ruby", julia: "ruby", sqlite: "sql",
};

const cuts = new Map<string, RegExp>();

/** tokens cuts a program into coloured pieces; of a language that it does not know it colours nothing. Together they are the text. */
export function tokens(program: string, language: string): Token[] {
  const name = language.toLowerCase();
  const known = languages[alike[name] ?? name];
  if (!known) return [{ text: program, kind: "" }];
  const cut = cuts.get(name) ?? new RegExp(`(?<comment>${known.comment})|(?<string>${known.string})|(?<number>\\b\\d[\\w.]*)|(?<word>[\\p{L}_$][\\p{L}\\d_$]*)`, "gu");
  cuts.set(name, cut);
  const words = new Set(known.words.split(" "));
  const all: Token[] = [];
  let from = 0;
  for (const found of program.matchAll(cut)) {
    const text = found[0];
    const groups = found.groups ?? {};
    const kind = groups.comment ? "comment" : groups.string ? "string" : groups.number ? "number" : words.has(known.anyCase ? text.toLowerCase() : text) ? "word" : "";
    if (!kind || !text) continue;
    if (found.index > from) all.push({ text: program.slice(from, found.index), kind: "" });
    all.push({ text, kind });
    from = found.index + text.length;
  }
  if (from < program.length) all.push({ text: program.slice(from), kind: "" });
  return all;
}

// Reads a formula as somebody types it, half finished as it may be, so that it can be shown as it is understood. It never fails:
// what is missing becomes a box, what is not understood stays as it was typed, and the first fault is told with its place.

/** A part of a formula. */
export type Node =
  | { kind: "number" | "name" | "wrong"; text: string }
  | { kind: "box" }
  | { kind: "group"; of: Node }
  | { kind: "call"; name: string; of: Node }
  | { kind: "sum" | "product" | "parallel"; of: Node[]; signs: string[] }
  | { kind: "quotient" | "power"; of: [Node, Node] };

/** What is wrong: a value missing, a product that must be written, a bracket without its partner, something not understood. */
export interface Fault {
  what: "missing" | "times" | "open" | "close" | "unknown" | "deep";
  /** Where it is, counted from 1. */
  at: number;
  text: string;
}

/** How formulas are written: names are those of variables; strict says that products must be written. */
export interface Writing {
  strict: boolean;
  names: string[];
}

export interface Formula {
  root: Node;
  fault: Fault | null;
}

const functions = new Set(
  ("sin cos tan sec csc cot arcsin arccos arctan arcsec arccsc arccot sinh cosh tanh sech csch coth arcsinh arccosh arctanh arcsech arccsch arccoth " +
    "sqrt log10 log2 ln log exp abs fact factorial re im conj").split(" "),
);
const opens: Record<string, string> = { "(": ")", "[": "]", "{": "}" };
const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";
const deepest = 60;

interface Token {
  text: string;
  at: number;
  kind: "number" | "name" | "sign" | "raised";
}

function tokenise(text: string, writing: Writing): Token[] {
  const number = writing.strict ? "(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?%?" : "(?:\\d+(?:[.,]\\d+)?\\.?|[.,]\\d+)(?:[eE][+-]?\\d+)?%?";
  const index = writing.strict ? "_\\{[A-Za-z0-9]+\\}(?:\\^\\{[A-Za-z0-9]+\\})?|\\^\\{[A-Za-z0-9]+\\}|" : ""; // elsewhere braces are brackets
  const cut = new RegExp(`(${number})|([A-Za-z\\u0370-\\u03ff∞][A-Za-z0-9]*(?:${index}[A-Za-z0-9_]*)'*)|([${raised}]+)|(\\|\\||\\*\\*|\\S)`, "gu");
  return [...text.matchAll(cut)].flatMap((m): Token[] => {
    const kind = m[1] ? "number" : m[2] ? "name" : m[3] ? "raised" : "sign";
    const token: Token = { text: m[0], at: m.index, kind };
    return kind === "name" && !writing.strict ? apart(token, writing) : [token];
  });
}

/** apart takes names that stand together apart where all of the parts are known: ab is a product where a and b are variables. */
function apart(token: Token, { names }: Writing): Token[] {
  const known = (part: string) => names.includes(part) || functions.has(part) || part === "pi" || part === "e";
  const parts: Token[] = [];
  for (let rest = token.text, at = token.at; rest; ) {
    let end = rest.length;
    while (end > 0 && !known(rest.slice(0, end))) end--;
    if (end === 0) return [token];
    parts.push({ text: rest.slice(0, end), at, kind: "name" });
    rest = rest.slice(end);
    at += end;
  }
  return parts;
}

class Reader {
  fault: Fault | null = null;
  private readonly tokens: Token[];
  private next = 0;
  private depth = 0;

  constructor(private readonly text: string, private readonly writing: Writing) {
    this.tokens = tokenise(text, writing);
  }

  whole(): Node {
    let root = this.sum();
    while (this.next < this.tokens.length) {
      const token = this.take();
      this.wrong(token.text in opens || Object.values(opens).includes(token.text) ? "close" : "unknown", token);
      const rest: Node[] = [root, { kind: "wrong", text: token.text }];
      if (this.begins() || this.is("+", "-", "−")) rest.push(this.sum());
      root = { kind: "product", of: rest, signs: rest.map(() => "") };
    }
    return root;
  }

  private get token(): Token | undefined {
    return this.tokens[this.next];
  }

  private take(): Token {
    return this.tokens[this.next++] as Token;
  }

  private is(...texts: string[]): boolean {
    return this.token?.kind === "sign" && texts.includes(this.token.text);
  }

  private begins(): boolean {
    const token = this.token;
    return !!token && (token.kind === "number" || token.kind === "name" || token.text in opens || (!this.writing.strict && token.text === "√"));
  }

  private wrong(what: Fault["what"], token?: Token): void {
    this.fault ??= { what, at: (token?.at ?? this.text.trimEnd().length) + 1, text: token?.text ?? "" };
  }

  private sum(): Node {
    const signs = [this.is("+", "-", "−") ? this.take().text : ""];
    const of = [this.product()];
    while (this.is("+", "-", "−")) {
      signs.push(this.take().text);
      of.push(this.product());
    }
    return of.length === 1 && !signs[0] ? (of[0] as Node) : { kind: "sum", of, signs };
  }

  private product(): Node {
    let left = this.parallel();
    const times = (right: Node, sign: string) => {
      if (left.kind === "product") left = { kind: "product", of: [...left.of, right], signs: [...left.signs, sign] };
      else left = { kind: "product", of: [left, right], signs: ["", sign] };
    };
    for (;;) {
      if (this.is("*", "·", "⋅", "×")) times((this.take(), this.parallel()), "·");
      else if (this.is("/", "÷", "∕")) left = { kind: "quotient", of: [left, (this.take(), this.parallel())] };
      else if (this.begins()) {
        if (this.writing.strict) this.wrong("times", this.token);
        times(this.parallel(), "");
      } else return left;
    }
  }

  private parallel(): Node {
    const of = [this.power()];
    while (this.is("||")) {
      this.take();
      of.push(this.power());
    }
    return of.length === 1 ? (of[0] as Node) : { kind: "parallel", of, signs: [] };
  }

  private power(): Node {
    const base = this.atom();
    if (this.is("^", "**")) {
      this.take();
      return { kind: "power", of: [base, this.power()] };
    }
    if (this.token?.kind === "raised") {
      const up = [...this.take().text].map((c) => "0123456789-+"[raised.indexOf(c)]).join("");
      if (this.writing.strict) this.wrong("unknown", this.tokens[this.next - 1]);
      return { kind: "power", of: [base, { kind: "number", text: up }] };
    }
    return base;
  }

  private atom(): Node {
    const token = this.token;
    if (!token || !(this.begins() || this.is("+", "-", "−"))) {
      this.wrong("missing", token);
      return { kind: "box" };
    }
    this.take();
    if (token.kind === "number") return { kind: "number", text: token.text };
    if (token.kind === "sign" && !(token.text in opens) && token.text !== "√") {
      const number = this.token?.kind === "number" ? this.take() : undefined; // a sign within a product belongs to a number alone
      if (!number) this.wrong("missing", token);
      return number ? { kind: "number", text: (token.text === "+" ? "" : "−") + number.text } : { kind: "wrong", text: token.text };
    }
    if (token.text in opens) return { kind: "group", of: this.within(token) };
    const name = token.text === "√" ? "sqrt" : token.text;
    const callable = this.writing.strict || functions.has(name.toLowerCase());
    if (callable && this.token && this.is("(", ...(this.writing.strict ? [] : ["[", "{"]))) return { kind: "call", name, of: this.within(this.take()) };
    // sin x, √2: the value behind it.
    if (!this.writing.strict && functions.has(name.toLowerCase()) && !this.writing.names.includes(name)) return { kind: "call", name, of: this.atom() };
    return { kind: "name", text: name };
  }

  /** within reads what an open bracket holds, and the bracket that closes it. */
  private within(open: Token): Node {
    if (++this.depth > deepest) {
      this.wrong("deep", open);
      this.next = this.tokens.length;
      return { kind: "box" };
    }
    const inner = this.sum();
    this.depth--;
    if (this.is(opens[open.text] ?? ")")) this.take();
    else if (!this.token) this.wrong("open", open);
    return inner;
  }
}

/** read reads a formula; null for a text that holds none. */
export function read(text: string, writing: Writing): Formula | null {
  if (!text.trim()) return null;
  const reader = new Reader(text, writing);
  const root = reader.whole();
  return { root, fault: reader.fault };
}

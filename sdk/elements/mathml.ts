// A formula as it is set, and in words for whoever hears it.

import type { Node } from "./formula.ts";
import { word } from "./words.ts";

const space = "http://www.w3.org/1998/Math/MathML";

const greek: Record<string, string> = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", zeta: "ζ", eta: "η", theta: "θ", iota: "ι", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ",
  pi: "π", rho: "ρ", sigma: "σ", tau: "τ", upsilon: "υ", phi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Xi: "Ξ",
  Pi: "Π", Sigma: "Σ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", infinity: "∞", infty: "∞", hbar: "ℏ",
};

function element(tag: string, ...content: (Element | string)[]): Element {
  const made = document.createElementNS(space, tag);
  made.append(...content);
  return made;
}

const sign = (text: string) => element("mo", text);
const bare = (node: Node): Node => (node.kind === "group" ? node.of : node);

function fenced(open: string, node: Element, close: string): Element {
  return element("mrow", sign(open), node, sign(close));
}

/** name sets a variable: x_1 with an index, theta as a letter, x_{ij}^{k} as a tensor. */
function name(text: string): Element {
  const [, base = text, low, up, primes = ""] = /^([^_'^]+)(?:_\{?(\w+)\}?)?(?:\^\{(\w+)\})?('*)$/.exec(text) ?? [];
  const letter = element("mi", (greek[base] ?? base) + "′".repeat(primes.length));
  if (low && up) return element("msubsup", letter, name(low), name(up));
  if (low) return element("msub", letter, element("mi", greek[low] ?? low));
  return up ? element("msup", letter, name(up)) : letter;
}

function number(text: string): Element {
  const [, digits = text, power, percent = ""] = /^(.*?)(?:[eE]([+-]?\d+))?(%?)$/.exec(text) ?? [];
  const row = element("mrow", element("mn", digits));
  if (power) row.append(sign("·"), element("msup", element("mn", "10"), element("mn", power.replace("-", "−").replace("+", ""))));
  if (percent) row.append(sign("%"));
  return row;
}

function call(of: string, argument: Node): Element {
  const inner = set(argument);
  switch (of.toLowerCase()) {
    case "sqrt":
      return element("msqrt", set(bare(argument)));
    case "abs":
      return fenced("|", inner, "|");
    case "exp":
      return element("msup", element("mi", "e"), inner);
    case "conj":
      return element("mover", inner, sign("¯"));
    case "fact":
    case "factorial":
      return element("mrow", argument.kind === "number" || argument.kind === "name" ? inner : fenced("(", inner, ")"), sign("!"));
    case "log10":
    case "log2":
      return element("mrow", element("msub", element("mi", "log"), element("mn", of.slice(3))), fenced("(", inner, ")"));
  }
  return element("mrow", name(of), fenced("(", argument.kind === "group" ? set(argument.of) : inner, ")"));
}

/** set gives a part of a formula as MathML. */
export function set(node: Node): Element {
  switch (node.kind) {
    case "number":
      return number(node.text);
    case "name":
      return name(node.text);
    case "wrong": {
      const wrong = element("mtext", node.text);
      wrong.setAttribute("class", "el-wrong");
      return wrong;
    }
    case "box":
      return element("mtext", "□");
    case "group":
      return fenced("(", set(node.of), ")");
    case "call":
      return call(node.name, node.of);
    case "quotient":
      return element("mfrac", set(bare(node.of[0])), set(bare(node.of[1])));
    case "power": {
      const [base, up] = node.of;
      // A root or a fraction that is raised as a whole needs brackets to say so; a group has its own.
      const below = base.kind === "call" || base.kind === "quotient" ? fenced("(", set(base), ")") : set(base);
      return element("msup", below, set(bare(up)));
    }
    case "parallel":
      return element("mrow", ...node.of.flatMap((one, n) => (n === 0 ? [set(one)] : [sign("∥"), set(one)])));
    case "sum":
    case "product":
      return element("mrow", ...node.of.flatMap((one, n) => (node.signs[n] ? [sign((node.signs[n] ?? "").replace("-", "−")), set(one)] : [set(one)])));
  }
}

/** say gives a part of a formula in words. */
export function say(node: Node): string {
  switch (node.kind) {
    case "number":
    case "wrong":
      return node.text;
    case "name":
      return node.text.replace(/[_{}^]+/g, " ");
    case "box":
      return word("math_box");
    case "group":
      return word("math_group", say(node.of));
    case "call":
      return node.name.toLowerCase() === "sqrt" ? word("math_root", say(bare(node.of))) : word("math_call", node.name, say(bare(node.of)));
    case "quotient":
      return word("math_over", say(node.of[0]), say(node.of[1]));
    case "power":
      return word("math_power", say(node.of[0]), say(node.of[1]));
    case "parallel":
      return node.of.map(say).join(` ${word("math_parallel")} `);
    case "product":
      return node.of.map(say).join(` ${word("math_times")} `);
    case "sum":
      return node.of.map((one, n) => (node.signs[n] ? `${node.signs[n] === "+" ? word("math_plus") : word("math_minus")} ` : "") + say(one)).join(" ");
  }
}

/** formula gives a whole formula as MathML. */
export function formula(root: Node): Element {
  const math = element("math", set(root));
  math.setAttribute("display", "block");
  math.setAttribute("class", "el-formula");
  return math;
}

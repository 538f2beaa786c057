// What runs in the sandbox, after temml and mhchem. A request is {"definitions": [[tex, ...], ...], "formulas": [[tex, display,
// n], ...]}, where n says by which of the lists of definitions a formula is read; the reply is a list of {"math": markup} or
// {"error": reason} in the order of the formulas.
const common = temml.definePreamble(String.raw`
  \def\require#1{} \def\mbox#1{\text{#1}} \def\bbox#1{#1} \def\strut{} \def\sgn{\operatorname{sgn}}
`);

// maxExpand bounds how often macros of one formula are expanded.
const maxExpand = 1000;

// collect gives the macros that formulas define, the last word of each. One that is wrong defines nothing.
function collect(definitions) {
  const macros = { ...common };
  for (const tex of definitions) {
    const plain = tex
      .replace(/\\(?:renew|provide)command/g, "\\newcommand")
      .replace(/\\DeclareMathOperator(\*?)\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*\{([^{}]*)\}/g, "\\def$2{\\operatorname$1{$3}}");
    try {
      Object.assign(macros, temml.definePreamble(plain, { maxExpand }));
    } catch {}
  }
  return macros;
}

// own takes out what a formula defines itself: temml refuses to define a name twice, which MathJax allows.
function own(tex, macros) {
  const left = { ...macros };
  for (const [, name] of tex.matchAll(/\\newcommand\*?\s*\{?\s*(\\[A-Za-z]+)/g)) delete left[name];
  return left;
}

function typeset(tex, display, macros) {
  try {
    const math = temml.renderToString(tex, {
      displayMode: display, annotate: true, throwOnError: true, trust: false, maxExpand, maxSize: [30, 30], macros: own(tex, macros),
    });
    // A reference is a link, which is no formula.
    return math.startsWith("<math") ? { math } : { error: "this is not a formula" };
  } catch (error) {
    // A reason ends where the source is quoted.
    return { error: String(error.message).split(/ (?:at position|at end of input)/)[0].slice(0, 200) };
  }
}

globalThis.serve = request => {
  const { definitions, formulas } = JSON.parse(request);
  const macros = definitions.map(collect);
  return JSON.stringify(formulas.map(([tex, display, n]) => typeset(tex, display, macros[n])));
};

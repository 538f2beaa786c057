// What runs in the sandbox, after temml and mhchem. A request is {"formulas": [[tex, display], ...]}, the reply a list of
// {"math": markup} or {"error": reason} in the same order. Nothing that one formula defines is known to another.
const common = temml.definePreamble(String.raw`
  \def\require#1{} \def\mbox#1{\text{#1}} \def\bbox#1{#1} \def\strut{} \def\sgn{\operatorname{sgn}}
`);

function typeset(tex, display) {
  try {
    const math = temml.renderToString(tex, {
      displayMode: display, annotate: true, throwOnError: true, trust: false, maxExpand: 1000, maxSize: [30, 30],
      macros: Object.assign({}, common),
    });
    // A reference is a link, which is no formula.
    return math.startsWith("<math") ? { math } : { error: "this is not a formula" };
  } catch (error) {
    // A reason ends where the source is quoted.
    return { error: String(error.message).split(/ (?:at position|at end of input)/)[0].slice(0, 200) };
  }
}

globalThis.serve = request => JSON.stringify(JSON.parse(request).formulas.map(([tex, display]) => typeset(tex, display)));

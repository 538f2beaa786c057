// Runs one program in JavaScript: a request comes in as text, the reply goes out as text. Everything happens in a copy of the
// interpreter that is put back afterwards, so nothing here defends itself against the program: the worst that it can do is to
// spoil its own reply.
(() => {
  "use strict";
  const { parse, stringify } = JSON;
  const evaluate = eval; // by another name it sees nothing of what stands here
  const defaultOutput = 1 << 16;
  // turns is how often promises are given a turn after the program: chains that are longer are not waited for.
  const turns = 2000;

  let left = 0;
  let strict = false;
  let over = false;
  let parts = [];
  let input = "";
  let at = 0;

  class TooMuch extends Error {}

  const write = (text) => {
    if (over) {
      if (strict) throw new TooMuch("the program prints more than it may");
      return;
    }
    if (text.length > left) {
      over = true;
      parts.push(text.slice(0, left), strict ? "" : "\n...\n");
      left = 0;
      if (strict) throw new TooMuch("the program prints more than it may");
      return;
    }
    left -= text.length;
    parts.push(text);
  };

  const plainKey = /^[A-Za-z_$][\w$]*$/;

  // show writes a value as a program would write it.
  const show = (value, above = []) => {
    switch (typeof value) {
      case "string":
        return stringify(value);
      case "bigint":
        return `${value}n`;
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "function":
        return `[Function ${value.name || "(anonymous)"}]`;
      case "object":
        break;
      default:
        return String(value);
    }
    if (value === null) return "null";
    if (above.includes(value) || above.length > 50) return "...";
    const inside = [...above, value];
    const item = (v) => show(v, inside);
    if (Array.isArray(value)) return `[${Array.from(value, item).join(", ")}]`;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (value instanceof Date || value instanceof RegExp) return String(value instanceof Date ? value.toISOString() : value);
    if (value instanceof Map) return `Map {${Array.from(value, ([k, v]) => `${item(k)} => ${item(v)}`).join(", ")}}`;
    if (value instanceof Set) return `Set {${Array.from(value, item).join(", ")}}`;
    const members = Object.keys(value).map((k) => `${plainKey.test(k) ? k : stringify(k)}: ${item(value[k])}`);
    return `{${members.join(", ")}}`;
  };

  const print = (...values) => write(values.map((v) => (typeof v === "string" ? v : show(v))).join(" ") + "\n");

  const readline = () => {
    if (at >= input.length) return null;
    const end = input.indexOf("\n", at);
    const line = input.slice(at, end < 0 ? input.length : end);
    at = end < 0 ? input.length : end + 1;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  };

  const files = {
    readFileSync(name) {
      if (name !== 0 && name !== "/dev/stdin") throw new Error(`there is no file ${String(name)}: only standard input, 0, can be read`);
      const rest = input.slice(at);
      at = input.length;
      return rest;
    },
  };

  const modules = { fs: files, "node:fs": files };

  Object.assign(globalThis, {
    console: { log: print, info: print, debug: print, warn: print, error: print },
    print,
    readline,
    prompt: readline,
    require(name) {
      if (!(name in modules)) throw new Error(`there is no module ${String(name)}`);
      return modules[name];
    },
  });

  const lines = (text) => text.split("\n").length;

  // failure says what went wrong, with the line of the program that it went wrong in. lead is how many lines stand before it.
  const failure = (error, lead, last) => {
    if (error instanceof TooMuch || (over && strict)) return { class: "ValueError", message: "the program prints more than it may", limit: "output" };
    if (!(error instanceof Error)) return { class: "Error", message: `the program threw ${show(error)}`.slice(0, 2000) };
    const failed = { class: String(error.name), message: String(error.message).slice(0, 2000) };
    const found = /<input>:(\d+)/.exec(String(error.stack));
    if (found) {
      const line = Number(found[1]) - lead;
      if (line >= 1 && line <= last) failed.line = line;
      else if (line < 1) failed.setup = true;
    }
    if (error.name === "InternalError" && /out of memory/.test(error.message)) failed.limit = "memory";
    if (/stack overflow|call stack/i.test(error.message) && (error.name === "InternalError" || error.name === "RangeError")) failed.limit = "depth";
    return failed;
  };

  globalThis.serve = async (text) => {
    const request = parse(text);
    strict = (request.output ?? 0) > 0;
    left = request.output || defaultOutput;
    input = request.stdin ?? "";
    const setup = request.setup ? `${request.setup}\n;\n` : "";
    const lead = setup === "" ? 0 : lines(setup) - 1;
    const call = request.call ? `\n;(${request.call}\n)` : "";
    const reply = {};
    try {
      let value = evaluate(setup + request.code + call);
      if (call !== "") {
        if (value instanceof Promise) value = await value;
        reply.value = show(value);
        if (reply.value.length > left + (strict ? 0 : defaultOutput)) throw new TooMuch();
      }
      for (let n = 0; n < turns; n++) await null;
    } catch (error) {
      reply.failed = failure(error, lead, lines(request.code));
    }
    if (over && strict && !reply.failed) reply.failed = failure(new TooMuch(), 0, 0);
    if (reply.failed) delete reply.value;
    reply.stdout = parts.join("");
    return stringify(reply);
  };
})();

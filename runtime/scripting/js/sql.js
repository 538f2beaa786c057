// Runs one program in SQL: a request comes in, rows go out as text, a line each, values divided by "|" as SQLite's own shell
// writes them. Everything happens in a copy of the interpreter that is put back afterwards.
(() => {
  "use strict";
  let SQL = null;
  initSqlJs({ print() {}, printErr() {} }).then((made) => (SQL = made));

  const defaultOutput = 1 << 16;

  class TooMuch extends Error {}

  const written = (value) => {
    if (value === null) return "NULL";
    if (value instanceof Uint8Array) return "x'" + Array.from(value, (b) => b.toString(16).padStart(2, "0")).join("") + "'";
    if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 1e15) return value.toFixed(1); // a real one: integers come as BigInt
    return String(value);
  };

  // lineOf is where in the code the statement begins that was being read or run.
  const lineOf = (code, rest) => {
    const before = code.slice(0, code.length - rest.length);
    const gap = /^(\s|--[^\n]*(\n|$)|\/\*[^]*?\*\/)*/.exec(rest)[0];
    return (before + gap).split("\n").length;
  };

  const run = (request, reply) => {
    const db = new SQL.Database();
    if (request.setup) {
      try {
        db.exec(request.setup);
      } catch (error) {
        reply.failed = { class: "SQLError", message: String(error.message), setup: true };
        return;
      }
    }
    const most = request.output || defaultOutput;
    let left = most;
    const lines = [];
    const code = request.code;
    let rest = code;
    const statements = db.iterateStatements(code)[Symbol.iterator]();
    try {
      for (;;) {
        const next = statements.next();
        if (next.done) break;
        while (next.value.step()) {
          const line = next.value.get(null, { useBigInt: true }).map(written).join("|");
          left -= line.length + 1;
          if (left < 0) throw new TooMuch();
          lines.push(line);
        }
        rest = statements.getRemainingSQL();
      }
    } catch (error) {
      if (error instanceof TooMuch) {
        if (request.output) reply.failed = { class: "ValueError", message: "the program gives more rows than it may", line: lineOf(code, rest), limit: "output" };
      } else {
        const message = String(error.message);
        reply.failed = { class: "SQLError", message, line: lineOf(code, rest) };
        if (/out of memory|database or disk is full/i.test(message)) reply.failed.limit = "memory";
      }
    }
    reply.stdout = lines.map((line) => line + "\n").join("");
  };

  globalThis.serve = (text) => {
    const reply = {};
    if (SQL === null) throw new Error("SQLite did not start");
    run(JSON.parse(text), reply);
    return JSON.stringify(reply);
  };
})();

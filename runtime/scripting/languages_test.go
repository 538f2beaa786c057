package scripting

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// spoken are all interpreters, one set for all tests.
var spoken = sync.OnceValues(func() (Languages, error) {
	engine, err := wasm.New(context.Background(), wasm.Config{CacheDir: cache(), Workers: 2})
	if err != nil {
		return nil, err
	}
	return All(Config{Engine: engine})
})

// program runs a learner's program, as tests of a code question do.
func program(t testing.TB, run wire.ScriptRun) *wire.ScriptDone {
	t.Helper()
	languages, err := spoken()
	if err != nil {
		t.Fatal(err)
	}
	if err := languages[run.Language].Start(t.Context()); errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if run.Fuel == 0 {
		run.Fuel = 2_000_000_000
	}
	run.Output = 10_000
	done, err := languages.Run(t.Context(), run, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestPrograms(t *testing.T) {
	for _, c := range []struct {
		run  wire.ScriptRun
		want string // output, or "= value", or "! class line limit"
	}{
		{wire.ScriptRun{Language: "python", Code: "a, b = map(int, input().split())\nprint(a + b)", Stdin: "2 3\n"}, "5\n"},
		{wire.ScriptRun{Language: "python", Code: "def add(a, b):\n    return a + b", Call: "add('x', 'y')"}, "= 'xy'"},
		{wire.ScriptRun{Language: "python", Setup: "def given(): return [1, 2.5, None]", Code: "x = given()", Call: "x"}, "= [1, 2.5, None]"},
		{wire.ScriptRun{Language: "python", Setup: "x =", Code: "y = 1"}, "! SyntaxError 0 setup"},
		{wire.ScriptRun{Language: "python", Code: "def add(a, b):\n    return a + c", Call: "add(1, 2)"}, "! NameError 2 "},
		{wire.ScriptRun{Language: "python", Code: "x = 1", Call: "add(1, 2)"}, "! NameError 0 "},
		{wire.ScriptRun{Language: "python", Code: "def f(n): return f(n + 1)", Call: "f(1)"}, "! RecursionError 1 depth"},
		{wire.ScriptRun{Language: "python", Code: "raise TimeoutError('mine')"}, "! TimeoutError 1 "},

		{wire.ScriptRun{Language: "javascript", Code: "const [a, b] = readline().split(' ').map(Number)\nconsole.log(a + b, [1, 'x'], {k: null})", Stdin: "2 3\r\n"}, "5 [1, \"x\"] {k: null}\n"},
		{wire.ScriptRun{Language: "javascript", Code: "const add = (a, b) => a + b // sum", Call: "add('x', 'y')"}, `= "xy"`},
		{wire.ScriptRun{Language: "javascript", Code: "async function f() { return [undefined, -0, 10n, new Set([1])] }", Call: "f()"}, "= [undefined, -0, 10n, Set {1}]"},
		{wire.ScriptRun{Language: "javascript", Setup: "const given = [1]\nfunction g() {}", Code: "\nnope()"}, "! ReferenceError 2 "},
		{wire.ScriptRun{Language: "javascript", Code: "let a = 1;\nlet b = ;"}, "! SyntaxError 2 "},
		{wire.ScriptRun{Language: "javascript", Code: "\n\nthrow 'x'"}, "! Error 0 "},
		{wire.ScriptRun{Language: "javascript", Code: "console.log(require('fs').readFileSync(0, 'utf8').trim()); Promise.resolve(1).then(print)", Stdin: "all\nof it\n"}, "all\nof it\n1\n"},
		{wire.ScriptRun{Language: "javascript", Code: "const x = {}; x.x = x; print(x, 'ü😀')"}, "{x: ...} ü😀\n"},

		{wire.ScriptRun{Language: "sql", Setup: "create table t(a, b); insert into t values (1, 'x'), (2.0, null), (x'0aff', 'ü😀')", Code: "select * from t;\n-- done\nselect count(*) n from t"}, "1|x\n2.0|NULL\nx'0aff'|ü😀\n3\n"},
		{wire.ScriptRun{Language: "sql", Code: "select 9007199254740993, 1e300, 0.1 + 0.2"}, "9007199254740993|1e+300|0.30000000000000004\n"},
		{wire.ScriptRun{Language: "sql", Code: "select 1;\n\nselect nope\nfrom x"}, "! SQLError 3 "},
		{wire.ScriptRun{Language: "sql", Code: "selec 1"}, "! SQLError 1 "},
		{wire.ScriptRun{Language: "sql", Setup: "create", Code: "select 1"}, "! SQLError 0 setup"},
		{wire.ScriptRun{Language: "sql", Code: "with w as (select 1 as a union select 2) select sum(a) over (order by a) from w"}, "1\n3\n"},
	} {
		done := program(t, c.run)
		got := done.Stdout
		switch {
		case done.Failed != nil:
			got = failedAs(done.Failed)
		case c.run.Call != "":
			got = "= " + done.Value
		}
		if got != c.want {
			t.Errorf("%s: %q gives %q, want %q (%+v)", c.run.Language, c.run.Code, got, c.want, done.Failed)
		}
	}
}

func failedAs(f *wire.ScriptError) string {
	what := f.Limit
	if f.Setup {
		what = "setup"
	}
	return "! " + f.Class + " " + string(rune('0'+f.Line)) + " " + what
}

// A learner's program is hostile: what it tries ends by itself, says by which limit, and the next run sees nothing of it.
func TestHostilePrograms(t *testing.T) {
	deep := "def f(n):\n    return [f(n + 1)]\nimport sys\nsys.setrecursionlimit(10**9)\nf(0)"
	for _, c := range [][3]string{
		{"python", "while True: pass", "time"},
		{"python", "while True: print('x' * 100)", "output"},
		{"python", "while True:\n    try:\n        print('x' * 100)\n    except BaseException:\n        pass", "output"},
		{"python", "import sys\nsys.stdout.write('x' * 50000)", "output"},
		{"python", "x = []\nwhile True: x.append('x' * 1000000)", "memory"},
		{"python", deep, "time"},
		{"python", "import os\nos.fork()", ""},
		{"python", "print(open('/etc/passwd').read())", ""},
		{"python", "open('/lib/_runner.py', 'w')", ""},
		{"python", "import socket\nsocket.create_connection(('127.0.0.1', 80))", ""},
		{"javascript", "for (;;);", "time"},
		{"javascript", "for (;;) console.log('x'.repeat(100))", "output"},
		{"javascript", "for (let n = 0; n < 1000; n++) { try { print('x'.repeat(100)) } catch {} }", "output"},
		{"javascript", "const a = []; for (;;) a.push('x'.repeat(1000) + a.length)", "time"},
		{"javascript", "const a = []; for (;;) a.push(new Uint8Array(1000000))", "memory"},
		{"javascript", "const f = (n) => [f(n + 1)]; f(0)", "depth"},
		{"javascript", "const forever = () => Promise.resolve().then(forever); forever()", "time"},
		{"javascript", "require('child_process')", ""},
		{"javascript", "fetch('http://example.org')", ""},
		{"javascript", "quoin.service('x')", ""},
		{"sql", "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c", "time"},
		{"sql", "with recursive c(n) as (select 1 union all select n + 1 from c) select 'a long line' || n from c", "output"},
		{"sql", "create table t(a); insert into t values (zeroblob(900000)); with recursive c(n) as (select 1 union all select n + 1 from c where n < 60) insert into t select zeroblob(900000) from c", "time"},
		{"sql", "select load_extension('x')", ""},
		{"sql", "select readfile('/etc/passwd')", ""},
		{"sql", strings.Repeat("(", 20000), ""},
	} {
		done := program(t, wire.ScriptRun{Language: c[0], Code: c[1]})
		if done.Failed == nil {
			t.Errorf("%s: %.60q succeeds: %.60q", c[0], c[1], done.Stdout)
			continue
		}
		t.Logf("%-10s %-50.50q %-6s %s: %.90s", c[0], c[1], done.Failed.Limit, done.Failed.Class, done.Failed.Message)
		if done.Failed.Limit != c[2] {
			t.Errorf("%s: %.60q is stopped by %q, want %q", c[0], c[1], done.Failed.Limit, c[2])
		}
	}
}

// No run sees what another left: files, tables, globals, the interpreter's own things.
func TestProgramsLeaveNoTrace(t *testing.T) {
	for _, c := range []struct{ language, spoil, ask, want string }{
		{"python", "import builtins, sys, json\nbuiltins.mine = 1\njson.dumps = None\nsys.modules['mine'] = 1", "import sys\nprint('mine' in dir(__builtins__), 'mine' in sys.modules)", "False False\n"},
		{"javascript", "globalThis.mine = 1; Array.prototype.map = null; JSON.stringify = null; Object.prototype.x = 1", "print(typeof mine, [1].map(String), JSON.stringify({}), ({}).x)", "undefined [\"1\"] {} undefined\n"},
		{"sql", "create table mine(a); attach 'other.db' as other; create table other.mine(a); insert into other.mine values (1); pragma user_version = 7", "attach 'other.db' as other; select count(*) from sqlite_master; select count(*) from other.sqlite_master; pragma user_version", "0\n0\n0\n"},
	} {
		program(t, wire.ScriptRun{Language: c.language, Code: c.spoil})
		if done := program(t, wire.ScriptRun{Language: c.language, Code: c.ask}); done.Stdout != c.want {
			t.Errorf("%s sees of the run before: %q, %+v", c.language, done.Stdout, done.Failed)
		}
	}
	// Chance and the clock are the run's alone: asking again in another run gives the same.
	for language, ask := range map[string]string{
		"python":     "import random, time, os\nprint(random.random(), time.time() < 10, os.urandom(4))",
		"javascript": "print(Math.random(), Date.now() < 10000)",
		"sql":        "select random(), unixepoch() < 10",
	} {
		first := program(t, wire.ScriptRun{Language: language, Code: ask})
		second := program(t, wire.ScriptRun{Language: language, Code: ask, Fuel: 1_999_999_999}) // not remembered
		t.Log(language, first.Stdout, first.Failed)
		if first.Failed != nil || second.Failed != nil {
			t.Errorf("%s: %+v %+v", language, first.Failed, second.Failed)
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	var failure *wire.Error
	if _, err := (Languages{}).Run(t.Context(), wire.ScriptRun{Language: "cobol"}, nil); !errors.As(err, &failure) || failure.Code != wire.CodeBadRequest {
		t.Error(err)
	}
	if _, err := New(Config{Language: "cobol"}); err == nil {
		t.Error("there is an interpreter of COBOL")
	}
}

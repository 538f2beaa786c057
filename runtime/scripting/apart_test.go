package scripting

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Whatever a script can see takes part in what its reply is remembered by: runs that differ in any of it share none (security R6).
func TestRunsThatDifferShareNothing(t *testing.T) {
	python := interpreted(t)
	file := func(hash string) map[string]File {
		return map[string]File{"data.txt": {Hash: hash, Read: func(context.Context) ([]byte, error) { return []byte(hash), nil }}}
	}
	base := func() wire.ScriptRun {
		return wire.ScriptRun{
			Language: wire.LanguagePython, Code: "a = 1 # apart", Seed: 1, Globals: json.RawMessage(`{"anonymous_student_id":"ann"}`), Stdin: "x",
			Files: []string{"data.txt"}, Want: []string{"a"},
		}
	}
	seen := map[*wire.ScriptDone]string{}
	run := func(what string, r wire.ScriptRun, files map[string]File) *wire.ScriptDone {
		t.Helper()
		done, err := python.Run(t.Context(), r, files)
		if err != nil {
			t.Fatal(what, err)
		}
		return done
	}
	first := run("the first", base(), file("one"))
	if run("the same", base(), file("one")) != first {
		t.Error("equal runs are not remembered")
	}
	seen[first] = "the first"
	for what, change := range map[string]func(*wire.ScriptRun){
		"code":    func(r *wire.ScriptRun) { r.Code += " " },
		"seed":    func(r *wire.ScriptRun) { r.Seed = 2 },
		"learner": func(r *wire.ScriptRun) { r.Globals = json.RawMessage(`{"anonymous_student_id":"bob"}`) },
		"answers": func(r *wire.ScriptRun) { r.Globals = json.RawMessage(`{"anonymous_student_id":"ann","answer":"7"}`) },
		"input":   func(r *wire.ScriptRun) { r.Stdin = "y" },
		"prelude": func(r *wire.ScriptRun) { r.Prelude = "capa" },
		"want":    func(r *wire.ScriptRun) { r.Want = []string{"a", "b"} },
	} {
		r := base()
		change(&r)
		done := run(what, r, file("one"))
		if other, shared := seen[done]; shared {
			t.Errorf("another %s shares the reply of %s", what, other)
		}
		seen[done] = what
	}
	if done := run("file", base(), file("two")); seen[done] != "" {
		t.Errorf("another course file shares the reply of %s", seen[done])
	}
}

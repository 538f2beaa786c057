package scripting

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestModules runs the tests of our own modules where scripts run: a file each, which asserts.
func TestModules(t *testing.T) {
	files, err := filepath.Glob("testdata/lib/*.py")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			code, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			done := runs(t, wire.ScriptRun{Code: string(code) + "\nfinished = True\n", Prelude: "capa", Seed: 1, Want: []string{"finished"}}, nil)
			if done.Failed != nil || string(done.Globals) != `{"finished": true}` {
				t.Errorf("%s left %s: %+v", done.Stdout, done.Globals, done.Failed)
			}
		})
	}
}

// A script of Open edX finds these names without an import, and numpy's random numbers follow the seed.
func TestPreludeOfOpenEdx(t *testing.T) {
	names := "a = [n for n in ('random', 'numpy', 'math', 'scipy', 'calc', 'eia', 'chemcalc', 'chemtools', 'miller', 'draganddrop') if n in globals()]\n"
	leaves(t, wire.ScriptRun{Prelude: "capa", Code: names + "a = len(a)\nb = calc.evaluator({}, {}, '2+2')\nc = numpy.array([1, 2]).sum()\nd = eia.iseia(47)"},
		`{"a":10,"b":4,"c":3,"d":true}`)
	leaves(t, wire.ScriptRun{Prelude: "capa", Seed: 1, Code: "a = round(numpy.random.rand(), 8)"}, `{"a":0.417022}`)
	leaves(t, wire.ScriptRun{Prelude: "capa", Seed: 42, Code: "import numpy.random as r\na = round(r.randn(), 8)"}, `{"a":0.49671415}`)
	done := runs(t, wire.ScriptRun{Prelude: "capa", Code: "random.jumpahead(3)"}, nil)
	if done.Failed == nil || done.Failed.Class != "NotImplementedError" || done.Failed.Message != "jumpahead" {
		t.Errorf("%+v", done.Failed)
	}
}

// The course's own library is as little trusted as its scripts.
func TestHostileLibraries(t *testing.T) {
	for text, want := range map[string]string{
		"while True: pass":                              "TimeoutError 0 the script takes too long",
		"import json, sys\njson.dumps = sys.exit":       "SystemError 0 the script broke the interpreter",
		"raise ValueError('mine')":                      "ValueError 1 mine",
		"import os\nos.close(1)":                        "OSError 1 ",
		"x = [0] * (1 << 28)":                           "MemoryError 1 ",
		"import sys\nsys.modules['math'] = None":        "ModuleNotFoundError 2 ",
		"import random2\nrandom2.Random.randint = None": "",
	} {
		done := runs(t, wire.ScriptRun{Code: "import ours\nimport math\na = 1", Files: []string{"python_lib.zip"}}, map[string][]byte{"python_lib.zip": zipped(t, "ours.py", text)})
		got := ""
		if done.Failed != nil {
			got = fmt.Sprintf("%s %d %s", done.Failed.Class, done.Failed.Line, done.Failed.Message)
		}
		if !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	leaves(t, wire.ScriptRun{Prelude: "capa", Code: "import json, math\na = [len(json.dumps([1])), random.randint(3, 3)]"}, `{"a":[3,3]}`)
}

// zipped is an archive of one file.
func zipped(t *testing.T, name, text string) []byte {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	file, err := z.Create(name)
	if err == nil {
		_, err = file.Write([]byte(text))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

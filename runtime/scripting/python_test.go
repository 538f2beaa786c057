package scripting

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// shared is one interpreter for all tests: starting it takes seconds on a machine that never compiled it.
var shared struct {
	once   sync.Once
	python *Interpreter
	err    error
}

// interpreted gives the interpreter, or skips where `make web` did not fetch it; in CI that is a failure.
func interpreted(t testing.TB) *Interpreter {
	t.Helper()
	shared.once.Do(func() {
		engine, err := wasm.New(context.Background(), wasm.Config{CacheDir: cache(), Workers: 2})
		if err != nil {
			shared.err = err
			return
		}
		if shared.python, err = New(Config{Engine: engine, Fuel: 3_000_000_000}); err == nil {
			err = shared.python.Start(context.Background())
		}
		shared.err = err
	})
	if errors.Is(shared.err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.python
}

// cache is where the compiled interpreter is kept between runs of the tests.
func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return dir + "/quoin-test-python"
}

// runs runs a script.
func runs(t testing.TB, run wire.ScriptRun, files map[string][]byte) *wire.ScriptDone {
	t.Helper()
	given := map[string]File{}
	for name, data := range files {
		given[name] = File{Hash: fmt.Sprintf("%x", sha256.Sum256(data)), Read: func(context.Context) ([]byte, error) { return data, nil }}
	}
	done, err := interpreted(t).Run(t.Context(), run, given)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// leaves checks what a script leaves behind, as JSON with sorted keys.
func leaves(t *testing.T, run wire.ScriptRun, want string) {
	t.Helper()
	done := runs(t, run, nil)
	if done.Failed != nil {
		t.Fatalf("%+v", done.Failed)
	}
	var globals map[string]any
	decoder := json.NewDecoder(bytes.NewReader(done.Globals))
	decoder.UseNumber()
	if err := decoder.Decode(&globals); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(globals)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("it leaves %s, want %s", got, want)
	}
}

func TestValues(t *testing.T) {
	leaves(t, wire.ScriptRun{
		Code: "import math, os\nf = lambda: 1\nt = (1, [2.5, None], {'k': True, 3: 'x'})\ns = {1}\nz = 1j\nn = float('nan')\ni = [float('-inf')]\n" +
			"big = 10**30\ntext = 'ü\\ud800'\nb = b'ok'\nbad = b'\\xff'\nloop = []\nloop.append(loop)\n_private = 1\ngiven += 1\n",
		Globals: json.RawMessage(`{"given": 4, "kept": {"$float": "inf"}}`),
	}, `{"_private":1,"b":"ok","big":1000000000000000000000000000000,"given":5,"i":[{"$float":"-inf"}],"kept":{"$float":"inf"},"n":{"$float":"nan"},"t":[1,[2.5,null],{"3":"x","k":true}],"text":"ü?"}`)
	leaves(t, wire.ScriptRun{Code: "a = 1\nb = 2\nc = lambda: 1", Want: []string{"b", "c", "d"}}, `{"b":2}`)
}

func TestSeeds(t *testing.T) {
	leaves(t, wire.ScriptRun{Code: "import random\na = random.randint(1, 1000)", Seed: 7}, `{"a":332}`)
	leaves(t, wire.ScriptRun{Code: "a = random.randint(1, 1000)\nimport random\nb = random.choice('xyz')\nc = [random.Random(1).random(), math.pi, xrange(3)[2]]", Seed: 7, Prelude: "capa"},
		`{"a":324,"b":"x","c":[0.13436424411240122,3.141592653589793,2]}`)
}

func TestOutput(t *testing.T) {
	done := runs(t, wire.ScriptRun{Code: "import sys\nprint('hello', input())\nprint('aside', file=sys.stderr)", Stdin: "world\n"}, nil)
	if done.Stdout != "hello world\naside\n" || done.Failed != nil {
		t.Errorf("%+v", done)
	}
	done = runs(t, wire.ScriptRun{Code: "for i in range(100000): print('x' * 100)\na = 1"}, nil)
	if len(done.Stdout) > maxStdout+10 || !strings.HasSuffix(done.Stdout, "...\n") || string(done.Globals) != `{"i": 99999, "a": 1}` {
		t.Errorf("%d bytes, %s", len(done.Stdout), done.Globals)
	}
}

func TestMistakesHaveTheirLine(t *testing.T) {
	for code, want := range map[string]string{
		"a = 1\n\nb = undefined\n":                            "NameError 3 name 'undefined' is not defined",
		"def f():\n    return 1 / 0\n\nf()\n":                 "ZeroDivisionError 2 division by zero",
		"import json\njson.loads('{')\n":                      "JSONDecodeError 2 Expecting property name",
		"a = 1\nif a\n  b\n":                                  "SyntaxError 2 expected ':'",
		"raise SystemExit(0)":                                 "SystemExit 1 the script ended the interpreter",
		"import os\nos._exit(0)":                              "SystemExit 0 the script ended the interpreter",
		"import os\nos._exit(3)":                              "SystemError 0 the script broke the interpreter",
		"class E(Exception):\n  def __str__(s): 1/0\nraise E": "E 3 ",
		"def f(n): return f(n + 1)\nf(0)":                     "RecursionError 1 maximum recursion depth exceeded",
		"import nothing_of_ours":                              "ModuleNotFoundError 1 No module named 'nothing_of_ours'",
	} {
		done := runs(t, wire.ScriptRun{Code: code}, nil)
		if done.Failed == nil {
			t.Errorf("%q succeeded", code)
			continue
		}
		if got := fmt.Sprintf("%s %d %s", done.Failed.Class, done.Failed.Line, done.Failed.Message); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
	}
}

// A run finds nothing of an earlier one, whatever that did to the interpreter.
func TestRunsLeaveNoTrace(t *testing.T) {
	for _, spoil := range []string{
		"import json, builtins, sys, math\njson.dumps = None\nbuiltins.len = None\nmath.pi = 3\nsys.modules['mine'] = sys\nsys.path.clear()",
		"import _runner\n_runner.plain = lambda v, d=0: 'forged'\na = 1",
		"import os\nos.close(0)\nos.close(1)",
		"import gc\nfor o in gc.get_objects():\n  if isinstance(o, dict) and 'math' in o: o['math'] = 1",
		"x = bytearray(100 << 20)",
	} {
		if _, err := interpreted(t).Run(t.Context(), wire.ScriptRun{Code: spoil}, nil); err != nil {
			t.Fatal(err)
		}
		leaves(t, wire.ScriptRun{Code: "import json, math, sys\na = [len(json.dumps([1])), math.pi, 'mine' in sys.modules, len(sys.path) > 1] # after " + spoil[:9]},
			`{"a":[3,3.141592653589793,false,true]}`)
	}
}

// What a script tries to get out of the sandbox, or to hold up others with, ends in a sentence for its author.
func TestHostileScripts(t *testing.T) {
	for code, want := range map[string]string{
		"while True: pass":                                                            "TimeoutError the script takes too long",
		"while True: print('x')":                                                      "TimeoutError the script takes too long",
		"a = []\nwhile True: a.append('x' * 1000000)":                                 "MemoryError the script needs more memory",
		"x = 'x' * (1 << 30)":                                                         "MemoryError the script needs more memory",
		"a = 'x' * 3000000":                                                           "ValueError the script leaves more behind",
		"import os\nos.fork()":                                                        "AttributeError module 'os' has no attribute 'fork'",
		"import subprocess\nsubprocess.run(['ls'])":                                   "OSError",
		"import os\nos.system('ls')":                                                  "AttributeError",
		"open('/etc/passwd')":                                                         "FileNotFoundError",
		"open('/lib/_runner.py', 'w')":                                                "OSError",
		"open('/lib/../../../proc/self/environ')":                                     "FileNotFoundError",
		"import os\nos.remove('/lib/_runner.py')":                                     "OSError",
		"import socket\nsocket.create_connection(('127.0.0.1', 80))":                  "",
		"import urllib.request\nurllib.request.urlopen('http://example.org')":         "",
		"import threading\nthreading.Thread(target=print).start()":                    "RuntimeError can't start new thread",
		"import ctypes":                                                               "ModuleNotFoundError",
		"import re\nre.match('(a+)+$', 'a' * 60 + 'b')":                               "TimeoutError the script takes too long",
		"import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return [f(n + 1)]\nf(0)": "",
		"eval('(' * 10000 + ')' * 10000)":                                             "",
		"import time\ntime.sleep(3600)\nwhile True: time.sleep(3600)":                 "OSError",
	} {
		done := runs(t, wire.ScriptRun{Code: code}, nil)
		if done.Failed == nil {
			t.Errorf("%q succeeded", code)
			continue
		}
		t.Logf("%-60.60q %s: %.100s", code, done.Failed.Class, done.Failed.Message)
		if got := done.Failed.Class + " " + done.Failed.Message; !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
	}
	leaves(t, wire.ScriptRun{Code: "a = 'still here'"}, `{"a":"still here"}`)
}

// A course's own library is imported from its archive.
func TestLibrary(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"shapes.py": "def area(r):\n    return 3 * r * r\n", "pack/__init__.py": "from .more import five\n", "pack/more.py": "five = 5\n"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	run := wire.ScriptRun{Code: "import shapes, pack\na = shapes.area(2) + pack.five\nimport shapes as s\nb = s.__file__", Files: []string{"python_lib.zip"}}
	done := runs(t, run, map[string][]byte{"python_lib.zip": archive.Bytes()})
	if done.Failed != nil || string(done.Globals) != `{"a": 17, "b": "/course/python_lib.zip/shapes.py"}` {
		t.Errorf("%s, %+v", done.Globals, done.Failed)
	}
	done = runs(t, run, map[string][]byte{"python_lib.zip": []byte("no archive")})
	if done.Failed == nil || done.Failed.Class != "ModuleNotFoundError" {
		t.Errorf("%+v", done)
	}
}

// The recordings that examples/blocks/scripted is tested with are what this interpreter answers.
func TestRecordedRuns(t *testing.T) {
	data, err := os.ReadFile("../../examples/blocks/scripted/testdata/setup.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(data), "-- runs.json --\n")
	var recorded []struct {
		Run  wire.ScriptRun
		Done wire.ScriptDone
	}
	if err := json.Unmarshal([]byte(list), &recorded); err != nil || !found || len(recorded) < 20 {
		t.Fatal(len(recorded), err)
	}
	for _, r := range recorded {
		done := runs(t, r.Run, nil)
		if r.Done.Failed != nil {
			if done.Failed == nil || *done.Failed != *r.Done.Failed {
				t.Errorf("%q: %+v, recorded is %+v", r.Run.Code, done.Failed, r.Done.Failed)
			}
			continue
		}
		var got, want map[string]any
		if err := errors.Join(json.Unmarshal(done.Globals, &got), json.Unmarshal(r.Done.Globals, &want)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q with seed %d: %s, recorded is %s, %v", r.Run.Code, r.Run.Seed, done.Globals, r.Done.Globals, err)
		}
	}
}

// Equal runs are one run, and other callers wait for it.
func TestEqualRunsAreOne(t *testing.T) {
	p := interpreted(t)
	run := wire.ScriptRun{Code: fmt.Sprintf("import random\na = [random.random() for i in range(20000)][-1] # %d", time.Now().UnixNano())}
	var all sync.WaitGroup
	results := make([]*wire.ScriptDone, 8)
	for n := range results {
		all.Go(func() {
			done, err := p.Run(t.Context(), run, nil)
			if err != nil {
				t.Error(err)
			}
			results[n] = done
		})
	}
	all.Wait()
	for _, r := range results {
		if r != results[0] {
			t.Error("an equal run was another run")
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	run.Seed++
	if _, err := p.Run(gone, run, nil); err == nil {
		t.Log("it was faster than its caller")
	}
	if _, err := p.Run(t.Context(), run, nil); err != nil {
		t.Errorf("after a caller who left: %v", err)
	}
}

func BenchmarkScript(b *testing.B) {
	p := interpreted(b)
	n := 0
	for b.Loop() {
		n++
		run := wire.ScriptRun{Prelude: "capa", Seed: n, Code: "a = random.randint(1, 100)\nb = random.uniform(1, 2)\nanswer = a * math.sin(b)\ndef check(expect, ans):\n    return float(ans) == float(expect)\nok = check('3', '3.0')\n"}
		if _, err := p.Run(b.Context(), run, nil); err != nil {
			b.Fatal(err)
		}
	}
}

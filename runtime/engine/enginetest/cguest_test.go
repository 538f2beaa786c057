package enginetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// cGuest compiles the block in testdata/cguest.
func cGuest(t *testing.T) []byte {
	t.Helper()
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the block in C needs clang and lld: %v", err)
			}
			t.Skipf("the block in C needs clang and lld (on Debian: apt-get install clang lld): %v", err)
		}
	}
	file := filepath.Join(t.TempDir(), "guest.wasm")
	compile := exec.CommandContext(t.Context(), "clang", "--target=wasm32", "-O2", "-Wall", "-Werror", "-nostdlib", "-fno-builtin",
		"-Wl,--no-entry", "-o", file, filepath.Join("testdata", "cguest", "guest.c"))
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("compiling the block in C: %v\n%s", err, out)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestABlockThatIsNotGo(t *testing.T) {
	e := openWasm(t, wasm.Config{})
	conn, err := e.Load(t.Context(), engine.Artifact{Name: "word", Code: cGuest(t)})
	if err != nil {
		t.Fatal(err)
	}
	m := manifest.Manifest{Name: "word", Types: []manifest.Type{{Name: "word"}}}
	steps := enginetest.Play(t, conn, m)
	var earned []float64
	rendered := false
	for _, step := range steps {
		if step.Failure != nil || step.Fuel <= 0 || step.Fuel > 100_000 {
			t.Errorf("%s: %v, %d units", step.Name, step.Failure, step.Fuel)
		}
		switch {
		case strings.Contains(step.Name, ": grade "):
			var v wire.Verdict
			if err := wire.DecodeReply(step.Reply, &v); err != nil || v.Possible != 1 || v.Outcome != wire.OutcomeScored {
				t.Errorf("%s: %+v, %v", step.Name, v, err)
			}
			earned = append(earned, v.Earned)
		case strings.Contains(step.Name, ": render "):
			var f wire.Fragment
			err := wire.DecodeReply(step.Reply, &f)
			rendered = err == nil && strings.Contains(string(f.HTML.Data), `<input name="word"`)
		case strings.Contains(step.Name, "answer 2") && strings.Contains(step.Name, ": handle "):
			if !strings.Contains(string(step.Reply), `"a \"brick\""`) {
				t.Errorf("the answer was not handed on: %q", step.Reply)
			}
		}
	}
	if len(earned) != 2 || earned[0] != 1 || earned[1] != 0 || !rendered {
		t.Errorf("it scored %v and rendered: %v", earned, rendered)
	}
	if difference := enginetest.Difference(steps, enginetest.Play(t, conn, m)); difference != "" {
		t.Errorf("the second time: %s", difference)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

package questions_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/suite"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var record = flag.Bool("record", false, "run the programs of samples and stories anew and write testdata/setup.txtar")

// recordings is where tests without an interpreter find what programs gave.
const recordings = "testdata/setup.txtar"

// sandbox are the real interpreters, one set for all tests.
var sandbox = sync.OnceValues(func() (scripting.Languages, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	engine, err := wasm.New(context.Background(), wasm.Config{CacheDir: dir + "/quoin-test-python", Workers: 2})
	if err != nil {
		return nil, err
	}
	return scripting.All(scripting.Config{Engine: engine})
})

// interpreted runs programs in the sandbox. The test skips where `make web` did not fetch it; in CI that is a failure.
func interpreted(t testing.TB) func(wire.ScriptRun) (wire.ScriptDone, error) {
	t.Helper()
	languages, err := sandbox()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range languages {
		if err := one.Start(t.Context()); errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func(run wire.ScriptRun) (wire.ScriptDone, error) {
		done, err := languages.Run(t.Context(), run, nil)
		if err != nil {
			return wire.ScriptDone{}, err
		}
		return *done, nil
	}
}

// What is recorded of programs is what they give. The samples and stories of code questions are played with the interpreters.
func TestRecordedPrograms(t *testing.T) {
	runs := interpreted(t)
	var found []fakehost.Recording
	seen := map[string]bool{}
	script := func(run wire.ScriptRun) (wire.ScriptDone, error) {
		done, err := runs(run)
		data, failed := json.Marshal(run)
		if err != nil || failed != nil || seen[string(data)] || len(data) > 20_000 {
			return done, err
		}
		seen[string(data)] = true
		one := fakehost.Recording{Done: done}
		one.Done.Globals = nil
		if err := json.Unmarshal(data, &one.Run); err != nil {
			return done, err
		}
		found = append(found, one)
		return done, nil
	}
	trials, err := suite.Trials(suite.Config{Serve: questions.Block().Serve, Script: script})
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		if trial.Name != "code/samples" && !strings.HasPrefix(trial.Name, "code/story/") {
			continue
		}
		if failures, _ := trial.Run(); len(failures) > 0 {
			t.Errorf("%s: %s", trial.Name, strings.Join(failures, "\n"))
		}
	}
	// The recording that says most of its run answers first.
	slices.SortStableFunc(found, func(a, b fakehost.Recording) int { return cmp.Compare(len(b.Run), len(a.Run)) })
	var b bytes.Buffer
	b.WriteString("# What the interpreters of the sandbox gave for the programs of samples and stories (go test -run TestRecordedPrograms -record);\n" +
		"# any other program prints nothing.\nrecord @runs.json\n-- runs.json --\n[\n")
	for _, one := range found {
		line, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "  %s,\n", line)
	}
	b.WriteString("  {\"run\": {}, \"done\": {}}\n]\n")
	if *record {
		if err := os.WriteFile(recordings, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(recordings)
	if err != nil || !bytes.Equal(written, b.Bytes()) {
		t.Errorf("%s is not what the interpreters give: run this test with -record (%v)", recordings, err)
	}
}

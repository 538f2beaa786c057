package command

import (
	"path/filepath"
	"testing"
)

func TestBlockBench(t *testing.T) {
	cache := t.TempDir()
	call(t, "", "block", "bench", "--calls", "5", "--cache", cache, "../../examples/blocks/likert").want(t, 0,
		"likert 1.0.0: code", "render learner", "handle send", "wasm", "outline")
	call(t, "", "block", "bench", "--calls", "0", "../../examples/blocks/likert").want(t, 1, "--calls: from 1")
	call(t, "", "block", "bench").want(t, 2, "usage: quoin block bench")
	call(t, "", "block", "bench", t.TempDir()).want(t, 1, "is no block and holds none")
}

// Outside of this repository a Go block has the SDK that the command wrote, which makes no processes: the sandbox is measured
// all the same.
func TestBlockBenchOutside(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "moon")
	withSDK(t, "block", "new", folder, "--lang", "go").want(t, 0)
	call(t, "", "block", "bench", "--calls", "2", "--cache", t.TempDir(), folder).want(t, 0,
		"moon 0.1.0: code", "not measured through process", "examples/processes/judge", "render learner", "wasm")
}

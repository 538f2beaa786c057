package command

import "testing"

func TestBlockBench(t *testing.T) {
	cache := t.TempDir()
	call(t, "", "block", "bench", "--calls", "5", "--cache", cache, "../../examples/blocks/likert").want(t, 0,
		"likert 1.0.0: code", "render learner", "handle send", "wasm", "outline")
	call(t, "", "block", "bench", "--calls", "0", "../../examples/blocks/likert").want(t, 1, "--calls: from 1")
	call(t, "", "block", "bench").want(t, 2, "usage: quoin block bench")
	call(t, "", "block", "bench", t.TempDir()).want(t, 1, "is no block and holds none")
}

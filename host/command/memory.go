package command

import (
	"context"
	"runtime/debug"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// looking is how often the server looks whether blocks were loaded or unloaded.
const looking = 5 * time.Second

// giveBack returns memory to the system once loading has settled, until ctx ends. Compiling a block leaves many times its size
// behind, and machine code that nobody uses any more is unmapped by finalizers alone: seven blocks loaded and the server idle
// are 448 MB without this and 175 MB with it, since an idle process collects once in two minutes at most.
func giveBack(ctx context.Context, k *kernel.Kernel) {
	ticker := time.NewTicker(looking)
	defer ticker.Stop()
	settled := settling(debug.FreeOSMemory)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			settled(loadedBlocks(k))
		}
	}
}

// settling calls once when it is told the same twice in a row, and again only after something else was told.
func settling(call func()) func(now string) {
	last, done := "", true
	return func(now string) {
		switch {
		case now != last:
			last, done = now, false
		case !done:
			done = true
			call()
		}
	}
}

func loadedBlocks(k *kernel.Kernel) string {
	var loaded []string
	for _, status := range k.Blocks() {
		if status.Loaded {
			loaded = append(loaded, status.Name+" "+status.Version.Digest)
		}
	}
	return strings.Join(loaded, ", ")
}

package blocks_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

// The Likert scale, written in TypeScript, keeps every promise of the contract: asked in the sandbox, as the kernel does.
func TestLikert(t *testing.T) { conforms(t, "likert", "likert") }

// So does the acid test's TypeScript edition; the Go edition's own tests say the same of it.
func TestAcidInTypeScript(t *testing.T) {
	if testing.Short() {
		t.Skip("its many handlers take a while")
	}
	conforms(t, "acid_ts", "acid-ts")
}

func conforms(t *testing.T, blockType, dir string) {
	t.Helper()
	version, err := blockRegistry.Lookup(blockType)
	if err != nil {
		t.Fatal(err)
	}
	conn, done, err := version.Use(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	blocktest.Run(t, blocktest.Config{Serve: trials.Serve(t.Context(), conn), Dir: dir})
}

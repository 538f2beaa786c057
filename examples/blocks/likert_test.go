package blocks_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

// The Likert scale, written in TypeScript, keeps every promise of the contract: asked in the sandbox, as the kernel does.
func TestLikert(t *testing.T) {
	version, err := blockRegistry.Lookup("likert")
	if err != nil {
		t.Fatal(err)
	}
	conn, done, err := version.Use(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	blocktest.Run(t, blocktest.Config{Serve: trials.Serve(t.Context(), conn), Dir: "likert"})
}

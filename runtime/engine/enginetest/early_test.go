package enginetest_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
)

// A block that is served before it is compiled is contained as every other.
func TestHostileBlocksAreContainedBeforeTheyAreCompiled(t *testing.T) {
	e, err := wasm.NewEarly(t.Context(), openWasm(t, quick))
	if err != nil {
		t.Fatal(err)
	}
	closing(t, e)
	enginetest.Contained(t, e, code)
}

// An interpreter alone leaves no more behind than compiled code does.
func TestNothingIsLeftOfAnInterpretedCall(t *testing.T) {
	enginetest.NothingIsLeft(t, openWasm(t, wasm.Config{Instances: 1, Interpreted: true}), code)
}

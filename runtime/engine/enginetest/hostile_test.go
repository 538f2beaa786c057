package enginetest_test

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
)

// quick bounds what hostile modules may spend before they are loaded.
var quick = wasm.Config{Init: 100_000_000}

func TestHostileBlocksAreContainedByWasm(t *testing.T) {
	enginetest.Contained(t, openWasm(t, quick), code)
}

func TestHostileBlocksAreContainedByProcess(t *testing.T) {
	enginetest.Contained(t, openProcess(t, process.Config{Grace: 100 * time.Millisecond, Backoff: time.Millisecond}), code)
}

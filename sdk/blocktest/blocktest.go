package blocktest

import (
	"flag"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/suite"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var update = flag.Bool("update", false, "write the files that golden lines of stories name anew")

// Config says what is tested. Block or Serve is needed.
type Config struct {
	Block sdk.Block
	// Serve asks the block through an engine instead of natively.
	Serve fakehost.Serve
	// Dir is the block's folder, "" the test's own.
	Dir string
	// NotRaced lists handlers that may leave something else when one person posts twice at once than when he posts twice in
	// order, such as those that draw a lot. The line `unraced HANDLER` of a story or of setup.txtar says the same.
	NotRaced []string
	// Script runs authors' programs; nil answers from the recordings of setup.txtar and of stories.
	Script func(wire.ScriptRun) (wire.ScriptDone, error)
	// Update lets golden lines write their files.
	Update bool
}

// Conformance tests everything about a block: block.json against what the block says of itself, the promises of the
// contract (package conform), the block's own samples, and its stories, each also with every post sent twice at once.
func Conformance(t *testing.T, block sdk.Block) {
	t.Helper()
	Run(t, Config{Block: block})
}

// Run is Conformance for blocks that need more to be said.
func Run(t *testing.T, c Config) {
	t.Helper()
	if c.Serve == nil {
		c.Serve = c.Block.Serve
	}
	trials, err := suite.Trials(suite.Config{
		Serve: c.Serve, Dir: c.Dir, NotRaced: c.NotRaced, Script: c.Script, Update: c.Update || *update,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		t.Run(trial.Name, func(t *testing.T) {
			failures, notes := trial.Run()
			for _, note := range notes {
				t.Log(note)
			}
			for _, failure := range failures {
				t.Error(failure)
			}
		})
	}
}

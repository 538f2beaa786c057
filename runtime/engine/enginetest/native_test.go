package enginetest_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/sdk"
)

// natives are the blocks that this test compiles in, kept by hand: the others are played by the other engines.
var natives = map[string]sdk.Block{"html": html.Block(), "problem": problem.Block(), "questions": questions.Block(), "video": video.Block()}

// code gives native blocks and builds the others.
func code(t testing.TB, engineName string, b enginetest.Block) (engine.Artifact, bool) {
	if engineName != "native" {
		return enginetest.Built(t, engineName, b)
	}
	block, ok := natives[b.Manifest.Name]
	return engine.Artifact{Name: b.Manifest.Name, Serve: func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }}, ok
}

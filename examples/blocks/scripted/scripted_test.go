package scripted_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/scripted"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, scripted.Block()) }

package cards_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/cards"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, cards.Block()) }

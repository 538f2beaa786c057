package seats_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/seats"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, seats.Block()) }

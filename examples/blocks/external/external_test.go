package external_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/external"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, external.Block()) }

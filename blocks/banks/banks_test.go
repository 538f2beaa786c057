package banks_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/banks"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, banks.Block()) }

package forum_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/blocks/forum"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, forum.Block()) }

package questions_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, questions.Block()) }

package judge_test

import (
	"testing"

	"github.com/quoin-lms/quoin/examples/processes/judge"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, judge.Block()) }

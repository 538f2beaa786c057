package problem_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, problem.Block()) }

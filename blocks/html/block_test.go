package html_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, html.Block()) }

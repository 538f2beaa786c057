package video_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, video.Block()) }

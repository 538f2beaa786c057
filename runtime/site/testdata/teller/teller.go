// Package teller is a block that runs as a process and tells which.
package teller

import (
	"os"
	"strconv"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type block struct{}

// Block is the block.
func Block() sdk.Block {
	return sdk.New[sdk.None, sdk.None, sdk.None](block{}, sdk.Spec{Views: []wire.View{{Name: wire.ViewLearner}}})
}

func (block) Render(*sdk.Call, sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: strconv.Itoa(os.Getpid())}, nil
}

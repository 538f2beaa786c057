package problem

import (
	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ExportOLX implements sdk.Exporter: data stands inside of the element, byte for byte.
func (block) ExportOLX(_ *sdk.Call, f *Fields, set wire.Fields, _ string) ([]byte, []wire.OLXFile, error) {
	return olx.Write("problem", olx.Attributes(set, attributes), f.Data), nil, nil
}

var _ sdk.Exporter[Fields] = block{}

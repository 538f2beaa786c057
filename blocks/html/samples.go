package html

import (
	_ "embed"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	//go:embed samples/text.html
	text string
	//go:embed samples/table.html
	table string
)

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{
		{Name: "text", Title: "A text with a heading, a list and a picture", Fields: wire.Fields{"display_name": olx.String("Newton's first law"), "data": olx.String(text)}},
		{Name: "table", Title: "A table, a link and a formula", Fields: wire.Fields{"data": olx.String(table), "editor": olx.String("raw")}},
		{Name: "empty", Title: "Nothing written yet", Fields: wire.Fields{}},
	}, nil
}

package html

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ExportOLX implements sdk.Exporter: the text goes byte for byte into a file of its own, which need not be XML.
func (block) ExportOLX(_ *sdk.Call, _ *Fields, set wire.Fields, blockID string) ([]byte, []wire.OLXFile, error) {
	path, filename := olx.DefinitionPath("html", blockID, ".html")
	attributes := append([]olx.Attribute{{Name: "filename", Value: filename}}, olx.Attributes(set, attributes)...)
	var data string
	if value, ok := set["data"]; ok {
		if err := json.Unmarshal(value, &data); err != nil {
			return nil, nil, sdk.Refuse("writing the text's element: %v", err)
		}
	}
	return olx.Write("html", attributes, ""), []wire.OLXFile{{Path: path, Data: wire.Blob{Data: []byte(data)}}}, nil
}

var _ sdk.Exporter[Fields] = block{}

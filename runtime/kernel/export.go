package kernel

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// ExportOLX lets the installed block of a type write content as one OLX element, without children, and the files beside it.
// known is false when no block of the type is installed or its block cannot write OLX: the caller then writes attributes by
// itself. fields may hold more than the block declares; only its own authored ones reach it, and no keys.
func (k *Kernel) ExportOLX(
	ctx context.Context, blockType, blockID string, fields wire.Fields,
) (xml []byte, files []wire.OLXFile, known bool, err error) {
	version, err := k.config.Registry.Lookup(blockType)
	if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
		return nil, nil, false, nil
	}
	if err != nil {
		return nil, nil, false, err
	}
	description, err := version.Describe(ctx, blockType)
	if err != nil {
		return nil, nil, false, err
	}
	if !implements(&description, wire.OpExportOLX) {
		return nil, nil, false, nil
	}
	own := wire.Fields{}
	for _, f := range description.Fields {
		if value, set := fields[f.Name]; set && f.Scope.Authored() {
			own[f.Name] = value
		}
	}
	var reply wire.ExportReply
	_, err = k.invoke(ctx, question{
		version: version, op: wire.OpExportOLX, context: wire.Context{Block: blockType},
		body: wire.ExportRequest{Fields: withoutKeys(&description, own), BlockID: blockID},
	}, &reply)
	return reply.XML.Data, reply.Files, true, err
}

package importer

import (
	"context"
	"encoding/json"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Revisions tells what an import would make of each of some blocks and of all that is in them. Nothing is stored.
func Revisions(
	ctx context.Context, blocks Blocks, files *intake.Files, read *olx.Course, of ...*olx.Block,
) (map[*olx.Block]*course.Revision, error) {
	i := &importing{
		config: Config{Blocks: blocks}, request: Request{Files: files}, course: read, key: key.Course{},
		revisions: map[string]*course.Revision{}, hashes: map[*olx.Block]string{},
		origins: store.Map[course.Origin]{}, unknown: map[string]bool{}, keys: map[string][]string{},
	}
	for _, block := range of {
		if err := i.takeAll(ctx, block); err != nil {
			return nil, err
		}
	}
	made := make(map[*olx.Block]*course.Revision, len(i.hashes))
	for block, hash := range i.hashes {
		made[block] = i.revisions[hash]
	}
	return made, nil
}

// Value reads an attribute's text as a field of a type, as an import does. set is false for an empty value.
func Value(kind wire.FieldType, text string) (value json.RawMessage, set bool, err error) {
	return convert(kind, text)
}

package importer

import (
	"context"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// userField tells the reader which attributes are fields that the installed blocks keep for learners, and not the author's:
// they are dropped and reported, also where a block would read its own element (security R12). Each type is asked once.
func (i *importing) userField(ctx context.Context) func(blockType, attribute string) (user, known bool) {
	scopes := map[string]map[string]wire.Scope{}
	return func(blockType, attribute string) (user, known bool) {
		fields, asked := scopes[blockType]
		if !asked {
			declared, _ := i.config.Blocks.Declared(ctx, blockType) // none where the type is not installed
			fields = make(map[string]wire.Scope, len(declared))
			for _, field := range declared {
				fields[field.Name] = field.Scope
			}
			scopes[blockType] = fields
		}
		scope, known := fields[attribute]
		return known && !scope.Authored(), known
	}
}

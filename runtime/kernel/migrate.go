package kernel

import (
	"context"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// migrated gives stored fields in the shape of the version that is about to read them. Nothing is stored by it: a write that
// follows stores the new shape under the new schema number.
func (s *seat) migrated(ctx context.Context, fields wire.Fields) (wire.Fields, error) {
	from := s.state.Body.Schema
	if from == 0 || from == s.description.Schema || len(fields) == 0 {
		return fields, nil
	}
	if from > s.description.Schema {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost,
			"what this learner stored has schema %d and the block's version %s reads %d: install the newer version again",
			from, s.version.Manifest.Version, s.description.Schema)
	}
	if !implements(&s.description, wire.OpMigrate) {
		return fields, nil // the block says that older shapes still read
	}
	out := wire.Fields{}
	byScope := map[wire.Scope]wire.Fields{}
	for _, field := range s.description.Fields {
		value, ok := fields[field.Name]
		switch {
		case !ok:
		case field.Scope != wire.ScopeUserState:
			out[field.Name] = value
		default:
			if byScope[field.Scope] == nil {
				byScope[field.Scope] = wire.Fields{}
			}
			byScope[field.Scope][field.Name] = value
		}
	}
	for scope, values := range byScope {
		var reply wire.MigrateReply
		_, err := s.visit.kernel.invoke(ctx, question{
			version: s.version, op: wire.OpMigrate, context: wire.Context{Block: s.block.Usage.Type},
			body: wire.MigrateRequest{From: from, Scope: scope, Fields: values},
		}, &reply)
		if err != nil {
			return nil, err
		}
		for name, value := range reply.Fields {
			out[name] = value
		}
	}
	return out, nil
}

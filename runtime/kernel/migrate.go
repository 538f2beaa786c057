package kernel

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// userState gives all that the learner has stored here, in the shape of the version that is about to read it. A migration
// gets every field of the older schema, those that the newer does not declare any more included: renaming one is what
// migrations are for. Nothing is stored by it: a write that follows stores the new shape under the new schema number.
func (s *seat) userState(ctx context.Context) (wire.Fields, error) {
	l := &s.state.Body
	stored, from := state.Fields(l.Fields), l.Schema
	if from == 0 || from == s.description.Schema || len(stored) == 0 {
		return stored, nil
	}
	if from > s.description.Schema {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost,
			"what this learner stored has schema %d and the block's version %s reads %d: install the newer version again",
			from, s.version.Manifest.Version, s.description.Schema)
	}
	if !implements(&s.description, wire.OpMigrate) {
		return stored, nil // the block says that older shapes still read
	}
	if s.newer != nil {
		return s.newer, nil
	}
	var reply wire.MigrateReply
	_, err := s.visit.kernel.invoke(ctx, question{
		version: s.version, op: wire.OpMigrate, context: wire.Context{Block: s.block.Usage.Type},
		body: wire.MigrateRequest{From: from, Scope: wire.ScopeUserState, Fields: stored},
	}, &reply)
	if err != nil {
		return nil, err
	}
	s.newer = wire.Fields{}
	for _, field := range s.description.Fields {
		if value, set := reply.Fields[field.Name]; set && field.Scope == wire.ScopeUserState {
			s.newer[field.Name] = value
		}
	}
	return s.newer, nil
}

package kernel

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/registry"
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
		return nil, s.visit.kernel.newerSchema(ctx, "what this learner stored", from, s.version, s.description.Schema)
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

// newerSchema refuses data as the function does, and has the log say it: a learner sees no more than that a part is not there.
func (k *Kernel) newerSchema(ctx context.Context, what string, from int, version *registry.Version, schema int) error {
	k.config.Log.WarnContext(ctx, "stored work is newer than the block that reads it", "block", version.Manifest.Name,
		"version", version.Manifest.Version, "reads", schema, "stored", from, "mend", "install the newer version again")
	return newerSchema(what, from, version, schema)
}

// newerSchema refuses data of a newer version than the one that reads.
func newerSchema(what string, from int, version *registry.Version, schema int) error {
	return wire.Errorf(wire.CodeBroken, wire.BlameHost,
		"%s has schema %d and the block's version %s reads %d: install the newer version again", what, from, version.Manifest.Version, schema)
}

// personalFields gives the learner's preferences or user_info in the shape of the version that reads. Old and new versions
// write side by side, so each field has its writer's schema: older fields are migrated together, by schema, and what the
// reading version wrote itself, an unset included, stands over what older fields migrate to.
func (s *seat) personalFields(ctx context.Context, scope wire.Scope) (wire.Fields, error) {
	if known, ok := s.personal[scope]; ok {
		return known, nil
	}
	p := s.visit.Person
	stored := s.visit.personal[state.PersonalID(p.Learner, scope, s.version.Manifest.Name, p.Run.String())].Body.Fields
	fields, older := wire.Fields{}, map[int]wire.Fields{}
	for name, value := range stored {
		from := value.Schema
		switch {
		case value.Value == "":
		case from > s.description.Schema:
			return nil, s.visit.kernel.newerSchema(ctx, "what this learner stored ("+string(scope)+")", from, s.version, s.description.Schema)
		case from == 0 || from == s.description.Schema || !implements(&s.description, wire.OpMigrate):
			fields[name] = json.RawMessage(value.Value)
		default:
			if older[from] == nil {
				older[from] = wire.Fields{}
			}
			older[from][name] = json.RawMessage(value.Value)
		}
	}
	migrated := wire.Fields{}
	for _, from := range slices.Sorted(maps.Keys(older)) { // newer shapes last: they win
		var reply wire.MigrateReply
		_, err := s.visit.kernel.invoke(ctx, question{
			version: s.version, op: wire.OpMigrate, context: wire.Context{Block: s.block.Usage.Type},
			body: wire.MigrateRequest{From: from, Scope: scope, Fields: older[from]},
		}, &reply)
		if err != nil {
			return nil, err
		}
		for _, field := range s.description.Fields {
			value, set := reply.Fields[field.Name]
			if own, written := stored[field.Name]; written && own.Schema == s.description.Schema {
				continue
			}
			if set && field.Scope == scope {
				migrated[field.Name] = value
			}
		}
	}
	maps.Copy(migrated, fields)
	if s.personal == nil {
		s.personal = map[wire.Scope]wire.Fields{}
	}
	s.personal[scope] = migrated
	return migrated, nil
}

// shape gives a block's documents as one of its versions reads them.
func (k *Kernel) shape(version *registry.Version, description *wire.Description, blockType string) state.Shape {
	return func(ctx context.Context, collection string, from int, body json.RawMessage) (json.RawMessage, error) {
		switch {
		case from > description.Schema:
			return nil, k.newerSchema(ctx, "a document of "+collection, from, version, description.Schema)
		case from == 0 || from == description.Schema || !implements(description, wire.OpMigrate):
			return body, nil
		}
		var reply wire.MigrateReply
		_, err := k.invoke(ctx, question{
			version: version, op: wire.OpMigrate, context: wire.Context{Block: blockType},
			body: wire.MigrateRequest{From: from, Collection: collection, Document: body},
		}, &reply)
		if err != nil {
			return nil, err
		}
		if len(reply.Document) == 0 {
			return nil, refuse(blockType, wire.OpMigrate,
				wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the reply holds no document of %s", collection))
		}
		return reply.Document, nil
	}
}

package kernel

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// fields gathers declared fields from the scopes that they live in; with none stored the block's defaults hold.
func (s *seat) fields(ctx context.Context, names []string) (wire.Fields, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out := wire.Fields{}
	for _, name := range names {
		i := slices.IndexFunc(s.description.Fields, func(f wire.Field) bool { return f.Name == name })
		if i < 0 {
			continue
		}
		scope := s.description.Fields[i].Scope
		if scope == wire.ScopeUserState {
			mine, err := s.userState(ctx)
			if err != nil {
				return nil, err
			}
			if value, ok := mine[name]; ok {
				out[name] = value
			}
			continue
		}
		if scope == wire.ScopePrefs || scope == wire.ScopeUserInfo {
			mine, err := s.personalFields(ctx, scope)
			if err != nil {
				return nil, err
			}
			if value, ok := mine[name]; ok {
				out[name] = value
			}
			continue
		}
		if scope != wire.ScopeSummary {
			continue // authored fields reach views through prepared values alone
		}
		if value, ok := s.visit.shared[state.SharedID(s.visit.Person.Scratch, s.block.Usage.String())].Body.Fields[name]; ok {
			out[name] = json.RawMessage(value)
		}
	}
	return out, nil
}

// settings gives the declared inherited settings, resolved.
func (s *seat) settings(names []string) wire.Fields {
	if len(names) == 0 {
		return nil
	}
	out := wire.Fields{}
	for _, name := range names {
		if value, ok := s.block.Fields[name]; ok {
			out[name] = value
		}
	}
	return out
}

// values gives the prepared values or the learner's variant of them: while a sitting is open the one that it was opened with,
// else one from today's interpreter and course files.
func (s *seat) values(ctx context.Context) (*Prepared, error) {
	v := variation{
		version: s.version, description: &s.description, hash: s.hash, prepared: s.prepared, seed: s.seed,
		asker: s.asker(wire.OpVary, wire.RoleLearner),
	}
	if l := &s.state.Body; l.Open() && l.Sitting.Content == s.hash && l.Sitting.Artifact == s.version.Digest {
		v.pinned = l.Sitting.Sources
	}
	return s.visit.kernel.vary(ctx, v)
}

// asker is what services know of a call at this seat.
func (s *seat) asker(op wire.Op, role wire.Role) *services.Call {
	return &services.Call{
		Op: op, Role: role, Manifest: &s.version.Manifest, Description: &s.description, Type: s.block.Usage.Type,
		Owner: s.visit.owner(), Block: s.block, Published: s.visit.Published, Person: s.visit.Person,
		Subject: s.visit.Person.Learner,
	}
}

// context fills in what was declared to be read, and nothing else.
func (s *seat) context(reads *wire.Reads, role wire.Role) wire.Context {
	p, c := s.visit.Person, wire.Context{Block: s.block.Usage.Type}
	if reads.User {
		c.Subject = p.Learner
	}
	if reads.Seed && (s.prepared.Facts.Varies || s.prepared.Facts.Shuffles) {
		seed := s.seed
		c.Seed = &seed
	}
	if reads.Clock {
		c.Now = s.visit.Now.UnixMilli()
	}
	if reads.Locale {
		c.Locale, c.Zone = p.Locale, p.Zone
	}
	if reads.Role {
		c.Role, c.Groups = role, groupNames(p)
	}
	if reads.Usage {
		c.Run, c.Usage = s.visit.Published.Key.String(), s.block.Usage.String()
		c.Address = s.visit.kernel.address(c.Usage)
	}
	return c
}

package fakehost

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// generated matches ids that this host makes, and those of sdk.Call.NewID.
var generated = regexp.MustCompile(`[0-9a-f]{32}`)

// Snapshot describes everything that is stored, one thing a line, in an order that does not depend on how it came about.
// Generated ids are left out, so that two worlds compare equal in which the same happened in another order.
func (w *World) Snapshot() string {
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, generated.ReplaceAllString(fmt.Sprintf(format, args...), "#"))
	}
	for _, place := range w.places {
		for name, value := range place.shared {
			add("shared %s.%s = %s", place.ID, name, value)
		}
		for learner, s := range place.states {
			for name, value := range s.fields {
				add("field %s %s.%s = %s", learner, place.ID, name, value)
			}
			add("state %s %s: %d tries, sitting %d, complete %v, children %q", learner, place.ID, len(s.tries), s.number(), s.completion, s.choice)
		}
	}
	for key, fields := range w.personal {
		for name, value := range fields {
			add("%s %s.%s = %s", key.scope, key.learner, name, value)
		}
	}
	for name, c := range w.collections {
		for _, d := range c.docs {
			add("document %s %s = %s", name, d.ID, d.Body)
		}
	}
	for _, s := range w.submissions {
		add("submission %s %s: %s, verdict %s", s.Learner, s.place.ID, s.Answers, asJSON(s.Verdict()))
	}
	for learner, scores := range w.scores {
		for usage, score := range scores {
			add("score %s %s = %v/%v", learner, usage, score.Earned, score.Possible)
		}
	}
	w.addHappenings(add)
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// addHappenings lists what went out: messages, events, tasks, search.
func (w *World) addHappenings(add func(format string, args ...any)) {
	for _, t := range w.Tasks() {
		add("task %s %s %s at %d", t.Place.ID, t.Name, t.Payload, t.Due.UnixMilli())
	}
	for _, n := range w.Notices {
		add("notice to %s: %s: %s %s", n.To, n.Title, n.Text, n.Path)
	}
	for _, e := range w.Events {
		add("event %s %s %s", e.Name, e.Actor, e.Data)
	}
	for id, doc := range w.Indexed {
		add("indexed %s: %s: %s", id, doc.Title, doc.Text)
	}
	for hash, part := range w.parts {
		add("part of %s: %s %s", part.learner, part.Name, hash[:8])
	}
}

func asJSON(v *wire.Verdict) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// Fields returns what is stored in a scope: of a learner at a place for user_state, of a learner for preferences and
// user_info, of the place for user_state_summary and the authored scopes.
func (w *World) Fields(scope wire.Scope, learner string, place *Place) wire.Fields {
	switch scope {
	case wire.ScopeUserState:
		return maps.Clone(place.state(learner).fields)
	case wire.ScopePrefs, wire.ScopeUserInfo:
		return maps.Clone(w.personal[personalKey{learner, scope}])
	case wire.ScopeSummary:
		return maps.Clone(place.shared)
	default:
		fields := wire.Fields{}
		for name, value := range place.content {
			if field := w.field(name); field != nil && field.Scope == scope {
				fields[name] = value
			}
		}
		return fields
	}
}

// Give stores a field as an earlier call would have left it; schema is that of the version that wrote it, 0 the present one.
// Authored fields are set by Publish.
func (w *World) Give(name, learner string, place *Place, value json.RawMessage, schema int) error {
	field := w.field(name)
	if field == nil || field.Scope.Authored() {
		return fmt.Errorf("giving field %q: the block declares none of this name that calls change", name)
	}
	if schema == 0 {
		schema = w.description.Schema
	}
	switch field.Scope {
	case wire.ScopeUserState:
		live := place.state(learner)
		live.fields[name], live.schema = value, schema
		live.version++
	case wire.ScopeSummary:
		place.shared[name] = value
	default:
		key := personalKey{learner, field.Scope}
		if w.personal[key] == nil {
			w.personal[key] = wire.Fields{}
		}
		w.personal[key][name] = value
	}
	return nil
}

// Completion is how far a learner is with a place, 0 to 1.
func (w *World) Completion(learner string, place *Place) float64 {
	return place.state(learner).completion
}

// Access is what the rules allow a person at a place now, nil where nothing is graded.
func (w *World) Access(p *Person, place *Place) (*wire.Access, error) {
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	return s.access(), nil
}

// Sitting is the id of the person's present sitting, or of the one that comes next.
func (w *World) Sitting(p *Person, place *Place) (string, error) {
	s, err := w.sit(p, place)
	if err != nil {
		return "", err
	}
	return s.sittingID(), nil
}

package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Shared is a block's user_state_summary: what all learners change together.
type Shared struct {
	Receipts `bson:",inline"`
	Run      string            `bson:"run"`
	Usage    string            `bson:"usage"`
	Fields   store.Map[string] `bson:"fields,omitempty"`
}

// SharedID names the shared fields of a usage: everybody's, or those of the preview of a stand-in, which nobody else reads.
func SharedID(scratch, usage string) string {
	if scratch == "" {
		return usage
	}
	return store.ID("scratch", scratch, usage)
}

// SharedSpec is the collection of shared fields, by [SharedID].
func SharedSpec() store.Spec {
	return store.Spec{Name: "summaries", Indexes: []store.Index{{Name: "run", Fields: []string{"run"}}}}
}

// SharedChange is a Change to shared fields.
type SharedChange struct {
	Field string `json:"field"`
	// Key and By are an addition, to a counter in an object or to the number itself.
	Key string `json:"key,omitempty"`
	By  int64  `json:"by,omitempty"`
	// Value is an append; Most bounds the list.
	Value json.RawMessage `json:"value,omitempty"`
	Most  int             `json:"most,omitempty"`
}

// Take applies a change. What does not fit what is stored (an addition to a list) is dropped: the kernel checked it
// against the block's declaration, so only a changed declaration leads here.
func (s *Shared) Take(change Change) {
	var c SharedChange
	if json.Unmarshal([]byte(change.Data), &c) != nil {
		return
	}
	var after []byte
	var err error
	switch before := []byte(s.Fields[c.Field]); {
	case c.Value != nil:
		after, err = appendTo(before, c.Value, c.Most)
	case c.Key != "":
		after, err = addToKey(before, c.Key, c.By)
	default:
		var n int64
		if len(before) > 0 {
			err = json.Unmarshal(before, &n)
		}
		if err == nil {
			after, err = json.Marshal(addClamped(n, c.By))
		}
	}
	if err != nil || len(after) > wire.MaxField {
		return
	}
	if s.Fields == nil {
		s.Fields = store.Map[string]{}
	}
	s.Fields[c.Field] = string(after)
}

func appendTo(before []byte, value json.RawMessage, most int) ([]byte, error) {
	var list []json.RawMessage
	if len(before) > 0 {
		if err := json.Unmarshal(before, &list); err != nil {
			return nil, err
		}
	}
	list = append(list, value)
	if most > 0 && len(list) > most {
		list = list[len(list)-most:]
	}
	return json.Marshal(list)
}

func addToKey(before []byte, key string, by int64) ([]byte, error) {
	counters := map[string]int64{}
	if len(before) > 0 {
		if err := json.Unmarshal(before, &counters); err != nil {
			return nil, err
		}
	}
	counters[key] = addClamped(counters[key], by)
	return json.Marshal(counters)
}

// addClamped adds within the integers that JSON readers keep exact, ±2^53.
func addClamped(a, b int64) int64 {
	const most = 1 << 53
	sum := a + b
	if (b > 0 && sum < a) || sum > most {
		return most
	}
	if (b < 0 && sum > a) || sum < -most {
		return -most
	}
	return sum
}

// Personal holds one learner's preferences or user_info for a package.
type Personal struct {
	Learner string             `bson:"learner"`
	Run     string             `bson:"run"`
	Package string             `bson:"package"`
	Scope   string             `bson:"scope"`
	Fields  store.Map[Stamped] `bson:"fields,omitempty"`
}

// Stamped is a value that a later stamp overwrites and an earlier one does not. Value "" is unset.
type Stamped struct {
	Value string `bson:"value,omitempty"`
	Stamp string `bson:"stamp"`
	// Schema is the number of the block that wrote the value, 0 when it is unknown. Each field has its own: fields are written
	// one by one, by steps that cannot fail and so cannot ask a block to migrate the rest, and an open sitting's older version
	// writes beside the current one. One number for the document would be wrong for whatever the other version wrote.
	Schema int `bson:"schema,omitempty"`
}

// PersonalSpec is the collection of preferences and user_info.
func PersonalSpec() store.Spec { return store.Spec{Name: "personal", Learners: "learner"} }

// PersonalID names a learner's preferences or user_info; they are per course run and package (security R13).
func PersonalID(learner string, scope wire.Scope, pack, run string) string {
	return store.ID(learner, string(scope), pack, run)
}

// SetPersonal writes one field, or unsets it, unless a later stamp wrote it already.
func SetPersonal(ctx context.Context, docs store.Collection[Personal], p Personal, field string, value Stamped) error {
	id := PersonalID(p.Learner, wire.Scope(p.Scope), p.Package, p.Run)
	_, err := docs.Update(ctx, id, func(body *Personal) (bool, error) {
		if body.Fields[field].Stamp >= value.Stamp {
			return false, nil
		}
		fields := body.Fields
		if fields == nil {
			fields = store.Map[Stamped]{}
		}
		fields[field] = value
		*body = p
		body.Fields = fields
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("setting %s %s: %w", p.Scope, field, err)
	}
	return nil
}

// Completion is how far one learner is with the blocks of one subsection, each 0 to 1.
type Completion struct {
	Learner    string             `bson:"learner"`
	Run        string             `bson:"run"`
	Subsection string             `bson:"subsection"`
	Blocks     store.Map[float64] `bson:"blocks,omitempty"`
	// Aside is what staff took away, by block; Moved the order of the last time that they took it away or gave it back.
	Aside store.Map[float64] `bson:"aside,omitempty"`
	Moved store.Map[int64]   `bson:"moved,omitempty"`
}

// CompletionSpec is the collection of completions.
func CompletionSpec() store.Spec {
	return store.Spec{
		Name: "completions", Learners: "learner",
		Indexes: []store.Index{{Name: "run", Fields: []string{"run", "learner"}}},
	}
}

// CompletionID names a learner's completion of a subsection. All of one learner's and run's share a prefix.
func CompletionID(learner, run, subsection string) string { return store.ID(learner, run, subsection) }

// RaiseCompletion raises one block's completion; it never lowers. It reports whether something changed.
func RaiseCompletion(ctx context.Context, docs store.Collection[Completion], c Completion, block string, fraction float64) (bool, error) {
	if math.IsNaN(fraction) || fraction < 0 || fraction > 1 {
		return false, fmt.Errorf("raising completion of %s: %w: %v is not within 0 to 1", block, store.ErrInvalid, fraction)
	}
	raised := false
	_, err := docs.Update(ctx, CompletionID(c.Learner, c.Run, c.Subsection), func(body *Completion) (bool, error) {
		raised = body.Blocks[block] < fraction
		if !raised {
			return false, nil
		}
		blocks := body.Blocks
		if blocks == nil {
			blocks = store.Map[float64]{}
		}
		blocks[block] = fraction
		body.Learner, body.Run, body.Subsection, body.Blocks = c.Learner, c.Run, c.Subsection, blocks
		return true, nil
	})
	if err != nil {
		return false, fmt.Errorf("raising completion of %s: %w", block, err)
	}
	return raised, nil
}

// MoveCompletion takes one block's completion away for staff, or gives back what was taken away, unless more was done since.
// order grows with each of these for the block: doing one again changes nothing, and an earlier one is left out.
func MoveCompletion(ctx context.Context, docs store.Collection[Completion], c Completion, block string, back bool, order int64) error {
	_, err := docs.Update(ctx, CompletionID(c.Learner, c.Run, c.Subsection), func(body *Completion) (bool, error) {
		if body.Learner == "" || body.Moved[block] >= order {
			return false, nil
		}
		if body.Moved == nil {
			body.Moved = store.Map[int64]{}
		}
		body.Moved[block] = order
		from, to := &body.Blocks, &body.Aside
		if back {
			from, to = to, from
		}
		fraction, found := (*from)[block]
		if !found {
			return true, nil
		}
		delete(*from, block)
		if *to == nil {
			*to = store.Map[float64]{}
		}
		(*to)[block] = max((*to)[block], fraction)
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("moving completion of %s: %w", block, err)
	}
	return nil
}

// Request is the commit document of a call that has neither a learner's state nor a block document: tasks, events, mounts.
type Request struct {
	Commit `bson:",inline"`
	// At is when the request came, for collecting old ones.
	At time.Time `bson:"at"`
}

// RequestSpec is the collection of such documents, by the request's id.
func RequestSpec() store.Spec {
	return store.Spec{Name: "requests", Indexes: []store.Index{OutboxIndex, {Name: "at", Fields: []string{"at"}}}}
}

// Fields gives JSON fields as the contract carries them.
func Fields(stored store.Map[string]) wire.Fields {
	fields := make(wire.Fields, len(stored))
	for name, value := range stored {
		fields[name] = json.RawMessage(value)
	}
	return fields
}

// compact makes equal JSON equal bytes as far as white space goes.
func compact(data []byte) (string, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return "", errors.Join(store.ErrInvalid, err)
	}
	return b.String(), nil
}

// CompletedEvent tells that a learner has completed a block: once, however often it is told.
func CompletedEvent(learner, run, usage string, at time.Time) wire.Event {
	sum := sha256.Sum256([]byte(store.ID("completed", learner, usage)))
	return wire.Event{
		ID: hex.EncodeToString(sum[:16]), Name: wire.EventCompleted, Version: 1, Source: "server", Time: at.UnixMilli(),
		Actor: learner, Run: run, Usage: usage,
	}
}

package workbench

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// states is the collection of learners' states.
var states = state.LearnerSpec().Name

// Stored is what is stored now of one learner at one scenario.
type Stored struct {
	Scopes []ScopeFields `json:"scopes"`
	// Sitting, Tries and Completion are the host's own.
	Sitting    json.RawMessage `json:"sitting,omitempty"`
	Tries      int             `json:"tries"`
	Completion float64         `json:"completion"`
	// Score is what counts, nil for none; Submissions are the newest first.
	Score       *wire.Score  `json:"score,omitempty"`
	Submissions []HandedIn   `json:"submissions,omitempty"`
	Collections []Collection `json:"collections,omitempty"`
}

// ScopeFields are the fields of one scope.
type ScopeFields struct {
	Scope  wire.Scope `json:"scope"`
	Fields []FieldNow `json:"fields"`
}

// FieldNow is one field as it is stored. Value is nil where it is unset.
type FieldNow struct {
	Name    string          `json:"name"`
	Type    wire.FieldType  `json:"type,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`
	Default json.RawMessage `json:"default,omitempty"`
	// Undeclared marks what is stored and no longer declared, or declared by the host alone.
	Undeclared bool `json:"undeclared,omitempty"`
}

// HandedIn is one submission with its verdict.
type HandedIn struct {
	ID       string          `json:"id"`
	Attempt  int             `json:"attempt"`
	At       time.Time       `json:"at"`
	Answers  json.RawMessage `json:"answers"`
	State    string          `json:"state"`
	Verdict  *wire.Verdict   `json:"verdict,omitempty"`
	Artifact string          `json:"artifact"`
}

// Collection is one of the block's own, with its newest documents.
type Collection struct {
	Name      string          `json:"name"`
	Documents []wire.Document `json:"documents"`
}

// shownDocuments bounds the documents of a collection that are shown, and the submissions.
const shownDocuments = 50

// Stored reads what is stored. It changes nothing.
func (b *Bench) Stored(ctx context.Context, persona, scenario string) (*Stored, error) {
	s, err := b.stand(ctx, persona, scenario)
	if err != nil {
		return nil, err
	}
	out := &Stored{}
	values, err := b.values(ctx, s, out)
	if err != nil {
		return nil, err
	}
	declared, _ := b.config.Site.Kernel.Declared(ctx, s.scenario.Type)
	out.Scopes = inScopes(declared, values)
	if err := b.judged(ctx, s, out); err != nil {
		return nil, err
	}
	if out.Collections, err = b.collections(ctx, s); err != nil {
		return nil, err
	}
	return out, nil
}

// scopes lists the scopes in the order in which they are shown.
var scopes = []wire.Scope{wire.ScopeContent, wire.ScopeSettings, wire.ScopeUserState, wire.ScopePrefs, wire.ScopeUserInfo, wire.ScopeSummary}

// values reads the stored fields by scope. Authored ones are all under content: which scope a field has is the block's to say.
func (b *Bench) values(ctx context.Context, s *stand, out *Stored) (map[wire.Scope]map[string]string, error) {
	site, usage := b.config.Site, s.block.Usage.String()
	values := map[wire.Scope]map[string]string{}
	if s.scenario.Kind != KindApp { // nobody authors an app
		revision, err := site.Courses.Revision(ctx, s.block.Hash)
		if err != nil {
			return nil, err
		}
		values[wire.ScopeContent] = revision.Fields
	}
	learner, err := site.Kernel.LearnerState(ctx, s.persona.at(s.scenario), usage)
	if err != nil {
		return nil, err
	}
	values[wire.ScopeUserState] = learner.Fields
	out.Tries = learner.Count()
	if learner.Sitting != nil {
		if out.Sitting, err = json.Marshal(learner.Sitting); err != nil {
			return nil, err
		}
	}
	shared, err := store.Of[state.Shared](site.Store, state.SharedSpec()).Get(ctx, usage)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	values[wire.ScopeSummary] = shared.Body.Fields
	personal := store.Of[state.Personal](site.Store, state.PersonalSpec())
	for _, scope := range []wire.Scope{wire.ScopePrefs, wire.ScopeUserInfo} {
		doc, err := personal.Get(ctx, state.PersonalID(s.persona.at(s.scenario), scope, s.scenario.Package, s.published.Key.String()))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		values[scope] = map[string]string{}
		for name, stamped := range doc.Body.Fields {
			if stamped.Value != "" {
				values[scope][name] = stamped.Value
			}
		}
	}
	return values, nil
}

// inScopes lays stored values out by what is declared.
func inScopes(declared []wire.Field, values map[wire.Scope]map[string]string) []ScopeFields {
	var out []ScopeFields
	for _, scope := range scopes {
		one := ScopeFields{Scope: scope, Fields: []FieldNow{}}
		from := scope
		if scope == wire.ScopeSettings {
			from = wire.ScopeContent
		}
		known := map[string]bool{}
		for _, field := range declared {
			known[field.Name] = true
			if field.Scope != scope {
				continue
			}
			now := FieldNow{Name: field.Name, Type: field.Type, Default: field.Default}
			if text, set := values[from][field.Name]; set {
				now.Value = json.RawMessage(text)
			}
			one.Fields = append(one.Fields, now)
		}
		if scope != wire.ScopeContent { // what the host alone knows is a setting
			for name, text := range values[from] {
				if !known[name] {
					one.Fields = append(one.Fields, FieldNow{Name: name, Value: json.RawMessage(text), Undeclared: true})
				}
			}
		}
		slices.SortFunc(one.Fields, func(a, b FieldNow) int { return cmp.Compare(a.Name, b.Name) })
		out = append(out, one)
	}
	return out
}

// judged reads submissions, the score and the completion.
func (b *Bench) judged(ctx context.Context, s *stand, out *Stored) error {
	kernel, usage := b.config.Site.Kernel, s.block.Usage
	scores, err := kernel.Scorer().Scores(ctx, s.persona.at(s.scenario), []string{usage.String()})
	if err != nil {
		return err
	}
	if score := scores[usage.String()]; score != nil {
		if points, ok := score.Points(); ok {
			out.Score = &wire.Score{Earned: points.Earned, Possible: points.Possible}
		}
	}
	completed, err := kernel.Completion(ctx, s.persona.at(s.scenario), Course)
	if err != nil {
		return err
	}
	out.Completion = completed[usage.String()]
	history, _, err := kernel.Scorer().Submissions(ctx, s.persona.at(s.scenario), usage.String(), "", shownDocuments)
	if err != nil {
		return err
	}
	for i := range history {
		h := &history[i]
		one := HandedIn{
			ID: h.ID, Attempt: h.Submission.Attempt, At: h.Submission.At, Answers: json.RawMessage(h.Submission.Answers),
			State: string(h.Delivery.State), Artifact: h.Submission.Artifact[:min(12, len(h.Submission.Artifact))],
		}
		if n := len(h.Verdicts); n > 0 {
			one.Verdict = &wire.Verdict{}
			if err := json.Unmarshal([]byte(h.Verdicts[n-1].Verdict), one.Verdict); err != nil {
				return fmt.Errorf("reading the verdict of %s: %w", h.ID, err)
			}
		}
		out.Submissions = append(out.Submissions, one)
	}
	return nil
}

// collections reads the block's own documents in the scratch course.
func (b *Bench) collections(ctx context.Context, s *stand) ([]Collection, error) {
	version := b.current(s.scenario.Package)
	if version == nil {
		return nil, nil
	}
	description, err := version.Describe(ctx, s.scenario.Type)
	if err != nil {
		return nil, nil //nolint:nilerr // the page says that the block is broken
	}
	var list []Collection
	for _, declared := range description.Collections {
		one := Collection{Name: declared.Name, Documents: []wire.Document{}}
		documents := state.OpenDocuments(b.config.Site.Store, s.scenario.Package, declared)
		found, err := documents.Find(ctx, s.published.Key.String(), wire.DocumentFind{Collection: declared.Name, Limit: shownDocuments})
		if err != nil {
			return nil, fmt.Errorf("reading the documents of %s: %w", declared.Name, err)
		}
		one.Documents = append(one.Documents, found.Documents...)
		list = append(list, one)
	}
	return list, nil
}

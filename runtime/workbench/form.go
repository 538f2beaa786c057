package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Input is one authored field as a form asks for it.
type Input struct {
	wire.Field
	// Now is what is set, nil where the field is unset.
	Now json.RawMessage `json:"now,omitempty"`
	// Host marks a setting of the platform that every block has.
	Host bool `json:"host,omitempty"`
}

// Form is what an author can set at a scenario.
type Form struct {
	Inputs   []Input        `json:"inputs"`
	Findings []wire.Finding `json:"findings"`
	// Edited says that something was saved here.
	Edited bool `json:"edited"`
}

// hostInputs are the settings of the platform that a form asks for beside what a block declares; the last is for what is graded.
func hostInputs(graded bool) []wire.Field {
	least := 0.0
	fields := []wire.Field{{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString, Title: "Display name", Help: "What the course calls this place."}}
	if graded {
		fields = append(fields,
			wire.Field{Name: "max_attempts", Scope: wire.ScopeSettings, Type: wire.TypeInteger, Title: "Tries", Help: "How often a learner may answer; empty is without end.", Min: &least},
			wire.Field{Name: "weight", Scope: wire.ScopeSettings, Type: wire.TypeNumber, Title: "Weight", Help: "What full points are worth in the grade.", Min: &least},
		)
	}
	return fields
}

// Form asks for what a scenario's block is set to, and lets the block find its author's mistakes in it.
func (b *Bench) Form(ctx context.Context, scenario string) (*Form, error) {
	s, err := b.stand(ctx, b.people[0].ID, scenario)
	if err != nil {
		return nil, err
	}
	revision, err := b.config.Site.Courses.Revision(ctx, s.block.Hash)
	if err != nil {
		return nil, err
	}
	form := &Form{Edited: s.scenario.Edited, Inputs: []Input{}}
	declared, _ := b.config.Site.Kernel.Declared(ctx, s.scenario.Type)
	fields := wire.Fields{}
	for name, text := range revision.Fields {
		fields[name] = json.RawMessage(text)
	}
	for _, field := range declared {
		if field.Scope.Authored() {
			form.Inputs = append(form.Inputs, Input{Field: field, Now: fields[field.Name]})
		}
	}
	for _, field := range hostInputs(s.block.Facts.MaxScore != nil) {
		if !slices.ContainsFunc(declared, func(f wire.Field) bool { return f.Name == field.Name }) {
			form.Inputs = append(form.Inputs, Input{Field: field, Now: fields[field.Name], Host: true})
		}
	}
	form.Findings, err = b.check(ctx, s.scenario.Type, fields)
	return form, err
}

// check lets the block find its author's mistakes. A block that fails at it is the finding.
func (b *Bench) check(ctx context.Context, blockType string, fields wire.Fields) ([]wire.Finding, error) {
	findings, err := b.config.Site.Kernel.Check(ctx, blockType, maps.Clone(fields), nil)
	var failure *wire.Error
	if errors.As(err, &failure) {
		return []wire.Finding{{Level: wire.LevelError, Message: failure.Message}}, nil
	}
	if findings == nil {
		findings = []wire.Finding{}
	}
	return findings, err
}

// Save publishes a scenario with what an author typed: JSON by field, null for what is unset. What stands in no form stays. A
// value of another type than the field's is refused and told as a finding; then nothing is saved.
func (b *Bench) Save(ctx context.Context, scenario string, typed wire.Fields) (*Form, error) {
	form, err := b.Form(ctx, scenario)
	if err != nil {
		return nil, err
	}
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	var refused []wire.Finding
	fields := wire.Fields{}
	for _, input := range form.Inputs {
		value, said := typed[input.Name]
		if !said {
			value = input.Now
		}
		if len(value) == 0 || said && string(value) == "null" {
			continue
		}
		if why := unfit(&input.Field, value); why != "" {
			refused = append(refused, wire.Finding{Level: wire.LevelError, Field: input.Name, Message: why})
		}
		fields[input.Name] = value
	}
	if len(refused) > 0 {
		form.Findings = refused
		return form, nil
	}
	b.mu.Lock()
	b.edited[s.ID] = fields
	b.mu.Unlock()
	return b.saved(ctx, scenario)
}

// Restore gives a scenario the content that it came with.
func (b *Bench) Restore(ctx context.Context, scenario string) (*Form, error) {
	b.mu.Lock()
	delete(b.edited, scenario)
	b.mu.Unlock()
	return b.saved(ctx, scenario)
}

func (b *Bench) saved(ctx context.Context, scenario string) (*Form, error) {
	if err := b.republish(ctx); err != nil {
		return nil, err
	}
	b.tell("saved", map[string]string{"scenario": scenario})
	return b.Form(ctx, scenario)
}

// unfit says why a value is not of a field's type, "" when it is.
func unfit(field *wire.Field, value json.RawMessage) string {
	var text string
	var number float64
	var list []json.RawMessage
	var members map[string]json.RawMessage
	is := func(into any) bool { return json.Unmarshal(value, into) == nil }
	switch field.Type {
	case wire.TypeBoolean:
		if !is(new(bool)) {
			return "true or false is wanted"
		}
	case wire.TypeInteger, wire.TypeNumber, wire.TypeDuration:
		whole := !bytes.ContainsAny(value, ".eE")
		switch {
		case !is(&number):
			return "a number is wanted"
		case field.Type == wire.TypeInteger && !whole:
			return "a whole number is wanted"
		case field.Min != nil && number < *field.Min:
			return fmt.Sprintf("at least %v is wanted", *field.Min)
		case field.Max != nil && number > *field.Max:
			return fmt.Sprintf("at most %v is wanted", *field.Max)
		}
	case wire.TypeList:
		if !is(&list) {
			return "a list is wanted"
		}
	case wire.TypeObject:
		if !is(&members) {
			return "an object is wanted"
		}
	case wire.TypeAny:
		if !json.Valid(value) {
			return "this is no JSON"
		}
	case wire.TypeTime:
		if !is(&text) {
			return "an instant is wanted"
		}
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return "an instant is wanted, such as 2026-01-31T12:00:00Z"
		}
	case wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeFile, wire.TypeUsage, wire.TypeKey:
		if !is(&text) {
			return "a text is wanted"
		}
	}
	return ""
}

package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
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
	// Type is the block's type.
	Type string `json:"-"`
	// Unfit are the values that were refused; nothing was saved then.
	Unfit []Unfit `json:"unfit,omitempty"`
}

// Unfit says why a value is none of its field's type.
type Unfit struct {
	Field string `json:"field"`
	// Code is boolean, number, whole, least, most, list, object, json, instant or text.
	Code string `json:"code"`
	// Bound is the bound that was left, for least and most.
	Bound float64 `json:"bound,omitempty"`
	// Row and Member are the place in a list whose items are declared, both from 1; 0 is the whole.
	Row    int `json:"row,omitempty"`
	Member int `json:"member,omitempty"`
}

// hostInputs are the settings of the platform that a form asks for beside what a block declares; all but the first are for what is
// graded. Their words are the host's.
func hostInputs(graded bool) []wire.Field {
	least := 0.0
	fields := []wire.Field{{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString}}
	if graded {
		fields = append(fields,
			wire.Field{Name: "max_attempts", Scope: wire.ScopeSettings, Type: wire.TypeInteger, Min: &least},
			wire.Field{Name: "weight", Scope: wire.ScopeSettings, Type: wire.TypeNumber, Min: &least},
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
	if s.scenario.Kind == KindApp { // nobody authors an app
		return &Form{Inputs: []Input{}, Findings: []wire.Finding{}}, nil
	}
	revision, err := b.config.Site.Courses.Revision(ctx, s.block.Hash)
	if err != nil {
		return nil, err
	}
	form := &Form{Edited: s.scenario.Edited, Inputs: []Input{}, Type: s.scenario.Type}
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
	form.Findings, err = b.check(ctx, s.published, s.scenario.Type, fields)
	return form, err
}

// InLanguage gives the form with the block's words for its titles, helps and options.
func (b *Bench) InLanguage(form *Form, language string) *Form {
	version, err := b.config.Site.Registry.Lookup(form.Type)
	if err != nil {
		return form // a block that is broken has no words
	}
	out := *form
	out.Inputs = slices.Clone(form.Inputs)
	for i := range out.Inputs {
		out.Inputs[i].Field = version.InLanguage(form.Type, language, []wire.Field{form.Inputs[i].Field})[0]
	}
	return &out
}

// check lets the block find its author's mistakes. A block that fails at it is the finding.
func (b *Bench) check(ctx context.Context, published *course.Published, blockType string, fields wire.Fields) ([]wire.Finding, error) {
	findings, err := b.config.Site.Kernel.Check(ctx, published, blockType, maps.Clone(fields), nil)
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
// value of another type than the field's is refused; then nothing is saved.
func (b *Bench) Save(ctx context.Context, scenario string, typed wire.Fields) (*Form, error) {
	form, err := b.Form(ctx, scenario)
	if err != nil {
		return nil, err
	}
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	fields := wire.Fields{}
	for _, input := range form.Inputs {
		value, said := typed[input.Name]
		if !said {
			value = input.Now
		}
		if len(value) == 0 || said && string(value) == "null" {
			continue
		}
		if code, bound := unfit(&input.Field, value); code != "" {
			form.Unfit = append(form.Unfit, Unfit{Field: input.Name, Code: code, Bound: bound})
		} else if len(input.Items) > 0 {
			form.Unfit = append(form.Unfit, unfitRows(&input.Field, value)...)
		}
		fields[input.Name] = value
	}
	if len(form.Unfit) > 0 {
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

// unfitRows says what in a list's entries is not of its member's type. An entry that is none as declared is for who checks it.
func unfitRows(field *wire.Field, value json.RawMessage) []Unfit {
	var entries []json.RawMessage
	if json.Unmarshal(value, &entries) != nil {
		return nil
	}
	var all []Unfit
	for i, entry := range entries {
		members := map[string]json.RawMessage{}
		if field.Items[0].Name == "" {
			members[""] = entry
		} else if json.Unmarshal(entry, &members) != nil {
			all = append(all, Unfit{Field: field.Name, Code: "object", Row: i + 1})
			continue
		}
		for k, item := range field.Items {
			set, given := members[item.Name]
			if !given {
				continue
			}
			one := wire.Field{Type: item.Type, Min: item.Min, Max: item.Max}
			if code, bound := unfit(&one, set); code != "" {
				all = append(all, Unfit{Field: field.Name, Code: code, Bound: bound, Row: i + 1, Member: k + 1})
			}
		}
	}
	return all
}

// unfit says why a value is not of a field's type, "" when it is.
func unfit(field *wire.Field, value json.RawMessage) (code string, bound float64) {
	var text string
	is := func(into any) bool { return json.Unmarshal(value, into) == nil }
	wrong := func(ok bool, code string) (string, float64) {
		if ok {
			return "", 0
		}
		return code, 0
	}
	switch field.Type {
	case wire.TypeBoolean:
		return wrong(is(new(bool)), "boolean")
	case wire.TypeInteger, wire.TypeNumber, wire.TypeDuration:
		return unfitNumber(field, value)
	case wire.TypeList:
		return wrong(is(&[]json.RawMessage{}), "list")
	case wire.TypeObject:
		return wrong(is(&map[string]json.RawMessage{}), "object")
	case wire.TypeCaptions:
		return wrong(is(&map[string]string{}), "object")
	case wire.TypeAny:
		return wrong(json.Valid(value), "json")
	case wire.TypeTime:
		ok := is(&text)
		if ok {
			_, err := time.Parse(time.RFC3339, text)
			ok = err == nil
		}
		return wrong(ok, "instant")
	case wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeFile, wire.TypeUsage, wire.TypeKey, wire.TypeID:
	}
	return wrong(is(&text), "text")
}

func unfitNumber(field *wire.Field, value json.RawMessage) (code string, bound float64) {
	var number float64
	switch {
	case json.Unmarshal(value, &number) != nil:
		return "number", 0
	case field.Type == wire.TypeInteger && bytes.ContainsAny(value, ".eE"):
		return "whole", 0
	case field.Min != nil && number < *field.Min:
		return "least", *field.Min
	case field.Max != nil && number > *field.Max:
		return "most", *field.Max
	}
	return "", 0
}

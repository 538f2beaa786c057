package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Sample tells a scenario, with the answers that were handed in since its last reset, as a sample in the block's own language.
// Samples stand in the block's code, which nobody but its author edits: the text is to be pasted.
func (b *Bench) Sample(ctx context.Context, scenario, name string) (*Saved, error) {
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	saved := &Saved{}
	if !storyName.MatchString(name) {
		saved.Problem = "a sample's name is of small letters, digits, - and _"
		return saved, nil
	}
	content, _, err := b.set(ctx, s)
	if err != nil {
		saved.Problem = err.Error()
		return saved, nil //nolint:nilerr // it is about what was done, and told
	}
	sample := wire.Sample{Name: name, Title: s.Title, Fields: content}
	deeds, _ := b.deeds(ctx, s)
	for i := range deeds {
		d := &deeds[i]
		if d.verdict == nil {
			continue
		}
		answer := wire.SampleAnswer{Expect: expected(d.verdict), Seed: d.seed(), Input: wire.Input{Handler: d.call.handled.Handler, Form: d.call.handled.Form}}
		if json.Valid(d.call.handled.Body.Data) {
			answer.Input.JSON = d.call.handled.Body.Data
		}
		if answer.Expect != "" {
			sample.Answers = append(sample.Answers, answer)
		}
	}
	for _, p := range b.Packages() {
		if p.Name == s.Package {
			saved.Language = p.Source
		}
	}
	switch saved.Language {
	case "typescript":
		saved.Text, err = literal(sample)
		saved.Text += ","
	case "", "go":
		saved.Language = "go"
		saved.Text = goSample(&sample)
	default:
		saved.Text, err = literal(sample)
	}
	return saved, err
}

// expected is what a sample's answer must come to, "" for a verdict that a sample does not know.
func expected(v *wire.Verdict) wire.Expectation {
	switch {
	case v.Outcome == wire.OutcomeInvalid:
		return wire.ExpectInvalid
	case v.Outcome == wire.OutcomePending:
		return wire.ExpectPending
	case v.Outcome != wire.OutcomeScored:
		return ""
	case v.Earned <= 0:
		return wire.ExpectZero
	case v.Earned >= v.Possible:
		return wire.ExpectFull
	}
	return wire.ExpectPartial
}

func literal(sample wire.Sample) (string, error) {
	encoded, err := json.MarshalIndent(sample, "", "  ")
	return string(encoded), err
}

// goSample writes a sample as a Go literal.
func goSample(sample *wire.Sample) string {
	var out strings.Builder
	fmt.Fprintf(&out, "{\n\tName: %q, Title: %q,\n\tFields: wire.Fields{\n", sample.Name, sample.Title)
	for _, name := range slices.Sorted(maps.Keys(sample.Fields)) {
		fmt.Fprintf(&out, "\t\t%q: json.RawMessage(%q),\n", name, sample.Fields[name])
	}
	out.WriteString("\t},\n")
	if len(sample.Answers) > 0 {
		out.WriteString("\tAnswers: []wire.SampleAnswer{\n")
		for _, answer := range sample.Answers {
			fmt.Fprintf(&out, "\t\t{Expect: %q, Input: wire.Input{Handler: %q", answer.Expect, answer.Input.Handler)
			if len(answer.Input.Form) > 0 {
				fmt.Fprintf(&out, ", Form: %#v", answer.Input.Form)
			}
			if len(answer.Input.JSON) > 0 {
				fmt.Fprintf(&out, ", JSON: json.RawMessage(%q)", answer.Input.JSON)
			}
			out.WriteString("}},\n")
		}
		out.WriteString("\t},\n")
	}
	out.WriteString("},")
	return out.String()
}

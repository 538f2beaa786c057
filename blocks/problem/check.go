package problem

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Check implements sdk.Checker.
func (block) Check(_ *sdk.Call, f *Fields, _ []wire.Child) ([]wire.Finding, error) {
	prepared, found, _ := compile(f.Data) // its error is among the findings
	findings := inField("data", found)
	if prepared != nil {
		findings = append(findings, unbuilt(&prepared.Facts)...)
	}
	return append(findings, settings(f)...), nil
}

// inField turns capa's findings into those of a field.
func inField(field string, found []capa.Finding) []wire.Finding {
	findings := make([]wire.Finding, len(found))
	for i, f := range found {
		findings[i] = wire.Finding{
			Level: wire.Level(f.Level), Field: field, Line: f.Line, Column: f.Column, Message: f.Message, Fix: f.Fix,
		}
	}
	return findings
}

// unbuilt says what learners will not be able to answer.
func unbuilt(facts *capa.Facts) []wire.Finding {
	names := missing(facts)
	if len(names) == 0 {
		return nil
	}
	return []wire.Finding{{
		Level: wire.LevelWarning, Field: "data",
		Message: "this version cannot grade: " + strings.Join(names, ", ") + "; learners see the text and cannot answer",
		Fix:     "nothing is lost: the problem can be answered once a version of this block that grades it is installed",
	}}
}

// settings finds values that the platform takes for the default. The empty and the truth-valued rerandomize are Open edX's
// old words.
func settings(f *Fields) []wire.Finding {
	var findings []wire.Finding
	wrong := func(field, message, fix string) {
		findings = append(findings, wire.Finding{Level: wire.LevelWarning, Field: field, Message: message, Fix: fix})
	}
	for _, s := range []struct {
		field, value string
		known        []string
	}{
		{"grading_method", f.GradingMethod, []string{"last_score", "first_score", "highest_score", "average_score"}},
		{"show_correctness", f.ShowCorrectness, []string{"always", "never", "past_due", "never_but_include_grade"}},
		{"rerandomize", f.Rerandomize, []string{"always", "onreset", "never", "per_student", "", "true", "false"}},
		{"showanswer", f.ShowAnswer, []string{
			"always", "answered", "attempted", "attempted_no_past_due", "closed", "finished", "correct_or_past_due", "past_due",
			"after_attempts", "after_all_attempts", "after_all_attempts_or_correct", "never", "",
		}},
	} {
		if !slices.Contains(s.known, s.value) {
			wrong(s.field, "the value \""+s.value+"\" is unknown, so the default holds", "use one of "+strings.Join(s.known[:4], ", "))
		}
	}
	if f.Weight.Set && f.Weight.Value < 0 {
		wrong("weight", "the points are below 0, so they count as not set", "write 0 or more")
	}
	if f.MaxAttempts.Set && f.MaxAttempts.Value < 0 {
		wrong("max_attempts", "a number of attempts below 0 is taken for 0", "leave it empty for no limit")
	}
	return findings
}

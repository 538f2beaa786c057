package problem

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Check implements sdk.Checker.
func (block) Check(c *sdk.Call, f *Fields, _ []wire.Child) ([]wire.Finding, error) {
	prepared, found, _ := compile(f.Data) // its error is among the findings
	findings := inField("data", found)
	if prepared != nil {
		findings = append(findings, unbuilt(&prepared.Facts)...)
		more, err := checkScript(c, prepared)
		if err != nil {
			return nil, err
		}
		findings = append(findings, more...)
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
	names := facts.Unsupported
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
	return append(f.Check(),
		question.OneOf("rerandomize", f.Rerandomize, "always", "onreset", "never", "per_student", "", "true", "false")...)
}

package mathexpression

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/formula"
	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// reasons are the words of a formula's faults for authors.
var reasons = map[string]string{
	"formula_long": "it is too long", "formula_equation": "it holds an equals sign", "formula_open": "a parenthesis is open that never closes",
	"formula_closed": "a parenthesis closes that was never opened", "formula_syntax": "it cannot be read",
}

// Check implements question.Checker.
func (k kind) Check(f *Fields) []wire.Finding {
	findings := append(question.OneOf("form", f.Form, formAny, formSame, formExpanded, formFactored), variables(f)...)
	prepared := k.Prepare(f)
	right := false
	for i, a := range f.Answers {
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		switch wrong := problem(a.Formula, prepared.Public.Names); {
		case number.Blank(a.Formula):
			at(0, question.Wrong("formulas", "this row has no formula", "write one, or remove the row"))
		case wrong != nil && reasons[wrong.Key] != "":
			at(0, question.Wrong("formulas", "this is no formula: "+reasons[wrong.Key], "write one such as 2*x + sin(y)"))
		case wrong != nil:
			at(0, question.Wrong("formulas", strings.Join(wrong.Args, ", ")+" is no variable of the list and no function", "add it to the variables"))
		default:
			right = right || a.Correct
			if found := prepared.Secret.unfit(&a); found != nil {
				at(0, *found)
			}
		}
		if a.Percent < 0 || a.Percent > 100 {
			at(2, question.Warn("formulas", "a share is from 0 to 100 per cent", "write one between them"))
		}
		for _, found := range question.Pictures("formulas", a.Feedback) {
			at(3, found)
		}
	}
	if !right {
		findings = append(findings, question.Wrong("formulas", "no answer is right", "mark one as right"))
	}
	return findings
}

// unfit finds a formula that has no values between the bounds, or is not in the form that it asks for.
func (s *Secret) unfit(a *Answer) *wire.Finding {
	own, wrong := read(a.Formula, formula.Names(s.Variables), false)
	if wrong != nil {
		return nil
	}
	if _, enough := formula.Equal(own, own, s.Variables, s.Tolerance); !enough {
		found := question.Wrong("formulas", "it has no value at most of the numbers between the bounds", "choose other bounds for the variables")
		return &found
	}
	if a.Correct && s.misshapen(own, own) != nil {
		found := question.Wrong("formulas", "it is not in the form that is asked for", "write it so, or ask for another form")
		return &found
	}
	return nil
}

func variables(f *Fields) []wire.Finding {
	var findings []wire.Finding
	var seen []string
	for i := range f.Variables {
		v := f.Variables[i].read()
		at := func(column int, message, fix string) {
			findings = append(findings, question.InRow(question.Wrong("variables", message, fix), i, column))
		}
		switch {
		case !formula.GoodName(v.Name):
			at(0, "a variable cannot be called so", "begin with a letter; e, pi, i, j and functions have a meaning already")
		case slices.Contains(seen, v.Name):
			at(0, "this variable stands in a row before", "remove one of the two")
		case v.Range[0] > v.Range[1]:
			at(2, "the upper bound is below the lower", "swap them")
		}
		seen = append(seen, v.Name)
	}
	return findings
}

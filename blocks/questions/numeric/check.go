package numeric

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/blocks/questions/internal/units"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Check implements question.Checker.
func (k kind) Check(f *Fields) []wire.Finding {
	findings := question.OneOf("unit_rule", f.UnitRule, UnitShown, unitExact, unitConvert)
	right := false
	for i := range f.Answers {
		a := &f.Answers[i]
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		row, wrong := a.read()
		switch wrong {
		case 0:
			at(0, question.Wrong("numbers", "this is no number", "write one such as 3.5 or 2e-3"))
		case 1:
			at(1, question.Wrong("numbers", "this is no number, or below the one that the range begins with", "write the largest number of the range"))
		case 2:
			at(2, question.Wrong("numbers", "this is no tolerance", "write 0.05, or 2%"))
		}
		right = right || row != nil && row.Share == 1
		if row != nil && a.Tolerance == "" && row.Text != "" && !whole(row.Text) {
			at(2, wire.Finding{Level: wire.LevelHint, Field: "numbers", Message: "there is no tolerance, so the number must be exact", Fix: "write one such as 1%, where rounding is no mistake"})
		}
		if a.Percent < 0 || a.Percent > 100 {
			at(4, question.Warn("numbers", "a share is from 0 to 100 per cent", "write one between them"))
		}
		for _, found := range question.Pictures("numbers", a.Feedback) {
			at(5, found)
		}
	}
	if !right {
		findings = append(findings, question.Wrong("numbers", "no answer is right", "mark one as right"))
	}
	findings = append(findings, checkUnit(f)...)
	if prepared := k.Prepare(f); right && f.Figures > 0 {
		answers := k.Solve(prepared.Public, prepared.Secret)
		if result, err := k.Judge(nil, prepared.Secret, question.Submitted{Answers: answers}); err != nil || !result.Full() {
			findings = append(findings, question.Wrong("figures", "the right number, rounded to so many figures, is out of its tolerance",
				"widen the tolerance, or ask for more figures"))
		}
	}
	return findings
}

func whole(text string) bool { return !strings.ContainsAny(text, ".,eE/") }

func checkUnit(f *Fields) []wire.Finding {
	unit := strings.TrimSpace(f.Unit)
	_, err := units.Parse(unit)
	switch {
	case unit == "" && (f.UnitRule == unitExact || f.UnitRule == unitConvert):
		return []wire.Finding{question.Warn("unit", "learners are to write a unit, but none is stated", "write it")}
	case unit != "" && err != nil && f.UnitRule == unitConvert:
		return []wire.Finding{question.Wrong("unit", "this unit is not known, so no other can be converted to it", "write it like kg*m/s^2, or choose another rule")}
	case unit != "" && err == nil && !number.Blank(unit) && unit[0] >= '0' && unit[0] <= '9':
		return []wire.Finding{question.Warn("unit", "the unit begins with a number", "write the unit alone")}
	}
	return nil
}

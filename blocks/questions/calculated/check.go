package calculated

import (
	"errors"

	"github.com/quoin-lms/quoin/blocks/questions/numeric"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// checked is for how many seeds Check draws: what learners get by the rule per_student is among 20.
const checked = 20

// Check implements question.Checker.
func (k kind) Check(f *Fields) []wire.Finding {
	var findings []wire.Finding
	right := false
	for i := range f.Answers {
		a := &f.Answers[i]
		right = right || a.Correct
		if _, err := numeric.Expect(1, "", a.Tolerance); err != nil {
			findings = append(findings, question.InRow(question.Wrong("formulas", "this is no tolerance", "write 0.05, or 2%"), i, 1))
		}
		if a.Percent < 0 || a.Percent > 100 {
			findings = append(findings, question.InRow(question.Warn("formulas", "a share is from 0 to 100 per cent", "write one between them"), i, 3))
		}
		for _, found := range question.Pictures("formulas", a.Feedback) {
			findings = append(findings, question.InRow(found, i, 4))
		}
	}
	if !right {
		findings = append(findings, question.Wrong("formulas", "no answer is right", "mark one as right"))
	}
	if len(f.Variables) == 0 {
		findings = append(findings, question.Warn("variables", "no numbers are drawn, so everybody gets the same", "add one, or choose the type Number"))
	}
	prepared := k.Prepare(f)
	program, err := prepared.Secret.compile()
	var wrong *fault
	if errors.As(err, &wrong) {
		return append(findings, question.InRow(question.Wrong(wrong.field, wrong.message, "mend this row"), wrong.row, wrong.column))
	}
	for seed := 1; seed <= checked && program != nil; seed++ {
		if _, err := program.draw(seed); err != nil {
			return append(findings, question.Wrong("conditions", "no numbers were found for which all conditions hold and every answer is a number",
				"widen the ranges, or take a condition away"))
		}
	}
	return findings
}

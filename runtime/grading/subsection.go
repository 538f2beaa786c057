package grading

import "fmt"

// ProblemScore is one scored block as a subsection counts it. Leave out blocks that the learner may not see (staff only,
// another group, not chosen).
type ProblemScore struct {
	Usage string
	// Score is weighted. For a block that was not attempted it is 0 out of what the current content is worth; for one
	// that was, possible is what it was at the attempt.
	Score Score
	// Ungraded says that the block itself sets graded=false; in a graded subsection it is then practice.
	Ungraded  bool
	Attempted bool
}

// Override is what staff set in place of a subsection's sums. A nil field leaves the computed number.
type Override struct {
	EarnedGraded, PossibleGraded *float64
	EarnedAll, PossibleAll       *float64
}

// Check refuses numbers that are not finite, negative or too large. Earned may exceed possible: staff can give extra.
func (o Override) Check() error {
	for _, part := range []struct {
		what   string
		points *float64
	}{
		{"graded earned", o.EarnedGraded},
		{"graded possible", o.PossibleGraded},
		{"overall earned", o.EarnedAll},
		{"overall possible", o.PossibleAll},
	} {
		if part.points == nil {
			continue
		}
		if err := checkRange(part.what, *part.points); err != nil {
			return fmt.Errorf("checking override: %w", err)
		}
	}
	return nil
}

// Totals is what a subsection adds up to.
type Totals struct {
	// All sums every scored block, Graded those that count.
	All, Graded Score
	// Attempted and AttemptedGraded report whether any such block was attempted. An override is no attempt.
	Attempted, AttemptedGraded bool
	// Overridden says that staff replaced at least one number.
	Overridden bool
}

// Total sums a subsection's blocks in the order given. A block counts as graded unless it is marked otherwise or is worth
// nothing. The override, which may be nil and must have passed [Override.Check], replaces last.
func Total(problems []ProblemScore, override *Override) Totals {
	var t Totals
	for _, problem := range problems {
		t.All.Earned += problem.Score.Earned
		t.All.Possible += problem.Score.Possible
		t.Attempted = t.Attempted || problem.Attempted
		if problem.Ungraded || problem.Score.Possible <= 0 {
			continue
		}
		t.Graded.Earned += problem.Score.Earned
		t.Graded.Possible += problem.Score.Possible
		t.AttemptedGraded = t.AttemptedGraded || problem.Attempted
	}
	if override == nil {
		return t
	}
	replace := func(target, with *float64) {
		if with != nil {
			*target, t.Overridden = *with, true
		}
	}
	replace(&t.Graded.Earned, override.EarnedGraded)
	replace(&t.Graded.Possible, override.PossibleGraded)
	replace(&t.All.Earned, override.EarnedAll)
	replace(&t.All.Possible, override.PossibleAll)
	return t
}

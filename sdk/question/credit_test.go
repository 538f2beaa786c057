package question_test

import (
	"math"
	"testing"

	"github.com/quoin-lms/quoin/sdk/question"
)

func TestShare(t *testing.T) {
	for _, c := range []struct {
		rule  question.Credit
		tally question.Tally
		want  float64
	}{
		{question.AllOrNothing, question.Tally{Taken: 2, Left: 2}, 1},
		{question.AllOrNothing, question.Tally{Taken: 2, Wrong: 1, Left: 2}, 0},
		{"unknown", question.Tally{Taken: 2, Wrong: 1, Left: 2}, 0},
		{question.EachPart, question.Tally{Taken: 1, Missed: 1, Wrong: 1, Left: 1}, 0.5},
		{question.EachPart, question.Tally{Missed: 2, Wrong: 2}, 0},
		{question.Halves, question.Tally{Taken: 2, Missed: 1}, 0.5},
		{question.Halves, question.Tally{Taken: 1, Missed: 1}, 0},
		{question.Halves, question.Tally{Taken: 2, Missed: 1, Wrong: 1, Left: 1}, 0.25},
		{question.Halves, question.Tally{Taken: 2, Missed: 1, Wrong: 1}, 0},
		{question.Halves, question.Tally{Taken: 9, Missed: 3}, 0},
		{question.RightMinusWrong, question.Tally{Taken: 2, Missed: 1, Wrong: 1}, 1.0 / 3},
		{question.RightMinusWrong, question.Tally{Taken: 1, Missed: 2, Wrong: 3}, 0},
		{question.RightMinusWrong, question.Tally{Wrong: 1, Left: 1}, 0},
	} {
		if got := c.rule.Share(c.tally); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s of %+v is %v, want %v", c.rule, c.tally, got, c.want)
		}
	}
	tally := question.Count(4, func(i int) bool { return i < 2 }, func(i int) bool { return i%2 == 0 })
	if tally != (question.Tally{Taken: 1, Missed: 1, Wrong: 1, Left: 1}) {
		t.Errorf("counted %+v", tally)
	}
}

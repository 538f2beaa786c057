package grading

import (
	"cmp"
	"slices"
)

// Method says which of a learner's submissions is the score (Open edX: grading_method). The zero value is the last one.
type Method uint8

// The methods.
const (
	MethodLast Method = iota
	MethodFirst
	MethodHighest
	MethodAverage
)

// Outcome is what became of a submission; the values are those of the contract's verdicts.
type Outcome string

// The outcomes.
const (
	OutcomeScored  Outcome = "scored"
	OutcomeInvalid Outcome = "invalid"
	OutcomePending Outcome = "pending"
	OutcomeFailed  Outcome = "failed"
)

// Scored is one submission with its current verdict.
type Scored struct {
	// Sequence orders the submissions of one learner to one usage, by when they were handed in. It is unique.
	Sequence int64
	Outcome  Outcome
	// Score is raw, made by [NewScore]; read for OutcomeScored only.
	Score Score
}

// Count is the score that counts.
type Count struct {
	// Score is raw.
	Score Score
	// Index is the submission that it comes from, in the list that was given; for the average, the newest scored one.
	Index int
	// Submissions is how many were scored.
	Submissions int
}

// Counted picks the score out of a learner's submissions, given in any order. Only scored ones take part: an invalid one
// never counts, a pending or failed one does not replace what counted before. It reports false when none is scored.
//
// Highest means the most raw points, then the most possible ones, then the earliest (Open edX compares earned, possible).
// Average is the mean of the earned points rounded to two places, out of what the newest scored submission makes possible,
// and clamped to that.
//
// By hand, for 1/2, then 0/2, then 2/2, then 1/2: last is 1, first 1, highest 2 and average (1+0+2+1)/4 = 1.
func Counted(method Method, submissions []Scored) (Count, bool) {
	order := scoredInOrder(submissions)
	if len(order) == 0 {
		return Count{}, false
	}
	newest := order[len(order)-1]
	count := Count{Index: newest, Submissions: len(order)}
	switch method {
	case MethodFirst:
		count.Index = order[0]
	case MethodHighest:
		count.Index = highest(submissions, order)
	case MethodAverage:
		count.Score = average(submissions, order)
		return count, true
	case MethodLast:
	}
	count.Score = submissions[count.Index].Score
	return count, true
}

// Newest is the index of the submission that was handed in last, whatever became of it; -1 when there is none.
func Newest(submissions []Scored) int {
	newest := -1
	for i, s := range submissions {
		if newest < 0 || s.Sequence > submissions[newest].Sequence {
			newest = i
		}
	}
	return newest
}

func scoredInOrder(submissions []Scored) []int {
	var order []int
	for i, s := range submissions {
		if s.Outcome == OutcomeScored {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(submissions[a].Sequence, submissions[b].Sequence) })
	return order
}

func highest(submissions []Scored, order []int) int {
	best := order[0]
	for _, i := range order[1:] {
		if compareScores(submissions[i].Score, submissions[best].Score) > 0 {
			best = i
		}
	}
	return best
}

func compareScores(a, b Score) int {
	return cmp.Or(cmp.Compare(a.Earned, b.Earned), cmp.Compare(a.Possible, b.Possible))
}

func average(submissions []Scored, order []int) Score {
	var sum float64
	for _, i := range order { // oldest first, as Open edX sums
		sum += submissions[i].Score.Earned
	}
	possible := submissions[order[len(order)-1]].Score.Possible
	return Score{Earned: clamp(roundHundredths(sum/float64(len(order))), possible), Possible: possible}
}

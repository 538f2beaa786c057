package cards

import (
	"math"
	"time"
)

// Place is where one learner stands with one card.
type Place struct {
	// Ease is by how much the pause grows, in thousandths; 0 is a card that was never seen.
	Ease int64 `json:"ease"`
	// Days is the pause after the last review, Streak how often the card was known in a row.
	Days   int64 `json:"days"`
	Streak int64 `json:"streak"`
	// Due is when the card comes back, in milliseconds since 1970 UTC.
	Due int64 `json:"due"`
}

// Grades, as learners press them.
const (
	again = "again"
	hard  = "hard"
	good  = "good"
	easy  = "easy"
)

const (
	firstEase = 2500
	leastEase = 1300
	// soon is when a card comes back that was not known.
	soon = 10 * time.Minute
	// longest keeps a pause within what a course can see.
	longest = 365
)

// after is the place after a review: SuperMemo 2, with a short way back for what was forgotten.
func (p Place) after(grade string, now time.Time) Place {
	if p.Ease == 0 {
		p.Ease = firstEase
	}
	switch grade {
	case again:
		return Place{Ease: max(p.Ease-200, leastEase), Due: now.Add(soon).UnixMilli()}
	case hard:
		p.Ease = max(p.Ease-140, leastEase)
	case easy:
		p.Ease += 100
	}
	p.Streak++
	switch {
	case p.Streak == 1 && grade == easy:
		p.Days = 4
	case p.Streak == 1:
		p.Days = 1
	case grade == hard:
		p.Days = max(p.Days+1, int64(math.Round(float64(p.Days)*1.2)))
	case p.Streak == 2 && grade == good:
		p.Days = max(6, p.Days+1)
	default:
		p.Days = max(p.Days+1, p.Days*p.Ease/1000)
	}
	p.Days = min(p.Days, longest)
	p.Due = now.AddDate(0, 0, int(p.Days)).UnixMilli()
	return p
}

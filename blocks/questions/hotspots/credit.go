package hotspots

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// marks are what a learner marked, as far as it is judged.
type marks struct {
	wanted int
	// worth is what each of them gives.
	worth float64
	hit   map[int]bool
	wrong int
	// made are the parts of places that were marked, empty those of the others.
	made, empty []question.Part
}

// put judges a mark on a region, -1 for none.
func (m *marks) put(part question.Part, regions []region, at int) {
	part.Correctness = wire.Incorrect
	switch {
	case at < 0:
		m.wrong++
	case regions[at].Correct && m.hit[at]:
		part.Note = question.Saying("place_twice")
		m.wrong++
	case regions[at].Correct:
		m.hit[at] = true
		part.Correctness, part.Earned, part.Possible = wire.Correct, m.worth, m.worth
		part.Feedback = regions[at].Feedback
	default:
		part.Feedback = regions[at].Feedback
		m.wrong++
	}
	m.made = append(m.made, part)
}

// result adds up. What was missed is held against the wrong marks and, where those are too few, against empty places, so that the
// parts come to what is wanted; other empty places were rightly left and are no parts.
func (m *marks) result(credit question.Credit) question.Result {
	missed := m.wanted - len(m.hit)
	against := missed
	for i := range m.made {
		if p := &m.made[i]; p.Correctness == wire.Incorrect && against > 0 {
			p.Possible = m.worth
			against--
		}
	}
	parts := m.made
	for _, p := range m.empty[:min(against, len(m.empty))] {
		p.Possible = m.worth
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b question.Part) int { return comparePlaces(a.ID, b.ID) })
	lost := 0
	switch {
	case credit == question.RightMinusWrong:
		lost = m.wrong
	case credit == question.AllOrNothing && (missed > 0 || m.wrong > 0):
		lost = len(m.hit)
	}
	for i := range parts { // what is right still says so
		if lost > 0 && parts[i].Earned > 0 {
			parts[i].Earned = 0
			lost--
		}
	}
	return question.Result{Parts: parts}
}

// comparePlaces orders inputs by their numbers.
func comparePlaces(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

package question

// Credit says how much a partly right answer earns.
type Credit string

// The rules. A type offers those that make sense for it by a field with these values.
const (
	// AllOrNothing gives nothing for what is not right in whole.
	AllOrNothing Credit = "all"
	// EachPart gives every decision its share: what was rightly taken and what was rightly left (Open edX: EDC).
	EachPart Credit = "each"
	// Halves gives a half for one mistake and a quarter for two, as far as there are more than two and more than four decisions.
	Halves Credit = "halves"
	// RightMinusWrong takes what was wrongly taken off what was rightly taken.
	RightMinusWrong Credit = "minus"
)

// Tally counts decisions: options that were to be taken or to be left.
type Tally struct {
	// Taken and Missed are right options that were taken and not; Wrong and Left are others that were taken and not.
	Taken, Missed, Wrong, Left int
}

// Count makes a tally of n options.
func Count(n int, right, taken func(int) bool) Tally {
	var t Tally
	for i := range n {
		switch r, k := right(i), taken(i); {
		case r && k:
			t.Taken++
		case r:
			t.Missed++
		case k:
			t.Wrong++
		default:
			t.Left++
		}
	}
	return t
}

// Share is the part of the points that a tally earns, from 0 to 1.
func (c Credit) Share(t Tally) float64 {
	mistakes, all := t.Missed+t.Wrong, t.Taken+t.Missed+t.Wrong+t.Left
	if mistakes == 0 {
		return 1
	}
	switch c {
	case EachPart:
		return float64(all-mistakes) / float64(all)
	case Halves:
		if mistakes == 1 && all > 2 {
			return 0.5
		}
		if mistakes == 2 && all > 4 {
			return 0.25
		}
	case RightMinusWrong:
		if right := t.Taken + t.Missed; right > 0 {
			return max(0, float64(t.Taken-t.Wrong)/float64(right))
		}
	case AllOrNothing:
	}
	return 0
}

package video

import (
	"cmp"
	"math"
	"slices"
)

// Span is a stretch that was played, [from, to] in seconds.
type Span [2]float64

const (
	// completeAt is the part of a video that must have been played, as in Open edX.
	completeAt = 0.95
	// maxSpans bounds what is kept of one learner: who jumps about more loses the shortest stretches.
	maxSpans = 200
	// joinWithin joins stretches with less than this between them: players tell the time a few times a second.
	joinWithin = 0.75
	// maxSeconds is the longest video, a day.
	maxSeconds = 24 * 60 * 60
)

// join puts stretches together, in order and without overlaps. Those that are none are left out.
func join(spans []Span) []Span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s Span) bool {
		return !(s[0] >= 0 && s[1] > s[0] && s[1] <= maxSeconds)
	})
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a[0], b[0]) })
	var joined []Span
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s[0] <= joined[last][1]+joinWithin {
			joined[last][1] = max(joined[last][1], s[1])
			continue
		}
		joined = append(joined, s)
	}
	if excess := len(joined) - maxSpans; excess > 0 {
		byLength := slices.Clone(joined)
		slices.SortStableFunc(byLength, func(a, b Span) int { return cmp.Compare(a[1]-a[0], b[1]-b[0]) })
		short := byLength[:excess]
		joined = slices.DeleteFunc(joined, func(s Span) bool { return slices.Contains(short, s) })
	}
	for i := range joined {
		joined[i] = Span{tenth(joined[i][0]), tenth(joined[i][1])}
	}
	return joined
}

// tenth rounds to tenths of a second.
func tenth(seconds float64) float64 { return math.Round(seconds*10) / 10 }

// part is how much of the stretch between two times was played, 0 to 1.
func part(joined []Span, from, to float64) float64 {
	if to <= from {
		return 0
	}
	played := 0.0
	for _, s := range joined {
		played += max(0, min(s[1], to)-max(s[0], from))
	}
	return min(1, played/(to-from))
}

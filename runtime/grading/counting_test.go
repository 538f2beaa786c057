package grading

import (
	"math/rand"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

var methods = []Method{MethodLast, MethodFirst, MethodHighest, MethodAverage}

func TestOutcomesAreTheContracts(t *testing.T) {
	for got, want := range map[Outcome]wire.Outcome{
		OutcomeScored: wire.OutcomeScored, OutcomeInvalid: wire.OutcomeInvalid,
		OutcomePending: wire.OutcomePending, OutcomeFailed: wire.OutcomeFailed,
	} {
		if string(got) != string(want) {
			t.Errorf("%q is %q in the contract", got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	scored := func(sequence int64, earned, possible float64) Scored {
		return Scored{Sequence: sequence, Outcome: OutcomeScored, Score: Score{earned, possible}}
	}
	without := func(sequence int64, outcome Outcome) Scored {
		// A score that must never be looked at.
		return Scored{Sequence: sequence, Outcome: outcome, Score: Score{99, 99}}
	}
	byHand := []Scored{scored(1, 1, 2), scored(2, 0, 2), scored(3, 2, 2), scored(4, 1, 2)}
	type want struct {
		earned float64
		index  int
	}
	for _, c := range []struct {
		name        string
		submissions []Scored
		want        map[Method]want
	}{
		{"worked by hand", byHand, map[Method]want{
			MethodLast: {1, 3}, MethodFirst: {1, 0}, MethodHighest: {2, 2}, MethodAverage: {1, 3},
		}},
		{"sequence, not place in the list", []Scored{scored(9, 1, 2), scored(4, 2, 2)}, map[Method]want{
			MethodLast: {1, 0}, MethodFirst: {2, 1}, MethodHighest: {2, 1}, MethodAverage: {1.5, 0},
		}},
		{"the earliest of equal ones", []Scored{scored(3, 1, 2), scored(1, 1, 2), scored(2, 0, 2)}, map[Method]want{
			MethodHighest: {1, 1},
		}},
		{"more possible points win a tie, as in Open edX", []Scored{scored(1, 1, 1), scored(2, 1, 2)}, map[Method]want{
			MethodHighest: {1, 1},
		}},
		{
			"nothing but scored ones counts",
			[]Scored{
				without(1, OutcomeInvalid), scored(2, 1, 2), scored(3, 2, 2), without(4, OutcomePending),
				without(5, OutcomeFailed), without(6, OutcomeInvalid), without(7, ""),
			},
			map[Method]want{MethodLast: {2, 2}, MethodFirst: {1, 1}, MethodHighest: {2, 2}, MethodAverage: {1.5, 2}},
		},
		{"mean to two places", []Scored{scored(1, 1, 1), scored(2, 0, 1), scored(3, 0, 1)}, map[Method]want{
			MethodAverage: {0.33, 2},
		}},
		{"mean of 0.25 and 0.5 is 0.375, to 0.38", []Scored{scored(1, 0.25, 1), scored(2, 0.5, 1)}, map[Method]want{
			MethodAverage: {0.38, 1},
		}},
		// The author cut the points from 4 to 1: (4+1)/2 = 2.5 is more than is possible now.
		{"mean clamped to what the newest makes possible", []Scored{scored(1, 4, 4), scored(2, 1, 1)}, map[Method]want{
			MethodAverage: {1, 1},
		}},
	} {
		for method, want := range c.want {
			got, ok := Counted(method, c.submissions)
			if !ok || got.Score.Earned != want.earned || got.Index != want.index {
				t.Errorf("%s, %v: %+v, %v; want %+v", c.name, method, got, ok, want)
			}
		}
	}
}

func TestCountedNeedsAScore(t *testing.T) {
	for _, method := range methods {
		for _, list := range [][]Scored{nil, {{Outcome: OutcomePending}}, {{Outcome: OutcomeInvalid}, {Outcome: OutcomeFailed}}} {
			if got, ok := Counted(method, list); ok || got != (Count{}) {
				t.Errorf("%v of %v: %+v", method, list, got)
			}
		}
	}
}

func TestNewest(t *testing.T) {
	if got := Newest(nil); got != -1 {
		t.Errorf("newest of none is %d", got)
	}
	list := []Scored{{Sequence: 2, Outcome: OutcomeScored}, {Sequence: 7, Outcome: OutcomeInvalid}, {Sequence: 3}}
	if got := Newest(list); got != 1 {
		t.Errorf("newest is %d, want 1", got)
	}
}

func randomSubmissions(random *rand.Rand) []Scored {
	outcomes := []Outcome{OutcomeScored, OutcomeScored, OutcomeScored, OutcomeInvalid, OutcomePending, OutcomeFailed}
	list := make([]Scored, random.Intn(7))
	for i := range list {
		possible := float64(1 + random.Intn(3))
		list[i] = Scored{
			Sequence: int64(i), Outcome: outcomes[random.Intn(len(outcomes))],
			Score: Score{min(float64(random.Intn(7))/2, possible), possible},
		}
	}
	return list
}

func TestCountedProperties(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	for range 3000 {
		list := randomSubmissions(random)
		for _, method := range methods {
			before, ok := Counted(method, list)

			shuffled := append([]Scored(nil), list...)
			random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			after, again := Counted(method, shuffled)
			if again != ok || after.Score != before.Score || after.Submissions != before.Submissions ||
				ok && shuffled[after.Index] != list[before.Index] {
				t.Fatalf("%v depends on order: %+v and %+v of %v", method, before, after, list)
			}

			for _, outcome := range []Outcome{OutcomeInvalid, OutcomePending, OutcomeFailed} {
				more := append(append([]Scored(nil), list...), Scored{Sequence: 100, Outcome: outcome, Score: Score{3, 3}})
				if got, _ := Counted(method, more); got != before {
					t.Fatalf("a %s one changed %v: %+v and %+v of %v", outcome, method, before, got, list)
				}
			}

			if ok && (before.Score.Earned < 0 || before.Score.Earned > before.Score.Possible) {
				t.Fatalf("%v out of bounds: %+v of %v", method, before, list)
			}
			if best, _ := Counted(MethodHighest, list); method != MethodAverage && before.Score.Earned > best.Score.Earned {
				t.Fatalf("%v is more than the highest: %+v of %v", method, before, list)
			}
		}
	}
}

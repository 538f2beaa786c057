package grading

import (
	"errors"
	"math"
	"testing"
	"testing/quick"
)

func TestNewScoreClamps(t *testing.T) {
	for _, c := range []struct{ earned, possible, want float64 }{
		{1, 2, 1}, {3, 2, 2}, {-1, 2, 0}, {0, 0, 0}, {1, 0, 0}, {math.Copysign(0, -1), 1, 0},
	} {
		got, err := NewScore(c.earned, c.possible)
		if err != nil || got.Earned != c.want || got.Possible != c.possible || math.Signbit(got.Earned) {
			t.Errorf("NewScore(%v, %v) = %+v, %v; want earned %v", c.earned, c.possible, got, err, c.want)
		}
	}
}

func TestNewScoreRefuses(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		earned, possible float64
		want             error
	}{
		{nan, 1, ErrNotFinite},
		{1, nan, ErrNotFinite},
		{inf, 1, ErrNotFinite},
		{-inf, 1, ErrNotFinite},
		{1, inf, ErrNotFinite},
		{1, -1, ErrOutOfRange},
		{1e10, 1, ErrOutOfRange},
		{-1e10, 1, ErrOutOfRange},
		{1, 1e10, ErrOutOfRange},
		{1, 5e-324, ErrOutOfRange},
	} {
		if got, err := NewScore(c.earned, c.possible); !errors.Is(err, c.want) || got != (Score{}) {
			t.Errorf("NewScore(%v, %v) = %+v, %v; want %v", c.earned, c.possible, got, err, c.want)
		}
	}
}

func TestWeigh(t *testing.T) {
	weight := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		name   string
		raw    Score
		weight *float64
		want   Score
	}{
		{"no weight keeps raw points", Score{2, 3}, nil, Score{2, 3}},
		{"nothing possible keeps raw points", Score{0, 0}, weight(5), Score{0, 0}},
		{"weight 0 is worth nothing", Score{2, 3}, weight(0), Score{0, 0}},
		{"half of a weight", Score{1, 2}, weight(3), Score{1.5, 3}},
		{"by hand: 2*10/3", Score{2, 3}, weight(10), Score{20.0 / 3, 10}},
		// 3*0.1/3 is 0.10000000000000002 in binary, more than the weight.
		{"never more than the weight", Score{3, 3}, weight(0.1), Score{0.1, 0.1}},
	} {
		got, err := c.raw.Weigh(c.weight)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	for _, w := range []float64{-1, math.NaN(), math.Inf(1), 1e10} {
		if _, err := (Score{1, 1}).Weigh(&w); err == nil {
			t.Errorf("weight %v was taken", w)
		}
	}
}

func TestWeighKeepsTheFractionAndTheBounds(t *testing.T) {
	property := func(earned, possible uint16, hundredths uint16) bool {
		raw, err := NewScore(float64(earned), float64(possible))
		if err != nil {
			return false
		}
		weight := float64(hundredths) / 100
		got, err := raw.Weigh(&weight)
		if err != nil || got.Earned < 0 || got.Earned > got.Possible {
			return false
		}
		return weight == 0 || raw.Possible == 0 || math.Abs(got.Fraction()-raw.Fraction()) < 1e-12
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}

func TestPercentRoundsHalfToEven(t *testing.T) {
	for _, c := range []struct {
		score Score
		want  float64
	}{
		{Score{101, 200}, 0.5},  // 0.505
		{Score{103, 200}, 0.52}, // 0.515*100 is 51.5, to the even 52
		{Score{57, 200}, 0.28},  // 0.285*100 is 28.499999999999996
		{Score{1, 3}, 0.33},
		{Score{2, 3}, 0.67},
		{Score{0, 0}, 0},
		{Score{5, 5}, 1},
	} {
		if got := c.score.Percent(); got != c.want {
			t.Errorf("%v: %v, want %v", c.score, got, c.want)
		}
	}
}

func TestFull(t *testing.T) {
	if !(Score{2, 2}).Full() || (Score{1, 2}).Full() || !(Score{}).Full() {
		t.Error("full is: earned equals possible")
	}
}

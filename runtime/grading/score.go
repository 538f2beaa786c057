package grading

import (
	"errors"
	"fmt"
	"math"
)

// MaxPoints bounds every number of points; sums and products of such numbers stay finite. MinPossible is the least number
// of possible points above 0, so that a fraction stays finite too.
const (
	MaxPoints   = 1e9
	MinPossible = 1e-9
)

// Errors that [NewScore], [CheckWeight], [Score.Weigh] and [Override.Check] wrap.
var (
	ErrNotFinite  = errors.New("not a finite number")
	ErrOutOfRange = errors.New("out of range")
)

// Score is points earned out of points possible. [NewScore] makes valid ones; the zero value is 0 out of 0.
type Score struct{ Earned, Possible float64 }

// NewScore takes raw points as a block or a grader gave them. Earned is clamped to 0..possible (CONTRACT, grade). NaN and
// infinities are refused with [ErrNotFinite]; a negative possible, one between 0 and [MinPossible] and numbers beyond
// [MaxPoints] with [ErrOutOfRange].
func NewScore(earned, possible float64) (Score, error) {
	if err := checkPoints("earned", earned); err != nil {
		return Score{}, err
	}
	if err := checkPossible(possible); err != nil {
		return Score{}, err
	}
	return Score{Earned: clamp(earned, possible), Possible: possible}, nil
}

// Weigh scales a raw score to the problem's weight: earned*weight/possible out of weight. Without a weight (nil), or when
// nothing is possible, the raw points stay (Open edX: weighted_score). Weight 0 gives 0 out of 0, which counts nowhere.
// It fails as [CheckWeight] does.
//
// By hand: 2 of 3 with weight 10 is 2*10/3 = 6.67 of 10.
func (s Score) Weigh(weight *float64) (Score, error) {
	if err := CheckWeight(weight); err != nil {
		return Score{}, err
	}
	if weight == nil || s.Possible == 0 {
		return s, nil
	}
	return Score{Earned: clamp(s.Earned**weight/s.Possible, *weight), Possible: *weight}, nil
}

// CheckWeight says whether a problem's weight can be used: nil (raw points), 0, or [MinPossible] to [MaxPoints].
func CheckWeight(weight *float64) error {
	if weight == nil {
		return nil
	}
	return checkRange("weight", *weight)
}

// Fraction is earned / possible, 0 when nothing is possible. It is not rounded.
func (s Score) Fraction() float64 {
	if s.Possible <= 0 {
		return 0
	}
	return s.Earned / s.Possible
}

// Percent is the fraction rounded to hundredths as numpy.around does, half to even (Open edX: compute_percent). A subsection
// enters the course grade with it. 101 of 200 is 0.505 and becomes 0.5.
func (s Score) Percent() float64 { return aroundHundredths(s.Fraction()) }

// Full reports whether all possible points were earned; 0 out of 0 is full (Open edX: is_correct).
func (s Score) Full() bool { return s.Earned == s.Possible }

func clamp(earned, possible float64) float64 {
	if earned <= 0 {
		return 0 // also for -0, which would be printed as "-0%"
	}
	return min(earned, possible)
}

func checkPossible(possible float64) error { return checkRange("possible", possible) }

func checkRange(what string, v float64) error {
	if err := checkPoints(what, v); err != nil {
		return err
	}
	if v < 0 || v > 0 && v < MinPossible {
		return fmt.Errorf("checking %s points: %v: %w: 0, or %v and more", what, v, ErrOutOfRange, MinPossible)
	}
	return nil
}

func checkPoints(what string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("checking %s points: %w", what, ErrNotFinite)
	}
	if math.Abs(v) > MaxPoints {
		return fmt.Errorf("checking %s points: %v: %w: at most %v", what, v, ErrOutOfRange, MaxPoints)
	}
	return nil
}

package grading

import (
	"errors"
	"math"
	"math/rand"
	"testing"
)

func TestTotal(t *testing.T) {
	// By hand: graded 1.5+2 of 3+2; the practice block and the one worth nothing are in the overall sum alone.
	problems := []ProblemScore{
		{Usage: "a", Score: Score{1.5, 3}, Attempted: true},
		{Usage: "practice", Score: Score{4, 4}, Ungraded: true, Attempted: true},
		{Usage: "b", Score: Score{2, 2}},
		{Usage: "weightless", Score: Score{0, 0}, Attempted: true},
	}
	got := Total(problems, nil)
	want := Totals{All: Score{7.5, 9}, Graded: Score{3.5, 5}, Attempted: true, AttemptedGraded: true}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Graded.Percent() != 0.7 {
		t.Errorf("3.5 of 5 is %v", got.Graded.Percent())
	}
}

func TestTotalOfPracticeAlone(t *testing.T) {
	got := Total([]ProblemScore{{Score: Score{1, 1}, Ungraded: true, Attempted: true}}, nil)
	if got.Graded != (Score{}) || got.AttemptedGraded || !got.Attempted || got.All != (Score{1, 1}) {
		t.Errorf("practice leaked into the grade: %+v", got)
	}
	if got := Total([]ProblemScore{{Attempted: true}}, nil); got.AttemptedGraded || !got.Attempted {
		t.Errorf("a block worth nothing is no graded attempt: %+v", got)
	}
	if (Total(nil, nil) != Totals{}) {
		t.Error("an empty subsection adds up to nothing")
	}
}

func TestOverrideReplacesWhatItNames(t *testing.T) {
	problems := []ProblemScore{{Score: Score{1, 4}, Attempted: true}}
	earned, possible := 6.0, 5.0
	got := Total(problems, &Override{EarnedGraded: &earned})
	if got.Graded != (Score{6, 4}) || got.All != (Score{1, 4}) || !got.Overridden {
		t.Errorf("earned only: %+v", got)
	}
	got = Total(nil, &Override{EarnedGraded: &earned, PossibleGraded: &possible, EarnedAll: &earned, PossibleAll: &possible})
	if got.Graded != (Score{6, 5}) || got.All != (Score{6, 5}) || got.Attempted {
		t.Errorf("all of it, nothing attempted: %+v", got)
	}
	if got := Total(problems, &Override{}); got.Overridden || got.Graded != (Score{1, 4}) {
		t.Errorf("an empty override changes nothing: %+v", got)
	}
}

func TestOverrideCheck(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), -1, 1e12, 5e-324} {
		for _, o := range []Override{{EarnedGraded: &v}, {PossibleGraded: &v}, {EarnedAll: &v}, {PossibleAll: &v}} {
			if err := o.Check(); !errors.Is(err, ErrNotFinite) && !errors.Is(err, ErrOutOfRange) {
				t.Errorf("%v was taken: %v", v, err)
			}
		}
	}
	zero, more := 0.0, 11.0
	if err := (Override{EarnedGraded: &more, PossibleGraded: &zero}).Check(); err != nil {
		t.Error(err)
	}
}

// Quarters add up exactly in binary, so the order must not show.
func TestTotalDoesNotDependOnOrder(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 500 {
		problems := make([]ProblemScore, random.Intn(8))
		for i := range problems {
			possible := float64(random.Intn(20)) / 4
			problems[i] = ProblemScore{
				Score:     Score{possible * float64(random.Intn(3)) / 2, possible},
				Ungraded:  random.Intn(3) == 0,
				Attempted: random.Intn(2) == 0,
			}
		}
		want := Total(problems, nil)
		random.Shuffle(len(problems), func(i, j int) { problems[i], problems[j] = problems[j], problems[i] })
		if got := Total(problems, nil); got != want {
			t.Fatalf("shuffled: %+v, before %+v", got, want)
		}
		if want.Graded.Earned > want.All.Earned || want.Graded.Possible > want.All.Possible {
			t.Fatalf("graded is a part of all: %+v", want)
		}
	}
}

package grading

import (
	"errors"
	"math"
	"math/rand"
	"testing"
)

// The example of Policy.Need.
func TestNeedWorkedByHand(t *testing.T) {
	policy := Policy{
		Types:   []AssignmentType{{Type: "Quiz", MinCount: 3, DropCount: 1, Weight: 1}},
		Cutoffs: []Cutoff{{"Pass", 0.7}, {"Honours", 0.96}, {"Low", 0.4}},
	}
	first := []Subsection{subsection("q1", "Quiz", 9, 10)}
	open := subsection("q2", "Quiz", 0, 10)
	open.Open, open.Attempted = true, false
	partly := open
	partly.Score.Earned = 6
	for _, c := range []struct {
		name        string
		letter      string
		subsections []Subsection
		complete    bool
		want        Need
	}{
		{"two to come", "Pass", first, false, Need{Reachable, 0.49, 2}},
		{"one published and open, one to come", "Pass", append(first, open), false, Need{Reachable, 0.49, 2}},
		{"what is there is kept: (0.9+0.6)/2", "Pass", append(first, partly), false, Need{Certain, 0, 2}},
		{"(0.9+0)/2 is 0.45", "Low", first, false, Need{Certain, 0, 2}},
		{"two full ones make the 0.9 the lowest", "Honours", first, false, Need{Reachable, 0.96, 2}},
		// The two placeholders are 0, one is dropped: 0.45.
		{"nothing more comes", "Pass", first, true, Need{Impossible, 0, 0}},
		{"nothing more comes, enough", "Low", first, true, Need{Certain, 0, 0}},
		{"nothing more comes, one is open", "Pass", append(first, open), true, Need{Reachable, 0.49, 1}},
	} {
		got, err := policy.Need(c.letter, c.subsections, c.complete)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	if _, err := policy.Need("Z", first, false); !errors.Is(err, ErrNoLetter) {
		t.Errorf("unknown letter: %v", err)
	}
}

func TestNeedOutOfReach(t *testing.T) {
	policy := DefaultPolicy()
	failed := []Subsection{subsection("m", "Midterm Exam", 0, 1), subsection("f", "Final Exam", 0, 1)}
	got, err := policy.Need("Pass", failed, false)
	if err != nil || got != (Need{Impossible, 0, 24}) {
		t.Errorf("30 %% are left, 50 %% are needed: %+v, %v", got, err)
	}
	free := Policy{Cutoffs: []Cutoff{{"F", 0}}}
	if got, _ := free.Need("F", nil, false); got.Reach != Certain {
		t.Errorf("a cutoff of 0: %+v", got)
	}
}

// fill ends everything that remains at score, in an independent way: it publishes the placeholders and grades.
func fill(policy Policy, subsections []Subsection, complete bool, score float64) float64 {
	var filled []Subsection
	counts := map[string]int{}
	for _, s := range subsections {
		if s.Graded && s.Score.Possible > 0 {
			counts[s.Type]++
			if s.Open && s.Score.Percent() < score {
				s.Score = Score{score * 100, 100}
			}
		}
		filled = append(filled, s)
	}
	for _, kind := range policy.Types {
		for n := counts[kind.Type]; n < kind.MinCount && !complete; n++ {
			filled = append(filled, Subsection{Type: kind.Type, Graded: true, Score: Score{score * 100, 100}})
		}
	}
	return policy.Grade(filled).Percent
}

func TestNeedIsEnoughAndNotTooMuch(t *testing.T) {
	random := rand.New(rand.NewSource(6))
	reached := map[Reach]int{}
	for range 1500 {
		policy, subsections := randomCourse(random)
		complete := random.Intn(3) == 0
		for _, cutoff := range policy.Cutoffs {
			got, err := policy.Need(cutoff.Letter, subsections, complete)
			if err != nil {
				t.Fatal(err)
			}
			reached[got.Reach]++
			nothing, everything := fill(policy, subsections, complete, 0), fill(policy, subsections, complete, 1)
			ok := false
			switch got.Reach {
			case Certain:
				ok = nothing >= cutoff.From && got.Average == 0
			case Impossible:
				ok = everything < cutoff.From && got.Average == 0
			case Reachable:
				less := math.Round(got.Average*100-1) / 100
				ok = got.Remaining > 0 && got.Average > 0 && got.Average <= 1 &&
					fill(policy, subsections, complete, got.Average) >= cutoff.From &&
					fill(policy, subsections, complete, less) < cutoff.From
			}
			if !ok {
				t.Fatalf("%s from %v of %+v with %+v, complete %v: %+v; 0 %% gives %v, 100 %% %v",
					cutoff.Letter, cutoff.From, policy, subsections, complete, got, nothing, everything)
			}
			if current := policy.Grade(subsections); current.Percent >= cutoff.From && got.Reach != Certain {
				t.Fatalf("%s is reached at %v, and yet %+v", cutoff.Letter, current.Percent, got)
			}
		}
	}
	for _, reach := range []Reach{Impossible, Reachable, Certain} {
		if reached[reach] < 100 {
			t.Errorf("reach %d came up %d times only", reach, reached[reach])
		}
	}
}

func TestABetterLetterNeedsNoLess(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	for range 1000 {
		policy, subsections := randomCourse(random)
		a, _ := policy.Need("A", subsections, false)
		b, _ := policy.Need("B", subsections, false)
		if a.Reach > b.Reach || a.Reach == Reachable && b.Reach == Reachable && a.Average < b.Average {
			t.Fatalf("A %+v, B %+v", a, b)
		}
	}
}

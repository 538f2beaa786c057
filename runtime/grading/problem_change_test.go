package grading

import (
	"math/rand"
	"testing"
	"time"
)

// policyFrom and progressFrom spread a random number over the states that matter.
func policyFrom(random *rand.Rand) ProblemPolicy {
	p := ProblemPolicy{
		AttemptsBeforeShowAnswer: random.Intn(4),
		SubmissionWait:           time.Duration(random.Intn(3)) * 40 * time.Minute,
		ShowResetButton:          random.Intn(2) == 0,
		ForceSaveButton:          random.Intn(2) == 0,
		Rerandomize:              Rerandomize(random.Intn(4)),
		ShowAnswer:               ShowAnswer(random.Intn(len(showAnswerNames()))),
		ShowCorrectness:          ShowCorrectness(random.Intn(4)),
		Grace:                    time.Duration(random.Intn(2)) * time.Hour,
	}
	if n := random.Intn(5); n < 4 {
		p.MaxAttempts = &n
	}
	if random.Intn(3) > 0 {
		p.Due = due.Add(time.Duration(random.Intn(200)-100)*time.Minute + time.Duration(random.Intn(2)*500_300))
	}
	if random.Intn(2) == 0 {
		p.CourseEnd = due.Add(time.Duration(random.Intn(200)) * time.Minute)
	}
	return p
}

func progressFrom(random *rand.Rand) Progress {
	p := Progress{
		Attempts: random.Intn(4), Full: random.Intn(2) == 0, Pending: random.Intn(5) == 0, Staff: random.Intn(4) == 0,
	}
	if p.Attempts > 0 {
		p.Done = random.Intn(3) > 0
		p.LastSubmission = due.Add(time.Duration(random.Intn(200)-150)*time.Minute + time.Duration(random.Intn(2)*700_000))
	}
	return p
}

// Between now and the instant that a gate names nothing about it changes, and at that instant it does; a gate that names
// none never changes. Asking twice gives the same.
func TestNextChangeIsExact(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	changed := 0
	for range 6000 {
		policy, progress := policyFrom(random), progressFrom(random)
		now := due.Add(time.Duration(random.Intn(400)-200)*time.Minute + time.Duration(random.Intn(1e9)))
		got := policy.At(now, progress)
		if again := policy.At(now, progress); !sameVerdicts(got, again) {
			t.Fatalf("two answers for one instant: %+v and %+v", got, again)
		}
		if stored := policy.At(now.Truncate(time.Millisecond), progress); !sameVerdicts(got, stored) {
			t.Fatalf("decided again from the stored millisecond: %+v and %+v", got, stored)
		}
		for i, gate := range got.gates() {
			check := func(at time.Time, wantSame bool) {
				t.Helper()
				later := policy.At(at, progress)
				if gate.same(*later.gates()[i]) != wantSame {
					t.Fatalf("gate %d of %+v for %+v at %v: %+v, at %v: %+v", i, policy, progress, now, *gate, at, *later.gates()[i])
				}
			}
			if gate.Open != (gate.Why == "") {
				t.Fatalf("gate %d: open without, shut with a reason: %+v", i, *gate)
			}
			if gate.Changes.IsZero() {
				check(now.AddDate(1, 0, 0), true)
				check(now.Add(time.Duration(random.Int63n(int64(400*time.Minute)))), true)
				continue
			}
			changed++
			if !gate.Changes.After(now) {
				t.Fatalf("gate %d changes in the past: %+v at %v", i, *gate, now)
			}
			check(gate.Changes, false)
			check(gate.Changes.Add(-1), true)
			check(now.Add(time.Duration(random.Int63n(int64(gate.Changes.Sub(now))))), true)
		}
	}
	if changed < 1000 {
		t.Errorf("only %d gates had a change ahead", changed)
	}
}

func sameVerdicts(a, b Verdicts) bool {
	if (a.TriesLeft == nil) != (b.TriesLeft == nil) || a.TriesLeft != nil && *a.TriesLeft != *b.TriesLeft {
		return false
	}
	a.TriesLeft, b.TriesLeft = nil, nil
	return a == b
}

func TestRulesHoldTogether(t *testing.T) {
	random := rand.New(rand.NewSource(4))
	for range 6000 {
		policy, progress := policyFrom(random), progressFrom(random)
		now := due.Add(time.Duration(random.Intn(400)-200) * time.Minute)
		got := policy.At(now, progress)
		fail := func(what string) {
			t.Helper()
			t.Fatalf("%s: %+v for %+v at %v: %+v", what, policy, progress, now, got)
		}
		if got.Submit.Open && !got.Active.Open {
			fail("submit on a closed problem")
		}
		if got.Submit.Open && got.TriesLeft != nil && *got.TriesLeft == 0 {
			fail("submit without a try")
		}
		if got.Answer.Open && !got.Correctness.Open {
			fail("answer shown while results are hidden")
		}
		if got.Correctness.Open && !got.Included.Open {
			fail("results shown and not counted")
		}
		if got.Submit.Open && got.Wait > 0 {
			fail("submit while waiting")
		}
		extended := policy
		if !policy.Due.IsZero() {
			extended.Due = policy.Due.Add(time.Hour)
			if later := extended.At(now, progress); got.Submit.Open && !later.Submit.Open {
				fail("an extension closed it")
			}
		}
		if staff := progress; !progress.Staff {
			staff.Staff = true
			seen := policy.At(now, staff)
			if got.Answer.Open && !seen.Answer.Open || got.Correctness.Open && !seen.Correctness.Open {
				fail("staff see less than learners")
			}
		}
	}
}

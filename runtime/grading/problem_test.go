package grading

import (
	"math/rand"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	due    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before = due.Add(-time.Hour)
	after  = due.Add(time.Hour)
)

func tries(n int) *int { return &n }

func TestReasonsAreTheContracts(t *testing.T) {
	for got, want := range map[Reason]string{
		ReasonNoTries: wire.WhyNoTries, ReasonPastDue: wire.WhyPastDue, ReasonEnded: wire.WhyEnded,
		ReasonNeedsReset: wire.WhyNeedsReset, ReasonPending: wire.WhyPending, ReasonWait: wire.WhyWait,
		ReasonPolicy: wire.WhyPolicy,
	} {
		if string(got) != want {
			t.Errorf("%q is %q in the contract", got, want)
		}
	}
}

// Each row is a value of showanswer; each column a state of a problem with three tries and a due date. y is shown.
func TestShowAnswerInEachState(t *testing.T) {
	states := []struct {
		name     string
		now      time.Time
		progress Progress
	}{
		{"untouched", before, Progress{}},
		{"one wrong try", before, Progress{Attempts: 1, Done: true}},
		{"correct", before, Progress{Attempts: 1, Done: true, Full: true}},
		{"reset after correct", before, Progress{Attempts: 1, Full: true}},
		{"two wrong tries", before, Progress{Attempts: 2, Done: true}},
		{"all tries wrong", before, Progress{Attempts: 3, Done: true}},
		{"past due, untouched", after, Progress{}},
		{"past due, one wrong", after, Progress{Attempts: 1, Done: true}},
	}
	for value, shown := range map[string]string{
		"always":                        "yyyyyyyy",
		"answered":                      "nnynnnnn",
		"attempted":                     "nyyyyyyy",
		"attempted_no_past_due":         "nyyyyyny",
		"closed":                        "nnnnnyyy",
		"finished":                      "nnynnyyy",
		"correct_or_past_due":           "nnynnnyy",
		"past_due":                      "nnnnnnyy",
		"after_attempts":                "nnnnyynn", // two tries are asked for
		"after_all_attempts":            "nnnnnynn",
		"after_all_attempts_or_correct": "nnynnynn",
		"never":                         "nnnnnnnn",
		"":                              "nnnnnnnn",
	} {
		rule, err := ParseShowAnswer(value)
		if err != nil {
			t.Fatal(err)
		}
		policy := ProblemPolicy{ShowAnswer: rule, MaxAttempts: tries(3), AttemptsBeforeShowAnswer: 2, Due: due}
		for i, state := range states {
			want := shown[i] == 'y'
			if got := policy.At(state.now, state.progress).Answer; got.Open != want {
				t.Errorf("%q, %s: shown %v, want %v", value, state.name, got.Open, want)
			}
			staff := state.progress
			staff.Staff = true
			if got := policy.At(state.now, staff).Answer; got.Open != (rule != ShowNever) {
				t.Errorf("%q, %s, staff: shown %v", value, state.name, got.Open)
			}
			policy.ShowCorrectness = ShowResultsNever
			if got := policy.At(state.now, staff).Answer; got.Open || got.Why != ReasonPolicy {
				t.Errorf("%q, %s: shown to staff while results are hidden", value, state.name)
			}
			policy.ShowCorrectness = ShowResultsAlways
		}
	}
	if len(showAnswerNames()) != 12 {
		t.Error("a value is missing from the table")
	}
}

func TestShowAnswerAfterAttempts(t *testing.T) {
	for _, c := range []struct {
		max      *int
		asked    int
		attempts int
		want     bool
	}{
		{nil, 0, 0, true},
		{nil, 2, 1, false},
		{nil, 2, 2, true},
		{tries(3), 5, 2, false},
		{tries(3), 5, 3, true},  // never more than there are tries
		{tries(0), 2, 0, false}, // a survey's 0 is no limit here
		{tries(3), 3, 3, true},
	} {
		policy := ProblemPolicy{ShowAnswer: ShowAfterAttempts, MaxAttempts: c.max, AttemptsBeforeShowAnswer: c.asked}
		if got := policy.At(before, Progress{Attempts: c.attempts}).Answer.Open; got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestUnlimitedTriesAreNeverUsedUp(t *testing.T) {
	for _, rule := range []ShowAnswer{ShowAfterAllAttempts, ShowAfterAllOrCorrect, ShowClosed} {
		got := ProblemPolicy{ShowAnswer: rule}.At(before, Progress{Attempts: 1000, Done: true})
		if got.Answer.Open || !got.Submit.Open || got.TriesLeft != nil {
			t.Errorf("%v: %+v", rule, got)
		}
	}
}

func TestShowCorrectness(t *testing.T) {
	type want struct{ results, included bool }
	for _, c := range []struct {
		value      string
		closes     time.Time
		now        time.Time
		learner    want
		staff      want
		changes    time.Time
		changesFor string
	}{
		{value: "always", closes: due, now: before, learner: want{true, true}, staff: want{true, true}},
		{value: "", closes: due, now: before, learner: want{true, true}, staff: want{true, true}},
		{value: "never", closes: due, now: after},
		{value: "never", now: after},
		{value: "past_due", closes: due, now: before, staff: want{true, true}, changes: due.Add(time.Millisecond)},
		{value: "past_due", closes: due, now: due, staff: want{true, true}, changes: due.Add(time.Millisecond)},
		{value: "past_due", closes: due, now: due.Add(time.Millisecond), learner: want{true, true}, staff: want{true, true}},
		{value: "past_due", now: before, learner: want{true, true}, staff: want{true, true}},
		{value: "never_but_include_grade", closes: due, now: before, learner: want{false, true}, staff: want{false, true}},
		{value: "never_but_include_grade", closes: due, now: after, learner: want{false, true}, staff: want{false, true}},
	} {
		rule, err := ParseShowCorrectness(c.value)
		if err != nil {
			t.Fatal(err)
		}
		for staff, want := range map[bool]want{false: c.learner, true: c.staff} {
			results, included := rule.Results(c.closes, c.now, staff), rule.Included(c.closes, c.now, staff)
			if results.Open != want.results || included.Open != want.included {
				t.Errorf("%+v, staff %v: results %+v, included %+v", c, staff, results, included)
			}
			if !staff && results.Changes != c.changes {
				t.Errorf("%+v: changes %v", c, results.Changes)
			}
			at := ProblemPolicy{ShowCorrectness: rule, Due: c.closes}.At(c.now, Progress{Staff: staff})
			if at.Correctness != results || at.Included != included {
				t.Errorf("%+v: At says %+v and %+v, the rule %+v and %+v", c, at.Correctness, at.Included, results, included)
			}
		}
	}
}

func TestAnswersStayHiddenWithResults(t *testing.T) {
	policy := ProblemPolicy{ShowAnswer: ShowAlways, ShowCorrectness: ShowResultsPastDue, Due: due}
	got := policy.At(before, Progress{}).Answer
	if got.Open || !got.Changes.Equal(due.Add(time.Millisecond)) {
		t.Errorf("%+v", got)
	}
	if !policy.At(before, Progress{Staff: true}).Answer.Open {
		t.Error("staff see results before the due date, and so answers")
	}
}

func TestCloseDate(t *testing.T) {
	end := due.Add(24 * time.Hour)
	for _, c := range []struct {
		name   string
		policy ProblemPolicy
		want   time.Time
		why    Reason
	}{
		{"no dates", ProblemPolicy{}, time.Time{}, ""},
		{"due", ProblemPolicy{Due: due}, due, ReasonPastDue},
		{"due with grace", ProblemPolicy{Due: due, Grace: time.Hour}, due.Add(time.Hour), ReasonPastDue},
		{"course end", ProblemPolicy{CourseEnd: end}, end, ReasonEnded},
		{"course end with grace", ProblemPolicy{CourseEnd: end, Grace: time.Hour}, end.Add(time.Hour), ReasonEnded},
		{"due before course end", ProblemPolicy{Due: due, CourseEnd: end}, due, ReasonPastDue},
		{"an extension beyond the course", ProblemPolicy{Due: end.Add(time.Hour), CourseEnd: end}, end.Add(time.Hour), ReasonPastDue},
		{"grace alone", ProblemPolicy{Grace: time.Hour}, time.Time{}, ""},
	} {
		if got := c.policy.Closes(); !got.Equal(c.want) {
			t.Errorf("%s: closes %v, want %v", c.name, got, c.want)
		}
		if c.want.IsZero() {
			if got := c.policy.At(after.AddDate(100, 0, 0), Progress{}); !got.Submit.Open || !got.Closes.IsZero() {
				t.Errorf("%s: %+v", c.name, got)
			}
			continue
		}
		last := c.policy.At(c.want.Add(time.Millisecond-1), Progress{})
		if !last.Submit.Open || !last.Submit.Changes.Equal(c.want.Add(time.Millisecond)) || !last.Closes.Equal(c.want) {
			t.Errorf("%s: the close date itself is in time: %+v", c.name, last)
		}
		shut := c.policy.At(c.want.Add(time.Millisecond), Progress{})
		if shut.Submit.Open || shut.Submit.Why != c.why || shut.Active.Why != c.why || !shut.Submit.Changes.IsZero() {
			t.Errorf("%s: after it: %+v", c.name, shut)
		}
	}
}

func TestSubmit(t *testing.T) {
	for _, c := range []struct {
		name     string
		policy   ProblemPolicy
		progress Progress
		now      time.Time
		why      Reason
	}{
		{"untouched", ProblemPolicy{MaxAttempts: tries(1)}, Progress{}, before, ""},
		{"all tries used", ProblemPolicy{MaxAttempts: tries(1)}, Progress{Attempts: 1, Done: true}, before, ReasonNoTries},
		{"more tries than allowed now", ProblemPolicy{MaxAttempts: tries(1)}, Progress{Attempts: 4}, before, ReasonNoTries},
		{"survey", ProblemPolicy{MaxAttempts: tries(0)}, Progress{}, before, ReasonPolicy},
		{"past due", ProblemPolicy{Due: due}, Progress{}, after, ReasonPastDue},
		{"tries before dates", ProblemPolicy{Due: due, MaxAttempts: tries(1)}, Progress{Attempts: 1}, after, ReasonNoTries},
		{"staff are bound too", ProblemPolicy{Due: due}, Progress{Staff: true}, after, ReasonPastDue},
		{"answered, always", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{Attempts: 1, Done: true}, before, ReasonNeedsReset},
		{"reset, always", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{Attempts: 1}, before, ""},
		{"answered, onreset", ProblemPolicy{Rerandomize: RandomizeOnReset}, Progress{Attempts: 1, Done: true}, before, ""},
		{"answered correctly", ProblemPolicy{}, Progress{Attempts: 1, Done: true, Full: true}, before, ""},
		{"waiting for a verdict", ProblemPolicy{}, Progress{Attempts: 1, Done: true, Pending: true}, before, ReasonPending},
		{
			"too soon",
			ProblemPolicy{SubmissionWait: time.Hour},
			Progress{Attempts: 1, Done: true, LastSubmission: before.Add(-time.Hour + time.Millisecond)},
			before, ReasonWait,
		},
		{
			"soon enough",
			ProblemPolicy{SubmissionWait: time.Hour},
			Progress{Attempts: 1, Done: true, LastSubmission: before.Add(-time.Hour)},
			before, "",
		},
		{"a wait without a try", ProblemPolicy{SubmissionWait: time.Hour}, Progress{}, before, ""},
	} {
		got := c.policy.At(c.now, c.progress)
		if got.Submit.Open != (c.why == "") || got.Submit.Why != c.why {
			t.Errorf("%s: %+v, want %q", c.name, got.Submit, c.why)
		}
	}
}

func TestTriesLeft(t *testing.T) {
	for _, c := range []struct{ max, used, want int }{{3, 0, 3}, {3, 2, 1}, {3, 3, 0}, {3, 9, 0}, {0, 0, 0}, {2, -1, 2}} {
		got := ProblemPolicy{MaxAttempts: tries(c.max)}.At(before, Progress{Attempts: c.used}).TriesLeft
		if got == nil || *got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestWaitBetweenTries(t *testing.T) {
	policy := ProblemPolicy{SubmissionWait: 90 * time.Second, Due: due}
	tried := Progress{Attempts: 1, Done: true, LastSubmission: before}
	got := policy.At(before.Add(30*time.Second), tried)
	if got.Wait != time.Minute || got.Submit.Why != ReasonWait || !got.Submit.Changes.Equal(before.Add(90*time.Second)) {
		t.Errorf("%+v", got)
	}
	if got.Active.Changes.Equal(got.Submit.Changes) || !got.Active.Open {
		t.Errorf("the wait closes submitting only: %+v", got.Active)
	}
	// The close date comes within the wait: what changes next is the reason.
	tried.LastSubmission = due.Add(-time.Second)
	got = policy.At(due, tried)
	if got.Submit.Why != ReasonWait || !got.Submit.Changes.Equal(due.Add(time.Millisecond)) {
		t.Errorf("%+v", got.Submit)
	}
	if got := policy.At(got.Submit.Changes, tried).Submit; got.Why != ReasonPastDue || !got.Changes.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestSave(t *testing.T) {
	for _, c := range []struct {
		name     string
		policy   ProblemPolicy
		progress Progress
		now      time.Time
		why      Reason
	}{
		{"unlimited tries: submitting costs nothing", ProblemPolicy{}, Progress{}, before, ReasonPolicy},
		{"forced", ProblemPolicy{ForceSaveButton: true}, Progress{}, before, ""},
		{"forced, past due", ProblemPolicy{ForceSaveButton: true, Due: due}, Progress{}, after, ReasonPastDue},
		{"forced, reset needed", ProblemPolicy{ForceSaveButton: true, Rerandomize: RandomizeAlways}, Progress{Done: true}, before, ReasonNeedsReset},
		{"limited tries", ProblemPolicy{MaxAttempts: tries(2)}, Progress{Attempts: 1, Done: true}, before, ""},
		{"tries used", ProblemPolicy{MaxAttempts: tries(2)}, Progress{Attempts: 2, Done: true}, before, ReasonNoTries},
		{"limited tries, past due", ProblemPolicy{MaxAttempts: tries(2), Due: due}, Progress{}, after, ReasonPastDue},
		{"survey", ProblemPolicy{MaxAttempts: tries(0)}, Progress{}, before, ""},
		{"survey, past due", ProblemPolicy{MaxAttempts: tries(0), Due: due}, Progress{}, after, ""},
		{"survey, forced", ProblemPolicy{MaxAttempts: tries(0), ForceSaveButton: true}, Progress{}, before, ""},
		{"always", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{}, before, ""},
		{"always, answered", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{Attempts: 1, Done: true}, before, ReasonNeedsReset},
		{"onreset", ProblemPolicy{Rerandomize: RandomizeOnReset}, Progress{}, before, ReasonPolicy},
	} {
		if got := c.policy.At(c.now, c.progress).Save; got.Open != (c.why == "") || got.Why != c.why {
			t.Errorf("%s: %+v, want %q", c.name, got, c.why)
		}
	}
}

func TestReset(t *testing.T) {
	for _, c := range []struct {
		name     string
		policy   ProblemPolicy
		progress Progress
		now      time.Time
		why      Reason
	}{
		{"not asked for", ProblemPolicy{}, Progress{Attempts: 1, Done: true}, before, ReasonPolicy},
		{"button", ProblemPolicy{ShowResetButton: true}, Progress{Attempts: 1, Done: true}, before, ""},
		{"button, untouched", ProblemPolicy{ShowResetButton: true}, Progress{}, before, ""},
		{"button, correct", ProblemPolicy{ShowResetButton: true}, Progress{Attempts: 1, Done: true, Full: true}, before, ReasonPolicy},
		{"button, past due", ProblemPolicy{ShowResetButton: true, Due: due}, Progress{Attempts: 1, Done: true}, after, ReasonPastDue},
		{"button, tries used", ProblemPolicy{ShowResetButton: true, MaxAttempts: tries(1)}, Progress{Attempts: 1, Done: true}, before, ReasonNoTries},
		{"button, survey", ProblemPolicy{ShowResetButton: true, MaxAttempts: tries(0)}, Progress{}, before, ""},
		{"always, untouched", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{}, before, ReasonPolicy},
		{"always, answered", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{Attempts: 1, Done: true}, before, ""},
		{"always, correct", ProblemPolicy{Rerandomize: RandomizeAlways}, Progress{Attempts: 1, Done: true, Full: true}, before, ""},
		{"onreset, answered", ProblemPolicy{Rerandomize: RandomizeOnReset}, Progress{Attempts: 1, Done: true}, before, ""},
		{"onreset, past due", ProblemPolicy{Rerandomize: RandomizeOnReset, Due: due}, Progress{Attempts: 1, Done: true}, after, ReasonPastDue},
		{"per student, answered", ProblemPolicy{Rerandomize: RandomizePerStudent}, Progress{Attempts: 1, Done: true}, before, ReasonPolicy},
	} {
		if got := c.policy.At(c.now, c.progress).Reset; got.Open != (c.why == "") || got.Why != c.why {
			t.Errorf("%s: %+v, want %q", c.name, got, c.why)
		}
	}
}

func TestZeroPolicyIsOpenEdXDefault(t *testing.T) {
	got := ProblemPolicy{}.At(before, Progress{})
	want := Verdicts{
		Active: opened(), Submit: opened(), Save: shut(ReasonPolicy), Reset: shut(ReasonPolicy), Answer: shut(ReasonPolicy),
		Correctness: opened(), Included: opened(),
	}
	if got != want {
		t.Errorf("%+v", got)
	}
	if !(ProblemPolicy{}).At(before, Progress{Attempts: 1, Done: true, Full: true}).Answer.Open {
		t.Error("finished shows the answer once it is correct")
	}
}

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
		p.Due = due.Add(time.Duration(random.Intn(200)-100) * time.Minute)
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
		p.LastSubmission = due.Add(time.Duration(random.Intn(200)-150) * time.Minute)
	}
	return p
}

// Between now and the instant that a gate names nothing about it changes, and at that instant it does; a gate that names
// none never changes. Asking twice gives the same.
func TestNextChangeIsExact(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	changed := 0
	for range 20000 {
		policy, progress := policyFrom(random), progressFrom(random)
		now := due.Add(time.Duration(random.Intn(400)-200)*time.Minute + time.Duration(random.Intn(1e9)))
		got := policy.At(now, progress)
		if again := policy.At(now, progress); !sameVerdicts(got, again) {
			t.Fatalf("two answers for one instant: %+v and %+v", got, again)
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
	for range 20000 {
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

package grading

import (
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

package grading

import (
	"testing"
	"time"
)

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
		value   string
		closes  time.Time
		now     time.Time
		learner want
		staff   want
		changes time.Time
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

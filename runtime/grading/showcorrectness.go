package grading

import "time"

const showCorrectnessSetting = "show_correctness"

// ShowCorrectness says when a learner sees results: right or wrong, messages, points. The zero value is always.
type ShowCorrectness uint8

// The rules.
const (
	ShowResultsAlways ShowCorrectness = iota
	// ShowResultsNever hides results from everybody; what was earned is left out of the grade that the learner is shown,
	// and stands in the gradebook.
	ShowResultsNever
	// ShowResultsPastDue hides results until the close date; without one they are shown.
	ShowResultsPastDue
	// ShowResultsNeverButGrade hides results like never, but what was earned counts in the grade that the learner is shown.
	ShowResultsNeverButGrade
)

func showCorrectnessNames() []string {
	return []string{"always", "never", "past_due", "never_but_include_grade"}
}

// ParseShowCorrectness reads show_correctness; "" is always. The error is an [*UnknownSetting].
func ParseShowCorrectness(text string) (ShowCorrectness, error) {
	if text == "" {
		return ShowResultsAlways, nil
	}
	return parseName[ShowCorrectness](showCorrectnessSetting, text, showCorrectnessNames())
}

// Results says whether results may be shown at an instant, to a learner or to staff; closes is the close date, zero for
// none. It serves problems ([ProblemPolicy.At]) and the rows of a progress page.
func (s ShowCorrectness) Results(closes, now time.Time, staff bool) Gate {
	if s == ShowResultsNeverButGrade {
		return shut(ReasonPolicy)
	}
	return s.Included(closes, now, staff)
}

// Included says whether what was earned is part of the grade that this person is shown. The gradebook and the grade itself
// always include it.
func (s ShowCorrectness) Included(closes, now time.Time, staff bool) Gate {
	switch {
	case s == ShowResultsNever:
		return shut(ReasonPolicy)
	case s != ShowResultsPastDue || staff || closes.IsZero() || past(closes, now):
		return opened()
	}
	return Gate{Why: ReasonPolicy, Changes: firstPast(closes)}
}

// String gives Open edX's name.
func (s ShowCorrectness) String() string { return nameOf(s, showCorrectnessNames()) }

// MarshalText implements [encoding.TextMarshaler].
func (s ShowCorrectness) MarshalText() ([]byte, error) {
	return marshalName(showCorrectnessSetting, s, showCorrectnessNames())
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *ShowCorrectness) UnmarshalText(text []byte) error {
	return unmarshalName(s, text, ParseShowCorrectness)
}

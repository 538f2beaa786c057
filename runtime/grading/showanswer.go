package grading

const showAnswerSetting = "showanswer"

// ShowAnswer says when a learner may see the answer. The zero value is Open edX's default, finished. Staff always may,
// except with never. While results are hidden ([ShowCorrectness]) nobody may.
type ShowAnswer uint8

// The rules. "Correct" is full points in the sitting under way, "closed" is no tries left or past the close date.
const (
	ShowFinished           ShowAnswer = iota // closed or correct
	ShowAlways                               // at once
	ShowAnswered                             // correct
	ShowAttempted                            // tried, or past the close date
	ShowAttemptedNoPastDue                   // tried
	ShowClosed                               // closed
	ShowCorrectOrPastDue                     // correct, or past the close date
	ShowPastDue                              // past the close date
	ShowAfterAttempts                        // after AttemptsBeforeShowAnswer tries, or all of them if fewer
	ShowAfterAllAttempts                     // no tries left; never when tries are unlimited
	ShowAfterAllOrCorrect                    // no tries left, or correct
	ShowNever                                // not even staff
)

func showAnswerNames() []string {
	return []string{
		"finished", "always", "answered", "attempted", "attempted_no_past_due", "closed", "correct_or_past_due", "past_due",
		"after_attempts", "after_all_attempts", "after_all_attempts_or_correct", "never",
	}
}

// ParseShowAnswer reads showanswer where an author set it; "" is never, as in Open edX. The error is an [*UnknownSetting].
func ParseShowAnswer(text string) (ShowAnswer, error) {
	if text == "" {
		return ShowNever, nil
	}
	return parseName[ShowAnswer](showAnswerSetting, text, showAnswerNames())
}

// String gives Open edX's name.
func (s ShowAnswer) String() string { return nameOf(s, showAnswerNames()) }

// MarshalText implements [encoding.TextMarshaler].
func (s ShowAnswer) MarshalText() ([]byte, error) {
	return marshalName(showAnswerSetting, s, showAnswerNames())
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *ShowAnswer) UnmarshalText(text []byte) error { return unmarshalName(s, text, ParseShowAnswer) }

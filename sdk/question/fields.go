package question

import (
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what the authors of every type fill in, and what is kept of a learner. A type's own fields embed them.
type Fields struct {
	DisplayName string   `quoin:"display_name,settings" title:"Name" help:"What outlines and lists call the question."`
	Prompt      string   `quoin:"prompt,content,html" title:"Question" help:"What is asked. Pictures need a text that says what they show."`
	Hints       []string `quoin:"hints,content,last" items:"html" title:"Hints" add:"Add a hint" help:"A learner opens them one after the other. They cost nothing."`
	Solution    string   `quoin:"solution,content,html,secret,last" title:"Explanation" help:"Stands below the right answer when that is shown."`
	Right       string   `quoin:"feedback_correct,content,html,secret,rare" title:"Feedback on a right answer"`
	Partly      string   `quoin:"feedback_partial,content,html,secret,rare" title:"Feedback on a partly right answer"`
	Wrong       string   `quoin:"feedback_incorrect,content,html,secret,rare" title:"Feedback on a wrong answer"`
	Policy

	Rerandomize string `quoin:"rerandomize,settings,rare" values:"per_student=Each learner has one version|onreset=A new version when the learner starts again|always=A new version each time|never=Everybody has the same version" title:"Order and numbers drawn by chance"`

	// Answers are what the learner submitted or saved last. Saved is when answers were saved that are not submitted, in
	// milliseconds since 1970 UTC, 0 when there are none. HintsShown counts the open hints, and Last is "hint" when opening one
	// was the last thing done.
	Answers    Answers `quoin:"answers,user_state"`
	Saved      int64   `quoin:"saved_at,user_state"`
	HintsShown int     `quoin:"hints_shown,user_state"`
	Last       string  `quoin:"last_action,user_state"`
	// TriedAt is when an answer was tried last, in milliseconds since 1970 UTC.
	TriedAt int64 `quoin:"tried_at,user_state"`
}

// common are the fields of every type.
func (f *Fields) common() *Fields { return f }

// Fielded is a type's fields, which embed [Fields].
type Fielded[F any] interface {
	*F
	common() *Fields
}

// state lists the learner's fields, which views and handlers read.
var state = []string{"answers", "saved_at", "hints_shown", "last_action", "tried_at"}

// Policy is what the platform reads of a question's settings: tries, points and what may be shown are its business, by Open
// edX's names.
type Policy struct {
	MaxAttempts    sdk.Opt[int]     `quoin:"max_attempts,settings,last" min:"0" step:"1" title:"Attempts" help:"How often a learner may submit. Empty is without limit; 0 collects answers without grading them."`
	Weight         sdk.Opt[float64] `quoin:"weight,settings,last" min:"0" step:"0.1" title:"Points" help:"What a full score is worth. Empty is one point for each answer field."`
	GradingMethod  string           `quoin:"grading_method,settings,rare" default:"\"last_score\"" values:"last_score=The last attempt|first_score=The first attempt|highest_score=The best attempt|average_score=The mean of all attempts" title:"Score that counts"`
	SubmissionWait float64          `quoin:"submission_wait_seconds,settings,rare" min:"0" default:"0" title:"Seconds between attempts"`

	ShowAnswer         string `quoin:"showanswer,settings,rare" default:"\"finished\"" values:"always=Always|answered=Once answered right|attempted=After the first attempt|attempted_no_past_due=After the first attempt, however late|closed=When no more answers are taken|finished=When answered right or no more answers are taken|correct_or_past_due=When answered right or after the due date|past_due=After the due date|after_attempts=After some attempts|after_all_attempts=After all attempts|after_all_attempts_or_correct=After all attempts or when answered right|never=Never" title:"Show answer"`
	AttemptsBeforeShow int    `quoin:"attempts_before_showanswer_button,settings,rare" min:"0" default:"0" title:"Attempts before the answer shows"`
	ShowCorrectness    string `quoin:"show_correctness,settings,rare" default:"\"always\"" values:"always=Always|never=Never|past_due=After the due date|never_but_include_grade=Never, but count the score" title:"Show results"`
	ShowResetButton    bool   `quoin:"show_reset_button,settings,rare" title:"Offer to start again"`
	ForceSaveButton    bool   `quoin:"force_save_button,settings,rare" title:"Always offer to save"`
}

// weight is what a full score is worth, nil for raw points.
func (p *Policy) weight() *float64 {
	if !p.Weight.Set || p.Weight.Null || p.Weight.Value < 0 {
		return nil
	}
	return &p.Weight.Value
}

// Check finds values of settings that the platform takes for the default.
func (p *Policy) Check() []wire.Finding {
	var findings []wire.Finding
	findings = append(findings, OneOf("grading_method", p.GradingMethod, "last_score", "first_score", "highest_score", "average_score")...)
	findings = append(findings, OneOf("show_correctness", p.ShowCorrectness, "always", "never", "past_due", "never_but_include_grade")...)
	findings = append(findings, OneOf("showanswer", p.ShowAnswer,
		"always", "answered", "attempted", "attempted_no_past_due", "closed", "finished", "correct_or_past_due", "past_due",
		"after_attempts", "after_all_attempts", "after_all_attempts_or_correct", "never", "")...)
	if p.Weight.Set && p.Weight.Value < 0 {
		findings = append(findings, Warn("weight", "the points are below 0, so they count as not set", "write 0 or more"))
	}
	if p.MaxAttempts.Set && p.MaxAttempts.Value < 0 {
		findings = append(findings, Warn("max_attempts", "a number of attempts below 0 is taken for 0", "leave it empty for no limit"))
	}
	return findings
}

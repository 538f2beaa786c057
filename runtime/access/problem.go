package access

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Policy collects what grading's rules need of a block that grades: its settings resolved, with the person's own due date
// and extra tries. seedRule is the block's own default for rerandomize, "" for never. Settings with unknown values take their defaults; publishing reports them.
func Policy(p *Person, published *course.Published, block *course.Block, seedRule string, granted int) grading.ProblemPolicy {
	s := block.Settings
	policy := grading.ProblemPolicy{
		MaxAttempts: s.MaxAttempts, AttemptsBeforeShowAnswer: s.AttemptsBeforeShow, Weight: block.Facts.Weight,
		SubmissionWait:  time.Duration(s.SubmissionWait * float64(time.Second)),
		ShowResetButton: s.ShowResetButton != nil && *s.ShowResetButton, ForceSaveButton: s.ForceSaveButton,
		Due: Due(p, block), CourseEnd: published.Run.Time("end"),
	}
	if s.MaxAttempts != nil && granted > 0 {
		most := *s.MaxAttempts + granted
		policy.MaxAttempts = &most
	}
	timed := block.Subsection != nil && Limit(block.Subsection.Block) > 0
	if s.GracePeriod != nil && !timed { // Open edX adds none to timed work
		policy.Grace = time.Duration(*s.GracePeriod * float64(time.Second))
	}
	// An unknown value leaves the default, which the parsers return beside their error.
	if s.ShowAnswer != nil {
		policy.ShowAnswer, _ = grading.ParseShowAnswer(*s.ShowAnswer)
	}
	if s.ShowCorrectness != nil {
		policy.ShowCorrectness, _ = grading.ParseShowCorrectness(*s.ShowCorrectness)
	}
	// An empty rerandomize is Open edX's old word for always, so absence must not be read as one.
	if s.Rerandomize != nil {
		policy.Rerandomize, _ = grading.ParseRerandomize(*s.Rerandomize)
	} else if seedRule != "" {
		policy.Rerandomize, _ = grading.ParseRerandomize(seedRule)
	}
	policy.GradingMethod = CountingMethod(block)
	return policy
}

// CountingMethod is which verdicts count at a block: the author's grading_method, else what the block's facts say.
func CountingMethod(block *course.Block) grading.Method {
	name := block.Settings.GradingMethod
	if name == "" {
		name = string(block.Facts.Counts)
	}
	if name == "" {
		return grading.MethodLast
	}
	method, _ := grading.ParseMethod(name) // unknown is the default
	return method
}

// Problem says what a learner may do at a block that grades now. seen is the verdict on seeing it at all.
func Problem(p *Person, seen Verdict, policy *grading.ProblemPolicy, progress grading.Progress, now time.Time) *wire.Access {
	verdicts := policy.At(now, progress)
	a := &wire.Access{
		Submit: gate(verdicts.Submit), Save: gate(verdicts.Save), Reset: gate(verdicts.Reset),
		Answer: gate(verdicts.Answer), Correctness: gate(verdicts.Correctness),
		Tries: progress.Attempts, MaxTries: policy.MaxAttempts,
	}
	why := ""
	switch {
	case !seen.Allowed:
		why = seen.Why
	case p.Role() == wire.RoleVisitor:
		why = wire.WhyVisitor
	case p.ReadOnly:
		why = wire.WhyReadOnly
	}
	if why != "" {
		closed := wire.Gate{Why: why}
		a.Submit, a.Save, a.Reset = closed, closed, closed
		if why != wire.WhyReadOnly {
			a.Answer = closed
		}
	}
	return a
}

func gate(g grading.Gate) wire.Gate {
	out := wire.Gate{Open: g.Open, Why: string(g.Why)}
	if !g.Changes.IsZero() {
		out.Changes = g.Changes.UnixMilli()
	}
	return out
}

package grading

import (
	"slices"
	"time"
)

// ProblemPolicy is what the author, the course and staff set for one problem and one learner: settings resolved down the
// tree, dates with the learner's own extension already in place. The zero value is an ungraded practice problem with
// Open edX's defaults: unlimited tries, no dates, the answer shown once it is correct.
type ProblemPolicy struct {
	// MaxAttempts is nil for unlimited tries. 0 is a survey: answers can be saved and never submitted.
	MaxAttempts *int
	// AttemptsBeforeShowAnswer belongs to [ShowAfterAttempts].
	AttemptsBeforeShowAnswer int
	// Weight and GradingMethod say what the problem is worth; see [Score.Weigh] and [Counted]. At does not read them.
	Weight        *float64
	GradingMethod Method
	// SubmissionWait is how long to wait after a try that counted before the next one.
	SubmissionWait  time.Duration
	ShowResetButton bool
	ForceSaveButton bool
	Rerandomize     Rerandomize
	ShowAnswer      ShowAnswer
	ShowCorrectness ShowCorrectness
	// Due is zero when there is none; then CourseEnd stands in, which may be zero too. Grace is added to either.
	Due, CourseEnd time.Time
	Grace          time.Duration
}

// Progress is what one learner did with a problem so far.
type Progress struct {
	// Attempts counts submissions over all sittings since staff last reset the learner, less those given back as invalid.
	Attempts int
	// Done says that something was submitted in the sitting under way; a reset makes it false again.
	Done bool
	// Full says that the score that counts is all that is possible. It is read together with Done: after a reset nothing
	// is correct until the next submission.
	Full bool
	// Pending says that the newest submission still waits for its verdict and that the host wants it to come first.
	Pending bool
	// LastSubmission is when the last try was made that was not given back; zero for none.
	LastSubmission time.Time
	// Staff says that the person who looks is course staff. Staff see answers and results earlier; tries and dates bind
	// them like everybody.
	Staff bool
}

// Verdicts is what a learner may do to a problem at one instant, each with when that next changes by itself.
type Verdicts struct {
	// Active says that the problem takes answers: tries are left and the close date has not passed.
	Active Gate
	// Submit adds to Active that no reset, wait or verdict has to come first.
	Submit Gate
	// Save says whether to offer saving without submitting.
	Save Gate
	// Reset says whether to offer a new sitting.
	Reset Gate
	// Answer says whether the answer may be shown.
	Answer Gate
	// Correctness says whether results may be shown.
	Correctness Gate
	// Included says whether the points count in the grade that the learner is shown.
	Included Gate

	// TriesLeft is nil when tries are unlimited.
	TriesLeft *int
	// Wait is the time until SubmissionWait allows the next try, 0 when it already does.
	Wait time.Duration
	// Closes is the close date itself, which still belongs to the time before; zero for none.
	Closes time.Time
}

// Closes is the close date: the due date, or without one the end of the course, and the grace period.
func (p ProblemPolicy) Closes() time.Time {
	closes := p.Due
	if closes.IsZero() {
		closes = p.CourseEnd
	}
	if closes.IsZero() {
		return time.Time{}
	}
	return closes.Add(p.Grace)
}

// At says what holds at an instant. Times count in whole milliseconds: a submission that arrived in the millisecond of the
// close date is in time.
func (p ProblemPolicy) At(now time.Time, progress Progress) Verdicts {
	now = now.Truncate(resolution)
	verdicts := p.hold(now, progress)
	for _, instant := range p.instants(now, progress) {
		later := p.hold(instant, progress)
		laterGates := later.gates()
		for i, gate := range verdicts.gates() {
			if gate.Changes.IsZero() && !gate.same(*laterGates[i]) {
				gate.Changes = instant
			}
		}
	}
	return verdicts
}

// instants lists the moments after now at which a rule may flip, soonest first. Every rule that looks at the time does so
// through past(Closes) or waiting, so these are all.
func (p ProblemPolicy) instants(now time.Time, progress Progress) []time.Time {
	var instants []time.Time
	for _, instant := range []time.Time{p.waitsUntil(progress), p.pastClose()} {
		if instant.After(now) {
			instants = append(instants, instant)
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	return instants
}

func (p ProblemPolicy) pastClose() time.Time {
	closes := p.Closes()
	if closes.IsZero() {
		return time.Time{}
	}
	return firstPast(closes)
}

// waitsUntil is the first instant at which SubmissionWait allows another try; zero when it never holds one back.
func (p ProblemPolicy) waitsUntil(progress Progress) time.Time {
	if p.SubmissionWait <= 0 || progress.LastSubmission.IsZero() {
		return time.Time{}
	}
	return progress.LastSubmission.Truncate(resolution).Add(p.SubmissionWait.Truncate(resolution))
}

// gates lists the gates in a fixed order.
func (v *Verdicts) gates() [7]*Gate {
	return [...]*Gate{&v.Active, &v.Submit, &v.Save, &v.Reset, &v.Answer, &v.Correctness, &v.Included}
}

package grading

import "time"

// situation is a policy and a learner's progress at one instant.
type situation struct {
	ProblemPolicy
	Progress
	now       time.Time
	closeDate time.Time
}

// hold applies the rules of one instant; Changes stays zero.
func (p ProblemPolicy) hold(now time.Time, progress Progress) Verdicts {
	s := situation{ProblemPolicy: p, Progress: progress, now: now, closeDate: p.Closes()}
	verdicts := Verdicts{
		Active: s.active(), Submit: s.submit(), Save: s.save(), Reset: s.reset(),
		Correctness: p.ShowCorrectness.Results(s.closeDate, now, progress.Staff),
		Included:    p.ShowCorrectness.Included(s.closeDate, now, progress.Staff),
		TriesLeft:   s.triesLeft(),
		Closes:      s.closeDate,
	}
	verdicts.Answer = s.answer(verdicts.Correctness)
	if until := p.waitsUntil(progress); until.After(now) {
		verdicts.Wait = until.Sub(now)
	}
	for _, gate := range verdicts.gates() {
		gate.Changes = time.Time{} // Results and Included know theirs; At finds all in one way
	}
	return verdicts
}

func (s situation) survey() bool { return s.MaxAttempts != nil && *s.MaxAttempts <= 0 }

func (s situation) usedAll() bool { return s.MaxAttempts != nil && s.Attempts >= *s.MaxAttempts }

func (s situation) pastDue() bool { return past(s.closeDate, s.now) }

func (s situation) attempted() bool { return s.Attempts > 0 }

func (s situation) correct() bool { return s.Done && s.Full }

func (s situation) needsReset() bool { return s.Done && s.Rerandomize == RandomizeAlways }

func (s situation) triesLeft() *int {
	if s.MaxAttempts == nil {
		return nil
	}
	left := max(0, *s.MaxAttempts-max(0, s.Attempts))
	return &left
}

// active is Open edX's not closed(): tries are looked at before dates.
func (s situation) active() Gate {
	switch {
	case s.survey():
		return shut(ReasonPolicy)
	case s.usedAll():
		return shut(ReasonNoTries)
	case s.pastDue() && s.Due.IsZero():
		return shut(ReasonEnded)
	case s.pastDue():
		return shut(ReasonPastDue)
	}
	return opened()
}

func (s situation) submit() Gate {
	active := s.active()
	switch {
	case !active.Open:
		return active
	case s.needsReset():
		return shut(ReasonNeedsReset)
	case s.Pending:
		return shut(ReasonPending)
	case s.waitsUntil(s.Progress).After(s.now):
		return shut(ReasonWait)
	}
	return opened()
}

// save follows should_show_save_button: saving is offered where submitting has a price (limited tries, a new variant), or
// where the author forces it. Two cases in which Open edX's button and its handler disagree follow the kinder and the
// workable one: a survey can be saved with a forced button too, and a forced button waits for the reset that the handler
// would demand.
func (s situation) save() Gate {
	active := s.active()
	switch {
	case s.needsReset():
		return shut(ReasonNeedsReset)
	case s.survey():
		return opened()
	case !active.Open:
		return active
	}
	return openIf(s.ForceSaveButton || s.MaxAttempts != nil || s.Rerandomize == RandomizeAlways, ReasonPolicy)
}

// reset follows should_show_reset_button.
func (s situation) reset() Gate {
	active := s.active()
	if !active.Open && !s.survey() {
		return active
	}
	newVariant := s.Rerandomize.Reseeds() && s.Done
	return openIf(newVariant || s.ShowResetButton && !s.correct(), ReasonPolicy)
}

// answer follows answer_available.
func (s situation) answer(results Gate) Gate {
	switch {
	case !results.Open:
		return results
	case s.ShowAnswer == ShowNever:
		return shut(ReasonPolicy)
	case s.Staff:
		return opened()
	}
	return openIf(s.answerShown(), ReasonPolicy)
}

func (s situation) answerShown() bool {
	switch s.ShowAnswer {
	case ShowAlways:
		return true
	case ShowAnswered:
		return s.correct()
	case ShowAttempted:
		return s.attempted() || s.pastDue()
	case ShowAttemptedNoPastDue:
		return s.attempted()
	case ShowClosed:
		return s.usedAll() || s.pastDue()
	case ShowFinished:
		return s.usedAll() || s.pastDue() || s.correct()
	case ShowCorrectOrPastDue:
		return s.correct() || s.pastDue()
	case ShowPastDue:
		return s.pastDue()
	case ShowAfterAttempts:
		return s.Attempts >= s.requiredAttempts()
	case ShowAfterAllAttempts:
		return s.usedAll()
	case ShowAfterAllOrCorrect:
		return s.usedAll() || s.correct()
	case ShowNever:
	}
	return false
}

// requiredAttempts cannot be more than there are tries; a survey's 0 is no such limit.
func (s situation) requiredAttempts() int {
	if s.MaxAttempts != nil && *s.MaxAttempts > 0 {
		return min(s.AttemptsBeforeShowAnswer, *s.MaxAttempts)
	}
	return s.AttemptsBeforeShowAnswer
}

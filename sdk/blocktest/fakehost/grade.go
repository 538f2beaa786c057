package fakehost

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Submission is one answer that was handed in, with what became of it.
type Submission struct {
	wire.Submission
	Learner  string
	Sitting  string
	Sequence int
	Seed     int
	Evidence []wire.Evidence
	// Verdicts are all that it got, oldest first; the last one holds.
	Verdicts []wire.Verdict
	// Failed says why grading ended without a verdict and staff were asked; "" otherwise. Trouble is why it is tried again.
	Failed, Trouble string

	place *Place
	// prepared is the content that the sitting was pinned to.
	prepared *Prepared
	// waits says that a worker must look at it.
	waits bool
	tries int
}

// Verdict is the one that holds, nil before the first.
func (s *Submission) Verdict() *wire.Verdict {
	if len(s.Verdicts) == 0 {
		return nil
	}
	return &s.Verdicts[len(s.Verdicts)-1]
}

// Submission returns a submission by its id, nil when there is none.
func (w *World) Submission(id string) *Submission {
	i := slices.IndexFunc(w.submissions, func(s *Submission) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return w.submissions[i]
}

// Submissions lists what a learner handed in at a place, oldest first.
func (w *World) Submissions(learner string, place *Place) []*Submission {
	var mine []*Submission
	for _, s := range w.submissions {
		if s.Learner == learner && s.place == place {
			mine = append(mine, s)
		}
	}
	return mine
}

// accept takes a submission: the try is counted in the same write.
func (w *World) accept(s *seat, live *state, p *plan) {
	live.sequence++
	id := p.origin.submission
	live.tries = append(live.tries, try{submission: id, sitting: live.sitting.id, at: w.now})
	w.submissions = append(w.submissions, &Submission{
		Submission: wire.Submission{ID: id, Attempt: len(live.tries), At: w.now.UnixMilli(), Answers: p.submit.Answers, Files: p.submit.Files},
		Learner:    s.person.ID, Sitting: live.sitting.id, Sequence: live.sequence, Seed: live.sitting.seed,
		place: s.place, prepared: s.prepared, waits: true,
	})
}

// settle appends evidence to a submission of the same usage and has it graded again. Anything else is dropped, as a host
// would: the reply was given already.
func (w *World) settle(o origin, e *wire.Settle) {
	s := w.Submission(e.Submission)
	if s == nil || s.place != o.place {
		w.Logged = append(w.Logged, fmt.Sprintf("host: evidence for the submission %q, which is not there, was dropped", e.Submission))
		return
	}
	from := o.learner
	if from == "" {
		from = o.from
	}
	w.AddEvidence(s, from, e.Data)
}

// AddEvidence appends evidence to a submission and has it graded again.
func (w *World) AddEvidence(s *Submission, from string, data json.RawMessage) {
	s.Evidence = append(s.Evidence, wire.Evidence{At: w.now.UnixMilli(), From: from, Data: data})
	s.waits, s.tries = true, 0
}

// Regrade has a submission graded again by the content that is published now.
func (w *World) Regrade(s *Submission) error {
	if s.place.prepared != nil {
		s.prepared = s.place.prepared
	}
	s.waits, s.tries = true, 0
	return w.deliver(s)
}

// blockTries is how often a block may fail at one submission before staff are asked.
const blockTries = 3

// deliver carries a submission to its next verdict. An error is a failure that is not the block's: it is tried again later.
func (w *World) deliver(s *Submission) error {
	for s.waits {
		verdict, err := w.Grade(s)
		var failure *wire.Error
		switch {
		case err == nil && verdict.Outcome != wire.OutcomeFailed:
			s.waits, s.Failed, s.Trouble, s.tries = false, "", "", 0
			s.Verdicts = append(s.Verdicts, *verdict)
			w.enter(s, verdict)
		case err != nil && errors.As(err, &failure) && failure.Blame != wire.BlameBlock:
			s.Trouble = err.Error()
			return err
		default:
			if err == nil {
				err = fmt.Errorf("the block could not grade the submission: %s", verdict.Message)
			}
			s.Trouble = err.Error()
			if s.tries++; s.tries >= blockTries {
				s.waits, s.Failed = false, err.Error()
			}
		}
	}
	return nil
}

// Grade asks the block for a verdict on a submission, without entering it: what a dry run does.
func (w *World) Grade(s *Submission) (*wire.Verdict, error) {
	values, err := w.vary(s.place, s.prepared, s.Seed, s.Learner)
	if err != nil {
		return nil, err
	}
	context := wire.Context{Seed: &s.Seed, Now: s.At, Random: digest("grade", s.ID)}
	if w.description.Identity && !s.prepared.Facts.Impersonal {
		context.Subject = s.Learner
	}
	request := &wire.GradeRequest{
		Submission: s.Submission, Evidence: s.Evidence,
		Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret},
	}
	if w.description.Grade.Previous {
		request.Previous = w.before(s)
	}
	var verdict wire.Verdict
	err = w.ask(question{
		op: wire.OpGrade, context: context, body: request,
		asker: &asker{role: wire.RoleHost, place: s.place, subject: s.Learner, key: "grade " + s.ID},
	}, &verdict)
	if errors.Is(err, &wire.Error{Code: wire.CodeFuel}) {
		return &wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "grading this answer took too many steps; the try was given back"}, nil
	}
	if err != nil {
		return nil, err
	}
	if failure := wire.CheckVerdict(&verdict); failure != nil {
		return nil, failure
	}
	return &verdict, nil
}

// before is the verdict on the submission before.
func (w *World) before(s *Submission) *wire.Verdict {
	var verdict *wire.Verdict
	for _, earlier := range w.Submissions(s.Learner, s.place) {
		if earlier.Sequence < s.Sequence {
			verdict = earlier.Verdict()
		}
	}
	return verdict
}

// enter puts a verdict into tries and completion.
func (w *World) enter(s *Submission, verdict *wire.Verdict) {
	live := s.place.state(s.Learner)
	switch verdict.Outcome {
	case wire.OutcomeInvalid:
		live.giveBack(s.ID)
	case wire.OutcomeScored:
		if s.prepared.Facts.Completion == wire.CompleteOnSubmit {
			s.place.complete(s.Learner, 1)
		}
	default: // pending counts nowhere yet
	}
}

func clamp(v *wire.Verdict) float64 { return max(0, min(v.Earned, v.Possible)) }

// counted is the verdict that counts by the place's rule, nil while nothing is scored. For the average it is the newest one.
func (w *World) counted(learner string, place *Place) *wire.Verdict {
	var best *wire.Verdict
	counts := w.policy(place).counts
	for _, v := range w.scored(learner, place) {
		switch {
		case best == nil, counts == wire.CountLast, counts == wire.CountAverage,
			counts == wire.CountHighest && (clamp(v) > clamp(best) || clamp(v) == clamp(best) && v.Possible > best.Possible):
			best = v
		}
	}
	return best
}

func (w *World) scored(learner string, place *Place) []*wire.Verdict {
	var scored []*wire.Verdict
	for _, s := range w.Submissions(learner, place) {
		if v := s.Verdict(); v != nil && v.Outcome == wire.OutcomeScored {
			scored = append(scored, v)
		}
	}
	return scored
}

// Score is what counts for a learner at a place: raw points, or what staff set; ok is false while there is neither.
func (w *World) Score(learner string, place *Place) (earned, possible float64, ok bool) {
	if set, given := w.scores[learner][place.Usage]; given {
		return set.Earned, set.Possible, true
	}
	verdict := w.counted(learner, place)
	if verdict == nil {
		return 0, 0, false
	}
	if w.policy(place).counts != wire.CountAverage {
		return clamp(verdict), verdict.Possible, true
	}
	scored := w.scored(learner, place)
	sum := 0.0
	for _, v := range scored {
		sum += clamp(v)
	}
	mean := math.Round(sum/float64(len(scored))*100) / 100
	return min(mean, verdict.Possible), verdict.Possible, true
}

// override is the score effect: staff's decision wins over verdicts.
func (w *World) override(place *Place, e *wire.SetScore) {
	w.SetScore(e.Learner, place.Usage, wire.Score{Earned: e.Earned, Possible: e.Possible, Completion: place.state(e.Learner).completion})
}

// verdicts gives a view the newest and the counted verdict, reduced while correctness is hidden. After a reset the form is
// fresh: an earlier sitting's verdict counts, but is not what the learner looks at.
func (s *seat) verdicts() (newest, counted *wire.Verdict) {
	w := s.world
	for _, submission := range w.Submissions(s.person.ID, s.place) {
		if v := submission.Verdict(); v != nil {
			newest = v
			if submission.Sitting != s.sittingID() {
				newest = nil
			}
		}
	}
	counted = w.counted(s.person.ID, s.place)
	if allowed := s.access(); allowed != nil && !allowed.Correctness.Open {
		return hide(newest), hide(counted)
	}
	if _, set := w.scores[s.person.ID][s.place.Usage]; counted != nil && !set && w.policy(s.place).counts == wire.CountAverage {
		mean := *counted // no one verdict has the points that count
		mean.Earned, mean.Possible, _ = w.Score(s.person.ID, s.place)
		counted = &mean
	}
	return newest, counted
}

// hide leaves of a verdict what a learner may know while correctness is hidden.
func hide(v *wire.Verdict) *wire.Verdict {
	if v == nil || v.Outcome == wire.OutcomeInvalid {
		return v
	}
	return &wire.Verdict{Outcome: wire.OutcomeSubmitted}
}

// waiting describes the newest submission while it has no final verdict; nil when it has one.
func (s *seat) waiting() *wire.Grading {
	if len(s.state.tries) == 0 {
		return nil
	}
	submission := s.world.Submission(s.state.tries[len(s.state.tries)-1].submission)
	switch verdict := submission.Verdict(); {
	case submission.Failed != "":
		return &wire.Grading{Failed: true}
	case verdict == nil:
		return &wire.Grading{}
	case verdict.Outcome == wire.OutcomePending:
		return &wire.Grading{Who: verdict.Message}
	}
	return nil
}

// Report puts submissions of a place into words.
func (w *World) Report(place *Place, submissions ...*Submission) ([]wire.ReportRow, error) {
	request := &wire.ReportRequest{}
	for _, s := range submissions {
		values, err := w.vary(place, s.prepared, s.Seed, s.Learner)
		if err != nil {
			return nil, err
		}
		request.Submissions = append(request.Submissions, wire.ReportSubmission{
			Submission: s.Submission, Verdict: s.Verdict(), Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret},
		})
	}
	var reply wire.ReportReply
	err := w.ask(question{op: wire.OpReport, body: request}, &reply)
	return reply.Rows, err
}

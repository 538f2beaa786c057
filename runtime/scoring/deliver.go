package scoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Deliver carries one submission to its next verdict, if it waits for one and nobody else holds it. It is what a worker
// does with a job; worker names him. An error means that it will be tried again.
func (s *Scorer) Deliver(ctx context.Context, id, worker string) error {
	claim, err := s.claim(ctx, id, worker)
	if err != nil || claim == nil {
		return err
	}
	stop := s.renew(ctx, claim)
	defer stop()
	submission, err := s.submissions.Get(ctx, id)
	if err != nil {
		return s.postpone(ctx, claim, err)
	}
	judgement, err := s.judge(ctx, claim, &submission.Body)
	if err != nil {
		return s.postpone(ctx, claim, err)
	}
	var verdict wire.Verdict
	if err := json.Unmarshal([]byte(judgement.Verdict), &verdict); err != nil {
		return fmt.Errorf("delivering %s: %w", id, err)
	}
	if err := s.account(ctx, id, &submission.Body, judgement, &verdict); err != nil {
		return s.postpone(ctx, claim, err)
	}
	end := StateDone
	if verdict.Outcome == wire.OutcomePending {
		end = StatePending
	}
	return s.finish(ctx, claim, end, judgement)
}

// claim takes the lease; nil when there is nothing to do or somebody else holds it.
func (s *Scorer) claim(ctx context.Context, id, worker string) (*store.Doc[Delivery], error) {
	now := s.config.Now()
	taken := false
	doc, err := s.deliveries.Update(ctx, id, func(d *Delivery) (bool, error) {
		free := d.State == StateWaiting || d.State == StateLeased && d.Due != nil && !d.Due.After(now)
		taken = free && (d.Due == nil || !d.Due.After(now))
		if !taken {
			return false, nil
		}
		until := now.Add(s.config.Lease)
		d.State, d.Worker, d.Due = StateLeased, worker, &until
		d.Tries++
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming %s: %w", id, err)
	}
	if !taken {
		return nil, nil
	}
	return &doc, nil
}

// renew keeps the lease while the worker lives; the returned function ends that.
func (s *Scorer) renew(ctx context.Context, claim *store.Doc[Delivery]) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	worker, tries := claim.Body.Worker, claim.Body.Tries
	go func() {
		defer close(done)
		ticker := time.NewTicker(s.config.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			_, err := s.deliveries.Update(ctx, claim.ID, func(d *Delivery) (bool, error) {
				if d.State != StateLeased || d.Worker != worker || d.Tries != tries {
					return false, nil
				}
				until := s.config.Now().Add(s.config.Lease)
				d.Due = &until
				return true, nil
			})
			if err != nil && ctx.Err() == nil {
				s.config.Log.Warn("a lease could not be renewed", "submission", claim.ID, "error", err)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// judge gives the verdict of this number: the one that an earlier worker left, or a new one.
func (s *Scorer) judge(ctx context.Context, claim *store.Doc[Delivery], submission *Submission) (*Judgement, error) {
	id := judgementID(claim.ID, claim.Body.Verdicts+1)
	left, err := s.judgements.Get(ctx, id)
	if err == nil {
		return &left.Body, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	ask := claim.Body.Ask
	if ask != nil && ask.Copy > 0 && ask.Order > claim.Body.Answered {
		return s.copyVerdict(ctx, claim, ask)
	}
	submission = ask.apply(submission)
	evidence, err := s.gather(ctx, claim.ID)
	if err != nil {
		return nil, err
	}
	previous, err := s.previous(ctx, submission)
	if err != nil {
		return nil, err
	}
	graded, err := s.config.Grader.Grade(ctx, claim.ID, submission, evidence, previous)
	if err != nil {
		return nil, err
	}
	if graded.Verdict.Outcome == wire.OutcomeFailed {
		return nil, s.failed(claim, graded.Verdict.Message)
	}
	encoded, err := json.Marshal(graded.Verdict)
	if err != nil {
		return nil, fmt.Errorf("encoding a verdict: %w", err)
	}
	graded.Receipt.Evidence = len(evidence)
	judgement := &Judgement{
		Submission: claim.ID, Number: claim.Body.Verdicts + 1, Learner: submission.Learner, Run: submission.listed(), Usage: submission.Usage,
		Verdict: string(encoded), At: s.config.Now(), Receipt: graded.Receipt,
	}
	if ask != nil && ask.Order > claim.Body.Answered {
		judgement.Ask, judgement.Only = ask.Order, ask.Only
	}
	return s.addVerdict(ctx, judgement)
}

// addVerdict stores a verdict under its number, unless a worker that was thought dead was faster: then his stands.
func (s *Scorer) addVerdict(ctx context.Context, judgement *Judgement) (*Judgement, error) {
	id := judgementID(judgement.Submission, judgement.Number)
	err := s.judgements.Insert(ctx, id, *judgement)
	if errors.Is(err, store.ErrExists) {
		left, err := s.judgements.Get(ctx, id)
		return &left.Body, err
	}
	return judgement, err
}

func judgementID(submission string, number int) string {
	return store.ID(submission, fmt.Sprintf("%06d", number))
}

// errBlockFailed is a failure that counts against the block's tries.
var errBlockFailed = errors.New("the block could not grade the submission")

func (s *Scorer) failed(claim *store.Doc[Delivery], message string) error {
	return fmt.Errorf("%w (failure %d of %d): %s", errBlockFailed, claim.Body.Failures+1, s.config.Tries, message)
}

// errNotYet means that an earlier submission has to be graded first.
var errNotYet = errors.New("the submission before has no verdict yet")

// previous gives the verdict before, where the block wants it.
func (s *Scorer) previous(ctx context.Context, submission *Submission) (*wire.Verdict, error) {
	if submission.Sequence <= 1 {
		return nil, nil
	}
	ordered, err := s.config.Grader.InOrder(ctx, submission)
	if err != nil || !ordered {
		return nil, err
	}
	before, _, err := s.submissions.Find(ctx, store.Query{
		Index: "mine", Equal: []any{submission.Learner, submission.Usage}, To: submission.Sequence, Reverse: true, Limit: 1,
	})
	if err != nil || len(before) == 0 {
		return nil, err
	}
	delivery, err := s.deliveries.Get(ctx, before[0].ID)
	if err != nil {
		return nil, err
	}
	if delivery.Body.State == StateWaiting || delivery.Body.State == StateLeased {
		return nil, errNotYet
	}
	return s.Verdict(ctx, before[0].ID, delivery.Body.Verdicts)
}

// Verdict returns one verdict of a submission by its number, nil when there is none.
func (s *Scorer) Verdict(ctx context.Context, submission string, number int) (*wire.Verdict, error) {
	doc, err := s.judgements.Get(ctx, judgementID(submission, number))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading verdict %d of %s: %w", number, submission, err)
	}
	return decodeVerdict(doc.Body.Verdict)
}

// Evidence reads what settled a submission so far, oldest first.
func (s *Scorer) Evidence(ctx context.Context, submission string) ([]wire.Evidence, error) {
	return s.gather(ctx, submission)
}

func (s *Scorer) gather(ctx context.Context, submission string) ([]wire.Evidence, error) {
	docs, _, err := s.evidence.Find(ctx, store.Query{Index: "submission", Equal: []any{submission}, Limit: maxEvidence})
	if err != nil {
		return nil, fmt.Errorf("gathering evidence: %w", err)
	}
	var evidence []wire.Evidence
	for _, doc := range docs {
		evidence = append(evidence, wire.Evidence{At: doc.Body.At.UnixMilli(), From: doc.Body.From, Data: json.RawMessage(doc.Body.Data)})
	}
	return evidence, nil
}

// postpone lets go of the lease after something went wrong: a failure of the block counts and ends, after some, with staff
// being asked; anything else is tried again.
func (s *Scorer) postpone(ctx context.Context, claim *store.Doc[Delivery], cause error) error {
	if ctx.Err() != nil {
		return cause // the worker stops; the lease's end brings the next one
	}
	blamed := countsAgainstBlock(cause)
	end, delay := StateWaiting, backoff(claim.Body.Tries)
	switch {
	case errors.Is(cause, errNotYet):
		delay = time.Second
	case blamed && claim.Body.Failures+1 >= s.config.Tries:
		end = StateFailed
	}
	_, err := s.deliveries.Update(ctx, claim.ID, func(d *Delivery) (bool, error) {
		if d.State != StateLeased || d.Worker != claim.Body.Worker || d.Tries != claim.Body.Tries {
			return false, nil
		}
		d.State, d.Worker, d.Due, d.Failure = end, "", nil, clip(cause.Error())
		if end == StateWaiting {
			at := s.config.Now().Add(delay)
			d.Due = &at
		}
		if d.askedSince(claim.Body.Ask) { // staff asked while this try went on
			d.wait(s.config.Now())
			return true, nil
		}
		switch {
		case errors.Is(cause, errNotYet):
			d.Tries--
		case blamed:
			d.Failures++
		}
		return true, nil
	})
	if end == StateFailed && err == nil {
		s.config.Log.Error("a submission could not be graded; staff see it", "submission", claim.ID, "error", cause)
		s.tell(ctx, claim.ID, claim.Body.Learner, claim.Body.Usage)
		return nil
	}
	return errors.Join(fmt.Errorf("grading %s: %w", claim.ID, cause), err)
}

// countsAgainstBlock reports whether the block is at fault in a way that more tries may not mend. A block that is busy with
// others' answers, or being started again, is not.
func countsAgainstBlock(cause error) bool {
	if errors.Is(cause, errBlockFailed) {
		return true
	}
	var failure *wire.Error
	return errors.As(cause, &failure) && failure.Blame == wire.BlameBlock &&
		failure.Code != wire.CodeUnavailable && failure.Code != wire.CodeStopping
}

// backoff grows with the tries: 1, 2, 4 ... 60 seconds.
func backoff(tries int) time.Duration {
	return min(time.Minute, time.Second<<min(max(tries-1, 0), 6))
}

// clip bounds a failure's text.
func clip(text string) string { return text[:min(len(text), 2000)] }

// finish ends the lease. Evidence that came meanwhile sends the submission round again.
func (s *Scorer) finish(ctx context.Context, claim *store.Doc[Delivery], end State, judgement *Judgement) error {
	now := s.config.Now()
	doc, err := s.deliveries.Update(ctx, claim.ID, func(d *Delivery) (bool, error) {
		if d.Verdicts >= judgement.Number {
			return false, nil // another worker finished the same verdict
		}
		d.State, d.Worker, d.Due, d.Failure = end, "", nil, ""
		d.Verdicts, d.Graded, d.Tries, d.Failures = judgement.Number, judgement.Receipt.Evidence, 0, 0
		d.Answered = max(d.Answered, judgement.Ask)
		if d.Evidence > d.Graded || d.Ask != nil && d.Ask.Order > d.Answered {
			d.State, d.Due = StateWaiting, &now
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("finishing %s: %w", claim.ID, err)
	}
	if doc.Body.State == StateWaiting {
		s.hand(ctx, claim.ID, doc.Body.Run, doc.Body.Verdicts*100)
	}
	return nil
}

// tell lets open pages of the learner know that there is a verdict, or that there will be none.
func (s *Scorer) tell(ctx context.Context, id, learner, usage string) {
	if s.config.Bus == nil {
		return
	}
	err := s.config.Bus.Publish(ctx, ports.Message{Topic: LearnerTopic(learner), Kind: "verdict", ID: usage + " " + id})
	if err != nil {
		s.config.Log.Warn("pages were not told of a verdict; they will ask", "submission", id, "error", err)
	}
}

// Tell lets open pages of the learner ask for a problem again; id names why.
func (s *Scorer) Tell(ctx context.Context, id, learner, usage string) {
	s.tell(ctx, id, learner, usage)
}

// LearnerTopic is the bus topic of what happens to one learner in one run.
func LearnerTopic(learner string) string { return "learner:" + learner }

// giveBack returns the try of an answer that could not be graded.
func (s *Scorer) giveBack(ctx context.Context, id string, submission *Submission) error {
	_, err := s.learners.Update(ctx, state.LearnerID(submission.Learner, submission.Usage), func(l *state.Learner) (bool, error) {
		return l.GiveBack(id), nil
	})
	if err != nil {
		return fmt.Errorf("giving a try back: %w", err)
	}
	return nil
}

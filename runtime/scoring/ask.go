package scoring

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Only says when an asked verdict takes the place of the one that stands.
type Only string

// When a verdict enters the score. The values are stored.
const (
	// OnlyNew is every verdict that staff did not ask for anew: it enters as it is.
	OnlyNew Only = ""
	// OnlyScored enters when there are points: an answer that cannot be graded any more keeps what it had.
	OnlyScored Only = "scored"
	// OnlyHigher enters when there are points and their part of what is possible is not smaller (Open edX: only_if_higher).
	OnlyHigher Only = "higher"
)

// Ask is what staff asked for about one submission.
type Ask struct {
	// Order grows with each ask about the submission.
	Order int64 `bson:"order" json:"order"`
	// Artifact and Content are what to grade by instead of what the submission names; "" keeps that.
	Artifact string `bson:"artifact,omitempty" json:"artifact,omitempty"`
	Content  string `bson:"content,omitempty" json:"content,omitempty"`
	Only     Only   `bson:"only,omitempty" json:"only,omitempty"`
	// Copy is the number of an earlier verdict to give once more, which undoes a later one; 0 grades.
	Copy int `bson:"copy,omitempty" json:"copy,omitempty"`
}

// apply gives the submission as the ask wants it graded. A nil ask leaves it.
func (a *Ask) apply(submission *Submission) *Submission {
	if a == nil || a.Artifact == "" && a.Content == "" {
		return submission
	}
	by := *submission
	if a.Artifact != "" {
		by.Artifact = a.Artifact
	}
	if a.Content != "" {
		by.Content = a.Content
	}
	return &by
}

// askedSince reports whether there is an ask that somebody who read the other one has not seen.
func (d *Delivery) askedSince(seen *Ask) bool {
	return d.Ask != nil && (seen == nil || seen.Order < d.Ask.Order)
}

// wait sends the submission round again, with all its tries.
func (d *Delivery) wait(now time.Time) {
	d.State, d.Due, d.Tries, d.Failures, d.Failure = StateWaiting, &now, 0, 0, ""
}

// Ask has a submission graded again, or an earlier verdict given again, and keeps every verdict that there is. It is a step
// of a commit: doing it again changes nothing, and an earlier ask than the last one is left out.
func (s *Scorer) Ask(ctx context.Context, submission string, ask Ask) error {
	asked := false
	doc, err := s.deliveries.Update(ctx, submission, func(d *Delivery) (bool, error) {
		asked = d.Learner != "" && (d.Ask == nil || d.Ask.Order < ask.Order)
		if !asked {
			return false, nil // done already, or erased since
		}
		d.Ask = &ask
		if d.State != StateLeased { // a worker that holds it looks again when it finishes
			d.wait(s.config.Now())
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("asking for a verdict of %s: %w", submission, err)
	}
	if asked && doc.Body.State == StateWaiting {
		s.hand(ctx, submission, doc.Body.Run, askTry+int(ask.Order))
	}
	return nil
}

// askTry keeps the names of the jobs of asks apart from those of tries.
const askTry = 1_000_000

// copyVerdict gives an earlier verdict once more, under the next number.
func (s *Scorer) copyVerdict(ctx context.Context, claim *store.Doc[Delivery], ask *Ask) (*Judgement, error) {
	earlier, err := s.judgements.Get(ctx, judgementID(claim.ID, ask.Copy))
	if err != nil {
		return nil, fmt.Errorf("giving verdict %d of %s again: %w", ask.Copy, claim.ID, err)
	}
	again := earlier.Body
	again.Number, again.At, again.Ask, again.Only, again.Copy = claim.Body.Verdicts+1, s.config.Now(), ask.Order, ask.Only, ask.Copy
	return s.addVerdict(ctx, &again)
}

// takes reports whether a verdict may take the place of the one that stands.
func (s *Score) takes(entry Entry, only Only) bool {
	if only == OnlyNew {
		return true
	}
	entries := *s.list(entry.Sequence)
	i, found := at(entries, entry.Sequence)
	if !found {
		return true
	}
	if entry.Outcome != string(wire.OutcomeScored) {
		return false
	}
	stands := entries[i]
	return only != OnlyHigher || stands.Outcome != string(wire.OutcomeScored) || fraction(entry) >= fraction(stands)
}

func fraction(e Entry) float64 {
	return grading.Score{Earned: e.Earned, Possible: e.Possible}.Fraction()
}

// History is one submission with every verdict that it got, oldest first.
type History struct {
	ID         string
	Submission Submission
	// Delivery is the zero value while the submission is on its way into the store.
	Delivery Delivery
	Verdicts []Judgement
}

// verdictsShown bounds the verdicts of one submission in a History: the newest.
const verdictsShown = 50

// Submissions reads a page of a learner's submissions to a usage, newest first.
func (s *Scorer) Submissions(ctx context.Context, learner, usage string, after store.Cursor, limit int) ([]History, store.Cursor, error) {
	docs, next, err := s.submissions.Find(ctx, store.Query{
		Index: "mine", Equal: []any{learner, usage}, Reverse: true, Limit: limit, After: after,
	})
	if err != nil {
		return nil, "", fmt.Errorf("reading submissions: %w", err)
	}
	histories := make([]History, len(docs))
	ids := make([]string, len(docs))
	for i := range docs {
		histories[i], ids[i] = History{ID: docs[i].ID, Submission: docs[i].Body}, docs[i].ID
	}
	deliveries, err := s.deliveries.GetMany(ctx, ids)
	if err != nil {
		return nil, "", fmt.Errorf("reading deliveries: %w", err)
	}
	for i := range histories {
		h := &histories[i]
		h.Delivery = deliveries[h.ID].Body
		if h.Verdicts, err = s.Judgements(ctx, h.ID); err != nil {
			return nil, "", err
		}
	}
	return histories, next, nil
}

// LastSubmitted is when a learner handed something in last, zero for never.
func (s *Scorer) LastSubmitted(ctx context.Context, learner string) (time.Time, error) {
	docs, _, err := s.submissions.Find(ctx, store.Query{Index: "when", Equal: []any{learner}, Reverse: true, Limit: 1})
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for the last submission: %w", err)
	}
	if len(docs) == 0 {
		return time.Time{}, nil
	}
	return docs[0].Body.At, nil
}

// Judgements reads the verdicts of a submission, oldest first.
func (s *Scorer) Judgements(ctx context.Context, submission string) ([]Judgement, error) {
	docs, _, err := s.judgements.Find(ctx, store.Query{Prefix: store.ID(submission), Reverse: true, Limit: verdictsShown})
	if err != nil {
		return nil, fmt.Errorf("reading verdicts of %s: %w", submission, err)
	}
	verdicts := make([]Judgement, len(docs))
	for i := range docs {
		verdicts[len(docs)-1-i] = docs[i].Body
	}
	return verdicts, nil
}

// Failed reads a page of a run's submissions that were given up.
func (s *Scorer) Failed(ctx context.Context, run string, after store.Cursor, limit int) ([]store.Doc[Delivery], store.Cursor, error) {
	docs, next, err := s.deliveries.Find(ctx, store.Query{Index: "state", Equal: []any{run, string(StateFailed)}, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing what could not be graded: %w", err)
	}
	return docs, next, nil
}

package scoring

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ByHand is a submission that waits for a person's grade, or has one.
type ByHand struct {
	ID             string
	Learner, Usage string
	// At is when it was handed in, Settled when somebody graded it last; zero for never.
	At, Settled time.Time
	// Pending says that nobody has graded it, or that the grade was taken back.
	Pending bool
	// Earned and Possible are the raw points of its verdict, where Scored.
	Earned, Possible float64
	Scored           bool
}

// ByHand lists a run's submissions that people grade, those that wait first and the oldest of them first; then those that were
// graded, the last one first. Each kind is listed up to limit; more says that there are others. What staff have taken out of the
// record is left out, and so is what waits where staff gave points for the whole.
func (s *Scorer) ByHand(ctx context.Context, run string, limit int) (list []ByHand, more bool, err error) {
	waits, next, err := s.deliveries.Find(ctx, store.Query{Index: "state", Equal: []any{run, string(StatePending)}, Limit: limit})
	if err != nil {
		return nil, false, fmt.Errorf("listing what waits for a person: %w", err)
	}
	graded, after, err := s.deliveries.Find(ctx, store.Query{Index: "settled", Equal: []any{run}, From: time.Time{}, Reverse: true, Limit: limit})
	if err != nil {
		return nil, false, fmt.Errorf("listing what people graded: %w", err)
	}
	graded = slices.DeleteFunc(graded, func(d store.Doc[Delivery]) bool { return d.Body.State == StatePending || d.Body.Settled == nil })
	slices.SortFunc(waits, func(a, b store.Doc[Delivery]) int { return a.Body.At.Compare(b.Body.At) })
	for docs := range slices.Chunk(slices.Concat(waits, graded), byHandPage) {
		if list, err = s.addByHand(ctx, list, docs); err != nil {
			return nil, false, fmt.Errorf("listing what people grade: %w", err)
		}
	}
	return list, next != "" || after != "", nil
}

const byHandPage = 500

func (s *Scorer) addByHand(ctx context.Context, list []ByHand, docs []store.Doc[Delivery]) ([]ByHand, error) {
	ids := make([]string, len(docs))
	for i := range docs {
		ids[i] = ScoreID(docs[i].Body.Learner, docs[i].Body.Usage)
	}
	scores, err := s.scores.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range docs {
		d, score := &docs[i].Body, scores[ids[i]].Body
		one := ByHand{ID: docs[i].ID, Learner: d.Learner, Usage: d.Usage, At: d.At, Pending: d.State == StatePending}
		if d.Settled != nil {
			one.Settled = *d.Settled
		}
		here := func(e Entry) bool { return e.Submission == one.ID }
		if slices.ContainsFunc(score.Aside, here) || one.Pending && score.Override != nil {
			continue
		}
		if at := slices.IndexFunc(score.Entries, here); at >= 0 && score.Entries[at].Outcome == string(wire.OutcomeScored) {
			one.Earned, one.Possible, one.Scored = score.Entries[at].Earned, score.Entries[at].Possible, true
		}
		list = append(list, one)
	}
	return list, nil
}

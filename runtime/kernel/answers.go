package kernel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// answersWait bounds how long a page waits for a block to put answers into words.
const answersWait = 5 * time.Second

// Answers puts a submission into words, by the values that it was graded by: the block's rows. verdict is the one to show it
// with, nil for none. A block that has no words for answers gives no rows. For staff alone: rows hold correct answers.
func (k *Kernel) Answers(ctx context.Context, id string, s *scoring.Submission, verdict *wire.Verdict) ([]wire.ReportRow, error) {
	ctx, cancel := context.WithTimeout(ctx, answersWait)
	defer cancel()
	g, err := k.grading(ctx, s)
	if err != nil || !implements(&g.description, wire.OpReport) {
		return nil, k.unavailable(ctx, err)
	}
	values, err := k.vary(ctx, g.variation(s))
	if err != nil {
		return nil, k.unavailable(ctx, err)
	}
	var reply wire.ReportReply
	_, err = k.invoke(ctx, question{
		version: g.version, op: wire.OpReport, context: wire.Context{Block: s.Type, Seed: &s.Seed}, asker: g.asker,
		body: &wire.ReportRequest{Submissions: []wire.ReportSubmission{{
			Submission: s.Wire(id), Verdict: verdict, Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret},
		}}},
	}, &reply)
	return reply.Rows, k.unavailable(ctx, err)
}

// LearnerState reads what is stored of a learner at a usage, as it lies there: fields as JSON, tries, the sitting. The zero
// value is that nothing is stored. It changes nothing.
func (k *Kernel) LearnerState(ctx context.Context, learner, usage string) (state.Learner, error) {
	doc, err := k.learners.Get(ctx, state.LearnerID(learner, usage))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return state.Learner{}, fmt.Errorf("reading a learner's state: %w", err)
	}
	return doc.Body, nil
}

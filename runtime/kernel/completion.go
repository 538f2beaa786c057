package kernel

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Completion tells how far a learner is with each block of a run, by usage key; blocks without an entry were not begun.
func (k *Kernel) Completion(ctx context.Context, learner string, run key.Course) (map[string]float64, error) {
	done := map[string]float64{}
	query := store.Query{Prefix: store.ID(learner, run.String()), Limit: 1000}
	err := k.completed.Each(ctx, query, func(doc store.Doc[state.Completion]) error {
		for usage, fraction := range doc.Body.Blocks {
			done[usage] = fraction
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading completion: %w", err)
	}
	return done, nil
}

// CompleteView completes a block that its learner had in view for long enough. Blocks that complete otherwise are refused.
func (k *Kernel) CompleteView(ctx context.Context, p *access.Person, published *course.Published, block *course.Block) error {
	switch {
	case p.Learner == "" || !p.Enrolled || p.ReadOnly || p.Scratch != "":
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	case !access.Content(p, published, block, k.config.Now()).Allowed:
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyNotReleased)
	case block.Facts.Completion != wire.CompleteOnView || block.Subsection == nil:
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "this does not complete by being seen")
	}
	_, err := state.RaiseCompletion(ctx, k.completed, state.Completion{
		Learner: p.Learner, Run: p.Run.String(), Subsection: block.Subsection.Usage.String(),
	}, block.Usage.String(), 1)
	if err != nil {
		return err
	}
	return k.completedNow(ctx, p.Learner, block.Usage)
}

// completedNow writes into the log that a learner has completed a block. The log keeps it once.
func (k *Kernel) completedNow(ctx context.Context, learner string, usage key.Usage) error {
	if k.config.Events == nil {
		return nil
	}
	return k.config.Events.Append(ctx, state.CompletedEvent(learner, usage.Course.String(), usage.String(), k.config.Now()))
}

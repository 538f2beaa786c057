package kernel

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reached measures a learner in some subsections, by their usage keys, in two reads: what others require is decided by it.
// What counts are the blocks that the person may know of.
func (k *Kernel) Reached(
	ctx context.Context, p *access.Person, published *course.Published, subs []*course.Subsection,
) (map[string]access.Reached, error) {
	standings, err := k.scorer.Standings(ctx, p, published, subs, p.Now(k.config.Now()))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(subs))
	for i, sub := range subs {
		ids[i] = state.CompletionID(p.Learner, published.Key.String(), sub.Usage.String())
	}
	docs, err := k.completed.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading completion: %w", err)
	}
	reached := make(map[string]access.Reached, len(subs))
	for i, sub := range subs {
		score := standings[i].Totals.Graded
		if score.Possible == 0 {
			score = standings[i].Totals.All // practice counts where nothing is graded
		}
		r := access.Reached{Unscored: score.Possible == 0, Score: 100 * score.Fraction()}
		if r.Completion, err = completion(ctx, p, sub, docs[ids[i]].Body.Blocks); err != nil {
			return nil, err
		}
		reached[sub.Usage.String()] = r
	}
	return reached, nil
}

// completion is the part of a subsection's blocks that is complete, in percent. Where nothing can be completed all of it is.
func completion(ctx context.Context, p *access.Person, sub *course.Subsection, done map[string]float64) (float64, error) {
	loaded, err := sub.Load(ctx)
	if err != nil {
		return 0, err
	}
	var all, complete float64
	for _, unit := range loaded.Units {
		for block := range unit.Walk() {
			if !completable(block) || access.Excluded(p, block) {
				continue
			}
			all++
			if done[block.Usage.String()] >= 1 {
				complete++
			}
		}
	}
	if all == 0 {
		return 100, nil
	}
	return 100 * complete / all, nil
}

// completable reports whether a block completes by itself; containers do with what is in them.
func completable(block *course.Block) bool {
	switch block.Facts.Completion {
	case wire.CompleteOnView, wire.CompleteOnSubmit, wire.CompleteByBlock:
		return true
	case wire.CompleteNever, wire.CompleteByContent:
	}
	return false
}

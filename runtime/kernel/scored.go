package kernel

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// applyScore gives a learner points by a block's handler for staff. It is an act of staff like those of the host's own forms: with who
// did it and why in the trail and the log, and with a way back.
func (k *Kernel) applyScore(ctx context.Context, t state.Task, s wire.SetScore) error {
	o := t.Entry.Origin
	usage, err := key.ParseUsage(o.Usage)
	if err != nil {
		return err
	}
	if err := k.enterScore(ctx, t, s); err != nil {
		return err
	}
	err = k.scorer.Override(ctx, s.Learner, usage, scoring.Override{
		Earned: s.Earned, Possible: s.Possible, Reason: s.Reason, By: o.Caller, At: t.Entry.At, Stamp: t.Stamp(),
	})
	if err != nil {
		return err
	}
	return k.tellActed(ctx, t, s.Learner, actedStep{ID: t.Name(), Kind: ActOverride})
}

// enterScore writes the line of the trail, with the points that stood before. Its number is one of the learner's own state, by which
// acts there are ordered.
func (k *Kernel) enterScore(ctx context.Context, t state.Task, s wire.SetScore) error {
	o := t.Entry.Origin
	scores, err := k.scorer.Scores(ctx, s.Learner, []string{o.Usage})
	if err != nil {
		return err
	}
	doc, err := k.learners.Update(ctx, state.LearnerID(s.Learner, o.Usage), func(l *state.Learner) (bool, error) {
		l.Learner, l.Run, l.Usage = s.Learner, o.Run, o.Usage
		l.Number++
		return true, nil
	})
	if err != nil {
		return err
	}
	act := Acted{
		Learner: s.Learner, Run: o.Run, Usage: o.Usage, Kind: ActOverride, By: o.Caller, Reason: s.Reason, At: t.Entry.At,
		Number: doc.Body.Number, Earned: s.Earned, Possible: s.Possible, Hash: o.Request,
	}
	if score := scores[o.Usage]; score != nil {
		act.Override = score.Override
	}
	return k.applyAct(ctx, t, actStep{t.Name(), act})
}

package allowance

import (
	"context"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Begin starts a learner's time at a timed subsection, by the server's clock. Who has begun already goes on: beginning again,
// in another window or after a lost reply, changes nothing. limit is the time without the learner's extra time.
func (a *Allowances) Begin(ctx context.Context, run key.Course, learner string, subsection key.Usage, limit time.Duration) (Granted, error) {
	if limit < time.Second {
		return Granted{}, ErrInvalid
	}
	doc, err := a.edit(ctx, run, learner, subsection, func(_ *Allowance, g *Granted) (bool, error) {
		if g.Begun != nil {
			return false, nil
		}
		now := a.now().UTC().Truncate(time.Millisecond)
		g.Begun, g.LimitSeconds = &now, int64(limit/time.Second)
		return true, nil
	})
	return doc.Subsections[subsection.String()], err
}

// BeginAgain is Begin for practice: who is done may begin once more, with the whole time.
func (a *Allowances) BeginAgain(ctx context.Context, run key.Course, learner string, subsection key.Usage, limit time.Duration) (Granted, error) {
	_, err := a.edit(ctx, run, learner, subsection, func(_ *Allowance, g *Granted) (bool, error) {
		if g.Begun == nil || g.Ended == nil && a.now().Before(g.Begun.Add(time.Duration(g.LimitSeconds)*time.Second+g.Extra())) {
			return false, nil
		}
		g.Begun, g.Ended, g.LimitSeconds = nil, nil, 0
		return true, nil
	})
	if err != nil {
		return Granted{}, err
	}
	return a.Begin(ctx, run, learner, subsection, limit)
}

// End hands a timed subsection in before its time is over. Ending what is over changes nothing; what was not begun is ErrNone.
func (a *Allowances) End(ctx context.Context, run key.Course, learner string, subsection key.Usage) (Granted, error) {
	doc, err := a.edit(ctx, run, learner, subsection, func(_ *Allowance, g *Granted) (bool, error) {
		now := a.now().UTC().Truncate(time.Millisecond)
		switch {
		case g.Begun == nil:
			return false, ErrNone
		case g.Ended != nil || !now.Before(g.Begun.Add(time.Duration(g.LimitSeconds)*time.Second+g.Extra())):
			return false, nil
		}
		g.Ended = &now
		return true, nil
	})
	return doc.Subsections[subsection.String()], err
}

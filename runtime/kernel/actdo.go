package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// What the steps of acts carry.
type (
	actStep struct {
		ID   string `json:"id"`
		Body Acted  `json:"body"`
	}
	clearStep struct {
		Upto int  `json:"upto"`
		Back bool `json:"back,omitempty"`
	}
	markStep struct {
		// Override is nil where points are taken away again.
		Override *scoring.Override `json:"override,omitempty"`
	}
	askStep struct {
		Submission string      `json:"submission"`
		Ask        scoring.Ask `json:"ask"`
	}
	actedStep struct {
		ID   string  `json:"id"`
		Kind ActKind `json:"kind"`
	}
)

// do changes the learner's state and plans the steps.
func (x *acting) do(ctx context.Context) error {
	switch x.act.Kind {
	case ActReset:
		held := x.state.TakeTries()
		x.done.Held = &held
		return nil
	case ActDelete:
		held := x.state.TakeAll(x.task.Stamp(), func(s *state.Sitting) { s.Ended = &x.done.At })
		x.done.Held = &held
		return x.step(stepClear, clearStep{Upto: x.state.Cleared})
	case ActGrant:
		x.done.Tries = x.act.Tries
		x.state.Granted += x.act.Tries
		return nil
	case ActOverride, ActUnset:
		return x.mark()
	case ActRescore, ActRetry:
		return x.ask(ctx)
	case ActMark:
		return x.settle(ctx)
	case ActUndo:
		return x.undo(ctx)
	}
	return &ActProblem{"act", ActGone}
}

func (x *acting) mark() error {
	if x.score != nil {
		x.done.Override = x.score.Override
	}
	if x.act.Kind == ActUnset {
		if x.done.Override == nil {
			return &ActProblem{"act", ActNothing}
		}
		return x.step(stepMark, markStep{})
	}
	x.done.Earned, x.done.Possible = x.act.Earned, Worth(x.block)
	return errors.Join(x.step(stepMark, markStep{&scoring.Override{
		Earned: x.done.Earned, Possible: x.done.Possible, Reason: x.act.Reason, By: x.done.By, At: x.done.At,
	}}), x.tell())
}

// ask plans a new verdict. A rescoring goes by the block and the content as they are now; a retry by those that were pinned.
func (x *acting) ask(ctx context.Context) error {
	k := x.kernel
	submission, err := k.scorer.Submission(ctx, x.act.Submission)
	if errors.Is(err, store.ErrNotFound) || err == nil && (submission.Learner != x.done.Learner || submission.Usage != x.done.Usage) {
		return &ActProblem{"submission", ActGone}
	}
	if err != nil {
		return err
	}
	x.done.Submission, x.done.OnlyHigher = x.act.Submission, x.act.OnlyHigher
	ask := scoring.Ask{Order: x.order()}
	if x.act.Kind == ActRetry {
		delivery, err := k.scorer.Delivery(ctx, x.act.Submission)
		if err != nil {
			return err
		}
		if delivery.State != scoring.StateFailed {
			return &ActProblem{"submission", ActNothing}
		}
		if last := delivery.Ask; last != nil && last.Order > delivery.Answered { // what failed was a rescoring
			ask.Artifact, ask.Content, ask.Only, ask.Copy = last.Artifact, last.Content, last.Only, last.Copy
		}
		return x.step(stepAsk, askStep{x.act.Submission, ask})
	}
	version, err := k.config.Registry.Lookup(x.block.Usage.Type)
	if err != nil {
		return err
	}
	ask.Artifact, ask.Content, ask.Only = version.Digest, x.block.Hash, scoring.OnlyScored
	if x.act.OnlyHigher {
		ask.Only = scoring.OnlyHigher
	}
	x.done.Artifact, x.done.Content, x.done.Verdict = ask.Artifact, ask.Content, x.standing(x.act.Submission)
	return x.step(stepAsk, askStep{x.act.Submission, ask})
}

// order grows with each act of this learner at this problem.
func (x *acting) order() int64 { return x.done.Number }

// standing is the number of the verdict that stands for a submission in the score, 0 for none.
func (x *acting) standing(submission string) int {
	if x.score == nil {
		return 0
	}
	for _, entry := range slices.Concat(x.score.Entries, x.score.Aside) {
		if entry.Submission == submission {
			return entry.Number
		}
	}
	return 0
}

// actsChecked is how many of the newest acts are looked at before one is undone: an older one stays as it is.
const actsChecked = 500

func (x *acting) undo(ctx context.Context) error {
	trail, _, err := x.kernel.Trail(ctx, x.done.Learner, x.done.Usage, "", actsChecked)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(trail, func(doc store.Doc[Acted]) bool { return doc.ID == x.act.Undoes })
	if at < 0 || !trail[at].Body.undoable() {
		return &ActProblem{"act", ActGone}
	}
	if !Undoable(trail)[x.act.Undoes] {
		return &ActProblem{"act", ActNewer}
	}
	earlier := &trail[at].Body
	x.done.Undoes, x.done.UndoesKind, x.done.Submission = x.act.Undoes, earlier.Kind, earlier.Submission
	switch earlier.Kind {
	case ActReset:
		x.state.GiveTries(*earlier.Held)
	case ActDelete:
		x.state.GiveAll(*earlier.Held, x.task.Stamp())
		return x.step(stepClear, clearStep{Upto: earlier.Held.Cleared, Back: true})
	case ActGrant:
		x.done.Tries = earlier.Tries
		x.state.Granted = max(0, x.state.Granted-earlier.Tries)
	case ActOverride, ActUnset:
		return x.step(stepMark, markStep{earlier.Override})
	case ActRescore:
		return x.step(stepAsk, askStep{earlier.Submission, scoring.Ask{Order: x.order(), Copy: earlier.Verdict}})
	case ActMark:
		return x.unsettle(earlier)
	case ActRetry, ActUndo:
		return &ActProblem{"act", ActGone}
	}
	return nil
}

func (k *Kernel) applyAct(ctx context.Context, _ state.Task, s actStep) error {
	err := k.acts.Insert(ctx, s.ID, s.Body)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

func (k *Kernel) applyClear(ctx context.Context, t state.Task, s clearStep) error {
	usage, err := key.ParseUsage(t.Entry.Origin.Usage)
	if err != nil {
		return err
	}
	return k.scorer.Clear(ctx, scoring.Clearing{
		Learner: t.Entry.Origin.Learner, Usage: usage, Upto: s.Upto, Back: s.Back, Order: t.Entry.Number, Stamp: t.Stamp(),
	})
}

func (k *Kernel) applyMark(ctx context.Context, t state.Task, s markStep) error {
	usage, err := key.ParseUsage(t.Entry.Origin.Usage)
	if err != nil {
		return err
	}
	if s.Override != nil {
		s.Override.Stamp = t.Stamp()
	}
	return k.scorer.Mark(ctx, t.Entry.Origin.Learner, usage, s.Override, t.Stamp())
}

func (k *Kernel) applyAsk(ctx context.Context, _ state.Task, s askStep) error {
	return k.scorer.Ask(ctx, s.Submission, s.Ask)
}

// applyActed writes the event, and lets the learner's open pages ask for the problem again.
func (k *Kernel) applyActed(ctx context.Context, t state.Task, s actedStep) error {
	return k.tellActed(ctx, t, t.Entry.Origin.Learner, s)
}

func (k *Kernel) tellActed(ctx context.Context, t state.Task, learner string, s actedStep) error {
	o := t.Entry.Origin
	if k.config.Events != nil {
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		err = k.config.Events.Append(ctx, wire.Event{
			ID: t.Name(), Name: actEvents[s.Kind], Version: 1, Source: "server", Time: t.Entry.At.UnixMilli(), Actor: o.Caller,
			Run: o.Run, Usage: o.Usage, Data: data,
		})
		if err != nil {
			return err
		}
	}
	k.scorer.Tell(ctx, s.ID, learner, o.Usage)
	return nil
}

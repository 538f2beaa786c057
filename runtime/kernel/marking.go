package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ToMark is one submission as the staff see it who grade it by hand.
type ToMark struct {
	// Shown is the block's own view of it, by the content and the version that it was handed in to; its Rendered is nil where the
	// block has no such view.
	Shown *Shown
	// Marking is what a grader chooses by; nil where the block says nothing of it: then staff's own points stand for the score.
	Marking *wire.Marking
	// Evidence is what settled it so far, oldest first.
	Evidence []wire.Evidence
}

// ToMark shows a submission to a course's staff, in the language of the person.
func (k *Kernel) ToMark(ctx context.Context, staff *Person, block *course.Block, id string, s *scoring.Submission) (*ToMark, error) {
	out := &ToMark{Shown: &Shown{Block: block}}
	var err error
	if out.Evidence, err = k.scorer.Evidence(ctx, id); err != nil {
		return nil, k.unavailable(ctx, err)
	}
	return out, k.unavailable(ctx, k.toMark(ctx, staff, out, id, s))
}

func (k *Kernel) toMark(ctx context.Context, staff *Person, out *ToMark, id string, s *scoring.Submission) error {
	g, err := k.grading(ctx, s)
	if err != nil {
		return err
	}
	out.Shown.Description, out.Shown.Facts = &g.description, &g.prepared.Facts
	at := slices.IndexFunc(g.description.Views, func(v wire.View) bool { return v.Name == wire.ViewGrade })
	if at < 0 {
		return nil
	}
	values, err := k.vary(ctx, g.variation(s))
	if err != nil {
		return err
	}
	submission := s.Wire(id)
	request := &wire.RenderRequest{
		View: wire.ViewGrade, Submission: &submission, Evidence: out.Evidence, Public: wire.Blob{Data: values.Public},
	}
	c := wire.Context{Block: s.Type}
	if reads := &g.description.Views[at].Reads; reads.Locale {
		c.Locale, c.Zone = staff.Locale, staff.Zone
	}
	if g.prepared.Facts.Varies || g.prepared.Facts.Shuffles {
		c.Seed = &s.Seed
	}
	asker := *g.asker
	asker.Op, asker.Role, asker.Person = wire.OpRender, wire.RoleStaff, staff
	var fragment wire.Fragment
	if _, err := k.invoke(ctx, question{version: g.version, op: wire.OpRender, context: c, body: request, asker: &asker}, &fragment); err != nil {
		return err
	}
	if failure := wire.CheckMarking(fragment.Marking); failure != nil {
		return refuse(s.Type, wire.OpRender, failure)
	}
	out.Marking, out.Shown.Rendered = fragment.Marking, k.rendered(g.version, &fragment)
	return nil
}

// ActMark gives a grader's mark to one submission as evidence, so that its block grades it by that.
const ActMark ActKind = "mark"

// ActStale says that somebody else has graded the submission since it was looked at.
const ActStale = "stale"

// markedStep is a mark on its way to its submission.
type markedStep struct {
	Submission string `json:"submission"`
	Data       string `json:"data"`
}

// checkMark says what is wrong with a mark's comment.
func (a *Act) checkMark() *ActProblem {
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
	switch m := a.Mark; {
	case m == nil, !wire.Finite(m.Points), m.Points > wire.MaxPoints, m.Points < -wire.MaxPoints:
		return &ActProblem{"score", ActRange}
	case !utf8.ValidString(m.Comment), slices.ContainsFunc([]rune(m.Comment), control):
		return &ActProblem{"comment", ActNoText}
	case utf8.RuneCountInString(m.Comment) > wire.MaxComment:
		return &ActProblem{"comment", ActLong}
	}
	return nil
}

// settle plans the evidence. That nobody else has graded meanwhile is certain: whatever was done to this learner here before has
// been finished, and what comes at the same time conflicts on the learner's state.
func (x *acting) settle(ctx context.Context) error {
	scorer := x.kernel.scorer
	submission, err := scorer.Submission(ctx, x.act.Submission)
	if errors.Is(err, store.ErrNotFound) || err == nil && (submission.Learner != x.done.Learner || submission.Usage != x.done.Usage) {
		return &ActProblem{"submission", ActGone}
	}
	if err != nil {
		return err
	}
	delivery, err := scorer.Delivery(ctx, x.act.Submission)
	switch {
	case err != nil:
		return err
	case delivery.Evidence != x.act.Seen:
		return &ActProblem{"submission", ActStale}
	case delivery.Evidence == 0 && delivery.State != scoring.StatePending, submission.Sequence <= x.state.Cleared:
		return &ActProblem{"submission", ActNothing}
	}
	before, err := scorer.Evidence(ctx, x.act.Submission)
	if err != nil {
		return err
	}
	if len(before) > 0 {
		x.done.Before = string(before[len(before)-1].Data)
	}
	data, err := json.Marshal(x.act.Mark)
	if err != nil {
		return err
	}
	x.done.Submission, x.done.Mark = x.act.Submission, string(data)
	return errors.Join(x.step(stepMarked, markedStep{x.act.Submission, x.done.Mark}), x.tell())
}

// withdrawn is the mark of a submission that nobody has graded any more.
const withdrawn = `{"points":0,"withdrawn":true}`

// unsettle plans the evidence that stood before an act.
func (x *acting) unsettle(earlier *Acted) error {
	x.done.Mark = earlier.Before
	if x.done.Mark == "" {
		x.done.Mark = withdrawn
	}
	return x.step(stepMarked, markedStep{earlier.Submission, x.done.Mark})
}

// toldStep is the word to a learner that a person has graded something of his.
type toldStep struct {
	Title string `json:"title"`
}

// tell plans one notice for the mark, unless its results are hidden from the learner now.
func (x *acting) tell() error {
	if x.hidden {
		return nil
	}
	return x.step(stepTold, toldStep{x.block.Title()})
}

func (k *Kernel) applyTold(ctx context.Context, t state.Task, s toldStep) error {
	o := t.Entry.Origin
	return k.notices.Post(ctx, notices.Posting{
		ID: t.Name(), Run: o.Run, Usage: o.Usage, Type: notices.TypeMarks, About: notices.AboutMark, Title: s.Title, To: []string{o.Learner}, At: t.Entry.At,
	})
}

func (k *Kernel) applyMarked(ctx context.Context, t state.Task, s markedStep) error {
	o := t.Entry.Origin
	return k.scorer.Settle(ctx, t.Name(), o.Usage, s.Submission, o.Caller, s.Data, t.Entry.At)
}

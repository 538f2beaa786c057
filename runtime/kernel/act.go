package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ActKind is what a course's staff do to one learner at one problem.
type ActKind string

// The kinds. They are stored: append-only.
const (
	// ActReset counts the learner's tries from nothing again; answers and score stay (Open edX: reset attempts).
	ActReset ActKind = "reset"
	// ActDelete takes the learner's state, tries and score away (Open edX: delete state). Submissions stay in the record.
	ActDelete ActKind = "delete"
	// ActGrant gives extra tries.
	ActGrant ActKind = "grant"
	// ActRescore grades one submission again, by the problem and the block as they are now.
	ActRescore ActKind = "rescore"
	// ActRetry tries a submission again that could not be graded.
	ActRetry ActKind = "retry"
	// ActOverride gives points instead of what was scored; ActUnset takes them away again.
	ActOverride ActKind = "override"
	ActUnset    ActKind = "unset"
	// ActUndo gives back what an earlier act took.
	ActUndo ActKind = "undo" // and [ActMark]
)

// MaxReason bounds a reason, in characters; MaxGranted the extra tries of one act.
const (
	MaxReason  = 1000
	MaxGranted = 100
)

// Act is a request of staff.
type Act struct {
	// ID is the request's own: the same one does the same thing once.
	ID   string
	Kind ActKind
	// Reason is why, in words that the learner may be shown. Acts that change a score or take something away need one.
	Reason string
	// Submission is what to rescore or to try again; OnlyHigher keeps a score that would become smaller.
	Submission string
	OnlyHigher bool
	// Tries is how many to grant, 1 to MaxGranted.
	Tries int
	// Earned are the points to give, from 0 to what the problem is worth (see [Worth]).
	Earned float64
	// Undoes is the id of the act to undo.
	Undoes string
	// Mark is what a grader gives to Submission, who has seen so much evidence for it: with another number it is [ActStale].
	Mark *wire.Mark
	Seen int
}

// ActProblem says what is wrong with an act. Field is "reason", "tries", "score", "comment", "submission" or "act".
type ActProblem struct{ Field, Code string }

// Codes of act problems.
const (
	ActRequired = "required" // this act needs a reason
	ActLong     = "long"     // more characters than [MaxReason] or wire.MaxComment
	ActNoText   = "text"     // no UTF-8, or control characters in it
	ActRange    = "range"    // a number outside of its bounds
	ActGone     = "gone"     // no such submission or act of this learner at this problem, or one of a kind that is not undone
	ActNewer    = "newer"    // something that was done later stands on it
	ActNothing  = "nothing"  // there is nothing to take away, to try again or to grade
)

func (p *ActProblem) Error() string { return "act: " + p.Field + ": " + p.Code }

// ActProblems lists the problems that an error of [Kernel.Act] holds; none when it is another error.
func ActProblems(err error) []*ActProblem {
	var one *ActProblem
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var problems []*ActProblem
		for _, err := range many.Unwrap() {
			problems = append(problems, ActProblems(err)...)
		}
		return problems
	}
	if errors.As(err, &one) {
		return []*ActProblem{one}
	}
	return nil
}

// Acted is one line of the trail: what was done, by whom, when and why, and what it takes to undo it. It never changes.
type Acted struct {
	Learner string  `bson:"learner" json:"learner"`
	Run     string  `bson:"run" json:"run"`
	Usage   string  `bson:"usage" json:"usage"`
	Kind    ActKind `bson:"kind" json:"kind"`
	// By is who did it, by the pseudonym in the run: once that person is erased it leads to nobody.
	By     string    `bson:"by" json:"by"`
	Reason string    `bson:"reason,omitempty" json:"reason,omitempty"`
	At     time.Time `bson:"at" json:"at"`
	// Number orders the acts of one learner at one problem.
	Number     int64   `bson:"number" json:"number"`
	Submission string  `bson:"submission,omitempty" json:"submission,omitempty"`
	OnlyHigher bool    `bson:"only_higher,omitempty" json:"only_higher,omitempty"`
	Tries      int     `bson:"tries,omitempty" json:"tries,omitempty"`
	Earned     float64 `bson:"earned,omitempty" json:"earned,omitempty"`
	Possible   float64 `bson:"possible,omitempty" json:"possible,omitempty"`
	// Undoes is the act that this one undid, UndoesKind its kind.
	Undoes     string  `bson:"undoes,omitempty" json:"undoes,omitempty"`
	UndoesKind ActKind `bson:"undoes_kind,omitempty" json:"undoes_kind,omitempty"`
	// Hash digests the request, so that another one under the same id is noticed.
	Hash string `bson:"hash" json:"hash"`
	// Held, Override and Verdict are what stood before: state, points that staff had given, and the number of the verdict.
	Held     *state.Held       `bson:"held,omitempty" json:"held,omitempty"`
	Override *scoring.Override `bson:"override,omitempty" json:"override,omitempty"`
	Verdict  int               `bson:"verdict,omitempty" json:"verdict,omitempty"`
	// Artifact and Content are what a rescoring was asked to grade by.
	Artifact string `bson:"artifact,omitempty" json:"artifact,omitempty"`
	Content  string `bson:"content,omitempty" json:"content,omitempty"`
	// Mark is the evidence that was given, as JSON, Before the one that stood until then, "" for none.
	Mark   string `bson:"mark,omitempty" json:"mark,omitempty"`
	Before string `bson:"before,omitempty" json:"before,omitempty"`
}

func actSpec() store.Spec {
	return store.Spec{Name: "acts", Learners: "learner", Indexes: []store.Index{
		{Name: "usage", Fields: []string{"learner", "usage", "number"}},
		{Name: "when", Fields: []string{"learner", "at"}},
	}}
}

// Worth is what a problem can give, weighted: what staff's points are out of.
func Worth(block *course.Block) float64 {
	if block.Facts.MaxScore == nil {
		return 0
	}
	raw := grading.Score{Possible: *block.Facts.MaxScore}
	weighed, err := raw.Weigh(block.Facts.Weight)
	if err != nil { // a weight that is no number was reported at publishing; raw points count
		return raw.Possible
	}
	return weighed.Possible
}

// check brings an act into its normal form and says what is wrong with it.
func (a *Act) check(block *course.Block) error {
	a.Reason = strings.Join(strings.Fields(a.Reason), " ")
	needed := a.Kind != ActUndo && a.Kind != ActRetry && a.Kind != ActGrant && a.Kind != ActReset && a.Kind != ActMark
	var problems []error
	switch {
	case !utf8.ValidString(a.Reason), strings.ContainsFunc(a.Reason, unicode.IsControl):
		problems = append(problems, &ActProblem{"reason", ActNoText})
	case utf8.RuneCountInString(a.Reason) > MaxReason:
		problems = append(problems, &ActProblem{"reason", ActLong})
	case needed && a.Reason == "":
		problems = append(problems, &ActProblem{"reason", ActRequired})
	}
	if a.Kind == ActMark {
		if problem := a.checkMark(); problem != nil {
			problems = append(problems, problem)
		}
	}
	if a.Kind == ActGrant && (a.Tries < 1 || a.Tries > MaxGranted) {
		problems = append(problems, &ActProblem{"tries", ActRange})
	}
	if a.Kind == ActOverride && (!wire.Finite(a.Earned) || a.Earned < 0 || a.Earned > Worth(block)) {
		problems = append(problems, &ActProblem{"score", ActRange})
	}
	return errors.Join(problems...)
}

// actID names an act: the same request never acts twice. An act is undone once at most, whoever asks.
func actID(learner, usage string, a *Act) string {
	if a.Kind == ActUndo {
		return digest("undo", learner, usage, a.Undoes)
	}
	return digest("act", learner, usage, a.ID)
}

// Act does something for a course's staff to one learner at one problem: by one swap on the learner's state, with a line in
// the trail, and with everything that follows in the outbox. staff is who asks, learner whom it is about; both must be of the
// published run. It returns the act's id, the same one for the same request. The error holds an *ActProblem for each
// thing that the form can mend (see [ActProblems]), else it is a *wire.Error.
func (k *Kernel) Act(ctx context.Context, staff, learner *Person, published *course.Published, block *course.Block, a Act) (id string, err error) {
	switch {
	case !staff.Staff() || staff.ReadOnly || staff.Learner == "" || staff.Run != published.Key:
		return "", wire.Errorf(wire.CodeForbidden, wire.BlameOutside, "only the course's staff may do this")
	case learner.Learner == "" || learner.Run != published.Key || block.Facts.MaxScore == nil || block.Usage.Course != published.Key:
		return "", wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no such learner or problem in this course")
	case a.ID == "":
		return "", wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "an act needs a request id")
	}
	if err := a.check(block); err != nil {
		return "", err
	}
	for range conflicts {
		id, err := k.act(ctx, staff.Learner, learner, published, block, a)
		var problem *ActProblem
		switch {
		case errors.Is(err, errAgain):
			continue
		case errors.As(err, &problem):
			return "", problem
		}
		return id, k.unavailable(ctx, err)
	}
	return "", wire.Errorf(wire.CodeConflict, wire.BlameHost, "too many people change this at once: try again")
}

// acting is one act on its way into the learner's state.
type acting struct {
	kernel *Kernel
	act    Act
	block  *course.Block
	// hidden says that the learner does not see the block's results now.
	hidden bool
	score  *scoring.Score
	state  *state.Learner
	done   Acted
	task   state.Task
	steps  []state.Step
}

func (k *Kernel) act(ctx context.Context, by string, learner *Person, published *course.Published, block *course.Block, a Act) (string, error) {
	// The visit finishes what is left to do here, so that the trail and the score are those of the state that is read.
	v, err := k.Visit(ctx, learner, published, block)
	if err != nil {
		return "", err
	}
	usage := block.Usage.String()
	doc := v.states[state.LearnerID(learner.Learner, usage)]
	doc.ID = state.LearnerID(learner.Learner, usage)
	id, hash := actID(learner.Learner, usage, &a), actHash(&a)
	before, err := k.acts.Get(ctx, id)
	switch {
	case err == nil && (before.Body.Hash == hash || a.Kind == ActUndo):
		return id, nil
	case err == nil:
		return "", wire.Errorf(wire.CodeConflict, wire.BlameOutside, SameRequest)
	case !errors.Is(err, store.ErrNotFound):
		return "", err
	}
	l := &doc.Body
	l.Learner, l.Run, l.Usage = learner.Learner, published.Key.String(), usage
	// The store keeps milliseconds. Acts are in order of time even where two servers' clocks are not.
	at := v.Now.Truncate(time.Millisecond)
	if !at.After(l.Acted) {
		at = l.Acted.Add(time.Millisecond)
	}
	l.Acted = at
	entry := state.Entry{ID: newID(), At: at, Number: l.Number + 1, Source: store.ID("states", doc.ID), Origin: state.Origin{
		Run: l.Run, Usage: usage, Type: block.Usage.Type, Learner: l.Learner, Caller: by, Role: string(wire.RoleStaff), Request: id,
	}}
	policy := access.Policy(learner, published, block, "", 0)
	hidden := !policy.ShowCorrectness.Results(policy.Closes(), v.Now, false).Open
	x := &acting{kernel: k, act: a, block: block, hidden: hidden, score: v.scores[usage], state: l, task: state.Task{Entry: &entry}, done: Acted{
		Learner: l.Learner, Run: l.Run, Usage: usage, Kind: a.Kind, By: by, Reason: a.Reason, At: at, Number: entry.Number, Hash: hash,
	}}
	if err := x.do(ctx); err != nil {
		return "", err
	}
	if err := x.close(id); err != nil {
		return "", err
	}
	entry.Steps = x.steps
	entry = l.Record(entry, state.Recorded{}, state.RecentKept)
	if _, err := k.learners.Put(ctx, doc); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return "", errAgain
		}
		return "", err
	}
	return id, finishNow(ctx, k, k.learnerOutbox, doc.ID, entry)
}

func actHash(a *Act) string {
	parts := [][]byte{[]byte(a.Kind), []byte(a.Reason), []byte(a.Submission), fmt.Append(nil, a.OnlyHigher, a.Tries, a.Earned)}
	if m := a.Mark; m != nil {
		parts = append(parts, fmt.Append(nil, a.Seen, m.Points, m.Withdrawn, m.Chosen), []byte(m.Comment)) // a map is printed in order
	}
	return state.BodyHash(parts...)
}

func (x *acting) step(kind string, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encoding a %s step: %w", kind, err)
	}
	x.steps = append(x.steps, state.Step{Kind: kind, Data: string(encoded)})
	return nil
}

// close puts the line of the trail before everything else, and behind it the event and the word to open pages.
func (x *acting) close(id string) error {
	steps := x.steps
	x.steps = nil
	if err := x.step(stepAct, actStep{id, x.done}); err != nil {
		return err
	}
	x.steps = append(x.steps, steps...)
	return x.step(stepActed, actedStep{id, x.done.Kind})
}

// actEvents are the events' names, Open edX's where it has one. Their actor is who acted; whom it was about stands in the
// trail alone, which is erased with that person.
var actEvents = map[ActKind]string{
	ActReset: "edx.grades.problem.attempts_reset", ActDelete: "edx.grades.problem.state_deleted", ActGrant: "edx.grades.problem.attempts_granted",
	ActRescore: "edx.grades.problem.rescored", ActRetry: "edx.grades.problem.retried", ActOverride: "edx.grades.problem.score_overridden",
	ActUnset: "edx.grades.problem.score_override_removed", ActUndo: "edx.grades.problem.staff_act_undone",
	ActMark: "openassessmentblock.staff_assess",
}

// Trail reads a page of what staff did to a learner at a problem, newest first; "" for the usage is at every one.
func (k *Kernel) Trail(ctx context.Context, learner, usage string, after store.Cursor, limit int) ([]store.Doc[Acted], store.Cursor, error) {
	query := store.Query{Index: "usage", Equal: []any{learner, usage}, Reverse: true, Limit: limit, After: after}
	if usage == "" {
		query.Index, query.Equal = "when", []any{learner}
	}
	docs, next, err := k.acts.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("reading the trail: %w", err)
	}
	return docs, next, nil
}

// Undoable reports which of a problem's acts could be undone now, given its trail with the newest first.
func Undoable(trail []store.Doc[Acted]) map[string]bool {
	undone, can := map[string]bool{}, map[string]bool{}
	var stands []*Acted // newer acts that were not undone
	for i := range trail {
		act := &trail[i].Body
		if act.Kind == ActUndo {
			undone[act.Undoes] = true
			continue
		}
		if undone[trail[i].ID] {
			continue
		}
		blocked := slices.ContainsFunc(stands, func(newer *Acted) bool { return newer.covers(act) })
		can[trail[i].ID] = !blocked && act.undoable()
		stands = append(stands, act)
	}
	return can
}

// undoable reports whether an act left something to give back.
func (a *Acted) undoable() bool {
	switch a.Kind {
	case ActRetry, ActUndo:
		return false
	case ActRescore:
		return a.Verdict > 0
	case ActReset, ActDelete, ActGrant, ActOverride, ActUnset, ActMark:
		return true
	}
	return false
}

// covers reports whether an act has to be undone before an earlier one can be.
func (a *Acted) covers(earlier *Acted) bool {
	tries := func(kind ActKind) bool { return kind == ActReset || kind == ActDelete }
	points := func(kind ActKind) bool { return kind == ActOverride || kind == ActUnset || kind == ActDelete }
	switch earlier.Kind {
	case ActReset, ActDelete:
		return tries(a.Kind)
	case ActOverride, ActUnset:
		return points(a.Kind)
	case ActRescore, ActMark:
		return a.Kind == earlier.Kind && a.Submission == earlier.Submission
	case ActGrant, ActRetry, ActUndo:
		return false
	}
	return false
}

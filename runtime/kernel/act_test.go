package kernel_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// staff is somebody of the world's course team.
func (w *world) staff() *access.Person {
	p := w.learner("sue")
	p.Roles = []string{access.RoleStaff}
	return p
}

func (w *world) act(learner string, block *course.Block, a kernel.Act) (string, error) {
	w.t.Helper()
	id, err := w.kernel.Act(w.t.Context(), w.staff(), w.learner(learner), w.published(), block, a)
	w.kernel.Wait()
	return id, err
}

// mustAct acts and grades what follows.
func (w *world) mustAct(learner string, block *course.Block, a kernel.Act) string {
	w.t.Helper()
	id, err := w.act(learner, block, a)
	if err != nil {
		w.t.Fatalf("%s: %v", a.Kind, err)
	}
	w.work()
	w.kernel.Wait()
	return id
}

// answered hands words in, one after the other, and gives their submissions.
func (w *world) answered(learner string, block *course.Block, words ...string) (ids []string) {
	w.t.Helper()
	for _, word := range words {
		response, err := w.post(w.learner(learner), block, "submit", "", map[string]string{"word": word})
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, response.Submission)
		w.work()
		w.kernel.Wait()
	}
	return ids
}

// stands writes in one line how a learner stands at a problem.
func (w *world) stands(learner string, block *course.Block) string {
	w.t.Helper()
	scores, err := w.kernel.Scorer().Scores(w.t.Context(), learner, []string{block.Usage.String()})
	if err != nil {
		w.t.Fatal(err)
	}
	points := "none"
	if score := scores[block.Usage.String()]; score != nil {
		if p, ok := score.Points(); ok {
			points = fmt.Sprintf("%g/%g", p.Earned, p.Possible)
		}
	}
	l, err := w.kernel.LearnerState(w.t.Context(), learner, block.Usage.String())
	if err != nil {
		w.t.Fatal(err)
	}
	grade, err := store.Of[scoring.Grade](w.store, store.Spec{Name: "grades"}).Get(w.t.Context(), scoring.GradeID(learner, w.run.String()))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	completed, err := store.Of[state.Completion](w.store, state.CompletionSpec()).Get(w.t.Context(),
		state.CompletionID(learner, w.run.String(), block.Subsection.Usage.String()))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("score %s, grade %g, tries %d+%d, draft %s, done %g", points, grade.Body.Percent, l.Count(), l.Granted,
		l.Fields["draft"], completed.Body.Blocks[block.Usage.String()])
}

func (w *world) standing(learner string, block *course.Block, want string) {
	w.t.Helper()
	if got := w.stands(learner, block); got != want {
		w.t.Errorf("%s stands at\n%s, want\n%s", learner, got, want)
	}
}

func (w *world) trail(learner string, block *course.Block) []store.Doc[kernel.Acted] {
	w.t.Helper()
	trail, _, err := w.kernel.Trail(w.t.Context(), learner, block.Usage.String(), "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return trail
}

func undo(id string) kernel.Act { return kernel.Act{ID: "undo" + id, Kind: kernel.ActUndo, Undoes: id} }

// Each act does what it says, leaves a line in the trail and can be taken back; nothing of the record is lost by it.
func TestStaffActs(t *testing.T) {
	w, block := quizWorld(t, map[string]any{"max_attempts": 2})
	ids := w.answered("ann", block, "no", "yes")
	const before = `score 1/1, grade 1, tries 2+0, draft "yes", done 1`
	w.standing("ann", block, before)
	if _, err := w.post(w.learner("ann"), block, "submit", "", map[string]string{"word": "x"}); code(err) != wire.CodeRefused {
		t.Fatalf("a third try: %v", err)
	}

	reset := w.mustAct("ann", block, kernel.Act{ID: "1", Kind: kernel.ActReset})
	w.standing("ann", block, `score 1/1, grade 1, tries 0+0, draft "yes", done 1`)
	w.mustAct("ann", block, undo(reset))
	w.standing("ann", block, before)

	grant := w.mustAct("ann", block, kernel.Act{ID: "2", Kind: kernel.ActGrant, Tries: 1})
	w.standing("ann", block, `score 1/1, grade 1, tries 2+1, draft "yes", done 1`)
	w.mustAct("ann", block, undo(grant))
	w.standing("ann", block, before)

	override := w.mustAct("ann", block, kernel.Act{ID: "3", Kind: kernel.ActOverride, Earned: 0.5, Reason: "spoke to  her"})
	w.standing("ann", block, `score 0.5/1, grade 0.5, tries 2+0, draft "yes", done 1`)
	unset := w.mustAct("ann", block, kernel.Act{ID: "4", Kind: kernel.ActUnset, Reason: "mistaken"})
	w.standing("ann", block, before)
	if _, err := w.act("ann", block, undo(override)); problem(err) != "act newer" {
		t.Errorf("undoing what a later act stands upon: %v", err)
	}
	w.mustAct("ann", block, undo(unset))
	w.standing("ann", block, `score 0.5/1, grade 0.5, tries 2+0, draft "yes", done 1`)

	remove := w.mustAct("ann", block, kernel.Act{ID: "5", Kind: kernel.ActDelete, Reason: "begins anew"})
	w.standing("ann", block, `score none, grade 0, tries 0+0, draft , done 0`)
	if html := w.show(w.learner("ann"), block).HTML; strings.Contains(html, "yes") || !strings.Contains(html, "tries=0") {
		t.Errorf("after deleting she sees %s", html)
	}
	w.mustAct("ann", block, undo(remove))
	w.standing("ann", block, `score 0.5/1, grade 0.5, tries 2+0, draft "yes", done 1`)
	w.mustAct("ann", block, undo(override))
	w.standing("ann", block, before)

	// After deleting anew she answers again: only that counts, her record holds all three, and taking it back adds up.
	remove = w.mustAct("ann", block, kernel.Act{ID: "6", Kind: kernel.ActDelete, Reason: "begins anew"})
	w.answered("ann", block, "no")
	w.standing("ann", block, `score 0/1, grade 0, tries 1+0, draft "no", done 1`)
	history, _, err := w.kernel.Scorer().Submissions(t.Context(), "ann", block.Usage.String(), "", 10)
	if err != nil || len(history) != 3 || history[0].Submission.Sequence != 3 || history[2].ID != ids[0] || len(history[2].Verdicts) != 1 {
		t.Fatalf("the record: %+v, %v", history, err)
	}
	w.mustAct("ann", block, undo(remove))
	w.standing("ann", block, `score 0/1, grade 0, tries 3+0, draft "no", done 1`)

	trail := w.trail("ann", block)
	if len(trail) != 12 {
		t.Fatalf("%d lines in the trail", len(trail))
	}
	for i, line := range trail {
		if line.Body.By != "sue" || line.Body.At.IsZero() || i > 0 && line.Body.Number >= trail[i-1].Body.Number {
			t.Errorf("line %d: %+v", i, line.Body)
		}
	}
	if line := trail[len(trail)-5].Body; line.Kind != kernel.ActOverride || line.Reason != "spoke to her" || line.Earned != 0.5 || line.Possible != 1 {
		t.Errorf("the override's line: %+v", line)
	}
}

func problem(err error) string {
	var p *kernel.ActProblem
	if errors.As(err, &p) {
		return p.Field + " " + p.Code
	}
	return ""
}

// A rescoring goes by the problem as it is now and keeps the old verdict; the one that keeps higher scores keeps them.
func TestRescoring(t *testing.T) {
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock()})
	w.publish(place{"quiz", "q", map[string]any{"word": "one"}})
	one := w.answered("ann", w.block("quiz", "q"), "one")[0]
	two := w.answered("bob", w.block("quiz", "q"), "two")[0]
	w.publish(place{"quiz", "q", map[string]any{"word": "two"}})
	block := w.block("quiz", "q")
	rescore := func(id, submission string, higher bool) kernel.Act {
		return kernel.Act{ID: id, Kind: kernel.ActRescore, Submission: submission, OnlyHigher: higher, Reason: "the key was wrong"}
	}
	w.mustAct("ann", block, rescore("1", one, true))
	w.standing("ann", block, `score 1/1, grade 1, tries 1+0, draft "one", done 1`)
	if n := w.verdicts(one); n != 2 {
		t.Errorf("%d verdicts of Ann's, want the old and the one that does not count", n)
	}
	lower := w.mustAct("ann", block, rescore("2", one, false))
	w.standing("ann", block, `score 0/1, grade 0, tries 1+0, draft "one", done 1`)
	w.mustAct("ann", block, undo(lower))
	w.standing("ann", block, `score 1/1, grade 1, tries 1+0, draft "one", done 1`)
	w.mustAct("bob", block, rescore("3", two, true))
	w.standing("bob", block, `score 1/1, grade 1, tries 1+0, draft "two", done 1`)
	judgements, err := w.kernel.Scorer().Judgements(t.Context(), one)
	if err != nil || len(judgements) != 4 || judgements[3].Copy != 1 || judgements[3].Verdict != judgements[0].Verdict ||
		judgements[0].Receipt.Content == judgements[1].Receipt.Content || judgements[1].Receipt.Content != block.Hash {
		t.Errorf("Ann's verdicts: %+v, %v", judgements, err)
	}
	if _, err := w.act("ann", block, rescore("4", two, false)); problem(err) != "submission gone" {
		t.Errorf("rescoring somebody else's submission: %v", err)
	}
	w.publish(place{"quiz", "q", map[string]any{"word": ""}})
	w.mustAct("ann", w.block("quiz", "q"), rescore("5", one, false))
}

// fragile cannot grade while it is broken.
type fragile struct {
	quiz
	broken *bool
}

func (f fragile) Grade(c *sdk.Call, s sdk.Submission[sdk.None, quizSecret]) (wire.Verdict, error) {
	if *f.broken {
		return wire.Verdict{Outcome: wire.OutcomeFailed, Message: "out of order"}, nil
	}
	return f.quiz.Grade(c, s)
}

// An answer that could not be graded stands in a list until somebody tries again; a rescoring that fails harms nothing.
func TestRetrying(t *testing.T) {
	broken := true
	learner := []wire.Role{wire.RoleLearner}
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": sdk.New[quizFields, sdk.None, quizSecret](fragile{broken: &broken}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Access: true, Verdict: true}}},
		Handlers: []wire.Handler{{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{Fields: []string{"draft"}}}},
	})})
	w.publish(place{"quiz", "q", nil})
	block := w.block("quiz", "q")
	give := func() {
		for range 4 {
			w.pass(61e9)
			if _, err := w.kernel.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.tryWork(t.Context())
		}
	}
	response, err := w.post(w.learner("ann"), block, "submit", "", map[string]string{"word": "yes"})
	if err != nil {
		t.Fatal(err)
	}
	give()
	failed := func() int {
		t.Helper()
		list, _, err := w.kernel.Scorer().Failed(t.Context(), w.run.String(), "", 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := failed(); n != 1 {
		t.Fatalf("%d failed, want 1", n)
	}
	retry := kernel.Act{ID: "1", Kind: kernel.ActRetry, Submission: response.Submission}
	broken = false
	w.mustAct("ann", block, retry)
	w.standing("ann", block, `score 1/1, grade 1, tries 1+0, draft "yes", done 1`)
	if n := failed(); n != 0 {
		t.Errorf("%d failed after it was graded", n)
	}
	retry.ID = "2"
	if _, err := w.act("ann", block, retry); problem(err) != "submission nothing" {
		t.Errorf("trying again what has its grade: %v", err)
	}
	broken = true
	rescore, err := w.act("ann", block, kernel.Act{ID: "3", Kind: kernel.ActRescore, Submission: response.Submission, Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	give()
	w.standing("ann", block, `score 1/1, grade 1, tries 1+0, draft "yes", done 1`)
	if n := failed(); n != 1 {
		t.Errorf("%d failed while rescoring is out of order", n)
	}
	w.mustAct("ann", block, undo(rescore))
	if n := failed(); n != 0 {
		t.Errorf("%d failed after the rescoring was undone", n)
	}
	w.standing("ann", block, `score 1/1, grade 1, tries 1+0, draft "yes", done 1`)
}

// Who may not act, and what cannot be asked for, changes nothing.
func TestActsRefused(t *testing.T) {
	w, block := quizWorld(t, nil)
	w.answered("ann", block, "yes")
	before := w.stands("ann", block)
	staff := w.staff()
	elsewhere := *staff
	elsewhere.Run.Run = "other"
	looking := *staff
	looking.ReadOnly = true
	good := kernel.Act{ID: "1", Kind: kernel.ActOverride, Reason: "r"}
	for who, person := range map[string]*access.Person{
		"a learner": w.learner("ann"), "a beta tester": {User: "b", Run: w.run, Learner: "b", Enrolled: true, Roles: []string{access.RoleBeta}},
		"a researcher":            {User: "r", Run: w.run, Learner: "r", Roles: []string{access.RoleDataResearcher}},
		"staff of another course": &elsewhere, "staff who only look": &looking, "nobody": {Run: w.run},
	} {
		_, err := w.kernel.Act(t.Context(), person, w.learner("ann"), w.published(), block, good)
		if code(err) != wire.CodeForbidden {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := w.kernel.Act(t.Context(), staff, &access.Person{Run: w.run}, w.published(), block, good); code(err) != wire.CodeNotFound {
		t.Errorf("nobody's score: %v", err)
	}
	other := w.learner("ann")
	other.Run.Run = "other"
	if _, err := w.kernel.Act(t.Context(), staff, other, w.published(), block, good); code(err) != wire.CodeNotFound {
		t.Errorf("a learner of another course: %v", err)
	}
	long := strings.Repeat("x", kernel.MaxReason+1)
	for want, a := range map[string]kernel.Act{
		"reason required": {Kind: kernel.ActOverride, Reason: " \n "}, "reason long": {Kind: kernel.ActDelete, Reason: long},
		"reason text": {Kind: kernel.ActUnset, Reason: "a\x00b"}, "tries range": {Kind: kernel.ActGrant}, "submission gone": {Kind: kernel.ActRetry, Submission: "x"},
		"act gone": {Kind: kernel.ActUndo, Undoes: "x"}, "act nothing": {Kind: kernel.ActUnset, Reason: "r"},
	} {
		a.ID = "x"
		if _, err := w.act("ann", block, a); problem(err) != want {
			t.Errorf("%+v: %v, want %s", a.Kind, err, want)
		}
	}
	for _, earned := range []float64{-0.01, 1.01, math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		if _, err := w.act("ann", block, kernel.Act{ID: "1", Kind: kernel.ActOverride, Reason: "r", Earned: earned}); problem(err) != "score range" {
			t.Errorf("%v points: %v", earned, err)
		}
	}
	if got := w.stands("ann", block); got != before || len(w.trail("ann", block)) != 0 {
		t.Errorf("refused acts changed %s to %s", before, got)
	}
	// The same id does one thing once.
	first, err := w.act("ann", block, good)
	again, err2 := w.act("ann", block, good)
	if err != nil || err2 != nil || first != again || len(w.trail("ann", block)) != 1 {
		t.Errorf("sent twice: %s %v, %s %v", first, err, again, err2)
	}
	good.Earned = 1
	if _, err := w.act("ann", block, good); code(err) != wire.CodeConflict {
		t.Errorf("another act under the same id: %v", err)
	}
}

// The later act wins, even where it comes from a server whose clock is behind.
func TestActsOfServersWhoseClocksDiffer(t *testing.T) {
	w, block := quizWorld(t, nil)
	w.mustAct("ann", block, kernel.Act{ID: "1", Kind: kernel.ActOverride, Earned: 0.25, Reason: "r"})
	w.pass(-time.Hour)
	w.mustAct("ann", block, kernel.Act{ID: "2", Kind: kernel.ActOverride, Earned: 0.75, Reason: "r"})
	w.standing("ann", block, `score 0.75/1, grade 0.75, tries 0+0, draft , done 0`)
	w.mustAct("ann", block, kernel.Act{ID: "3", Kind: kernel.ActUnset, Reason: "r"})
	w.standing("ann", block, `score none, grade 0, tries 0+0, draft , done 0`)
}

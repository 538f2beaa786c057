package kernel_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// pool gives each learner one of its children.
type pool struct{}

type poolFields struct {
	Name string `quoin:"display_name,settings"`
}

func poolBlock() sdk.Block {
	return sdk.New[poolFields, sdk.None, sdk.None](pool{}, sdk.Spec{
		Rerandomize: "per_student", Choose: wire.ChooseReads{Seed: true},
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Children: true}}},
	})
}

func (pool) Outline(_ *sdk.Call, f *poolFields, _ []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{Title: f.Name, Chooses: true}}, nil
}

func (pool) Choose(c *sdk.Call, _ *poolFields, r wire.ChooseRequest) ([]string, error) {
	return []string{r.Children[c.Seed()%len(r.Children)].ID}, nil
}

func (pool) Render(*sdk.Call, sdk.View[poolFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "pool"}, nil
}

// pooled is a course with a pool of four quizzes, of which everybody has one.
func pooled(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock(), "pool": poolBlock()})
	w.below = map[string][]place{"p": nil}
	for i := range 4 {
		w.below["p"] = append(w.below["p"], place{"quiz", fmt.Sprint("q", i), map[string]any{"word": "one"}})
	}
	w.publish(place{"pool", "p", nil})
	return w
}

// has is what a person finds at a child: nil, or why not.
func (w *world) has(p *access.Person, block *course.Block) error {
	w.t.Helper()
	shown := w.show(p, block)
	_, handled := w.send(p, block, shown.Sitting, "submit", fmt.Sprintf("%032x", time.Now().UnixNano()), map[string]string{"word": "one"})
	_, revealed := w.kernel.Reveal(w.t.Context(), p, w.published(), block)
	hidden := &wire.Error{Code: wire.CodeNotFound}
	if refused := shown.Failure != nil; refused != errors.Is(handled, hidden) || refused && !errors.Is(revealed, hidden) {
		w.t.Errorf("%s at %s: shown %v, handled %v, revealed %v", p.Learner, block.Usage, shown.Failure, handled, revealed)
	}
	if shown.Failure == nil {
		return nil
	}
	return shown.Failure
}

// A learner has what was chosen for him, whether he saw its parent before or not. The other children are not there: not to look
// at, not to answer, not to have their answers shown.
func TestAnUnchosenChildIsNotThere(t *testing.T) {
	w := pooled(t)
	had := map[string]bool{}
	for n := range 8 {
		ann := w.learner(fmt.Sprint("ann", n))
		if n%2 == 0 {
			w.show(ann, w.block("pool", "p"))
		}
		var mine []string
		for _, child := range w.block("pool", "p").Children {
			if err := w.has(ann, child); err == nil {
				mine = append(mine, child.Usage.ID)
			} else if !errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
				t.Error(err)
			}
		}
		shown := w.show(ann, w.block("pool", "p"))
		if len(mine) != 1 || len(shown.Children) != 1 || shown.Children[0].Block.Usage.ID != mine[0] || shown.Children[0].Failure != nil {
			t.Errorf("%s has %v, and sees %+v", ann.Learner, mine, shown.Children)
		}
		had[mine[0]] = true
	}
	if len(had) < 2 {
		t.Errorf("everybody has %v", had)
	}
	w.work()
}

// Course staff see every child; whoever looks on as a learner has that learner's, and nothing is stored by it.
func TestStaffHaveEveryChild(t *testing.T) {
	w := pooled(t)
	staff := w.learner("sam")
	staff.Roles = []string{access.RoleStaff}
	viewer := w.learner("bob")
	viewer.ReadOnly = true
	seen := 0
	for _, child := range w.block("pool", "p").Children {
		if err := w.show(staff, child).Failure; err != nil {
			t.Error(err)
		}
		if w.show(viewer, child).Failure == nil {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("a viewer has %d children", seen)
	}
	if l, err := w.kernel.LearnerState(t.Context(), "bob", w.block("pool", "p").Usage.String()); err != nil || l.Drawn {
		t.Errorf("looking on chose: %+v, %v", l, err)
	}
	bob := w.learner("bob")
	children := w.block("pool", "p").Children
	at := slices.IndexFunc(children, func(b *course.Block) bool { return w.show(bob, b).Failure == nil })
	if w.show(viewer, children[at]).Failure != nil {
		t.Error("the viewer had another child than the learner")
	}
}

// hand deals as many of its children as its author says; those that it dealt before come first.
type hand struct{}

type handFields struct {
	Count int `quoin:"count,settings" default:"1"`
}

func handBlock() sdk.Block {
	return sdk.New[handFields, sdk.None, sdk.None](hand{}, sdk.Spec{
		Choose: wire.ChooseReads{Seed: true}, Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Children: true}}},
	})
}

func (hand) Outline(_ *sdk.Call, f *handFields, _ []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	undrawn := float64(f.Count)
	return sdk.Outline[sdk.None, sdk.None]{
		Facts: wire.Facts{Chooses: true, Undrawn: &undrawn, Completion: wire.CompleteByContent}, AnswerHash: fmt.Sprint("deal ", f.Count),
	}, nil
}

func (hand) Choose(c *sdk.Call, f *handFields, r wire.ChooseRequest) ([]string, error) {
	dealt := slices.Clone(r.Earlier[:min(len(r.Earlier), f.Count)])
	for i := 0; len(dealt) < f.Count; i++ {
		if id := r.Children[(c.Seed()+i)%len(r.Children)].ID; !slices.Contains(dealt, id) {
			dealt = append(dealt, id)
		}
	}
	return dealt, nil
}

func (hand) Render(*sdk.Call, sdk.View[handFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "hand"}, nil
}

// dealt is what a person has of a hand.
func (w *world) dealt(p *access.Person) []string {
	w.t.Helper()
	var ids []string
	for _, child := range w.show(p, w.block("hand", "h")).Children {
		ids = append(ids, child.Block.Usage.ID)
	}
	return ids
}

// What a learner has drawn stays when the course is published with other children. Another number, by which the answer hash is
// another one, adds to it or takes from it. Course staff see every child at the block itself.
func TestWhatWasDrawnStaysWhileTheAnswerHashDoes(t *testing.T) {
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock(), "hand": handBlock()})
	deal := func(count, from int) {
		w.below = map[string][]place{"h": nil}
		for i := range from {
			w.below["h"] = append(w.below["h"], place{"quiz", fmt.Sprint("q", i), map[string]any{"word": "one"}})
		}
		w.publish(place{"hand", "h", map[string]any{"count": count}})
	}
	deal(2, 6)
	firsts := map[string][]string{}
	kinds := map[string]bool{}
	for n := range 8 {
		name := fmt.Sprint("ann", n)
		firsts[name] = w.dealt(w.learner(name))
		kinds[fmt.Sprint(firsts[name])] = true
	}
	if len(kinds) < 2 {
		t.Errorf("everybody drew %v, whatever the course's rerandomize says", kinds)
	}
	for _, step := range []struct{ count, from, kept int }{{2, 9, 2}, {3, 9, 2}, {1, 9, 1}} {
		deal(step.count, step.from)
		for name, first := range firsts {
			if now := w.dealt(w.learner(name)); len(now) != step.count || !slices.Equal(now[:step.kept], first[:step.kept]) {
				t.Errorf("%+v: %s had %v, and has %v", step, name, first, now)
			}
		}
	}
	staff := w.learner("sam")
	staff.Roles = []string{access.RoleStaff}
	if all := w.dealt(staff); len(all) != 9 {
		t.Errorf("staff see %v", all)
	}
	if l, err := w.kernel.LearnerState(t.Context(), "sam", w.block("hand", "h").Usage.String()); err != nil || l.Drawn {
		t.Errorf("staff drew: %+v, %v", l, err)
	}
}

// A grade counts what the learner drew and nothing else; before he drew, what the block says.
func TestAGradeCountsWhatWasDrawn(t *testing.T) {
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock(), "hand": handBlock()})
	w.below = map[string][]place{"h": nil}
	for i := range 6 {
		w.below["h"] = append(w.below["h"], place{"quiz", fmt.Sprint("q", i), map[string]any{"word": "one"}})
	}
	w.publish(place{"hand", "h", map[string]any{"count": 2}})
	ann := w.learner("ann")
	totals := func() (earned, possible float64, problems int) {
		t.Helper()
		_, standings, err := w.kernel.Scorer().Course(t.Context(), ann, w.published())
		if err != nil || len(standings) != 1 {
			t.Fatal(standings, err)
		}
		all := standings[0].Totals.All
		return all.Earned, all.Possible, len(standings[0].Problems)
	}
	if e, p, n := totals(); e != 0 || p != 2 || n != 1 {
		t.Errorf("before drawing %v of %v at %d problems", e, p, n)
	}
	if sub := w.published().Subsections[0]; sub.Possible != 2 || sub.Scored != 1 {
		t.Errorf("a subsection is worth %v with %d problems", sub.Possible, sub.Scored)
	}
	mine := w.dealt(ann)
	for _, id := range mine {
		block := w.block("quiz", id)
		if _, err := w.send(ann, block, w.show(ann, block).Sitting, "submit", fmt.Sprintf("%032x", time.Now().UnixNano()), map[string]string{"word": "one"}); err != nil {
			t.Fatal(err)
		}
	}
	w.work()
	if e, p, n := totals(); e != 2 || p != 2 || n != 2 {
		t.Errorf("after solving %v: %v of %v at %d problems", mine, e, p, n)
	}
}

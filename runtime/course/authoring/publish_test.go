package authoring_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func (w *world) publish(within key.Usage) authoring.Published {
	w.t.Helper()
	done, err := w.authoring.Publish(w.t.Context(), ada, within, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// live writes down what learners see.
func (w *world) live() string {
	w.t.Helper()
	p, err := w.courses.Newest(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.drawn(p)
}

func (w *world) drawn(p *course.Published) string {
	w.t.Helper()
	if _, err := p.All(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	var write func(b *course.Block) string
	write = func(b *course.Block) string {
		children := b.Children
		if b.Subsection != nil && b == b.Subsection.Block {
			loaded, err := b.Subsection.Load(w.t.Context())
			if err != nil {
				w.t.Fatal(err)
			}
			children = loaded.Units
		}
		out := b.Usage.ID
		if len(children) > 0 {
			var below []string
			for _, child := range children {
				below = append(below, write(child))
			}
			out += "[" + strings.Join(below, " ") + "]"
		}
		return out
	}
	return write(p.Root)
}

func (w *world) drafts() int {
	w.t.Helper()
	drafts, err := w.courses.Drafts(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(drafts)
}

// fresh checks that what was derived step by step is what would be derived of the whole at once.
func (w *world) fresh() {
	w.t.Helper()
	again, err := w.courses.Reoutline(w.t.Context(), w.blocks, run, "test", "")
	if err != nil || again {
		w.t.Errorf("derived afresh it is something else: %v, %v", again, err)
	}
}

func TestPublishOneChange(t *testing.T) {
	w := newWorld(t)
	w.sample()
	w.save(ada, at("html", "h1"), "data", five, `"new"`)
	w.save(ada, at("problem", "p2"), "display_name", `"P2"`, `"Not yet"`)
	asked := maps.Clone(w.blocks.asked)
	done := w.publish(at("vertical", "u1"))
	if done.Head.Number != 2 || done.Blocks != 1 || len(done.Broken) != 0 {
		t.Errorf("published %+v", done)
	}
	again := 0
	for hash, n := range w.blocks.asked {
		again += n - asked[hash]
	}
	if again != 2 { // what changed, and the problem beside it in the same subsection
		t.Errorf("%d blocks were outlined", again)
	}
	tree := w.tree()
	if tree.Changed != 1 || tree.Course.Children[0].Below != 0 || w.drafts() != 1 {
		t.Errorf("%d changes left, %d drafts", tree.Changed, w.drafts())
	}
	w.fresh()
	if done := w.publish(at("vertical", "u1")); done.Head.Number != 2 || done.Blocks != 0 {
		t.Errorf("published again: %+v", done)
	}
	// What was published is undone as everything is: in the working copy.
	w.undo(ada, w.history(3)[2].Op)
	content, err := w.authoring.Unit(t.Context(), run, at("html", "h1"))
	if err != nil || string(content.Fields["data"]) != five || string(content.Published["data"]) != `"new"` {
		t.Errorf("undone after the publish: %s, %v", content.Fields["data"], err)
	}
}

// A block is at all times at one place of what learners see, whichever part is published first.
func TestMoveThenPublish(t *testing.T) {
	const moved = "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]"
	for _, order := range [][]key.Usage{
		{at("vertical", "u2"), at("vertical", "u1")}, {at("vertical", "u1"), at("vertical", "u2")}, {root}, {at("chapter", "c2"), root},
	} {
		w := newWorld(t)
		w.sample()
		w.must(w.authoring.Move(t.Context(), ada, at("vertical", "u2"), "", at("problem", "p1")))
		for _, part := range order {
			w.publish(part)
			if got := w.live(); strings.Count(got, "p1") != 1 {
				t.Errorf("publishing %v: learners have %s", part, got)
			}
			w.fresh()
		}
		if got := w.live(); got != moved || w.tree().Changed != 0 || w.drafts() != 0 {
			t.Errorf("%v: learners have %s, %d changes, %d drafts", order, got, w.tree().Changed, w.drafts())
		}
	}
	// A whole unit to another section, published where it came to.
	w := newWorld(t)
	w.sample()
	w.must(w.authoring.Move(t.Context(), ada, at("sequential", "s2"), authoring.Last, at("vertical", "u1")))
	w.publish(at("vertical", "u1"))
	if got := w.live(); got != "course[c1[s1] c2[s2[u2[p2] u1[h1 p1]]]]" {
		t.Errorf("learners have %s", got)
	}
	w.fresh()
}

// Of a new part what is above it is published with it, and nothing else.
func TestPublishNewPart(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	add := func(parent key.Usage, after, kind string) key.Usage {
		usage, op, err := w.authoring.Add(ctx, ada, parent, after, authoring.NewBlock{Type: kind, Title: kind})
		w.must(op, err)
		return usage
	}
	section := add(root, "c1", "chapter")
	sub := add(section, "", "sequential")
	unit, other := add(sub, "", "vertical"), add(sub, authoring.Last, "vertical")
	text := add(unit, "", "html")
	w.publish(unit)
	if got, want := w.live(), fmt.Sprintf("course[c1[s1[u1[h1 p1]]] %s[%s[%s[%s]]] c2[s2[u2[p2]]]]", section.ID, sub.ID, unit.ID, text.ID); got != want {
		t.Errorf("learners have %s, want %s", got, want)
	}
	w.must(w.authoring.Remove(ctx, ada, section))
	w.publish(root)
	if got := w.live(); got != published {
		t.Errorf("after it was removed: %s", got)
	}
	w.undo(ada, w.history(2)[1].Op)
	w.want("brought back", fmt.Sprintf("course[c1[s1[u1[h1 p1]]] %s[%s[%s[%s] %s]] c2[s2[u2[p2]]]]", section.ID, sub.ID, unit.ID, text.ID, other.ID))
	w.publish(root)
	w.fresh()
}

// A published block that was removed and published without comes back with its content.
func TestUndoOfPublishedRemoval(t *testing.T) {
	w := newWorld(t)
	w.sample()
	removed := w.must(w.authoring.Remove(t.Context(), ada, at("chapter", "c1")))
	w.publish(root)
	if got := w.live(); got != "course[c2[s2[u2[p2]]]]" {
		t.Fatal(got)
	}
	w.undo(ada, removed.ID)
	w.want("brought back", published)
	content, err := w.authoring.Unit(t.Context(), run, at("html", "h1"))
	if err != nil || string(content.Fields["data"]) != five {
		t.Errorf("its text: %s, %v", content.Fields["data"], err)
	}
}

func TestFirstPublish(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	if err := w.authoring.Create(ctx, ada, run, "A course"); err != nil {
		t.Fatal(err)
	}
	unit := w.tree().Course.Children[0].Children[0].Children[0].Usage
	_, op, err := w.authoring.Add(ctx, ada, unit, "", authoring.NewBlock{Type: "problem", Title: "P", Fields: wire.Fields{"data": json.RawMessage(`"broken"`)}})
	w.must(op, err)
	done := w.publish(root)
	if done.Head.Number != 1 || done.Blocks != 5 || len(done.Broken) != 1 || w.drafts() != 0 {
		t.Errorf("%+v, %d drafts", done, w.drafts())
	}
	there, err := w.courses.Run(ctx, run)
	if err != nil || there.Title != "A course" || there.Org != "Test" {
		t.Errorf("%+v, %v", there, err)
	}
	w.fresh()
}

func TestPreview(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.save(ada, at("html", "h1"), "display_name", `"H1"`, `"Draft"`)
	w.must(w.authoring.Move(ctx, ada, at("vertical", "u2"), "", at("problem", "p1")))
	u2 := at("vertical", "u2")
	p, err := w.authoring.Preview(ctx, run, &u2)
	if err != nil || w.drawn(p) != "course[c2[s2[u2[p1 p2]]]]" {
		t.Fatalf("the unit: %s, %v", w.drawn(p), err)
	}
	if p, err = w.authoring.Preview(ctx, run, nil); err != nil || w.drawn(p) != "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]" {
		t.Fatalf("the whole: %s, %v", w.drawn(p), err)
	}
	b, err := p.Find(ctx, at("html", "h1"))
	if err != nil || b.Title() != "Draft" || p.Head.Number != -1 {
		t.Errorf("%q, %v", b.Title(), err)
	}
	u1 := at("vertical", "u1")
	if p, err = w.authoring.Preview(ctx, run, &u1); err != nil || w.drawn(p) != "course[c1[s1[u1[h1]]]]" {
		t.Errorf("what was moved away: %v", err)
	}
	if got := w.live(); got != published {
		t.Errorf("learners have %s", got)
	}
}

func TestPublishSettings(t *testing.T) {
	w := newWorld(t)
	w.sample()
	w.save(ada, at("html", "h1"), "data", five, `"not yet"`)
	_, op, err := w.authoring.Add(t.Context(), ada, root, "", authoring.NewBlock{Type: "chapter"})
	w.must(op, err)
	policy := `{"GRADER":[]}`
	head, err := w.authoring.PublishSettings(t.Context(), ada, run, wire.Fields{"start": json.RawMessage(`"2030-01-01T00:00:00Z"`)}, &policy)
	if err != nil || head.Number != 2 {
		t.Fatalf("%+v, %v", head, err)
	}
	there, err := w.courses.Run(t.Context(), run)
	if err != nil || there.Time("start").Year() != 2030 || there.Grading != policy {
		t.Errorf("%+v, %v", there, err)
	}
	if got := w.live(); got != published || w.tree().Changed != 3 {
		t.Errorf("learners have %s, %d changes wait", got, w.tree().Changed)
	}
	w.fresh()
}

// What is saved while the course is published is in the working copy afterwards, and the publish is whole.
func TestPublishWhileSomebodySaves(t *testing.T) {
	first := newWorld(t)
	first.sample()
	first.save(ada, at("html", "h1"), "data", five, `"ready"`)
	s := faultstore.New(first.store, faultstore.Plan{})
	first.open(s)
	first.publish(root)
	for _, point := range s.Passed() {
		w := newWorld(t)
		w.sample()
		w.save(ada, at("html", "h1"), "data", five, `"ready"`)
		meanwhile := faultstore.Rule{At: point.N, Meanwhile: func(ctx context.Context, _ store.Store, _ faultstore.Point) error {
			other := authoring.New(w.store, authoring.Config{Courses: course.New(w.store, course.Config{Now: w.clock}), Blocks: w.blocks, Now: w.clock, NewID: w.id})
			_, err := other.Save(ctx, ben, at("html", "h1"), map[string]authoring.FieldEdit{"display_name": {Base: json.RawMessage(`"H1"`), Value: json.RawMessage(`"Ben's"`)}})
			return err
		}}
		w.open(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{meanwhile}}))
		w.publish(root)
		content, err := w.authoring.Unit(t.Context(), run, at("html", "h1"))
		if err != nil {
			t.Fatal(err)
		}
		if string(content.Fields["display_name"]) != `"Ben's"` || string(content.Fields["data"]) != `"ready"` {
			t.Errorf("%v: the working copy has %v", point, content.Fields)
		}
		p, err := w.courses.Newest(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.Find(t.Context(), at("html", "h1"))
		if err != nil {
			t.Fatal(err)
		}
		revision, err := w.courses.Revision(t.Context(), b.Hash)
		if err != nil || revision.Fields["data"] != `"ready"` {
			t.Errorf("%v: learners have %v, %v", point, revision.Fields, err)
		}
	}
}

// A publish that dies leaves what was published or what is; the next one takes up what it left.
func TestCrashInAPublish(t *testing.T) {
	prepare := func(w *world) {
		w.sample()
		w.save(ada, at("html", "h1"), "data", five, `"ready"`)
		w.must(w.authoring.Move(w.t.Context(), ada, at("vertical", "u2"), "", at("problem", "p1")))
	}
	first := newWorld(t)
	prepare(first)
	s := faultstore.New(first.store, faultstore.Plan{})
	first.open(s)
	first.publish(root)
	for _, plan := range slices.Concat(faultstore.Crashes(writes(s)), faultstore.Conflicts(writes(s))) {
		w := newWorld(t)
		prepare(w)
		s := faultstore.New(w.store, plan)
		w.open(s)
		if _, err := w.authoring.Publish(t.Context(), ada, root, ""); err != nil && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%v: %v", plan, err)
		}
		s.Revive()
		w.open(s)
		const moved = "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]"
		if got := w.live(); got != published && got != moved {
			t.Errorf("%v: learners have %s", plan, got)
		}
		w.want("the working copy", moved)
		w.publish(root)
		if got := w.live(); got != moved || w.tree().Changed != 0 || w.drafts() != 0 {
			t.Errorf("%v: learners have %s, %d drafts", plan, got, w.drafts())
		}
	}
}

// Several authors publish and save at once; what each saved is there in the end.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	w.sample()
	var group sync.WaitGroup
	for n := range 6 {
		group.Go(func() {
			who := authoring.Author{ID: fmt.Sprint("author", n)}
			usage := []key.Usage{at("html", "h1"), at("problem", "p1"), at("problem", "p2")}[n%3]
			field := []string{"display_name", "data"}[n/3]
			base := json.RawMessage("null")
			for i := range 8 {
				value := json.RawMessage(fmt.Sprintf(`"%d by %d"`, i, n))
				if i == 0 {
					content, err := w.authoring.Unit(t.Context(), run, usage)
					if err != nil {
						t.Error(err)
						return
					}
					base = content.Fields[field]
				}
				saved, err := w.authoring.Save(t.Context(), who, usage, map[string]authoring.FieldEdit{field: {Base: base, Value: value}})
				if err != nil || len(saved.Conflicts) > 0 {
					t.Errorf("save: %v, %+v", err, saved.Conflicts)
				}
				if base = value; i%3 == 2 {
					if _, err := w.authoring.Publish(t.Context(), who, root, ""); err != nil && !errors.Is(err, authoring.ErrStale) {
						t.Errorf("publish: %v", err)
					}
				}
			}
		})
	}
	group.Wait()
	for n := range 6 {
		usage := []key.Usage{at("html", "h1"), at("problem", "p1"), at("problem", "p2")}[n%3]
		content, err := w.authoring.Unit(t.Context(), run, usage)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(content.Fields[[]string{"display_name", "data"}[n/3]]); got != fmt.Sprintf(`"7 by %d"`, n) {
			t.Errorf("author %d's last save: %s", n, got)
		}
	}
	w.publish(root)
	w.fresh()
	if w.drafts() != 0 {
		t.Errorf("%d drafts left", w.drafts())
	}
}

// Somebody's draft may come, be published and go between the moment at which an author's first save looks for a draft and the one
// at which it stores its own: what was published then is not taken back.
func TestSaveWhileAnotherDraftComesAndGoes(t *testing.T) {
	w := newWorld(t)
	w.sample()
	plain := w.authoring
	w.open(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{{
		Ops: []faultstore.Op{faultstore.Insert}, Collection: "drafts", Nth: 1,
		Meanwhile: func(ctx context.Context, _ store.Store, _ faultstore.Point) error {
			_, err := plain.Save(ctx, ben, at("html", "h1"), map[string]authoring.FieldEdit{"display_name": {Base: json.RawMessage(`"H1"`), Value: json.RawMessage(`"Ben's"`)}})
			if err == nil {
				_, err = plain.Publish(ctx, ben, root, "")
			}
			return err
		},
	}}}))
	w.save(ada, at("html", "h1"), "data", five, `"ada's"`)
	content := w.content("html", "h1")
	if string(content.Fields["display_name"]) != `"Ben's"` || string(content.Fields["data"]) != `"ada's"` {
		t.Errorf("the working copy has %s and %s", content.Fields["display_name"], content.Fields["data"])
	}
	w.publish(root)
	if title := w.content("html", "h1").Published["display_name"]; string(title) != `"Ben's"` {
		t.Errorf("learners have %s", title)
	}
}

// A course is not read at one moment. A block that is moved meanwhile, to a place that was read and from one that was not yet, is
// published all the same.
func TestPublishWhileSomebodyMoves(t *testing.T) {
	defer authoring.ReadDraftsByOne()()
	w := newWorld(t)
	w.sample()
	w.save(ada, at("vertical", "u1"), "display_name", `"U1"`, `"First"`)
	w.save(ada, at("vertical", "u2"), "display_name", `"U2"`, `"Second"`)
	plain, moved := w.authoring, false
	faulty := faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{{
		Ops: []faultstore.Op{faultstore.Find}, Collection: "drafts", Nth: 2,
		Meanwhile: func(ctx context.Context, _ store.Store, _ faultstore.Point) error {
			moved = true
			_, err := plain.Move(ctx, ben, at("vertical", "u1"), authoring.Last, at("problem", "p2"))
			return err
		},
	}}})
	w.open(faulty)
	w.publish(root)
	if got := w.live(); !moved || strings.Count(got, "p2") != 1 {
		t.Errorf("learners have %s, moved meanwhile: %v", got, moved)
	}
}

// A block that two authors moved to two places at once stands at the first, and what names it elsewhere is no change that waits
// for ever.
func TestBlockAtTwoPlaces(t *testing.T) {
	w := newWorld(t)
	w.sample()
	u2 := w.content("vertical", "u2")
	err := w.courses.PutDraft(t.Context(), course.Draft{Course: run.String(), Usage: u2.Usage.String(), Base: u2.Base, Revision: course.Revision{
		Type: "vertical", Fields: store.Map[string]{"display_name": `"U2"`}, Children: []course.ChildRef{{Type: "problem", ID: "p1"}, {Type: "problem", ID: "p2"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.want("it stands at the first", published)
	if tree := w.tree(); tree.Changed != 0 {
		t.Errorf("%d changes", tree.Changed)
	}
	if done := w.publish(root); done.Blocks != 0 || w.drafts() != 0 || w.live() != published {
		t.Errorf("published %+v, %d drafts, learners have %s", done, w.drafts(), w.live())
	}
}

// A move that is half done when the course is published is done first: the block is lost at no place.
func TestPublishInTheMiddleOfAMove(t *testing.T) {
	move := func(w *world) error {
		_, err := w.authoring.Move(w.t.Context(), ben, at("vertical", "u2"), "", at("problem", "p1"))
		return err
	}
	first := newWorld(t)
	first.sample()
	s := faultstore.New(first.store, faultstore.Plan{})
	first.open(s)
	if err := move(first); err != nil {
		t.Fatal(err)
	}
	for _, point := range writes(s) {
		w := newWorld(t)
		w.sample()
		plain := w.authoring
		w.open(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{{At: point.N, Meanwhile: func(ctx context.Context, _ store.Store, _ faultstore.Point) error {
			_, err := plain.Publish(ctx, ada, root, "")
			return err
		}}}}))
		if err := move(w); err != nil {
			t.Fatal(err)
		}
		w.want(point.String(), "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]")
		w.publish(root)
		if got := w.live(); got != "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]" || w.drafts() != 0 {
			t.Errorf("%v: learners have %s, %d drafts", point, got, w.drafts())
		}
	}
}

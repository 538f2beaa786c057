package authoring_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

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

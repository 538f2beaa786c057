package authoring_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

func (w *world) pending(within key.Usage) authoring.Pending {
	w.t.Helper()
	pending, err := w.authoring.Pending(w.t.Context(), run, within)
	if err != nil {
		w.t.Fatal(err)
	}
	return pending
}

// What somebody has seen is published, or nothing: at whatever moment of a publish another author saves, his words do not go out
// with what was approved.
func TestPublishNothingButWhatWasSeen(t *testing.T) {
	prepare := func(w *world) map[key.Usage]string {
		w.sample()
		w.save(ada, at("html", "h1"), "data", five, `"ready"`)
		return map[key.Usage]string{at("vertical", "u1"): w.pending(at("vertical", "u1")).State}
	}
	first := newWorld(t)
	states := prepare(first)
	s := faultstore.New(first.store, faultstore.Plan{})
	first.open(s)
	if done, err := first.authoring.PublishSeen(t.Context(), ada, "", states, at("vertical", "u1")); err != nil || done.Blocks != 1 {
		t.Fatal(done, err)
	}
	refused, published := 0, 0
	for _, point := range s.Passed() {
		w := newWorld(t)
		states := prepare(w)
		meanwhile := faultstore.Rule{At: point.N, Meanwhile: func(ctx context.Context, _ store.Store, _ faultstore.Point) error {
			other := authoring.New(w.store, authoring.Config{Courses: course.New(w.store, course.Config{Now: w.clock}), Blocks: w.blocks, Now: w.clock, NewID: w.id})
			_, err := other.Save(ctx, ben, at("html", "h1"), map[string]authoring.FieldEdit{"display_name": {Base: json.RawMessage(`"H1"`), Value: json.RawMessage(`"Nobody saw this"`)}})
			return err
		}}
		w.open(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{meanwhile}}))
		_, err := w.authoring.PublishSeen(t.Context(), ada, "", states, at("vertical", "u1"))
		var other *authoring.OtherState
		switch {
		case errors.As(err, &other) && other.Usage == at("vertical", "u1") && errors.Is(err, authoring.ErrStale):
			refused++
		case err == nil:
			published++
		default:
			t.Errorf("%v: %v", point, err)
		}
		live, liveErr := w.courses.Newest(t.Context(), run)
		if liveErr != nil {
			t.Fatal(liveErr)
		}
		block, findErr := live.Find(t.Context(), at("html", "h1"))
		if findErr != nil {
			t.Fatal(findErr)
		}
		if title := block.Title(); title != "H1" {
			t.Errorf("%v: %q is published, and the publish says %v", point, title, err)
		}
		if (live.Head.Number > 1) != (err == nil) {
			t.Errorf("%v: version %d, %v", point, live.Head.Number, err)
		}
	}
	if refused == 0 || published == 0 {
		t.Errorf("%d were refused and %d published", refused, published)
	}
}

// A state is another one after each change of what would be published, and no other one for what happens elsewhere.
func TestStateOfWhatIsPending(t *testing.T) {
	w := newWorld(t)
	w.sample()
	u1 := at("vertical", "u1")
	w.save(ada, at("html", "h1"), "data", five, `"ready"`)
	state := w.pending(u1).State
	w.save(ben, at("problem", "p2"), "display_name", `"P2"`, `"Elsewhere"`)
	w.publish(at("vertical", "u2"))
	if now := w.pending(u1).State; now != state {
		t.Errorf("a publish of another unit made %q of %q", now, state)
	}
	seen := []string{state}
	other := func(what string, of key.Usage) {
		t.Helper()
		now := w.pending(of).State
		if slices.Contains(seen, now) {
			t.Errorf("after %s it is in a state that it was in", what)
		}
		seen = append(seen, now)
	}
	w.save(ben, at("html", "h1"), "display_name", `"H1"`, `"Ben's"`)
	other("a save", u1)
	w.must(w.authoring.Move(t.Context(), ben, u1, "", at("problem", "p1")))
	other("a move within", u1)
	w.must(w.authoring.Move(t.Context(), ben, u1, "", at("problem", "p2")))
	other("a move into it", u1)
	w.must(w.authoring.Remove(t.Context(), ben, at("problem", "p1")))
	other("a removal", u1)

	section, _, err := w.authoring.Add(t.Context(), ada, root, authoring.Last, authoring.NewBlock{Type: "chapter", Title: "New"})
	if err != nil {
		t.Fatal(err)
	}
	subsection, _, err := w.authoring.Add(t.Context(), ada, section, authoring.Last, authoring.NewBlock{Type: "sequential", Title: "In it"})
	if err != nil {
		t.Fatal(err)
	}
	other("a new part", subsection)
	w.save(ben, section, "display_name", `"New"`, `"A title that comes along"`)
	other("a save above it that comes along", subsection)
}

// Whose work a block is says everybody since it was published last, also before another block of the unit was.
func TestWorkers(t *testing.T) {
	w := newWorld(t)
	w.sample()
	u1 := at("vertical", "u1")
	carl := authoring.Author{ID: "carl"}
	w.save(carl, at("html", "h1"), "data", five, `"by carl"`)
	w.publish(u1)
	w.save(ada, at("html", "h1"), "data", `"by carl"`, `"by ada"`)
	w.save(ben, at("html", "h1"), "display_name", `"H1"`, `"Ben's"`)
	w.save(ben, at("problem", "p1"), "display_name", `"P1"`, `"Alone"`)
	w.publish(at("problem", "p1"))
	are := func(what string, want ...string) {
		t.Helper()
		workers, err := w.authoring.Workers(t.Context(), run, u1, w.pending(u1).Changes)
		if slices.Sort(workers); err != nil || !slices.Equal(workers, want) {
			t.Errorf("%s: %v, %v", what, workers, err)
		}
	}
	are("a sibling was published since", "ada", "ben")
	w.publish(u1)
	// The unit's own order: a publish of what stands in it is none of the unit.
	w.must(w.authoring.Move(t.Context(), carl, u1, "", at("problem", "p1")))
	w.save(ben, u1, "display_name", `"U1"`, `"Ben's unit"`)
	w.save(ben, at("html", "h1"), "display_name", `"Ben's"`, `"Again"`)
	w.publish(at("html", "h1"))
	are("a child was published since", "ben", "carl")
	w.publish(root)
	w.save(ada, u1, "display_name", `"Ben's unit"`, `"Ada's"`)
	are("the course was published since", "ada")
}

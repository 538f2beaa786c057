package authoring_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
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
	head, err := w.authoring.PublishSettings(t.Context(), ada, run, authoring.Settings{Fields: wire.Fields{"start": json.RawMessage(`"2030-01-01T00:00:00Z"`)}, Grading: &policy})
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

// What a preview keeps is taken away some weeks after the last look at it, and nothing else is: what was published, and what a history
// names, stays, the same content or not.
func TestPreviewsAreCollected(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx, u1, day := t.Context(), at("vertical", "u1"), 24*time.Hour
	look := func() string {
		t.Helper()
		p, err := w.authoring.Preview(ctx, run, &u1)
		if err != nil {
			t.Fatal(err)
		}
		block, err := p.Find(ctx, at("html", "h1"))
		if err != nil {
			t.Fatal(err)
		}
		return block.Hash
	}
	there := func(what, hash string, want bool) {
		t.Helper()
		if _, err := w.courses.Revision(ctx, hash); (err == nil) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	sweep := func(want int) {
		t.Helper()
		if n, err := w.authoring.Sweep(ctx); err != nil || n != want {
			t.Errorf("swept %d, %v; want %d", n, err, want)
		}
	}
	w.save(ada, at("html", "h1"), "data", five, `"first"`)
	first := look()
	w.save(ada, at("html", "h1"), "data", `"first"`, `"second"`) // within the pause: no history names the first
	second := look()
	w.wait(20 * day)
	look()
	sweep(0)
	there("the first within its time", first, true)
	w.wait(20 * day)
	sweep(1)
	there("the first after its time", first, false)
	there("the second, looked at since", second, true)
	w.publish(u1)
	w.wait(40 * day)
	sweep(1)
	there("what is published", second, true)
	w.fresh()
	entries, _, err := w.authoring.History(ctx, run, at("html", "h1"), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range entries[len(entries)-1].Steps {
		if _, err := w.authoring.Compare(ctx, step.Before, step.After); err != nil {
			t.Error(err)
		}
	}
}

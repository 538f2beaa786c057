package authoring_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Several parts that are published together are one published state and one line of the history; the rest stays as it is.
func TestPublishSeveralParts(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	section, op, err := w.authoring.Add(ctx, ada, root, authoring.Last, authoring.NewBlock{Type: "chapter", Title: "C3"})
	w.must(op, err)
	var subs []key.Usage
	for range 3 {
		sub, op, err := w.authoring.Add(ctx, ada, section, authoring.Last, authoring.NewBlock{Type: "sequential"})
		w.must(op, err)
		subs = append(subs, sub)
	}
	w.save(ada, at("html", "h1"), "data", five, `"new"`)
	w.save(ada, at("problem", "p2"), "display_name", `"P2"`, `"Not yet"`)
	done, err := w.authoring.Publish(ctx, ada, subs[2], "", at("vertical", "u1"), subs[0], at("html", "h1"))
	if err != nil || done.Head.Number != 2 || done.Blocks != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	if got, want := w.live(), "course[c1[s1[u1[h1 p1]]] c2[s2[u2[p2]]] "+section.ID+"["+subs[0].ID+" "+subs[2].ID+"]]"; got != want {
		t.Errorf("learners have %s, want %s", got, want)
	}
	w.fresh()
	if tree := w.tree(); tree.Changed != 3 { // the section's list, the subsection that waits, the other problem
		t.Errorf("%d changes wait", tree.Changed)
	}
	if entries := w.history(2); entries[0].Kind != authoring.KindPublish || entries[1].Kind == authoring.KindPublish {
		t.Errorf("the history has %+v", entries)
	}
	w.publish(root)
	if got := w.live(); !strings.Contains(got, subs[0].ID+" "+subs[1].ID+" "+subs[2].ID) {
		t.Errorf("learners have %s", got)
	}
}

// Several parts that are discarded, and several copies, are one operation each, which one undo takes back.
func TestSeveralPartsAreOneOperation(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	section, op, err := w.authoring.Add(ctx, ada, root, authoring.Last, authoring.NewBlock{Type: "chapter"})
	w.must(op, err)
	sub, op, err := w.authoring.Add(ctx, ada, section, authoring.Last, authoring.NewBlock{Type: "sequential"})
	w.must(op, err)
	w.save(ada, at("html", "h1"), "data", five, `"new"`)
	w.save(ada, at("problem", "p2"), "display_name", `"P2"`, `"Not yet"`)
	w.must(w.authoring.Move(ctx, ada, sub, authoring.Last, at("vertical", "u2")))
	before := w.outline()

	op = w.must(w.authoring.Discard(ctx, ada, section, at("problem", "p2"), at("vertical", "u1"), sub))
	w.want("discarded", published)
	if tree := w.tree(); tree.Changed != 0 {
		t.Errorf("%d changes left", tree.Changed)
	}
	w.undo(ada, op.ID)
	w.want("discarding undone", before)
	if tree := w.tree(); tree.Changed == 0 || w.history(1)[0].Undoes != op.ID {
		t.Errorf("%d changes after the undo, %+v", tree.Changed, w.history(1))
	}
	w.must(w.authoring.Discard(ctx, ada, root))

	made, op, err := w.authoring.Duplicate(ctx, ada, nil, at("vertical", "u1"), at("html", "h1"), at("chapter", "c2"), at("vertical", "u2"))
	w.must(op, err)
	if len(made) != 2 || strings.Count(w.outline(), made[0].ID) != 1 || strings.Count(w.outline(), made[1].ID) != 1 {
		t.Errorf("made %v: %s", made, w.outline())
	}
	w.undo(ada, op.ID)
	w.want("copying undone", published)
}

// Settings are one line of the history with the policy before and after. An undo makes both hold again, and leaves alone what somebody
// has changed since.
func TestSettingsInTheHistory(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	set := func(who authoring.Author, s authoring.Settings) authoring.Entry {
		t.Helper()
		if _, err := w.authoring.PublishSettings(ctx, who, run, s); err != nil {
			t.Fatal(err)
		}
		return w.history(1)[0]
	}
	fields := func(start, end string) wire.Fields {
		f := wire.Fields{}
		if start != "" {
			f["start"] = json.RawMessage(`"` + start + `"`)
		}
		if end != "" {
			f["end"] = json.RawMessage(`"` + end + `"`)
		}
		return f
	}
	one, two := `{"GRADER":[{"type":"A"}]}`, `{"GRADER":[{"type":"B"}]}`
	set(ada, authoring.Settings{Grading: &one})
	entry := set(ben, authoring.Settings{Grading: &two, Fields: fields("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")})
	if entry.Kind != authoring.KindSettings || entry.By != "ben" || entry.Head != 3 || entry.Grading == nil || entry.Grading.Before != one || entry.Grading.After != two || len(entry.Steps) != 1 {
		t.Fatalf("%+v", entry)
	}
	same := set(ada, authoring.Settings{Grading: &two, Fields: fields("2030-01-01T00:00:00Z", "")})
	if same.Op != entry.Op {
		t.Errorf("what changes nothing is entered: %+v", same)
	}
	set(ada, authoring.Settings{Fields: fields("", "2032-01-01T00:00:00Z")})
	undone := w.undo(ada, entry.Op)
	there, err := w.courses.Run(ctx, run)
	if err != nil || there.Grading != one || !there.Time("start").IsZero() || there.Time("end").Year() != 2032 {
		t.Errorf("%q %v, %v", there.Grading, there.Settings, err)
	}
	if len(undone.Left) != 1 || undone.Left[0].Field != "end" {
		t.Errorf("left %v", undone.Left)
	}
	if w.tree().Changed != 0 {
		t.Error("the undo waits to be published")
	}
	w.undo(ada, undone.Op.ID)
	if there, err = w.courses.Run(ctx, run); err != nil || there.Grading != two || there.Time("start").Year() != 2030 {
		t.Errorf("done again: %q %v, %v", there.Grading, there.Settings, err)
	}
	if _, err := w.authoring.Undo(ctx, ada, run, entry.Op); err == nil {
		t.Error("the same is undone twice")
	}
	w.fresh()
}

// What is graded as a type of assignment stays so when the type has another name, for learners at once and in drafts.
func TestRenamedAssignmentType(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	homework := wire.Fields{"format": json.RawMessage(`"Homework"`), "graded": json.RawMessage("true")}
	w.must(w.authoring.Set(ctx, ada, homework, at("sequential", "s1")))
	w.publish(root)
	w.must(w.authoring.Set(ctx, ada, homework, at("sequential", "s2")))
	w.must(w.authoring.Set(ctx, ada, wire.Fields{"due": json.RawMessage(`"2030-01-01T00:00:00Z"`)}, at("sequential", "s1")))
	policy := `{"GRADER":[{"type":"Sets"}]}`
	if _, err := w.authoring.PublishSettings(ctx, ada, run, authoring.Settings{Grading: &policy, Renamed: []authoring.Rename{{From: "Homework", To: "Sets"}}}); err != nil {
		t.Fatal(err)
	}
	want := func(what, live, one, two string) {
		t.Helper()
		p, err := w.courses.Newest(ctx, run)
		if err != nil {
			t.Fatal(err)
		}
		block, err := p.Find(ctx, at("sequential", "s1"))
		if err != nil || block.Settings.Format != live {
			t.Errorf("%s: learners have %q, %v", what, block.Settings.Format, err)
		}
		tree := w.tree()
		s1, s2 := tree.Course.Children[0].Children[0], tree.Course.Children[1].Children[0]
		if s1.Resolved.Format != one || s2.Resolved.Format != two || s1.Resolved.Due == nil {
			t.Errorf("%s: the team has %q and %q", what, s1.Resolved.Format, s2.Resolved.Format)
		}
		w.fresh()
	}
	want("renamed", "Sets", "Sets", "Sets")
	w.undo(ben, w.history(1)[0].Op)
	want("undone", "Homework", "Homework", "Homework")
}

// A subsection that counts otherwise is told with those who have scores in it.
func TestAffectedByGrading(t *testing.T) {
	w := newWorld(t)
	w.sample()
	w.answered = map[key.Usage]int{at("problem", "p1"): 3}
	graded := wire.Fields{"format": json.RawMessage(`"Exam"`), "graded": json.RawMessage("true")}
	w.must(w.authoring.Set(t.Context(), ada, graded, at("sequential", "s1"), at("sequential", "s2")))
	got, err := w.authoring.Affected(t.Context(), run, key.Usage{})
	if err != nil || len(got) != 1 || got[0] != (authoring.Affected{Usage: at("sequential", "s1"), Title: "S1", Learners: 3, Why: authoring.WhyGraded}) {
		t.Errorf("%+v, %v", got, err)
	}
}

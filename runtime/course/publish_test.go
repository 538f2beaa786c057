package course_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

// Publishing writes the changed path: what did not change is shared with the head before.
func TestPublishWritesTheChangedPath(t *testing.T) {
	s := newSite(t)
	s.mustPublish(sample(), 0)
	before, asked := s.dump("revisions", "tables", "outlines"), len(s.outliner.asked)
	changed := sample()
	changed.children[0].children[1].children[0].children[0] = block("problem", "p2").with("say", `"other"`)
	p := s.mustPublish(changed, 1)
	count := map[string]int{}
	for id, doc := range s.dump("revisions", "tables", "outlines") {
		old, there := before[id]
		if there && old != doc {
			t.Errorf("%s was rewritten", id)
		}
		if collection, _, _ := strings.Cut(id, "/"); !there {
			count[collection]++
		}
	}
	// Problem, unit, subsection, section, course; the subsection's table; the outline.
	if want := (map[string]int{"revisions": 5, "tables": 1, "outlines": 1}); !maps.Equal(count, want) {
		t.Errorf("written %v, want %v", count, want)
	}
	if asked == 0 || p.Head.Number != 2 || s.find(p, "problem", "p1").Hash == s.find(p, "problem", "p2").Hash {
		t.Errorf("head %+v", p.Head)
	}
	// Going back writes nothing but the head.
	before = s.dump("revisions", "tables", "outlines")
	s.mustPublish(sample(), 2)
	if after := s.dump("revisions", "tables", "outlines"); !maps.Equal(before, after) {
		t.Error("going back to what was there before wrote content")
	}
}

func TestHashes(t *testing.T) {
	base := func() *course.Revision {
		return &course.Revision{
			Type: "problem", Fields: store.Map[string]{"a": `1`, "b": `2`}, Extra: store.Map[string]{"x": "y"},
			Source:   &course.Source{XML: "<p/>", Files: []course.SourceFile{{Path: "p", Text: "t"}}},
			Children: []course.ChildRef{{Type: "html", ID: "h", Hash: "00"}, {Type: "html", ID: "i", Hash: "01"}},
		}
	}
	if first, second := base(), base(); first.Hash() != second.Hash() {
		t.Fatal("equal content has two hashes")
	}
	changes := map[string]func(r *course.Revision){
		"type": func(r *course.Revision) { r.Type = "html" }, "value": func(r *course.Revision) { r.Fields["a"] = `2` },
		"null is not unset":           func(r *course.Revision) { r.Fields["c"] = `null` },
		"a field that became unknown": func(r *course.Revision) { delete(r.Fields, "b"); r.Extra["b"] = `2` },
		"extra":                       func(r *course.Revision) { r.Extra["x"] = "z" }, "source": func(r *course.Revision) { r.Source.XML = "<q/>" },
		"no source": func(r *course.Revision) { r.Source = nil }, "file": func(r *course.Revision) { r.Source.Files[0].Text = "u" },
		"order":      func(r *course.Revision) { slices.Reverse(r.Children) },
		"child":      func(r *course.Revision) { r.Children[0].Hash = "02" },
		"child's id": func(r *course.Revision) { r.Children[0].ID = "j" }, "no child": func(r *course.Revision) { r.Children = nil },
	}
	seen := map[string]string{base().Hash(): "base"}
	for name, change := range changes {
		r := base()
		change(r)
		if other, twice := seen[r.Hash()]; twice {
			t.Errorf("%s hashes like %s", name, other)
		}
		seen[r.Hash()] = name
	}
	// Where a list ends is part of what is hashed: an imported name must not look like the host's own marks.
	a := &course.Revision{Type: "problem", Fields: store.Map[string]{"a": "b", "pairs": "c"}}
	b := &course.Revision{Type: "problem", Fields: store.Map[string]{"a": "b"}, Extra: store.Map[string]{"c": "pairs"}}
	if a.Hash() == b.Hash() {
		t.Error("two revisions share a hash: one course's import could put content into another's")
	}
}

func TestPublishingAtOnce(t *testing.T) {
	s := newSite(t)
	s.mustPublish(sample(), 0)
	if _, _, err := s.publish(run, sample(), 0); !errors.Is(err, course.ErrStale) {
		t.Errorf("a publish that did not see the last one: %v", err)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	won, numbers := 0, []int{}
	for i := range 8 {
		group.Go(func() {
			head, _, err := s.publish(run, sample().with("display_name", fmt.Sprintf("%q", fmt.Sprint("Course ", i))), 1)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won, numbers = won+1, append(numbers, head.Number)
			case !errors.Is(err, course.ErrStale):
				t.Errorf("publishing: %v", err)
			}
		})
	}
	group.Wait()
	if won != 1 || numbers[0] != 2 {
		t.Errorf("%d of eight publishes won, heads %v", won, numbers)
	}
}

// A publish that dies after its swap is in the history all the same, from the next one on.
func TestHistoryHasEveryHead(t *testing.T) {
	s := newSite(t)
	s.mustPublish(sample(), 0)
	faulty := faultstore.New(s.store, faultstore.Plan{Rules: []faultstore.Rule{{Collection: "heads"}}})
	plain := s.courses
	s.courses = course.New(faulty, course.Config{})
	if _, _, err := s.publish(run, sample().with("display_name", `"Second"`), 1); err == nil || faulty.Struck() != 1 {
		t.Fatalf("the publish did not die at its last step: %v, %d", err, faulty.Struck())
	}
	s.courses = plain
	if _, _, err := s.publish(run, sample().with("display_name", `"Third"`), 2); err != nil {
		t.Fatal(err)
	}
	heads := s.dump("heads")
	lines := slices.Sorted(maps.Keys(heads)) // in the order of the heads' numbers
	if len(lines) != 3 {
		t.Fatalf("the history has %v, want three heads", lines)
	}
	for i, title := range []string{"A course", "Second", "Third"} {
		if !strings.Contains(heads[lines[i]], title) {
			t.Errorf("%s holds %s, want %s", lines[i], heads[lines[i]], title)
		}
	}
}

func TestBrokenBlockIsPublishedAndIllHostIsNot(t *testing.T) {
	s := newSite(t)
	bad := sample()
	bad.children[1].children[0].children[0].children[0] = block("problem", "p3").with("say", `"broken"`)
	_, broken, err := s.publish(run, bad, 0)
	if err != nil || broken["p3"] != "it cannot be read" || len(broken) != 1 {
		t.Fatalf("broken %v, %v", broken, err)
	}
	p := s.published(run)
	if b := s.find(p, "problem", "p3"); b.Broken == "" || s.find(p, "problem", "p1").Broken != "" {
		t.Errorf("got %q", b.Broken)
	}
	bad.children[1].children[0].children[0].children[0] = block("problem", "p3").with("say", `"host"`)
	if _, _, err := s.publish(run, bad, 1); err == nil {
		t.Error("a failure of the host's became part of a course")
	}
	if n := s.published(run).Head.Number; n != 1 {
		t.Errorf("the head is %d", n)
	}
}

// Another process's publish is seen after a moment; one's own at once.
func TestReadersFollowTheHead(t *testing.T) {
	s := newSite(t)
	now := time.Unix(1000, 0)
	other := course.New(s.store, course.Config{Now: func() time.Time { return now }, Fresh: time.Second})
	if _, err := other.Published(t.Context(), run); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("before the first publish: %v", err)
	}
	s.mustPublish(sample(), 0)
	read := func() int {
		p, err := other.Published(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		return p.Head.Number
	}
	first := read()
	if own := s.mustPublish(sample().with("display_name", `"New"`), 1); own.Head.Number != 2 || own.Run.Title != "New" {
		t.Errorf("one's own publish: %+v", own.Head)
	}
	stale := read()
	now = now.Add(2 * time.Second)
	if fresh := read(); first != 1 || stale != 1 || fresh != 2 {
		t.Errorf("heads %d, %d, %d; want 1, 1, 2", first, stale, fresh)
	}
}

// A block that stands twice, in the middle of a move, is there once, wherever its two places are; it counts once.
func TestBlockFoundTwice(t *testing.T) {
	s := newSite(t)
	moved := block("problem", "moving")
	at := func(section, sub int) func(root *tree) {
		return func(root *tree) {
			unit := &root.children[section].children[sub].children[0]
			unit.children = append(slices.Clone(unit.children), moved)
		}
	}
	subTwice := func(root *tree) {
		root.children[1].children = append(slices.Clone(root.children[1].children), root.children[0].children[0])
	}
	base := 0
	for name, places := range map[string][]func(*tree){
		"forwards": {at(0, 0), at(1, 0)}, "within a section": {at(0, 1), at(0, 0)}, "in one unit": {at(0, 0), at(0, 0)},
		"a subsection": {at(0, 0), subTwice},
	} {
		root := sample()
		for _, place := range places {
			place(&root)
		}
		p := s.mustPublish(root, base)
		base++
		b := s.find(p, "problem", "moving")
		all, err := p.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen, possible := map[key.Usage]int{}, 0.0
		for _, block := range all {
			seen[block.Usage]++
			if got := s.find(p, block.Usage.Type, block.Usage.ID); got.Parent != block.Parent && got.Usage.Type == "problem" {
				t.Errorf("%s: %s is found at another place than it is shown", name, block.Usage)
			}
		}
		for usage, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s stands %d times", name, usage, n)
			}
		}
		for _, sub := range p.Subsections {
			possible += sub.Possible
		}
		if b.Unit == nil || possible != 7 { // three problems, three texts that this outliner scores, and the moving one
			t.Errorf("%s: unit %v, %v points in all", name, b.Unit, possible)
		}
	}
}

// Children take over what is inheritable. Null is a value of its own: it ends an inherited limit, where unset keeps it.
func TestSettingsAreInherited(t *testing.T) {
	s := newSite(t)
	root := sample().with("max_attempts", `3`).with("showanswer", `"never"`).with("format", `"Course"`)
	root.children[0].children[0] = root.children[0].children[0].with("due", `"2026-02-01T00:00:00Z"`).with("format", `"Homework"`)
	unit := &root.children[0].children[0].children[0]
	unit.children = []tree{
		block("problem", "unset"), block("problem", "null").with("max_attempts", `null`), block("problem", "set").with("max_attempts", `7`),
		block("problem", "bad").with("max_attempts", `"many"`),
	}
	p := s.mustPublish(root, 0)
	attempts := func(id string) int {
		if most := s.find(p, "problem", id).Settings.MaxAttempts; most != nil {
			return *most
		}
		return -1
	}
	if attempts("unset") != 3 || attempts("null") != -1 || attempts("set") != 7 {
		t.Errorf("unset %d, null %d, set %d; want 3, unlimited, 7", attempts("unset"), attempts("null"), attempts("set"))
	}
	b := s.find(p, "problem", "unset")
	if b.Settings.Due == nil || b.Settings.Due.Month() != time.February || s.find(p, "problem", "p2").Settings.Due != nil {
		t.Errorf("due %v, elsewhere %v", b.Settings.Due, s.find(p, "problem", "p2").Settings.Due)
	}
	if *b.Settings.ShowAnswer != "never" || b.Settings.Format != "" || b.Subsection.Settings.Format != "Homework" {
		t.Errorf("show answer %v, format %q, the subsection's %q", *b.Settings.ShowAnswer, b.Settings.Format, b.Subsection.Settings.Format)
	}
	if bad := s.find(p, "problem", "bad"); !strings.Contains(bad.Broken, "max_attempts") {
		t.Errorf("a value of the wrong type: %q", bad.Broken)
	}
	// Inheritance is in no hash: equal content has one, whatever it inherits.
	other := sample()
	other.children[0].children[0].children[0].children = []tree{block("problem", "unset")}
	if q := s.mustPublish(other, 1); s.find(q, "problem", "unset").Hash != b.Hash || s.find(q, "problem", "unset").Settings.MaxAttempts != nil {
		t.Error("what is inherited is part of a block's own content, or stuck to it")
	}
}

// Drafts are in no published course, whoever reads it, and one course's publish leaves every document of another as it is.
func TestDraftsAndOtherCoursesStayAsTheyAre(t *testing.T) {
	s := newSite(t)
	other := run
	other.Run = "other"
	p := s.mustPublish(sample(), 0)
	usage := run.Usage("problem", "p1").String()
	draft := course.Draft{Course: run.String(), Usage: usage, Base: s.find(p, "problem", "p1").Hash, Revision: course.Revision{
		Type: "problem", Fields: store.Map[string]{"say": `"a secret of tomorrow"`},
	}, By: "author"}
	if err := s.courses.PutDraft(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	before := s.dump()
	if _, _, err := s.publish(other, sample().with("display_name", `"Other"`), 0); err != nil {
		t.Fatal(err)
	}
	after := s.dump()
	for id, doc := range before {
		if after[id] != doc {
			t.Errorf("%s was changed by another course's publish", id)
		}
	}
	p = s.published(run)
	if b := s.find(p, "problem", "p1"); b.Hash != draft.Base {
		t.Error("the draft is published")
	}
	if _, err := p.Find(t.Context(), other.Usage("problem", "p1")); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("another course's block in this one: %v", err)
	}
	drafts, err := s.courses.Drafts(t.Context(), other)
	if err != nil || len(drafts) != 0 {
		t.Errorf("drafts of the other course: %v, %v", drafts, err)
	}
	for id, doc := range s.dump("outlines", "tables", "runs", "revisions") {
		if strings.Contains(doc, "tomorrow") {
			t.Errorf("%s holds the draft's text", id)
		}
	}
}

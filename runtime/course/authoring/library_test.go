package authoring_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var lib = key.Course{Org: "Test", Number: "Lib"}

func all(key.Course) (bool, error) { return true, nil }

// library publishes a library of so many problems and names them.
func (w *world) library(n int) []key.Usage {
	w.t.Helper()
	if err := w.authoring.CreateLibrary(w.t.Context(), ada, lib, "A library"); err != nil {
		w.t.Fatal(err)
	}
	var made []key.Usage
	for i := range n {
		made = append(made, w.shelve(fmt.Sprintf("one\ntwo %d\nthree\nfour\nfive\n", i)))
	}
	w.publishLibrary()
	return made
}

func (w *world) shelve(data string) key.Usage {
	w.t.Helper()
	quoted, err := json.Marshal(data)
	if err != nil {
		w.t.Fatal(err)
	}
	usage, op, err := w.authoring.Add(w.t.Context(), ada, course.Shelf(lib), authoring.Last, authoring.NewBlock{
		Type: "problem", Title: "Kept", Fields: wire.Fields{"data": quoted},
	})
	w.must(op, err)
	return usage
}

func (w *world) publishLibrary() {
	w.t.Helper()
	if _, err := w.authoring.Publish(w.t.Context(), ada, lib.Usage("course", course.RootID), ""); err != nil {
		w.t.Fatal(err)
	}
}

// text is what a block's data say in the working copy.
func (w *world) text(usage key.Usage) string {
	w.t.Helper()
	content, err := w.authoring.Unit(w.t.Context(), usage.Course, usage)
	if err != nil {
		w.t.Fatal(err)
	}
	var text string
	if err := json.Unmarshal(content.Fields["data"], &text); err != nil {
		w.t.Fatal(err)
	}
	return text
}

// rewrite replaces a piece of a block's data.
func (w *world) rewrite(usage key.Usage, old, with string) {
	w.t.Helper()
	was := w.text(usage)
	base, _ := json.Marshal(was)
	value, _ := json.Marshal(strings.Replace(was, old, with, 1))
	w.save(ada, usage, "data", string(base), string(value))
}

func (w *world) links() []authoring.Link {
	w.t.Helper()
	links, err := w.authoring.Links(w.t.Context(), ada, run, key.Usage{})
	if err != nil {
		w.t.Fatal(err)
	}
	return links
}

func (w *world) take(from ...key.Usage) []key.Usage {
	w.t.Helper()
	taken, op, err := w.authoring.Take(w.t.Context(), ben, at("vertical", "u2"), authoring.Last, from...)
	w.must(op, err)
	return taken
}

// A copy knows where it came from. When the library is published with something else it is behind; bringing it up to date merges
// what both changed line by line, can be undone, and leaves what cannot be merged as the course has it.
func TestACopyIsBroughtUpToDate(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(2)
	taken := w.take(from...)
	if links := w.links(); len(links) != 2 || links[0].Upstream != from[0] || links[0].Usage != taken[0] || links[0].Behind() || links[0].Unit != at("vertical", "u2") {
		t.Fatalf("%+v", links)
	}
	w.rewrite(taken[0], "five", "five here")
	w.rewrite(from[0], "one", "ONE")
	if links := w.links(); links[0].Behind() {
		t.Error("a draft of a library reached a course")
	}
	w.publishLibrary()
	links := w.links()
	if !links[0].Behind() || links[1].Behind() {
		t.Fatalf("%+v", links)
	}
	newer, err := w.authoring.Newer(t.Context(), ben, taken[0])
	if err != nil || len(newer.Library) != 1 || len(newer.Here) != 1 || len(newer.Kept) != 0 || !newer.Based {
		t.Fatalf("%+v, %v", newer, err)
	}
	done, err := w.authoring.Update(t.Context(), ben, taken...)
	if err != nil || len(done.Kept) != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if text := w.text(taken[0]); text != "ONE\ntwo 0\nthree\nfour\nfive here\n" {
		t.Errorf("%q", text)
	}
	if links := w.links(); links[0].Behind() || links[0].Version != 2 {
		t.Errorf("%+v", links[0])
	}
	w.undo(ben, done.Op.ID)
	if links, text := w.links(), w.text(taken[0]); !links[0].Behind() || text != "one\ntwo 0\nthree\nfour\nfive here\n" {
		t.Errorf("after an undo %q, %+v", text, links[0])
	}
	w.rewrite(taken[0], "one", "uno")
	if newer, err = w.authoring.Newer(t.Context(), ben, taken[0]); err != nil || !slices.Equal(newer.Kept, []string{"data"}) {
		t.Errorf("%+v, %v", newer, err)
	}
	if done, err = w.authoring.Update(t.Context(), ben, taken[0]); err != nil || len(done.Kept) != 1 || done.Kept[0].Field != "data" {
		t.Errorf("%+v, %v", done, err)
	}
	if text := w.text(taken[0]); text != "uno\ntwo 0\nthree\nfour\nfive here\n" || w.links()[0].Behind() {
		t.Errorf("%q", text)
	}
}

// What a team does not want is not offered again until there is something newer. A component that is gone says so; of a library
// that the asker may not read nothing is told.
func TestDecliningAndGone(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(1)
	taken := w.take(from...)
	w.rewrite(from[0], "one", "ONE")
	w.publishLibrary()
	w.must(w.authoring.Decline(t.Context(), ben, taken...))
	if w.links()[0].Behind() {
		t.Error("what was declined is offered")
	}
	w.rewrite(from[0], "two", "TWO")
	w.publishLibrary()
	if !w.links()[0].Behind() {
		t.Error("something newer is not offered")
	}
	hidden, err := w.authoring.Links(t.Context(), authoring.Author{ID: "eve"}, run, key.Usage{})
	if err != nil || hidden[0].Readable || hidden[0].Now != "" || hidden[0].Gone() {
		t.Errorf("%+v, %v", hidden, err)
	}
	w.must(w.authoring.Remove(t.Context(), ada, from[0]))
	w.publishLibrary()
	if link := w.links()[0]; !link.Gone() || link.Behind() {
		t.Errorf("%+v", link)
	}
	if _, err := w.authoring.Update(t.Context(), ben, taken...); !errors.Is(err, authoring.ErrNotFound) {
		t.Error(err)
	}
}

// A hash that an author typed in is no base: nothing of other courses comes out by it.
func TestATypedBaseIsNone(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(1)
	published, err := w.courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := published.Find(t.Context(), at("problem", "p1"))
	if err != nil {
		t.Fatal(err)
	}
	taken := w.take(from...)
	w.must(w.authoring.Set(t.Context(), ben, wire.Fields{"upstream_content": json.RawMessage(`"` + secret.Hash + `"`)}, taken...))
	if newer, err := w.authoring.Newer(t.Context(), ben, taken[0]); err != nil || newer.Based || len(newer.Library) != 0 {
		t.Errorf("%+v, %v", newer, err)
	}
}

// Duplicates, pasted copies and reruns know where they came from, and the course is found by the library.
func TestLinksSurvive(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	taken := w.take(w.library(1)...)
	_, op, err := w.authoring.Duplicate(ctx, ben, nil, taken[0])
	w.must(op, err)
	if _, err := w.authoring.Publish(ctx, ben, root, ""); err != nil {
		t.Fatal(err)
	}
	if links := w.links(); len(links) != 2 || links[1].Upstream != links[0].Upstream || links[0].Base != links[1].Base {
		t.Errorf("%+v", links)
	}
	if err := w.authoring.Rerun(ctx, ada, run, other, 0); err != nil {
		t.Fatal(err)
	}
	if links, err := w.authoring.Links(ctx, ada, other, key.Usage{}); err != nil || len(links) != 2 || links[0].Behind() {
		t.Errorf("%+v, %v", links, err)
	}
	using, err := w.courses.Using(ctx, lib)
	if err != nil || len(using) != 2 {
		t.Errorf("%+v, %v", using, err)
	}
	if _, _, err := w.authoring.Take(ctx, ben, at("vertical", "u2"), "", at("problem", "p1")); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("a course was taken from as from a library: %v", err)
	}
}

// A file of the library comes along under its name, or another where the course has one of its own, when a copy is taken and when
// it is brought up to date.
func TestFilesOfALibraryComeAlong(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(1)
	w.file(lib, "a.png", "01")
	w.file(run, "a.png", "99")
	w.rewrite(from[0], "one", "<img src='/static/a.png'/>")
	w.publishLibrary()
	taken := w.take(from...)
	if text := w.text(taken[0]); !strings.Contains(text, "/static/a-2.png") {
		t.Error(text)
	}
	w.file(lib, "b.png", "02")
	w.rewrite(from[0], "five", "<img src='/static/b.png'/>")
	w.publishLibrary()
	newer, err := w.authoring.Update(t.Context(), ben, taken...)
	if err != nil || len(newer.Kept) != 0 {
		t.Errorf("%+v, %v", newer, err)
	}
	if text := w.text(taken[0]); !strings.Contains(text, "/static/a-2.png") || !strings.Contains(text, "/static/b.png") {
		t.Error(text)
	}
	if asset, err := w.courses.Asset(t.Context(), run, "b.png"); err != nil || asset.Hash != "02" {
		t.Errorf("%+v, %v", asset, err)
	}
}

// A file that is replaced in a library is an update for the courses that have it: declined, it is not offered again until it is replaced
// once more; accepted, the copy has the new one under a name of its own, and learners have the old one until the course is published.
func TestAReplacedFileOfALibraryIsAnUpdate(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(2)
	w.file(lib, "a.png", "01")
	w.file(lib, "a.png.txt", "05")
	w.file(run, "a.png", "99")
	w.rewrite(from[0], "one", "<img src='/static/a.png'/>")
	w.rewrite(from[1], "one", "<a href='/static/a.png.txt'>x</a>")
	w.publishLibrary()
	taken := w.take(from...)
	if links := w.links(); links[0].Behind() || links[1].Behind() {
		t.Fatalf("%+v", links)
	}
	behind := func(want bool, files ...string) {
		t.Helper()
		links := w.links()
		if links[0].Behind() != want || !slices.Equal(links[0].Files, files) || links[1].Behind() {
			t.Fatalf("%+v", links)
		}
	}
	w.file(lib, "a.png", "02")
	behind(true, "a.png")
	newer, err := w.authoring.Newer(t.Context(), ben, taken[0])
	if err != nil || len(newer.Library) != 0 || len(newer.Here) != 0 {
		t.Fatalf("%+v, %v", newer, err)
	}
	w.must(w.authoring.Decline(t.Context(), ben, taken[0]))
	behind(false, "a.png")
	w.file(lib, "a.png", "03")
	behind(true, "a.png")
	done, err := w.authoring.Update(t.Context(), ben, taken[0])
	if err != nil || len(done.Kept) != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	behind(false)
	if text := w.text(taken[0]); !strings.Contains(text, "'/static/a-3.png'") {
		t.Error(text)
	}
	for name, want := range map[string]string{"a.png": "99", "a-2.png": "01", "a-3.png": "03"} {
		if asset, err := w.courses.Asset(t.Context(), run, name); err != nil || asset.Hash != want {
			t.Errorf("%s: %+v, %v", name, asset, err)
		}
	}
	w.undo(ben, done.Op.ID)
	behind(true, "a.png")
	if text := w.text(taken[0]); !strings.Contains(text, "'/static/a-2.png'") {
		t.Error(text)
	}

	w.file(lib, "a.png", "01") // what it was
	behind(false)
	w.file(lib, "b.png", "04")
	w.file(lib, "a.png", "03")
	w.rewrite(from[0], "five", "<img src='/static/b.png'/>") // a text that changes with its files
	w.publishLibrary()
	w.rewrite(taken[0], "three", "three here")
	if done, err = w.authoring.Update(t.Context(), ben, taken[0]); err != nil || len(done.Kept) != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if text := w.text(taken[0]); !strings.Contains(text, "'/static/a-3.png'") || !strings.Contains(text, "/static/b.png") || !strings.Contains(text, "three here") {
		t.Error(text)
	}
	behind(false)
	w.file(lib, "b.png", "06")
	behind(true, "b.png")
	// A copy that does not know which files came along hears of new texts alone.
	w.must(w.authoring.Set(t.Context(), ben, wire.Fields{"upstream_files": json.RawMessage(`{"b.png": 7}`)}, taken[0]))
	behind(false)
}

// A library_content takes a library over: new components come, others keep their ids, gone ones go; an undo takes all of it back.
func TestPullingALibrary(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	from := w.library(3)
	holder, op, err := w.authoring.Add(ctx, ben, at("vertical", "u2"), authoring.Last, authoring.NewBlock{
		Type: "library_content", Fields: wire.Fields{"source_library_id": json.RawMessage(`"` + lib.String() + `"`)},
	})
	w.must(op, err)
	pull := func() authoring.Pulled {
		t.Helper()
		pulled, err := w.authoring.Pull(ctx, ben, holder)
		if err != nil {
			t.Fatal(err)
		}
		return pulled
	}
	children := func() (ids []string) {
		t.Helper()
		content, err := w.authoring.Unit(ctx, run, holder)
		if err != nil {
			t.Fatal(err)
		}
		for _, child := range content.Children {
			ids = append(ids, child.Usage.ID)
		}
		return ids
	}
	if got := pull(); got.Added != 3 || len(children()) != 3 {
		t.Fatalf("%+v", got)
	}
	before := children()
	if _, err := w.authoring.Publish(ctx, ben, root, ""); err != nil {
		t.Fatal(err)
	}
	w.must(w.authoring.Remove(ctx, ada, from[1]))
	w.rewrite(from[2], "one", "ONE")
	w.shelve("<numericalresponse/>")
	w.publishLibrary()
	banks := func(want ...string) {
		t.Helper()
		list, err := w.authoring.Banks(ctx, ben, run)
		var got []string
		for _, bank := range list {
			got = append(got, fmt.Sprintf("%s whole %v new %d gone %d", bank.Usage.ID, bank.Whole, len(bank.New), bank.Gone))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("banks %q, %v; want %q", got, err, want)
		}
	}
	banks(holder.ID + " whole true new 1 gone 1")
	if list, err := w.authoring.Banks(ctx, authoring.Author{ID: "stranger"}, run); err != nil || len(list) != 0 {
		t.Errorf("who may not read the library is told of %v, %v", list, err)
	}
	got := pull()
	banks()
	if got.Added != 1 || got.Updated != 1 || got.Out != 1 {
		t.Errorf("%+v", got)
	}
	if now := children(); len(now) != 3 || now[0] != before[0] || now[1] != before[2] {
		t.Errorf("%v, then %v", before, now)
	}
	if again := pull(); again.Op.ID != "" {
		t.Errorf("nothing was new, and %+v", again)
	}
	w.undo(ben, got.Op.ID)
	if now := children(); !slices.Equal(now, before) {
		t.Errorf("%v, and after an undo %v", before, now)
	}
	w.must(w.authoring.Set(ctx, ben, wire.Fields{"capa_type": json.RawMessage(`"numericalresponse"`)}, holder))
	if got := pull(); got.Added != 1 || len(children()) != 1 {
		t.Errorf("%+v, %v", got, children())
	}
}

// A bank whose components were chosen hears of those that are published since, and of no others.
func TestBanksHearOfNewComponents(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	from := w.library(3)
	bank, op, err := w.authoring.Add(ctx, ben, at("vertical", "u2"), authoring.Last, authoring.NewBlock{Type: "itembank", Title: "Bank"})
	w.must(op, err)
	_, op, err = w.authoring.Take(ctx, ben, bank, authoring.Last, from[0])
	w.must(op, err)
	news := func(want int) {
		t.Helper()
		list, err := w.authoring.Banks(ctx, ben, run)
		count := 0
		for _, b := range list {
			count += len(b.New)
		}
		if err != nil || count != want {
			t.Errorf("%+v, %v; want %d new", list, err, want)
		}
	}
	news(0) // the other two were left out knowingly
	added := w.shelve("<p>new</p>")
	news(0) // not published
	w.publishLibrary()
	news(1)
	_, op, err = w.authoring.Take(ctx, ben, bank, authoring.Last, added)
	w.must(op, err)
	news(0)
}

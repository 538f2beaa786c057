package host_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
)

// contents are all blocks of a course as its authors have them, by type and id, and in their order.
func (w *world) contents(run key.Course) (byName map[string]*authoring.Content, names []string) {
	w.t.Helper()
	tree, err := w.site.Authoring.Tree(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := w.site.Authoring.Unit(w.t.Context(), run, tree.Course.Usage)
	if err != nil {
		w.t.Fatal(err)
	}
	byName = map[string]*authoring.Content{}
	var walk func(*authoring.Content)
	walk = func(c *authoring.Content) {
		name := c.Usage.Type + "@" + c.Usage.ID
		if c.Usage.Type == "course" {
			name = "course"
		}
		byName[name], names = c, append(names, name)
		for _, child := range c.Children {
			walk(child)
		}
	}
	walk(root)
	return byName, names
}

// changeInStudio opens a component's editor and changes it there: its text or its problem, its element where no block of its type is
// installed, and else its name. What kind of change it was is told.
func (b *browser) changeInStudio(run key.Course, c *authoring.Content) string {
	b.t.Helper()
	var sheet struct {
		HTML, OLX, Base string
		Installed       bool
		Fields          map[string]struct{ Base any }
	}
	path := studioPath(run) + "/components/" + c.Usage.String()
	b.data(path+"/form", &sheet)
	edit := func(field string, value string) string {
		b.asks(path+"/save", edits(field, sheet.Fields[field].Base, value)).must(200)
		return field
	}
	data, _ := sheet.Fields["data"].Base.(string)
	switch end := strings.LastIndex(data, "</problem>"); {
	case sheet.Installed && c.Type == "html":
		return edit("data", data+"<p>Written in Studio</p>")
	case sheet.Installed && c.Type == "problem" && end > 0:
		return edit("data", data[:end]+"<p>Written in Studio</p>"+data[end:])
	case !sheet.Installed && !course.Structural(c.Type) && sheet.OLX != "":
		b.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": strings.Replace(sheet.OLX, "<"+c.Type, "<"+c.Type+` written="in Studio"`, 1)}).must(200)
		return "olx"
	}
	if _, there := sheet.Fields["display_name"]; !there || !strings.Contains(sheet.HTML, `name="f.display_name"`) {
		b.t.Errorf("%s opens in no editor: %.300s", c.Usage, sheet.HTML)
		return "nothing"
	}
	return edit("display_name", "Written in Studio: "+c.Title)
}

// Every block of the demo course opens in an editor, and a change in each is published, exported, and there again in a course that the
// archive is imported into.
func TestStudioDemoCourse(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.demoCourse(t)
	ina := w.enter(w.administrator("ina"))
	before, names := w.contents(run)
	changed := map[string]int{}
	for _, name := range names {
		if name != "course" { // whose settings have pages of their own
			changed[ina.changeInStudio(run, before[name])]++
		}
	}
	t.Logf("%d blocks, changed in %v", len(names), changed)
	if changed["olx"] == 0 || changed["data"] == 0 || changed["display_name"] == 0 {
		t.Error("not every kind of editor was used")
	}
	edited, _ := w.contents(run)
	for _, name := range names {
		if name != "course" && sameContent(before[name], edited[name]) == "" {
			t.Errorf("%s is as it was before it was changed", name)
		}
	}
	ina.does(studioPath(run)+"/publish", "usage", run.Usage("course", "course").String()).must(200)
	changes, err := w.site.Authoring.Changes(t.Context(), run, before["course"].Usage)
	if err != nil || len(changes) > 0 {
		t.Errorf("%d changes are left after publishing: %v", len(changes), err)
	}
	published, _ := w.contents(run)
	compareContents(t, "published", edited, published)

	ina.get(studioPath(run)+"/export").must(200).form(studioPath(run)+"/export").set("secrets", "1").press("").must(303)
	w.working.Wait()
	list, err := w.site.Transfers.Recent(t.Context(), run, transfer.Out, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	archive := ina.get(studioPath(run) + "/export/" + list[0].ID + "/archive").must(200)
	into, err := key.NewCourse("Org", "Again", "now")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.site.Authoring.Create(t.Context(), authoring.Author{ID: "tester"}, into, "Again"); err != nil {
		t.Fatal(err)
	}
	report := ina.upload(importPath(into), "archive", "text/html", attached{"demo.tar.gz", archive.body}).must(http.StatusSeeOther).header.Get("Location")
	w.working.Wait()
	ina.get(report).must(200).form(report).set("do", "agree").press("").must(303)
	w.working.Wait()
	again, _ := w.contents(into)
	compareContents(t, "imported again", published, again)
}

// compareContents holds a course against another one with the same blocks.
func compareContents(t *testing.T, what string, want, got map[string]*authoring.Content) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] == nil {
			t.Errorf("%s: %s is gone", what, name)
		} else if difference := sameContent(want[name], got[name]); difference != "" && name != "course" {
			t.Errorf("%s: %s: %s", what, name, difference)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d blocks, want %d", what, len(got), len(want))
	}
}

// sameContent tells what is different between two blocks, "" for nothing: their fields, what is said of them beside those, the element
// that came in, and their children.
func sameContent(a, b *authoring.Content) string {
	for _, name := range slices.Sorted(maps.Keys(mergedKeys(a.Fields, b.Fields))) {
		if string(a.Fields[name]) == string(b.Fields[name]) {
			continue
		}
		var x, y any
		if json.Unmarshal(a.Fields[name], &x) != nil || json.Unmarshal(b.Fields[name], &y) != nil || fmt.Sprint(x) != fmt.Sprint(y) {
			return fmt.Sprintf("%s was %.200s and is %.200s", name, a.Fields[name], b.Fields[name])
		}
	}
	if !maps.Equal(a.Extra, b.Extra) {
		return fmt.Sprintf("extra was %v and is %v", a.Extra, b.Extra)
	}
	if one, other := elementOf(a), elementOf(b); one != other {
		return fmt.Sprintf("the element was %.200s and is %.200s", one, other)
	}
	order := func(c *authoring.Content) (ids string) {
		for _, child := range c.Children {
			ids += child.Usage.Type + "@" + child.Usage.ID + " "
		}
		return ids
	}
	if one, other := order(a), order(b); one != other {
		return fmt.Sprintf("its children were %s and are %s", one, other)
	}
	return ""
}

func elementOf(c *authoring.Content) string {
	if c.Source == nil || c.Type == "html" || c.Type == "problem" || c.Type == "video" {
		return "" // what their blocks make of it stands in fields
	}
	return elementAttribute.ReplaceAllStringFunc(c.Source.XML, func(start string) string { // the exporter writes attributes in an order of its own
		attributes := strings.Fields(strings.TrimRight(start, "/>"))
		slices.Sort(attributes)
		return strings.Join(attributes, " ")
	})
}

// elementAttribute finds what stands in the start tag of an element.
var elementAttribute = regexp.MustCompile(`(?s)^<[^>]*>`)

func mergedKeys[V any](a, b map[string]V) map[string]bool {
	keys := map[string]bool{}
	for name := range a {
		keys[name] = true
	}
	for name := range b {
		keys[name] = true
	}
	return keys
}

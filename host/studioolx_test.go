package host_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// elementSheet is what the sheet of a component says of its element.
type elementSheet struct{ OLX, Base string }

// editElement opens a component's element, saves it as it is, breaks it, and changes it. Nothing is lost by any of it.
func (b *browser) editElement(w *world, run key.Course, c *authoring.Content) {
	b.t.Helper()
	var sheet elementSheet
	path := studioPath(run) + "/components/" + c.Usage.String()
	b.data(path+"/form", &sheet)
	if !strings.Contains(sheet.OLX, "<"+c.Type) {
		b.t.Errorf("%s has no element: %q", c.Usage, sheet.OLX)
		return
	}
	now := func() *authoring.Content {
		content, err := w.site.Authoring.Unit(b.t.Context(), run, c.Usage)
		if err != nil {
			b.t.Fatal(err)
		}
		return content
	}
	var saved struct{ Hash, Op string }
	b.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": sheet.OLX}).must(200).json(&saved)
	if difference := sameContent(c, now()); saved.Hash != sheet.Base || difference != "" {
		b.t.Errorf("%s is another one after it was saved as it was: %s", c.Usage, difference)
	}
	var bad struct {
		Error string
		Line  int
	}
	b.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": sheet.OLX + "\n<"}).must(422).json(&bad)
	if bad.Error == "" || bad.Line < strings.Count(sheet.OLX, "\n")+1 {
		b.t.Errorf("%s: what cannot be read brings %+v", c.Usage, bad)
	}
	if difference := sameContent(c, now()); difference != "" {
		b.t.Errorf("%s is another one after what could not be read: %s", c.Usage, difference)
	}
	b.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": strings.Replace(sheet.OLX, "<"+c.Type, "<"+c.Type+` written="in Studio"`, 1)}).must(200)
	changed := now()
	if changed.Extra["written"] != "in Studio" {
		b.t.Errorf("%s is not changed: %v", c.Usage, changed.Extra)
	}
	delete(changed.Extra, "written")
	if changed.Source != nil {
		changed.Source.XML = strings.Replace(changed.Source.XML, ` written="in Studio"`, "", 1)
	}
	if difference := sameContent(c, changed); difference != "" {
		b.t.Errorf("%s: more was changed than that: %s", c.Usage, difference)
	}
}

// Every component has an element, of whatever type: those of the demo course, one of each type that the palette offers, and one whose
// type nobody has.
func TestStudioElementOfEveryType(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.demoCourse(t)
	ina := w.enter(w.administrator("ina"))
	contents, names := w.contents(run)
	var unit key.Usage
	for _, name := range names {
		if contents[name].Type == "vertical" {
			unit = contents[name].Usage
		}
	}
	seen := map[string]int{}
	for _, name := range names {
		if c := contents[name]; !course.Structural(c.Type) && seen[c.Type] < 3 {
			ina.editElement(w, run, c)
			seen[c.Type]++
		}
	}
	for _, blockType := range append(w.gradedTypes(t), "html", "video", "probe", "library_content", "itembank") {
		usage, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "ina"}, unit, authoring.Last, authoring.NewBlock{Type: blockType})
		if err != nil {
			t.Fatal(blockType, err)
		}
		c, err := w.site.Authoring.Unit(t.Context(), run, usage)
		if err != nil {
			t.Fatal(err)
		}
		ina.editElement(w, run, c)
		seen[blockType]++
	}
	t.Logf("%d types", len(seen))
}

// Without scripts too, the OLX that learners get and the markdown of a problem never say two things.
func TestStudioProblemSettles(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	usage := run.Usage("problem", answers[0].id)
	path := studioPath(run) + "/components/" + usage.String()
	page := studioPath(run) + "/units/five?edit=" + url.QueryEscape(usage.String())
	fields := func() (data, markdown string) {
		content, err := w.site.Authoring.Unit(t.Context(), run, usage)
		if err != nil {
			t.Fatal(err)
		}
		return string(content.Fields["data"]), string(content.Fields["markdown"])
	}
	sue.get(page).must(200).form(path+"/save").set("f.markdown", ">>Which planet is red?<<\n(x) Mars\n( ) Venus").press("").must(303)
	if data, markdown := fields(); !strings.Contains(data, "Mars") || !strings.Contains(markdown, "Mars") {
		t.Fatalf("the form saved %s, %s", data, markdown)
	}
	var sheet elementSheet
	sue.data(path+"/form", &sheet)
	changed := strings.Replace(sheet.OLX, ">Mars<", ">Mercury<", 1)
	if changed == sheet.OLX {
		t.Fatal(sheet.OLX)
	}
	sue.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": changed}).must(200)
	if data, markdown := fields(); !strings.Contains(data, "Mercury") || markdown != "" {
		t.Errorf("the element saved %s, %s", data, markdown)
	}
	sue.get(page).must(200).form(path+"/save").set("f.data", "<problem><p>nothing</p></problem>").press("").must(303)
	if data, _ := fields(); !strings.Contains(data, "nothing") {
		t.Errorf("the OLX alone: %s", data)
	}
}

// A value of another type than its field's, as any caller may store, closes nobody's form: it is shown, and can be mended there.
func TestStudioFormOfAWrongValue(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	text := component(run, "html", "text1")
	sue.asks(text+"/save", edits("data", dataOf(t, w, run), 7)).must(200)
	sue.get(studioPath(run) + "/units/read1").must(200)
	sue.get(studioPath(run)+"/units/read1?edit="+url.QueryEscape(run.Usage("html", "text1").String())).must(200, `name="f.data"`)
	var form struct{ HTML string }
	sue.data(text+"/form", &form)
	sue.asks(text+"/save", edits("data", 7, "<p>mended</p>")).must(200, "mended")
}

func dataOf(t *testing.T, w *world, run key.Course) any {
	t.Helper()
	content, err := w.site.Authoring.Unit(t.Context(), run, run.Usage("html", "text1"))
	if err != nil {
		t.Fatal(err)
	}
	var data any
	if err := json.Unmarshal(content.Fields["data"], &data); err != nil {
		t.Fatal(err)
	}
	return data
}

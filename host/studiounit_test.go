package host_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// asks sends JSON as the unit editor's script does.
func (b *browser) asks(path string, body any) *page {
	b.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send("POST", path, map[string]string{
		"Content-Type": "application/json", "Accept": "application/json", "X-Quoin-Token": b.token(),
	}, string(sent))
}

// does sends a form as the unit editor's script does.
func (b *browser) does(path string, pairs ...string) *page {
	b.t.Helper()
	form := url.Values{"token": {b.token()}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
	}, form.Encode())
}

func (b *browser) data(path string, into any) {
	b.t.Helper()
	b.send("GET", path, map[string]string{"Accept": "application/json"}, "").must(200).json(into)
}

type unitEdit map[string]map[string]any

func edits(pairs ...any) map[string]any {
	out := unitEdit{}
	for i := 0; i < len(pairs); i += 3 {
		out[pairs[i].(string)] = map[string]any{"base": pairs[i+1], "value": pairs[i+2]}
	}
	return map[string]any{"edits": out}
}

func component(run key.Course, blockType, id string) string {
	return studioPath(run) + "/components/" + run.Usage(blockType, id).String()
}

// A unit's page shows its components from the working copy, through their engine, and what can be added.
func TestStudioUnitPage(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	p := sue.get(studioPath(run)+"/units/read1").must(200, "Newton", "A body at rest", "On YouTube", "Add to this unit", "Text", "Questions")
	for _, part := range []string{"text1", "box", "tube"} {
		if !strings.Contains(p.body, `id="part-`+part+`"`) {
			t.Errorf("the component %s is not there", part)
		}
	}
	sue.get(studioPath(run) + "/units/nowhere").must(404)
	sue.get(studioPath(run) + "/units/reading").must(404) // a subsection is none
	// What is not released is there for its authors.
	sue.get(studioPath(run) + "/units/notyet").must(200)
	ar := sue.get(studioPath(run)+"/units/read1?lang=ar").must(200, "أضف إلى هذه الوحدة", "نص")
	if !strings.Contains(ar.body, `dir="rtl"`) {
		t.Error("the Arabic page does not run from right to left")
	}
}

// What is saved is seen at once in the editor and not by learners; texts of two authors are merged, and what cannot be is kept twice.
func TestStudioUnitSaves(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ina := w.member("sue", run, "staff"), w.member("ina", run, "instructor")
	unit, text := studioPath(run)+"/units/read1", component(run, "html", "text1")
	var sheet struct {
		HTML   string `json:"html"`
		Fields map[string]struct {
			Base any    `json:"base"`
			Kind string `json:"kind"`
		} `json:"fields"`
		Conflicts []struct {
			ID            string
			Stored, Other []struct{ Kind, Text string }
		} `json:"conflicts"`
	}
	sue.data(text+"/form", &sheet)
	base, ok := sheet.Fields["data"].Base.(string)
	if !ok || sheet.Fields["data"].Kind != "html" || !strings.Contains(sheet.HTML, `name="f.data"`) {
		t.Fatalf("the form is %+v", sheet.Fields)
	}
	type saved struct {
		Op         string            `json:"op"`
		Fields     map[string]any    `json:"fields"`
		Merged     []string          `json:"merged"`
		Conflicted []string          `json:"conflicted"`
		Texts      map[string]string `json:"texts"`
	}
	three := "<p>one</p>\n<p>two</p>\n<p>three</p>\n"
	var first, second, third saved
	sue.asks(text+"/save", edits("data", base, three)).must(200).json(&first)
	if first.Op == "" || first.Fields["data"] != three {
		t.Errorf("the first save brings %+v", first)
	}
	sue.get(unit).must(200, "three")
	ina.get("/courses/"+run.String()+"/units/read1").must(200, "A body at rest").without("three")
	// By inputs, as the form sends them.
	sue.asks(text+"/save", map[string]any{"edits": map[string]any{
		"display_name": map[string]any{"base": sheet.Fields["display_name"].Base, "form": map[string][]string{"f.display_name": {"The laws"}}},
	}}).must(200)
	sue.get(unit).must(200, "The laws")
	// Both began with the same text.
	sue.asks(text+"/save", edits("data", three, strings.Replace(three, "one", "first", 1))).must(200)
	ina.asks(text+"/save", edits("data", three, strings.Replace(three, "three", "third", 1))).must(200).json(&second)
	if merged := strings.NewReplacer("one", "first", "three", "third").Replace(three); second.Texts["data"] != merged || len(second.Conflicted) > 0 {
		t.Errorf("two changes merge to %+v", second)
	}
	ina.asks(text+"/save", edits("data", three, strings.Replace(three, "one", "eins", 1))).must(200).json(&third)
	if len(third.Conflicted) != 1 || strings.Contains(third.Fields["data"].(string), "eins") {
		t.Errorf("two changes of one line bring %+v", third)
	}
	sue.data(text+"/form", &sheet)
	if len(sheet.Conflicts) != 1 || sheet.Conflicts[0].Stored[0].Text != "first" || sheet.Conflicts[0].Other[0].Text != "eins" || sheet.Conflicts[0].Other[0].Kind != "new" {
		t.Fatalf("what is kept is %+v", sheet.Conflicts)
	}
	sue.get(unit).must(200, "1 change to decide on")
	// What somebody stored since is not decided about by who has not seen it.
	sue.asks(text+"/resolve", map[string]any{"conflict": sheet.Conflicts[0].ID, "text": "<p>both</p>", "version": 1}).must(409)
	var again saved
	sue.asks(text+"/resolve", map[string]any{"conflict": sheet.Conflicts[0].ID, "text": "<p>both</p>", "base": "<p>older</p>"}).must(200).json(&again)
	if len(again.Conflicted) != 0 || again.Fields["data"] == "<p>both</p>" {
		t.Errorf("decided about what was not seen: %+v", again)
	}
	sue.data(text+"/form", &sheet)
	if len(sheet.Conflicts) != 1 || sheet.Conflicts[0].Other[0].Text != "both" {
		t.Fatalf("what was decided is %+v", sheet.Conflicts)
	}
	sue.asks(text+"/resolve", map[string]any{"conflict": sheet.Conflicts[0].ID, "text": "<p>both</p>", "base": sheet.Fields["data"].Base}).must(200)
	sue.get(unit).must(200, "both").without("to decide on")
	// Wrong things.
	sue.asks(text+"/save", edits("nonsense", nil, 1)).must(200, `"gone":["nonsense"]`)
	sue.asks(text+"/save", map[string]any{"edits": map[string]any{"data": map[string]any{"base": nil}}}).must(400)
	sue.asks(component(run, "html", "nowhere")+"/save", edits("data", "", "x")).must(404)
	sue.asks(text+"/resolve", map[string]any{"conflict": "nowhere", "value": nil}).must(404)
}

// Components are added, moved, copied, taken out and brought back.
func TestStudioUnitOperations(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	sue, dora := w.member("sue", run, "staff"), w.member("dora", other, "staff")
	unit, usage := studioPath(run)+"/units/read1", run.Usage("vertical", "read1").String()
	type state struct {
		Order   []string         `json:"order"`
		Parts   map[string]int64 `json:"parts"`
		Version int64            `json:"version"`
		People  []struct{ Name, At string }
	}
	order := func() []string {
		var s state
		sue.data(unit+"/state", &s)
		return s.Order
	}
	named := func(blockType, id string) string { return run.Usage(blockType, id).String() }
	text, box, tube := named("html", "text1"), named("probe", "box"), named("video", "tube")
	if got := strings.Join(order(), " "); got != text+" "+box+" "+tube {
		t.Fatalf("the unit holds %s", got)
	}
	var did struct{ Op, Focus string }
	sue.does(studioPath(run)+"/blocks", "parent", usage, "type", "html", "after", text).must(200).json(&did)
	if got := order(); len(got) != 4 || got[1] != did.Focus {
		t.Errorf("what was added stands in %v", got)
	}
	sue.get(unit).must(200, `data-part="`+strings.ReplaceAll(did.Focus, "+", "&#43;")+`"`)
	sue.does(studioPath(run)+"/undo", "op", did.Op).must(200)
	sue.does(studioPath(run)+"/move", "usage", tube, "to", usage, "after", "").must(200)
	if got := order(); len(got) != 3 || got[0] != tube {
		t.Errorf("what was moved to the beginning stands in %v", got)
	}
	sue.does(studioPath(run)+"/remove", "usage", box).must(200).json(&did)
	if got := order(); len(got) != 2 {
		t.Errorf("without the probe it is %v", got)
	}
	sue.does(studioPath(run)+"/undo", "op", did.Op).must(200)
	if got := order(); len(got) != 3 {
		t.Errorf("brought back it is %v", got)
	}
	sue.does(studioPath(run)+"/duplicate", "usage", text).must(200)
	if got := order(); len(got) != 4 {
		t.Errorf("with a copy it is %v", got)
	}
	sue.does(studioPath(run)+"/blocks", "parent", usage, "type", "nothing_such", "after", text).must(422)
	// From another course, for who may change both.
	both := w.enter(w.administrator("boss"))
	there := other.Usage("probe", "chembox").String()
	if len(order()) != 4 {
		t.Fatal("the unit is another one than it was")
	}
	sue.does(unit+"/paste", "usage", there).must(404)
	both.does(unit+"/paste", "usage", there, "after", text).must(200).json(&did)
	if got := order(); len(got) != 5 || got[slices.Index(got, text)+1] != did.Focus {
		t.Errorf("what was pasted stands in %v, it is %s", got, did.Focus)
	}
	// Of another course there is nothing to do with here.
	foreign := other.Usage("html", "x").String()
	sue.does(studioPath(run)+"/remove", "usage", foreign).must(404)
	sue.get(studioPath(run) + "/components/" + foreign + "/form").must(404)
	dora.get(unit).must(404)
	dora.send("GET", unit+"/state", map[string]string{"Accept": "application/json"}, "").must(404)
}

// Two authors see each other, and where the other one works.
func TestStudioUnitPeople(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ina := w.member("sue", run, "staff"), w.member("ina", run, "instructor")
	unit, text := studioPath(run)+"/units/read1", run.Usage("html", "text1").String()
	type now struct {
		People []struct{ Name, At string } `json:"people"`
		Token  string                      `json:"token"`
	}
	var seen, ofIna, again now
	sue.data(unit+"/state?at="+url.QueryEscape(text), &seen)
	if len(seen.People) != 0 || seen.Token == "" {
		t.Errorf("alone she sees %+v", seen)
	}
	ina.data(unit+"/state?at=block-v1:forged", &ofIna)
	if len(ofIna.People) != 1 || ofIna.People[0].Name != "sue" || ofIna.People[0].At != text {
		t.Errorf("Ina sees %+v", ofIna.People)
	}
	sue.data(unit+"/state", &again)
	if len(again.People) != 1 || again.People[0].Name != "ina" || again.People[0].At != "" {
		t.Errorf("Sue sees %+v", again.People)
	}
}

// A component is edited as its OLX element; what cannot be read says where, and changes nothing.
func TestStudioUnitOLX(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	var sheet struct{ OLX, Base string }
	for _, c := range []struct{ blockType, id, from, to, unit, seen string }{
		{"video", "tube", `display_name="On YouTube"`, `display_name="Moving pictures"`, "read1", "Moving pictures"},
		{"html", "text1", `stays at rest`, `remains at rest`, "read1", "remains at rest"},
		{"problem", answers[0].id, `<problem`, `<problem display_name="Another name"`, "five", "Another name"},
	} {
		path := component(run, c.blockType, c.id)
		sue.data(path+"/form", &sheet)
		if !strings.Contains(sheet.OLX, c.from) {
			t.Errorf("the element of %s is %s", c.id, sheet.OLX)
			continue
		}
		var saved struct{ Hash, Op string }
		sue.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": sheet.OLX}).must(200).json(&saved)
		if saved.Hash != sheet.Base && c.blockType != "video" { // whose element says some things in newer words
			t.Errorf("%s is another one after it was saved as it was", c.id)
		}
		var bad struct {
			Error    string
			Line     int
			Findings []struct{ Line int }
		}
		sue.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": sheet.OLX + "\n<"}).must(422).json(&bad)
		if bad.Error == "" || bad.Line == 0 {
			t.Errorf("what cannot be read brings %+v", bad)
		}
		changed := strings.Replace(sheet.OLX, c.from, c.to, 1)
		if c.blockType == "problem" {
			changed = strings.Replace(strings.Replace(sheet.OLX, ` display_name="`, ` data-old="`, 1), c.from, c.to, 1)
		}
		sue.asks(path+"/olx", map[string]string{"base": sheet.Base, "xml": changed}).must(200)
		sue.get(studioPath(run)+"/units/"+c.unit).must(200, c.seen)
	}
}

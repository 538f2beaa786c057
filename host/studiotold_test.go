package host_test

import (
	"net/url"
	"strings"
	"testing"
)

// What an operation did is said with its name and kind: in its answer, when it is taken back, and when it is done again.
func TestStudioSaysWhatWasDone(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	unit := run.Usage("vertical", "u1").String()
	for _, step := range []struct {
		path, did string
		pairs     []string
	}{
		{"/set", "Renamed “1” to “Waves”", []string{"usage", unit, "has", "title", "title", "Waves"}},
		{"/duplicate", "Duplicated: Waves (Unit)", []string{"usage", unit}},
		{"/move", "Moved: Waves (Unit)", []string{"usage", unit, "to", run.Usage("sequential", "b").String()}},
		{"/remove", "Removed: Waves (Unit)", []string{"usage", unit}},
	} {
		done := sue.did(run, step.path, step.pairs...)
		if done["message"] != step.did {
			t.Errorf("%s says %q", step.path, done["message"])
		}
		for _, said := range []string{"Took back: ", "Did again: "} {
			if done = sue.did(run, "/undo", "op", done["op"].(string)); done["message"] != said+step.did {
				t.Errorf("undoing %s says %q", step.path, done["message"])
			}
		}
	}
	if got := w.titles(run); got != "A(a(Waves (copy) 2) b(3)) B(c)" {
		t.Errorf("the copy is called otherwise: %s", got)
	}
	// The page that moves offers each place.
	two, three := run.Usage("vertical", "u2").String(), run.Usage("vertical", "u3").String()
	move := sue.get(studioPath(run)+"/move?usage="+url.QueryEscape(two)).must(200, "After 3", "After Waves (copy)", `<optgroup label="A › b">`).without("After 2")
	move.form(studioPath(run)+"/move").set("spot", run.Usage("sequential", "b").String()+" "+three).press("").must(303)
	if got := w.titles(run); got != "A(a(Waves (copy)) b(3 2)) B(c)" {
		t.Errorf("moved: %s", got)
	}
	sue.did(run, "/move", "usage", two, "spot", run.Usage("sequential", "b").String()+" ")
	if got := w.titles(run); got != "A(a(Waves (copy)) b(2 3)) B(c)" {
		t.Errorf("moved to the beginning: %s", got)
	}
	sue.get(studioPath(run)+"/history").must(200, "<h2>Did again: Removed: Waves (Unit)</h2>", "<h2>Took back: Moved: Waves (Unit) <span")
	var usages []string
	for _, id := range []string{"u2", "u3"} {
		usages = append(usages, "usage", run.Usage("vertical", id).String())
	}
	usages = append(usages, "usage", run.Usage("sequential", "a").String(), "usage", run.Usage("sequential", "c").String())
	if done := sue.did(run, "/remove", usages...); done["message"] != "Removed: 2 (Unit), 3 (Unit), a (Subsection) and one more" {
		t.Errorf("%v", done)
	}
}

// A question without a name is called by what it asks, and what changed in it is told entry by entry, without tags and braces.
func TestStudioTellsDifferencesInWords(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.forces()
	sue := w.member("sue", run, "staff")
	done := sue.did(run, "/blocks", "parent", run.Usage("vertical", "read1").String(), "type", "multiple-choice")
	usage := done["focus"].(string)
	path := studioPath(run) + "/components/" + usage
	rows := func(feedback string) []map[string]any {
		return []map[string]any{{"id": "n726go3j", "text": "<p>The <b>mean</b></p>"}, {"id": "k2", "text": "<p>The median</p>", "correct": true, "feedback": feedback}}
	}
	sue.asks(path+"/save", edits("prompt", nil, "<p>Which is <em>robust</em>?</p>", "choices", nil, rows(""))).must(200)
	sue.did(run, "/publish")
	sue.asks(path+"/save", edits("choices", rows(""), rows("<p>It stays where it is.</p>"))).must(200)
	sue.asks(path+"/save", edits("weight", nil, 2.5)).must(200)
	for _, page := range []string{"/history", "/changes"} {
		p := sue.get(studioPath(run)+page).must(200, "The median", "It stays where it is.", "2.5")
		for _, raw := range []string{"n726go3j", "&lt;p&gt;It", "{&#34;"} {
			if strings.Contains(p.body[strings.Index(p.body, "It stays")-2000:strings.Index(p.body, "It stays")+100], raw) {
				t.Errorf("%s shows %s", page, raw)
			}
		}
	}
	sue.get(studioPath(run)+"/history").must(200, "Edited: Which is robust? (")
	if done := sue.did(run, "/remove", "usage", usage); !strings.HasPrefix(done["message"].(string), "Removed: Which is robust? (") {
		t.Errorf("%v", done)
	}
}

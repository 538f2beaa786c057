package host_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// faultyCourse is the drafted course with a text in its first unit in which much is wrong, not published.
func (w *world) faultyCourse() (run key.Course, text key.Usage) {
	w.t.Helper()
	run = w.draftedCourse()
	said := "<h2>A</h2><h4>B</h4>\n<a href=\"/jump_to_id/nowhere\">x</a> <img src=\"/static/=none.png\"> <a href=\"https://example.invalid/x\">y</a>"
	text, _, err := w.site.Authoring.Add(w.t.Context(), authoring.Author{ID: "tester"}, run.Usage("vertical", "u1"), "", authoring.NewBlock{
		Type: "html", Title: "A faulty text", Fields: wire.Fields{"data": authoring.JSON(said)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return run, text
}

// The page of checks tells what is wrong with the way to it, by kind and severity and word, and as a table to keep.
func TestStudioChecks(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, text := w.faultyCourse()
	sue := w.member("sue", run, "staff")
	checks := studioPath(run) + "/checks"
	edit := strings.ReplaceAll(studioPath(run)+"/units/u1?"+url.Values{"edit": {text.String()}}.Encode(), "+", "&#43;")
	sue.get(checks).must(200)
	w.site.Review.Wait() // the block's code may have to be loaded
	page := sue.get(checks).must(200, "2 errors", "A link leads to “nowhere”, which is not in the course", "line 2", "A › a › 1", edit, "The picture “=none.png” has no description",
		"1 hint", "A heading of level 4 follows one of level 2", "The unit is empty", "links to 1 address elsewhere").without("alt text")
	if strings.Index(page.body, "“nowhere”") > strings.Index(page.body, "The unit is empty") {
		t.Error("the worst does not come first")
	}
	sue.get(checks+"?severity=error").must(200, "“nowhere”").without("The unit is empty", "no description")
	sue.get(checks+"?kind=empty").must(200, "The unit is empty", studioHref(run)+"/units/u2").without("“nowhere”")
	sue.get(checks+"?q=NOWHERE").must(200, "1 finding", "“nowhere”").without("The unit is empty")
	sue.get(checks+"?q=unheard").must(200, "Nothing of this kind")
	table := sue.get(checks+".csv?kind=links").must(200, "severity,kind,finding", "nowhere")
	for _, line := range strings.Split(table.body, "\n") {
		for _, cell := range strings.Split(line, ",") {
			if strings.HasPrefix(strings.Trim(cell, `"`), "=") {
				t.Errorf("a cell is a formula: %s", line)
			}
		}
	}
	var state struct{ Works bool }
	if err := json.Unmarshal([]byte(sue.get(checks+"/state").must(200).body), &state); err != nil || state.Works {
		t.Errorf("%+v %v", state, err)
	}
	// What is mended is gone from the list; a course without faults says so.
	sue.did(run, "/remove", "usage", text.String(), "usage", run.Usage("vertical", "u1").String(), "usage", run.Usage("vertical", "u2").String(), "usage", run.Usage("vertical", "u3").String(),
		"usage", run.Usage("chapter", "B").String())
	for _, sub := range []string{"a", "b"} {
		done := sue.did(run, "/blocks", "parent", run.Usage("sequential", sub).String())
		if _, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, usageOf(t, done["focus"]), "", authoring.NewBlock{Type: "html", Fields: wire.Fields{"data": authoring.JSON("<p>Good</p>")}}); err != nil {
			t.Fatal(err)
		}
	}
	w.site.Review.Wait()
	sue.get(checks).must(200, "Nothing found").without("?severity=")
}

func usageOf(t *testing.T, text any) key.Usage {
	t.Helper()
	said, _ := text.(string)
	usage, err := key.ParseUsage(said)
	if err != nil {
		t.Fatal(err)
	}
	return usage
}

// The page of changes tells what is wrong with what changes, and where what goes away was linked to. Errors have to be said yes to.
func TestStudioPublishAsksOnceMore(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, text := w.faultyCourse()
	sue := w.member("sue", run, "staff")
	changes, publish := studioPath(run)+"/changes", studioPath(run)+"/publish"
	sue.get(changes).must(200, "What to mend in what you publish", "2 errors", "nowhere", "Publish all the same, with 2 errors").without("The unit is empty")
	form := sue.get(changes).form(publish)
	form.press("").must(422, "Mend them, or say that you publish all the same", "nowhere", "A faulty text")
	if published, err := w.site.Courses.Published(t.Context(), run); err != nil || published.Head.Number != 1 {
		t.Errorf("it was published: %v %v", published.Head, err)
	}
	if status, answer := sue.studioPost(run, "/publish", "errors", "2"); status != 422 || !strings.Contains(answer["error"].(string), "all the same") {
		t.Errorf("%d %v", status, answer)
	}
	sue.get(changes).form(publish).set("anyway", "yes").press("").must(303).follow().must(200, "Published.")
	// A removed unit concerns the text that links to it, whatever else is wrong in the course.
	edit := map[string]authoring.FieldEdit{"data": {Base: w.fieldOf(text, "data"), Value: authoring.JSON(`<p><a href="/jump_to_id/u3">x</a></p>`)}}
	if _, err := w.site.Authoring.Save(t.Context(), authoring.Author{ID: "tester"}, text, edit); err != nil {
		t.Fatal(err)
	}
	sue.get(changes).must(200, "The checks found nothing in these changes").without("Publish all the same")
	if _, err := w.site.Authoring.Publish(t.Context(), authoring.Author{ID: "tester"}, run.Usage("course", course.RootID), ""); err != nil {
		t.Fatal(err)
	}
	sue.did(run, "/remove", "usage", run.Usage("vertical", "u3").String())
	sue.get(changes).must(200, "A link leads to “u3”, which is not in the course", "Publish all the same, with 1 error")
}

// fieldOf is what a field of the working copy holds.
func (w *world) fieldOf(usage key.Usage, name string) json.RawMessage {
	w.t.Helper()
	content, err := w.site.Authoring.Unit(w.t.Context(), usage.Course, usage)
	if err != nil {
		w.t.Fatal(err)
	}
	return content.Fields[name]
}

// The outline's filter finds units with blocks that do not work, drafts as well as what is published.
func TestStudioOutlineFindsBrokenDrafts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	if err := w.site.Courses.PutDraft(t.Context(), course.Draft{
		Course: run.String(), Usage: run.Usage("vertical", "u2").String(),
		Revision: course.Revision{Type: "vertical", Children: []course.ChildRef{{Type: "nosuch", ID: "n"}}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.site.Courses.PutDraft(t.Context(), course.Draft{Course: run.String(), Usage: run.Usage("nosuch", "n").String(), Revision: course.Revision{Type: "nosuch"}}); err != nil {
		t.Fatal(err)
	}
	sue.get(studioPath(run)+"?show=broken").must(200, "/units/u2").without("/units/u1", "/units/u3")
	sue.get(studioPath(run)+"/checks?kind=blocks").must(200, "No block of the type “nosuch” is installed", "/units/u2")
}

// Checking addresses elsewhere is asked for by a form alone, and what comes of it is told.
func TestStudioChecksOutside(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, _ := w.faultyCourse()
	sue := w.member("sue", run, "staff")
	checks := studioPath(run) + "/checks"
	sue.get(checks).must(200, "Check links to other sites").without("example.invalid")
	sue.get(checks).form(checks + "/outside").press("").must(303).follow().must(200)
	w.site.Review.Wait()
	sue.get(checks).must(200, "https://example.invalid/x", "1 address does not answer as it should")
}

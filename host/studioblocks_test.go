package host_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// The page tells what is installed, where the course uses it and what does not work; the team decides what its authors are offered,
// and the site's administrators have the last word.
func TestStudioBlocks(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{unlimited: true})
	run, other := w.guessing(), w.draftedCourse()
	root := w.enter(w.administrator("boss"))
	ina, sue, ann := w.member("ina", run, "instructor"), w.member("sue", run, "staff"), w.member("ann", run, "")
	elsewhere := w.member("elsie", other, "instructor")
	blocks := studioPath(run) + "/blocks"
	add := func(b *browser) int {
		status, _ := b.studioPost(run, "/blocks", "parent", run.Usage("vertical", "u").String(), "type", "guess")
		return status
	}
	unit := studioPath(run) + "/units/u"
	offer := `value="guess"`

	// What the course uses and nobody serves is told with its place.
	page := ina.get(blocks).must(200, "Part of the site", "Video", "It asks for nothing", "What does not work", "guess", "is not installed", "used in 1 place", "/units/u?")
	page.without("Offer no more: Guess")
	private, _ := packagetest.Key(t)
	root.bring(packagetest.Guess{}.Archive(t, private), "unsigned").must(303)
	page = ina.get(blocks).must(200, "Every component of the course works", "Brought in by", "Offered to authors")
	form := page.formWith("package", "guess")
	if got := ina.get(unit).must(200).body; !strings.Contains(got, offer) {
		t.Fatalf("the palette does not offer it: %s", offer)
	}
	ina.get(blocks+"?"+url.Values{"type": {"guess"}}.Encode()).must(200, ": 1 place", "/units/u?edit=")

	// The team takes it out of the palette: it is added no more, but what is there goes on.
	form.press("").must(303).follow().must(200, "Not offered to authors")
	if got := ina.get(unit).must(200).body; strings.Contains(got, offer) {
		t.Error("the palette still offers it")
	}
	if status := add(ina); status != http.StatusUnprocessableEntity {
		t.Errorf("it is added all the same: %d", status)
	}
	for _, path := range []string{"/paste", "/units/u/paste"} { // a component, and a unit that holds one
		form := []string{"usage", run.Usage("guess", "word").String(), "to", run.Usage("vertical", "u").String()}
		if path == "/paste" {
			form[1] = run.Usage("vertical", "u").String()
			form[3] = run.Usage("sequential", "s").String()
		}
		if status, answer := ina.studioPost(run, path, form...); status != http.StatusUnprocessableEntity || !strings.Contains(fmt.Sprint(answer), "is not switched on in this course") {
			t.Errorf("%s: it is pasted all the same: %d %v", path, status, answer)
		}
	}
	ann.get(blockPath(run, "guess", "word")+"/frame").must(200, "Which word?")
	elsewhere.get(studioPath(other)+"/blocks").must(200, "Offered to authors").without("Not offered to authors")
	ina.get(blocks).formWith("package", "guess").press("").must(303).follow().must(200).without("Not offered to authors")
	if status := add(ina); status != http.StatusOK {
		t.Errorf("it is not added: %d", status)
	}

	// Staff look, instructors decide; others find nothing there.
	sue.get(blocks).must(200, "guess").without("Offer no more")
	if status, _ := sue.studioPost(run, "/blocks/switch", "package", "guess", "do", "off"); status != http.StatusForbidden {
		t.Errorf("staff decide: %d", status)
	}
	for who, b := range map[string]*browser{"a learner": ann, "an instructor elsewhere": elsewhere} {
		if status, _ := b.studioPost(run, "/blocks/switch", "package", "guess", "do", "off"); status != http.StatusNotFound {
			t.Errorf("%s: %d", who, status)
		}
		b.get(blocks).must(404)
	}
	for _, wrong := range [][]string{{"package", "nosuch", "do", "off"}, {"package", "guess", "do", "sideways"}} {
		if status, _ := ina.studioPost(run, "/blocks/switch", wrong...); status != http.StatusNotFound && status != http.StatusBadRequest {
			t.Errorf("%v: %d", wrong, status)
		}
	}

	// The administrators' word is the last: where they gave it to other courses alone, no team has it.
	root.get("/admin/blocks").formWith("act", "courses").set("where", "only", "courses", other.String()).press("").must(303)
	ina.get(blocks).must(200, "Not for this course", "is not switched on for this course").without("Offer no more: Guess")
	if status, _ := ina.studioPost(run, "/blocks/switch", "package", "guess", "do", "on"); status != http.StatusNotFound {
		t.Errorf("a team gave itself what the site does not: %d", status)
	}
	if status := add(ina); status != http.StatusUnprocessableEntity {
		t.Errorf("it is added where it is not switched on: %d", status)
	}
	root.get("/admin/blocks").formWith("act", "off").press("").must(303)
	ina.get(blocks).must(200, "switched it off")
}

// A block whose content cannot be read is told with its reason, before anything is published.
func TestStudioBlocksTellBrokenDrafts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	usage, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, run.Usage("vertical", "u1"), "", authoring.NewBlock{Type: "problem", Title: "Ill"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.site.Courses.PutDraft(t.Context(), course.Draft{Course: run.String(), Usage: usage.String(), Revision: course.Revision{
		Type: "problem", Fields: map[string]string{"display_name": `"Ill"`, "data": `"<problem><choiceresponse></problem>"`},
	}}); err != nil {
		t.Fatal(err)
	}
	sue.get(studioPath(run) + "/checks").must(200)
	w.site.Review.Wait() // the block's code may have to be loaded
	sue.get(studioPath(run)+"/checks?severity=error").must(200, "Ill")
}

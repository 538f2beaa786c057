package host_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

var agreed = regexp.MustCompile(`name=\\?"agreed\\?" value=\\?"([0-9a-f]+)`)

func (w *world) policyText(run key.Course) string {
	w.t.Helper()
	there, err := w.site.Courses.Run(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	return there.Grading
}

// By hand, as in the gradebook: Ann has 100 %, Bert 60 % for the exam, Carl 7 %, Zoe no grade. With everything on homework, of which
// the best three of four count, Ann keeps hers, Bert has nothing, and Carl 17 %.
func TestStudioTellsOfGradesThatChange(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", twoKinds)
	w.gradedPeople(run)
	sue := w.member("sue", run, "staff")
	page := studioPath(run) + "/settings/grading"
	was := w.policyText(run)
	told := []string{"2 of 3 learners with a grade get another one, by up to 60 points", "1 gets a lower one", "1 who passes now would not pass", "1 gets another grade of the ranges"}
	asked := sue.get(page).form(page).set("t.0.weight", "100", "t.1.weight", "0").press("").must(422, append(told, "Nothing is saved yet", `value="100"`)...)
	agree := agreed.FindStringSubmatch(asked.body)
	if agree == nil || w.policyText(run) != was {
		t.Fatalf("a policy is saved that nobody has agreed to, or nobody is asked: %v", agree)
	}
	form := asked.form(page)
	if p := form.script(""); p.status != 422 || !strings.Contains(p.body, told[0]) || agreed.FindStringSubmatch(p.body)[1] != agree[1] {
		t.Errorf("a script is told %d %s", p.status, p.body)
	}
	form.set("agreed", agree[1], "t.0.weight", "90", "t.1.weight", "0").press("").must(422, "Nothing is saved yet")
	if w.policyText(run) != was {
		t.Error("what was agreed to is another policy")
	}
	form.set("t.0.weight", "100").press("").must(303)
	if w.policyText(run) == was {
		t.Error("what was agreed to is not saved")
	}
	// Taking it back changes grades as well, and asks likewise.
	changed := w.policyText(run)
	ask := sue.get(studioPath(run) + "/history").form(studioPath(run) + "/undo").press("").must(303).header.Get("Location")
	if w.policyText(run) != changed || !strings.HasPrefix(ask, page+"?undo=") {
		t.Fatalf("an undo that changes grades leads to %q", ask)
	}
	sue.get(ask).must(200, "Take the grading policy back?", "2 of 3 learners with a grade get another one").form(studioPath(run) + "/undo").press("").must(303)
	if w.policyText(run) != was {
		t.Errorf("taken back it is %s, was %s", w.policyText(run), was)
	}
	sue.get(page + "?undo=nothing").must(404)
	// What changes no grade is not asked about.
	sue.get(page).form(page).set("t.0.short", "Hw", "t.0.type", "Sets", "hours", "3").press("").must(303)
}

// The page of changes says what publishing would make of grades: of a weight, too.
func TestStudioTellsOfGradesThatPublishingChanges(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", twoKinds)
	w.gradedPeople(run)
	sue := w.member("sue", run, "staff")
	changes := studioPath(run) + "/changes"
	sue.did(run, "/set", "usage", run.Usage("vertical", "v1").String(), "has", "title", "title", "Words")
	sue.get(changes).must(200, "1 change").without("grades that learners have already")
	sue.did(run, "/set", "usage", run.Usage("sequential", "s3").String(), "has", "format", "format", "Homework")
	sue.get(changes).must(200, "This changes grades that learners have already", "2 of 3 learners with a grade", "what is in it counts otherwise")
	sue.get(changes+"?within="+url.QueryEscape(run.Usage("vertical", "v1").String())).must(200, "1 change").without("grades that learners have already")
	sue.did(run, "/discard")
	sue.asks(component(run, "problem", "a")+"/save", edits("weight", nil, 0)).must(200)
	sue.get(changes).must(200, "the same answers count otherwise", "2 learners have answered", "learners with a grade get another one")
}

package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Preview shows what is saved, as a learner would see it, and takes answers that count for nobody.
func TestStudioPreview(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	unit := studioPath(run) + "/units/five"
	sue.get(unit+"/as/learner").must(200, "Preview of", "as/learner/page")
	page := sue.get(unit + "/as/learner/page").must(200)
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") {
		t.Errorf("another page could not frame it, or any could: %s", policy)
	}
	sue.get(unit + "/as/learner?go=1&at=2026-12-01T10:00&language=ar&width=phone").must(303)
	sue.get(unit+"/as/learner?go=1&at=never").must(422, "Write a date")
	for _, bad := range []string{"nobody", "learner;group=x", "learner;at=2026", "learner;lang=..", "editor;at=2026-01-01T00:00:00Z", "learner;lang=ar;lang=ar"} {
		sue.get(unit + "/as/" + bad).must(404)
		sue.get(unit + "/as/" + bad + "/page").must(404)
	}
	sue.get(unit + "/as/editor").must(404)
	ann.get(unit + "/as/learner/page").must(404)
	arabic := sue.get(unit + "/as/learner;lang=ar/page").must(200)
	if !strings.Contains(arabic.body, `lang="ar" dir="rtl"`) {
		t.Error("it is not in the language that was asked for")
	}
	// Before it is released it is closed at that date, and open where none is asked for.
	later := studioPath(run) + "/units/notyet"
	sue.get(later + "/as/learner/page").must(200).without("notice")
	sue.get(later+"/as/learner;at=2026-01-01T00:00:00Z/page").must(200, "notice")
	sue.get(studioPath(run)+"/units/teamonly/as/learner/page").must(200, "Such a learner does not see this unit.")
	w.previewAnswer(sue, run, unit)
}

// previewAnswer answers a question in a preview: it is graded there, and nobody's gradebook knows of it.
func (w *world) previewAnswer(sue *browser, run key.Course, unit string) {
	w.t.Helper()
	a, book := answers[0], "/courses/"+run.String()+"/staff/gradebook"
	before := sue.get(book).must(200).words()
	address := unit + "/as/learner/blocks/" + run.Usage("problem", a.id).String()
	form := sue.get(unit + "/as/learner/page").must(200).form(address)
	form.set(a.right...).script("submit").must(200, "status correct")
	sue.get(unit+"/as/learner/page").must(200, "status correct")
	sue.get("/courses/" + run.String() + "/units/five").must(200).without("status correct")
	if after := sue.get(book).must(200).words(); after != before {
		w.t.Errorf("the gradebook knows of it: %.500s", after)
	}
	if n, err := w.site.Kernel.Scorer().Answered(w.t.Context(), run.Usage("problem", a.id)); err != nil || n != 0 {
		w.t.Errorf("%d learners have answered, says who publishes a change of it: %v", n, err)
	}
}

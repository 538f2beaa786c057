package host_test

import (
	"net/url"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioMoreSights are Studio's pages besides the outline, as TestStudioLooksInBrowser looks at them.
func studioMoreSights(w *world, run key.Course) []sight {
	w.t.Helper()
	unit := run.Usage("vertical", "u1")
	fields := wire.Fields{"display_name": authoring.JSON("A unit whose title goes on and on, longer than anybody would write it, to see what becomes of it")}
	if _, err := w.site.Authoring.Set(w.t.Context(), authoring.Author{ID: "tester"}, fields, unit); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.site.Remarks.Begin(w.t.Context(), w.userNamed("sue").ID, unit, unit, "Is this title not too long?"); err != nil {
		w.t.Fatal(err)
	}
	open := func(b *tab) { b.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`) }
	return []sight{
		{"studio-changes", studioPath(run) + "/changes", open},
		{"studio-changes-none", studioPath(run) + "/changes?within=" + url.QueryEscape(run.Usage("sequential", "b").String()), nil},
		{"studio-remarks", studioPath(run) + "/remarks", open},
		{"studio-talk", studioPath(run) + "/units/u1/remarks", open},
		{"studio-search", studioPath(run) + "/search?q=unit&with=part", nil},
		{"studio-schedule", studioPath(run) + "/settings/schedule", nil},
		{"studio-grading", studioPath(run) + "/settings/grading", func(b *tab) { b.visible(".grade-border") }},
		{"studio-groups", studioPath(run) + "/settings/groups", nil},
		{"studio-team", studioPath(run) + "/settings/team", nil},
		{"studio-advanced", studioPath(run) + "/settings/advanced", nil},
		{"studio-history", studioPath(run) + "/history", open},
	}
}

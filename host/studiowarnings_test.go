package host_test

import (
	"net/url"
	"strings"
	"testing"
)

// What is saved although it is hardly meant is saved with a word: a due date before the opening, weights that are not the whole. A
// course whose start is years away, or was never set, says so where it is checked.
func TestStudioWarnsOfDatesAndWeights(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	b := run.Usage("sequential", "b").String()
	done := sue.did(run, "/set", "usage", b, "has", "due", "due", "2010-02-03T04:05")
	if message := done["message"].(string); done["did"] != "set_dates" || !strings.Contains(message, "“b” is now due at") || !strings.Contains(message, "before it opens at") {
		t.Errorf("%v", done)
	}
	sue.get(studioPath(run)+"?did=set_dates").must(200, "something is due before it opens now")
	if done := sue.did(run, "/set", "usage", b, "has", "due", "due", "2031-02-03T04:05"); done["did"] != "set" {
		t.Errorf("%v", done)
	}
	grading := studioPath(run) + "/settings/grading"
	if p := sue.get(grading).form(grading).set("t.0.weight", "10").script(""); p.status != 200 || !strings.Contains(p.body, "The weights add up to 95 %") {
		t.Errorf("%d %s", p.status, p.body)
	}
	checks, schedule := studioPath(run)+"/checks", studioPath(run)+"/settings/schedule"
	sue.get(checks).must(200).without("Learners cannot see the course", "no start date")
	sue.get(schedule).form(schedule).set("course_start", "2099-01-01T00:00").press("").must(303)
	sue.get(checks).must(200, "Learners cannot see the course before", "2099", studioHref(run)+"/settings/schedule")
	sue.get(schedule).form(schedule).set("course_start", "").press("").must(303)
	sue.get(checks).must(200, "The course has no start date: learners cannot see it before 2030-01-01")
	fresh := w.unpublished()
	w.enter(w.administrator("boss")).get(studioPath(fresh)+"/checks").must(200, "The course has no start date")
}

// The history names what was added, moved and taken away, and says of a new name that it is one.
func TestStudioHistoryNamesThings(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	unit := run.Usage("vertical", "u1").String()
	sue.did(run, "/set", "usage", unit, "has", "title", "title", "Waves & tides")
	sue.did(run, "/blocks", "parent", unit, "type", "html")
	sue.did(run, "/move", "usage", unit, "to", run.Usage("sequential", "b").String())
	sue.did(run, "/duplicate", "usage", unit)
	sue.did(run, "/remove", "usage", unit, "usage", run.Usage("vertical", "u2").String())
	sue.did(run, "/set", "usage", run.Usage("sequential", "b").String(), "has", "title", "has", "due", "title", "New", "due", "2031-02-03T04:05")
	sue.get(studioPath(run)+"/history").must(200, "<h2>Renamed “1” to “Waves &amp; tides”</h2>", "<h2>Added: Text</h2>", "<h2>Moved: Waves &amp; tides (Unit)</h2>", "<h2>Duplicated: Waves &amp; tides (Unit)</h2>",
		"<h2>Removed: Waves &amp; tides (Unit), 2 (Unit)</h2>", "Bring it back", "<h2>Changed settings: New (Subsection)</h2>")
	sue.get(studioPath(run)+"/history?of="+url.QueryEscape(unit)).must(200, "Removed: Waves &amp; tides (Unit)")
}

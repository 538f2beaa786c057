package host_test

import (
	"net/url"
	"strings"
	"testing"
)

// What is not published is told in words, published in parts, discarded, and found again in the history, from where it is put back.
func TestStudioPublishesPartByPart(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	use := func(kind, id string) string { return run.Usage(kind, id).String() }
	changes := studioPath(run) + "/changes"
	within := func(usage string) string { return changes + "?within=" + url.QueryEscape(usage) }
	sue.get(changes).must(200, "nothing to publish").without("Discard")

	sue.did(run, "/set", "usage", use("vertical", "u1"), "has", "title", "title", "First words")
	sue.did(run, "/set", "usage", use("sequential", "b"), "has", "due", "due", "2031-02-03T04:05")
	sue.did(run, "/remove", "usage", use("chapter", "B"))
	page := sue.get(changes).must(200, "4 changes", "First words", "not set", "2031-02-03 04:05 UTC", "Removed")
	if n := strings.Count(page.body, `class="chip changed"`); n != 3 {
		t.Errorf("%d blocks are said to be changed: %s", n, page.words())
	}
	sue.get(within(use("sequential", "a"))).must(200, "1 change", "First words").without("2031-02-03")
	ann.get("/courses/" + run.String()).must(200).without("First words")

	// One subsection, by the form.
	form := sue.get(within(use("sequential", "a"))).form(studioPath(run) + "/publish")
	form.set("note", "Better words").press("").must(303).follow().must(200, "Published.")
	ann.get(unitPath(run, "u1")).must(200, "First words")
	sue.get(changes).must(200, "3 changes").without("First words")
	// The rest is discarded, but that can be taken back.
	done := sue.did(run, "/discard")
	if got := w.titles(run); got != "A(a(First words 2) b(3)) B(c)" {
		t.Error(got)
	}
	sue.get(changes).must(200, "nothing to publish")
	sue.did(run, "/undo", "op", done["op"].(string))
	sue.get(changes).must(200, "3 changes")
	answer := sue.did(run, "/publish", "usage", use("sequential", "b"), "usage", use("course", "course"))
	if !strings.Contains(answer["message"].(string), "Published 2 changes") {
		t.Errorf("%v", answer)
	}
	ann.get("/courses/" + run.String()).must(200).without(">B<")

	// The history has it all, of the course and of one unit, and leads back.
	history := studioPath(run) + "/history"
	sue.get(history).must(200, "Published as version 2", "Better words", "Removed", "Discarded changes", ">sue<")
	unit := history + "?of=" + url.QueryEscape(use("vertical", "u1"))
	page = sue.get(unit).must(200, "Renamed", "First words").without("2031-02-03")
	sue.did(run, "/set", "usage", use("vertical", "u1"), "has", "title", "title", "Second words")
	page.form(studioPath(run)+"/restore").press("").must(303).follow().must(200, "Put back")
	if got := w.titles(run); got != "A(a(First words 2) b(3))" {
		t.Error(got)
	}
	sue.get(history + "?after=nonsense").must(400)
	sue.get(history + "?of=" + url.QueryEscape(strings.Replace(use("vertical", "u1"), "Draft", "Other", 1))).must(404)
	for _, wrong := range [][]string{{"/publish", "usage", "nonsense"}, {"/discard", "usage", strings.Replace(use("vertical", "u1"), "Draft", "Other", 1)}, {"/restore", "usage", use("vertical", "u1"), "hash", "nothing"}} {
		if status, _ := sue.studioPost(run, wrong[0], wrong[1:]...); status != 404 {
			t.Errorf("%v: %d", wrong, status)
		}
	}
}

// Several parts that are published together are one published state; the page that they were published from says so and has nothing
// left to press.
func TestStudioPublishesSeveralAtOnce(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	use := func(kind, id string) string { return run.Usage(kind, id).String() }
	number := func() int {
		t.Helper()
		there, err := w.site.Courses.Run(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		return there.Head.Number
	}
	before := number()
	sue.did(run, "/set", "usage", use("vertical", "u1"), "has", "title", "title", "One more")
	sue.did(run, "/set", "usage", use("vertical", "u3"), "has", "title", "title", "Three more")
	answer := sue.did(run, "/publish", "usage", use("vertical", "u1"), "usage", use("vertical", "u3"))
	if !strings.Contains(answer["message"].(string), "Published 2 changes") || number() != before+1 {
		t.Errorf("%v, version %d after %d", answer, number(), before)
	}
	sue.did(run, "/set", "usage", use("vertical", "u1"), "has", "title", "title", "Once more")
	changes := studioPath(run) + "/changes"
	form := sue.get(changes).must(200, "1 change").form(studioPath(run) + "/publish")
	form.press("").must(303).follow().must(200, "Published.", "Learners see it now", "Published last: version 3, by sue,", ">sue<").without(`/publish"`)

	// Several that are discarded or copied come back with one undo.
	sue.did(run, "/set", "usage", use("vertical", "u1"), "has", "title", "title", "x")
	sue.did(run, "/set", "usage", use("vertical", "u2"), "has", "title", "title", "y")
	was := w.titles(run)
	done := sue.did(run, "/discard", "usage", use("vertical", "u1"), "usage", use("vertical", "u2"))
	if got := w.titles(run); got == was {
		t.Errorf("nothing is discarded: %s", got)
	}
	sue.did(run, "/undo", "op", done["op"].(string))
	if got := w.titles(run); got != was {
		t.Errorf("after one undo %s, was %s", got, was)
	}
	done = sue.did(run, "/duplicate", "usage", use("vertical", "u1"), "usage", use("vertical", "u2"))
	sue.did(run, "/undo", "op", done["op"].(string))
	if got := w.titles(run); got != was {
		t.Errorf("after one undo of two copies %s, was %s", got, was)
	}
	// What is added is named, also what has no title of its own.
	if added := sue.did(run, "/blocks", "parent", use("vertical", "u1"), "type", "html"); added["message"] != "Added: Text" {
		t.Errorf("%v", added)
	}
}

// Who publishes from the page of changes publishes what it shows: what another author saved since is told first, with and without
// scripts.
func TestStudioPublishesWhatWasSeen(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, bob, ann := w.member("sue", run, "staff"), w.member("bob", run, "staff"), w.member("ann", run, "")
	unit := run.Usage("vertical", "u1").String()
	title := func(who *browser, title string) { who.did(run, "/set", "usage", unit, "has", "title", "title", title) }
	changes := studioPath(run) + "/changes"
	title(sue, "Hers")
	form := sue.get(changes).must(200, "1 change").form(studioPath(run) + "/publish")
	title(bob, "Nobody looked at this")
	again := form.press("").must(409, "Nothing was published", "bob – Renamed “Hers” to “Nobody looked at this”", "1 change")
	ann.get("/courses/"+run.String()).must(200).without("Hers", "Nobody looked")
	title(bob, "Nor at this")
	seen := again.form(studioPath(run) + "/publish").values.Get("was.seen")
	status, answer := sue.studioPost(run, "/publish", "was.seen", seen)
	was, _ := answer["was"].(map[string]any)
	if status != 409 || was["seen"] == nil || was["seen"] == seen || !strings.Contains(answer["error"].(string), "bob – Renamed “Nobody looked at this” to “Nor at this”") {
		t.Fatalf("%d %v", status, answer)
	}
	sue.did(run, "/publish", "was.seen", was["seen"].(string))
	ann.get(unitPath(run, "u1")).must(200, "Nor at this")
	if status, answer := sue.studioPost(run, "/publish", "was.seen", "1.nonsense"); status != 409 {
		t.Errorf("%d %v", status, answer)
	}
}

package host_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Authors talk about what they work on; the talk leads to its place, is told by the bell, and is nobody else's.
func TestStudioRemarks(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	other := w.otherCourse()
	sue, bob, ann := w.member("sue", run, "staff"), w.member("bob", run, "instructor"), w.member("ann", run, "")
	olga := w.member("olga", other, "staff")
	unit := run.Usage("vertical", "u1")
	sue.did(run, "/set", "usage", unit.String(), "has", "title", "title", "Waves")
	page := studioPath(run) + "/units/u1/remarks"
	for who, b := range map[string]*browser{"a learner": ann, "staff of another course": olga} {
		b.get(page).must(404)
		b.get(studioPath(run) + "/remarks").must(404)
		if status, _ := b.studioPost(run, "/units/u1/remarks", "about", unit.String(), "text", "hello"); status != 404 {
			t.Errorf("%s begins a talk: %d", who, status)
		}
	}
	form := bob.get(page).must(200, "Nobody has said anything", "The whole unit").form(page)
	form.set("text", " ").press("").must(422, "Write between one letter")
	form.set("text", "Is <b>this</b> right?", "about", other.Usage("vertical", "read1").String()).press("").must(404)
	form.set("about", unit.String()).press("").must(303)
	bob.get(page).must(200, "Is &lt;b&gt;this&lt;/b&gt; right?", "Change your remark")
	sue.get(studioPath(run)+"/units/u1").must(200, "Remarks (1)")
	sue.get(studioPath(run)).must(200, "1 remark<")
	list := sue.get(studioPath(run)+"/remarks").must(200, "Waves", "/units/u1/remarks?about=")
	talk := regexp.MustCompile(regexp.QuoteMeta(studioPath(run)) + `/remarks/[A-Z0-9]+`).FindString(html.UnescapeString(list.body))
	if talk == "" {
		t.Fatal("no address to answer at")
	}
	sue.get(page).must(200, "Is &lt;b").without("Change your remark")
	sue.get("/notifications").must(200, "A remark about “Waves”")

	answer := sue.get(page).form(talk)
	answer.set("text", "It is.", "do", "answer").press("").must(303)
	if status, _ := olga.studioPost(other, strings.TrimPrefix(talk, studioPath(run)), "text", "from outside"); status != 404 {
		t.Errorf("staff of another course answer at their own address: %d", status)
	}
	if status, _ := olga.studioPost(run, strings.TrimPrefix(talk, studioPath(run)), "text", "from outside"); status != 404 {
		t.Errorf("staff of another course answer: %d", status)
	}
	bob.get("/notifications").must(200, "A remark about “Waves”", "It is.")

	// Whom a remark names hears of it, if he is of the team, and so does whom its form names.
	mia, tom := w.member("mia", run, "staff"), w.member("tom", run, "staff")
	sue.get(page).must(200, "Write @ and a username", "@mia", "@bob").without("@ann", "@sue")
	sue.get(page).form(talk).set("text", "What do you think, @mia? And @ann, @olga, @mia, nobody@tom.", "do", "answer").press("").must(303)
	mia.get("/notifications").must(200, "What do you think, @mia?")
	ann.get("/notifications").must(200).without("What do you think")
	olga.get("/notifications").must(200).without("What do you think")
	tom.get("/notifications").must(200).without("What do you think")
	sue.get(page).form(talk).set("text", "Yours.", "do", "answer", "tell", "tom").press("").must(303)
	tom.get("/notifications").must(200, "Yours.")
	sue.get(page).form(talk).set("text", "Hers.", "do", "answer", "tell", "ann").press("").must(404)
	sue.did(run, strings.TrimPrefix(talk, studioPath(run)), "do", "settle", "text", "Done then")
	sue.get(page).must(200, "1 settled", "Settled by sue", "Done then")
	sue.get(studioPath(run)+"/remarks").must(200, "No remark waits")
	if status, _ := sue.studioPost(run, strings.TrimPrefix(talk, studioPath(run)), "do", "edit", "remark", "none", "text", "x"); status != 404 {
		t.Errorf("a remark that is none: %d", status)
	}
}

// Where a course asks for it, nobody publishes what nobody else has looked at, and an approval is for what was seen.
func TestStudioReviews(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, bob, ina := w.member("sue", run, "staff"), w.member("bob", run, "staff"), w.member("ina", run, "instructor")
	ann := w.member("ann", run, "")
	unit := run.Usage("vertical", "u1").String()
	sue.did(run, "/publish")
	advanced := studioPath(run) + "/settings/advanced"
	sue.get(advanced).formWith("form", "settings").set("s.publish_needs_review", "true").press("").must(422, "Only those who run the course")
	ina.get(advanced).formWith("form", "settings").set("s.publish_needs_review", "true").press("").must(303)

	sue.did(run, "/set", "usage", unit, "has", "title", "title", "New words")
	changes := studioPath(run) + "/changes?within=" + url.QueryEscape(unit)
	refused := func(b *browser, why string, form ...string) {
		t.Helper()
		if status, body := b.studioPost(run, "/publish", append([]string{"usage", unit}, form...)...); status != 422 {
			t.Errorf("%s: %d %s", why, status, body)
		}
	}
	refused(sue, "published without a review")
	refused(sue, "staff publish alone", "alone", "1")
	ask := sue.get(changes).must(200, "somebody else approves", "Ask for a review", "cannot approve them").without("Publish without a review").form(studioPath(run) + "/reviews")
	ask.set("do", "ask", "text", "Is the wording right?").press("").must(303)
	bob.get(studioPath(run)+"/remarks").must(200, "Waiting for a review", "Is the wording right?")
	bob.get("/notifications").must(200, "Please review “New words”")
	mia := w.member("mia", run, "staff")
	named := sue.get(changes).must(200, "Ask whom", "Everybody in the team", "@mia").form(studioPath(run) + "/reviews")
	named.set("do", "ask", "tell", "mia", "text", "You alone?").press("").must(303)
	mia.get("/notifications").must(200, "You alone?")
	bob.get("/notifications").must(200).without("You alone?")
	own := sue.get(changes).must(200, "sue asked for a review").form(studioPath(run) + "/reviews")
	own.set("do", "approved").press("").must(422, "your own work")
	if status, _ := ann.studioPost(run, "/reviews", "usage", unit, "do", "approved"); status != 404 {
		t.Errorf("a learner approves: %d", status)
	}
	seen := bob.get(changes).must(200, "Approve").form(studioPath(run) + "/reviews")
	sue.did(run, "/set", "usage", unit, "has", "title", "title", "Newer words")
	seen.set("do", "approved").press("").must(409, "has changed since")
	bob.get(changes).form(studioPath(run)+"/reviews").set("do", "changes", "text", "Shorter").press("").must(303)
	sue.get(changes).must(200, "bob asks for changes", "Shorter")
	bob.get(changes).form(studioPath(run)+"/reviews").set("do", "approved").press("").must(303)
	sue.get("/notifications").must(200, "“Newer words” was reviewed")
	sue.did(run, "/set", "usage", unit, "has", "title", "title", "Newest words")
	sue.get(changes).must(200, "but it has changed since")
	if status, body := sue.studioPost(run, "/publish", "usage", unit); status != 409 || !strings.Contains(fmt.Sprint(body), "sue – Renamed “Newer words” to “Newest words”") {
		t.Errorf("changed after the approval: %d %s", status, body)
	}
	sue.get(changes).form(studioPath(run)+"/publish").press("").must(409, "Nothing was published", "sue – Renamed “Newer words” to “Newest words”", "but it has changed since")
	bob.get(changes).form(studioPath(run)+"/reviews").set("do", "approved").press("").must(303)
	sue.get(changes).must(200, "bob approved this")
	sue.did(run, "/publish", "usage", unit)
	sue.get(studioPath(run)+"/remarks").must(200, "No remark waits").without("Waiting for a review")

	sue.did(run, "/set", "usage", unit, "has", "title", "title", "In a hurry")
	ina.get(changes).must(200, "Publish without a review")
	ina.did(run, "/publish", "usage", unit, "alone", "1")
	ina.get(studioPath(run)+"/history").must(200, "Published without a review.")

	// Staff do not publish alone by saying so, and the history does not say that they did.
	sue.did(run, "/set", "usage", unit, "has", "title", "title", "Approved words")
	bob.get(changes).form(studioPath(run)+"/reviews").set("do", "approved").press("").must(303)
	sue.did(run, "/publish", "usage", unit, "alone", "1", "note", "Second edition")
	if page := sue.get(studioPath(run)+"/history").must(200, "Second edition"); strings.Count(page.body, "Published without a review.") != 1 {
		t.Error("the history claims a publish without a review")
	}

	// What holds at once is for those who run the course.
	for _, page := range []string{"schedule", "grading", "groups", "advanced"} {
		path := studioPath(run) + "/settings/" + page
		if status, answer := sue.studioPost(run, "/settings/"+page, "form", "settings"); status != 403 || !strings.Contains(fmt.Sprint(answer), "those who run the course") {
			t.Errorf("staff save %s: %d %v", path, status, answer)
		}
	}
	schedule := studioPath(run) + "/settings/schedule"
	ina.get(schedule).form(schedule).set("effort", "Two hours", "display_name", "Renamed by Ina").press("").must(303)
	entries, _, err := w.site.Authoring.History(t.Context(), run, key.Usage{}, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := sue.studioPost(run, "/undo", "op", entries[0].Op); status != 403 {
		t.Errorf("staff take settings back that hold at once: %d %v", status, answer)
	}
	ina.did(run, "/undo", "op", entries[0].Op)

	// An approval of what stands in something new is one of that, too, and says so.
	section := sue.did(run, "/blocks", "parent", run.Usage("course", "course").String(), "title", "A new section")["focus"].(string)
	subsection := sue.did(run, "/blocks", "parent", section, "title", "A new subsection")["focus"].(string)
	newChanges := studioPath(run) + "/changes?within=" + url.QueryEscape(subsection)
	bob.get(newChanges).must(200, "2 changes", "A new section").form(studioPath(run)+"/reviews").set("do", "approved").press("").must(303)
	sue.did(run, "/set", "usage", section, "has", "title", "title", "Nobody saw this")
	if status, _ := sue.studioPost(run, "/publish", "usage", subsection); status != 409 {
		t.Errorf("a title that nobody saw is published with what was approved: %d", status)
	}
}

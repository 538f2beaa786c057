package host_test

import (
	"fmt"
	"strings"
	"testing"
)

// A record of many answers comes in pages, newest first; the sheet holds all of them.
func TestRecordOfManyAnswers(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	user := w.account("ann", run, "")
	ann, sue := w.enter(user), w.member("sue", run, "staff")
	for n := range 12 {
		ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", fmt.Sprint("=lake", n)).press("submit").must(303)
	}
	address := w.problemRecord(user, run, "pword")
	first := sue.get(address).must(200, "Answer 12", "=lake11", "=lake2", "Older answers", "12 attempts used").without("=lake1<", "Newest answers")
	older := ""
	for _, link := range first.all("a") {
		if href := attribute(link, "href"); strings.Contains(href, "?after=") {
			older = href
		}
	}
	sue.get(older).must(200, "=lake1<", "=lake0", "Newest answers").without("Older answers", "=lake2")
	sheet := sue.get(address + "/submissions.csv").must(200)
	if lines := strings.Count(sheet.body, "\n"); lines != 13 {
		t.Errorf("the sheet has %d lines: %s", lines, sheet.body)
	}
	if strings.Contains(sheet.body, "\n=") || strings.Contains(sheet.body, ",=") {
		t.Error("a cell of the sheet is a formula")
	}
}

// A timed subsection's learner gets more minutes, which the page names and takes away again.
func TestExtraTimeOfALearner(t *testing.T) {
	w := newWorld(t, options{})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Timed"/>`,
		"course/now.xml": `<course display_name="T" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="exam" display_name="Exam" graded="true" format="Exam"
			is_time_limited="true" default_time_limit_minutes="30"><vertical url_name="u"><problem url_name="p"/></vertical></sequential></chapter></course>`,
		"problem/p.xml": wordProblem,
	})
	user := w.account("ann", run, "")
	sue := w.member("sue", run, "staff")
	form := func() *form { return sue.get(w.record(user, run)).must(200).formWith("what", "extra_time") }
	for _, minutes := range []string{"", "0", "-5", "1.5", "many", "10081"} {
		form().set("minutes", minutes, "reason", "r").press("").must(422, "Give whole minutes, from 1 to 10,080.")
	}
	form().set("minutes", "15", "reason", "reads slowly").press("").must(303).follow().must(200, "The extra time holds.", "15 extra minutes", "Set the extra time to 15 minutes", "reads slowly")
	f := form()
	f.values.Set("remove", "1")
	f.set("reason", "a mistake").press("").must(303).follow().must(200, "Took the extra time away").without("15 extra minutes")
}

// What staff did reaches the learner's open page, and stays readable when whoever did it is erased; it goes with the learner.
func TestActsReachPagesAndOutliveStaff(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	annUser, sueUser := w.account("ann", run, ""), w.account("sue", run, "staff")
	ann, sue, sam := w.enter(annUser), w.enter(sueUser), w.member("sam", run, "instructor")
	stream := ann.stream("/courses/" + run.String() + "/events")
	address := w.problemRecord(annUser, run, "pword")
	sue.get(address).act("override").set("score", "1", "reason", "did it at the board").press("").must(303)
	if got := stream.next("verdict"); got != run.Usage("problem", "pword").String() {
		t.Errorf("Ann's page hears of %s", got)
	}
	if _, err := w.site.ErasePerson(t.Context(), sueUser.ID); err != nil {
		t.Fatal(err)
	}
	sam.get(address).must(200, "did it at the board", "Somebody who is not here any more").without("Sue")
	erased, err := w.site.ErasePerson(t.Context(), annUser.ID)
	if err != nil {
		t.Fatal(err)
	}
	if erased["acts"] != 1 || erased["scores"] != 1 {
		t.Errorf("erasing Ann took %v", erased)
	}
	sam.get(address).must(404)
}

package host_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// handIn lets a learner hand something in at the report.
func (b *browser) handInReport(run key.Course, text string, list ...attached) {
	b.t.Helper()
	form := b.get(unitPath(run, "reporting")).must(200).form(blockPath(run, "file-upload", "report"))
	form.set("text", text).give("submit", "", list...).must(303)
}

// graded waits until nothing of a learner's is on its way any more, and gives the score at a problem.
func (w *world) settled(name string, run key.Course, blockType, id string) scoring.Score {
	w.t.Helper()
	w.working.Wait()
	scores, err := w.site.Kernel.Scorer().Scores(w.t.Context(), w.pseudonym(name, run), []string{run.Usage(blockType, id).String()})
	if err != nil {
		w.t.Fatal(err)
	}
	if score := scores[run.Usage(blockType, id).String()]; score != nil {
		return *score
	}
	return scoring.Score{}
}

// gradingForm is the form of the page of one submission.
func (p *page) gradingForm() *form {
	p.b.t.Helper()
	for _, found := range p.all("form") {
		f := &form{p, attribute(found, "action"), url.Values{}}
		for control := range found.Descendants() {
			f.take(control)
		}
		if f.values.Has("seen") {
			return f
		}
	}
	p.b.t.Fatalf("%s has no form to grade: %.2000s", p.path, p.words())
	return nil
}

// Staff grade what waits, one after the other; learners read the result; a grade can be taken back and given anew.
func TestGrading(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann, bob := w.member("ann", run, ""), w.member("bob", run, "")
	sue := w.member("sue", run, "staff")
	queue := "/courses/" + run.String() + "/staff/grading"
	sue.get(queue).must(200, "Nothing was handed in yet").without("Start grading")
	ann.handInReport(run, "Low at noon.\n\n<b>High</b> at six.", attached{"ann.txt", "12:00 low"})
	bob.handInReport(run, "I saw nothing.")
	w.working.Wait()

	ann.get("/courses/"+run.String()+"/progress").must(200, "waits for a grade", "0 of 6 points")
	sue.get("/courses/"+run.String()+"/staff/learners/"+w.pseudonym("ann", run)).must(200, "waits for a grade")
	list := sue.get(queue).must(200, "2 submissions", "Report on the tides", "Water", "Ann", "Bob", "Waits for a grade")
	sue.get(queue+"?anonymous=1").must(200, "Learner ").without("Ann", "Bob")
	sue.get(queue+"?state=graded").must(200, "Nothing of what you chose")
	sheet := sue.get(queue+".csv").must(200, "submission,username", ",ann,", "waiting")
	if lines := strings.Count(strings.TrimSpace(sheet.body), "\n"); lines != 2 {
		t.Errorf("the sheet has %d rows", lines)
	}

	one := list.formWith("act", "start").send("", nil).must(303).follow().must(200, "Low at noon.", "&lt;b&gt;High", "ann.txt", "Observation", "Careful", "You are grading this one", "2 wait")
	file := fileLinkOf(t, one)
	if got := sue.get(file).must(200, "12:00 low"); !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file may be shown: %v", got.header)
	}
	form := one.gradingForm().set("c0", "o2", "comment", "Well watched.")
	refusedForm := form.set("act", "next").send("", nil).must(422, "Choose one of these.", "Well watched.")
	if refusedForm.gradingForm().values.Get("c0") != "o2" {
		t.Error("what was chosen is lost")
	}
	next := refusedForm.gradingForm().set("c1", "l1", "act", "next").send("", nil).must(303).follow().must(200, "I saw nothing.", "Your grade is saved", "1 waits")
	if score := w.settled("ann", run, "file-upload", "report"); !score.Scored || score.Earned != 6 || score.Possible != 6 {
		t.Errorf("Ann has %v of %v", score.Earned, score.Possible)
	}
	ann.get(unitPath(run, "reporting")).must(200, "Graded: full points", "Well watched.", "How it was graded", "Careful")
	bob.get(unitPath(run, "reporting")).must(200, "Handed in. Waiting for its grade").without("Well watched")

	ann.get("/courses/"+run.String()+"/progress").must(200, "6 of 6 points").without("waits for a grade")

	// The last is taken back: it waits again, and the learner is told so.
	back := next.formWith("act", "undo").send("", nil).must(303).follow().must(200, "Low at noon.", "Taken back")
	if score := w.settled("ann", run, "file-upload", "report"); score.Scored {
		t.Errorf("what was taken back counts: %+v", score)
	}
	ann.get(unitPath(run, "reporting")).must(200, "Handed in. Waiting for its grade").without("Well watched")
	back.gradingForm().set("c0", "o1", "c1", "no option", "act", "save").send("", nil).must(422)
	again := back.gradingForm().set("c0", "o1", "c1", "l1", "comment", "Some of it.", "act", "save").send("", nil).must(303).follow().must(200, "Some of it.")
	if score := w.settled("ann", run, "file-upload", "report"); score.Earned != 4 {
		t.Errorf("Ann has %v", score.Earned)
	}
	// Graded once more it is a regrade; the trail has all of it, and the learner the last.
	again.gradingForm().set("c0", "o2", "act", "save").send("", nil).must(303)
	w.working.Wait()
	ann.get(unitPath(run, "reporting")).must(200, "Graded: full points")
	record := "/courses/" + run.String() + "/staff/learners/" + w.pseudonym("ann", run) + "/blocks/" + run.Usage("file-upload", "report").String()
	sue.get(record).must(200, "Graded by hand", "ann.txt")

	// What is hidden stays hidden until its time.
	quiet := bob.get(unitPath(run, "essays")).form(blockPath(run, "file-upload", "quiet"))
	quiet.set("text", "Because.").give("submit", "").must(303)
	w.working.Wait()
	essay := sue.get(queue+"?problem=quiet").form(queue+"?problem=quiet").send("", nil).must(303).follow().must(200, "Points, out of 5")
	essay.gradingForm().set("points", "9", "act", "save").send("", nil).must(422, "0")
	essay.gradingForm().set("points", "2.5", "comment", "secretive words", "act", "save").send("", nil).must(303)
	if score := w.settled("bob", run, "file-upload", "quiet"); score.Earned != 2.5 {
		t.Errorf("Bob has %v", score.Earned)
	}
	bob.get(unitPath(run, "essays")).must(200, "Your work was handed in.").without("secretive words", "2.5")
}

func fileLinkOf(t *testing.T, p *page) string {
	t.Helper()
	link := regexp.MustCompile(`href="([^"]*/staff/grading/[0-9a-f]{32}/files/[0-9a-f]{64}[^"]*)"`).FindStringSubmatch(p.body)
	if link == nil {
		t.Fatalf("no file is linked: %s", p.words())
	}
	return html.UnescapeString(link[1])
}

// Two graders never do the same one unknowingly, and neither loses what was filled in.
func TestTwoGraders(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	for _, name := range []string{"ann", "bob", "cleo"} {
		w.member(name, run, "").handInReport(run, "By "+name)
	}
	w.working.Wait()
	sue, tom := w.member("sue", run, "staff"), w.member("tom", run, "instructor")
	queue := "/courses/" + run.String() + "/staff/grading"
	first := sue.get(queue).formWith("act", "start").send("", nil).must(303).follow().must(200, "By ann")
	// Whoever starts second gets another one, and sees who is at the first.
	tom.get(queue).must(200, "is grading it").formWith("act", "start").send("", nil).must(303).follow().must(200, "By bob")
	seen := tom.get(first.path).must(200, "By ann", "is grading this one", "Grade it all the same").without("You are grading this one")
	tom.send("POST", first.path+"/claim", map[string]string{"X-Quoin-Token": tom.token()}, "").must(200, `"mine":false`)
	sue.send("POST", first.path+"/claim", map[string]string{"X-Quoin-Token": sue.token()}, "").must(200, `"mine":true`)

	// Both grade it all the same: the second is told, with both side by side, and decides.
	hers := first.gradingForm().set("c0", "o2", "c1", "l1", "comment", "Sue's words", "act", "save")
	his := seen.gradingForm().set("c0", "o", "c1", "l", "comment", "Tom's words", "act", "save")
	hers.send("", nil).must(303)
	w.working.Wait()
	stale := his.send("", nil).must(409, "Somebody else has graded this", "Sue&#39;s words", "Tom&#39;s words", "Save mine instead")
	if score := w.settled("ann", run, "file-upload", "report"); score.Earned != 6 {
		t.Errorf("a stale grade was taken: %v", score.Earned)
	}
	kept := stale.gradingForm()
	if kept.values.Get("c0") != "o" || kept.values.Get("c1") != "l" {
		t.Errorf("what Tom chose is lost: %v", kept.values)
	}
	kept.set("act", "save").send("", nil).must(303)
	if score := w.settled("ann", run, "file-upload", "report"); score.Earned != 0 {
		t.Errorf("knowingly saved, it is not taken: %v", score.Earned)
	}
	// Sue can no more undo what Tom has replaced.
	mark := sue.get(first.path)
	if n := strings.Count(mark.body, "Sue&#39;s words"); n == 0 {
		t.Error("the earlier grade is not told")
	}
	// A claim is taken over knowingly, and released by a skip.
	third := sue.get(queue).formWith("act", "start").send("", nil).must(303).follow().must(200, "By cleo")
	taken := tom.get(third.path).must(200, "Grade it all the same").formWith("act", "take").send("", nil).must(303).follow().must(200, "You are grading this one")
	sue.get(third.path).must(200, "is grading this one")
	taken.gradingForm().set("act", "skip").send("", nil).must(303)
	sue.get(queue).must(200, "Start grading")
}

// Nobody but the course's staff sees a submission that waits, its files or its claims; not by the address of another course either.
func TestGradingIsForStaff(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann := w.member("ann", run, "")
	ann.handInReport(run, "annsownword", attached{"ann.txt", "annsfile"})
	w.working.Wait()
	sue := w.member("sue", run, "staff")
	queue := "/courses/" + run.String() + "/staff/grading"
	one := sue.get(queue).formWith("act", "start").send("", nil).must(303).follow()
	file := fileLinkOf(t, one)
	other := w.otherCourse()
	strangers := map[string]*browser{
		"the learner": ann, "another learner": w.member("bob", run, ""), "a visitor": w.visitor(), "somebody in no course": w.member("nils", run),
		"staff of another course": w.member("dora", other, "staff"), "a data researcher": w.member("rita", run, "data_researcher"),
	}
	for who, b := range strangers {
		header := map[string]string{"X-Quoin-Token": b.token(), "Content-Type": "application/x-www-form-urlencoded"}
		for _, p := range []*page{
			b.get(queue), b.get(queue + ".csv"), b.get(one.path), b.get(one.path + "/frame"), b.get(file), b.send("POST", one.path+"/claim", header, ""),
			b.send("POST", one.path, header, "act=next&seen=0&c0=o2&c1=l1&request="+strings.Repeat("0a", 16)), b.send("POST", queue, header, ""),
			b.get(strings.Replace(one.path, run.String(), other.String(), 1)), b.get(strings.Replace(file, run.String(), other.String(), 1)),
		} {
			if !refused(p) || strings.Contains(p.body, "annsownword") || strings.Contains(p.body, "annsfile") {
				t.Errorf("%s gets at %s: %d", who, p.path, p.status)
			}
		}
	}
	if score := w.settled("ann", run, "file-upload", "report"); score.Scored {
		t.Error("a stranger graded")
	}
	sue.get(strings.Replace(file, "/files/", "/files/0", 1)).must(404)
}

// Staff's other acts get on with it: a deleted state leaves the list, a rescoring keeps the grade, extra content does not change it.
func TestGradingAndTheRecord(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann, bob := w.member("ann", run, ""), w.member("bob", run, "")
	ann.handInReport(run, "By ann")
	bob.handInReport(run, "By bob")
	w.working.Wait()
	sue := w.member("sue", run, "staff")
	queue := "/courses/" + run.String() + "/staff/grading"
	problem := func(name string) *page {
		return sue.get("/courses/" + run.String() + "/staff/learners/" + w.pseudonym(name, run) + "/blocks/" + run.Usage("file-upload", "report").String()).must(200)
	}
	problem("bob").act("delete").set("reason", "asked for it").send("", nil).must(303)
	sue.get(queue).must(200, "1 submission").without("Bob")
	one := sue.get(queue).formWith("act", "start").send("", nil).must(303).follow().must(200, "By ann")
	one.gradingForm().set("c0", "o2", "c1", "l1", "act", "next").send("", nil).must(303).follow().must(200, "Nothing waits")
	w.working.Wait()
	problem("ann").act("rescore").set("reason", "to be sure").send("", nil).must(303)
	if score := w.settled("ann", run, "file-upload", "report"); score.Earned != 6 {
		t.Errorf("after a rescoring Ann has %v", score.Earned)
	}
	problem("ann").act("reset").set("reason", "another try").send("", nil).must(303)
	if score := w.settled("ann", run, "file-upload", "report"); score.Earned != 6 {
		t.Errorf("after a reset of her tries Ann has %v", score.Earned)
	}
	sue.get(one.path).must(200, "By ann")
}

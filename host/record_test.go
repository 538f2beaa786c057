package host_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// record is the address of a learner's record in a course.
func (w *world) record(user people.User, run key.Course) string {
	return "/courses/" + run.String() + "/staff/learners/" + w.site.People.Pseudonym(user.ID, run.String())
}

// actForm is the form of one act on a problem's record.
func (p *page) act(kind string) *form {
	p.b.t.Helper()
	return p.formWith("act", kind)
}

// formWith finds the first form that has a value.
func (p *page) formWith(name, value string) *form {
	p.b.t.Helper()
	for _, found := range p.all("form") {
		f := &form{p, attribute(found, "action"), url.Values{}}
		for control := range found.Descendants() {
			f.take(control)
		}
		if f.values.Get(name) == value {
			return f
		}
	}
	p.b.t.Fatalf("%s has no form with %s=%s: %.3000s", p.path, name, value, p.body)
	return nil
}

// problemRecord is the address of a learner's record at a problem.
func (w *world) problemRecord(user people.User, run key.Course, id string) string {
	return w.record(user, run) + "/blocks/" + run.Usage("problem", id).String()
}

// Staff find out who a learner is, how the score came about, and change it: each act says so, can be undone, and stands in the
// trail; the learner sees what concerns her.
func TestRecordOfALearner(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	annUser := w.account("ann", run, "")
	ann, sue := w.enter(annUser), w.member("sue", run, "staff")
	tries := blockPath(run, "problem", "tries")
	for _, answer := range []string{"12", "9.81"} {
		ann.get(unitPath(run, "more")).form(tries).set("input_2_1", answer).press("submit").must(303)
	}
	address := w.problemRecord(annUser, run, "tries")
	who := sue.get(w.record(annUser, run)).must(200, "Ann", "ann@example.org", "Enrolled", "2 of 2 attempts used", "1 of 1 point", "Nothing yet.").without("Nothing recorded yet", "Secret", "Sealed unit")
	who.must(200, `href="`+strings.ReplaceAll(address, "+", "&#43;"))
	page := sue.get(address).must(200, "Answer 2", "Answer 1", "the last one", "Gravity", "9.81", "12", "Incorrect", "Receipt", "problem ", "Counts")
	if strings.Count(page.body, `<span class="status good">Counts</span>`) != 1 {
		t.Error("not one answer counts")
	}

	// To look changes nothing, once what the answers left to do is done.
	w.working.Wait()
	w.site.Kernel.Wait()
	before := w.stored()
	for _, a := range []string{w.record(annUser, run), address, address + "/submissions.csv"} {
		sue.get(a).must(200)
	}
	if after := w.stored(); before != after {
		t.Errorf("looking changed the store from %s to %s", before, after)
	}

	// Points by hand: refused beside the field, then given, seen by the learner, and undone.
	for score, wrong := range map[string]string{"1.5": "from 0 to 1", "-1": "from 0 to 1", "NaN": "from 0 to 1", "101%": "from 0 to 1", "": "from 0 to 1", "+Inf": "from 0 to 1", "1e400": "from 0 to 1"} {
		page.act("override").set("score", score, "reason", "r").press("").must(422, wrong, `aria-invalid="true"`)
	}
	page.act("override").set("score", "0.5", "reason", " ").press("").must(422, "Say why", `value="0.5"`)
	page.act("override").set("score", "2", "reason", " ").press("").must(422, "Say why", "from 0 to 1", "There are 2 things to mend below.")
	page.act("override").set("score", "0.5", "reason", strings.Repeat("x", 10_000)).press("").must(422, "The reason is too long")
	ann.get("/courses/"+run.String()+"/progress").must(200, "no tries left").without("given by the course team")
	done := page.act("override").set("score", "50%", "reason", `<script>x()</script> she called`).press("").must(303).follow().must(200, "Gave by hand: 0.5 of 1 point", "0.5 of 1 point:", "&lt;script&gt;x()&lt;/script&gt; she called", "Sue")
	done.without("<script>x()")
	ann.get("/courses/"+run.String()+"/progress").must(200, "points given by the course team: &lt;script&gt;x()&lt;/script&gt; she called", "0.5 of 1 point<")
	done.act("undo").press("").must(303).follow().must(200, "Took back: Gave points by hand", "taken back", "1 of 1 point")
	ann.get("/courses/"+run.String()+"/progress").must(200, "1 of 1 point").without("given by the course team")

	// An extra attempt opens the problem again.
	sue.get(address).act("grant").set("tries", "0").press("").must(422, "from 1 to 100")
	sue.get(address).act("grant").set("tries", "1").press("").must(303).follow().must(200, "Gave 1 extra attempt", "2 of 3 attempts used")
	ann.get("/courses/"+run.String()+"/progress").must(200, "1 try left")
	ann.get(unitPath(run, "more")).form(tries).set("input_2_1", "5").press("submit").must(303)
	sue.get(address).must(200, "Answer 3", "0 of 1 point")

	// Deleting takes what she had, and gives it back.
	deleted := sue.get(address).act("delete").set("reason", "begins anew").press("").must(303).follow().must(200, "Deleted answers", "There is no score yet.", "Nothing is stored", "Taken out of the score")
	ann.get(unitPath(run, "more")).must(200).without(`value="5"`)
	deleted.act("undo").press("").must(303).follow().must(200, "0 of 1 point", "3 of 3 attempts used")

	// Grading an answer again keeps the earlier result. The same form sent twice acts once.
	again := sue.get(address).act("rescore").set("reason", "looked closely")
	first := again.press("").must(303)
	second := again.press("").must(303)
	if first.header.Get("Location") != second.header.Get("Location") {
		t.Errorf("sent twice: %s, then %s", first.header.Get("Location"), second.header.Get("Location"))
	}
	w.working.Wait()
	sue.get(address).must(200, "2 results", "looked closely")
	sue.get(address).act("reset").press("").must(303).follow().must(200, "0 of 3 attempts used")
	sheet := sue.get(address+"/submissions.csv").must(200, "number,attempt", "9.81")
	if got := sheet.header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv") {
		t.Errorf("the sheet is %s", got)
	}
	sue.get(w.record(annUser, run)).must(200, "looked closely", "begins anew", "Set the attempts back to none", "Gravity")
	sue.send("GET", address, map[string]string{"Accept-Language": "ar"}, "").must(200, "لماذا هذه الدرجة", "أعاد المحاولات إلى الصفر")
}

// Staff give a learner another due date, which holds for that learner alone, and take it back.
func TestAllowancesOfALearner(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	user := w.account("ann", run, "")
	ann, bert, sue := w.enter(user), w.member("bert", run, ""), w.member("sue", run, "staff")
	address := w.record(user, run)
	form := func() *form {
		return sue.get(address).must(200).formWith("subsection", run.Usage("sequential", "questions").String())
	}
	form().set("due", "2031-02-03T04:05", "reason", "").press("").must(422, "Say why", `value="2031-02-03T04:05"`)
	form().set("due", "soon", "reason", "r").press("").must(422, "Give a date and a time.")
	form().set("due", "2031-02-03T04:05", "reason", "was ill").press("").must(303).follow().must(200, "The new due date holds.", "own due date", "was ill", "Set the due date to 2031-02-03 04:05", "Sue")
	ann.get("/courses/"+run.String()+"/dates").must(200, "2031-02-03 04:05")
	bert.get("/courses/" + run.String() + "/dates").must(200).without("2031-02-03")
	f := form()
	f.values.Set("remove", "1")
	f.set("reason", "well again").press("").must(303).follow().must(200, "What the course gives everybody holds again.", "Took the later due date away")
	ann.get("/courses/" + run.String() + "/dates").must(200).without("2031-02-03")
	f = form()
	f.values.Set("subsection", run.Usage("sequential", "nowhere").String())
	f.set("due", "2031-02-03T04:05", "reason", "r").press("").must(404)
	f = form()
	f.values.Set("what", "everything")
	f.set("reason", "r").press("").must(400)
}

// Who is not the course's staff learns nothing of any record, and no record leads out of its course (security R8, R13).
func TestRecordsAreForStaff(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	other := w.otherCourse()
	annUser, carlUser := w.account("ann", run, ""), w.account("carl", other, "")
	ann := w.enter(annUser)
	ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "annsanswer").press("submit").must(303)
	leftUser, goneUser := w.account("lea", run, ""), w.account("gus", run, "")
	lea, gus := w.enter(leftUser), w.enter(goneUser)
	for _, b := range []*browser{lea, gus} {
		b.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "michigan").press("submit").must(303)
	}
	w.working.Wait()
	record, address := w.record(annUser, run), w.problemRecord(annUser, run, "pword")
	addresses := []string{record, address, address + "/submissions.csv", "/courses/" + run.String() + "/staff/ungraded"}
	sue := w.member("sue", run, "staff")
	form := sue.get(address).must(200, "annsanswer").act("override").set("score", "1", "reason", "forged")
	for who, b := range map[string]*browser{
		"the learner": ann, "a beta tester": w.member("beth", run, "", "beta_testers"), "a researcher": w.member("rita", run, "data_researcher"),
		"staff of another course": w.member("dora", other, "staff", "instructor"), "a visitor": w.visitor(), "somebody in no course": w.member("nils", run),
	} {
		token := b.token()
		for _, a := range addresses {
			if p := b.get(a); !refused(p) || strings.Contains(p.body, "annsanswer") {
				t.Errorf("%s reads %s: %d", who, a, p.status)
			}
		}
		for _, a := range []string{address, record + "/allowances"} {
			values := form.values
			values.Set("token", token)
			p := b.send(http.MethodPost, a, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, values.Encode())
			if !refused(p) {
				t.Errorf("%s posts to %s: %d", who, a, p.status)
			}
		}
	}
	for _, role := range []string{"limited_staff", "instructor"} {
		w.member("may"+role[:3], run, role).get(address).must(200, "annsanswer")
	}
	sue.get(address).must(200).without("forged")

	// Names from elsewhere: an account's id, a pseudonym of another course, nobody's, one who was erased, another problem.
	swapped := func(learner string) string {
		return strings.Replace(address, w.site.People.Pseudonym(annUser.ID, run.String()), learner, 1)
	}
	if _, err := w.site.ErasePerson(t.Context(), goneUser.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.site.People.Unenrol(t.Context(), leftUser.ID, run.String()); err != nil {
		t.Fatal(err)
	}
	for what, learner := range map[string]string{
		"an account's id": annUser.ID, "a pseudonym of another course": w.site.People.Pseudonym(annUser.ID, other.String()),
		"a learner of another course": w.site.People.Pseudonym(carlUser.ID, other.String()), "nobody": strings.Repeat("a", 26),
		"somebody erased": w.site.People.Pseudonym(goneUser.ID, run.String()), "a name that is none": "..%2f..", "a name": "ann",
	} {
		if p := sue.get(swapped(learner)); p.status != 404 {
			t.Errorf("%s: %d", what, p.status)
		}
	}
	for _, usage := range []string{run.Usage("problem", "nowhere").String(), run.Usage("html", "text1").String(), other.Usage("probe", "chembox").String(), "nonsense"} {
		if p := sue.get(record + "/blocks/" + url.PathEscape(usage)); p.status != 404 {
			t.Errorf("%s: %d", usage, p.status)
		}
	}
	sue.get(w.record(leftUser, run)).must(200, "Has left")
	sue.get(w.problemRecord(leftUser, run, "pword")).must(200, "michigan", "1 of 1 point")
	for _, cursor := range []string{"x", "AAAA", strings.Repeat("z", 3000)} {
		if p := sue.get(address + "?after=" + cursor); p.status != 404 && p.status != 431 {
			t.Errorf("a forged cursor: %d", p.status)
		}
	}
	form.values.Set("request", "short")
	form.values.Set("token", sue.token())
	form.press("").must(422)
}

// An answer that cannot be graded stands in a list, linked from the overview, until it is tried again.
func TestUngradedAnswers(t *testing.T) {
	w := newWorld(t, options{config: shortWait})
	run := w.forces()
	user := w.account("ann", run, "")
	ann, sue := w.enter(user), w.member("sue", run, "staff")
	base := "/courses/" + run.String() + "/staff"
	sue.get(base).must(200).without("/staff/ungraded")
	sue.get(base+"/ungraded").must(200, "Every answer has its grade.")
	w.hold()
	ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "michigan").press("submit").must(303)
	w.mu.Lock()
	submission := w.held[0].Ref
	w.held = nil // the workers are down
	w.mu.Unlock()
	deliveries := store.Of[scoring.Delivery](w.site.Store, store.Spec{Name: "deliveries"})
	_, err := deliveries.Update(t.Context(), submission, func(d *scoring.Delivery) (bool, error) {
		d.State, d.Due, d.Failure = scoring.StateFailed, nil, "<b>out of order</b>"
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.release()
	sue.get(base).must(200, "/staff/ungraded\"", "1 answer could not be graded")
	sue.get(w.problemRecord(user, run, "pword")).must(200, "Could not be graded", "Try again", "michigan")
	list := sue.get(base+"/ungraded").must(200, "Lakes", "Ann", "&lt;b&gt;out of order")
	list.act("retry").press("").must(303).follow().must(200, "The answer is being graded again.")
	w.working.Wait()
	sue.get(base+"/ungraded").must(200, "Every answer has its grade.")
	sue.get(w.problemRecord(user, run, "pword")).must(200, "1 of 1 point", "Tried again to grade an answer")
}

package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/people"
)

// Who may make courses makes one, leads its team and publishes it; what is wrong stands beside its field, and others find nothing.
func TestStudioCreatesACourse(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	user := w.account("mia", run)
	if _, err := w.site.People.SetSiteRole(t.Context(), user.ID, people.SiteCreator, true); err != nil {
		t.Fatal(err)
	}
	user, err := w.site.People.User(t.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(user)
	form := mia.get("/studio").must(200, "no course here yet").form("/studio/courses")
	wrong := form.set("new_title", "Kept as typed", "new_org", "Org X", "new_number", "N").press("").must(422, "Kept as typed", "Org X", "Fill this in")
	if n := strings.Count(wrong.body, `class="error"`); n != 1 {
		t.Errorf("%d errors: %s", n, wrong.words())
	}
	form.set("new_run", "r1").press("").must(422, "without blanks")
	form.set("new_title", "A new course", "new_org", "Org", "new_number", "New", "new_run", "now").press("").must(303).follow().must(200, "New section", "New, not published").without("See it live")
	form = mia.get("/studio").must(200, "A new course", "Nothing is published yet").form("/studio/courses")
	form.set("new_title", "Again", "new_org", "Org", "new_number", "New", "new_run", "now").press("").must(422, "such a course already")

	made, err := key.NewCourse("Org", "New", "now")
	if err != nil {
		t.Fatal(err)
	}
	if m := w.memberOf(made, "mia"); !m.Has(people.RoleInstructor) {
		t.Errorf("who made the course has the roles %v", m.RoleNames())
	}
	// Its team is made before anything is published, and it is published.
	w.account("tom", run)
	team := mia.get(studioPath(made)+"/settings/team").must(200, "mia")
	team.form(studioPath(made)+"/settings/team/grant").set("who", "tom", "role", "staff").press("").must(303).follow().must(200, "tom")
	tom := w.enter(w.userNamed("tom"))
	tom.get(studioPath(made)).must(200)
	tom.get("/courses/" + made.String()).must(404)
	mia.get(studioPath(made)+"/changes").must(200, "Nothing of this course is published yet").form(studioPath(made) + "/publish").press("").must(303)
	tom.get("/courses/" + made.String()).must(200)

	ann := w.member("ann", run, "staff")
	ann.get("/studio").must(200).without("Create a course")
	if p := ann.send("POST", "/studio/courses", map[string]string{"X-Quoin-Token": ann.token(), "Content-Type": "application/x-www-form-urlencoded"}, "new_title=x&new_org=O&new_number=N&new_run=r"); p.status != 404 {
		t.Errorf("who may make none gets %d", p.status)
	}
}

func (w *world) userNamed(name string) people.User {
	w.t.Helper()
	user, err := w.site.People.FindUser(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return user
}

// The schedule holds at once for learners, all of it or nothing; drafts of content stay drafts.
func TestStudioSchedule(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	sue.did(run, "/set", "usage", run.Usage("vertical", "u1").String(), "has", "title", "title", "Draft words")
	page := studioPath(run) + "/settings/schedule"
	form := sue.get(page).must(200, `value="Draft course"`, `value="2020-01-01T00:00"`).form(page)
	form.set("display_name", "Another name", "course_end", "2019-01-01T00:00").press("").must(422, "Another name", "later than the beginning")
	w.visitor().get("/courses/"+run.String()+"/about").must(200, "Draft course")
	form.set("course_end", "2031-01-01T00:00", "pacing", "self", "short_description", "In short", "overview", "<p>At length</p><script>bad()</script>", "max_student_enrollments_allowed", "7").
		press("").must(303).follow().must(200, "Saved and live", `value="2031-01-01T00:00"`, `value="7"`)
	w.visitor().get("/courses/"+run.String()+"/about").must(200, "Another name", "At length").without("bad()")
	published, err := w.site.Courses.Published(t.Context(), run)
	if err != nil || published.Run.Settings["self_paced"] != "true" || published.Run.Settings["max_student_enrollments_allowed"] != "7" {
		t.Errorf("%v %v", published.Run.Settings, err)
	}
	sue.get(studioPath(run)+"/changes").must(200, "Draft words")
	sue.get(unitPath(run, "u1")).must(200).without("Draft words")
	number := published.Head.Number
	sue.get(page).form(page).press("").must(303) // nothing is changed, and nothing published
	if published, err = w.site.Courses.Published(t.Context(), run); err != nil || published.Head.Number != number {
		t.Errorf("version %d after %d, %v", published.Head.Number, number, err)
	}
}

// The grading policy is edited by its form; what the form does not show of a type stays.
func TestStudioGradingPolicy(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", `{"GRADER": [{"type": "Homework", "short_label": "HW", "min_count": 3, "drop_count": 1, "weight": 0.6, "category": "Sets", "starting_index": 5},
		{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.4}], "GRADE_CUTOFFS": {"A": 0.9, "B": 0.5}}`)
	sue := w.member("sue", run, "staff")
	page := studioPath(run) + "/settings/grading"
	form := sue.get(page).must(200, `value="Homework"`, "The weights add up to 100 %").form(page)
	form.set("t.0.weight", "50", "t.0.type", "Sets", "t.0.drop", "none").press("").must(422, `value="none"`, "not below 0", "The weights add up to 90 %")
	form.set("t.0.drop", "0", "t.1.gone", "1", "t.s0.type", "Lab", "t.s0.weight", "12.5", "t.s0.count", "2", "c.0.from", "80", "hours", "1", "minutes", "30").press("").must(303).follow().must(200, "The weights add up to 62.5 %, not to 100 %")
	published, err := w.site.Courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	policy, _, err := grading.ParsePolicy([]byte(published.Run.Grading))
	if err != nil {
		t.Fatal(err)
	}
	if len(policy.Types) != 2 || policy.Types[0].Type != "Sets" || policy.Types[0].Category != "Sets" || *policy.Types[0].StartingIndex != 5 || policy.Types[0].Weight != 0.5 || policy.Types[1].Type != "Lab" || policy.Types[1].Weight != 0.125 {
		t.Errorf("%+v", policy.Types)
	}
	if len(policy.Cutoffs) != 2 || policy.Cutoffs[0] != (grading.Cutoff{Letter: "A", From: 0.8}) || published.Run.Settings["graceperiod"] != "5400" {
		t.Errorf("%+v %s", policy.Cutoffs, published.Run.Settings["graceperiod"])
	}
	sue.get(page).form(page).set("c.1.letter", "A").press("").must(422, "a number of its own")
	sue.get(page).form(page).set("c.0.gone", "1", "c.1.gone", "1").press("").must(422, "pass with")
	sue.get(page).must(200, `value="80"`)
}

// Settings and the grading policy stand in the history, readable, and an undo makes what was before hold at once. What is graded as a
// type of assignment stays so when its name is another one.
func TestStudioSettingsHaveAHistory(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", twoKinds)
	sue := w.member("sue", run, "staff")
	grades, history := studioPath(run)+"/settings/grading", studioPath(run)+"/history"
	policy := func() grading.Policy {
		t.Helper()
		there, err := w.site.Courses.Run(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		policy, _, err := grading.ParsePolicy([]byte(there.Grading))
		if err != nil {
			t.Fatal(err)
		}
		return policy
	}
	format := func() string {
		t.Helper()
		published, err := w.site.Courses.Published(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		block, err := published.Find(t.Context(), run.Usage("sequential", "s1"))
		if err != nil {
			t.Fatal(err)
		}
		return block.Settings.Format
	}
	sue.get(grades).form(grades).set("t.0.type", "Problem sets", "t.0.weight", "35").press("").must(303).follow().must(200, "Saved and live", "not to 100 %")
	if got := format(); policy().Types[0].Type != "Problem sets" || got != "Problem sets" {
		t.Errorf("%+v, %q", policy(), got)
	}
	page := sue.get(history).must(200, "Changed the course", ">sue<", "Homework: 40 % of the grade", "Problem sets: 35 % of the grade")
	page.form(studioPath(run)+"/undo").press("").must(303).follow().must(200, "Taken back")
	if got := format(); policy().Types[0].Type != "Homework" || policy().Types[0].Weight != 0.4 || got != "Homework" {
		t.Errorf("%+v, %q", policy(), got)
	}
	sue.get(studioPath(run)+"/changes").must(200, "nothing to publish")

	schedule := studioPath(run) + "/settings/schedule"
	sue.get(schedule).form(schedule).set("display_name", "Another name").press("").must(303)
	sue.get(history).must(200, "Another name").form(studioPath(run) + "/undo").press("").must(303)
	sue.get(schedule).must(200, `value="Grades"`)
}

// A content group that only a draft is kept for is not removed.
func TestStudioGroupInADraft(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	page := studioPath(run) + "/settings/groups"
	sue.get(page).form(page).set("g.s0.name", "Day students", "g.s1.name", "Night students").press("").must(303)
	sue.did(run, "/set", "usage", run.Usage("vertical", "u1").String(), "has", "groups", "groups", "50:2")
	sue.get(page).form(page).set("g.1.gone", "1").press("").must(422, "Night students")
	sue.get(page).form(page).set("g.0.gone", "1").press("").must(303)
}

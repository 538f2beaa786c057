package host_test

import (
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// gatedCourse has an exam of an hour, a subsection that waits for the first one, dates at one's own pace, and a unit for one
// content group.
func (w *world) gatedCourse() key.Course {
	return w.course(map[string]string{
		"course.xml":                     `<course url_name="g" org="Org" course="Gate"/>`,
		"policies/g/grading_policy.json": `{"GRADER":[{"type":"Quiz","short_label":"Q","min_count":1,"drop_count":0,"weight":1}],"GRADE_CUTOFFS":{"Pass":0.5}}`,
		"course/g.xml": `<course display_name="Gates" start="&quot;2020-01-01T00:00:00Z&quot;" self_paced="true" user_partitions="[{&quot;id&quot;:50,&quot;name&quot;:&quot;Content Groups&quot;,&quot;scheme&quot;:&quot;cohort&quot;,&quot;version&quot;:3,&quot;parameters&quot;:{},&quot;groups&quot;:[{&quot;id&quot;:1,&quot;name&quot;:&quot;Blue&quot;,&quot;version&quot;:1},{&quot;id&quot;:2,&quot;name&quot;:&quot;Red&quot;,&quot;version&quot;:1}]}]"><chapter url_name="c" display_name="Section">
<sequential url_name="first" display_name="The first steps" due="&quot;2020-02-01T00:00:00Z&quot;" graded="true" format="Quiz"><vertical url_name="one" display_name="Say yes"><problem url_name="p1"><stringresponse answer="yes"><textline label="Say yes"/></stringresponse></problem></vertical></sequential>
<sequential url_name="second" display_name="The second steps" required_content="block-v1:Old+Key+Run+type@sequential+block@first" min_score="80" min_completion="0" relative_weeks_due="2"><vertical url_name="two" display_name="Second"><probe url_name="gatebox" html="&lt;p&gt;gated words&lt;/p&gt;"/></vertical></sequential>
<sequential url_name="exam" display_name="The exam" is_time_limited="true" default_time_limit_minutes="60"><vertical url_name="three" display_name="Part one"><probe url_name="exambox" html="&lt;p&gt;exam words&lt;/p&gt;"/></vertical></sequential>
<sequential url_name="groups" display_name="For groups"><vertical url_name="blue" display_name="Blue unit" group_access="{&quot;50&quot;:[1]}"><probe url_name="bluebox" html="&lt;p&gt;blue words&lt;/p&gt;"/></vertical><vertical url_name="all" display_name="For all"><probe url_name="allbox" html="&lt;p&gt;words for all&lt;/p&gt;"/></vertical></sequential>
</chapter></course>`,
	})
}

func (w *world) pseudonym(name string, run key.Course) string {
	w.t.Helper()
	user, err := w.site.People.FindUser(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.site.People.Pseudonym(user.ID, run.String())
}

// A timed subsection says what it is, starts once, and closes for page, view, frame and handler alike.
func TestTimedSubsection(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	ann := w.member("ann", run, "")
	box := blockPath(run, "probe", "exambox")
	set := func(status int, texts ...string) {
		t.Helper()
		ann.send("POST", box+"/handlers/set", map[string]string{"X-Quoin-Token": ann.token()}, "word").must(status, texts...)
	}
	begin := "/courses/" + run.String() + "/timed/exam/begin"
	start := ann.get(unitPath(run, "three")).must(200, "You have 60 minutes", "even if you leave", "do not count").without("exam words")
	ann.get(box + "/view").must(403)
	ann.get(box + "/frame").must(403)
	set(403, "timed")
	start.form(begin).press("").must(303)
	start.form(begin).press("").must(303) // another window
	ann.get(unitPath(run, "three")).must(200, "exam words", "data-seconds-left")
	set(200)
	granted, err := w.site.Allowances.Of(t.Context(), run, w.pseudonym("ann", run))
	if err != nil || len(granted.Subsections) != 1 {
		t.Fatalf("%+v, %v", granted, err)
	}
	ann.get(unitPath(run, "three")).form("/courses/" + run.String() + "/timed/exam/end").press("").must(303)
	ann.get(unitPath(run, "three")).must(200, "handed this in").without("exam words", "data-seconds-left")
	ann.get(box + "/view").must(403)
	set(403, "over")
	start.form(begin).press("").must(303) // there is no second beginning
	ann.get(unitPath(run, "three")).must(200, "handed this in")
	ann.get("/courses/"+run.String()).must(200, "Your time for this is over")
}

// Time runs out by the server's clock, and extra time reaches what is under way.
func TestTimeRunsOut(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	ann := w.member("ann", run, "")
	exam, learner := run.Usage("sequential", "exam"), w.pseudonym("ann", run)
	before := allowance.New(w.site.Store, func() time.Time { return time.Now().Add(-70 * time.Minute) })
	if _, err := before.Begin(t.Context(), run, learner, exam, time.Hour); err != nil {
		t.Fatal(err)
	}
	ann.get(unitPath(run, "three")).must(200, "Your time is over").without("exam words")
	ann.get(blockPath(run, "probe", "exambox") + "/view").must(403)
	order := allowance.Order{Run: run, Learner: learner, Subsection: exam, Actor: "sue", Reason: "reads slowly"}
	if _, err := w.site.Allowances.SetExtraTime(t.Context(), order, 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	ann.get(unitPath(run, "three")).must(200, "exam words")
}

// What waits for something says for what, in every place, and opens when that is reached.
func TestPrerequisiteOfASubsection(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	ann := w.member("ann", run, "")
	reason := "First reach 80% of the points in “The first steps” or more."
	for _, path := range []string{unitPath(run, "two"), "/courses/" + run.String()} {
		p := ann.get(path).without("gated words")
		if !strings.Contains(p.words(), reason) || !strings.Contains(p.body, "/units/first") {
			t.Errorf("%s does not say why: %.900s", path, p.words())
		}
	}
	box := blockPath(run, "probe", "gatebox")
	for _, path := range []string{box + "/view", box + "/frame", box + "/handlers/echo"} {
		ann.get(path).must(403)
	}
	ann.get("/courses/" + run.String() + "/search?q=gated").without("gated words")
	ann.get(unitPath(run, "one")).form(blockPath(run, "problem", "p1")).set("input_2_1", "yes").press("submit").must(303)
	w.working.Wait()
	ann.get(unitPath(run, "two")).must(200, "gated words")
	ann.get(box + "/view").must(200)
}

// A course waits for the one that has to be passed before.
func TestPrerequisiteCourse(t *testing.T) {
	w := newWorld(t, options{})
	first := w.gatedCourse()
	second := w.course(map[string]string{
		"course.xml": `<course url_name="h" org="Org" course="Next"/>`,
		"course/h.xml": `<course display_name="Next" start="&quot;2020-01-01T00:00:00Z&quot;" pre_requisite_courses="[&quot;` + first.String() + `&quot;]"><chapter url_name="c"><sequential url_name="s">
			<vertical url_name="u"><probe url_name="nextbox" html="&lt;p&gt;next words&lt;/p&gt;"/></vertical></sequential></chapter></course>`,
	})
	ann := w.both("ann", first, second)
	ann.get(unitPath(second, "u")).must(403, "First pass the course “Gates”").without("next words")
	ann.get(blockPath(second, "probe", "nextbox") + "/view").must(403)
	ann.get(unitPath(first, "one")).form(blockPath(first, "problem", "p1")).set("input_2_1", "yes").press("submit").must(303)
	w.working.Wait() // the grade follows the verdict
	ann.get(unitPath(second, "u")).must(200, "next words")
}

// At one's own pace the course's dates do not count: a date is weeks after the enrolment.
func TestDatesAtOnesOwnPace(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	ann := w.member("ann", run, "")
	user, err := w.site.People.FindUser(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	member, err := w.site.People.Member(t.Context(), user.ID, run.String())
	if err != nil {
		t.Fatal(err)
	}
	due := member.Since.Add(14 * 24 * time.Hour).UTC().Format("2006-01-02 15:04")
	ann.get("/courses/"+run.String()+"/dates").must(200, due).without("2020-02-01")
}

// Cohorts bring content groups, by which units open: from the archive's partitions to the page.
func TestContentGroups(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	ann := w.member("ann", run, "")
	ann.get(unitPath(run, "blue")).must(404)
	if err := w.site.People.PutCohort(t.Context(), run.String(), people.Cohort{Name: "Tigers", Group: "50:1"}); err != nil {
		t.Fatal(err)
	}
	user, err := w.site.People.FindUser(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.site.People.SetCohort(t.Context(), user.ID, run.String(), "Tigers"); err != nil {
		t.Fatal(err)
	}
	p, err := w.site.Person(t.Context(), &user, run)
	if err != nil || p.Groups[access.PartitionKey(50)] != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	ann.get(unitPath(run, "blue")).must(200, "blue words")
	ann.get(blockPath(run, "probe", "bluebox") + "/view").must(200)
}

package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// openGates is gatedCourse for anybody to read: its exam and what waits for something must not open by staying outside.
func (w *world) openGates(visibility string) key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml": `<course url_name="o" org="Org" course="` + "Open" + strings.ReplaceAll(visibility, "_", "") + `"/>`,
		"course/o.xml": `<course display_name="Open gates" start="&quot;2020-01-01T00:00:00Z&quot;" course_visibility="` + visibility + `"><chapter url_name="c" display_name="Section">
<sequential url_name="first" display_name="The first steps"><vertical url_name="one" display_name="Say yes"><problem url_name="p1"><stringresponse answer="yes"><textline label="Say yes"/></stringresponse></problem></vertical></sequential>
<sequential url_name="second" display_name="The second steps" required_content="block-v1:Old+Key+Run+type@sequential+block@first" min_score="80" min_completion="0"><vertical url_name="two" display_name="Waiting unit"><probe url_name="gatebox" html="&lt;p&gt;gatedwords stand here&lt;/p&gt;"/></vertical></sequential>
<sequential url_name="exam" display_name="The exam" is_time_limited="true" default_time_limit_minutes="60"><vertical url_name="three" display_name="Exam unit"><probe url_name="exambox" html="&lt;p&gt;examwords stand here&lt;/p&gt;"/></vertical></sequential>
</chapter></course>`,
	})
}

// Whoever has not enrolled in a course that is open to everybody reads no exam and nothing that has to be earned: a learner
// could look there before his own time runs, without signing in.
func TestAttackOpenCourseKeepsExamsAndGates(t *testing.T) {
	w := newWorld(t, options{})
	run := w.openGates("public")
	gone := w.member("gone", run, "")
	gone.get("/courses/" + run.String() + "/about").form("/courses/" + run.String() + "/unenrol").press("").must(303)
	for who, b := range map[string]*browser{
		"a visitor": w.visitor(), "somebody who is signed in": w.member("nils", run), "somebody who left": gone,
	} {
		b.get(unitPath(run, "one")).must(200, "Say yes")
		for _, unit := range []string{"three", "two", "exam", "second"} {
			p := b.open(unitPath(run, unit))
			if p.status != 403 || strings.Contains(p.body, "words stand") {
				t.Errorf("%s opens %s: %d %.300s", who, unit, p.status, p.words())
			}
		}
		for _, box := range []string{blockPath(run, "probe", "exambox"), blockPath(run, "probe", "gatebox")} {
			for _, path := range []string{"/view", "/frame", "/handlers/echo"} {
				if p := b.get(box + path); p.status != 403 {
					t.Errorf("%s gets at %s: %d %.300s", who, p.path, p.status, p.words())
				}
			}
		}
		b.get("/courses/"+run.String()+"/search?q=words").must(200).without("Waiting unit", "Exam unit", "stand here")
		home := b.get("/courses/"+run.String()).must(200, "The exam", "The second steps")
		for _, link := range []string{"/units/three", "/units/two", "/units/exam", "/units/second"} {
			home.without(link)
		}
	}
	// Whoever only reads the outline sees that there is an exam.
	outline := w.openGates("public_outline")
	w.visitor().get("/courses/"+outline.String()).must(200, "The exam", "The second steps").without("/units/")
}

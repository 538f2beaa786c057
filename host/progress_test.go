package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// graded is a course with two kinds of work, one of them dropping its lowest piece; settings are the course's attributes.
func (w *world) graded(settings, policy string) key.Course {
	w.t.Helper()
	choice := func(attributes string) string {
		return strings.Replace(choiceProblem, `<problem `, `<problem `+attributes+` `, 1)
	}
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Grades"/>`,
		"course/now.xml": `<course display_name="Grades" start="&quot;2020-01-01T00:00:00Z&quot;" ` + settings + `><chapter url_name="c" display_name="Week 1">
			<sequential url_name="s1" display_name="First work" graded="true" format="Homework"><vertical url_name="v1"><problem url_name="a"/></vertical></sequential>
			<sequential url_name="s2" display_name="Second work" graded="true" format="Homework"><vertical url_name="v2"><problem url_name="b"/></vertical></sequential>
			<sequential url_name="s3" display_name="The exam" graded="true" format="Exam"><vertical url_name="v3"><problem url_name="e"/></vertical></sequential>
			<sequential url_name="s4" display_name="The quiet one" graded="true" format="Homework" show_correctness="never"><vertical url_name="v4"><problem url_name="q"/></vertical></sequential>
			<sequential url_name="s5" display_name="For practice"><vertical url_name="v5"><problem url_name="p"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`, "policies/now/grading_policy.json": policy,
		"problem/a.xml": choice(`max_attempts="3"`), "problem/b.xml": choice(`max_attempts="1"`), "problem/e.xml": choice(``),
		"problem/q.xml": choice(``), "problem/p.xml": choice(``),
	})
}

const twoKinds = `{"GRADER": [{"type": "Homework", "min_count": 4, "drop_count": 1, "weight": 0.4}, {"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.6}],
	"GRADE_CUTOFFS": {"A": 0.9, "B": 0.65, "C": 0.3}}`

// The progress page says what counts and what does not, what each grade takes, and how many tries are left.
func TestProgressSaysWhatAGradeTakes(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	ann := w.member("ann", run, "")
	page := "/courses/" + run.String() + "/progress"
	begun := ann.get(page).must(200, "3 tries left", "1 try left", "Results are not shown yet.", "Some results are not shown yet").words()
	for _, text := range []string{"You have not answered anything that counts yet", "the lowest one of 4 does not count", "1 is still to come", "5 pieces of work can still change"} {
		if !strings.Contains(begun, text) {
			t.Errorf("%q is missing in: %s", text, begun)
		}
	}
	right, wrong := []string{"input_2_1", "choice_1"}, []string{"input_2_1", "choice_0"}
	ann.get(unitPath(run, "v1")).form(blockPath(run, "problem", "a")).set(right...).press("submit").must(303)
	ann.get(unitPath(run, "v2")).form(blockPath(run, "problem", "b")).set(wrong...).press("submit").must(303)
	ann.get(unitPath(run, "v4")).form(blockPath(run, "problem", "q")).set(right...).press("submit").must(303)
	// (1 + 0 + 0) / 3 of 40 % is 13.33 %; each open piece with x: (1 + 2x) / 3 of 0.4 + 0.6 x is 0.1333 + 0.8667 x.
	after := ann.get(page).must(200, "2 tries left", "no tries left").words()
	for _, text := range []string{
		"13.33%", "rounded to 13%", "A 90% 88% on average", "B 65% 59% on average", "C 30% 19% on average", "Not passed yet", "3 pieces of work",
	} {
		if !strings.Contains(after, text) {
			t.Errorf("%q is missing in: %s", text, after)
		}
	}
	ann.get(unitPath(run, "v3")).form(blockPath(run, "problem", "e")).set(right...).press("submit").must(303)
	done := ann.get(page).must(200, "Passed").words()
	for _, text := range []string{"73.33%", "B 65% Yours, whatever comes", "C 30% Yours, whatever comes"} {
		if !strings.Contains(done, text) {
			t.Errorf("%q is missing in: %s", text, done)
		}
	}
	// What is not shown is not told by its points either.
	if _, hidden, _ := strings.Cut(done, "The quiet one"); strings.Contains(strings.SplitN(hidden, "For practice", 2)[0], "of 1 point") {
		t.Errorf("the hidden result is told: %s", hidden)
	}
}

func TestProgressOfOtherCourses(t *testing.T) {
	for _, c := range []struct {
		name, settings, policy string
		holds                  []string
		lacks                  []string
	}{
		{"without a grade", `no_grade="true"`, twoKinds, []string{"This course gives no grade.", "For practice"}, []string{"What a grade takes"}},
		{"nothing that counts", "", `{"GRADER": [], "GRADE_CUTOFFS": {"Pass": 0.5}}`, []string{"counts for a grade yet"}, []string{"What a grade takes"}},
		{"more dropped", "", strings.Replace(twoKinds, `"drop_count": 1`, `"drop_count": 3`, 1), []string{"Among the lowest: does not count"}, nil},
		{"over", `end="&quot;2021-01-01T00:00:00Z&quot;"`, twoKinds, []string{"Not passed", "Out of reach with what is left"}, []string{"Not passed yet"}},
		{"without the chart", `disable_progress_graph="true"`, twoKinds, []string{"What a grade takes"}, []string{"grade-chart"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, options{})
			run := w.graded(c.settings, c.policy)
			w.member("ann", run, "").get("/courses/"+run.String()+"/progress").must(200, c.holds...).without(c.lacks...)
		})
	}
	w := newWorld(t, options{})
	run := w.graded(`hide_progress_tab="true"`, twoKinds)
	ann := w.member("ann", run, "")
	ann.get("/courses/" + run.String() + "/progress").must(404)
	ann.get("/courses/" + run.String()).must(200).without(run.String() + "/progress")
	ann.get("/").must(200).without(run.String() + "/progress")
}

// What nobody named is called by its kind: a row of points without a word leads nowhere.
func TestProgressNamesWhatHasNoName(t *testing.T) {
	w := newWorld(t, options{})
	w.install("../blocks/questions", questions.Block())
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Nameless"/>`,
		"course/now.xml": `<course display_name="Nameless" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1"><sequential url_name="s" display_name="Work" graded="true" format="Homework">
			<vertical url_name="v" display_name="Tides"><ordering url_name="o" prompt="What comes first?" items="[{&quot;id&quot;: &quot;a&quot;, &quot;text&quot;: &quot;Ebb&quot;}, {&quot;id&quot;: &quot;b&quot;, &quot;text&quot;: &quot;Flood&quot;}]"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`, "policies/now/grading_policy.json": twoKinds,
	})
	ann := w.member("ann", run, "")
	if words := ann.get("/courses/" + run.String() + "/progress").must(200).words(); !strings.Contains(words, "Ordering not tried yet") {
		t.Errorf("the progress page says %s", words)
	}
}

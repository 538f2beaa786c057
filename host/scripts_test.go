package host_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// scriptedCourse holds problems whose programs draw numbers, judge answers, use the course's own library, and fail.
func scriptedCourse(t *testing.T) map[string]string {
	t.Helper()
	var library bytes.Buffer
	z := zip.NewWriter(&library)
	file, err := z.Create("ours.py")
	if err == nil {
		_, err = file.Write([]byte("CANARY_LIBRARY = 1\ndef twice(n):\n    return 2 * n\n"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Scripts"/>`,
		"course/now.xml": `<course display_name="Scripts" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1">
			<sequential url_name="s" display_name="Work"><vertical url_name="v" display_name="Unit"><problem url_name="sum"/><problem url_name="judge"/><problem url_name="bad"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`,
		"static/python_lib.zip":    library.String(),
		"problem/sum.xml": `<problem display_name="Sum" max_attempts="5"><script type="loncapa/python">
from ours import twice
a = random.randint(3, 3)
b = twice(a)
secret = 'CANARY_SCRIPT'
</script><p>What is $a + $b?</p><numericalresponse answer="$a+$b"><formulaequationinput/></numericalresponse></problem>`,
		"problem/judge.xml": `<problem display_name="Judge" max_attempts="5"><script type="loncapa/python">
def check(expect, ans):
    if ans == 'boom':
        raise ValueError('Write a word, not a noise.')
    return {'ok': 'partial' if ans == 'near' else ans == expect, 'msg': '&lt;b&gt;You wrote ' + ans}
</script><customresponse cfn="check" expect="CANARY_KEY"><label>Which word?</label><textline/></customresponse></problem>`,
		"problem/bad.xml": `<problem display_name="Bad"><script type="loncapa/python">
a = 1
b = nothing
</script><p>What is $a?</p><numericalresponse answer="$b"><formulaequationinput/></numericalresponse></problem>`,
	}
}

// Problems with scripts are answered as any other: numbers stand in the text, answers are judged in the sandbox, an exception is
// a sentence that costs no try, a script that fails says so, and none of it shows what the scripts hold.
func TestScriptedProblems(t *testing.T) {
	w := newWorld(t, options{})
	if err := w.site.Python.Start(t.Context()); err != nil {
		t.Skip(err)
	}
	run := w.course(scriptedCourse(t))
	ann := w.member("ann", run, "")
	sum, judge := blockPath(run, "problem", "sum"), blockPath(run, "problem", "judge")
	page := ann.get(unitPath(run, "v")).must(200, "What is 3 + 6?", "Which word?", "The program of this problem fails")
	page.without("CANARY", "What is $a + $b?")

	ann.get(unitPath(run, "v")).form(sum).set("input_2_1", "9").press("submit").must(303).follow().must(200, "Correct")
	wrong := ann.get(unitPath(run, "v")).form(judge).set("input_2_1", "near").press("submit").must(303).follow().must(200, "Partially correct", "<b>You wrote near</b>")
	wrong.without("CANARY")
	refused := ann.get(unitPath(run, "v")).form(judge).set("input_2_1", "boom").press("submit").must(303).follow().must(200, "Write a word, not a noise.")
	if words := refused.words(); !strings.Contains(words, "4 tries left") && !strings.Contains(words, "1 of 5") {
		t.Errorf("the exception cost a try: %s", words)
	}
	ann.get(unitPath(run, "v")).form(judge).set("input_2_1", "CANARY_KEY").press("submit").must(303).follow().must(200, "Correct")
}

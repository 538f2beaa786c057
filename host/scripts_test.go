package host_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// scriptedCourse holds problems whose programs draw numbers, judge answers, use the course's own library, and fail.
func scriptedCourse(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Scripts"/>`,
		"course/now.xml": `<course display_name="Scripts" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1">
			<sequential url_name="s" display_name="Work"><vertical url_name="v" display_name="Unit"><problem url_name="sum"/><problem url_name="judge"/><problem url_name="text"/><problem url_name="bad"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`,
		"static/python_lib.zip":    libraryOf(t, "CANARY_LIBRARY = 1\ndef twice(n):\n    return 2 * n\n"),
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
		"problem/text.xml": `<problem display_name="Several lines"><script type="loncapa/python">
def check(expect, ans):
    lines = ans.split()
    return {'input_list': [{'ok': len(lines) == 2, 'msg': 'That is %d words.' % len(lines)}], 'overall_message': '&lt;p&gt;Thank you.&lt;/p&gt;'}
</script><customresponse cfn="check"><label>Write two words, a line each.</label><textbox rows="4"/></customresponse></problem>`,
	}
}

// libraryOf is a python_lib.zip with one module.
func libraryOf(t *testing.T, text string) string {
	t.Helper()
	var library bytes.Buffer
	z := zip.NewWriter(&library)
	file, err := z.Create("ours.py")
	if err == nil {
		_, err = file.Write([]byte(text))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return library.String()
}

// A mended python_lib.zip takes effect at once for whoever has not begun, where the script failed with the old one, too. Whoever
// has answered keeps the numbers under his answer.
func TestMendedLibrary(t *testing.T) {
	w := newWorld(t, options{})
	w.warmPython()
	run := w.course(scriptedCourse(t))
	replace := func(text string) {
		t.Helper()
		blob, err := w.site.Files.Put(t.Context(), strings.NewReader(libraryOf(t, text)), 1<<20)
		if err == nil {
			err = w.site.Courses.PutAsset(t.Context(), course.Asset{
				Course: run.String(), Name: "python_lib.zip", Hash: blob.Hash, Size: blob.Size, Type: "application/zip",
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ann, bob, sum, unit := w.member("ann", run, ""), w.member("bob", run, ""), blockPath(run, "problem", "sum"), unitPath(run, "v")
	bob.get(unit).must(200, "What is 3 + 6?")
	ann.get(unit).form(sum).set("input_2_1", "9").press("submit").must(303).follow().must(200, "Correct")

	replace("def twice(n):\n    return 3 * n\n")
	bob.get(unit).must(200, "What is 3 + 9?").without("What is 3 + 6?")
	ann.get(unit).must(200, "What is 3 + 6?", "Correct").without("What is 3 + 9?")
	replace("def twice(n) return 2\n")
	bob.get(unit).must(200).without("What is 3 +")
	replace("def twice(n):\n    return 4 * n\n")
	bob.get(unit).form(sum).set("input_2_1", "15").press("submit").must(303).follow().must(200, "What is 3 + 12?", "Correct")
	ann.get(unit).form(sum).set("input_2_1", "9").press("submit").must(303).follow().must(200, "What is 3 + 6?", "Correct")
}

// Problems with scripts are answered as any other: numbers stand in the text, answers are judged in the sandbox, an exception is
// a sentence that costs no try, a script that fails says so, and none of it shows what the scripts hold.
func TestScriptedProblems(t *testing.T) {
	w := newWorld(t, options{})
	w.warmPython()
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
	text := blockPath(run, "problem", "text")
	lines := ann.get(unitPath(run, "v")).form(text).set("input_2_1", "two\r\nwords").press("submit").must(303).follow().must(200, "Correct", "That is 2 words.", "Thank you.")
	if n := strings.Count(lines.body, "Thank you."); n != 1 {
		t.Errorf("the message for the whole stands there %d times", n)
	}
	ann.get(unitPath(run, "v")).form(judge).set("input_2_1", "CANARY_KEY").press("submit").must(303).follow().must(200, "Correct")
}

// Scripted problems pass axe-core in every look, answered and not, and their pictures are taken.
func TestScriptedProblemsInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	run := w.course(scriptedCourse(t))
	w.member("ann", run, "")
	b := w.newTab(t)
	b.signIn("ann")
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(unitPath(run, "v"))
		b.visible("textarea.capa-area")
		if l.width == 1280 {
			form := `document.querySelector("textarea.capa-area").form`
			b.typeInto("textarea.capa-area", "only three words")
			b.eval(`[...` + form + `.elements].find(e => e.value === "submit").click()`)
			b.until(`document.body.innerText.includes("That is 3 words.")`)
		}
		b.check(source, fmt.Sprintf("scripted problems at %d px, %s, %s", l.width, l.scheme, l.language))
		if pictures != "" {
			b.picture(filepath.Join(pictures, fmt.Sprintf("scripted-%d-%s-%s.png", l.width, l.scheme, l.language)))
		}
	}
}

// warmPython waits for the interpreter; the test is skipped where make web did not fetch it, but in CI.
func (w *world) warmPython() {
	w.t.Helper()
	switch err := w.site.Scripts[wire.LanguagePython].Start(w.t.Context()); {
	case errors.Is(err, npm.ErrNotBuilt):
		missing(w.t, err.Error())
	case err != nil:
		w.t.Fatal(err)
	}
}

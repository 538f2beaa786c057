package host_test

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// judgedCourse holds one problem whose script judges as the answer tells it to.
func (w *world) judgedCourse(script string) key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Judges"/>`,
		"course/now.xml": `<course display_name="Judges" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s" graded="true" format="Homework">
			<vertical url_name="v" display_name="Unit"><problem url_name="judge"/></vertical></sequential></chapter></course>`,
		"problem/judge.xml": `<problem display_name="Judge"><script type="loncapa/python">` + html.EscapeString(script) +
			`</script><customresponse cfn="check"><label>Say something.</label><textline/></customresponse></problem>`,
	})
}

// Whatever a script says of an answer, and whatever a learner sends beside it, the score stays between nothing and what the problem is
// worth, and is a number (security R8).
func TestScriptsGiveNoOtherScores(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	run := w.judgedCourse(`
said = {
    "right": {"ok": True, "msg": "read"},
    "half": {"ok": True, "grade_decimal": 0.5, "msg": "read"},
    "nan": {"ok": True, "grade_decimal": float("nan"), "msg": "read"},
    "inf": {"ok": True, "grade_decimal": float("inf"), "msg": "read"},
    "much": {"ok": True, "grade_decimal": 1e300, "msg": "read"},
    "five": {"ok": True, "grade_decimal": 5, "msg": "read"},
    "minus": {"ok": True, "grade_decimal": -3, "msg": "read"},
    "text": {"ok": True, "grade_decimal": "99", "msg": "read"},
    "list": {"input_list": [{"ok": True, "grade_decimal": 7, "msg": "read"}, {"ok": True, "msg": "read"}, {"ok": True, "msg": "read"}]},
    "score": {"ok": False, "msg": "read", "score": 9, "earned": 9, "possible": 0, "npoints": 9, "effects": [{"score": 9}]},
}
def check(expect, ans):
    return said.get(ans, False)
`)
	unit, address := unitPath(run, "v"), blockPath(run, "problem", "judge")
	usage := run.Usage("problem", "judge").String()
	wanted := map[string]float64{"right": 1, "half": 0.5, "score": 0, "wrong": 0}
	for _, answer := range []string{"right", "half", "nan", "inf", "much", "five", "minus", "text", "list", "score", "wrong"} {
		ann := w.member("ann"+answer, run, "")
		form := ann.get(unit).must(200).form(address).set("input_2_1", answer)
		for name, value := range map[string]string{"score": "1", "earned": "1", "grade": "1", "correct": "true", "input_2_1_score": "1", "outcome": "scored", "possible": "0.001"} {
			form.values.Set(name, value)
		}
		form.press("submit")
		w.working.Wait()
		scores, err := w.site.Kernel.Scorer().Scores(t.Context(), w.pseudonym("ann"+answer, run), []string{usage})
		if err != nil {
			t.Fatal(err)
		}
		score := scores[usage]
		if score == nil || !score.Scored {
			if _, must := wanted[answer]; must {
				t.Errorf("%s has no score", answer)
			}
			continue // an error of the author's, told and not scored
		}
		if math.IsNaN(score.Earned) || score.Possible != 1 || score.Earned < 0 || score.Earned > 1 {
			t.Errorf("%s earns %v of %v", answer, score.Earned, score.Possible)
		}
		if want, must := wanted[answer]; must && score.Earned != want {
			t.Errorf("%s earns %v, want %v", answer, score.Earned, want)
		}
	}
	// Nobody's script and no body gives points to somebody else.
	bob := w.member("bob", run, "")
	other := w.pseudonym("annwrong", run)
	bob.send("POST", address+"/handlers/submit", map[string]string{"X-Quoin-Token": bob.token(), "Content-Type": "application/x-www-form-urlencoded"},
		url.Values{"input_2_1": {"right"}, "learner": {other}, "user": {other}, "request": {strings.Repeat("0a", 16)}}.Encode())
	w.working.Wait()
	if score := w.settled("annwrong", run, "problem", "judge"); score.Earned != 0 {
		t.Errorf("another learner has %v", score.Earned)
	}
}

// Nothing of the corpus of attacks stands in a page by way of what a script says to a learner (security R20): no element of the
// platform's own, no script, no handler.
func TestScriptsWriteNoLiveMarkup(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	run := w.judgedCourse(`
def check(expect, ans):
    return {"ok": False, "msg": "<p>Spoken." + ans + "</p>"}
`)
	ann := w.member("ann", run, "")
	unit, address := unitPath(run, "v"), blockPath(run, "problem", "judge")
	spoken, framed := 0, 0
	answer := func(text string) (view string, elements map[string]int) {
		t.Helper()
		ann.get(unit).form(address).set("input_2_1", text).press("submit").must(303)
		w.working.Wait()
		view = ann.get(address + "/view").must(200).asked().HTML
		if strings.Contains(view, "Spoken.") {
			spoken++
		}
		elements = map[string]int{}
		doc, err := html.Parse(strings.NewReader(view))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "iframe" && attribute(n, "sandbox") == "allow-scripts" && attribute(n, "src") == address+"/frame" {
				framed++ // with no rights of the page (R2)
				continue
			}
			if strings.Contains(n.Data, "-") || slices.Contains([]string{"script", "iframe", "object", "embed", "form", "base", "style", "link", "meta", "input", "button"}, n.Data) {
				elements[n.Data]++
			}
			for _, a := range n.Attr {
				value := strings.ToLower(strings.TrimLeft(a.Val, "\x00\t\n\r\f "))
				if strings.HasPrefix(a.Key, "on") || a.Key == "is" || a.Key == "srcdoc" || a.Key == "id" && a.Val == "main" ||
					slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:")) {
					t.Errorf("after %.200q %s has %s=%.80q", text, n.Data, a.Key, a.Val)
				}
			}
		}
		return view, elements
	}
	_, plain := answer("words")
	texts, markup := written()
	markup = append(markup, `<quoin-submit onclick="x()">x</quoin-submit>`, `<p is="quoin-submit" id="main" data-block="x">x</p>`, `<b>well</b>`)
	if len(markup) < 30 || len(texts) < 200 {
		t.Fatalf("the corpus has %d vectors, %d of them well-formed", len(texts), len(markup))
	}
	look := func(text string) {
		t.Helper()
		view, elements := answer(strings.ReplaceAll(text, "\n", " "))
		for name, n := range elements {
			if n > plain[name] {
				t.Errorf("after %.300q there are %d %s, %d before: %.1500s", text, n, name, plain[name], view)
			}
		}
	}
	for _, vector := range markup {
		look(vector)
	}
	if framed == 0 || spoken == 0 || spoken+framed < len(markup)*2/3 { // what is not well-formed is left out
		t.Errorf("the script's words stand in the page after %d of %d, in a frame after %d", spoken, len(markup), framed)
	}
	for some := range slices.Chunk(texts, 8) {
		look(strings.Join(some, " "))
	}
}

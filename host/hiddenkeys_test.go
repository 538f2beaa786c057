package host_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// keyed are problems of each CAPA response whose keys, hints, feedback and explanations hold a canary, with an answer to each.
var keyed = map[string]struct{ xml, field, answer string }{
	"multiplechoice": {`<multiplechoiceresponse targeted-feedback=""><choicegroup shuffle="true"><choice correct="true" explanation-id="e">a<choicehint label="CANARY">CANARY</choicehint></choice>
		<choice correct="false">b<choicehint>CANARY</choicehint></choice></choicegroup></multiplechoiceresponse>
		<targetedfeedbackset><targetedfeedback explanation-id="e">CANARY</targetedfeedback></targetedfeedbackset>`, "input_2_1", "choice_0"},
	"truefalse": {`<truefalseresponse><choicegroup><choice correct="true">a<choicehint>CANARY</choicehint></choice><choice correct="false">b</choice></choicegroup></truefalseresponse>`, "input_2_1", "choice_1"},
	"choice": {`<choiceresponse><checkboxgroup><choice correct="true">a<choicehint selected="true">CANARY</choicehint></choice><choice correct="false">b</choice>
		<compoundhint value="A">CANARY</compoundhint></checkboxgroup></choiceresponse>`, "input_2_1[]", "choice_0"},
	"option":    {`<optionresponse><optioninput><option correct="true">a<optionhint>CANARY</optionhint></option><option correct="false">b<optionhint>CANARY</optionhint></option></optioninput></optionresponse>`, "input_2_1", "b"},
	"string":    {`<stringresponse answer="CANARY" type="ci"><correcthint>CANARY</correcthint><additional_answer answer="CANARY2">CANARY</additional_answer><stringequalhint answer="near">CANARY</stringequalhint><textline/></stringresponse>`, "input_2_1", "near"},
	"numerical": {`<numericalresponse answer="31415926"><responseparam type="tolerance" default="27182818"/><additional_answer answer="16180339"/><correcthint>CANARY</correcthint><formulaequationinput/></numericalresponse>`, "input_2_1", "5"},
	"formula":   {`<formularesponse answer="x*31415926" samples="x@1:2#4" type="cs"><responseparam type="tolerance" default="27182818%"/><formulaequationinput/></formularesponse>`, "input_2_1", "x"},
	"image":     {`<imageresponse><imageinput src="/static/a.png" width="100" height="100" rectangle="(31415926,1)-(31415927,2)"/></imageresponse>`, "input_2_1", "[5,5]"},
	"annotation": {`<annotationresponse><annotationinput><title>T</title><text>t</text><comment>c</comment><comment_prompt>p</comment_prompt><tag_prompt>q</tag_prompt>
		<options><option choice="correct">a</option><option choice="incorrect">b</option></options></annotationinput></annotationresponse><solution>CANARY</solution>`, "input_2_1", `{"options":[1],"comment":"x"}`},
	"choicetext": {`<choicetextresponse><radiotextgroup><choice correct="true">a <numtolerance_input answer="31415926" tolerance="27182818"/></choice><choice correct="false">b</choice></radiotextgroup></choicetextresponse>`, "input_2_1", "choiceinput_1bc"},
	"custom": {`<script type="loncapa/python">
secret = "CANARY"
def check(expect, ans):
    return {"ok": ans == expect, "msg": "CANARY"}
</script><customresponse cfn="check" expect="CANARY"><textline/></customresponse>`, "input_2_1", "x"},
	"schematic": {`<schematicresponse><schematic width="100" height="100"/><answer type="loncapa/python">correct = ["correct" if "CANARY" in str(submission) else "incorrect"]</answer></schematicresponse>`, "input_2_1", "[]"},
}

var keyCanaries = []string{"CANARY", "31415926", "27182818", "16180339"}

// marked plants marks into every text of a native sample that a learner may not see before he is told: secret texts, and secret
// texts of rows.
func marked(t *testing.T, d *wire.Description, fields wire.Fields) wire.Fields {
	t.Helper()
	planted := maps.Clone(fields)
	for _, f := range d.Fields {
		text, rows := "", []map[string]any{}
		switch {
		case f.Type == wire.TypeHTML && f.Secret && json.Unmarshal(fields[f.Name], &text) == nil && !strings.Contains(text, "[["):
			planted[f.Name] = json.RawMessage(`"CANARY"`)
		case len(f.Items) > 1 && json.Unmarshal(fields[f.Name], &rows) == nil && len(rows) > 0:
			for _, row := range rows {
				for _, item := range f.Items {
					if item.Secret && item.Type == wire.TypeHTML {
						row[item.Name] = "CANARY"
					}
				}
			}
			encoded, err := json.Marshal(rows)
			if err != nil {
				t.Fatal(err)
			}
			planted[f.Name] = encoded
		}
	}
	return planted
}

func described(t *testing.T, blockType string) *wire.Description {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpDescribe, Context: wire.Context{Block: blockType}}, wire.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var d wire.Description
	if err := wire.DecodeReply(questions.Block().Serve(nobody{}, frame), &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// asking is one question that a learner answers.
type asking struct {
	blockType, id, unit string
	pairs               []string
}

// keyedCourse has every CAPA response and a sample of every native type in a subsection of each policy that hides verdicts.
func (w *world) keyedCourse(t *testing.T) (key.Course, []asking) {
	t.Helper()
	w.install("../blocks/questions", questions.Block())
	var all []asking
	files := map[string]string{"course.xml": `<course url_name="now" org="Org" course="Keys"/>`, "static/house.svg": sampleFile(t, "questions", "house.svg")}
	subs := ""
	for name, policy := range map[string]string{
		"never": `show_correctness="never" showanswer="never"`, "later": `show_correctness="past_due" showanswer="past_due" due="&quot;2100-01-01T00:00:00Z&quot;"`,
	} {
		units := `<vertical url_name="capa-` + name + `">`
		for kind, problem := range keyed {
			id := kind + "-" + name
			units += fmt.Sprintf(`<problem url_name="%s"/>`, id)
			files["problem/"+id+".xml"] = `<problem max_attempts="9">` + problem.xml + `<solution>CANARY</solution></problem>`
			all = append(all, asking{"problem", id, "capa-" + name, []string{problem.field, problem.answer}})
		}
		units += "</vertical>"
		for _, blockType := range slices.Sorted(maps.Keys(questions.Block().(sdk.Types))) {
			d := described(t, blockType)
			units += fmt.Sprintf(`<vertical url_name="unit-%s-%s">`, blockType, name)
			for _, s := range nativeSamples(t, blockType) {
				s.Fields, s.Name = marked(t, d, s.Fields), s.Name+"-"+name
				units += nativeOLX(blockType, s)
				one := asking{blockType: blockType, id: blockType + "-" + s.Name, unit: "unit-" + blockType + "-" + name}
				for _, answer := range s.Answers {
					if answer.Expect != wire.ExpectFull && answer.Expect != wire.ExpectZero {
						continue
					}
					one.pairs = nil
					for field, values := range answer.Input.Form {
						for _, value := range values {
							one.pairs = append(one.pairs, field, value)
						}
					}
				}
				if one.pairs != nil {
					all = append(all, one)
				}
			}
			units += "</vertical>"
		}
		subs += fmt.Sprintf(`<sequential url_name="s-%s" graded="true" format="Homework" %s>%s</sequential>`, name, policy, units)
	}
	files["course/now.xml"] = `<course display_name="Keys" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week">` + subs + `</chapter></course>`
	return w.course(files), all
}

// toldVerdict finds what only a verdict brings about.
var toldVerdict = regexp.MustCompile(`status (correct|incorrect|partially-correct)|feedback (correct|incorrect)|data-(correct|verdict)="(correct|incorrect|true|false)"|"correctness": ?"`)

// Keys, hints for answers, explanations and hidden verdicts of every CAPA response and every native type reach no learner while
// the course hides them: not in pages, views and JSON before an answer or after it, nor in what any other address of the block or
// the course gives him (security R5).
func TestKeysAndHiddenVerdictsReachNoLearner(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, all := w.keyedCourse(t)
	ann := w.member("ann", run, "")
	silent := func(p *page, what string) {
		t.Helper()
		for _, canary := range keyCanaries {
			if at := strings.Index(p.body, canary); at >= 0 {
				t.Errorf("%s: %s holds %s: …%s…", what, p.path, canary, p.body[max(0, at-150):min(len(p.body), at+80)])
			}
		}
		if found := toldVerdict.FindString(p.body); found != "" {
			t.Errorf("%s: %s tells %q", what, p.path, found)
		}
	}
	heard := ann.overhear("/courses/" + run.String() + "/events")
	submitted := 0
	for _, q := range all {
		unit, address := unitPath(run, q.unit), blockPath(run, q.blockType, q.id)
		page := ann.get(unit).must(200)
		silent(page, "before "+q.id)
		page.form(address).set(q.pairs...).press("submit")
		if view := ann.get(address + "/view").must(200).asked(); strings.Contains(view.HTML, "status submitted") {
			submitted++
		}
		silent(ann.send("POST", address+"/handlers/"+wire.HandlerReveal, map[string]string{"X-Quoin-Token": ann.token()}, ""), "revealing "+q.id)
	}
	w.working.Wait()
	if submitted < len(all)*3/4 {
		t.Errorf("only %d of %d answers count as submitted", submitted, len(all))
	}
	seen := map[string]bool{}
	for _, q := range all {
		for _, route := range w.server.Routes() {
			if route.Method != http.MethodGet || route.Stream {
				continue
			}
			place := at(run, q.blockType, q.id, q.unit)
			place.handler = "submit"
			if path := fill(t, route, place); !seen[path] {
				seen[path] = true
				silent(ann.get(path), "after "+q.id)
			}
		}
	}
	said := &page{b: ann, path: "the stream of events", body: heard()}
	if n := strings.Count(said.body, "event: verdict"); n < len(all)/2 {
		t.Errorf("the stream told of %d verdicts: %.500s", n, said.body)
	}
	silent(said, "listening")
	t.Logf("%d questions, %d submitted, %d addresses", len(all), submitted, len(seen))
}

// keyPairs are problems that differ by the key alone, with one answer for both: right by the one and wrong by the other.
var keyPairs = map[string]struct{ xml, field, answer string }{
	"string":    {`<stringresponse answer="%s"><label>L</label><textline/></stringresponse>`, "input_2_1", "7"},
	"numerical": {`<numericalresponse answer="%s"><label>L</label><formulaequationinput/></numericalresponse>`, "input_2_1", "7"},
	"option":    {`<optionresponse><label>L</label><optioninput options="('7','8')" correct="%s"/></optionresponse>`, "input_2_1", "7"},
	"custom": {`<script type="loncapa/python">
def check(expect, ans):
    return {"ok": ans == expect, "msg": "you wrote " + ans + (" well" if ans == expect else " badly")}
</script><customresponse cfn="check" expect="%s"><label>L</label><textline/></customresponse>`, "input_2_1", "7"},
}

// formsOwn is what each form has of its own.
var formsOwn = regexp.MustCompile(`name="(token|request|sitting)" value="[^"]*"`)

// A hidden verdict alters no byte that is sent: of two problems that differ by their key alone, answered alike, the views are the
// same (security R5).
func TestAHiddenVerdictAltersNoByte(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	units, files := "", map[string]string{"course.xml": `<course url_name="now" org="Org" course="Pairs"/>`}
	for kind, problem := range keyPairs {
		for _, right := range []string{"7", "8"} {
			id := kind + right
			units += fmt.Sprintf(`<vertical url_name="u-%s"><problem url_name="%s"/></vertical>`, id, id)
			files["problem/"+id+".xml"] = `<problem display_name="Same" max_attempts="3">` + fmt.Sprintf(problem.xml, right) + `</problem>`
		}
	}
	files["course/now.xml"] = `<course display_name="Pairs" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s" graded="true" format="Homework"
		show_correctness="never" showanswer="never">` + units + `</sequential></chapter></course>`
	run := w.course(files)
	ann := w.member("ann", run, "")
	err := w.site.Scripts[wire.LanguagePython].Start(t.Context())
	script := err == nil
	if err != nil && (os.Getenv("CI") != "" || !errors.Is(err, npm.ErrNotBuilt)) {
		t.Fatal(err)
	}
	for kind, problem := range keyPairs {
		if kind == "custom" && !script {
			continue
		}
		views := map[string]string{}
		for _, right := range []string{"7", "8"} {
			id := kind + right
			address := blockPath(run, "problem", id)
			ann.get(unitPath(run, "u-"+id)).form(address).set(problem.field, problem.answer).press("submit").must(303)
			w.working.Wait()
			view := ann.get(address + "/view").must(200).asked()
			views[right] = formsOwn.ReplaceAllString(strings.ReplaceAll(view.HTML, id, kind), "")
		}
		if views["7"] != views["8"] || !strings.Contains(views["7"], "status submitted") {
			t.Errorf("%s: the right answer shows\n%s\nthe wrong one\n%s", kind, views["7"], views["8"])
		}
	}
}

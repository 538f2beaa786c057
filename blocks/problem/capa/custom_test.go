package capa

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const checked = `<problem><script type="loncapa/python">
def check(expect, ans):
    return ans == expect
</script>
<customresponse cfn="check" expect="$right" options="o" cfn_extra_args="options attempt right absent"><textline points="2"/></customresponse>
</problem>`

// answered grades a problem whose script left variables behind; reply is what its program leaves, for each run.
func answered(t *testing.T, source, vars string, answers Answers, reply ...Ran) (*Result, []Program) {
	t.Helper()
	p, _, err := compiled(t, source).Variant(Variation{Seed: 7, Learner: "ann", Vars: json.RawMessage(vars)})
	if err != nil {
		t.Fatal(err)
	}
	var ran []Program
	result, err := p.Secret.GradeIn(answers, &Circumstances{Seed: 7, Learner: "ann", Attempt: 3, Run: func(p Program) (Ran, error) {
		ran = append(ran, p)
		return reply[len(ran)-1], nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return result, ran
}

func left(json string) Ran { return Ran{Globals: []byte(json)} }

func TestCheckFunctionsAreCalled(t *testing.T) {
	result, ran := answered(t, checked, `{"right": "4\"2", "n": 1}`, Answers{"2_1": Given("x")}, left(`{"cfn_return": true}`))
	if result.Score != 2 || len(ran) != 1 {
		t.Fatalf("%+v %+v", result, ran)
	}
	var globals map[string]any
	if err := json.Unmarshal(ran[0].Globals, &globals); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"seed": 7.0, "anonymous_student_id": "ann", "_asked": []any{`4"2`, "x"},
		"_more": map[string]any{"options": "o", "attempt": 3.0, "right": `4"2`, "absent": nil},
	}
	if !reflect.DeepEqual(globals, want) || ran[0].Seed != 7 || !slices.Equal(ran[0].Want, []string{"cfn_return"}) {
		t.Errorf("%s %+v", ran[0].Globals, ran[0])
	}
	if !strings.HasPrefix(ran[0].Code, "\ndef check(expect, ans):") || !strings.HasSuffix(ran[0].Code, "\ncfn_return = check(*_asked, **_more)\n") {
		t.Errorf("%q", ran[0].Code)
	}
}

func TestCheckFunctionsReplies(t *testing.T) {
	one := `<problem><customresponse cfn="f"><textline/></customresponse></problem>`
	two := `<problem><customresponse cfn="f"><textline/><textline points="3"/></customresponse></problem>`
	for _, c := range []struct{ source, reply, want string }{
		{one, `1`, "scored 1 correct"},
		{one, `null`, "scored 0 incorrect"},
		{one, `" False "`, "scored 0 incorrect"},
		{one, `"Partially"`, "scored 0.5 partially-correct"},
		{one, `{"$float": "nan"}`, "scored 1 correct"},
		{one, `{"ok": true, "msg": "<b>so", "grade_decimal": "0.25"}`, "scored 0.25 correct <b>so</b>"},
		{one, `{"ok": true, "grade_decimal": {"$float": "inf"}}`, "ungradable 0"},
		{one, `{}`, "ungradable 0"},
		{one, `{"input_list": [{"ok": "TRUE"}]}`, "scored 1 correct"},
		{one, `{"input_list": [{"ok": "yes"}]}`, "scored 0 correct"},
		{one, `{"input_list": [{"msg": "x"}]}`, "ungradable 0"},
		{one, `{"input_list": 5}`, "ungradable 0"},
		{two, `"partial"`, "scored 2 partially-correct partially-correct"},
		{two, `{"ok": false, "msg": "all"}`, "scored 0 incorrect incorrect | all"},
		{two, `{"input_list": [{"ok": true}]}`, "ungradable 0"},
		{two, `{"overall_message": "a & b", "input_list": [{"ok": true, "msg": 5}, {"ok": "partial", "grade_decimal": 2}]}`, "scored 7 correct 5 partially-correct | a &amp; b"},
	} {
		result, _ := answered(t, c.source, "", Answers{"2_1": Given("x"), "2_2": Given("y")}, left(`{"cfn_return": `+c.reply+`}`))
		if got := inShort(result); got != c.want {
			t.Errorf("%s: %s, want %s", c.reply, got, c.want)
		}
	}
}

// inShort is a result in a line.
func inShort(r *Result) string {
	words := []string{string(r.Outcome), plainNumber(r.Score)}
	for _, p := range r.Parts {
		words = append(words, string(p.Correctness))
		if p.Message != "" {
			words = append(words, p.Message)
		}
	}
	if r.Overall != "" {
		words = append(words, "|", r.Overall)
	}
	return strings.Join(words, " ")
}

func plainNumber(f float64) string {
	data, _ := json.Marshal(f)
	return string(data)
}

func TestEmptyAnswersRunNothing(t *testing.T) {
	source := `<problem><customresponse cfn="f" empty_answer_err="1"><textline/></customresponse></problem>`
	result, ran := answered(t, source, "", Answers{"2_1": Given("")})
	if len(ran) != 0 || result.Score != 0 || !strings.Contains(result.Parts[0].Message, "No answer entered!") || result.Parts[0].Points != nil {
		t.Errorf("%+v", result)
	}
	if result, ran = answered(t, source, "", Answers{}); len(ran) != 0 || result.Outcome != Invalid || result.Failure.ID != "2_1" {
		t.Errorf("%+v", result)
	}
	result, _ = answered(t, `<problem><customresponse><textline/></customresponse></problem>`, "", Answers{"2_1": Given("x")})
	if inShort(result) != "scored 0 unknown" || result.Success() {
		t.Errorf("%+v", result)
	}
}

func TestProgramsInAnswers(t *testing.T) {
	source := `<problem><customresponse expect="4"><textline/><textline/><answer>correct[0] = x</answer></customresponse></problem>`
	result, ran := answered(t, source, `{"x": 1}`, Answers{"2_1": Given("a"), "2_2": Ticked("b")},
		left(`{"correct": ["correct", "odd"], "messages": ["", "m"], "overall_message": "all", "grade_decimals": [0.5, 0.25]}`))
	if got := inShort(result); got != "scored 0.75 correct unknown m | all" {
		t.Error(got)
	}
	for _, want := range []string{`"submission":["a",["b"]]`, `"idset":["2_1","2_2"]`, `"correct":["unknown","unknown"]`, `"expect":"4"`, `"options":null`} {
		if !strings.Contains(string(ran[0].Globals), want) {
			t.Errorf("%s is not in %s", want, ran[0].Globals)
		}
	}
	for _, reply := range []string{`{}`, `{"correct": true, "messages": ["", ""]}`, `{"correct": ["correct"], "messages": ["", ""]}`, `[]`} {
		if result, _ = answered(t, source, "", Answers{"2_1": Given("a"), "2_2": Given("b")}, left(reply)); result.Outcome != Ungradable {
			t.Errorf("%s: %+v", reply, result)
		}
	}
	circuit := `<problem><schematicresponse><schematic/><answer type="loncapa/python">correct = []</answer></schematicresponse></problem>`
	result, ran = answered(t, circuit, "", Answers{"2_1": Given(`[["r", 1]]`)}, left(`{"correct": [{"correctness": "correct", "npoints": 0.5, "msg": "m"}]}`))
	if got := inShort(result); got != "scored 0.5 correct m" || !strings.Contains(string(ran[0].Globals), `"submission":[[["r",1]]]`) {
		t.Error(got, string(ran[0].Globals))
	}
	if result, _ = answered(t, circuit, "", Answers{"2_1": Given("{")}); result.Outcome != Invalid || result.Failure.ID != "2_1" {
		t.Errorf("%+v", result)
	}
}

func TestFailuresOfPrograms(t *testing.T) {
	source := `<problem><customresponse cfn="f"><textline/></customresponse></problem>`
	result, _ := answered(t, source, "", Answers{"2_1": Given("x")}, Ran{Failed: &ProgramError{Class: "ValueError", Message: "Fold it first."}})
	if result.Outcome != Ungradable || Catalogue(nil).Text(result.Failure.Message) != "Fold it first." {
		t.Errorf("%+v", result)
	}
	p := compiled(t, source)
	if got := p.Secret.Grade(Answers{"2_1": Given("x")}); got.Outcome != Unsupported {
		t.Errorf("%+v", got)
	}
	away := errors.New("no interpreter")
	for _, ran := range []Runner{
		func(Program) (Ran, error) { return Ran{}, away },
		func(Program) (Ran, error) { return left("{"), nil },
	} {
		if result, err := p.Secret.GradeIn(Answers{"2_1": Given("x")}, &Circumstances{Run: ran}); err == nil || result != nil {
			t.Errorf("%+v: a failure of the host's is no result", result)
		}
	}
}

func TestHintFunctionsHaveTheLastWord(t *testing.T) {
	source := `<problem><script>def h(*a): pass</script><stringresponse answer="A"><hintgroup hintfn="h"/><textline/></stringresponse></problem>`
	result, ran := answered(t, source, `{}`, Answers{"2_1": Given("b")},
		left(`{"judged": {"2_1": {"correctness": "partially-correct", "npoints": 0.25, "msg": "", "hint": "<i>near", "hintmode": "always"}}}`))
	if inShort(result) != "scored 0.25 partially-correct" || result.Parts[0].Hint != "<i>near</i>" || result.Parts[0].HintMode != "always" {
		t.Errorf("%+v", result)
	}
	if !strings.Contains(ran[0].Code, "\n_hint = h\n") || !strings.Contains(string(ran[0].Globals), `"correctness":"incorrect"`) {
		t.Errorf("%+v", ran)
	}
}

func TestMistakesInCustomResponses(t *testing.T) {
	for source, want := range map[string]string{
		`<problem><customresponse cfn="f(x)"><textline/></customresponse></problem>`:                          "names no function",
		`<problem><customresponse cfn="f" cfn_extra_args="a b+c"><textline/></customresponse></problem>`:      "no name",
		`<problem><customresponse><textline/></customresponse></problem>`:                                     "no check function",
		`<problem><customresponse><textline/><answer/></customresponse></problem>`:                            "no program",
		`<problem><schematicresponse><schematic/></schematicresponse></problem>`:                              "no <answer>",
		`<problem><stringresponse answer="a"><hintgroup hintfn="f;g"/><textline/></stringresponse></problem>`: "names no function",
		`<problem><customresponse cfn="f"><choicegroup/></customresponse></problem>`:                          "cannot hold",
	} {
		_, findings, err := Compile(source)
		if err != nil || !slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.Message, want) }) {
			t.Errorf("%s: %+v, %v", source, findings, err)
		}
	}
}

func TestStatedAnswersOfCustomResponses(t *testing.T) {
	p := compiled(t, `<problem><customresponse cfn="f" expect="20"><textline correct_answer="11"/><textline correct_answer="9"/></customresponse>
		<customresponse cfn="f" answer="4" expect="5"><textline correct_answer="6"/></customresponse></problem>`)
	want := []Shown{{ID: "2_1", Texts: []string{"11"}}, {ID: "2_2", Texts: []string{"9"}}, {ID: "3_1", Texts: []string{"5"}}}
	if got := p.Secret.Reveal().Answers; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	answers, ok, err := p.Secret.SolveIn(&Circumstances{Run: func(p Program) (Ran, error) {
		if strings.Contains(string(p.Globals), `"6"`) {
			return left(`{"cfn_return": false}`), nil
		}
		return left(`{"cfn_return": true}`), nil
	}})
	if err != nil || !ok || answers["2_2"].Text != "9" || answers["3_1"].Text != "5" {
		t.Errorf("%v %v %v", answers, ok, err)
	}
}

func TestLinesOfScripts(t *testing.T) {
	p := compiled(t, "<problem>\n<script>a = 1\nb = 2\n</script>\n\n<p/>\n<script>\nc = 3</script></problem>")
	for line, want := range map[int]int{1: 2, 2: 3, 3: 4, 4: 7, 5: 8, 6: 0, 0: 0} {
		if got := p.Secret.ScriptLine(line); got != want {
			t.Errorf("line %d stands in line %d, want %d", line, got, want)
		}
	}
}

func TestPythonText(t *testing.T) {
	for data, want := range map[string]string{
		`1e-05`: "1e-05", `100000000000000000000`: "100000000000000000000", `null`: "None", `true`: "True", `"x'"`: "x'", `-0.0`: "-0.0",
		`[1, "a", null, {"k": [false], "b": "it's"}, {"$float": "-inf"}]`: `[1, 'a', None, {'k': [False], 'b': "it's"}, -inf]`, `{"$float": "nan"}`: "nan", `[]`: "[]",
	} {
		v, err := parseValue([]byte(data))
		if err != nil || pythonText(v) != want {
			t.Errorf("%s is %s, want %s, %v", data, pythonText(v), want, err)
		}
	}
	for _, data := range []string{``, `{`, `[1`, `1 2`, `{"a"}`, strings.Repeat("[", 500) + strings.Repeat("]", 500)} {
		if v, err := parseValue([]byte(data)); err == nil {
			t.Errorf("%.20s is read as %v", data, v)
		}
	}
}

func TestWellFormed(t *testing.T) {
	for html, want := range map[string]string{
		"<p>a<b>b":             "<p>a<b>b</b></p>",
		"a < b & c &amp; d":    "a &lt; b &amp; c &amp; d",
		`<img src="a>b"><br/>`: `<img src="a>b"><br/>`,
		"</div>x</p>":          "x",
		"<i>a<b>c</i>d":        "<i>a<b>c</b></i>d",
		"<P>x</p>":             "<P>x</p>",
		"<":                    "&lt;",
	} {
		if got := wellFormed(html); got != want {
			t.Errorf("%s becomes %s, want %s", html, got, want)
		}
	}
}

// FuzzReplies: whatever a program leaves behind, grading ends with finite points, and its HTML stays in its place.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{`true`, `{"ok": "partial", "msg": "<b>"}`, `{"input_list": [{"ok": 1}, {}]}`, `{"$float": "inf"}`, `[[]]`, `"`, `{"ok": true, "grade_decimal": 1e400}`} {
		f.Add(seed)
	}
	source := `<problem><customresponse cfn="f"><textline/><textline/></customresponse></problem>`
	f.Fuzz(func(t *testing.T, reply string) {
		p, _, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		result, err := p.Secret.GradeIn(Answers{"2_1": Given("a"), "2_2": Given("b")}, &Circumstances{Run: func(Program) (Ran, error) {
			return left(`{"cfn_return": ` + reply + `}`), nil
		}})
		if err != nil {
			return
		}
		if result.Score-result.Score != 0 {
			t.Fatalf("%v points", result.Score)
		}
		for _, part := range result.Parts {
			if again := wellFormed(part.Message); again != part.Message {
				t.Fatalf("%q is still open: %q", part.Message, again)
			}
		}
	})
}

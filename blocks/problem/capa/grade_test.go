package capa

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func compiled(t testing.TB, source string) *Prepared {
	t.Helper()
	p, _, err := Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatCannotBeGradedSaysWhy(t *testing.T) {
	for source, want := range map[string]string{
		`<problem><symbolicresponse expect="x"><textline/></symbolicresponse></problem>`:                    "unsupported unsupported_type",
		`<problem><stringresponse answer="a"><hintgroup hintfn="f"/><textline/></stringresponse></problem>`: "unsupported script_unavailable",
		`<problem><script>x=1</script><stringresponse answer="$x"><textline/></stringresponse></problem>`:   "ungradable script_failed",
		`<problem><p>$seed</p><stringresponse answer="a"><textline/></stringresponse></problem>`:            "ungradable cannot_grade",
		`<problem><stringresponse><textline/></stringresponse></problem>`:                                   "ungradable cannot_grade",
		`<problem><stringresponse answer="(" type="regexp"><textline/></stringresponse></problem>`:          "ungradable cannot_grade",
		`<problem><stringresponse answer="(a+)+\1!" type="regexp"><textline/></stringresponse></problem>`:   "ungradable pattern_slow",
		`<problem><numericalresponse answer="x"><textline/></numericalresponse></problem>`:                  "ungradable staff_answer",
	} {
		p := compiled(t, source)
		text := strings.Repeat("a", 3000)
		if strings.Contains(source, "numerical") {
			text = "5"
		}
		got := p.Secret.Grade(Answers{"2_1": Given(text)})
		if got.Failure == nil || string(got.Outcome)+" "+got.Failure.Message.Key != want {
			t.Errorf("%s: %s %+v, want %s", source, got.Outcome, got.Failure, want)
			continue
		}
		if got.Score != 0 || got.Total != 1 || len(got.Parts) != 0 || got.Success() {
			t.Errorf("%s: %+v", source, got)
		}
		if words := Catalogue(nil).Text(got.Failure.Message); words == got.Failure.Message.Key || strings.Contains(words, "{") {
			t.Errorf("%s: no words for %q", source, words)
		}
		if answers, ok := p.Secret.Solve(); ok && want != "ungradable pattern_slow" {
			t.Errorf("%s: solved by %v", source, answers)
		}
	}
}

func TestLongAnswersAreInvalid(t *testing.T) {
	p := compiled(t, `<problem><stringresponse answer="a"><textline/></stringresponse></problem>`)
	if got := p.Secret.Grade(Answers{"2_1": Given(strings.Repeat("a", MaxAnswer+1))}); got.Outcome != Invalid || got.Failure.ID != "2_1" {
		t.Errorf("%+v", got)
	}
	if got := p.Secret.Grade(Answers{"2_1": Given(strings.Repeat("a", MaxAnswer))}); got.Outcome != Scored {
		t.Errorf("%+v", got)
	}
}

func TestAnswersSurviveJSON(t *testing.T) {
	answers := Answers{"2_1": Given(`a "b"`), "3_1": Ticked("choice_0", "choice_1"), "4_1": Ticked()}
	data, err := json.Marshal(answers)
	if err != nil || string(data) != `{"2_1":"a \"b\"","3_1":["choice_0","choice_1"],"4_1":[]}` {
		t.Fatal(string(data), err)
	}
	var again Answers
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	again["4_1"] = Ticked()
	if !reflect.DeepEqual(again, answers) {
		t.Errorf("%v, want %v", again, answers)
	}
	if err := json.Unmarshal([]byte(`{"2_1": null, "3_1": [1], "4_1": {"a": 1}}`), &again); err != nil {
		t.Fatal(err)
	}
	for id, a := range again {
		if a.Kind != AnswerOther && id != "2_1" {
			t.Errorf("%s: %+v", id, a)
		}
	}
}

func TestForm(t *testing.T) {
	p := compiled(t, `<problem><choiceresponse><checkboxgroup><choice correct="true">a</choice><choice correct="true">b</choice></checkboxgroup></choiceresponse>
		<choiceresponse><checkboxgroup><choice correct="true">a</choice><compoundhint value="">none</compoundhint></checkboxgroup></choiceresponse>
		<stringresponse answer="x"><textline/></stringresponse><stringresponse answer="x"><textline/></stringresponse></problem>`)
	form := map[string][]string{"input_2_1[]": {"choice_0", "choice_1"}, "input_4_1": {" x "}, "other": {"y"}}
	answers := p.Public.Form(form)
	if got := p.Secret.Grade(answers); got.Score != 2 || got.Parts[1].Feedback == nil || got.Parts[1].Feedback.Items[0] != "none" {
		t.Errorf("%v: %+v", answers, got)
	}
	if _, ok := answers["5_1"]; ok {
		t.Errorf("a field that was not sent was answered: %v", answers)
	}
	delete(form, "other")
	if back := p.Public.FormOf(answers); !reflect.DeepEqual(back, form) {
		t.Errorf("%v, want %v", back, form)
	}
	if p.Public.Empty(answers) || !p.Public.Empty(p.Public.Form(nil)) || !p.Public.Empty(Answers{"4_1": Given(" ")}) {
		t.Error("Empty")
	}
}

func TestOptionLists(t *testing.T) {
	for text, want := range map[string][]string{
		`('a','b')`: {"a", "b"}, `["a", "b"]`: {"a", "b"}, `(red fish, blue fish)`: {"red fish", "blue fish"}, `('it's','b')`: {"it's", "b"},
		`('it\'s','b')`: {"it's", "b"}, `('a' 'b')`: {"a", "b"}, `('a, b','c')`: {"a, b", "c"}, `('')`: {""}, `()`: nil, ``: nil, `(`: {"("},
		`('(a)','b')`: {"(a)", "b"}, `('é'é','b')`: {"é'é", "b"}, ` ('a','b') `: {"a", "b"}, `('open`: {"ope"}, `('a',,'b',)`: {"a", "b"}, `("it's","b")`: {"it's", "b"},
	} {
		if got := parseOptions(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestIntervals(t *testing.T) {
	for text, want := range map[string]string{
		"[1,5]": "[1, 5]", "(1,5)": "(1, 5)", "[1,5)": "[1, 5)", "(1, 5]": "(1,  5]", "[1,2,3]": "[1, 2]",
		"1,5": "", "{1,5}": "", "[1,5": "", "": "", "[": "", "(1+2)*(3+4)": "", "(5)": "",
	} {
		got := ""
		if b, ok := cutInterval(text); ok {
			got = b.interval().String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if p := compiled(t, `<problem><numericalresponse answer="(1+2)*(3+4)"><textline/></numericalresponse></problem>`); p.Secret.Grade(Answers{"2_1": Given("21")}).Score != 1 {
		t.Error("a formula in parentheses is no interval")
	}
}

func TestSolveTriesUntilItScores(t *testing.T) {
	for inside, want := range map[string]string{
		`<numericalresponse answer="[1,5]"><textline/></numericalresponse>`:                                              "3",
		`<numericalresponse answer="(1,1e400)"><textline/></numericalresponse>`:                                          "2",
		`<numericalresponse answer="[-1e400,1)"><textline/></numericalresponse>`:                                         "-1e999",
		`<numericalresponse answer="1+2j"><textline/></numericalresponse>`:                                               "1+2*i",
		`<numericalresponse answer="-inf"><textline/></numericalresponse>`:                                               "-1e999",
		`<numericalresponse answer="2_0"><textline/></numericalresponse>`:                                                "20",
		`<numericalresponse answer="nan"><textline/></numericalresponse>`:                                                "",
		`<numericalresponse answer="(2,1)"><textline/></numericalresponse>`:                                              "",
		`<stringresponse answer="..bble" type="ci regexp"><textline/></stringresponse>`:                                  "..bble",
		`<stringresponse answer="(a)\1b" type="regexp"><textline/></stringresponse>`:                                     "aab",
		`<stringresponse answer="a_or_b"><textline/></stringresponse>`:                                                   "a",
		`<multiplechoiceresponse><choicegroup><choice correct="false">a</choice></choicegroup></multiplechoiceresponse>`: "",
		`<choiceresponse><checkboxgroup><choice correct="false">a</choice></checkboxgroup></choiceresponse>`:             "",
		`<optionresponse><optioninput><option correct="false">a</option></optioninput></optionresponse>`:                 "",
	} {
		answers, ok := compiled(t, "<problem>"+inside+"</problem>").Secret.Solve()
		if got := answers["2_1"].first(); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v; want %q", inside, got, ok, want)
		}
	}
}

func TestReport(t *testing.T) {
	p := compiled(t, `<problem><multiplechoiceresponse><label>Which <b>one</b>?</label><choicegroup><choice correct="true"><i>Lion</i></choice>
		<choice correct="false">Bear</choice></choicegroup></multiplechoiceresponse><stringresponse answer="a"><additional_answer answer="b"/><textline/></stringresponse></problem>`)
	answers := Answers{"2_1": Given("choice_1"), "3_1": Given("B")}
	want := []Row{
		{"2_1", "Which one?", "Bear", "Lion", Incorrect},
		{"3_1", "Question 2 of 2", "B", "a or b", Incorrect},
	}
	if got := p.Report(answers, p.Secret.Grade(answers)); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestFeedbackHTMLIsWorded(t *testing.T) {
	shout := Catalogue(func(key string, _ ...any) string {
		if key == "label_partial" {
			return "HALB:"
		}
		return ""
	})
	p := compiled(t, `<problem><multiplechoiceresponse partial_credit="points"><choicegroup><choice correct="true">a</choice>
		<choice correct="partial">b<choicehint>Nearly</choicehint></choice></choicegroup></multiplechoiceresponse></problem>`)
	got := p.Secret.Grade(Answers{"2_1": Given("choice_1")}).Parts[0].FeedbackHTML(shout)
	want := `<div class="feedback partially-correct"><strong>HALB:</strong> <div>Nearly</div></div>`
	if got != want {
		t.Errorf("%s", got)
	}
	part := Part{Message: "<b>m</b>", Hint: "h", HintMode: "on_request"}
	if got := part.FeedbackHTML(nil); got != `<div class="feedback"><b>m</b></div><details class="feedback"><summary>Hint</summary>h</details>` {
		t.Errorf("%s", got)
	}
}

func BenchmarkGrade(b *testing.B) {
	for name, c := range map[string]struct{ source, answer string }{
		"choice":  {`<problem><multiplechoiceresponse><choicegroup><choice correct="false">a<choicehint>no</choicehint></choice><choice correct="true">b<choicehint>yes</choicehint></choice><choice correct="false">c</choice></choicegroup></multiplechoiceresponse></problem>`, "choice_1"},
		"option":  {`<problem><optionresponse><optioninput options="('a','b')" correct="a"/></optionresponse></problem>`, "a"},
		"text":    {`<problem><stringresponse answer="Vulnerable" type="ci"><textline/></stringresponse></problem>`, "vulnerable"},
		"pattern": {`<problem><stringresponse answer="..bble" type="ci regexp"><textline/></stringresponse></problem>`, "Bubble"},
		"number":  {`<problem><numericalresponse answer="3.14159"><responseparam type="tolerance" default="1%"/><formulaequationinput/></numericalresponse></problem>`, "22/7"},
		"formula": {`<problem><numericalresponse answer="sqrt(2)"><formulaequationinput/></numericalresponse></problem>`, "2^0.5*cos(0)"},
	} {
		b.Run(name, func(b *testing.B) {
			p := compiled(b, c.source)
			answers := Answers{"2_1": Given(c.answer)}
			b.ReportAllocs()
			for b.Loop() {
				if p.Secret.Grade(answers).Score != 1 {
					b.Fatal("not right")
				}
			}
		})
	}
	b.Run("checkbox", func(b *testing.B) {
		p := compiled(b, `<problem><choiceresponse partial_credit="EDC"><checkboxgroup><choice correct="true">a</choice><choice correct="false">b</choice><choice correct="true">c</choice></checkboxgroup></choiceresponse></problem>`)
		answers := Answers{"2_1": Ticked("choice_0", "choice_2")}
		for b.Loop() {
			p.Secret.Grade(answers)
		}
	})
}

func BenchmarkCompileAndView(b *testing.B) {
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			compiled(b, secretive)
		}
	})
	b.Run("view", func(b *testing.B) {
		p := compiled(b, secretive)
		for b.Loop() {
			p.Public.View(ViewOptions{Form: "f", ID: "p-"})
		}
	})
	b.Run("variant", func(b *testing.B) {
		p := compiled(b, secretive)
		for b.Loop() {
			if _, _, err := p.Variant(Variation{Seed: 723}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package capa

import (
	"slices"
	"testing"
)

func formulaProblem(attributes, inside string) string {
	return "<problem>\n<formularesponse " + attributes + ">" + inside + "<formulaequationinput/></formularesponse></problem>"
}

func TestFormulas(t *testing.T) {
	square := formulaProblem(`answer="(a+b)^2" samples="a,b@1,1:5,5#10"`, "")
	for given, want := range map[string]string{
		"a^2+2*a*b+b^2": "scored correct", "(B+A)*(a+b)": "scored correct", "a^2+b^2": "scored incorrect", "": "scored incorrect",
		"(a+b)^2+1e-9": "scored correct", "c": "invalid math_variable", "f(a)": "invalid math_function", "a(b)": "invalid math_function_multiply",
		"a+": "invalid formula_syntax", "1/0": "invalid formula_syntax", "(a": "invalid math_unclosed", "fact(-1)": "invalid formula_factorial",
	} {
		got := compiled(t, square).Secret.Grade(Answers{"2_1": Given(given)})
		have := string(got.Outcome)
		if got.Failure != nil {
			have += " " + got.Failure.Message.Key
		} else {
			have += " " + string(got.Parts[0].Correctness)
		}
		if have != want {
			t.Errorf("%q: %s, want %s", given, have, want)
		}
	}
	cased := compiled(t, formulaProblem(`answer="a" samples="a@1:2#3" type="cs"`, ""))
	if got := cased.Secret.Grade(Answers{"2_1": Given("A")}); got.Failure == nil || got.Failure.Message.Key != "math_variable_case" {
		t.Errorf("%+v", got)
	}
	if answers, ok := cased.Secret.Solve(); !ok || answers["2_1"].Text != "a" {
		t.Errorf("%v %v", answers, ok)
	}
}

func TestFormulaHints(t *testing.T) {
	p := compiled(t, formulaProblem(`answer="x^2" samples="x@1:5#11"`, `<hintgroup mode="on_request">
		<formulahint samples="x@1:5#11" answer="2*x" name="n"/><formulahint samples="?" answer="x" name="n"/><formulahint samples="x@1:5#11" answer="y" name="n"/>
		<hintpart on="n"><text>not <b>double</b></text></hintpart></hintgroup>`))
	for given, want := range map[string]string{"x+x": "not <b>double</b>", "x^2": "", "x": ""} {
		if got := p.Secret.Grade(Answers{"2_1": Given(given)}).Parts[0]; got.Hint != want {
			t.Errorf("%s: %+v", given, got)
		}
	}
}

func TestFormulaFindings(t *testing.T) {
	for attributes, want := range map[string]string{
		`samples="x@1:2#3"`:                    `<formularesponse> states no answer`,
		`answer="x" samples="x"`:               `samples="x" cannot be read: there is no @ behind the variables`,
		`answer="x" samples="x@1:2"`:           `samples="x@1:2" cannot be read: there is no # before the number of points`,
		`answer="x" samples="x@1#3"`:           `samples="x@1#3" cannot be read: there is no : between the lower and the upper bounds`,
		`answer="x" samples="x@a:2#3"`:         `samples="x@a:2#3" cannot be read: a bound of x is no number`,
		`answer="x" samples="x@1:inf#3"`:       `samples="x@1:inf#3" cannot be read: a bound of x is no number`,
		`answer="x" samples="x@1:2#2.5"`:       `samples="x@1:2#2.5" cannot be read: the number of points is no whole number up to 1000`,
		`answer="x" samples="x@1:2#9999"`:      `samples="x@1:2#9999" cannot be read: the number of points is no whole number up to 1000`,
		`answer="x" samples="x@1:2#0"`:         `with no point to compare at every formula is right`,
		`answer="x" samples="x@2:1#3"`:         `the lower bound of x is above the upper one`,
		`answer="y" samples="x@1:2#3"`:         `the answer "y" cannot be computed: evaluating formula: unknown name y`,
		`answer="x+" samples="x@1:2#3"`:        `the answer "x+" cannot be computed: evaluating formula: syntax error`,
		`answer="x/0" samples="x@1:2#3"`:       `the answer "x/0" cannot be computed: evaluating formula: division by zero`,
		`answer="0*1e999*x" samples="x@1:2#3"`: `the answer "0*1e999*x" is no number at some of the points`,
	} {
		if list := mistakes(t, formulaProblem(attributes, "")); !slices.Contains(list, "2: "+want) {
			t.Errorf("%s\n   finds %q, want %q", attributes, list, want)
		}
	}
	if list := mistakes(t, `<problem><script>a = 1</script><formularesponse answer="$a*x" samples="$s"><textline/></formularesponse></problem>`); len(list) > 0 {
		t.Errorf("variables are blamed: %q", list)
	}
}

// The same formula is compared at the same points in every try, at others than another formula, all of them inside the domain.
func TestPointsAreTheSameEachTime(t *testing.T) {
	d, bad := parseDomain("x,y@1,-2:3,4#200")
	if bad != "" {
		t.Fatal(bad)
	}
	first, again, other := d.points("x"), d.points("x"), d.points("y")
	same := 0
	for i := range first {
		for k := range first[i] {
			v, _ := first[i][k].Value.Parts()
			w, _ := again[i][k].Value.Parts()
			o, _ := other[i][k].Value.Parts()
			if v != w || v < d.Low[k] || v >= d.High[k] || first[i][k].Name != d.Names[k] {
				t.Fatalf("point %d: %v, %v", i, first[i], again[i])
			}
			if v == o {
				same++
			}
		}
	}
	if same > 0 {
		t.Errorf("%d values are the same for another formula", same)
	}
}

func FuzzDomain(f *testing.F) {
	for _, text := range []string{"x,y@1,2:3,4#10", "x@1:2#0", "@:#1", "x,@1e300,:-1e300,#-5", "x@nan:1#1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, bad := parseDomain(text)
		if bad != "" {
			return
		}
		if len(d.points(text)) != d.Count || d.Count > maxSamples || len(d.Names) != len(d.Low) || len(d.Low) != len(d.High) {
			t.Errorf("%q: %+v", text, d)
		}
	})
}

func TestTrueFalse(t *testing.T) {
	p := compiled(t, `<problem><truefalseresponse><choicegroup><choice correct="true">a<choicehint>A</choicehint></choice>
		<choice correct="false">b<choicehint>B</choicehint></choice><choice correct="true" name="c">c</choice></choicegroup></truefalseresponse></problem>`)
	for _, c := range []struct {
		ticks []string
		want  Correctness
		hint  string
	}{
		{[]string{"choice_0", "choice_c"}, Correct, "A"},
		{[]string{"choice_c", "choice_0", "choice_0"}, Correct, ""},
		{[]string{"choice_0"}, Incorrect, "A"},
		{[]string{"choice_1", "choice_0", "choice_c"}, Incorrect, "B"},
		{nil, Incorrect, ""},
	} {
		got := p.Secret.Grade(Answers{"2_1": Ticked(c.ticks...)}).Parts[0]
		hint := ""
		if got.Feedback != nil {
			hint = got.Feedback.Items[0]
		}
		if got.Correctness != c.want || hint != c.hint {
			t.Errorf("%v: %+v %s", c.ticks, got, hint)
		}
	}
	if answers, ok := p.Secret.Solve(); !ok || p.Secret.Grade(p.Public.Form(p.Public.FormOf(answers))).Score != 1 {
		t.Errorf("%v %v", answers, ok)
	}
}

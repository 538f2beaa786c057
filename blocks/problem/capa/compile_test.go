package capa

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// mistakes compiles and lists findings as "line: message".
func mistakes(t *testing.T, source string) []string {
	t.Helper()
	_, findings, err := Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range findings {
		if f.Fix == "" || f.Line == 0 {
			t.Errorf("%v has no place or no fix", f)
		}
		list = append(list, itoa(f.Line)+": "+f.Message)
	}
	return list
}

func TestFindings(t *testing.T) {
	for inside, want := range map[string]string{
		`<stringresponse><textline/></stringresponse>`:                                                 `<stringresponse> states no answer`,
		`<stringresponse answer="a"/>`:                                                                 `<stringresponse> has no input`,
		`<stringresponse answer="a"><textline/><textline/></stringresponse>`:                           `<stringresponse> has more than one input`,
		`<stringresponse answer="a"><choicegroup/></stringresponse>`:                                   `<stringresponse> cannot hold <choicegroup>`,
		`<stringresponse answer="(" type="regexp"><textline/></stringresponse>`:                        `the answer is no regular expression: missing ), unterminated subpattern`,
		`<stringresponse answer="a"><regexphint answer="[">x</regexphint><textline/></stringresponse>`: `the pattern "[" is no regular expression: unterminated character set`,
		`<stringresponse answer="a"><regexphint>x</regexphint><textline/></stringresponse>`:            `the hint has no pattern`,
		`<stringresponse answer="a_or_b"><additional_answer answer="c"/><textline/></stringresponse>`:  `an additional answer does not count beside _or_`,
		`<stringresponse answer="a"><additional_answer/><textline/></stringresponse>`:                  `<additional_answer> states no answer`,
		`<stringresponse answer="a"><textline points="x"/></stringresponse>`:                           `points="x" is not a whole number`,
		`<textline/>`:         `<textline> stands outside of all responses`,
		`<include file="x"/>`: `<include> is not supported`,
		`<stringresponse answer="a"><textline/><numericalresponse answer="1"><textline/></numericalresponse></stringresponse>`:                                                                      `<numericalresponse> stands inside of <stringresponse>`,
		`<numericalresponse answer="abc"><textline/></numericalresponse>`:                                                                                                                           `the answer "abc" is no number`,
		`<numericalresponse answer="[1]"><textline/></numericalresponse>`:                                                                                                                           `the interval "[1]" has no two ends`,
		`<numericalresponse answer="[1,x]"><textline/></numericalresponse>`:                                                                                                                         `an end of the interval "[1,x]" is no real number`,
		`<numericalresponse answer="1"><responseparam type="tolerance" default="?"/><textline/></numericalresponse>`:                                                                                `the tolerance "?" is no number`,
		`<numericalresponse answer="1" partial_credit="list"><textline/></numericalresponse>`:                                                                                                       `partial credit for a list, but there is no list`,
		`<numericalresponse answer="1" partial_credit="points"><textline/></numericalresponse>`:                                                                                                     `partial_credit="points" is not known here`,
		`<numericalresponse answer="1" partial_credit="close"><responseparam partial_range="-1"/><textline/></numericalresponse>`:                                                                   `partial_range="-1" is not a number above 0`,
		`<numericalresponse answer="1"><additional_answer/><textline/></numericalresponse>`:                                                                                                         `<additional_answer> states no answer`,
		`<optionresponse><optioninput correct="a"/></optionresponse>`:                                                                                                                               `the list has no options`,
		`<optionresponse><optioninput options="('a','b')"/></optionresponse>`:                                                                                                                       `the list does not say which option is right`,
		`<optionresponse><optioninput options="('a','b')" correct="c"/></optionresponse>`:                                                                                                           `the right option "c" is not among the options`,
		`<optionresponse><optioninput options="('a','a')" correct="a"/></optionresponse>`:                                                                                                           `the option "a" stands twice`,
		`<optionresponse><optioninput><option correct="true">a</option><option correct="true">b</option></optioninput></optionresponse>`:                                                            `more than one option is correct`,
		`<optionresponse><optioninput><option correct="false">a</option></optioninput></optionresponse>`:                                                                                            `no option is correct`,
		`<multiplechoiceresponse><choicegroup><choice correct="false">a</choice></choicegroup></multiplechoiceresponse>`:                                                                            `no choice is correct`,
		`<multiplechoiceresponse><choicegroup/></multiplechoiceresponse>`:                                                                                                                           `there is no choice`,
		`<multiplechoiceresponse><choicegroup><choice>a</choice><choice correct="true">b</choice></choicegroup></multiplechoiceresponse>`:                                                           `<choice> does not say whether it is correct`,
		`<multiplechoiceresponse><choicegroup><choice correct="true">a</choice><choice correct="false">a</choice></choicegroup></multiplechoiceresponse>`:                                           `two choices read the same`,
		`<multiplechoiceresponse><choicegroup><choice correct="true" name="x">a</choice><choice name="x" correct="false">b</choice></choicegroup></multiplechoiceresponse>`:                         `two choices have the name "choice_x"`,
		`<multiplechoiceresponse><choicegroup><p/><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                                                                         `<p> stands among the choices`,
		`<multiplechoiceresponse partial_credit="EDC"><choicegroup><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                                                        `partial_credit="EDC" is not known here`,
		`<multiplechoiceresponse partial_credit="points"><choicegroup><choice correct="true">a</choice><choice correct="partial" point_value="x">b</choice></choicegroup></multiplechoiceresponse>`: `point_value="x" is not a number`,
		`<multiplechoiceresponse targeted-feedback=""><choicegroup><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                                                        `there is no <targetedfeedbackset> behind the question`,
		`<targetedfeedbackset/>`: `no question before it has targeted-feedback`,
		`<multiplechoiceresponse><choicegroup answer-pool="x"><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                                    `answer-pool="x" is not a number`,
		`<multiplechoiceresponse><choicegroup answer-pool="-1"><choice correct="true">a</choice><choice correct="false">b</choice></choicegroup></multiplechoiceresponse>`: `answer-pool="-1" is below 0`,
		`<multiplechoiceresponse><choicegroup answer-pool="2" shuffle="true"><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                     `shuffle and answer-pool stand together`,
		`<multiplechoiceresponse><choicegroup answer-pool="2"><choice correct="true">a</choice></choicegroup></multiplechoiceresponse>`:                                    `an answer pool needs a right and a wrong choice`,
		`<choiceresponse><checkboxgroup><choice correct="maybe">a</choice><choice correct="true">b</choice></checkboxgroup></choiceresponse>`:                              `correct="maybe" is neither true nor false`,
		`<choiceresponse><checkboxgroup><choice correct="false">a</choice></checkboxgroup></choiceresponse>`:                                                               `no choice is correct, and ticking none never is`,
		`<choiceresponse partial_credit="x"><checkboxgroup><choice correct="true">a</choice></checkboxgroup></choiceresponse>`:                                             `partial_credit="x" is not known here`,
		`<choiceresponse><checkboxgroup><choice correct="true">a<choicehint>h</choicehint></choice></checkboxgroup></choiceresponse>`:                                      `the hint does not say for which choice it is`,
		`<choiceresponse><checkboxgroup><choice correct="true">a</choice><compoundhint value="A Q">h</compoundhint></checkboxgroup></choiceresponse>`:                      `no choice has the id "Q"`,
	} {
		list := mistakes(t, "<problem>\n"+inside+"\n</problem>")
		if !slices.Contains(list, "2: "+want) {
			t.Errorf("%s\n   finds %q, want %q", inside, list, want)
		}
	}
}

// A problem with a script is not blamed for what only the script's values can show.
func TestVariablesAreNotBlamed(t *testing.T) {
	list := mistakes(t, `<problem><script>x = 1</script>
		<numericalresponse answer="$x"><responseparam type="tolerance" default="$t"/><textline/></numericalresponse>
		<numericalresponse answer="[$x,$y]" partial_credit="close,list"><responseparam partial_answers="$a,$b"/><responseparam partial_range="$r"/><textline/></numericalresponse>
		<stringresponse answer="$(" type="regexp"><regexphint answer="$[">h</regexphint><textline/></stringresponse>
		<multiplechoiceresponse><choicegroup answer-pool="2"><choice correct="$c">$a</choice><choice correct="$d">$a</choice></choicegroup></multiplechoiceresponse>
		<choiceresponse><checkboxgroup><choice correct="$c">a</choice></checkboxgroup></choiceresponse>
		<optionresponse><optioninput options="($l)" correct="$r"/></optionresponse></problem>`)
	if len(list) > 0 {
		t.Errorf("found %q", list)
	}
}

func TestManyFindingsAreBounded(t *testing.T) {
	if list := mistakes(t, "<problem>"+strings.Repeat("<textline/>", 5000)+"</problem>"); len(list) != maxFindings {
		t.Errorf("%d findings", len(list))
	}
	one := `<stringresponse answer="a"><textline/></stringresponse>`
	p, _, err := Compile("<problem>" + strings.Repeat(one, maxInputs+1) + "</problem>")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Secret.Grade(nil); got.Outcome != Ungradable {
		t.Errorf("%d inputs: %s", maxInputs+1, got.Outcome)
	}
}

// secretive states a key, a hint and an explanation of every kind. Each holds the word CANARY.
const secretive = `<problem><p>Text</p>
	<multiplechoiceresponse targeted-feedback=""><label>L</label><choicegroup shuffle="true">
		<choice correct="true" name="CANARYLESS" explanation-id="CANARY">a<choicehint label="CANARY">CANARY</choicehint></choice>
		<choice correct="false">b</choice></choicegroup></multiplechoiceresponse>
	<targetedfeedbackset><targetedfeedback explanation-id="CANARY">CANARY</targetedfeedback></targetedfeedbackset>
	<choiceresponse><checkboxgroup><choice correct="true" id="CANARY">a<choicehint selected="true">CANARY</choicehint></choice>
		<compoundhint value="CANARY">CANARY</compoundhint></checkboxgroup></choiceresponse>
	<optionresponse><optioninput><option correct="true">a<optionhint>CANARY</optionhint></option></optioninput></optionresponse>
	<stringresponse answer="CANARY"><correcthint>CANARY</correcthint><additional_answer answer="CANARY">CANARY</additional_answer>
		<stringequalhint answer="CANARY">CANARY</stringequalhint><regexphint answer="CANARY">CANARY</regexphint>
		<hintgroup><stringhint answer="CANARY" name="n"/><hintpart on="n"><text>CANARY</text></hintpart></hintgroup><textline/></stringresponse>
	<numericalresponse answer="31415"><responseparam type="tolerance" default="27182%"/><additional_answer answer="16180"/>
		<correcthint>CANARY</correcthint><formulaequationinput/></numericalresponse>
	<truefalseresponse><choicegroup><choice correct="true">a<choicehint label="CANARY">CANARY</choicehint></choice></choicegroup></truefalseresponse>
	<formularesponse answer="CANARY" samples="CANARY@1:2#31415"><responseparam type="tolerance" default="27182%"/>
		<hintgroup><formulahint answer="CANARY" samples="x@1:2#3" name="n"/><hintpart on="n"><text>CANARY</text></hintpart></hintgroup>
		<formulaequationinput/></formularesponse>
	<imageresponse><imageinput src="/static/a.png" width="100" height="100" rectangle="(31415,1)-(31416,2)" regions="[[[16180,1],[16181,1],[16180,3]]]"/></imageresponse>
	<annotationresponse><annotationinput><options><option choice="correct" note="x">a</option></options></annotationinput></annotationresponse>
	<choicetextresponse><checkboxtextgroup><choice correct="true">a <i><numtolerance_input answer="16180" tolerance="27182"/></i></choice></checkboxtextgroup></choicetextresponse>
	<customresponse cfn="CANARY" expect="CANARY"><textline correct_answer="CANARY"/><answer>CANARY</answer></customresponse>
	<solution>CANARY</solution><solutionset><solution>CANARY</solution></solutionset></problem>`

func TestPublicHoldsNoSecret(t *testing.T) {
	p, _, err := Compile(secretive)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p.Public)
	if err != nil {
		t.Fatal(err)
	}
	view := p.Public.View(ViewOptions{Answers: Answers{"3_1": Ticked("choice_0")}, Submitted: true, Hints: 9})
	for name, text := range map[string]string{
		"public value": string(data), "view": view.Notice + view.Body + view.Hints, "search": p.Facts.Search,
	} {
		text = strings.ReplaceAll(text, "choice_CANARYLESS", "") // a choice's name is what its control sends
		for _, canary := range []string{"CANARY", "31415", "27182", "16180", `correct=`, `numtolerance_input a`, `choice="`} {
			if strings.Contains(text, canary) {
				t.Errorf("the %s holds %s: %s", name, canary, text)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	p, _, err := Compile(secretive)
	if err != nil {
		t.Fatal(err)
	}
	f := p.Facts
	if f.MaxScore != 12 || f.Questions != 11 || f.Inputs != 11 || !f.Shuffles || f.Varies || !f.Solutions || f.Script {
		t.Errorf("%+v", f)
	}
	if len(f.Unsupported) > 0 || f.Search != "Text L a b a a a a a" {
		t.Errorf("%+v", f)
	}
	for source, want := range map[string][3]bool{ // varies, learner, script
		`<problem>$5</problem>`:                                        {},
		`<problem>$seed</problem>`:                                     {true, false, false},
		`<problem>$anonymous_student_id</problem>`:                     {true, true, false},
		`<problem><script>x=1</script></problem>`:                      {true, false, true},
		`<problem><script>x=anonymous_student_id</script></problem>`:   {true, true, true},
		`<problem><script/></problem>`:                                 {},
		`<problem><script type="text/javascript">x</script></problem>`: {},
	} {
		p, _, err := Compile(source)
		if err != nil || [3]bool{p.Facts.Varies, p.Facts.Learner, p.Facts.Script} != want {
			t.Errorf("%s: %+v, %v", source, p.Facts, err)
		}
	}
}

func TestAnswerHash(t *testing.T) {
	hash := func(source string) string {
		p, _, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		return p.AnswerHash()
	}
	base := hash(secretive)
	for _, change := range [][2]string{
		{"Text", "Better text"},
		{">CANARY</solution>", ">why</solution>"},
		{"<choicehint selected=\"true\">CANARY", "<choicehint selected=\"true\">x"},
		{"<correcthint>CANARY</correcthint><form", "<form"},
		{"<optionhint>CANARY", "<optionhint>x"},
		{">b<", ">bb<"},
		{`<stringequalhint answer="CANARY">`, `<stringequalhint answer="x">`},
		{`<targetedfeedback explanation-id="CANARY">CANARY`, `<targetedfeedback explanation-id="CANARY">x`},
	} {
		if !strings.Contains(secretive, change[0]) {
			t.Fatal(change)
		}
		if hash(strings.Replace(secretive, change[0], change[1], 1)) != base {
			t.Errorf("%q changes the hash", change)
		}
	}
	for _, change := range [][2]string{
		{`answer="31415"`, `answer="31416"`},
		{`default="27182%"`, `default="1%"`},
		{`answer="16180"`, `answer="1"`},
		{`<stringresponse answer="CANARY"`, `<stringresponse answer="x"`},
		{`<stringresponse `, `<stringresponse type="ci" `},
		{`correct="false">b`, `correct="true">b`},
		{`<textline/>`, `<textline points="2"/>`},
		{`<option correct="true">a`, `<option correct="true">z`},
		{`<choiceresponse>`, `<choiceresponse partial_credit="EDC">`},
		{`shuffle="true"`, `answer-pool="2"`},
	} {
		if !strings.Contains(secretive, change[0]) {
			t.Fatal(change)
		}
		if hash(strings.Replace(secretive, change[0], change[1], 1)) == base {
			t.Errorf("%q keeps the hash", change)
		}
	}
}

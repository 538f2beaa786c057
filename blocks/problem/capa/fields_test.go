package capa

import (
	"slices"
	"strings"
	"testing"
)

func inProblem(inside string) string { return "<problem>\n" + inside + "\n</problem>" }

const pictured = `<imageresponse><imageinput src="/static/a.png" width="100" height="80" rectangle="(10,10)-(20,30);[40,40]-[50,50]" regions="[[[60,10],[90,10],[60,40],[65,15]]]"/></imageresponse>`

func TestPoints(t *testing.T) {
	p := compiled(t, inProblem(pictured))
	for given, want := range map[string]string{
		"[10,10]": "correct", "[20,30]": "correct", "[21,30]": "incorrect", " [ 45 , 45 ] ": "correct", "[61,11]": "correct",
		"[60,10]": "incorrect", "[75,25]": "incorrect", "[76,26]": "incorrect", "": "incorrect", // corners and edges of regions do not count
		"x": "point_unread", "[1.5,2]": "point_unread", "[-1,3]": "point_unread", "[99999999999999999999,1]": "point_unread",
	} {
		got := p.Secret.Grade(Answers{"2_1": Given(given)})
		var have string
		if got.Failure != nil {
			have = got.Failure.Message.Key
		} else {
			have = string(got.Parts[0].Correctness)
		}
		if have != want {
			t.Errorf("%q: %s, want %s", given, have, want)
		}
	}
	if got := p.Public.Form(map[string][]string{"input_2_1_x": {"12"}, "input_2_1_y": {"13"}})["2_1"]; got.Text != "[12,13]" {
		t.Errorf("%+v", got)
	}
	if got := p.Public.Form(map[string][]string{"input_2_1_x": {""}, "input_2_1_y": {""}})["2_1"]; !got.empty() {
		t.Errorf("%+v", got)
	}
	view := p.Public.View(ViewOptions{Answers: Answers{"2_1": Given("[12,13]")}}).Body
	for _, part := range []string{`name="input_2_1_x" max="100" value="12"`, `<circle cx="12" cy="13"`} {
		if !strings.Contains(view, part) {
			t.Errorf("no %s in %s", part, view)
		}
	}
}

func TestHull(t *testing.T) {
	square := hull([][]float64{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {5, 5}, {5, 0}, {0, 0}})
	if !slices.Equal(square.Corners, []float64{0, 0, 10, 0, 10, 10, 0, 10}) {
		t.Errorf("%v", square.Corners)
	}
	for _, points := range [][][]float64{nil, {{1, 1}}, {{1, 1}, {2, 2}}, {{1, 1}, {2, 2}, {3, 3}}, {{1, 1}, {1, 1}, {1, 1}}} {
		if p := hull(points); len(p.Corners) > 0 {
			t.Errorf("%v encloses %v", points, p.Corners)
		}
	}
}

const annotated = `<annotationresponse><annotationinput><title>T</title><text>t</text><options><option choice="incorrect">no</option>
	<option choice="partially-correct">half</option><option choice="correct">yes</option></options></annotationinput></annotationresponse>`

func TestAnnotations(t *testing.T) {
	p := compiled(t, inProblem(annotated))
	for given, want := range map[string]float64{
		`{"options":[2],"comment":"c"}`: 2, `{"options":[1]}`: 1, `{"options":[true]}`: 1, `{"options":[1.0]}`: 1, `{"options":[0]}`: 0,
		`{"options":["2"]}`: 0, `{"options":[1,2]}`: 0, `{"options":[9]}`: 0, `{"options":[-1]}`: 0, `{`: 0, ``: 0, `[]`: 0, `{"options":[1e99]}`: 0,
	} {
		if got := p.Secret.Grade(Answers{"2_1": Given(given)}); got.Score != want || got.Total != 2 {
			t.Errorf("%s: %v of %v", given, got.Score, got.Total)
		}
	}
	form := map[string][]string{"input_2_1_comment": {"it <is>"}, "input_2_1_tag": {"2"}}
	answers := p.Public.Form(form)
	if got := p.Secret.Grade(answers); got.Score != 2 {
		t.Errorf("%+v", answers)
	}
	view := p.Public.View(ViewOptions{Answers: answers}).Body
	if !strings.Contains(view, ">it &lt;is&gt;</textarea>") || !strings.Contains(view, `value="2" checked`) {
		t.Error(view)
	}
	if rows := p.Report(answers, nil); rows[0].Answer != "yes: it <is>" || rows[0].Correct != "yes" {
		t.Errorf("%+v", rows)
	}
	if answers := p.Public.Form(map[string][]string{"input_2_1_comment": {""}}); !p.Public.Empty(answers) {
		t.Errorf("%+v", answers)
	}
}

const numbered = `<choicetextresponse><radiotextgroup><choice correct="true">x is <b>about <numtolerance_input answer="5" tolerance="1"/></b></choice>
	<choice correct="false">y is <decoy_input/></choice><choice correct="false">plain</choice></radiotextgroup></choicetextresponse>`

func TestChoicesWithNumbers(t *testing.T) {
	p := compiled(t, inProblem(numbered))
	const first, second = "2_1_choiceinput_0", "2_1_choiceinput_1"
	for _, c := range []struct{ choice, number, other, want string }{
		{first, "5", "", "correct"},
		{first, "2+4", "", "correct"},
		{first, "6.1", "", "incorrect"},
		{first, "", "", "incorrect"},
		{first, "x", "", "math_number"},
		{first, "5", "x", "correct"},
		{second, "5", "5", "incorrect"},
		{second, "5", "x", "math_number"},
		{"2_1_choiceinput_2", "5", "", "incorrect"},
		{"none", "5", "", "incorrect"},
	} {
		form := map[string][]string{
			"input_2_1": {c.choice + "bc"}, "input_" + first + "_numtolerance_input_0": {c.number}, "input_" + second + "_numtolerance_input_0": {c.other},
		}
		answers := p.Public.Form(form)
		got := p.Secret.Grade(answers)
		var have string
		if got.Failure != nil {
			have = got.Failure.Message.Key
		} else {
			have = string(got.Parts[0].Correctness)
		}
		if have != c.want {
			t.Errorf("%+v: %s", c, have)
		}
		view := p.Public.View(ViewOptions{Answers: answers}).Body
		if c.other != "" && !strings.Contains(view, `value="`+c.other+`"`) {
			t.Errorf("the number %s is lost in %s", c.other, view)
		}
	}
	answers, ok := p.Secret.Solve()
	if !ok || p.Secret.Grade(p.Public.Form(p.Public.FormOf(answers))).Score != 1 {
		t.Errorf("%v %v", answers, ok)
	}
	if rows := p.Report(answers, nil); rows[0].Answer != "x is about, 5" {
		t.Errorf("%+v", rows)
	}
}

func TestFieldFindings(t *testing.T) {
	image := func(attributes string) string {
		return `<imageresponse><imageinput src="a.png" width="100" height="80" ` + attributes + `/></imageresponse>`
	}
	for inside, want := range map[string]string{
		image(``):                                   `no place in the picture is right`,
		image(`rectangle="10,10"`):                  `the rectangle "10,10" cannot be read`,
		image(`rectangle="(20,20)-(10,10)"`):        `a rectangle holds nothing: its first corner must be the upper left one`,
		image(`rectangle="(20,20)-(101,30)"`):       `a right area reaches out of the picture`,
		image(`regions="[[[0,0],[10,0],[10,90]]]"`): `a right area reaches out of the picture`,
		image(`regions="junk"`):                     `the regions cannot be read`,
		image(`regions="[[1,2,3]]"`):                `the regions cannot be read`,
		`<imageresponse><imageinput rectangle="(1,1)-(2,2)" width="9" height="9"/></imageresponse>`:                                                                `the picture has no address`,
		`<imageresponse><imageinput src="a" rectangle="(1,1)-(2,2)" width="x" height="9"/></imageresponse>`:                                                        `width="x" is not the picture's size in pixels`,
		`<annotationresponse><annotationinput/></annotationresponse>`:                                                                                              `there is no tag to choose`,
		`<annotationresponse><annotationinput><options><option choice="CORRECT">a</option></options></annotationinput></annotationresponse>`:                       `choice="CORRECT" is no judgement on the tag`,
		`<annotationresponse><annotationinput><options><option choice="incorrect">a</option></options></annotationinput></annotationresponse>`:                     `no tag is correct`,
		`<choicetextresponse><radiotextgroup><choice correct="false">a</choice></radiotextgroup></choicetextresponse>`:                                             `no choice is correct`,
		`<choicetextresponse><radiotextgroup><choice correct="TRUE">a</choice></radiotextgroup></choicetextresponse>`:                                              `correct="TRUE" does not count`,
		`<choicetextresponse><radiotextgroup><choice correct="x">a</choice></radiotextgroup></choicetextresponse>`:                                                 `correct="x" is neither true nor false`,
		`<choicetextresponse><radiotextgroup><choice correct="true">a</choice><choice correct="true">b</choice></radiotextgroup></choicetextresponse>`:             `several choices are correct, and only one can be chosen`,
		`<choicetextresponse><radiotextgroup><choice correct="true"><numtolerance_input/></choice></radiotextgroup></choicetextresponse>`:                          `the number field states no answer`,
		`<choicetextresponse><radiotextgroup><choice correct="true"><numtolerance_input answer="?"/></choice></radiotextgroup></choicetextresponse>`:               `the answer "?" is no number`,
		`<choicetextresponse><radiotextgroup><choice correct="true"><numtolerance_input answer="1" tolerance="?"/></choice></radiotextgroup></choicetextresponse>`: `the tolerance "?" is no number`,
		`<choicetextresponse><radiotextgroup/></choicetextresponse>`:                                                                                               `there is no choice`,
	} {
		if list := mistakes(t, inProblem(inside)); !slices.Contains(list, "2: "+want) {
			t.Errorf("%s\n   finds %q, want %q", inside, list, want)
		}
	}
	if list := mistakes(t, `<problem><script>a = 1</script>`+image(`rectangle="$r"`)+`<choicetextresponse><radiotextgroup><choice correct="true">
		<numtolerance_input answer="$a" tolerance="$t"/></choice></radiotextgroup></choicetextresponse></problem>`); len(list) > 0 {
		t.Errorf("variables are blamed: %q", list)
	}
}

func FuzzAreas(f *testing.F) {
	for _, text := range []string{"(1,2)-(3,4)", "[[[1,2],[3,4],[5,0]]]", "[[1,2],[3,4]]", "[12,34]", "(1,2)-(3", `{"options":[1]}`, "[[[1e308,1],[-1e308,2],[3,1e308]]]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := parseRectangle(text); ok && (r.Left < 0 || r.Top < 0 || r.Right < 0 || r.Bottom < 0) {
			t.Errorf("%q: %+v", text, r)
		}
		if x, y, ok := parsePoint(text); ok && (x < 0 || y < 0) {
			t.Errorf("%q: %d %d", text, x, y)
		}
		chosenTag(text)
		regions, _ := parseRegions(text)
		for _, p := range regions {
			if len(p.Corners) < 6 || p.holds(p.Corners[0], p.Corners[1]) {
				t.Errorf("%q: %+v", text, p)
			}
		}
	})
}

// What takes a program says its language to the editor; other areas and hidden values have none.
func TestEditors(t *testing.T) {
	for source, want := range map[string]string{
		`<textbox/>`: `<div class="field code" data-language="python">`,
		`<textbox mode="JavaScript" tabsize="2"/>`:   `<div class="field code" data-language="javascript" data-indent="2">`,
		`<textbox mode="x&quot;&gt;" tabsize="99"/>`: `<div class="field code" data-language="x&#34;&gt;" data-indent="8">`,
		`<crystallography/>`:                         `<div class="field">`,
		`<formulaequationinput/>`:                    `<div class="field math" data-preview="calc"`,
		`<textline/>`:                                `<div class="field">`,
	} {
		p := compiled(t, `<problem><customresponse>`+source+`<answer>correct = ["correct"]</answer></customresponse></problem>`)
		if view := p.Public.View(ViewOptions{}).Body; !strings.Contains(view, want) {
			t.Errorf("%s: no %s in %s", source, want, view)
		}
	}
}

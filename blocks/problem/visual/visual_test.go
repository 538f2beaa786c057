package visual_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/markdown"
	"github.com/quoin-lms/quoin/blocks/problem/visual"
)

// kinds are the kinds of a form's parts.
func kinds(f *visual.Form) string {
	var list []string
	for _, p := range f.Parts {
		list = append(list, p.Kind)
	}
	return strings.Join(list, " ")
}

func read(t *testing.T, source string) *visual.Form {
	t.Helper()
	f, ok := visual.Read(source)
	if !ok {
		t.Fatalf("cannot be read: %s", source)
	}
	return f
}

// sent is a form as it comes back from a browser.
func sent(t *testing.T, f *visual.Form) *visual.Form {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	back := &visual.Form{}
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	return back
}

// every lets all parts be written anew.
func every(f *visual.Form) *visual.Form {
	for i := range f.Parts {
		f.Parts[i].Changed = true
	}
	return f
}

// Every sample of a native kind is told as a form, and comes out the same whether or not it was touched.
func TestSamples(t *testing.T) {
	want := map[string]string{
		"checkbox": "check", "choice": "prose choice hints", "dropdown": "dropdown", "number": "number explanation", "text": "text",
		"annotation": "other", "choicetext": "other", "formula": "other", "image": "other", "truefalse": "other",
	}
	files, err := filepath.Glob("../samples/*.xml")
	if err != nil || len(files) < len(want) {
		t.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".xml")
		f := read(t, string(source))
		if got := kinds(f); want[name] != "" && got != want[name] {
			t.Errorf("%s: %s, want %s: %+v", name, got, want[name], f.Parts)
		}
		if same, _ := visual.Write(sent(t, f)); same != string(source) {
			t.Errorf("%s: untouched it is %s", name, same)
		}
	}
}

func TestCases(t *testing.T) {
	for source, want := range map[string]string{
		"":                      "",
		"<problem/>":            "",
		"<problem a=\"1\" />\n": "",
		"<problem><p>One.</p>\n<p>Two &lt; 3 &amp; more</p><!-- c --><multiplechoiceresponse><p>Intro</p><label>Q &amp; A</label><choicegroup type=\"MultipleChoice\"><choice correct=\"True\" name=\"x\">a<choicehint label=\"L\">yes</choicehint></choice><choice correct=\"false\" fixed=\"true\"><b>b</b></choice></choicegroup><solution><div class=\"detailed-solution\"><p>Explanation</p><p>So.</p></div></solution></multiplechoiceresponse></problem>": "prose choice",
		`<problem><optionresponse><optioninput options="('a','b &amp; c')" correct="b &amp; c"/></optionresponse><demandhint><hint>h <i>i</i></hint></demandhint></problem>`:                "dropdown hints",
		`<numericalresponse answer="[1,5)"><textline size="8"/><additional_answer answer="7"><correcthint>x</correcthint></additional_answer></numericalresponse>`:                          "number",
		`<problem><script type="text/python">a = 1</script><numericalresponse answer="$a"><label>How much is \(a &lt; b\)?</label><formulaequationinput/></numericalresponse></problem>`:    "other number",
		`<problem><stringresponse answer="a" type="ci regexp"><correcthint>c</correcthint><stringequalhint answer="b">no</stringequalhint><textline size="20"/></stringresponse></problem>`: "text",
		`<problem><multiplechoiceresponse><label>a</label><choicegroup><choice correct="true">x</choice></choicegroup><p>behind</p></multiplechoiceresponse></problem>`:                     "choice",
		`<problem><multiplechoiceresponse><label>a</label><p>between</p><choicegroup><choice correct="true">x</choice></choicegroup></multiplechoiceresponse></problem>`:                    "other",
		credited: "choice check text",
		`<problem><choiceresponse><checkboxgroup><choice correct="true" id="one">a</choice><choice correct="false">b</choice><compoundhint value="ONE*B">x</compoundhint><compoundhint>none</compoundhint></checkboxgroup></choiceresponse></problem>`:                     "check",
		`<problem><choiceresponse partial_credit="EDC,halves"><checkboxgroup><choice correct="true">a</choice><compoundhint value="Z">nobody is Z</compoundhint><compoundhint value="A">x</compoundhint></checkboxgroup></choiceresponse></problem>`:                       "check",
		`<problem><multiplechoiceresponse partial_credit=" Points "><label/><choicegroup shuffle="false" answer-pool="0"><choice correct="Partial">a</choice><choice correct="$x" point_value="$y" fixed="no">b</choice></choicegroup></multiplechoiceresponse></problem>`: "choice",
		"<problem>\n  text alone <b>and</b> more\n\n</problem>": "prose",
	} {
		f := read(t, source)
		if got := kinds(f); got != want {
			t.Errorf("%s:\n%s, want %s", source, got, want)
		}
		if same, _ := visual.Write(sent(t, f)); same != source && source != "" && source != "<problem/>" && !strings.Contains(source, "/>\n") {
			t.Errorf("untouched it is %s, want %s", same, source)
		}
		if again, _ := visual.Write(every(sent(t, f))); !markdown.Same(again, source) && !strings.HasPrefix(want, "number") && source != "" {
			t.Errorf("%s:\nwritten anew it is %s", source, again)
		}
	}
	for _, source := range []string{"<problem>", "<problem><p>a</problem>", "<problem>3 < 4</problem>"} {
		if f, ok := visual.Read(source); ok {
			t.Errorf("%s: %+v", source, f)
		}
	}
}

// What is typed becomes markup only where it can be: a sign stays a sign.
func TestTyped(t *testing.T) {
	f := read(t, `<problem><multiplechoiceresponse><label>old</label><choicegroup type="MultipleChoice"><choice correct="true">a</choice><choice correct="false">b</choice></choicegroup></multiplechoiceresponse></problem>`)
	p := &f.Parts[0]
	p.Changed, p.Label, p.Shuffle = true, "Is 3 < 4 & 4 > 3?", true
	p.Rows[0].Correct, p.Rows[1].Correct = false, true
	p.Rows[1].Feedback = "<b>yes</b>"
	p.Rows = append(p.Rows, visual.Row{Text: "R&D"})
	p.Solved, p.Explanation = true, visual.Words{Text: "One.\n\nTwo <i>x</i>.\n\n<ul><li>y</li></ul>"}
	f.Parts = append([]visual.Part{{Kind: visual.Prose, Changed: true, Body: visual.Words{Text: "First."}, Before: "\n"}}, f.Parts...)
	got, lines := visual.Write(sent(t, f))
	want := `<problem><p>First.</p><multiplechoiceresponse><label>Is 3 &lt; 4 &amp; 4 > 3?</label><choicegroup type="MultipleChoice" shuffle="true">` +
		`<choice correct="false">a</choice><choice correct="true">b <choicehint><b>yes</b></choicehint></choice><choice correct="false">R&amp;D</choice></choicegroup>` +
		`<solution><p>One.</p><p>Two <i>x</i>.</p><ul><li>y</li></ul></solution></multiplechoiceresponse></problem>`
	if !markdown.Same(got, want) {
		t.Errorf("got %s", got)
	}
	if len(lines) != 2 || lines[0] != 2 || lines[1] != 2 {
		t.Errorf("lines %v of %s", lines, got)
	}
	f = read(t, got)
	if p := f.Parts[1]; p.Label != "Is 3 < 4 & 4 > 3?" || p.Rows[2].Text != "R&D" || !p.Shuffle || p.Explanation.Text == "" {
		t.Errorf("read again: %+v", p)
	}
}

// credited earns parts of the points in each way, and says something to who ticks some of the boxes.
const credited = `<problem><multiplechoiceresponse partial_credit="points"><choicegroup type="MultipleChoice" shuffle="true"><choice correct="true" name="r">a</choice><choice correct="partial" point_value="0.3">b</choice><choice correct="false" fixed="true">c</choice></choicegroup></multiplechoiceresponse>` +
	`<choiceresponse partial_credit="halves"><checkboxgroup><choice correct="true">x</choice><choice correct="false">y</choice><choice correct="true">z</choice><compoundhint value="A B" label="">both</compoundhint></checkboxgroup></choiceresponse>` +
	`<stringresponse answer="s" type="ci"><stringequalhint answer="u">no</stringequalhint><regexphint answer="t+">never</regexphint><textline/></stringresponse></problem>`

// Parts of the points, choices that stay and feedback on sets of boxes are told as they stand, and written as Open edX has them.
func TestCredit(t *testing.T) {
	f := read(t, credited)
	one, many, text := &f.Parts[0], &f.Parts[1], &f.Parts[2]
	if r := one.Rows; one.Credit != visual.ByPoints || !one.Shuffle || r[0].Partial || !r[1].Partial || r[1].Correct || r[1].Points != "0.3" || !r[2].Fixed || r[1].Fixed {
		t.Errorf("one choice is told as %+v", one)
	}
	if many.Credit != visual.ByHalves || len(many.Sets) != 1 || !slices.Equal(many.Sets[0].Of, []int{0, 1}) || many.Sets[0].Text != "both" {
		t.Errorf("several choices are told as %+v", many)
	}
	if w := text.Wrong; len(w) != 2 || w[0].Pattern || !w[1].Pattern || w[1].Text != "t+" {
		t.Errorf("a text is told as %+v", text)
	}
	f = every(sent(t, f))
	one, many, text = &f.Parts[0], &f.Parts[1], &f.Parts[2]
	one.Shuffle, one.Pool = false, "2"
	one.Rows[1].Points, one.Rows[1].Fixed, one.Rows[2].Fixed = "", true, false
	one.Rows[0].Correct, one.Rows[0].Partial, one.Rows[0].Points = false, true, "<&"
	many.Credit = visual.ByEach
	many.Sets[0].Of = []int{2, 0, 0, 7, -1}
	many.Sets = append(many.Sets, visual.Row{Text: "none & never"})
	text.Wrong[0].Pattern = true
	got, _ := visual.Write(f)
	want := `<problem><multiplechoiceresponse partial_credit="points"><choicegroup type="MultipleChoice" answer-pool="2"><choice correct="partial" name="r" point_value="&lt;&amp;">a</choice><choice correct="partial" fixed="true">b</choice><choice correct="false">c</choice></choicegroup></multiplechoiceresponse>` +
		`<choiceresponse partial_credit="EDC"><checkboxgroup><choice correct="true">x</choice><choice correct="false">y</choice><choice correct="true">z</choice><compoundhint value="A C" label="">both</compoundhint><compoundhint>none &amp; never</compoundhint></checkboxgroup></choiceresponse>` +
		`<stringresponse answer="s" type="ci"><regexphint answer="u">no</regexphint><regexphint answer="t+">never</regexphint><textline/></stringresponse></problem>`
	if !markdown.Same(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	one.Credit, many.Credit = "", ""
	if got, _ := visual.Write(f); strings.Contains(got, "partial_credit") {
		t.Errorf("all or nothing is %s", got)
	}
	big := &visual.Form{Parts: []visual.Part{{Sets: []visual.Row{{Of: make([]int, visual.MaxRows+1)}}}}}
	if big.Bounded() {
		t.Error("a set of any size is taken")
	}
}

func FuzzForm(f *testing.F) {
	files, _ := filepath.Glob("../samples/*.xml")
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source), "a < b")
	}
	f.Add(credited, "0.5")
	f.Add("<problem><p>a&nbsp;b</p> <!-- x --> t</problem>", "&amp;lt;")
	f.Fuzz(func(t *testing.T, source, typed string) {
		form, ok := visual.Read(source)
		if !ok {
			return
		}
		if same, _ := visual.Write(form); strings.TrimSpace(source) != "" && !strings.Contains(source, "/>") && same != source {
			t.Fatalf("untouched it is %q, was %q", same, source)
		}
		for i := range form.Parts {
			p := &form.Parts[i]
			p.Changed, p.Label, p.Body.Text, p.Credit, p.Pool = true, typed, typed, typed, typed
			if len(p.Rows) > 0 {
				p.Rows[0].Text, p.Rows[0].Points, p.Rows[0].Partial, p.Rows[0].Fixed = typed, typed, true, true
			}
			p.Sets = append(p.Sets, visual.Row{Text: typed, Of: []int{len(typed), 0, -1}})
		}
		written, _ := visual.Write(form)
		if !markdown.Same(written, written) {
			t.Fatalf("%q typed into %q makes %q", typed, source, written)
		}
	})
}

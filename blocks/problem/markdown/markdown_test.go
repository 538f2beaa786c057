package markdown_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
)

func convert(t *testing.T, source string) (*markdown.Converted, string) {
	t.Helper()
	converted, err := markdown.ToOLX(source)
	if err != nil {
		t.Fatalf("%q: %v", source, err)
	}
	tree, err := cases.ReadTree(converted.OLX)
	if err != nil {
		t.Fatalf("%q: %v\n%s", source, err, converted.OLX)
	}
	if n := strings.Count(converted.OLX, "\n") + 1; len(converted.Lines) != n {
		t.Fatalf("%q: %d lines have %d places\n%s", source, n, len(converted.Lines), converted.OLX)
	}
	for i, line := range converted.Lines {
		if line < 0 || line > strings.Count(source, "\n")+1 {
			t.Fatalf("%q: line %d comes from %d", source, i+1, line)
		}
	}
	return converted, strings.ReplaceAll(tree.Canonical(), "\n", "")
}

// Where the reference's output cannot be read or loses what was typed.
func TestBetter(t *testing.T) {
	for source, want := range map[string]string{
		"a < b & c > d":                    "<p>a &lt; b &amp; c > d</p>",
		"1 &lt; 2 &amp; 3 &nbsp;&bogus;":   "<p>1 &lt; 2 &amp; 3 \u00a0&amp;bogus;</p>",
		"A <b>bold\nline</b> here":         "<p>A <b>bold</b></p><p>line here</p>",
		"line<br>break":                    "<p>line<br></br>break</p>",
		"<div>\nopen":                      "<div></div><p>open</p>",
		"<ul>\n<li>a\nb</li>\n</ul>":       "<ul><li>a b</li></ul>",
		"<video controls src=x>":           "&lt;video controls src=x> ",
		"< 5 apples":                       "<p>&lt; 5 apples</p>",
		"<x:y>z</x:y>":                     "&lt;x:y>z&lt;/x:y> ",
		"<!-- a\n\nb -->\n<!-- c -- d -->": " &lt;!-- c -- d --> ",
		`= say "hi"`:                       `<stringresponse answer="say "hi"" type="ci"><textline size="20"></textline></stringresponse>`,
		"= a <b":                           `<stringresponse answer="a <b" type="ci"><textline size="20"></textline></stringresponse>`,
		"<b>x</b> tail\n= 5":               `<numericalresponse answer="5"><b>x</b> tail <formulaequationinput></formulaequationinput></numericalresponse>`,
		"(x) a </choice> b":                `<multiplechoiceresponse><choicegroup type="MultipleChoice"><choice correct="true">a b</choice></choicegroup></multiplechoiceresponse>`,
		"[code]\n= 5\n(x) a\ncout << x >> y;\n---\n\n\n\n|| h ||\n[/code]": "<pre><code>= 5\n(x) a\ncout &lt;&lt; x >> y;\n---\n\n\n\n|| h ||\n</code></pre>",
		"[code]\nList<String> x = a & b;\n[/code]":                         "<pre><code>List&lt;String> x = a &amp; b;\n</code></pre>",
		"[code]<b>x</b>[/code]":                                            "<pre><code><b>x</b></code></pre>",
		"<script>\nif (a < b && c) x = 5\n= 5\n</script>":                  "<script>\nif (a &lt; b &amp;&amp; c) x = 5\n= 5\n</script>",
		"[explanation]\n= 5 or\n(x) a\n[x] b\n[/explanation]":              `<solution><div class="detailed-solution"><p>Explanation</p><p>= 5 or</p><p>(x) a</p><p>[x] b</p></div></solution>`,
		"[explanation]\n[code]\nx\n[/code]\n[/explanation]":                `<solution><div class="detailed-solution"><p>Explanation</p><pre><code>x` + "\n" + `</code></pre></div></solution>`,
		"a\x00b\ufffe\r\nc":                                                "<p>a\ufffdb\ufffd</p><p>c</p>",
		"{{hint alone}}":                                                   "<p>{{hint alone}}</p>",
		"<div>\n= 5\n</div>":                                               `<div><numericalresponse answer="5"><formulaequationinput></formulaequationinput></numericalresponse></div>`,
		"a\n   \nb":                                                        "<p>a</p><p>b</p>",
	} {
		if _, got := convert(t, source); got != strings.ReplaceAll("<problem>"+want+"</problem>", "\n", "") {
			t.Errorf("%q\nis:     %s\nshould: %s", source, got, want)
		}
	}
}

// Findings stand at the line of the markdown that they are about.
func TestFindings(t *testing.T) {
	for source, want := range map[string]string{
		"text\n\n( ) a\n( ) b":  "3 no choice is right",
		"(x) a\n( )":            "2 this choice has no words",
		"q\n[[a, b]]":           "2 no option is right",
		"q\n[[\n(a)\n\n(b)\n]]": "2 more than one option is right",
		"[[(a),,b]]":            "1 an option has no words",
		"= 5\n\nor= x":          "3 or= takes a plain number",
		"= 5\nnot= 6 {{no}}":    "2 not= says nothing for a number",
		"= [1,2] {{yes}}":       "1 a range with feedback is asked for as a text",
		"q\n=":                  "2 this question has no answer",
		">>a||b||c<<":           "1 what stands behind the second ||",
		"a\n[explanation]\nb [link]\n[/explanation]": "2 [explanation] is shown to learners",
		"a\n\n[code]\nx[0]\n[/code]":                 "3 [code] is shown to learners",
		"a\n(x) b\n{{lost}}":                         "3 this feedback belongs to no answer",
		"a\n<b>c":                                    "2 <b> is never closed",
		"a\n\n>>multi\nline<<\nx </i>":               "5 </i> closes nothing",
		"= 1\n---\n(x) a {{two\nlines}}\nx <i":       "5 a < that begins no tag",
		"Title\n=====\n[code]\na\nb\n[/code]\n( ) c": "7 no choice is right",
		"|| h ||\n\n|| <b ||":                        "3 a < that begins no tag",
	} {
		converted, _ := convert(t, source)
		found := false
		for _, f := range converted.Findings {
			found = found || strings.HasPrefix(strings.TrimSpace(string(rune('0'+f.Line))+" "+f.Message), want) && f.Fix != ""
		}
		if !found {
			t.Errorf("%q: %q is not among %+v", source, want, converted.Findings)
		}
	}
	if converted, _ := convert(t, ">>What?<<\n(x) a {{yes}}\n( ) b\n\n[explanation]\nso\n[/explanation]\n\n|| h ||"); len(converted.Findings) > 0 {
		t.Errorf("found in a problem without mistakes: %+v", converted.Findings)
	}
}

// A line of the OLX is known by the line that it came from.
func TestLines(t *testing.T) {
	source := ">>What\nis it?<<\n\n(x) right\n( ) wrong\n\n---\n\nAnd\n= 5\n\n|| help ||"
	converted, _ := convert(t, source)
	lines := strings.Split(source, "\n")
	for i, line := range strings.Split(converted.OLX, "\n") {
		for _, word := range []string{"right", "wrong", "And", "help", `answer="5"`} {
			if strings.Contains(line, word) && !strings.Contains(lines[converted.Lines[i]-1], strings.Trim(strings.TrimPrefix(word, "answer="), `"`)) {
				t.Errorf("%q comes from line %d", line, converted.Lines[i])
			}
		}
	}
}

// What markdown has no form for is refused, with the place; what changes without a change of meaning is told.
func TestRefused(t *testing.T) {
	for olx, want := range map[string]string{
		"<problem>\n<customresponse cfn=\"f\"><textline/></customresponse></problem>":                                                                         "2 <customresponse> has no form",
		"<problem><stringresponse answer=\"a\">\n<textline size=\"20\"/></stringresponse></problem>":                                                          "1 markdown asks for texts without regard",
		"<problem>\n<multiplechoiceresponse>\n<choicegroup>\n<choice correct=\"true\" name=\"a\">x</choice></choicegroup></multiplechoiceresponse></problem>": "4 <choice name=",
		"<problem>\n<numericalresponse answer=\"sqrt(2)\"><formulaequationinput/></numericalresponse></problem>":                                              "2 markdown takes the answer",
		"<problem>\n<optionresponse partial_credit=\"points\"><optioninput options=\"('a')\" correct=\"a\"/></optionresponse></problem>":                      "2 <optionresponse partial_credit=",
		"<problem>\n\n<p>a</b></problem>":     "3 </b> closes nothing",
		"<problem>\n<p>a</p>":                 "1 <problem> is never closed",
		"<p>a < b</p>":                        "1 a < begins no tag",
		"<!DOCTYPE x>":                        "1 a < begins no tag",
		"<problem/>\ntext":                    "2 text stands outside",
		"<choiceresponse>\n</choiceresponse>": "1 <choiceresponse> has nothing to answer in",
		"<optionresponse><optioninput options=\"('a')\" correct=\"a\"/>\n<optioninput options=\"('b')\" correct=\"b\"/></optionresponse>": "2 a second list",
		"<demandhint><hint>a</hint></demandhint>\n<demandhint><hint>b</hint></demandhint>":                                                "2 a second list of hints",
	} {
		said := markdown.ToMarkdown(olx)
		if len(said.Refused) == 0 || said.Markdown != "" {
			t.Errorf("%q is said as %q", olx, said.Markdown)
			continue
		}
		if got := string(rune('0'+said.Refused[0].Line)) + " " + said.Refused[0].Message; !strings.HasPrefix(got, want) || said.Refused[0].Fix == "" {
			t.Errorf("%q is refused as %q, not %q", olx, got, want)
		}
	}
	said := markdown.ToMarkdown("<problem x=\"y\">text\n<numericalresponse answer=\"1 + 2\"><textline/></numericalresponse>\n" +
		"<stringresponse answer=\"a  b\" type=\"ci\"><textline size=\"40\"/></stringresponse></problem>")
	if want := "text\n\n---\n\n= 1+2\n\n---\n\n= a  b"; said.Markdown != want || len(said.Lost) != 4 || said.Lost[0].Level != capa.Warning {
		t.Errorf("%q, lost %+v, refused %+v", said.Markdown, said.Lost, said.Refused)
	}
}

// awkward are texts that would be more than text in markdown.
const awkward = `<problem>
<p>(x) no choice</p><p>= 5</p><p>or= 6</p><p>[x] no box</p><p>---</p><p>|| no hint ||</p><p>{{ ((A)) no }}</p><p>&lt;b&gt; &amp;amp; &gt;&gt;x&lt;&lt;</p>
<p><b>bold</b> first</p><p class="c">with class</p><p>[code] x [/code] [Explanation]y[EXPLANATION]</p><p>[[a,(b)]]</p><p></p>
<h3 class="hd hd-2 problem-header">A <i>title</i></h3><h3>another</h3><pre>
 a
---
  b [x]</pre><pre><code>x[0] = 1
</code></pre><!-- kept --><div><p>x</p> <span>y</span></div><img src="a.png" alt="&quot;a&quot; &lt;b&gt;"/>
<script type="loncapa/python">
x = 5
= 6
if a &lt; b and c: pass
</script>
<multiplechoiceresponse><label>What || is?</label><description>d</description><choicegroup type="MultipleChoice" shuffle="true">
<choice correct="false">) odd</choice><choice correct="true" fixed="true">a {{b}} <b>c</b> <choicehint label="">x}</choicehint></choice></choicegroup>
<solution><div class="detailed-solution"><p>Explanation</p><p>[5,7) is (x)</p><p>= 5</p></div></solution></multiplechoiceresponse>
<choiceresponse><label>Which?</label><description>a <i>b</i></description><checkboxgroup><choice correct="true">a<choicehint selected="true">y:: }</choicehint><choicehint selected="false">n</choicehint></choice>
<choice correct="false">b</choice><compoundhint value="A B">both }</compoundhint></checkboxgroup></choiceresponse>
<optionresponse><optioninput options="('a, b','(c)','d')" correct="d"/></optionresponse>
<optionresponse><optioninput><option correct="False">a</option><option correct="True">b <optionhint label="L">h</optionhint></option></optioninput></optionresponse>
<numericalresponse answer="[5,7)"><label>n</label><formulaequationinput/></numericalresponse>
<numericalresponse answer="5"><responseparam type="tolerance" default="10%"/><additional_answer answer="6"><correcthint>six</correcthint></additional_answer><formulaequationinput/><correcthint label="Yes">a :: b</correcthint></numericalresponse>
<stringresponse answer="5" type="ci"><correcthint>y</correcthint><additional_answer answer="{{6}}"/><stringequalhint answer="7">no</stringequalhint><stringequalhint answer="8"/><textline size="20"/></stringresponse>
<stringresponse answer="^a|b$" type="ci regexp"><textline size="20"/></stringresponse><stringresponse answer="|x" type="ci"><textline size="20"/></stringresponse>
<p>behind</p><demandhint><hint>one || two</hint><hint><b>three</b></hint></demandhint></problem>`

func TestAwkward(t *testing.T) {
	said := markdown.ToMarkdown(awkward)
	if len(said.Refused) > 0 || len(said.Lost) > 0 {
		t.Fatalf("refused %+v, lost %+v", said.Refused, said.Lost)
	}
	converted, got := convert(t, said.Markdown)
	for _, part := range []string{"<p>(x) no choice</p>", "<p>[[a,(b)]]</p>", `<option correct="False">a</option>`, "<choice correct=\"false\">) odd</choice>", "x[0] = 1"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in\n%s\nmade of\n%s", part, got, said.Markdown)
		}
	}
	if again := markdown.ToMarkdown(converted.OLX); again.Markdown != said.Markdown {
		t.Errorf("not stable:\n%s\n----\n%s\n%+v", said.Markdown, again.Markdown, again.Refused)
	}
}

// Inputs that make a careless reader slow, up to the limit: one that takes time by the square of its length needs hours for one of them.
func TestHostile(t *testing.T) {
	for _, unit := range []string{
		"(", "(x)", "(x)\n", "[", "[[", "[x]", "[x]\n", "[[a,", "{{", "{", "}}", "{{\n", "{{selected:", ">>", "<<", ">>x<<", "<", "<a ", "<a b=\"", "<b>", "</b>",
		"<!--", "<!-- -->", "<pre>", "<script>", "<label>", "&", "&amp;", "&#", "||", "|| ||\n", "=", "=\n", "= 1\n", "or=\n", "a\n==\n", "\n", "\n---\n", "-", "[code]",
		"[explanation]", "[explanation]\n[x]", "[code]x[/code]", "\x01", "\x01" + "0\x02", "\x03", "\x04\n", "<![CDATA[", "<![CDATA[a]]>", "<p>", "<p></p>", "a,", "'", "<demandhint><hint/>",
	} {
		size := markdown.MaxSource
		if len(unit) > 2 {
			size /= 8 // enough to tell, and quick
		}
		source := strings.Repeat(unit, size/len(unit))
		for _, source := range []string{source, "[x] a {{ " + source[:len(source)/8], strings.Repeat("x", markdown.MaxSource/8) + source[:len(source)/8]} {
			if converted, err := markdown.ToOLX(source); err == nil {
				if _, err := cases.ReadTree(converted.OLX); err != nil {
					t.Errorf("%q: %v", unit, err)
				}
			}
			markdown.ToMarkdown(source)
		}
	}
	if _, err := markdown.ToOLX(strings.Repeat("a", markdown.MaxSource+1)); err == nil {
		t.Error("a source beyond the limit is converted")
	}
	if said := markdown.ToMarkdown(strings.Repeat("a", markdown.MaxSource+1)); len(said.Refused) != 1 {
		t.Error("a problem beyond the limit is converted")
	}
}

func FuzzToOLX(f *testing.F) {
	for _, seed := range []string{
		"Title\n=====\n>>q||d<<\n(x!) a {{L:: h}}\n(@) b\n\n[explanation]\ne\n[/explanation]\n|| h ||", "[x] a {{selected: s},{u: n}}\n[ ] b\n{{ ((A B)) c }}",
		"[[a, (b)]]\n---\n[[\n(a) {{h}}\nb\n]]", "= 5 +- 1% {{x}}\nor= 6\n---\ns= a\nor= b\nnot= c {{d}}", "=| re\n[code]\nx<y\n[/code]", "<div>\n<b>a\n</div>\n<!-- x -->",
		"<script>\na\n</script>\n<pre>x", "\x01\x02\x03\x04", "a & b < c &lt; &#1; ]]>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		converted, err := markdown.ToOLX(source)
		if err != nil {
			return
		}
		if _, err := cases.ReadTree(converted.OLX); err != nil {
			t.Fatalf("%q: %v\n%s", source, err, converted.OLX)
		}
		backAndForth(t, converted.OLX)
	})
}

func FuzzToMarkdown(f *testing.F) {
	f.Add(awkward)
	f.Add("<problem>a<![CDATA[<]]>&nbsp;<b/></problem>")
	f.Add("<optionresponse><optioninput options=\"('')\" correct=\"\"/></optionresponse>")
	f.Fuzz(func(t *testing.T, source string) { backAndForth(t, source) })
}

// backAndForth: what is said in markdown leads to well-formed OLX, which is said the same way.
func backAndForth(t *testing.T, olx string) {
	said := markdown.ToMarkdown(olx)
	if len(said.Refused) > 0 {
		return
	}
	converted, err := markdown.ToOLX(said.Markdown)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cases.ReadTree(converted.OLX); err != nil {
		t.Fatalf("%q: %v\n%s", said.Markdown, err, converted.OLX)
	}
	if again := markdown.ToMarkdown(converted.OLX); len(again.Refused) > 0 || again.Markdown != said.Markdown {
		t.Fatalf("%q is not stable\n%q\n%q\n%+v", olx, said.Markdown, again.Markdown, again.Refused)
	}
}

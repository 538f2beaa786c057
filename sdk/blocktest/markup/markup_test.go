package markup

import (
	"fmt"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	tests := map[string]string{
		`<p class=a data-x='1 "2"' hidden>a &lt; b<br/></P>`: `<p class="a" data-x="1 \"2\"" hidden=""> "a < b" <br> </p>`,
		`1 < 2 <b>&amp;</b`:                   `"1 < 2 " <b> "&" </b>`,
		`<!-- <p> --><!doctype html>x<?y?>`:   `"x"`,
		`<script>if (a < b) "</p>"</SCRIPT>z`: `<script> "if (a < b) \"</p>\"" </script> "z"`,
		`<textarea>&lt;b></textarea>`:         `<textarea> "<b>" </textarea>`,
		`<a href=x/y>`:                        `<a href="x/y">`,
		`<a href="x`:                          `<a href="x">`,
		`< p>`:                                `"< p>"`,
		`<a =b c>`:                            `<a =="" b="" c="">`,
		"<!-- never":                          ``,
	}
	for source, want := range tests {
		var got []string
		for _, token := range Scan(source) {
			switch token.Kind {
			case Text:
				got = append(got, fmt.Sprintf("%q", token.Text))
			case Start:
				tag := "<" + token.Name
				for _, a := range token.Attrs {
					tag += fmt.Sprintf(" %s=%q", a.Name, a.Value)
				}
				got = append(got, tag+">")
			case End:
				got = append(got, "</"+token.Name+">")
			}
		}
		if all := strings.ReplaceAll(strings.Join(got, " "), `hidden=""`, `hidden=""`); all != want {
			t.Errorf("%s\n got %s\nwant %s", source, all, want)
		}
	}
	if tokens := Scan("a\n<p\nx>\nb"); tokens[1].Line != 2 || tokens[2].Line != 3 {
		t.Errorf("lines of %+v", tokens)
	}
}

func TestRead(t *testing.T) {
	got := Read("<p>Two <b>w</b>ords</p><p>and\n <img alt='a picture'><style>p{}</style><input value=7><input type=radio value=no aria-label=choice></p>")
	if want := "Two words and a picture 7 choice"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestControls(t *testing.T) {
	got := fmt.Sprint(Controls(`<input name=a value=1><input name=b type=radio value=2 checked><textarea name=c>x &amp; y</textarea>
<select name=d><option value=1>One<option selected>Two</select><select name=e><option value=1></select><button name=f value=go>`))
	want := "[{input  a 1 false 1} {input radio b 2 true 1} {textarea  c x & y false 1} {select  d Two false 2} {select  e 1 false 2} {button  f go false 2}]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCheck(t *testing.T) {
	rules := Rules{Handlers: []string{"submit"}, Views: []string{"learner"}, Children: []string{"c1"}, Assets: []string{"a.js"}}
	good := `<label>Word <input name=w form="quoin:form"></label><label for="quoin:id/x">X</label><input id="quoin:id/x">
<button form="quoin:form" name=do value=submit>Go</button><button form="quoin:form" value="@reset">Reset</button><button type=button><img alt="Play"></button>
<quoin-place name=c1></quoin-place><img alt="" src="quoin:asset/a.js"><a href="quoin:view/learner?page=2">Next</a><a href="https://example.org/">Out</a>
<p id="quoin:id/hint">H</p><input aria-label=b aria-describedby="quoin:id/hint"><iframe title=Map></iframe>`
	if problems := Check(good, rules); len(problems) > 0 {
		t.Errorf("what is right is blamed: %+v", problems)
	}
	for source, want := range map[string]string{
		"<form>":                                 "a form element",
		"<script>":                               "inline script",
		"<style>":                                "inline style",
		"<base href=x>":                          "a base element",
		"<quoin-place name=c2>":                  `a place for "c2"`,
		"<button value=submit>Go</button>":       "joins no form",
		`<button form="quoin:form">Go`:           "no handler",
		`<button form="quoin:form" value=x>G`:    "no handler",
		"<p onclick=x>":                          "onclick",
		"<p id=x>":                               "not unique on a page",
		`<p id="quoin:id/a"><p id="quoin:id/a">`: "stands twice",
		`<p aria-describedby="quoin:id/a">`:      "no element's id",
		"<a href='JavaScript:x'>a":               "javascript:",
		"<a href='data:text/html,x'>a":           "data:",
		"<img alt='' src=http://x/y>":            "pages refuse",
		"<img alt='' src=//x/y>":                 "pages refuse",
		"<img alt='' src='quoin:asset/b.js'>":    "names no asset",
		"<a href='quoin:handler/x'>a":            "names no handler",
		"<a href='quoin:page/x'>a":               "no template",
		"<img src=x>":                            "without alt",
		"<input>":                                "without a label",
		"<label>a</label><select>":               "without a label",
		"<a href=x><img alt=''></a>":             "without words",
		"<iframe>":                               "without a title",
	} {
		problems := Check(source, rules)
		if len(problems) != 1 || !strings.Contains(problems[0].Message, want) || problems[0].Mend == "" {
			t.Errorf("%s: %+v, want %q", source, problems, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{"", "<p a=b>x</p>", "<!-- -->", "<script></script>", "<textarea>&lt;", "<a =", "<\u0130></\u0130>", "<TITLE>\u0130</title>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		line := 1
		for _, token := range Scan(source) {
			if token.Line < line {
				t.Fatalf("line %d after line %d", token.Line, line)
			}
			line = token.Line
		}
		if most := 1 + strings.Count(source, "\n"); line > most {
			t.Errorf("line %d of %d", line, most)
		}
		Read(source)
		Controls(source)
		Check(source, Rules{})
	})
}

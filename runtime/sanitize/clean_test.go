package sanitize

import (
	"strings"
	"sync"
	"testing"
)

func TestUnchanged(t *testing.T) {
	for name, text := range map[string]string{
		"empty":          "",
		"space":          " \n\t",
		"text":           "a < b & c > d \"quoted\" 'too'",
		"entities":       "a&nbsp;b &mdash; &#x2014; &notit; &amp;lt;",
		"unclosed":       "<p>one<p>two<ul><li>three<li>four</ul>",
		"stray end":      "</div></section>text</p>",
		"case":           `<DIV CLASS=A><IMG SRC="/static/a.png" ALT=x></DIV>`,
		"comment":        "a<!-- note -->b",
		"table":          `<table border="1"><caption>c</caption><thead><tr><th scope="col">h</th></tr></thead><tr><td colspan="2" style="text-align: center">d</td></tr></table>`,
		"picture":        `<figure><img src="/static/a b.png" srcset="/static/a.png 1x, /static/b.png 2x" alt="A" width="100%" loading="lazy"><figcaption>f</figcaption></figure>`,
		"video":          `<video controls poster="/static/p.jpg"><source src="/static/v.mp4" type='video/mp4; codecs="avc1"'><track src="/static/v.vtt" kind="captions" srclang="ar"></video>`,
		"details":        `<details open><summary>s</summary><p>d</p></details>`,
		"links":          `<a href="/jump_to_id/abc">a</a> <a href="https://example.org/?a=1&amp;b=2#c" target="_blank" rel="noopener">b</a> <a href="mailto:a@example.org">c</a> <a href="#here">d</a><a name="here"></a>`,
		"styles":         `<p style="color:#333; margin: 0 auto; width: calc(100% - 20px); background-image: url('/static/x.png'); font-family: 'Open Sans', sans-serif !important">x</p>`,
		"math":           `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup><mo form="infix" stretchy="false">=</mo><mspace width="-0.1667em"></mspace><mtext>a &lt; b</mtext></mrow><annotation encoding="application/x-tex">x^2</annotation></semantics></math>`,
		"svg":            `<svg viewBox="0 0 10 10" role="img" aria-label="dot"><defs><linearGradient id="g" gradientUnits="userSpaceOnUse"><stop offset="5%" stop-color="gold"/></linearGradient></defs><g transform="translate(1,2) rotate(5)"><path d="M0 0L10,10z" fill="url(#g)"/><text x="1" y="2">t</text></g></svg>`,
		"aria and data":  `<div role="note" aria-label="x" data-name="y" data-id="1" tabindex="0" lang="ar" dir="rtl">z</div>`,
		"pre":            "<pre>\n\n  two lines\n</pre>",
		"old markup":     `<center><font color="red" size="+1" face="Arial">x</font></center><b><i>y</b></i>`,
		"a sentence":     `<a href="/static/a.pdf" your guide to edx first>x</a>`,
		"small picture":  `<img alt="" src="data:image/png;base64,iVBORw0KGgo=">`,
		"ruby and bidi":  `<ruby>漢<rp>(</rp><rt>kan</rt></ruby><bdi>مرحبا</bdi>`,
		"id and classes": `<div id="part-1" class="row box"><span class="equal">x</span></div>`,
	} {
		clean, changes := Clean(Author, text)
		if len(changes) != 0 {
			t.Errorf("%s: %v\n  of %s\n  to %s", name, changes, text, clean)
		}
		if again, _ := Clean(Author, clean); again != clean {
			t.Errorf("%s: not stable:\n  %s\n  %s", name, clean, again)
		}
	}
}

func TestChanged(t *testing.T) {
	for _, c := range []struct{ name, text, want, change string }{
		{"script", `a<script>b()</script>c`, `ac`, "element script"},
		{"event", `<img src="/static/a.png" onerror="b()">`, `<img src="/static/a.png"/>`, "attribute onerror of img: b()"},
		{"custom element", `<my-thing><b>x</b></my-thing>`, `<b>x</b>`, "element my-thing"},
		{"is", `<p is="q-tabs">x</p>`, `<p>x</p>`, "attribute is of p: q-tabs"},
		{"platform class", `<p class="a q-page b Quoin-x">x</p>`, `<p class="a b">x</p>`, "name class of p: q-page"},
		{"platform id", `<p id="q-main">x</p>`, `<p>x</p>`, "name id of p: q-main"},
		{"platform data", `<p data-q-live="x" data-x="y">x</p>`, `<p data-x="y">x</p>`, "name data-q-live of p: x"},
		{"placeholder", `<a href="quoin:handler/submit" title="quoin:form">x</a>`, `<a>x</a>`, "url href of a: quoin:handler/submit"},
		{"form", `<form action="/x"><input name="a"><b>t</b></form>`, `<b>t</b>`, "element form"},
		{"link", "<a href=\" java\tscript:b()\">x</a>", `<a>x</a>`, "url href of a:  java\tscript:b()"},
		{"svg picture", `<img src="data:image/svg+xml;base64,PHN2Zy8+">`, `<img/>`, "url src of img: data:image/svg+xml;base64,PHN2Zy8+"},
		{"fixed", `<p style="color: red; position: fixed; top: 0">x</p>`, `<p style="color: red">x</p>`, "style position of p: fixed"},
		{"over others", `<p style="margin-top: -100px">x</p>`, `<p style="">x</p>`, "style margin-top of p: -100px"},
		{"big shadow", `<p style="box-shadow: 0 0 0 9999px red">x</p>`, `<p style="">x</p>`, "style box-shadow of p: 0 0 0 9999px red"},
		{"css escape", `<p style="c\6flor: red">x</p>`, `<p>x</p>`, `style style of p: c\6flor: red`},
		{"css data", `<p style="background: url(data:image/png;base64,AA)">x</p>`, `<p style="">x</p>`, "style background of p: url(data:image/png;base64,AA)"},
		{"document", `<html><body class="x"><p>x</p></body></html>`, `<p>x</p>`, "document html"},
		{"nesting", `<a href="/a">x<table><a href="/b">y</a></table></a>`, `<a href="/a">x</a><a href="/b">y</a><table></table>`, "nesting"},
		{"in a select", `<select><b>x</b><option>y</option></select>`, ``, "element select"},
		{"html in math", `<math><mtext><b>x</b></mtext></math>`, `<math><mtext>x</mtext></math>`, "element b"},
		{"button", `<button type="button">x</button>`, `x`, "element button"},
		{"same twice", `<a href="/a" href="/b" title="t">x</a>`, `<a href="/a" title="t">x</a>`, ""},
		{"drawing overflows", `<svg style="overflow: visible"></svg>`, `<svg style=""></svg>`, "style overflow of svg: visible"},
		{"svg in math", `<math><mtext><svg></svg>x</mtext></math>`, `<math><mtext>x</mtext></math>`, "element svg"},
		{"referrer", `<img src="https://e.example/x" referrerpolicy="unsafe-url">`, `<img src="https://e.example/x"/>`, "attribute referrerpolicy of img: unsafe-url"},
		{"credentials", `<video crossorigin="use-credentials"></video>`, `<video></video>`, "attribute crossorigin of video: use-credentials"},
		{"autoplay", `<video src="/static/v.mp4" autoplay></video>`, `<video src="/static/v.mp4"></video>`, "attribute autoplay of video"},
		{"svg link", `<svg><a xlink:href="javascript:b()"><text>x</text></a></svg>`, `<svg><text>x</text></svg>`, "element a"},
	} {
		clean, changes := Clean(Author, c.text)
		if c.want != "" && clean != c.want {
			t.Errorf("%s: got %s, want %s", c.name, clean, c.want)
		}
		found := ""
		for _, change := range changes {
			if found == "" || change.String() == c.change {
				found = change.String()
			}
		}
		if c.change != "" && found != c.change {
			t.Errorf("%s: changes are %q, want %q", c.name, changes, c.change)
		}
	}
}

func TestBlock(t *testing.T) {
	text := `<fieldset class="q-choices" data-q-state="open"><legend>Pick</legend>` +
		`<label for="quoin:id/a"><input type="radio" id="quoin:id/a" form="quoin:form" name="input_2_1" value="0" checked=""/> A</label>` +
		`<select form="quoin:form" name="s"><option value="1" selected="">one</option></select>` +
		`<textarea form="quoin:form" name="t" rows="3">x &lt; y</textarea>` +
		`<img src="quoin:asset/ok.svg" alt=""/><a href="quoin:handler/x">h</a><a href="quoin:view/learner/p?after=2">v</a>` +
		`<button form="quoin:form" type="submit" name="q-handler" value="submit">Submit</button>` +
		`<p style="--q-done: 40%">x</p></fieldset><quoin-place name="c1"></quoin-place>`
	clean, changes := Clean(Block, text)
	if clean != text || len(changes) != 0 {
		t.Errorf("changes %v\n  of %s\n  to %s", changes, text, clean)
	}
	for _, text := range []string{
		`<input form="other" name="a">`,
		`<input name="q-token">`, `<input name="quoin:token">`, `<input name="action">`, `<input type="image" src="x">`,
		`<input type="password" name="a">`, `<button formaction="/x">x</button>`, `<form><input name="a"></form>`,
		`<quoin-place name="a" style="color:red"></quoin-place>`, `<quoin-other></quoin-other>`,
		`<a href="quoin:form">x</a>`, `<img src="quoin:asset/a b">`, `<p id="quoin:id/a b">x</p>`, `<p style="--x: 1">x</p>`,
		`<p style="--q-x: url(/a)">x</p>`, `<script>x</script>`,
	} {
		clean, changes := Clean(Block, text)
		if len(changes) == 0 {
			t.Errorf("nothing was taken from %s: %s", text, clean)
		}
		if problem := forbidden(clean, Block); problem != "" {
			t.Errorf("%s gave %s: %s", text, clean, problem)
		}
		if _, changes := Clean(Author, text); len(changes) == 0 {
			t.Errorf("nothing was taken from an author's %s", text)
		}
	}
}

func TestLimits(t *testing.T) {
	for name, text := range map[string]string{
		"large": strings.Repeat("x", MaxHTML+1),
		"deep":  strings.Repeat("<div>", 600),
	} {
		clean, changes := Clean(Author, text)
		if clean != "" || len(changes) != 1 || changes[0].Kind != KindRefused {
			t.Errorf("%s: %d bytes came back, changes %v", name, len(clean), changes)
		}
	}
	_, changes := Clean(Author, strings.Repeat(`<p onclick="x">`, 1000))
	if len(changes) != MaxChanges {
		t.Errorf("%d changes are named, want %d", len(changes), MaxChanges)
	}
	_, changes = Clean(Author, `<p onclick="`+strings.Repeat("é", 1000)+`">`)
	if n := len(changes[0].Value); n > maxValue+3 {
		t.Errorf("a value of %d bytes is named", n)
	}
	long := `<img src="/` + strings.Repeat("\xe6", maxAttribute/2) + `">` // escaped it is longer than an attribute may be
	if clean, changes := Clean(Author, long); clean != "<img/>" || len(changes) != 1 {
		t.Errorf("a long address gave %.80s, %v", clean, changes)
	}
	many := `<p a0="" ` + strings.Repeat("data-x ", 20000) + `>x</p>`
	if clean, _ := Clean(Author, many); clean != `<p data-x="">x</p>` && clean != `<p>x</p>` {
		t.Errorf("many attributes gave %.80s", clean)
	}
}

// The library has the last word: what it does not agree to goes through it.
func TestLibraryIsAsked(t *testing.T) {
	for tag, want := range map[string]bool{
		`<p class="a">`: true, `<img src="/static/a.png" alt="x">`: true, `<svg viewBox="0 0 1 1">`: true, `<p onclick="x">`: false,
		`<script src="x">`: false, `<a href="javascript:x()">`: false, `<x-y class="a">`: false, `<img src="data:image/svg+xml;base64,AA">`: false,
		`<input form="quoin:form" name="a">`: false,
	} {
		f := &filter{}
		f.tag(tag)
		if f.agreed() != want {
			t.Errorf("%s: the library agrees: %v", tag, !want)
		}
	}
	f := &filter{block: true}
	f.tag(`<input form="quoin:form" name="a">`)
	if !f.agreed() {
		t.Error("it does not agree to a control of a block")
	}
}

func TestConcurrent(t *testing.T) {
	text := page()
	want, _ := Clean(Author, text)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			if got, _ := Clean(Policy(i%2), text); got != want {
				t.Error("another result beside others")
			}
		})
	}
	wait.Wait()
}

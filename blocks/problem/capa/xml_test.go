package capa

import (
	"errors"
	"strings"
	"testing"
)

func TestSyntaxErrorsSayWhereAndHow(t *testing.T) {
	for source, want := range map[string]SyntaxError{
		"":                               {Line: 1, Column: 1, Reason: "there is no tag"},
		"not xml":                        {Line: 1, Column: 1, Reason: "text stands outside of all tags"},
		"<problem/>\n <p/>":              {Line: 2, Column: 2, Reason: "there is a second outermost tag"},
		"<problem>\n  <p>x</problem>":    {Line: 2, Column: 7, Reason: "</problem> stands where <p> must be closed first"},
		"<problem>\n<p>":                 {Line: 2, Column: 4, Reason: "the problem ends before <p> is closed"},
		"<problem></problem></p>":        {Line: 1, Column: 20, Reason: "this tag closes nothing"},
		"<problem a>":                    {Line: 1, Column: 10, Reason: "the attribute a has no value"},
		"<problem a=b>":                  {Line: 1, Column: 10, Reason: "the value of a has no quotes"},
		"<problem\n a='b>":               {Line: 2, Column: 2, Reason: "the value of a is never closed"},
		"<problem a='1' a='2'/>":         {Line: 1, Column: 16, Reason: "the attribute a stands twice in <problem>"},
		"<problem><!-- x</problem>":      {Line: 1, Column: 10, Reason: "the comment is never closed"},
		"<problem><![CDATA[ x</problem>": {Line: 1, Column: 10, Reason: "the CDATA section is never closed"},
		"<problem $>":                    {Line: 1, Column: 10, Reason: "the tag <problem> is not finished here"},
		"<problem></problem x>":          {Line: 1, Column: 10, Reason: "the closing tag has no >"},
		"<?xml version='1.0'?><problem":  {Line: 1, Column: 30, Reason: "the tag <problem> is not finished here"},
		"<!DOCTYPE x [<!ENTITY a 'b'>]><problem/>": {Line: 1, Column: 1, Reason: "document type definitions are not allowed"},
	} {
		_, findings, err := Compile(source)
		var got *SyntaxError
		if !errors.As(err, &got) || got.Line != want.Line || got.Column != want.Column || got.Reason != want.Reason || got.Fix == "" {
			t.Errorf("%q: %v, want %+v", source, err, want)
			continue
		}
		if len(findings) != 1 || findings[0].Level != Mistake || findings[0].Line != want.Line {
			t.Errorf("%q: findings %v", source, findings)
		}
		if !strings.HasPrefix(err.Error(), "parsing problem: line ") {
			t.Errorf("%q: %v", source, err)
		}
	}
}

func TestLimitsOfXML(t *testing.T) {
	for name, source := range map[string]string{
		"long":       "<problem>" + strings.Repeat(" ", MaxSource) + "</problem>",
		"deep":       strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1),
		"many tags":  "<problem>" + strings.Repeat("<a/>", maxElements+1) + "</problem>",
		"attributes": "<problem " + strings.Repeat("a", 1) + attributes(101) + "/>",
	} {
		if _, _, err := Compile(source); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	b.WriteString(`="x"`)
	for i := range n {
		b.WriteString(" a" + itoa(i) + `="x"`)
	}
	return b.String()
}

func TestTolerantXML(t *testing.T) {
	root, findings, err := parseXML("<?xml version=\"1.0\"?>\n<!DOCTYPE problem>\r\n<problem a='x&#9;y\nz &lt; &quot;'>" +
		"a & b &nbsp;&alpha;&unknown; 1 < 2 <![CDATA[<i>&amp;</i>]]><!-- c --><b/>&#x41;&#0;</problem>\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := root.value("a"); got != "x\ty z < \"" {
		t.Errorf("attribute %q", got)
	}
	if got := root.leading(); got != "a & b \u00a0α&unknown; 1 < 2 <i>&amp;</i>" {
		t.Errorf("text %q", got)
	}
	if got := root.allText(); !strings.HasSuffix(got, "A&#0;") {
		t.Errorf("all text %q", got)
	}
	if len(findings) != 4 {
		t.Errorf("%d warnings: %v", len(findings), findings)
	}
	if findings[0].Line != 4 {
		t.Errorf("the first warning is in line %d", findings[0].Line)
	}
}

func TestWrongBytesAreReplaced(t *testing.T) {
	root, _, err := parseXML("\ufeff<p>a\xffb</p>")
	if err != nil || root.allText() != "a\ufffdb" {
		t.Errorf("%v, %v", root, err)
	}
}

func TestBrowserScriptsAndMathPassThrough(t *testing.T) {
	p, _, err := Compile(`<problem><script type="text/javascript">if (1 &lt; 2) f("x");</script><startouttext/>` +
		`<math>$\displaystyle x$</math><math><mi>y</mi></math><text>t</text><img src="a&amp;b"/><endouttext/></problem>`)
	if err != nil {
		t.Fatal(err)
	}
	want := `<script type="text/javascript">if (1 < 2) f("x");</script>\[ x\]<math><mi>y</mi></math><span>t</span><img src="a&amp;b">`
	if got := p.Public.View(ViewOptions{}).Body; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSearchTextHasNoScripts(t *testing.T) {
	p, _, err := Compile(`<problem><p>One<b>two</b></p><script type="text/javascript">var x = "&lt;p&gt;";</script><style>p {}</style><p>3 &lt; 4</p></problem>`)
	if err != nil {
		t.Fatal(err)
	}
	if p.Facts.Search != "Onetwo 3 < 4" {
		t.Errorf("%q", p.Facts.Search)
	}
}

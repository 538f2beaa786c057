package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
)

func parse(t *testing.T, text string) *intake.XMLDocument {
	t.Helper()
	doc, err := intake.ParseXML("x.xml", []byte(text), intake.XMLOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestXMLTreeKeepsPlaces(t *testing.T) {
	text := "<?xml version='1.0'?>\n<!-- é --><vertical display_name=\"A &amp; B\"\n  url_name='v'>\n  <html url_name=\"ü\"/>" +
		"text &#x41;<![CDATA[<raw>]]><?pi some thing?>\n</vertical>\n<!--after-->"
	doc := parse(t, text)
	if len(doc.Nodes) != 4 || doc.Nodes[2] != doc.Root || doc.Nodes[1].Text != " é " || doc.Nodes[3].Text != "after" {
		t.Fatalf("top level: %+v", doc.Nodes)
	}
	root := doc.Root
	want := []struct {
		kind         intake.XMLKind
		source       string
		text         string
		line, column int
	}{
		{intake.XMLText, "\n  ", "\n  ", 3, 16},
		{intake.XMLElement, `<html url_name="ü"/>`, "", 4, 3},
		{intake.XMLText, "text &#x41;", "text A", 4, 23},
		{intake.XMLCData, "<![CDATA[<raw>]]>", "<raw>", 4, 34},
		{intake.XMLInstruction, "<?pi some thing?>", "some thing", 4, 51},
		{intake.XMLText, "\n", "\n", 4, 68},
	}
	if len(root.Children) != len(want) {
		t.Fatalf("got %d children, want %d", len(root.Children), len(want))
	}
	for i, w := range want {
		child := root.Children[i]
		line, column := doc.Position(child.Start)
		if child.Kind != w.kind || string(doc.Slice(child)) != w.source || child.Text != w.text || line != w.line || column != w.column {
			t.Errorf("child %d: got %d %q %q at %d:%d, want %+v", i, child.Kind, doc.Slice(child), child.Text, line, column, w)
		}
	}
	if got := string(doc.Source[root.InnerStart:root.InnerEnd]); !strings.HasPrefix(got, "\n  <html") || !strings.HasSuffix(got, "?>\n") {
		t.Errorf("inner source is %q", got)
	}
	if line, column := doc.Position(root.Start); line != 2 || column != 11 {
		t.Errorf("the root stands at %d:%d", line, column)
	}
	if got := root.Content(); got != "\n  text A<raw>\n" {
		t.Errorf("content is %q", got)
	}
	if len(root.Attrs) != 2 || root.Attrs[0].Value != "A & B" || string(doc.Source[root.Attrs[1].Start:root.Attrs[1].End]) != "url_name='v'" {
		t.Errorf("attributes are %+v", root.Attrs)
	}
	if value, ok := root.Attr("url_name"); !ok || value != "v" || len(root.Elements()) != 1 {
		t.Errorf("got %q, %v, %d elements", value, ok, len(root.Elements()))
	}
}

func TestXMLValuesAreNormalised(t *testing.T) {
	doc := parse(t, "<a b='1\n2&#10;3\r\n4\t&quot;\r5'>1\r\n2\r3&#13;</a>")
	if got, want := doc.Root.Attrs[0].Value, "1 2\n3 4 \" 5"; got != want {
		t.Errorf("attribute: got %q, want %q", got, want)
	}
	if got, want := doc.Root.Content(), "1\n2\n3\r"; got != want {
		t.Errorf("text: got %q, want %q", got, want)
	}
}

func TestXMLAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":       "\xef\xbb\xbf<?xml version=\"1.0\"?><a/>",
		"undeclared prefix":     `<option:a foo:bar="1"><option:b/></option:a>`,
		"bare document type":    `<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://www.w3.org/x.dtd"><a/>`,
		"UTF-8 called Latin-1":  `<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>`,
		"all five entities":     `<a>&lt;&gt;&amp;&quot;&apos;</a>`,
		"names of all scripts":  `<問題 été="1"/>`,
		"deep but allowed":      strings.Repeat("<a>", 256) + strings.Repeat("</a>", 256),
		"apostrophe in quotes":  `<a b="it's" c='"'/>`,
		"greater than in value": `<a b="a > b"/>`,
		"version 1.1":           `<?xml version="1.1"?><a/>`,
		"end tag with space":    "<a></a \n>",
	} {
		if _, err := intake.ParseXML("x.xml", []byte(text), intake.XMLOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	doc, err := intake.ParseXML("x.xml", []byte("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>\xe9</a>"), intake.XMLOptions{})
	if err != nil || doc.Root.Content() != "é" || !doc.Recoded {
		t.Errorf("Latin-1: %v", err)
	}
	doc, err = intake.ParseXML("x.xml", []byte("<a>\n&nbsp;&eacute;</a>"), intake.XMLOptions{HTMLEntities: true})
	if err != nil || doc.Root.Content() != "\n\u00a0é" || len(doc.Entities) != 2 || doc.Entities[1] != (intake.XMLEntity{Name: "eacute", Text: "é", Start: 10, End: 18}) {
		t.Errorf("HTML's entities: %+v, %v", doc, err)
	}
}

// Each text, the code and the place of the error. But for the undeclared prefix, lxml refuses the same with Open edX's options.
func TestXMLRefuses(t *testing.T) {
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i, strings.Repeat("&lol;", 10))
	}
	laughs += `]><lolz>&lol8;</lolz>`
	tests := map[string]struct {
		text         string
		code         intake.Code
		line, column int
	}{
		"billion laughs":         {laughs, intake.CodeEntity, 1, 1},
		"external entity":        {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, intake.CodeEntity, 1, 1},
		"parameter entity":       {`<!DOCTYPE a [<!ENTITY % x SYSTEM "http://evil/x.dtd"> %x;]><a/>`, intake.CodeEntity, 1, 1},
		"HTML's entity":          {"<a>\n x&nbsp;y</a>", intake.CodeEntity, 2, 3},
		"unknown entity":         {"<a>&foo;</a>", intake.CodeEntity, 1, 4},
		"two document types":     {"<!DOCTYPE a><!DOCTYPE a><a/>", intake.CodeSyntax, 1, 13},
		"late document type":     {"<a/><!DOCTYPE a>", intake.CodeSyntax, 1, 5},
		"element declaration":    {"<!ELEMENT a ANY><a/>", intake.CodeSyntax, 1, 1},
		"nesting":                {strings.Repeat("<a>", 300), intake.CodeDepth, 1, 769},
		"never closed":           {"<a>\n<b></b>\n", intake.CodeSyntax, 1, 1},
		"crossed":                {"<a>\n<b>\n</a></b>", intake.CodeSyntax, 3, 1},
		"closes nothing":         {"<a/>\n</b>", intake.CodeSyntax, 2, 1},
		"two roots":              {"<a/>\n<b/>", intake.CodeSyntax, 2, 1},
		"text behind":            {"<a/>\n x", intake.CodeSyntax, 2, 2},
		"text before":            {"x<a/>", intake.CodeSyntax, 1, 1},
		"empty":                  {"", intake.CodeSyntax, 1, 1},
		"comment alone":          {"<!-- a -->", intake.CodeSyntax, 1, 11},
		"double hyphen":          {"<a><!-- x -- y --></a>", intake.CodeSyntax, 1, 11},
		"triple hyphen":          {"<a><!-- x ---></a>", intake.CodeSyntax, 1, 11},
		"open comment":           {"<a><!-- x", intake.CodeSyntax, 1, 4},
		"open CDATA":             {"<a><![CDATA[ x", intake.CodeSyntax, 1, 4},
		"CDATA outside":          {"<a/><![CDATA[ x ]]>", intake.CodeSyntax, 1, 5},
		"end of CDATA in text":   {"<a>]]></a>", intake.CodeSyntax, 1, 4},
		"less than in value":     {`<a b="<"/>`, intake.CodeSyntax, 1, 7},
		"attribute twice":        {`<a b="1" b="2"/>`, intake.CodeSyntax, 1, 10},
		"no space":               {`<a b="1"c="2"/>`, intake.CodeSyntax, 1, 9},
		"no quotes":              {`<a b=1/>`, intake.CodeSyntax, 1, 6},
		"no value":               {`<a b/>`, intake.CodeSyntax, 1, 5},
		"open value":             {`<a b="1/>`, intake.CodeSyntax, 1, 4},
		"open tag":               {`<a b="1"`, intake.CodeSyntax, 1, 1},
		"bare ampersand":         {"<a>a & b; c</a>", intake.CodeSyntax, 1, 6},
		"ampersand without end":  {"<a>a &amp b</a>", intake.CodeSyntax, 1, 6},
		"control character":      {"<a>\n\x01</a>", intake.CodeSyntax, 2, 1},
		"NUL":                    {"<a>\x00</a>", intake.CodeSyntax, 1, 4},
		"not a character":        {"<a>\uFFFE</a>", intake.CodeSyntax, 1, 4},
		"reference to NUL":       {"<a>&#0;</a>", intake.CodeSyntax, 1, 4},
		"reference to surrogate": {"<a>&#xD800;</a>", intake.CodeSyntax, 1, 4},
		"reference too large":    {"<a>&#x110000;</a>", intake.CodeSyntax, 1, 4},
		"capital X":              {"<a>&#X41;</a>", intake.CodeSyntax, 1, 4},
		"signed reference":       {"<a>&#+65;</a>", intake.CodeSyntax, 1, 4},
		"late declaration":       {"\n<?xml version='1.0'?><a/>", intake.CodeSyntax, 2, 1},
		"inner declaration":      {"<a><?xml version='1.0'?></a>", intake.CodeSyntax, 1, 4},
		"version 2":              {"<?xml version='2.0'?><a/>", intake.CodeSyntax, 1, 1},
		"no name":                {"<a>1 < 2</a>", intake.CodeSyntax, 1, 7},
		"digit":                  {"<1/>", intake.CodeSyntax, 1, 2},
		"UTF-16":                 {"\xff\xfe<\x00a\x00", intake.CodeUnsupported, 1, 1},
		"not UTF-8":              {"<a>\nü\xff</a>", intake.CodeUnsupported, 2, 2},
		"unknown encoding":       {"<?xml version='1.0' encoding='koi8-r'?><a>\xff</a>", intake.CodeUnsupported, 1, 43},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ParseXML("dir/x.xml", []byte(test.text), intake.XMLOptions{})
			var refusal *intake.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			if refusal.Code != test.code || refusal.Line != test.line || refusal.Column != test.column {
				t.Errorf("got %s at %d:%d, want %s at %d:%d: %v", refusal.Code, refusal.Line, refusal.Column, test.code, test.line, test.column, err)
			}
			if want := fmt.Sprintf("reading XML: dir/x.xml:%d:%d: ", test.line, test.column); !strings.HasPrefix(err.Error(), want) || refusal.Fix == "" {
				t.Errorf("not a message to act on: %v", err)
			}
		})
	}
}

func TestXMLLimits(t *testing.T) {
	many := `<a b="1" c="2"><!--x-->t<d/></a>` // seven nodes
	for name, test := range map[string]struct {
		text    string
		options intake.XMLOptions
		code    intake.Code
	}{
		"bytes":         {"<a>12345</a>", intake.XMLOptions{Bytes: 11}, intake.CodeTooLarge},
		"nodes":         {many, intake.XMLOptions{Nodes: 5}, intake.CodeLimit},
		"attributes":    {many, intake.XMLOptions{Attrs: 1}, intake.CodeLimit},
		"depth":         {many, intake.XMLOptions{Depth: 1}, intake.CodeDepth},
		"element name":  {"<abcdef/>", intake.XMLOptions{NameBytes: 5}, intake.CodeLimit},
		"text":          {"<a>123456</a>", intake.XMLOptions{TextBytes: 5}, intake.CodeLimit},
		"value":         {"<a b='123456'/>", intake.XMLOptions{TextBytes: 5}, intake.CodeLimit},
		"comment":       {"<a><!--123456--></a>", intake.XMLOptions{TextBytes: 5}, intake.CodeLimit},
		"recoded bytes": {"<?xml version='1.0' encoding='latin1'?><a>\xe9\xe9\xe9</a>", intake.XMLOptions{Bytes: 50}, intake.CodeTooLarge},
	} {
		if _, err := intake.ParseXML("x.xml", []byte(test.text), test.options); intake.CodeOf(err) != test.code {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}
	if _, err := intake.ParseXML("x.xml", []byte(many), intake.XMLOptions{Nodes: 6, Attrs: 2, Depth: 2}); err != nil {
		t.Errorf("within all limits: %v", err)
	}
}

func TestXMLCanonical(t *testing.T) {
	equal := [][]string{
		{`<a b="1" c="2"/>`, `<a c='2'  b="1"></a>`, "<?xml version='1.0'?>\n<a\nb='1' c='2' />"},
		{`<a>1 &lt; 2</a>`, `<a><![CDATA[1 < 2]]></a>`, `<a>1 &#60; 2</a>`, `<a>1 <![CDATA[<]]> 2</a>`},
		{"<a>\n  <b/>\n  <!-- c -->\n</a>", "<a><b/><!-- c --></a>"},
		{`<a b="x&#10;y"/>`, `<a b='x&#xA;y'/>`},
		{"<a xml:space='preserve'> <b/></a>", `<a xml:space="preserve"> <b></b></a>`},
	}
	for _, group := range equal {
		first := parse(t, group[0])
		for _, other := range group[1:] {
			if !intake.XMLEqual(first.Root, parse(t, other).Root) || !bytes.Equal(first.Canonical(), parse(t, other).Canonical()) {
				t.Errorf("%q and %q differ", group[0], other)
			}
		}
	}
	for _, pair := range [][2]string{
		{`<a b="1"/>`, `<a b="2"/>`},
		{`<a b="1"/>`, `<a c="1"/>`},
		{`<a>x<!-- c --></a>`, `<a>x</a>`},
		{`<a><!-- c --></a>`, `<a><!-- d --></a>`},
		{`<a>x <b/></a>`, `<a>x<b/></a>`},
		{`<a> </a>`, `<a/>`},
		{`<a xml:space='preserve'> <b/></a>`, `<a xml:space='preserve'><b/></a>`},
		{`<a><b/><c/></a>`, `<a><c/><b/></a>`},
		{`<a><?p q?></a>`, `<a><?p r?></a>`},
		{`<a b="x&#10;y"/>`, `<a b="x y"/>`},
		{`<a>x&#13;</a>`, "<a>x\r</a>"},
	} {
		if intake.XMLEqual(parse(t, pair[0]).Root, parse(t, pair[1]).Root) {
			t.Errorf("%q and %q are equal", pair[0], pair[1])
		}
	}
	if bytes.Equal(parse(t, `<!--x--><a/>`).Canonical(), parse(t, `<a/>`).Canonical()) {
		t.Error("a comment before the root is lost")
	}
}

// The time for input made to be slow must grow with its size alone: so many of each would take minutes if it grew faster.
func TestXMLIsLinear(t *testing.T) {
	const n = 1 << 17
	options := intake.XMLOptions{Nodes: 10 * n, TextBytes: 20 * n}
	for name, text := range map[string]string{
		"open comments":   "<a>" + strings.Repeat("<!--", n),
		"references":      "<a>" + strings.Repeat("&amp;", n) + "</a>",
		"line ends":       "<a b='" + strings.Repeat("\r", n) + "'/>",
		"ampersands":      "<a>" + strings.Repeat("&", n),
		"elements":        "<a>" + strings.Repeat("<b/>", n) + "</a>",
		"brackets":        "<a>" + strings.Repeat("]", n) + "</a>",
		"document type":   "<!DOCTYPE a " + strings.Repeat(`"`, n),
		"spaces":          "<a" + strings.Repeat(" ", n) + "/>",
		"open CDATA":      "<a>" + strings.Repeat("<![CDATA[", n),
		"closed sections": "<a>" + strings.Repeat("<![CDATA[]]>", n) + "</a>",
	} {
		doc, err := intake.ParseXML(name, []byte(text), options)
		if (doc == nil) == (err == nil) {
			t.Errorf("%s: neither document nor error", name)
		}
	}
}

func BenchmarkParseXML(b *testing.B) {
	unit := []byte("<vertical display_name=\"Unit\">\n" + strings.Repeat("  <problem url_name=\"0123456789abcdef\" weight=\"1.0\">text &amp; more</problem>\n", 1000) + "</vertical>")
	b.SetBytes(int64(len(unit)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := intake.ParseXML("x.xml", unit, intake.XMLOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

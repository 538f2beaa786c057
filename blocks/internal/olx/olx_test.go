package olx

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestRead(t *testing.T) {
	source := "<?xml version=\"1.0\"?>\n<!-- first --><video a=\"1 &lt; 2\n3\" b='\"&#x41;&unknown;'  ><x/>\n<y z=\"1\">a<y/>b<!-- </y> --><![CDATA[</y>]]></y>tail</video> <!-- last -->"
	e, err := Read([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "video" || !reflect.DeepEqual(e.Attributes, []Attribute{{"a", "1 < 2 3"}, {"b", `"A&unknown;`}}) || e.Line != 3 {
		t.Errorf("%+v", e)
	}
	if want := source[strings.Index(source, "<video") : strings.Index(source, "</video>")+len("</video>")]; e.Source != want {
		t.Errorf("source %q", e.Source)
	}
	children, err := e.Children()
	if err != nil || len(children) != 2 {
		t.Fatal(children, err)
	}
	if x, y := children[0], children[1]; x.Source != "<x/>" || y.Source != `<y z="1">a<y/>b<!-- </y> --><![CDATA[</y>]]></y>` || y.Line != 4 || y.Text() != "ab</y>" {
		t.Errorf("%+v, %+v, %q", x, y, y.Text())
	}
	if value, ok := e.Attr("c"); ok || value != "" {
		t.Error("there is no c")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, source := range []string{
		"", "words", "</a>", "<a", "<a b>", "<a b=c>", "<a b='c>", "<a>", "<a><b></a", "<a><!-- </a>", "<a>1 < 2</a>", "<",
		"<a>" + strings.Repeat("x", MaxSource) + "</a>", "<a " + strings.Repeat("b='' ", maxAttributes+1) + "/>",
	} {
		if e, err := Read([]byte(source)); !errors.Is(err, ErrSource) {
			t.Errorf("%.40q: %+v, %v", source, e, err)
		}
	}
	many, err := Read([]byte("<a>" + strings.Repeat("<b/>", maxChildren+1) + "</a>"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := many.Children(); !errors.Is(err, ErrSource) {
		t.Errorf("too many children: %v", err)
	}
}

func TestBody(t *testing.T) {
	for source, want := range map[string]string{
		"<a>\n <p>x</p>\n</a>":                "<p>x</p>",
		"<a/>":                                "",
		"<a> <![CDATA[ <p>x & y</p> ]]> </a>": " <p>x & y</p> ",
		"<a><![CDATA[x]]>y</a>":               "<![CDATA[x]]>y",
		"<a><![CDATA[x]]><![CDATA[y]]></a>":   "xy",
	} {
		e, err := Read([]byte(source))
		if err != nil || e.Body() != want {
			t.Errorf("%q: %q, %v", source, e.Body(), err)
		}
	}
}

// TestValue follows Open edX's older types: JSON where the text is JSON of that type, else the text itself.
func TestValue(t *testing.T) {
	tests := []struct {
		kind       wire.FieldType
		text, want string
	}{
		{wire.TypeString, "a <b>", `"a <b>"`},
		{wire.TypeString, `"quoted"`, `"quoted"`},
		{wire.TypeString, "null", ""},
		{wire.TypeString, "5", `"5"`},
		{wire.TypeString, "", `""`},
		{wire.TypeInteger, "5", "5"},
		{wire.TypeInteger, `"5"`, "5"},
		{wire.TypeInteger, "5.9", "5"},
		{wire.TypeInteger, "", "null"},
		{wire.TypeInteger, "None", "null"},
		{wire.TypeInteger, "true", "1"},
		{wire.TypeNumber, "1e2", "100"},
		{wire.TypeNumber, " 2.50 ", "2.5"},
		{wire.TypeBoolean, "true", "true"},
		{wire.TypeBoolean, "True", "true"},
		{wire.TypeBoolean, `"TRUE"`, "true"},
		{wire.TypeBoolean, "yes", "false"},
		{wire.TypeBoolean, "0", "false"},
		{wire.TypeBoolean, "null", ""},
		{wire.TypeBoolean, "[1]", "true"},
		{wire.TypeList, `["a"]`, `["a"]`},
		{wire.TypeList, "", ""},
		{wire.TypeObject, `{"a":1}`, `{"a":1}`},
		{wire.TypeAny, `{"a":1}`, `{"a":1}`},
		{wire.TypeAny, "words", `"words"`},
	}
	for _, test := range tests {
		if got, err := Value(test.kind, test.text); err != nil || string(got) != test.want {
			t.Errorf("%s %q: %s, %v", test.kind, test.text, got, err)
		}
	}
	for kind, text := range map[wire.FieldType]string{
		wire.TypeInteger: "five", wire.TypeNumber: "1e999", wire.TypeDuration: "0x10", wire.TypeList: `{"a":1}`, wire.TypeObject: "[1",
	} {
		if got, err := Value(kind, text); err == nil {
			t.Errorf("%s %q: %s", kind, text, got)
		}
	}
	e, err := Read([]byte(`<a n="1" m="x" k="2"/>`))
	if err != nil {
		t.Fatal(err)
	}
	fields, bad := e.Fields(map[string]wire.FieldType{"n": wire.TypeInteger, "m": wire.TypeInteger})
	if len(fields) != 1 || string(fields["n"]) != "1" || !reflect.DeepEqual(bad, []string{"m"}) {
		t.Errorf("%s, %v", fields, bad)
	}
}

// FuzzRead: whatever is read gives back its own bytes, and every value is JSON.
func FuzzRead(f *testing.F) {
	f.Add("<?xml version='1.0'?><a b='1' c=\"&lt;\"><d/>x<![CDATA[y]]><!-- z --></a>")
	f.Fuzz(func(t *testing.T, source string) {
		e, err := Read([]byte(source))
		if err != nil {
			return
		}
		again, err := Read([]byte(e.Source))
		if err != nil || again.Source != e.Source || again.Inner != e.Inner || !reflect.DeepEqual(again.Attributes, e.Attributes) {
			t.Fatalf("%q becomes %+v, %v", e.Source, again, err)
		}
		children, err := e.Children()
		for _, child := range children {
			if err == nil && !strings.Contains(e.Inner, child.Source) {
				t.Errorf("child %q is not inside %q", child.Source, e.Inner)
			}
		}
		for _, kind := range []wire.FieldType{wire.TypeString, wire.TypeInteger, wire.TypeBoolean, wire.TypeObject, wire.TypeAny} {
			for _, a := range e.Attributes {
				if value, err := Value(kind, a.Value); err == nil && value != nil && !json.Valid(value) {
					t.Errorf("%s %q is %s", kind, a.Value, value)
				}
			}
		}
		e.Text()
		e.Body()
	})
}

package olx

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestAttributes writes values and reads them again; "" as text is no attribute.
func TestAttributes(t *testing.T) {
	tests := []struct {
		kind        wire.FieldType
		value, text string
	}{
		{wire.TypeString, `"plain <text>"`, "plain <text>"},
		{wire.TypeString, `"null"`, `"null"`},
		{wire.TypeString, `" null "`, `" null "`},
		{wire.TypeString, `"\"quoted\""`, `"\"quoted\""`},
		{wire.TypeString, `"5"`, "5"},
		{wire.TypeString, "null", ""},
		{wire.TypeInteger, "5", "5"},
		{wire.TypeInteger, "null", "null"},
		{wire.TypeNumber, "0.1", "0.1"},
		{wire.TypeBoolean, "false", "false"},
		{wire.TypeBoolean, "null", ""},
		{wire.TypeList, `["a","<"]`, `["a","<"]`},
		{wire.TypeObject, `{"en":"a.srt"}`, `{"en":"a.srt"}`},
		{wire.TypeAny, `"5"`, `"5"`},
		{wire.TypeAny, `"words"`, "words"},
		{wire.TypeAny, "5", "5"},
	}
	for _, test := range tests {
		kinds := map[string]wire.FieldType{"f": test.kind}
		set := wire.Fields{"f": json.RawMessage(test.value), "other": json.RawMessage("1")}
		attributes := Attributes(set, kinds)
		switch {
		case test.text == "" && len(attributes) == 0:
			continue
		case len(attributes) != 1 || attributes[0].Value != test.text:
			t.Errorf("%s %s is written as %q, want %q", test.kind, test.value, attributes, test.text)
			continue
		}
		e, err := Read(Write("a", attributes, ""))
		if err != nil {
			t.Errorf("%s %s: %v", test.kind, test.value, err)
			continue
		}
		if read, bad := e.Fields(kinds); len(bad) > 0 || string(read["f"]) != test.value {
			t.Errorf("%s %s is read as %s, %v", test.kind, test.value, read["f"], bad)
		}
	}
}

func TestDefinitionPath(t *testing.T) {
	for id, want := range map[string][2]string{"a": {"html/a.html", "a"}, "a:b:c": {"html/a/b/c.html", "c"}} {
		if path, name := DefinitionPath("html", id, ".html"); path != want[0] || name != want[1] {
			t.Errorf("%s: %s, %s", id, path, name)
		}
	}
}

// FuzzWrite: texts of every kind come back through an attribute, whatever is in them.
func FuzzWrite(f *testing.F) {
	for _, text := range []string{"", "null", `"`, `"x"`, "a\tb\r\nc", "<&>'\"", "true", "5", " ", "\u2028", "[1]"} {
		f.Add(text, "<b/>")
	}
	f.Fuzz(func(t *testing.T, text, inner string) {
		for _, r := range text {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
				return // XML has no such characters
			}
		}
		for _, kind := range []wire.FieldType{wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeAny} {
			kinds := map[string]wire.FieldType{"f": kind}
			value := String(text)
			e, err := Read(Write("a", Attributes(wire.Fields{"f": value}, kinds), ""))
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			var got, want any
			fields, _ := e.Fields(kinds)
			if json.Unmarshal(fields["f"], &got) != nil || json.Unmarshal(value, &want) != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s %q comes back as %s", kind, text, fields["f"])
			}
		}
		if e, err := Read(Write("a", nil, inner)); err == nil && e.Source == string(Write("a", nil, inner)) && e.Inner != inner {
			t.Errorf("inner %q comes back as %q", inner, e.Inner)
		}
	})
}

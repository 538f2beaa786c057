package fieldform_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func field(name string, kind wire.FieldType, now string) fieldform.Field {
	f := fieldform.Field{Field: wire.Field{Name: name, Scope: wire.ScopeContent, Type: kind}}
	if now != "" {
		f.Now = json.RawMessage(now)
	}
	return f
}

// fields holds one of every kind of input.
func fields() []fieldform.Field {
	chosen := field("level", wire.TypeInteger, "2")
	chosen.Values = []wire.Value{{Value: json.RawMessage("1"), Title: "Low"}, {Value: json.RawMessage("2"), Title: "High"}}
	return []fieldform.Field{
		field("line", wire.TypeString, `"a <b> \"c\""`), field("text", wire.TypeText, `"one\ntwo"`), field("markup", wire.TypeHTML, `"<p>x</p>"`),
		field("whole", wire.TypeInteger, "3"), field("part", wire.TypeNumber, "0.5"), field("on", wire.TypeBoolean, "true"),
		field("when", wire.TypeTime, `"2026-01-31T12:30:00Z"`), field("lines", wire.TypeList, `["x","y z"]`), field("deep", wire.TypeList, `[{"a":1}]`),
		field("spaced", wire.TypeList, `[" x"]`), choices(`[{"id":"a","text":"<b>A</b>\nlong","right":true},{"id":"b","text":"B","points":0.5,"kind":"y","on":false}]`),
		plain(`["<p>x</p>","y"]`), choices2(`[{"id":"a","other":1}]`), field("object", wire.TypeObject, `{"a":[1]}`), field("any", wire.TypeAny, "null"), chosen,
	}
}

// choices is a list with rows of everything.
func choices(now string) fieldform.Field {
	f := field("choices", wire.TypeList, now)
	f.Title = "Choices"
	least := 0.0
	f.Items = []wire.Item{
		{Name: "id", Type: wire.TypeID},
		{Name: "text", Type: wire.TypeHTML, Title: "Choice", Help: "What one reads."},
		{Name: "right", Type: wire.TypeBoolean, Title: "Right", Secret: true},
		{Name: "on", Type: wire.TypeBoolean, Title: "On", Default: json.RawMessage("true")},
		{Name: "points", Type: wire.TypeNumber, Title: "Points", Min: &least},
		{Name: "kind", Type: wire.TypeString, Title: "Kind", Values: []wire.Value{{Value: json.RawMessage(`"x"`), Title: "X"}, {Value: json.RawMessage(`"y"`), Title: "Y"}}},
	}
	return f
}

// plain is a list of texts with rows, choices2 one that holds what its items do not say.
func plain(now string) fieldform.Field {
	f := field("hints", wire.TypeList, now)
	f.Items = []wire.Item{{Type: wire.TypeHTML}}
	return f
}

func choices2(now string) fieldform.Field {
	f := choices(now)
	f.Name = "odd"
	return f
}

// drawn reads the values that a browser would send of a drawn form.
func drawn(t *testing.T, list []fieldform.Field, findings ...wire.Finding) (url.Values, string) {
	t.Helper()
	catalogue, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	markup, err := fieldform.Draw(catalogue.For(nil, "en"), "x-", list, findings)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(markup)))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || inTemplate(n) {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		switch n.Data {
		case "input":
			if _, checked := attributes["checked"]; attributes["type"] == "checkbox" && !checked || attributes["name"] == "" {
				continue
			}
			values.Set(attributes["name"], attributes["value"])
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Set(attributes["name"], text)
		case "option":
			for _, a := range n.Parent.Attr {
				if _, selected := attributes["selected"]; a.Key == "name" && selected {
					values.Set(a.Val, attributes["value"])
				}
			}
		}
	}
	return values, string(markup)
}

func inTemplate(n *html.Node) bool {
	for a := range n.Ancestors() {
		if a.Data == "template" {
			return true
		}
	}
	return false
}

// A form that is sent as it was drawn changes nothing.
func TestSentAsItWasDrawn(t *testing.T) {
	list := fields()
	sent, _ := drawn(t, list)
	got := fieldform.Read(list, sent)
	for _, f := range list {
		var before, after any
		if err := json.Unmarshal(f.Now, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got[f.Name], &after); err != nil {
			t.Errorf("%s: %v in %s", f.Name, err, got[f.Name])
			continue
		}
		x, _ := json.Marshal(before)
		y, _ := json.Marshal(after)
		if string(x) != string(y) {
			t.Errorf("%s was %s and is %s", f.Name, x, y)
		}
	}
}

func TestRead(t *testing.T) {
	list := fields()
	for _, c := range []struct{ name, text, want string }{
		{"whole", "", "null"},
		{"whole", "4", "4"},
		{"whole", "many", `"many"`},
		{"line", "", `""`},
		{"text", "a\r\nb", `"a\nb"`},
		{"on", "", "null"},
		{"on", "false", "false"},
		{"lines", "b\r\n\r\n a ", `["b","a"]`},
		{"deep", `[1, 2]`, "[1, 2]"},
		{"deep", `[1`, `"[1"`},
		{"when", "2026-02-01T08:00", `"2026-02-01T08:00:00Z"`},
		{"level", "1", "1"},
	} {
		got := fieldform.Read(list, url.Values{"f." + c.name: {c.text}})
		if string(got[c.name]) != c.want || len(got) != 1 {
			t.Errorf("%s typed as %q is read as %s, want %s", c.name, c.text, got[c.name], c.want)
		}
	}
	unset := []fieldform.Field{field("line", wire.TypeString, ""), field("list", wire.TypeList, "")}
	if got := fieldform.Read(unset, url.Values{"f.line": {""}, "f.list": {""}}); string(got["line"]) != "null" || string(got["list"]) != "null" {
		t.Errorf("what is left empty is set: %s", got)
	}
}

// Findings stand beside their fields, which name them; those without a field stand first. Nothing of a block is taken as markup.
func TestFindings(t *testing.T) {
	_, markup := drawn(t, []fieldform.Field{field("line", wire.TypeString, "")},
		wire.Finding{Level: wire.LevelError, Field: "line", Message: "<i>wrong</i>", Fix: "mend"}, wire.Finding{Level: wire.LevelHint, Message: "loose"})
	if strings.Contains(markup, "<i>") || !strings.Contains(markup, `aria-describedby="x-line-found"`) || !strings.Contains(markup, `id="x-line-found"`) {
		t.Error(markup)
	}
	if strings.Index(markup, "Loose.") > strings.Index(markup, "x-line") {
		t.Error("what is about no field stands behind the fields")
	}
}

package fieldform_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sent makes a form of name and value pairs below a list.
func sent(list string, pairs ...string) url.Values {
	values := url.Values{"f." + list: {"rows"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set("f."+list+"."+pairs[i], pairs[i+1])
	}
	return values
}

func TestRows(t *testing.T) {
	id := regexp.MustCompile(`"id":"[a-z2-7]{8}"`)
	for name, c := range map[string]struct {
		field fieldform.Field
		sent  url.Values
		want  string
	}{
		"rows stand by their places": {
			choices(""), sent("choices",
				"0.id", "a", "0.text", "A", "0.on", "true", "0.@", "2", "1.id", "b", "1.text", "B\r\nb", "1.right", "true", "1.on", "true", "1.@", "1"),
			`[{"id":"b","right":true,"text":"B\nb"},{"id":"a","text":"A"}]`,
		},
		"a row that shall go goes": {choices(`[{"id":"a","text":"A"}]`), sent("choices", "0.id", "a", "0.text", "A", "0.-", "true"), `[]`},
		"an empty row is none":     {choices(""), sent("choices", "0.id", "a", "0.text", "", "0.on", "true", "0.points", " ", "0.kind", ""), `null`},
		"a box that is on by itself may be off": {
			choices(""), sent("choices", "0.id", "a", "0.text", "A"),
			`[{"id":"a","on":false,"text":"A"}]`,
		},
		"a row without an id gets one": {choices(""), sent("choices", "7.text", "A", "7.on", "true"), `[{"id":"ID","text":"A"}]`},
		"what is no number is told":    {choices(""), sent("choices", "0.id", "a", "0.on", "true", "0.points", "many"), `[{"id":"a","points":"many"}]`},
		"strange numbers are nobody's": {choices(""), sent("choices", "-1.text", "A", "x.text", "B", "99999999999999999999.text", "C", "text", "D"), `null`},
		"plain values":                 {plain(""), sent("hints", "0.=", "<p>a</p>", "1.=", "", "2.=", "c"), `["<p>a</p>","c"]`},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(fieldform.Read([]fieldform.Field{c.field}, c.sent)[c.field.Name])
			if got = id.ReplaceAllString(got, `"id":"ID"`); got != c.want {
				t.Errorf("read %s, want %s", got, c.want)
			}
		})
	}
}

// Rows have a name, their findings stand at the member that they name, and there is an empty row to fill in.
func TestRowsAreDrawn(t *testing.T) {
	_, markup := drawn(t, []fieldform.Field{choices(`[{"id":"a","text":"A"},{"id":"b","text":"<i>B</i>"}]`)},
		wire.Finding{Level: wire.LevelError, Field: "choices", Line: 2, Column: 2, Message: "twice"},
		wire.Finding{Level: wire.LevelError, Field: "choices", Line: 1, Message: "whole row"},
		wire.Finding{Level: wire.LevelError, Field: "choices", Line: 9, Message: "no such row"},
		wire.Finding{Level: wire.LevelError, Field: "choices", Message: "the list"})
	for _, want := range []string{
		`aria-label="Choices 2"`, `aria-describedby="x-choices-1-1-help x-choices-1-1-found"`, `id="x-choices-1-1-found"><p class="finding error"><strong dir="auto">Twice.`,
		`&lt;i&gt;B&lt;/i&gt;`, `name="f.choices.3.text"`, `name="f.choices.N.text"`, `data-spare`,
	} {
		if !strings.Contains(markup, want) {
			t.Errorf("the form lacks %s:\n%s", want, markup)
		}
	}
	whole, second := strings.Index(markup, "Whole row."), strings.Index(markup, `aria-label="Choices 2"`)
	last, list := strings.Index(markup, "No such row."), strings.Index(markup, "The list.")
	if whole < 0 || whole > second || list < second || last < second {
		t.Errorf("findings stand at %d, %d, %d; the second row at %d", whole, last, list, second)
	}
}

// usual is a list with a default.
func usual(now string) fieldform.Field {
	f := plain(now)
	f.Default = json.RawMessage(`["a","b"]`)
	return f
}

// A list goes back to its default by a box, whatever stands in its rows; a default that nobody changed does not become a value of its own.
func TestListsUseTheirDefault(t *testing.T) {
	box := func(values url.Values) url.Values {
		values["f.hints"] = append(values["f.hints"], "default")
		return values
	}
	bare := usual(`["x"]`)
	bare.Items = nil
	for name, c := range map[string]struct {
		field fieldform.Field
		sent  url.Values
		want  string
	}{
		"by its box":                      {usual(`["x"]`), box(sent("hints", "0.=", "x")), "null"},
		"without the box it is as it is":  {usual(`["x"]`), sent("hints", "0.=", "x"), `["x"]`},
		"emptied is empty":                {usual(`["x"]`), sent("hints", "0.=", ""), `[]`},
		"unset and not changed":           {usual(""), sent("hints", "0.=", "a", "1.=", "b"), "null"},
		"unset and changed":               {usual(""), sent("hints", "0.=", "b", "1.=", "a"), `["b","a"]`},
		"set to what is its default":      {usual(`["x"]`), sent("hints", "0.=", "a", "1.=", "b"), `["a","b"]`},
		"lines, by their box":             {bare, url.Values{"f.hints": {"x\r\ny", "default"}}, "null"},
		"a line with that word":           {bare, url.Values{"f.hints": {"default"}}, `["default"]`},
		"a list without a default has no": {plain(`["x"]`), box(sent("hints", "0.=", "x")), `["x"]`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(fieldform.Read([]fieldform.Field{c.field}, c.sent)["hints"]); got != c.want {
				t.Errorf("read %s, want %s", got, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		field      fieldform.Field
		want, lack string
	}{
		"set":       {usual(`["x"]`), `<quoin-default data-off data-done=`, "(empty)"},
		"unset":     {usual(""), `<quoin-default data-done=`, "data-off"},
		"lines":     {bare, `name="f.hints" value="default"> Use default</label>`, "data-defaults"},
		"empty one": {func() fieldform.Field { f := usual(`["x"]`); f.Default = json.RawMessage("[]"); return f }(), "Use default (empty)", "data-defaults"},
		"no":        {plain(`["x"]`), "quoin-rows", "quoin-default"},
	} {
		values, markup := drawn(t, []fieldform.Field{c.field})
		if !strings.Contains(markup, c.want) || strings.Contains(markup, c.lack) {
			t.Errorf("%s: the form lacks %s, or has %s:\n%s", name, c.want, c.lack, markup)
		}
		if got := fieldform.Read([]fieldform.Field{c.field}, values)["hints"]; string(got) != string(c.field.Now) && string(got) != "null" {
			t.Errorf("%s: sent as it was drawn it is %s", name, got)
		}
	}
}

package fieldform

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed form.html
var source string

var form = template.Must(template.New("fieldform").Parse(source))

// Field is one input of the form.
type Field struct {
	wire.Field
	// Now is the value as JSON, nil where the field is unset.
	Now json.RawMessage
}

// part is one field as the template lays it out.
type part struct {
	W                                    *words.Reader
	ID, Name, Title, Help, Kind, Default string
	// Text is what stands in the input.
	Text           string
	Rows           int
	Min, Max, Step string
	Choices        []choice
	Code           bool
	Findings       []wire.Finding
	Described      string
	// Of is the list and its member whose texts are offered here.
	Of string
	// List is set for a list whose rows are drawn.
	List *list
	// Reset is what the button says that goes back to a list's default, "" where there is none to go back to; OffDefault says that the
	// list has a value of its own.
	Reset      string
	OffDefault bool
}

type choice struct {
	Value, Title string
	Chosen       bool
}

// Draw gives the form's inputs, with findings beside the fields that they name. prefix begins the ids of its elements; findings
// that name no field of the form stand before it.
func Draw(w *words.Reader, prefix string, fields []Field, findings []wire.Finding) (template.HTML, error) {
	page := struct {
		W      *words.Reader
		Loose  []wire.Finding
		Fields []part
		// More are those that few authors need, folded; Set of them have a value of their own. Open says that one is wrong.
		More []part
		Set  int
		Open bool
	}{W: w}
	findings = Sentences(findings)
	for i := range fields {
		p := partOf(w, prefix, &fields[i], findings)
		if !fields[i].Rare {
			page.Fields = append(page.Fields, p)
			continue
		}
		page.More = append(page.More, p)
		if set(&fields[i]) {
			page.Set++
		}
		page.Open = page.Open || slices.ContainsFunc(findings, func(f wire.Finding) bool { return f.Field == p.Name })
	}
	if len(page.Fields) == 0 || len(page.More) == 1 { // folding that hides nothing, or all, helps nobody
		page.Fields, page.More = append(page.Fields, page.More...), nil
	}
	for _, finding := range findings {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == finding.Field }) {
			page.Loose = append(page.Loose, finding)
		}
	}
	var out bytes.Buffer
	if err := form.Execute(&out, page); err != nil {
		return "", fmt.Errorf("drawing the form: %w", err)
	}
	return template.HTML(out.String()), nil
}

// set reports whether a field has a value of its own.
func set(f *Field) bool {
	return len(f.Now) > 0 && string(f.Now) != "null" && !same(f.Now, f.Default)
}

func partOf(w *words.Reader, prefix string, f *Field, findings []wire.Finding) part {
	p := part{W: w, ID: prefix + f.Name, Name: f.Name, Title: f.Title, Help: f.Help, Kind: kindOf(f)}
	if p.Title == "" {
		p.Title = f.Name
	}
	if f.Default != nil {
		p.Default = textOf(p.Kind, f.Default)
		if p.Kind == "boolean" {
			p.Default = w.T(map[bool]string{true: "fieldform.yes", false: "fieldform.no"}[p.Default == "true"])
		}
		for _, value := range f.Values {
			if same(value.Value, f.Default) {
				p.Default = value.Title
			}
		}
	}
	if string(f.Now) == `""` {
		p.Default = "" // a text that is empty, not unset
	}
	p.Text = textOf(p.Kind, f.Now)
	p.Rows = min(20, max(3, 1+strings.Count(p.Text, "\n")))
	p.Min, p.Max, p.Step = bound(f.Min), bound(f.Max), bound(f.Step)
	if p.Step == "" && (f.Type == wire.TypeNumber || f.Type == wire.TypeDuration) {
		p.Step = "any"
	}
	p.Code = p.Kind == "json" || f.Type == wire.TypeHTML || f.Type == wire.TypeXML
	p.Choices = choices(f)
	for _, finding := range findings {
		if finding.Field == f.Name && (p.Kind != "rows" || finding.Line == 0 || finding.Line > entryCount(f)) {
			p.Findings = append(p.Findings, finding)
		}
	}
	p.describe()
	if resets(f) {
		p.OffDefault = set(f)
		p.Reset = w.T("fieldform.default")
		if same(json.RawMessage("[]"), f.Default) || string(f.Default) == "null" {
			p.Reset = w.T("fieldform.default_empty")
		}
	}
	if p.Kind == "rows" {
		p.List = listOf(w, &p, f, findings)
	}
	return p
}

// describe names what stands beside the input.
func (p *part) describe() {
	var described []string
	if p.Help != "" {
		described = append(described, p.ID+"-help")
	}
	if len(p.Findings) > 0 {
		described = append(described, p.ID+"-found")
	}
	p.Described = strings.Join(described, " ")
}

func bound(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'g', -1, 64)
}

// kindOf names the input that fits a field: rows, choice, boolean, line, lines, number, instant, file, strings or json.
func kindOf(f *Field) string {
	switch {
	case f.Type == wire.TypeList && len(f.Items) > 0 && entryCount(f) <= maxRows-spare && rowed(f):
		return "rows"
	case len(f.Values) > 0:
		return "choice"
	case f.Type == wire.TypeBoolean:
		return "boolean"
	case f.Type == wire.TypeInteger, f.Type == wire.TypeNumber, f.Type == wire.TypeDuration:
		return "number"
	case f.Type == wire.TypeTime:
		return "instant"
	case f.Type == wire.TypeFile:
		return "file"
	case f.Type == wire.TypeText, f.Type == wire.TypeHTML, f.Type == wire.TypeXML:
		return "lines"
	case f.Type == wire.TypeList && strung(f.Now, f.Default):
		return "strings"
	case f.Type == wire.TypeList, f.Type == wire.TypeObject, f.Type == wire.TypeCaptions, f.Type == wire.TypeAny:
		return "json"
	}
	return "line"
}

// strung reports whether a list is one of texts without line breaks, so that each may have a line of its own: what is set
// decides, else what stands in for it.
func strung(now, otherwise json.RawMessage) bool {
	if len(now) == 0 {
		now = otherwise
	}
	var list []string
	if len(now) == 0 || json.Unmarshal(now, &list) != nil || len(list) == 0 {
		return false
	}
	return !slices.ContainsFunc(list, func(s string) bool { return strings.ContainsAny(s, "\n\r") || strings.TrimSpace(s) != s || s == "" })
}

// textOf is a value as it stands in an input of a kind, "" for none.
func textOf(kind string, value json.RawMessage) string {
	if len(value) == 0 || string(value) == "null" {
		return ""
	}
	var text string
	switch kind {
	case "strings":
		var list []string
		if json.Unmarshal(value, &list) == nil {
			return strings.Join(list, "\n")
		}
	case "json":
		return Indented(value)
	case "instant":
		if json.Unmarshal(value, &text) == nil {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				return at.UTC().Format("2006-01-02T15:04:05")
			}
			return text
		}
	case "choice", "boolean", "number":
		return string(value)
	}
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// maxIndented bounds what indenting makes of a value, in bytes.
const maxIndented = 4 << 20

// Indented lays JSON out in lines, or gives it as it is where that would take far more room than it has.
func Indented(value json.RawMessage) string {
	room := len(value)
	for _, depth := range intake.Marks(value) {
		if room += 2 * depth; room > maxIndented {
			return string(value)
		}
	}
	var indented bytes.Buffer
	if json.Indent(&indented, value, "", "  ") != nil {
		return string(value)
	}
	return indented.String()
}

func choices(f *Field) []choice {
	var list []choice
	for _, value := range f.Values {
		list = append(list, choice{string(value.Value), value.Title, same(value.Value, f.Now)})
	}
	return list
}

func same(a, b json.RawMessage) bool {
	var x, y any
	return len(b) > 0 && json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
}

// resets reports whether a field has a way back to its default of its own: a list, in which nothing typed is as good as an empty list.
func resets(f *Field) bool { return f.Type == wire.TypeList && len(f.Default) > 0 }

// useDefault is sent beside what stands in a list's inputs, by a box of the same name: the list shall be unset, whatever stands there.
const useDefault = "default"

// Read gives the values that a form sent, as JSON by field; null for a field that is left unset. What is no value of its type is
// given as a text, for who checks it to tell. Fields that the form did not send are left out.
func Read(fields []Field, sent url.Values) wire.Fields {
	out := wire.Fields{}
	for i := range fields {
		f := &fields[i]
		list, there := sent["f."+f.Name]
		if !there || len(list) == 0 {
			continue
		}
		if resets(f) && slices.Contains(list[1:], useDefault) {
			out[f.Name] = json.RawMessage("null")
			continue
		}
		if kindOf(f) == "rows" {
			out[f.Name] = readRows(f, sent)
			continue
		}
		out[f.Name] = valueOf(kindOf(f), f, strings.ReplaceAll(list[0], "\r\n", "\n"))
	}
	return out
}

func valueOf(kind string, f *Field, text string) json.RawMessage {
	unset := json.RawMessage("null")
	switch kind {
	case "line", "lines", "file":
		if text == "" && (len(f.Now) == 0 || string(f.Now) == "null") {
			return unset // it was unset, and nobody typed anything
		}
		return quoted(text)
	case "strings":
		list := []string{}
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
		if len(list) == 0 && len(f.Now) == 0 {
			return unset
		}
		encoded, err := json.Marshal(list)
		if err != nil {
			return unset // texts always encode
		}
		return encoded
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return unset
	case kind == "instant":
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
			if at, err := time.Parse(layout, text); err == nil {
				return quoted(at.Format(time.RFC3339))
			}
		}
		return quoted(text)
	case json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return quoted(text)
}

func quoted(text string) json.RawMessage { return encode(text) }

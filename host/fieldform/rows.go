package fieldform

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A list whose items are declared is sent as rows: "f.FIELD" says that it was drawn, "f.FIELD.N.MEMBER" is what stands in a row
// ("=" for a list of plain values), "f.FIELD.N.@" its place and "f.FIELD.N.-" that it shall go. N only tells rows apart.
const (
	memberPlain  = "="
	memberPlace  = "@"
	memberRemove = "-"
	// maxRows bounds the rows that are read.
	maxRows = 500
	// spare are the empty rows at the end, for those without scripts.
	spare = 2
)

// list is a list as the template lays it out.
type list struct {
	W *words.Reader
	// Name begins the names of the inputs, Title names the list.
	Name, Title string
	// Add is what the button says that adds a row.
	Add string
	// Of is the field with the picture that its entries are boxes on.
	Of   string
	Rows []row
	// Blank is an empty row, from which a script makes more; its number is "N". Defaults are the rows of the list's default, likewise.
	Blank    row
	Defaults []row
}

// row is one entry.
type row struct {
	W           *words.Reader
	Name, Title string
	// Place counts from 1.
	Place    int
	Spare    bool
	Findings []wire.Finding
	Hidden   []part
	Parts    []part
	// More are the parts that few rows have, folded under the Names of them; Open says that one of them is used.
	More  []part
	Names string
	Open  bool
}

// rowed reports whether a list can be drawn as rows: each entry of what stands there is what its items say. Otherwise somebody put
// other things there, and a form of rows would lose them.
func rowed(f *Field) bool {
	entries, ok := entriesOf(f, f.Now)
	for _, entry := range entries {
		for name := range entry {
			ok = ok && slices.ContainsFunc(f.Items, func(i wire.Item) bool { return memberOf(i) == name })
		}
	}
	return ok
}

func memberOf(i wire.Item) string {
	if i.Name == "" {
		return memberPlain
	}
	return i.Name
}

// entriesOf gives the entries of a list's value by member, those of its default where it is unset.
func entriesOf(f *Field, now json.RawMessage) ([]map[string]json.RawMessage, bool) {
	if len(now) == 0 {
		now = f.Default
	}
	if len(now) == 0 {
		return nil, true
	}
	if f.Items[0].Name != "" {
		var entries []map[string]json.RawMessage
		err := json.Unmarshal(now, &entries)
		return entries, err == nil && !slices.ContainsFunc(entries, func(e map[string]json.RawMessage) bool { return e == nil })
	}
	var plain []json.RawMessage
	if json.Unmarshal(now, &plain) != nil {
		return nil, false
	}
	var entries []map[string]json.RawMessage
	for _, value := range plain {
		entries = append(entries, map[string]json.RawMessage{memberPlain: value})
	}
	return entries, true
}

func entryCount(f *Field) int {
	entries, _ := entriesOf(f, f.Now)
	return len(entries)
}

func listOf(w *words.Reader, p *part, f *Field, findings []wire.Finding) *list {
	entries, _ := entriesOf(f, f.Now)
	l := &list{W: w, Name: f.Name, Title: p.Title, Add: f.Add}
	if picture, ok := strings.CutSuffix(f.From, ".boxes"); ok {
		l.Of = picture
	}
	if l.Add == "" {
		l.Add = w.T("fieldform.add", p.Title)
	}
	for i := range len(entries) + spare {
		entry := map[string]json.RawMessage{}
		if i < len(entries) {
			entry = entries[i]
		}
		var found []wire.Finding
		for _, finding := range findings {
			if finding.Field == f.Name && finding.Line == i+1 && i < len(entries) {
				found = append(found, finding)
			}
		}
		r := rowOf(w, p, f, strconv.Itoa(i), entry, found)
		// A list of things begins with rows to write in; without scripts, every list ends with some.
		r.Place, r.Spare = i+1, i >= len(entries) && (len(entries) > 0 || f.Items[0].Name == "" || f.Rare)
		l.Rows = append(l.Rows, r)
	}
	l.Blank = rowOf(w, p, f, "N", nil, nil)
	if usual, ok := entriesOf(f, nil); ok && resets(f) {
		for _, entry := range usual {
			l.Defaults = append(l.Defaults, rowOf(w, p, f, "N", entry, nil))
		}
	}
	return l
}

func rowOf(w *words.Reader, p *part, f *Field, number string, entry map[string]json.RawMessage, findings []wire.Finding) row {
	r := row{W: w, Name: f.Name + "." + number, Title: p.Title}
	for i, item := range f.Items {
		field := itemField(item, entry)
		field.Name = f.Name + "." + number + "." + memberOf(item)
		if item.Type == wire.TypeID {
			if field.Now == nil && number != "N" {
				field.Now = quoted(newID())
			}
			r.Hidden = append(r.Hidden, part{Name: field.Name, Text: textOf("line", field.Now)})
			continue
		}
		drawn := partOf(w, "", &field, nil)
		drawn.ID = p.ID + "-" + number + "-" + strconv.Itoa(i)
		if item.Name == "" {
			drawn.Title = w.T("fieldform.entry")
			if drawn.Kind == "file" {
				drawn.Title = w.T("fieldform.file")
			}
		}
		if drawn.Kind == "boolean" {
			drawn.Kind = "tick"
			if drawn.Text == "" {
				drawn.Text = string(item.Default)
			}
		}
		if drawn.Kind == "lines" {
			drawn.Rows = max(2, drawn.Rows-1)
		}
		for _, finding := range findings {
			if finding.Column == i+1 {
				drawn.Findings = append(drawn.Findings, finding)
			}
		}
		drawn.Of = item.From
		drawn.describe()
		if item.Type == wire.TypeHTML {
			drawn.Code = strings.Contains(drawn.Text, "<") // a text in a row is mostly words
		}
		if item.Rare {
			r.More = append(r.More, drawn)
			r.Open = r.Open || drawn.Text != "" && drawn.Text != "false" || len(drawn.Findings) > 0
			continue
		}
		r.Parts = append(r.Parts, drawn)
	}
	if len(r.Parts) == 0 {
		r.Parts, r.More = r.More, nil
	}
	for i := range r.More {
		if i > 0 {
			r.Names += w.T("list.comma") + " "
		}
		r.Names += r.More[i].Title
	}
	for _, finding := range findings {
		if !slices.ContainsFunc(slices.Concat(r.Parts, r.More), func(p part) bool { return slices.Contains(p.Findings, finding) }) {
			r.Findings = append(r.Findings, finding)
		}
	}
	return r
}

// itemField is a member of an entry as a field.
func itemField(item wire.Item, entry map[string]json.RawMessage) Field {
	f := Field{Field: wire.Field{
		Name: item.Name, Type: item.Type, Default: item.Default, Title: item.Title, Help: item.Help, Values: item.Values,
		Min: item.Min, Max: item.Max, Step: item.Step,
	}}
	f.Now = entry[memberOf(item)]
	return f
}

// newID names a row for ever.
func newID() string {
	var random [5]byte
	_, _ = rand.Read(random[:]) // it never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(random[:]))
}

// sentRow is one row of a form.
type sentRow struct {
	number, place int
	members       map[string]string
}

// readRows gives the list that a form's rows make: in the order of their places, without those that are empty or shall go.
func readRows(f *Field, sent url.Values) json.RawMessage {
	rows := sentRows("f."+f.Name+".", sent)
	entries := []json.RawMessage{}
	for _, r := range rows[:min(len(rows), maxRows)] {
		if _, gone := r.members[memberRemove]; gone {
			continue
		}
		if entry := entryOf(f, r.members); entry != nil {
			entries = append(entries, entry)
		}
	}
	value := encode(entries)
	if (len(f.Now) == 0 || string(f.Now) == "null") && (len(entries) == 0 || same(value, f.Default)) {
		return json.RawMessage("null") // it was unset, and nobody typed anything
	}
	return value
}

// encode writes JSON with < and & as they are.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return json.RawMessage("null") // texts and JSON always encode
	}
	return bytes.TrimSpace(b.Bytes())
}

func sentRows(prefix string, sent url.Values) []sentRow {
	byNumber := map[int]*sentRow{}
	for name, values := range sent {
		rest, ok := strings.CutPrefix(name, prefix)
		number, member, dotted := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if !ok || !dotted || err != nil || n < 0 || len(values) == 0 {
			continue
		}
		if byNumber[n] == nil {
			byNumber[n] = &sentRow{number: n, place: n + 1, members: map[string]string{}}
		}
		byNumber[n].members[member] = strings.ReplaceAll(values[len(values)-1], "\r\n", "\n")
		if member == memberPlace {
			if place, err := strconv.Atoi(strings.TrimSpace(values[0])); err == nil {
				byNumber[n].place = place
			}
		}
	}
	rows := make([]sentRow, 0, len(byNumber))
	for _, r := range byNumber {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b sentRow) int {
		if a.place != b.place {
			return a.place - b.place
		}
		return a.number - b.number
	})
	return rows
}

// entryOf makes an entry of a row's members, nil for a row in which nobody wrote. What is as its default is left out.
func entryOf(f *Field, members map[string]string) json.RawMessage {
	entry := map[string]json.RawMessage{}
	written := false
	for _, item := range f.Items {
		field := itemField(item, nil)
		text := members[memberOf(item)]
		value := valueOf(kindOf(&field), &field, text)
		switch {
		case item.Type == wire.TypeID:
			if strings.TrimSpace(text) == "" {
				value = quoted(newID())
			}
			entry[memberOf(item)] = value
			continue
		case item.Type == wire.TypeBoolean && len(item.Values) == 0:
			value = encode(text == "true") // a box that is not ticked sends nothing
			if string(value) == "false" && len(item.Default) == 0 {
				continue
			}
		}
		if string(value) == "null" || same(value, item.Default) {
			continue
		}
		entry[memberOf(item)] = value
		written = true
	}
	if !written {
		return nil
	}
	if plain, ok := entry[memberPlain]; ok && f.Items[0].Name == "" {
		return plain
	}
	return encode(entry)
}

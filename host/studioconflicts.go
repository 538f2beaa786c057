package host

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sheetConflict is two versions of a field that nobody could merge.
type sheetConflict struct {
	ID    string         `json:"id"`
	Field string         `json:"field"`
	Kind  wire.FieldType `json:"kind"`
	Title string         `json:"title"`
	// Stored is what the draft holds, Other what was kept beside it; both as lines to read, those that differ marked. Of long ones
	// it is the lines that differ.
	Stored []diffLine `json:"stored"`
	Other  []diffLine `json:"other"`
	// Merged are the lines of both as JSON, what they have in common once, where both are texts; "" for what cannot be put together.
	Merged string `json:"merged"`
	// Waits says that it is listed alone, until those before it are decided.
	Waits bool `json:"waits,omitempty"`
	// Values are the same as JSON, for the buttons that take them.
	StoredValue json.RawMessage `json:"-"`
	OtherValue  json.RawMessage `json:"-"`
	// By wrote what was kept, StoredBy what the draft holds, "" where that is not known.
	By       string `json:"by"`
	StoredBy string `json:"stored_by"`
	At       string `json:"at"`
}

// Bounds of what a component shows of its conflicts: how much is read and compared for one look at it, of which the first conflict
// is shown in any case; how long a side may be that is shown in full; and how long two texts in one may be.
const (
	mostBeside = 128 << 10
	mostSide   = 32 << 10
	mostMerged = 64 << 10
)

// conflictsOf are the versions that were kept beside a draft, to be read side by side. When there are many, the later ones are
// listed: an author decides on one after the other anyway, and each is compared with what is stored by then.
func (r *request) conflictsOf(content *authoring.Content, fields []fieldform.Field) ([]sheetConflict, error) {
	list, names := []sheetConflict{}, map[string]string{}
	hidden, left := r.hiddenOf(content.Usage.Type), mostBeside
	for _, c := range content.Conflicts {
		if hidden[c.Field] {
			continue
		}
		one := sheetConflict{ID: c.ID, Field: c.Field, Title: c.Field, At: r.words.Time(c.At), OtherValue: orNull(c.Value)}
		var err error
		if one.StoredValue, err = storedAt(content, c.Field); err != nil {
			return nil, err
		}
		var field *wire.Field
		if i := slices.IndexFunc(fields, func(f fieldform.Field) bool { return f.Name == c.Field }); i >= 0 {
			field = &fields[i].Field
			one.Title, one.Kind = firstOf(field.Title, c.Field), field.Type
		}
		if one.By, err = r.nameOf(names, c.By); err != nil {
			return nil, err
		}
		if content.By != c.By {
			if one.StoredBy, err = r.nameOf(names, content.By); err != nil {
				return nil, err
			}
		}
		size := len(one.StoredValue) + len(one.OtherValue)
		if one.Waits = len(list) > 0 && size > left; one.Waits {
			left = 0 // in the order in which they came
			list = append(list, one)
			continue
		}
		left -= size
		one.Stored, one.Other = r.sides(field, one.StoredValue, one.OtherValue)
		if size <= mostMerged && isText(one.StoredValue) && isText(c.Value) {
			if one.Merged, err = mergedLines(one.Kind, jsonText(string(one.StoredValue)), jsonText(string(c.Value))); err != nil {
				return nil, err
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// storedAt is what a field of a draft holds, null for nothing; of a block that is not installed its element is the field "olx".
func storedAt(content *authoring.Content, field string) (json.RawMessage, error) {
	if field == authoring.FieldOLX && content.Source != nil {
		return json.Marshal(content.Source.XML)
	}
	return orNull(content.Fields[field]), nil
}

// sides are two values as lines to read, with those marked that the other one does not have.
func (r *request) sides(f *wire.Field, stored, other json.RawMessage) (left, right []diffLine) {
	read := func(value json.RawMessage) string {
		switch {
		case f != nil && f.Type == wire.TypeHTML && isText(value):
			return authoring.PlainText(jsonText(string(value))) + "\n"
		case compound(string(value)):
			return strings.Join(r.worded(f, value), "\n") + "\n"
		case isText(value):
			return jsonText(string(value)) + "\n"
		}
		return r.choiceText(f, string(value)) + "\n"
	}
	a, b := read(stored), read(other)
	if a == b { // they differ in what is not read
		a, b = readable(stored)+"\n", readable(other)+"\n"
	}
	for _, line := range authoring.CompareText(a, b) {
		text := strings.TrimRight(line.Text, "\r\n")
		switch line.Change {
		case "-":
			left = append(left, diffLine{"gone", text})
		case "+":
			right = append(right, diffLine{"new", text})
		default:
			left, right = append(left, diffLine{"", text}), append(right, diffLine{"", text})
		}
	}
	return bounded(left), bounded(right)
}

// bounded is a side as it is, or of a long one the lines that differ, with a few around them.
func bounded(side []diffLine) []diffLine {
	size := 0
	for _, line := range side {
		size += len(line.Text) + perLine
	}
	if size <= mostSide {
		return side
	}
	return nearLines(side)
}

// perLine is about what a line costs a page beside its text.
const perLine = 16

// mergedLines are both texts in one, what they have in common once, as JSON.
func mergedLines(kind wire.FieldType, stored, other string) (string, error) {
	if kind == wire.TypeHTML {
		stored, other = authoring.BreakBlocks(stored), authoring.BreakBlocks(other)
	}
	lines := []diffLine{}
	for _, line := range authoring.CompareText(stored, other) {
		lines = append(lines, diffLine{map[string]string{"": "", "-": "gone", "+": "new"}[line.Change], strings.TrimRight(line.Text, "\r\n")})
	}
	text, err := json.Marshal(lines)
	if len(text) > mostMerged {
		return "", err
	}
	return string(text), err
}

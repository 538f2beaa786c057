package host

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// declaredFor are the fields of a type of block as its form has them, in the reader's language, by name.
func (r *request) declaredFor(blockType string) map[string]*wire.Field {
	if blockType == "" {
		return nil
	}
	fields, _ := r.authorFields(&authoring.Content{Usage: key.Usage{Course: r.course, Type: blockType}})
	declared := make(map[string]*wire.Field, len(fields))
	for i := range fields {
		declared[fields[i].Name] = &fields[i].Field
	}
	return declared
}

// fieldPart puts the difference of one field into words: texts without their tags, lists entry by entry, choices by their titles.
func (r *request) fieldPart(d *authoring.Difference, f *wire.Field) differencePart {
	part := differencePart{Name: r.fieldName(d.Field)}
	if f != nil && part.Name == d.Field {
		part.Name = cmp.Or(f.Title, d.Field)
	}
	shown := *d
	switch {
	case f != nil && f.Type == wire.TypeHTML:
		before, after := authoring.PlainText(jsonText(d.Before))+"\n", authoring.PlainText(jsonText(d.After))+"\n"
		if before != after { // where only its tags differ, they are the difference
			shown.Lines = authoring.CompareText(before, after)
			part.Lines = r.lineParts(&shown)
			return part
		}
	case compound(d.Before) || compound(d.After):
		lines := func(value string) string { return strings.Join(r.worded(f, json.RawMessage(value)), "\n") + "\n" }
		if before, after := lines(d.Before), lines(d.After); before != after {
			shown.Lines = authoring.CompareText(before, after)
			part.Lines = r.lineParts(&shown)
			return part
		}
	}
	if len(d.Lines) > 1 || len(d.Before) > shortValue || len(d.After) > shortValue {
		part.Lines = r.lineParts(d)
	} else {
		part.Before, part.After = r.choiceText(f, d.Before), r.choiceText(f, d.After)
	}
	return part
}

// compound reports whether a value is a list or an object.
func compound(value string) bool {
	return strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{")
}

// jsonText is a text that is written as JSON, "" for what is none.
func jsonText(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return ""
	}
	return text
}

// choiceText is a value as people read it: by the title that its field gives it, where it has one.
func (r *request) choiceText(f *wire.Field, value string) string {
	if f != nil {
		if title := titleOf(f.Values, json.RawMessage(value)); title != "" {
			return title
		}
	}
	return r.valueText(value)
}

func titleOf(values []wire.Value, value json.RawMessage) string {
	if i := slices.IndexFunc(values, func(v wire.Value) bool { return sameJSON(v.Value, value) }); i >= 0 {
		return values[i].Title
	}
	return ""
}

// worded lays a value out in lines: a list entry by entry, an entry member by member as its declaration names them.
func (r *request) worded(f *wire.Field, value json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		var lines []string
		for _, entry := range list {
			for i, line := range r.wordedEntry(f, entry) {
				lines = append(lines, [...]string{"\u2022 ", "\u2003"}[min(i, 1)]+line)
			}
		}
		return lines
	}
	return r.wordedEntry(f, value)
}

func (r *request) wordedEntry(f *wire.Field, value json.RawMessage) []string {
	var items []wire.Item
	if f != nil {
		items = f.Items
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(value, &members) != nil || members == nil {
		if len(items) > 0 && items[0].Name == "" {
			return []string{r.memberText(&items[0], value)}
		}
		return []string{r.memberText(&wire.Item{}, value)}
	}
	var lines []string
	line := func(item *wire.Item) {
		given, there := members[item.Name]
		delete(members, item.Name)
		if !there || item.Type == wire.TypeID || emptyValue(given) {
			return
		}
		lines = append(lines, r.words.T("studio_told.about", cmp.Or(item.Title, item.Name), r.memberText(item, given)))
	}
	for i := range items {
		line(&items[i])
	}
	for _, name := range slices.Sorted(maps.Keys(members)) { // what nobody declared
		line(&wire.Item{Name: name})
	}
	return lines
}

// emptyValue reports whether a member says nothing.
func emptyValue(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "[]", "{}"}, string(bytes.TrimSpace(value)))
}

// memberText is a value within a list, in one line.
func (r *request) memberText(item *wire.Item, value json.RawMessage) string {
	if title := titleOf(item.Values, value); title != "" {
		return title
	}
	if text := jsonText(string(value)); item.Type == wire.TypeHTML && text != "" {
		return strings.ReplaceAll(authoring.PlainText(text), "\n", " ")
	}
	if !compound(string(value)) {
		return strings.Join(strings.Fields(r.valueText(string(value))), " ")
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil {
		texts := make([]string, len(list))
		for i, entry := range list {
			texts[i] = r.memberText(&wire.Item{}, entry)
		}
		return strings.Join(texts, r.words.T("studio_told.comma"))
	}
	return strings.Join(r.wordedEntry(nil, value), " \u00b7 ")
}

// shortLine is a line of a comparison, cut between words where it is very long. What stands before its first word stays.
func shortLine(text string) string {
	text = strings.TrimRight(text, "\r\n")
	if len(text) <= lineBytes {
		return text
	}
	return authoring.Beginning(text, lineBytes)
}

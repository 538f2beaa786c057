package host

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
)

// differencePart is one difference of a block as people read it.
type differencePart struct {
	Name string
	// Before and After are short values, Lines compares longer texts.
	Before, After string
	Lines         []diffLine
	// Children tells of what came, went or changed its place.
	Children []string
}

// diffLine is a line of a comparison: Kind is "", "gone", "new" or "left-out".
type diffLine struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Bounds of what a page shows of differences.
const (
	shortValue  = 200
	aroundLines = 2
	mostLines   = 200
	lineBytes   = 500
)

// differenceParts puts differences of a type of block into words, as its form has them; "" for what is no block.
func (r *request) differenceParts(blockType string, all []authoring.Difference) []differencePart {
	parts := make([]differencePart, 0, len(all))
	keys, declared := r.keyNames(), r.declaredFor(blockType)
	for i := range all {
		d := &all[i]
		if keys[d.Field] {
			parts = append(parts, differencePart{Name: r.fieldName(d.Field), Before: r.valueText(hideKey(d.Before)), After: r.valueText(hideKey(d.After))})
			continue
		}
		if d.Field == "" {
			parts = append(parts, differencePart{Name: r.words.T("studio.children"), Children: r.childrenText(d)})
			continue
		}
		parts = append(parts, r.fieldPart(d, declared[d.Field]))
	}
	return parts
}

// knownFields are the host's own fields that have a name for people: the words are "studio_field." with the field.
var knownFields = []string{
	"display_name", "start", "due", "end", "graded", "format", "visible_to_staff_only", "hide_from_toc", "hide_after_due", "is_time_limited",
	"default_time_limit_minutes", "required_content", "min_score", "min_completion", "show_correctness", "group_access", "relative_weeks_due",
	"weight", "max_attempts", "showanswer", "html", "xml", "markdown", "graceperiod", "enrollment_start", "enrollment_end",
}

func (r *request) fieldName(field string) string {
	if slices.Contains(knownFields, field) {
		return r.words.T("studio_field." + field)
	}
	return field
}

func (r *request) childrenText(d *authoring.Difference) []string {
	var out []string
	if n := len(d.Added); n > 0 {
		out = append(out, r.words.T("studio.children_added", n))
	}
	if n := len(d.Removed); n > 0 {
		out = append(out, r.words.T("studio.children_removed", n))
	}
	if d.Moved {
		out = append(out, r.words.T("studio.children_moved"))
	}
	return out
}

// valueText writes a field's JSON as people read it.
func (r *request) valueText(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return clip(text, shortValue)
	}
	switch v := value.(type) {
	case nil:
		return r.words.T("studio.value_unset")
	case bool:
		if v {
			return r.words.T("studio.value_yes")
		}
		return r.words.T("studio.value_no")
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return r.words.Time(at)
		}
		if v == "" {
			return r.words.T("studio.value_empty")
		}
		return v
	}
	if !compound(text) {
		return text // a number, which says itself
	}
	return authoring.Beginning(strings.Join(r.worded(nil, json.RawMessage(text)), " · "), shortValue)
}

// lineParts are the lines that differ, with a few around them.
func (r *request) lineParts(d *authoring.Difference) []diffLine {
	lines := d.Lines
	if len(lines) == 0 {
		lines = authoring.CompareText(r.valueText(d.Before), r.valueText(d.After))
	}
	all := make([]diffLine, len(lines))
	for i, line := range lines {
		all[i] = diffLine{map[string]string{"": "", "-": "gone", "+": "new"}[line.Change], line.Text}
	}
	return nearLines(all)
}

// nearLines are those of some lines that differ, with a few around them; long ones are cut.
func nearLines(lines []diffLine) []diffLine {
	near := make([]bool, len(lines))
	for i := range lines {
		if lines[i].Kind != "" {
			for at := max(0, i-aroundLines); at <= min(len(lines)-1, i+aroundLines); at++ {
				near[at] = true
			}
		}
	}
	var parts []diffLine
	for i, line := range lines {
		if len(parts) == mostLines {
			return append(parts, diffLine{"left-out", "…"})
		}
		switch {
		case near[i]:
			parts = append(parts, diffLine{line.Kind, shortLine(line.Text)})
		case len(parts) > 0 && parts[len(parts)-1].Kind != "left-out":
			parts = append(parts, diffLine{"left-out", "…"})
		}
	}
	return parts
}

// kindText names a type of block for people.
func (r *request) kindText(blockType string) string {
	if course.Structural(blockType) {
		return r.words.T("studio.kind_" + blockType)
	}
	return r.typeTitle(blockType)
}

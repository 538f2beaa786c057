package visual

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
)

// Ways to earn a part of the points.
const (
	ByPoints = "points" // each choice that is partly right has its share
	ByEach   = "EDC"    // each box counts: one that is rightly ticked, or rightly left empty
	ByHalves = "halves" // one mistake halves the points, two leave a quarter
)

// scheme is the attribute partial_credit as the form offers it; what the form does not know is given as it stands.
func scheme(text string) string {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "false") {
		return ""
	}
	for _, known := range []string{ByPoints, ByEach, ByHalves} {
		if strings.EqualFold(text, known) {
			return known
		}
	}
	return text
}

// credited are the attributes of a question with the way in which parts of it earn points.
func (p *Part) credited(attrs []olx.Attribute) []olx.Attribute {
	if p.Kind != Choice && p.Kind != Check || scheme(attr(attrs, "partial_credit")) == p.Credit {
		return attrs
	}
	return set(attrs, "partial_credit", strings.TrimSpace(clean(p.Credit)))
}

// set sets an attribute, or takes it out where it says nothing.
func set(attrs []olx.Attribute, name, value string) []olx.Attribute {
	if value == "" {
		return without(attrs, name)
	}
	return with(attrs, name, value)
}

// graded are the attributes of a choice with what it is worth and whether it moves.
func (p *Part) graded(row *Row, name string) []olx.Attribute {
	attrs := row.Keep.Attrs
	is, shall := attr(attrs, "correct"), truth(row.Correct, name)
	means := strings.EqualFold(is, "true") == row.Correct
	if p.Kind == Choice {
		if row.Partial && !row.Correct {
			shall = "partial"
		}
		means = means && strings.EqualFold(is, "partial") == (shall == "partial")
	}
	if is == "" && len(attrs) == 0 || !means {
		attrs = with(attrs, "correct", shall)
	}
	if p.Kind != Choice {
		return attrs
	}
	if row.Points != attr(attrs, "point_value") {
		attrs = set(attrs, "point_value", strings.TrimSpace(clean(row.Points)))
	}
	if row.Fixed != (attr(attrs, "fixed") == "true") {
		attrs = set(attrs, "fixed", map[bool]string{true: "true"}[row.Fixed])
	}
	return attrs
}

// letters are how many choices have a letter of their own.
const letters = 26

// id is how a set names a choice: by its own id, else by the letter of its place, "" where there is none.
func id(row *Row, at int) string {
	if own := strings.ToUpper(attr(row.Keep.Attrs, "id")); own != "" {
		return own
	}
	if at >= letters {
		return ""
	}
	return string(rune('A' + at))
}

// boxes are the places of the choices that a set names; ok is false where it names one that is not there.
func (p *Part) boxes(value string) (of []int, ok bool) {
	for _, name := range strings.Fields(strings.ReplaceAll(strings.ToUpper(value), "*", " ")) {
		at := -1
		for i := range p.Rows {
			if id(&p.Rows[i], i) == name {
				at = i // of two with one id, the last counts
			}
		}
		if at < 0 {
			return nil, false
		}
		if !slices.Contains(of, at) {
			of = append(of, at)
		}
	}
	slices.Sort(of)
	return of, true
}

// combined reads feedback on sets of boxes. Where one of them cannot be told, all stay as they are: the first that fits counts.
func (p *Part) combined(compounds []*olx.Element) {
	for _, e := range compounds {
		of, ok := p.boxes(attr(e.Attributes, "value"))
		if !ok || p.Kind != Check || len(compounds) > MaxRows {
			p.Sets = nil
			break
		}
		p.Sets = append(p.Sets, Row{Text: showInline(e.Inner), Of: of, Keep: kept{Attrs: e.Attributes}})
	}
	if p.Sets == nil {
		for _, e := range compounds {
			p.Keep.Rest += e.Source
		}
	}
}

// writtenSets are the sets of boxes, each on its line.
func (p *Part) writtenSets() []string {
	if p.Kind != Check {
		return nil
	}
	var lines []string
	for i := range p.Sets {
		row := &p.Sets[i]
		shall := slices.Compact(slices.Sorted(slices.Values(row.Of)))
		attrs := row.Keep.Attrs
		if is, ok := p.boxes(attr(attrs, "value")); !ok || !slices.Equal(is, shall) {
			var names []string
			for _, at := range shall {
				if at >= 0 && at < len(p.Rows) && id(&p.Rows[at], at) != "" {
					names = append(names, id(&p.Rows[at], at))
				}
			}
			attrs = with(attrs, "value", strings.Join(names, " "))
		}
		lines = append(lines, element("compoundhint", attrs, takeInline(row.Text)))
	}
	return lines
}

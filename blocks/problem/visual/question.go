package visual

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
)

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// question reads the element of a question.
func (p *Part) question(e *olx.Element) {
	p.Keep.Attrs = e.Attributes
	if p.Kind == Number || p.Kind == Text {
		p.Answer, p.Compare = attr(e.Attributes, "answer"), attr(e.Attributes, "type")
	}
	if p.Kind == Choice || p.Kind == Check {
		p.Credit = scheme(attr(e.Attributes, "partial_credit"))
	}
	parts, err := e.Parts()
	if err != nil {
		p.refuse(e.Source)
		return
	}
	first := slices.IndexFunc(parts, func(part olx.Part) bool { return part.Element != nil && own(part.Element.Name) })
	if first < 0 {
		p.refuse(e.Source)
		return
	}
	var intro strings.Builder
	for _, part := range parts[:first] {
		intro.WriteString(part.Source)
	}
	p.Intro = showBlocks(intro.String())
	seen, outro := map[string]bool{}, ""
	for _, part := range parts[first:] {
		switch kid := part.Element; {
		case kid == nil && strings.TrimSpace(part.Source) == "":
		case kid == nil || prose(kid.Name) && !own(kid.Name):
			outro += part.Source
		case seen[kid.Name] && once(kid.Name):
			p.refuse(kid.Source)
		default:
			seen[kid.Name] = true
			p.own(kid)
		}
	}
	p.Outro = showBlocks(outro)
}

// own are the parts of a question that make it one.
func own(name string) bool {
	switch name {
	case "label", "description", "choicegroup", "checkboxgroup", "optioninput", "responseparam", "additional_answer", "formulaequationinput", "textline",
		"correcthint", "stringequalhint", "regexphint", "solution":
		return true
	}
	return false
}

func once(name string) bool {
	return name != "responseparam" && name != "additional_answer" && name != "stringequalhint" && name != "regexphint"
}

// own reads one of a question's parts.
func (p *Part) own(e *olx.Element) {
	plain := len(e.Attributes) == 0
	written := p.Kind == Number || p.Kind == Text
	switch {
	case (e.Name == "label" || e.Name == "description") && plain && strings.TrimSpace(e.Inner) == "":
		p.Keep.Empty = append(p.Keep.Empty, e.Name)
	case e.Name == "label" && plain:
		p.Label = showInline(e.Inner)
	case e.Name == "description" && plain:
		p.Help = showInline(e.Inner)
	case e.Name == "solution" && plain:
		p.Solved = true
		p.Explanation, p.Keep.Wrap = unwrapped(e.Inner)
	case p.Kind == Choice && e.Name == "choicegroup", p.Kind == Check && e.Name == "checkboxgroup", p.Kind == Dropdown && e.Name == "optioninput":
		p.Keep.Group = e.Attributes
		p.choices(e)
	case p.Kind == Number && (e.Name == "formulaequationinput" || e.Name == "textline"), p.Kind == Text && e.Name == "textline":
		p.Keep.Input = e.Source
	case p.Kind == Number && e.Name == "responseparam" && attr(e.Attributes, "type") == "tolerance" && p.Tolerance == "":
		p.Tolerance, p.Keep.Group = attr(e.Attributes, "default"), e.Attributes
	case written && e.Name == "responseparam":
		p.Keep.Rest += e.Source
	case written && e.Name == "correcthint":
		p.Feedback, p.Keep.Hint = showInline(e.Inner), e.Attributes
	case written && e.Name == "additional_answer":
		p.Rows = append(p.Rows, p.answered(e))
	case p.Kind == Text && (e.Name == "stringequalhint" || e.Name == "regexphint"):
		p.Wrong = append(p.Wrong, Row{
			Text: attr(e.Attributes, "answer"), Feedback: showInline(e.Inner), Pattern: e.Name == "regexphint", Keep: kept{Attrs: e.Attributes},
		})
	default:
		p.refuse(e.Source)
	}
}

// answered is another right answer.
func (p *Part) answered(e *olx.Element) Row {
	row := Row{Text: attr(e.Attributes, "answer"), Correct: true, Keep: kept{Attrs: e.Attributes}}
	for _, hint := range p.only(e, "correcthint") {
		row.Feedback, row.Keep.Hint = showInline(hint.Inner), hint.Attributes
	}
	return row
}

// choices reads a list of choices.
func (p *Part) choices(group *olx.Element) {
	if p.Kind == Choice {
		p.Shuffle, p.Pool = attr(group.Attributes, "shuffle") == "true", attr(group.Attributes, "answer-pool")
	}
	if options := attr(group.Attributes, "options"); p.Kind == Dropdown && options != "" {
		p.listed(group.Attributes, options)
		return
	}
	name := "choice"
	if p.Kind == Dropdown {
		name = "option"
	}
	var compounds []*olx.Element
	for _, e := range p.only(group, name, "compoundhint") {
		if e.Name == "compoundhint" {
			compounds = append(compounds, e)
			continue
		}
		if len(compounds) > 0 {
			p.refuse(e.Source)
		}
		p.Rows = append(p.Rows, p.choice(e, name+"hint"))
	}
	p.combined(compounds)
}

func (p *Part) choice(e *olx.Element, hint string) Row {
	row := Row{Correct: strings.EqualFold(attr(e.Attributes, "correct"), "true"), Keep: kept{Attrs: e.Attributes}}
	if p.Kind == Choice {
		row.Partial = strings.EqualFold(attr(e.Attributes, "correct"), "partial")
		row.Points, row.Fixed = attr(e.Attributes, "point_value"), attr(e.Attributes, "fixed") == "true"
	}
	parts, err := e.Parts()
	if err != nil {
		p.refuse(e.Source)
	}
	var words strings.Builder
	hints := 0
	for _, part := range parts {
		switch {
		case part.Element != nil && part.Element.Name == hint:
			hints++
			p.hinted(&row, part.Element)
		case hints == 0:
			words.WriteString(part.Source)
		case strings.TrimSpace(part.Source) != "":
			p.refuse(part.Source)
		}
	}
	row.Text = showInline(words.String())
	return row
}

func (p *Part) hinted(row *Row, hint *olx.Element) {
	text := showInline(hint.Inner)
	switch {
	case text == "" || p.Kind != Check && row.Feedback != "":
		p.refuse(hint.Source)
	case p.Kind == Check && attr(hint.Attributes, "selected") == "false":
		row.Unselected, row.Keep.More = text, hint.Attributes
	case p.Kind == Check && attr(hint.Attributes, "selected") != "true":
		p.refuse(hint.Source)
	default:
		row.Feedback, row.Keep.Hint = text, hint.Attributes
	}
}

// listed reads the options of an attribute: ('a','b').
func (p *Part) listed(attrs []olx.Attribute, options string) {
	inner, opens := strings.CutPrefix(options, "('")
	inner, closes := strings.CutSuffix(inner, "')")
	if !opens || !closes {
		p.refuse(options)
		return
	}
	p.Keep.List = true
	correct := attr(attrs, "correct")
	for _, option := range strings.Split(inner, "','") {
		p.Rows = append(p.Rows, Row{Text: option, Correct: option == correct})
	}
}

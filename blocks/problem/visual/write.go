package visual

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
)

// Write writes a form: what nobody changed as it stands. lines are where its parts begin, from 1.
func Write(f *Form) (source string, lines []int) {
	at := 1 + strings.Count(f.Head, "\n")
	for i := range f.Parts {
		at += strings.Count(f.Parts[i].Before, "\n")
		lines = append(lines, at)
		at += strings.Count(f.Parts[i].text(), "\n")
	}
	return write(f, true), lines
}

func write(f *Form, changes bool) string {
	var b strings.Builder
	b.WriteString(f.Head)
	for i := range f.Parts {
		b.WriteString(f.Parts[i].Before)
		if changes {
			b.WriteString(f.Parts[i].text())
		} else {
			b.WriteString(f.Parts[i].Source)
		}
	}
	b.WriteString(f.After + f.Tail)
	return b.String()
}

// text is a part as it is written.
func (p *Part) text() string {
	if !p.Changed || p.Kind == Other {
		return p.Source
	}
	return p.write()
}

func (p *Part) write() string {
	switch p.Kind {
	case Prose:
		return takeBlocks(p.Body)
	case Explanation:
		return solution(p.Keep.Attrs, p.Body, p.Keep.Wrap)
	case Hints:
		lines := make([]string, 0, len(p.Rows))
		for _, row := range p.Rows {
			lines = append(lines, element("hint", row.Keep.Attrs, takeInline(row.Text)))
		}
		return block("demandhint", p.Keep.Attrs, lines, "")
	}
	return p.writeQuestion()
}

func element(name string, attrs []olx.Attribute, inner string) string {
	return string(olx.Write(name, attrs, inner))
}

// block writes an element with lines in it, which stand deeper than it does.
func block(name string, attrs []olx.Attribute, lines []string, indent string) string {
	if len(lines) == 0 {
		return element(name, attrs, "")
	}
	inner := "\n"
	for _, line := range lines {
		inner += indent + "  " + line + "\n"
	}
	return element(name, attrs, inner+indent)
}

func solution(attrs []olx.Attribute, body Words, wrap string) string {
	inner := takeBlocks(body)
	if wrap == wrapTitle {
		inner = titled + "\n" + inner
	}
	if wrap != "" {
		inner = opened + "\n" + inner + "\n</div>"
	}
	return element("solution", attrs, "\n"+inner+"\n")
}

func (p *Part) writeQuestion() string {
	var lines []string
	add := func(line string) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	add(takeBlocks(p.Intro))
	if p.Label != "" || has(p.Keep.Empty, "label") {
		add(element("label", nil, takeInline(p.Label)))
	}
	if p.Help != "" || has(p.Keep.Empty, "description") {
		add(element("description", nil, takeInline(p.Help)))
	}
	attrs := p.Keep.Attrs
	if p.Kind == Number || p.Kind == Text {
		attrs = with(attrs, "answer", strings.TrimSpace(clean(p.Answer)))
		if p.Compare != attr(attrs, "type") {
			if attrs = without(attrs, "type"); p.Compare != "" {
				attrs = with(attrs, "type", p.Compare)
			}
		}
		lines = append(lines, p.answers()...)
	} else {
		attrs = p.credited(attrs)
		add(p.group())
	}
	add(takeBlocks(p.Outro))
	if p.Solved {
		add(solution(nil, p.Explanation, p.Keep.Wrap))
	}
	return block(tag(p.Kind), attrs, lines, "")
}

// answers are what stands in a question for a number or a text.
func (p *Part) answers() []string {
	var lines []string
	if tolerance := strings.TrimSpace(p.Tolerance); p.Kind == Number && tolerance != "" {
		lines = append(lines, element("responseparam", with(with(p.Keep.Group, "type", "tolerance"), "default", tolerance), ""))
	}
	if p.Feedback != "" {
		lines = append(lines, element("correcthint", p.Keep.Hint, takeInline(p.Feedback)))
	}
	for _, row := range p.Rows {
		inner := ""
		if row.Feedback != "" {
			inner = element("correcthint", row.Keep.Hint, takeInline(row.Feedback))
		}
		lines = append(lines, element("additional_answer", with(row.Keep.Attrs, "answer", clean(row.Text)), inner))
	}
	for _, row := range p.Wrong {
		name := map[bool]string{false: "stringequalhint", true: "regexphint"}[row.Pattern]
		lines = append(lines, element(name, with(row.Keep.Attrs, "answer", clean(row.Text)), takeInline(row.Feedback)))
	}
	if p.Keep.Rest != "" {
		lines = append(lines, p.Keep.Rest)
	}
	switch {
	case p.Keep.Input != "":
		lines = append(lines, p.Keep.Input)
	case p.Kind == Number:
		lines = append(lines, "<formulaequationinput/>")
	default:
		lines = append(lines, `<textline size="20"/>`)
	}
	return lines
}

// group is the list of choices.
func (p *Part) group() string {
	attrs := p.Keep.Group
	switch p.Kind {
	case Dropdown:
		if list, ok := p.listAttrs(); ok {
			return element("optioninput", list, "")
		}
		return block("optioninput", without(attrs, "options", "correct"), p.written("option"), "  ")
	case Check:
		return block("checkboxgroup", attrs, p.written("choice"), "  ")
	}
	if p.Shuffle != (attr(attrs, "shuffle") == "true") {
		if attrs = without(attrs, "shuffle"); p.Shuffle {
			attrs = with(attrs, "shuffle", "true")
		}
	}
	if p.Pool != attr(attrs, "answer-pool") {
		attrs = set(attrs, "answer-pool", strings.TrimSpace(clean(p.Pool)))
	}
	if len(p.Keep.Group) == 0 && p.Source == "" {
		attrs = append([]olx.Attribute{{Name: "type", Value: "MultipleChoice"}}, attrs...)
	}
	return block("choicegroup", attrs, p.written("choice"), "  ")
}

// listAttrs are the attributes of a drop-down list that has its options there, if it still can.
func (p *Part) listAttrs() ([]olx.Attribute, bool) {
	if !p.Keep.List {
		return nil, false
	}
	var options []string
	correct := ""
	for _, row := range p.Rows {
		if strings.Contains(row.Text, "'") || row.Feedback != "" {
			return nil, false
		}
		options = append(options, row.Text)
		if row.Correct && correct == "" {
			correct = row.Text
		}
	}
	return with(with(p.Keep.Group, "options", "('"+strings.Join(options, "','")+"')"), "correct", correct), true
}

// written are the choices, each on its line.
func (p *Part) written(name string) []string {
	var lines []string
	for _, row := range p.Rows {
		attrs := p.graded(&row, name)
		inner := takeInline(row.Text)
		if p.Keep.List {
			inner = escape.Replace(clean(row.Text))
		}
		if row.Feedback != "" {
			hint := row.Keep.Hint
			if p.Kind == Check && attr(hint, "selected") != "true" {
				hint = with(hint, "selected", "true")
			}
			inner += " " + element(name+"hint", hint, takeInline(row.Feedback))
		}
		if row.Unselected != "" && p.Kind == Check {
			more := row.Keep.More
			if len(more) == 0 {
				more = with(nil, "selected", "false")
			}
			inner += " " + element(name+"hint", more, takeInline(row.Unselected))
		}
		lines = append(lines, element(name, attrs, inner))
	}
	lines = append(lines, p.writtenSets()...)
	if p.Keep.Rest != "" {
		lines = append(lines, p.Keep.Rest)
	}
	return lines
}

// truth is the word for right and wrong, as Open edX writes it in each kind of list.
func truth(correct bool, name string) string {
	word := "false"
	if correct {
		word = "true"
	}
	if name == "option" {
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

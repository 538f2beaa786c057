package markdown

import (
	"strings"
)

func (w *speaker) number(n *node, parts []*node) []string {
	w.only(n, "answer")
	answer, _ := n.attr("answer")
	if !isRange(answer) {
		answer = spaces.ReplaceAllString(answer, "")
		w.set(n, "answer", answer)
	}
	if !isNumber(answer) && !isRange(answer) {
		w.refuse(n, "markdown takes the answer "+quoted(answer)+" for a text, since a number begins with a digit and holds no letters", "edit the problem as OLX")
	}
	line := "= " + plainValue(answer)
	var further []string
	for _, part := range parts {
		switch part.name {
		case "responseparam":
			w.only(part, "type", "default")
			tolerance, _ := part.attr("default")
			line += " +- " + plainValue(tolerance)
		case "additional_answer":
			further = append(further, w.further(part))
		case "formulaequationinput":
			w.only(part)
		case "textline":
			w.only(part, "size")
			w.lose(part, "the field for a text becomes one for a formula, which shows how it is read", "nothing is to do: the same answers are right")
			part.name, part.attrs = "formulaequationinput", nil
		case "correcthint":
			line += " " + w.said(part, "label")
		case "":
		default:
			w.refuse(part, w.part(part)+" has no form in a question for a number", "edit the problem as OLX")
		}
	}
	return append([]string{line}, further...)
}

func quoted(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "..."
	}
	return `"` + s + `"`
}

func (w *speaker) set(n *node, name, value string) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			n.attrs[i].value = value
		}
	}
}

// further says another right answer.
func (w *speaker) further(n *node) string {
	w.only(n, "answer")
	answer, ok := n.attr("answer")
	text, hints := w.split(n, "correcthint")
	if text != "" || !ok {
		w.refuse(n, "<additional_answer> without the attribute answer has no form in markdown", `write <additional_answer answer="..."/>`)
	}
	return "or= " + plainValue(answer) + w.feedback(hints)
}

func (w *speaker) string(n *node, parts []*node) []string {
	w.only(n, "answer", "type")
	answer, _ := n.attr("answer")
	line := "= "
	switch kinds, _ := n.attr("type"); kinds {
	case "ci":
		if isNumber(answer) || isRange(strings.TrimSpace(answer)) {
			line = "s= "
		}
		if rest, ok := strings.CutPrefix(answer, "|"); ok {
			answer = "&#124;" + rest
			line += answer
			break
		}
		line += plainValue(answer)
	case "ci regexp":
		line = "=| " + plainValue(answer)
	default:
		w.refuse(n, "markdown asks for texts without regard to capital letters only", `write type="ci" or type="ci regexp", or edit the problem as OLX`)
	}
	var further []string
	for _, part := range parts {
		switch part.name {
		case "additional_answer":
			further = append(further, w.further(part))
		case "stringequalhint":
			further = append(further, w.wrong(part))
		case "textline":
			w.only(part, "size")
			if size, _ := part.attr("size"); size != "20" {
				w.lose(part, "the field becomes 20 letters wide", "nothing is to do: longer answers fit too")
				part.attrs = []attr{{"size", "20"}}
			}
		case "correcthint":
			line += " " + w.said(part, "label")
		case "":
		default:
			w.refuse(part, w.part(part)+" has no form in a question for a text", "edit the problem as OLX")
		}
	}
	return append([]string{line}, further...)
}

// wrong says feedback on a wrong answer; it may have no words.
func (w *speaker) wrong(n *node) string {
	answer, _ := n.attr("answer")
	line := "not= " + plainValue(answer)
	if len(n.kids) > 0 {
		line += " " + w.said(n, "answer", "label")
	}
	return line
}

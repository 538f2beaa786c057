package markdown

import (
	"strings"
)

// question says a question, with the text that it holds before and behind its own parts.
func (w *speaker) question(n *node) string {
	first, last := -1, -1
	for i, kid := range n.kids {
		if own(kid.name) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		w.refuse(n, "<"+n.name+"> has nothing to answer in", "add its choices or its field")
		return ""
	}
	for _, kid := range n.kids[first:last] {
		if !own(kid.name) && !kid.blank() && kid.name != comment {
			w.refuse(kid, w.part(kid)+" stands among the parts of a question", "move it before or behind them")
		}
	}
	lines := w.texts(n.kids[:first])
	lines = append(lines, w.answer(n, n.kids[first:last+1])...)
	lines = append(lines, w.texts(n.kids[last+1:])...)
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func (w *speaker) texts(nodes []*node) []string {
	var lines []string
	for i := 0; i < len(nodes); i++ {
		var text []string
		text, i = w.text(nodes, i)
		lines = append(lines, text...)
	}
	return lines
}

// answer says a question's own parts.
func (w *speaker) answer(n *node, parts []*node) []string {
	switch n.name {
	case "numericalresponse":
		return w.number(n, parts)
	case "stringresponse":
		return w.string(n, parts)
	}
	w.only(n)
	group := parts[0]
	if len(parts) > 1 {
		w.refuse(parts[1], "a second list of choices has no form in markdown", "make it a question of its own")
		return nil
	}
	switch {
	case n.name == "multiplechoiceresponse" && group.name == "choicegroup":
		return w.choices(group)
	case n.name == "choiceresponse" && group.name == "checkboxgroup":
		return w.checks(group)
	case n.name == "optionresponse" && group.name == "optioninput":
		return w.options(group)
	}
	w.refuse(group, "<"+group.name+"> has no form in markdown in a <"+n.name+">", "edit the problem as OLX")
	return nil
}

// each goes through the kids of a list, and refuses what is none of those named.
func (w *speaker) each(list *node, visit func(kid *node), names ...string) {
	for _, kid := range list.kids {
		known := false
		for _, name := range names {
			known = known || kid.name == name
		}
		switch {
		case known:
			visit(kid)
		case !kid.blank():
			w.refuse(kid, w.part(kid)+" has no form in a list of choices", "edit the problem as OLX")
		}
	}
}

func (w *speaker) choices(group *node) []string {
	w.only(group, "type", "shuffle")
	var lines []string
	shuffle, _ := group.attr("shuffle")
	w.each(group, func(kid *node) {
		w.only(kid, "correct", "fixed")
		inside := " "
		if correct, _ := kid.attr("correct"); correct == "true" {
			inside = "x"
		}
		if shuffle == "true" && len(lines) == 0 {
			inside = strings.TrimSpace(inside) + "!"
		}
		if _, fixed := kid.attr("fixed"); fixed {
			inside = strings.TrimSpace(inside) + "@"
		}
		text, hints := w.split(kid, "choicehint")
		lines = append(lines, "("+inside+") "+text+w.feedback(hints))
	}, "choice")
	return lines
}

// split parts an answer's words from its feedback, which stands behind them.
func (w *speaker) split(n *node, hint string) (text string, hints []*node) {
	var words []*node
	for _, kid := range n.kids {
		switch {
		case kid.name == hint:
			hints = append(hints, kid)
		case len(hints) > 0 && kid.blank():
		default:
			words = append(words, kid)
		}
	}
	text = strings.TrimSpace(w.inline(words))
	if rest, ok := strings.CutPrefix(text, ")"); ok {
		text = "&#41;" + rest
	}
	return text, hints
}

// feedback says the feedback on one answer; there may be one.
func (w *speaker) feedback(hints []*node) string {
	if len(hints) == 0 {
		return ""
	}
	if len(hints) > 1 {
		w.refuse(hints[1], "a second feedback on one answer has no form in markdown", "make one of them")
	}
	return " " + w.said(hints[0], "label")
}

// said is {{label:: feedback}}.
func (w *speaker) said(hint *node, allowed ...string) string {
	w.only(hint, allowed...)
	text := strings.TrimSpace(w.inline(hint.kids))
	label, labelled := hint.attr("label")
	switch {
	case text == "":
		w.refuse(hint, "feedback without words has no form in markdown", "write some, or remove the tag")
	case labelled:
		text = plainValue(label) + ":: " + text
	case strings.Contains(text, "::"):
		text = strings.ReplaceAll(text, "::", ":&#58;")
	}
	return "{{" + ends(text) + "}}"
}

// ends keeps braces from touching those around a feedback.
func ends(text string) string {
	if rest, ok := strings.CutSuffix(text, "}"); ok {
		text = rest + "&#125;"
	}
	return text
}

func (w *speaker) checks(group *node) []string {
	w.only(group)
	var lines []string
	w.each(group, func(kid *node) {
		if kid.name == "compoundhint" {
			w.only(kid, "value")
			value, _ := kid.attr("value")
			lines = append(lines, "{{ (("+plainValue(value)+")) "+ends(strings.TrimSpace(w.inline(kid.kids)))+" }}")
			return
		}
		w.only(kid, "correct")
		inside := " "
		if correct, _ := kid.attr("correct"); correct == "true" {
			inside = "x"
		}
		text, hints := w.split(kid, "choicehint")
		var said []string
		for _, hint := range hints {
			w.only(hint, "selected")
			name := "unselected"
			if selected, _ := hint.attr("selected"); selected == "true" {
				name = "selected"
			}
			words := strings.TrimSpace(w.inline(hint.kids))
			words = strings.ReplaceAll(strings.ReplaceAll(words, "}", "&#125;"), "::", ":&#58;")
			said = append(said, "{"+name+": "+words+"}")
		}
		if len(said) > 0 {
			text += " {{ " + strings.Join(said, ", ") + " }}"
		}
		lines = append(lines, "["+inside+"] "+text)
	}, "choice", "compoundhint")
	return lines
}

func (w *speaker) options(list *node) []string {
	w.only(list, "options", "correct")
	if options, ok := list.attr("options"); ok {
		return w.optionList(list, options)
	}
	lines := []string{"[["}
	w.each(list, func(kid *node) {
		w.only(kid, "correct")
		text, hints := w.split(kid, "optionhint")
		text = opening(text)
		if correct, _ := kid.attr("correct"); correct == "True" {
			text = "(" + text + ")"
		}
		lines = append(lines, text+w.feedback(hints))
	}, "option")
	return append(lines, "]]")
}

// opening keeps an option that begins with a parenthesis from being the right one for it.
func opening(option string) string {
	if rest, ok := strings.CutPrefix(option, "("); ok {
		option = "&#40;" + rest
	}
	return option
}

func (w *speaker) optionList(list *node, options string) []string {
	inner, opens := strings.CutPrefix(options, "('")
	inner, closes := strings.CutSuffix(inner, "')")
	if !opens || !closes {
		w.refuse(list, "options=\"...\" is no list like ('a','b')", "write it so")
		return nil
	}
	correct, _ := list.attr("correct")
	var all []string
	for _, option := range strings.Split(inner, "','") {
		text := opening(strings.ReplaceAll(plainValue(option), ",", "&#44;"))
		if option == correct && correct != "" {
			text = "(" + text + ")"
			correct = "" // once
		}
		all = append(all, text)
	}
	return []string{"[[" + strings.Join(all, ", ") + "]]"}
}

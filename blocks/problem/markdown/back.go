package markdown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// Expressed is a problem's markdown, or why it has none.
type Expressed struct {
	// Markdown leads to the same OLX, but for what Lost names.
	Markdown string
	// Lost are warnings about what comes out another way, in places of the OLX: nothing that is graded.
	Lost []capa.Finding
	// Refused says, in places of the OLX, what markdown has no form for. Markdown is empty then.
	Refused []capa.Finding
}

// ToMarkdown says a problem in markdown. What it says counts only if ToOLX makes the same problem of it.
func ToMarkdown(olx string) *Expressed {
	if len(olx) > MaxSource {
		return &Expressed{Refused: []capa.Finding{*mistake(1, fmt.Sprintf("the problem is longer than %d bytes", MaxSource), "make it shorter")}}
	}
	problem, found := readTree(olx)
	if found != nil {
		return &Expressed{Refused: []capa.Finding{*found}}
	}
	w := &speaker{}
	text := w.problem(problem)
	if len(w.refused) == 0 {
		w.compare(problem, text)
	}
	if len(w.refused) > 0 {
		return &Expressed{Refused: w.refused}
	}
	return &Expressed{Markdown: text, Lost: w.lost}
}

// speaker says a tree in markdown. What it gives up it takes out of the tree, so that the comparison does not miss it.
type speaker struct {
	lost, refused []capa.Finding
}

func (w *speaker) refuse(n *node, why, fix string) {
	if len(w.refused) < maxFindings {
		w.refused = append(w.refused, *mistake(n.line, why, fix))
	}
}

func (w *speaker) lose(n *node, what, fix string) {
	if len(w.lost) < maxFindings {
		w.lost = append(w.lost, capa.Finding{Level: capa.Warning, Line: n.line, Column: 1, Message: what, Fix: fix})
	}
}

// compare refuses what comes out different.
func (w *speaker) compare(problem *node, text string) {
	converted, err := ToOLX(text)
	if err != nil {
		w.refuse(problem, err.Error(), "edit it as OLX")
		return
	}
	again, found := readTree(converted.OLX)
	if found != nil {
		w.refuse(problem, found.Message, found.Fix)
		return
	}
	normal(problem)
	normal(again)
	if at := differs(problem, again); at != nil {
		w.refuse(at, w.part(at)+" has no form in markdown that leads to the same", "edit the problem as OLX")
	}
}

func (w *speaker) part(n *node) string {
	switch n.name {
	case "":
		return fmt.Sprintf("the text %.40q", strings.TrimSpace(n.text))
	case comment:
		return "a comment at this place"
	}
	return "<" + n.name + "> as it is here"
}

// problem says all of it.
func (w *speaker) problem(problem *node) string {
	if len(problem.attrs) > 0 {
		w.lose(problem, "the attributes of <problem> are left out", "set them in the problem's settings")
		problem.attrs = nil
	}
	group, hints := w.hints(problem)
	var parts []string
	var beside []*node // text that is a part of no question, and stays so in a section of its own
	flush := func() {
		if lines := w.texts(beside); len(lines) > 0 {
			parts = append(parts, strings.Trim(strings.Join(lines, "\n"), "\n"))
		}
		beside = nil
	}
	for _, kid := range slices.Clone(problem.kids) {
		switch {
		case response(kid.name):
			flush()
			parts = append(parts, w.question(kid))
		case kid.name == "demandhint" && kid != group:
			w.refuse(kid, "a second list of hints has no form in markdown", "put all hints into the first")
		case kid != group:
			beside = append(beside, kid)
		}
	}
	flush()
	text := strings.Join(parts, "\n\n---\n\n")
	if hints != "" {
		text = strings.TrimLeft(text+"\n\n"+hints, "\n")
	}
	return text
}

// hints says the hints, which markdown puts at the end.
func (w *speaker) hints(problem *node) (group *node, said string) {
	at := slices.IndexFunc(problem.kids, func(kid *node) bool { return kid.name == "demandhint" })
	if at < 0 {
		return nil, ""
	}
	group = problem.kids[at]
	problem.kids = append(slices.Delete(problem.kids, at, at+1), group)
	w.only(group)
	var b strings.Builder
	for _, kid := range group.kids {
		switch {
		case kid.name == "hint":
			w.only(kid)
			fmt.Fprintf(&b, "|| %s ||\n", strings.ReplaceAll(w.inline(kid.kids), "||", "|&#124;"))
		case !kid.layoutText():
			w.refuse(kid, w.part(kid)+" has no form in a list of hints", "keep <hint> alone in <demandhint>")
		}
	}
	return group, strings.TrimRight(b.String(), "\n")
}

// own are the parts of a question that make it one.
func own(name string) bool {
	switch name {
	case "choicegroup", "checkboxgroup", "optioninput", "responseparam", "additional_answer", "formulaequationinput", "textline",
		"correcthint", "stringequalhint":
		return true
	}
	return false
}

// only refuses attributes that are none of those named.
func (w *speaker) only(n *node, names ...string) {
	for _, a := range n.attrs {
		if !slices.Contains(names, a.name) {
			w.refuse(n, fmt.Sprintf("<%s %s=\"...\"> has no form in markdown", n.name, a.name), "take the attribute out, or edit the problem as OLX")
		}
	}
}

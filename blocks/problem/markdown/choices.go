package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// choicePrefix is how many bytes the ( ) at the start of a line has, 0 when there is none. Up to three characters stand inside; where a )
// can be one of them, it is.
func choicePrefix(s string) int {
	if !strings.HasPrefix(s, "(") {
		return 0
	}
	size, at := 0, 1
	for i := 0; i <= 3 && at < len(s); i++ {
		if s[at] == ')' {
			size = at + 1
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return size
}

func isChoice(s string) bool { return choicePrefix(strings.TrimSpace(s)) > 0 }

// group counts the lines of a group: those that belong to it, and empty ones between and behind them.
func group(lines []line, belongs func(string) bool) int {
	n := 0
	for n < len(lines) && (lines[n].blank() || belongs(lines[n].text)) {
		n++
	}
	return n
}

// choices adds a question with one right answer, and says how many lines it took.
func (b *builder) choices(lines []line) int {
	n := group(lines, isChoice)
	attrs := []attr{{"type", "MultipleChoice"}}
	right := false
	for _, l := range lines[:n] {
		s := strings.TrimSpace(l.text)
		inside := s[:choicePrefix(s)]
		right = right || strings.ContainsAny(inside, "xX")
		if strings.Contains(inside, "!") && len(attrs) == 1 {
			attrs = append(attrs, attr{"shuffle", "true"})
		}
	}
	if !right {
		b.c.find(capa.Mistake, lines[0].n, "no choice is right", "write (x) before the right one")
	}
	b.begin("multiplechoiceresponse", lines[0].n)
	b.begin("choicegroup", lines[0].n, attrs...)
	for _, l := range lines[:n] {
		if !l.blank() {
			b.choice(strings.TrimSpace(l.text), l.n)
		}
	}
	b.end()
	b.end()
	return n
}

func (b *builder) choice(s string, n int) {
	size := choicePrefix(s)
	inside, s := s[:size], strings.TrimSpace(s[size:])
	attrs := []attr{{"correct", truth(strings.ContainsAny(inside, "xX"))}}
	if strings.Contains(inside, "@") {
		attrs = append(attrs, attr{"fixed", "true"})
	}
	text, f := splitShown(s)
	b.wordless(text, n)
	b.begin("choice", n, attrs...)
	b.raw(text, n)
	if f != nil {
		b.text(" ", n)
		b.holding("choicehint", n, f.text, f.attrs(b.c)...)
	}
	b.end()
}

// wordless finds a choice that learners cannot read.
func (b *builder) wordless(text string, n int) {
	if strings.TrimSpace(text) == "" {
		b.c.find(capa.Mistake, n, "this choice has no words", "write what learners choose, or remove the line")
	}
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

// checkPrefix is how many bytes the [ ] at the start of a line has, 0 when there is none. One character may stand inside.
func checkPrefix(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	if n > 0 && strings.HasPrefix(s[1+n:], "]") {
		return n + 2
	}
	if strings.HasPrefix(s[1:], "]") {
		return 2
	}
	return 0
}

// compound reads {{ ((A*B)) feedback }}: what is said when exactly these boxes are ticked.
func compound(s string) (boxes, text string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimSpace(s), "{{")
	if !ok {
		return "", "", false
	}
	if s, ok = strings.CutPrefix(strings.TrimSpace(s), "(("); !ok {
		return "", "", false
	}
	if boxes, s, ok = strings.Cut(s, "))"); !ok {
		return "", "", false
	}
	text, _, ok = strings.Cut(s, "}}")
	return strings.TrimSpace(boxes), strings.TrimSpace(text), ok
}

func isCheck(s string) bool {
	if checkPrefix(strings.TrimSpace(s)) > 0 {
		return true
	}
	_, _, ok := compound(s)
	return ok
}

// checks adds a question with boxes to tick, and says how many lines it took.
func (b *builder) checks(lines []line) int {
	n := group(lines, isCheck)
	b.begin("choiceresponse", lines[0].n)
	b.begin("checkboxgroup", lines[0].n)
	for _, l := range lines[:n] {
		if s := strings.TrimLeft(l.text, " \t"); checkPrefix(s) > 0 {
			b.check(s, l.n)
		}
	}
	for _, l := range lines[:n] {
		if boxes, text, ok := compound(l.text); ok {
			b.holding("compoundhint", l.n, text, attr{"value", b.c.value(boxes)})
		}
	}
	b.end()
	b.end()
	return n
}

func (b *builder) check(s string, n int) {
	size := checkPrefix(s)
	right := strings.EqualFold(s[:size], "[x]")
	s = strings.TrimLeft(s[size:], " \t")
	text, ticked, left := tickFeedback(s)
	b.wordless(text, n)
	b.begin("choice", n, attr{"correct", truth(right)})
	b.raw(text, n)
	for _, f := range []struct {
		selected string
		text     *string
	}{{"true", ticked}, {"false", left}} {
		if f.text != nil {
			b.text("\n      ", n)
			b.holding("choicehint", n, *f.text, attr{"selected", f.selected})
		}
	}
	b.end()
}

// tickFeedback takes {{selected: ...}, {unselected: ...}} out of a choice. Braces that say neither stay, so that the author sees them.
func tickFeedback(s string) (text string, ticked, left *string) {
	text, f := splitShown(s)
	if f == nil {
		return s, nil, nil
	}
	inner := "{" + f.text + "}"
	ticked = braced(inner, "selected", "s")
	left = braced(inner, "unselected", "u")
	if ticked == nil && left == nil {
		return s, nil, nil
	}
	return text, ticked, left
}

// braced finds {name: text}.
func braced(s string, names ...string) *string {
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			return nil
		}
		rest = strings.TrimLeft(rest, " \t{") // a name behind several braces is behind the last
		for _, name := range names {
			if len(rest) <= len(name) || rest[len(name)] != ':' || !strings.EqualFold(rest[:len(name)], name) {
				continue
			}
			if text, _, closed := strings.Cut(rest[len(name)+1:], "}"); closed {
				text = strings.TrimSpace(text)
				return &text
			}
		}
		s = rest
	}
}

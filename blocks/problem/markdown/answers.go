package markdown

import (
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

func isAnswer(s string) bool { return strings.HasPrefix(s, "=") || strings.HasPrefix(s, "s=") }

func isFurther(s string) bool { return strings.HasPrefix(s, "or=") || strings.HasPrefix(s, "not=") }

// answers adds a number or a text to type in, and says how many lines it took.
func (b *builder) answers(lines []line) int {
	n := 1 + group(lines[1:], isFurther)
	var further []line
	for _, l := range lines[1:n] {
		if !l.blank() {
			further = append(further, l)
		}
	}
	first := lines[0]
	if text, ok := strings.CutPrefix(first.text, "="); ok {
		if text = strings.TrimLeft(text, " \t"); isNumber(text) || isRange(strings.TrimSpace(text)) {
			b.numerical(line{text, first.n}, further)
			return n
		}
	}
	text := strings.TrimPrefix(strings.TrimPrefix(first.text, "s"), "=")
	b.stringResponse(line{strings.TrimLeft(text, " \t"), first.n}, further)
	return n
}

func isRange(s string) bool {
	return s != "" && strings.ContainsRune("[(", rune(s[0])) && strings.ContainsRune("])", rune(s[len(s)-1]))
}

var (
	braces     = regexp.MustCompile(`\{\{(?s:.*?)\}\}`)
	noNumber   = regexp.MustCompile(`[a-df-zA-DF-Z]`) // e may be an exponent
	digitFirst = regexp.MustCompile(`^\s*[+-]?\.?[0-9]`)
	plain      = regexp.MustCompile(`^(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?Infinity|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)?$`)
	spaces     = regexp.MustCompile(`\s+`)
)

// isNumber reports whether an answer begins like a number and holds no letter but e: by that, Open edX tells numbers from texts.
func isNumber(s string) bool {
	s = braces.ReplaceAllString(s, "")
	return !noNumber.MatchString(s) && digitFirst.MatchString(s)
}

func (b *builder) numerical(first line, further []line) {
	answer, f := splitFeedback(first.text)
	b.begin("numericalresponse", first.n)
	if whole := strings.TrimSpace(answer); isRange(whole) {
		b.setAnswer(whole)
	} else {
		answer, tolerance, _ := strings.Cut(answer, "+-")
		b.setAnswer(spaces.ReplaceAllString(answer, ""))
		if tolerance = strings.TrimLeft(tolerance, " \t"); tolerance != "" {
			b.empty("responseparam", first.n, attr{"type", "tolerance"}, attr{"default", b.c.value(tolerance)})
		}
	}
	for _, l := range further {
		b.furtherNumber(l)
	}
	b.empty("formulaequationinput", first.n)
	b.correctHint(f, first.n)
	b.end()
}

func (b *builder) setAnswer(answer string) {
	b.top().attrs = append(b.top().attrs, attr{"answer", b.c.value(answer)})
}

func (b *builder) correctHint(f *feedback, n int) {
	if f != nil && f.text != "" {
		b.holding("correcthint", n, f.text, f.attrs(b.c)...)
	}
}

// furtherNumber adds an or= line, which must be a plain number.
func (b *builder) furtherNumber(l line) {
	text, f := splitFeedback(l.text)
	answer, ok := strings.CutPrefix(text, "or=")
	answer = strings.TrimLeft(answer, " \t")
	if !ok {
		b.c.warn(l.n, "not= says nothing for a number, and is left out", "remove the line, or ask for a text by s=")
		return
	}
	if !plain.MatchString(strings.TrimSpace(answer)) {
		b.c.warn(l.n, "or= takes a plain number; this line is left out", "write a number without range, tolerance and letters")
		return
	}
	b.begin("additional_answer", l.n, attr{"answer", b.c.value(answer)})
	b.correctHint(f, l.n)
	b.end()
}

func (b *builder) stringResponse(first line, further []line) {
	answer, f := splitFeedback(first.text)
	if f != nil && isRange(answer) {
		b.c.warn(first.n, "a range with feedback is asked for as a text, letter by letter", "write the feedback in the OLX, or take it out")
	}
	kinds := "ci"
	if pattern, ok := strings.CutPrefix(answer, "|"); ok {
		answer, kinds = strings.TrimSpace(pattern), "ci regexp"
	}
	if strings.TrimSpace(answer) == "" {
		b.c.find(capa.Mistake, first.n, "this question has no answer", "write the right answer behind the =")
	}
	b.begin("stringresponse", first.n, attr{"answer", b.c.value(answer)}, attr{"type", kinds})
	b.correctHint(f, first.n)
	for _, l := range further {
		b.furtherText(l)
	}
	b.empty("textline", first.n, attr{"size", "20"})
	b.end()
}

func (b *builder) furtherText(l line) {
	text, f := splitFeedback(l.text)
	if wrong, ok := strings.CutPrefix(text, "not="); ok {
		if f == nil {
			f = &feedback{}
		}
		b.holding("stringequalhint", l.n, f.text, append([]attr{{"answer", b.c.value(strings.TrimLeft(wrong, " \t"))}}, f.attrs(b.c)...)...)
		return
	}
	b.begin("additional_answer", l.n, attr{"answer", b.c.value(strings.TrimLeft(strings.TrimPrefix(text, "or="), " \t"))})
	b.correctHint(f, l.n)
	b.end()
}

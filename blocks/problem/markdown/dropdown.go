package markdown

import (
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// dropdown adds a list to choose from: [[a, (b)]] in one line, or an option in each line.
func (b *builder) dropdown(p *piece) {
	b.begin("optionresponse", p.line)
	if strings.Contains(p.text, "\n") {
		b.optionLines(p)
	} else {
		b.optionList(p)
	}
	b.end()
}

var (
	comma = regexp.MustCompile(`,\s*`)
	// inParentheses is an option in parentheses, in a list or alone.
	inParentheses = regexp.MustCompile(`(?:^|,)\s*\((.*?)\)\s*(?:$|,)`)
)

func (b *builder) optionList(p *piece) {
	var options strings.Builder
	for i, option := range comma.Split(p.text, -1) {
		if i > 0 {
			options.WriteByte(',')
		}
		option = inParentheses.ReplaceAllString(option, "$1")
		if strings.TrimSpace(option) == "" {
			b.emptyOption(p.line)
		}
		options.WriteString("'" + option + "'")
	}
	correct := ""
	if right := inParentheses.FindStringSubmatch(p.text); right != nil {
		correct = right[1]
	} else {
		b.noneRight(p.line)
	}
	b.empty("optioninput", p.line, attr{"options", b.c.value("(" + options.String() + ")")}, attr{"correct", b.c.value(correct)})
}

func (b *builder) optionLines(p *piece) {
	b.begin("optioninput", p.line)
	right := 0
	for i, text := range strings.Split(p.text, "\n") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		text, f := splitFeedback(text)
		correct := "False"
		if len(text) >= 2 && text[0] == '(' && text[len(text)-1] == ')' {
			text, correct = text[1:len(text)-1], "True"
			right++
		}
		if strings.TrimSpace(text) == "" {
			b.emptyOption(p.line + i)
		}
		b.begin("option", p.line+i, attr{"correct", correct})
		b.raw(text, p.line+i)
		if f != nil && f.text != "" {
			b.text(" ", p.line+i)
			f.labelled = f.label != ""
			b.holding("optionhint", p.line+i, f.text, f.attrs(b.c)...)
		}
		b.end()
	}
	b.end()
	switch {
	case right == 0:
		b.noneRight(p.line)
	case right > 1:
		b.c.find(capa.Mistake, p.line, "more than one option is right", "put one alone into parentheses")
	}
}

func (b *builder) noneRight(n int) {
	b.c.find(capa.Mistake, n, "no option is right", "put the right one into parentheses")
}

func (b *builder) emptyOption(n int) {
	b.c.find(capa.Mistake, n, "an option has no words", "write what learners choose, or remove it")
}

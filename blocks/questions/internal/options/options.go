// Package options is what the types that offer options have in common.
package options

import (
	"strings"

	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
)

// Option is one that learners see.
type Option struct {
	ID   string `json:"i"`
	HTML string `json:"h"`
	// Fixed keeps its place when the others are shuffled.
	Fixed bool `json:"f,omitempty"`
}

// List are the options of a question, in the author's order.
type List struct {
	Options []Option `json:"o,omitempty"`
	Shuffle bool     `json:"s,omitempty"`
}

// Shown gives the options in the learner's order.
func (l *List) Shown(p *question.Page, input string) []question.Option {
	shown := make([]question.Option, 0, len(l.Options))
	for _, at := range l.order(p, input) {
		shown = append(shown, question.Option{Value: l.Options[at].ID, HTML: l.Options[at].HTML})
	}
	return shown
}

func (l *List) order(p *question.Page, input string) []int {
	if !l.Shuffle {
		all := func(int) bool { return true }
		return p.Order(input, len(l.Options), all)
	}
	return p.Order(input, len(l.Options), func(i int) bool { return l.Options[i].Fixed })
}

// Words are the chosen options' texts.
func (l *List) Words(values []string) string {
	var words []string
	for _, o := range l.Options {
		for _, value := range values {
			if value == o.ID {
				words = append(words, markup.Text(o.HTML))
			}
		}
	}
	return strings.Join(words, ", ")
}

// HTML is the markup of one option, "" for none.
func (l *List) HTML(id string) string {
	for _, o := range l.Options {
		if o.ID == id {
			return o.HTML
		}
	}
	return ""
}

// Search is the options' plain text.
func (l *List) Search() string {
	var words []string
	for _, o := range l.Options {
		words = append(words, markup.Text(o.HTML))
	}
	return strings.Join(words, " ")
}

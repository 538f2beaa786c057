package options

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/question"
)

// Text is a plain text to choose.
type Text struct {
	ID   string `json:"i"`
	Text string `json:"t"`
}

// Texts stand by their ids, which tell nobody in what order the author wrote them.
type Texts []Text

// TextsOf makes texts of an author's, each once.
func TextsOf(words ...string) Texts {
	var once []string
	for _, word := range words {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(once, word) {
			once = append(once, word)
		}
	}
	var list Texts
	for i, id := range question.IDs(make([]string, len(once)), once) {
		list = append(list, Text{id, once[i]})
	}
	slices.SortFunc(list, func(a, b Text) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// ID is the id of a text, "" for none.
func (l Texts) ID(text string) string {
	text = strings.TrimSpace(text)
	for _, one := range l {
		if one.Text == text {
			return one.ID
		}
	}
	return ""
}

// Word is the text of an id, "" for none.
func (l Texts) Word(id string) string {
	for _, one := range l {
		if one.ID == id {
			return one.Text
		}
	}
	return ""
}

// Words are the texts of some ids.
func (l Texts) Words(ids []string) string {
	var words []string
	for _, id := range ids {
		if word := l.Word(id); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// Drawn gives the texts in an order drawn by chance.
func (l Texts) Drawn(p *question.Page, name string) []question.Option {
	drawn := make([]question.Option, 0, len(l))
	for _, at := range p.Order(name, len(l), nil) {
		drawn = append(drawn, question.Option{Value: l[at].ID, HTML: l[at].Text})
	}
	return drawn
}

// Search is the plain text of all.
func (l Texts) Search() string {
	words := make([]string, len(l))
	for i, one := range l {
		words[i] = one.Text
	}
	return strings.Join(words, " ")
}

// Lines are the lines of an author's text that hold something, without the spaces around them.
func Lines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

package capa

import (
	"strconv"
	"strings"
)

// Message is a sentence for a learner, by its key in the catalogue.
type Message struct {
	Key  string   `json:"k"`
	Args []string `json:"a,omitempty"`
}

func message(key string, args ...string) Message { return Message{key, args} }

// Catalogue gives the text of a key in the reader's language. {0}, {1} and so on stand for the arguments. A nil catalogue,
// and one that answers "" or the key, falls back to English.
type Catalogue func(key string, args ...any) string

func (t Catalogue) text(key string, args ...any) string {
	if t != nil {
		if text := t(key, args...); text != "" && text != key {
			return text
		}
	}
	text := english(key)
	if text == "" {
		return key
	}
	return fill(text, args)
}

// fill puts arguments into {0} to {9}.
func fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 || i+2 >= len(text) {
			b.WriteString(text)
			return b.String()
		}
		n := int(text[i+1]) - '0'
		if text[i+2] != '}' || n < 0 || n >= len(args) {
			b.WriteString(text[:i+1])
			text = text[i+1:]
			continue
		}
		b.WriteString(text[:i])
		switch value := args[n].(type) {
		case string:
			b.WriteString(value)
		case int:
			b.WriteString(strconv.Itoa(value))
		}
		text = text[i+3:]
	}
}

// Text words a message in plain text.
func (t Catalogue) Text(m Message) string {
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = a
	}
	return t.text(m.Key, args...)
}

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
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		switch value := arg.(type) {
		case string:
			pairs = append(pairs, "{"+strconv.Itoa(i)+"}", value)
		case int:
			pairs = append(pairs, "{"+strconv.Itoa(i)+"}", strconv.Itoa(value))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Text words a message in plain text.
func (t Catalogue) Text(m Message) string {
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = a
	}
	return t.text(m.Key, args...)
}

package question

import (
	"embed"
	"io/fs"

	"github.com/quoin-lms/quoin/sdk"
)

//go:embed locales/*.json
var locales embed.FS

// Words are the toolkit's words with a type's own, from its locales/*.json. A type may say one of the toolkit's differently.
func Words(own fs.FS) *sdk.Catalogue {
	words := sdk.Messages(locales)
	if own == nil {
		return words
	}
	return words.With(sdk.Messages(own))
}

// Message is a sentence of the catalogue that is chosen when it is shown, in the reader's language.
type Message struct {
	Key  string   `json:"k"`
	Args []string `json:"a,omitempty"`
}

// Saying makes a message.
func Saying(key string, args ...string) *Message { return &Message{key, args} }

// in gives the message in the call's language, "" for none.
func (m *Message) in(c *sdk.Call) string {
	if m == nil {
		return ""
	}
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = a
	}
	return c.T(m.Key, args...)
}

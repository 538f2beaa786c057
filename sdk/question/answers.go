package question

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of what one learner's answers may hold. Longer ones are refused before they are stored.
const (
	// MaxText bounds one value in bytes, where an input sets no bound of its own.
	MaxText = 20_000
	// maxValues bounds the values of an input that takes several.
	maxValues = 200
	maxAll    = wire.MaxAnswers / 2
)

// Answers are values by input. An input without an answer is absent.
type Answers map[string][]string

// First is the value of an input that takes one, "" for none.
func (a Answers) First(input string) string {
	if len(a[input]) == 0 {
		return ""
	}
	return a[input][0]
}

// Has reports whether an input has this value.
func (a Answers) Has(input, value string) bool { return slices.Contains(a[input], value) }

// same compares answers.
func (a Answers) same(b Answers) bool {
	if len(a) != len(b) {
		return false
	}
	for name, values := range a {
		if !slices.Equal(values, b[name]) {
			return false
		}
	}
	return true
}

// Input is one thing that a learner answers by: a name under which browsers send values.
type Input struct {
	Name string `json:"n"`
	// Label says what is asked for, in plain text, where a question has several inputs.
	Label string `json:"l,omitempty"`
	// Many takes several values; their order is kept.
	Many bool `json:"m,omitempty"`
	// Max bounds a value in bytes; 0 is MaxText.
	Max int `json:"x,omitempty"`
}

// read takes the answers of the inputs out of a form. Values that are blank are no answers. ok is false when something is too
// long: limit is what was allowed.
func read(inputs []Input, form map[string][]string) (answers Answers, limit int, ok bool) {
	answers = Answers{}
	total := 0
	for _, in := range inputs {
		limit := in.Max
		if limit == 0 {
			limit = MaxText
		}
		var values []string
		for _, value := range form[in.Name] {
			if strings.TrimSpace(value) == "" {
				continue
			}
			if len(value) > limit || len(values) >= maxValues {
				return nil, limit, false
			}
			values = append(values, strings.ToValidUTF8(value, "\uFFFD"))
			total += len(value)
		}
		if len(values) > 1 && !in.Many {
			values = values[:1]
		}
		if len(values) > 0 {
			answers[in.Name] = values
		}
	}
	return answers, maxAll, total <= maxAll
}

// formOf gives the values that a request sends, as a form or as JSON of name to list of values, which elements send.
func formOf(r *wire.HTTP) (map[string][]string, bool) {
	if !strings.HasPrefix(r.ContentType, "application/json") {
		return r.Form, true
	}
	body := bytes.TrimSpace(r.Body.Data)
	if len(body) == 0 || string(body) == "null" {
		return nil, true
	}
	var form map[string][]string
	return form, json.Unmarshal(body, &form) == nil
}

package capa

import (
	"encoding/json"
	"slices"
	"strings"
)

// MaxAnswer bounds a text answer, in bytes. Longer ones are invalid.
const MaxAnswer = 64 << 10

// AnswerKind is the shape of an answer.
type AnswerKind uint8

// The shapes.
const (
	AnswerText AnswerKind = iota
	AnswerList
	// AnswerOther is what no form sends: null, a number, an object. Text is how Python prints it.
	AnswerOther
)

// Answer is what a learner gave for one input.
type Answer struct {
	Kind AnswerKind
	Text string
	List []string
}

// Given is a text answer.
func Given(text string) Answer { return Answer{Text: text} }

// Ticked is a list answer.
func Ticked(names ...string) Answer { return Answer{Kind: AnswerList, List: names} }

// Answers are a learner's answers by input. Inputs that he left alone may be missing.
type Answers map[string]Answer

// MarshalJSON writes a text or a list.
func (a Answer) MarshalJSON() ([]byte, error) {
	if a.Kind == AnswerList {
		if a.List == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(a.List)
	}
	return json.Marshal(a.Text)
}

// UnmarshalJSON reads what MarshalJSON writes; other JSON becomes an [AnswerOther] with its JSON as text.
func (a *Answer) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) > 0 && data[0] == '"':
		*a = Answer{}
		return json.Unmarshal(data, &a.Text)
	case len(data) > 0 && data[0] == '[':
		*a = Answer{Kind: AnswerList}
		if json.Unmarshal(data, &a.List) == nil {
			return nil
		}
	}
	*a = Answer{Kind: AnswerOther, Text: string(data)}
	return nil
}

// first is the text, or the first of a list: what a browser shows for one field.
func (a Answer) first() string {
	if a.Kind == AnswerList {
		if len(a.List) == 0 {
			return ""
		}
		return a.List[0]
	}
	return a.Text
}

// names is the answer as a list of choices.
func (a Answer) names() []string {
	if a.Kind == AnswerList {
		return a.List
	}
	return []string{a.Text}
}

// empty reports whether nothing was typed or chosen.
func (a Answer) empty() bool {
	if a.Kind == AnswerList {
		return len(a.List) == 0
	}
	return strings.TrimSpace(a.Text) == ""
}

// Form reads the answers out of a posted form, whose fields are called input_ID, or input_ID[] for several values. A
// group of check boxes that the form leaves out was left empty: browsers send nothing for it.
func (p *Public) Form(form map[string][]string) Answers {
	answers := Answers{}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		values, ok := form[in.field()]
		switch {
		case in.Kind == Checkbox:
			answers[in.ID] = Answer{Kind: AnswerList, List: slices.Clone(values)}
		case ok && len(values) > 0:
			answers[in.ID] = Given(values[0])
		}
	}
	return answers
}

// field is the name of the input's field in a form.
func (in *Input) field() string {
	if in.Kind == Checkbox {
		return "input_" + in.ID + "[]"
	}
	return "input_" + in.ID
}

// FormOf is the form that [Public.Form] reads the answers from.
func (p *Public) FormOf(answers Answers) map[string][]string {
	form := map[string][]string{}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		if a, ok := answers[in.ID]; ok && (in.Kind != Checkbox || len(a.List) > 0) {
			form[in.field()] = slices.Clone(a.names())
		}
	}
	return form
}

// Empty reports whether every input was left empty.
func (p *Public) Empty(answers Answers) bool {
	for i := range p.Inputs {
		if a, ok := answers[p.Inputs[i].ID]; ok && !a.empty() {
			return false
		}
	}
	return true
}

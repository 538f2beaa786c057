package capa

import (
	"encoding/json"
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
	// AnswerPairs are choices and the numbers in them, by name.
	AnswerPairs
)

// Answer is what a learner gave for one input.
type Answer struct {
	Kind AnswerKind
	Text string
	List []string
	// Pairs are the ticked choices, each with itself as value, and the numbers.
	Pairs map[string]string
}

// Given is a text answer.
func Given(text string) Answer { return Answer{Text: text} }

// Ticked is a list answer.
func Ticked(names ...string) Answer { return Answer{Kind: AnswerList, List: names} }

// Paired is an answer of choices and numbers.
func Paired(pairs map[string]string) Answer { return Answer{Kind: AnswerPairs, Pairs: pairs} }

// Answers are a learner's answers by input. Inputs that he left alone may be missing.
type Answers map[string]Answer

// UnmarshalJSON implements json.Unmarshaler without reflection for what forms send.
func (a *Answers) UnmarshalJSON(data []byte) error {
	s, read := &Stored{data: data, foreign: true}, Answers{}
	s.Fields(func(id string) bool {
		read[id] = s.answer()
		return !s.bad
	})
	if s.whole() && len(read) > 0 {
		*a = read
		return nil
	}
	var others map[string]Answer
	err := json.Unmarshal(data, &others)
	*a = others
	return err
}

// answer reads a text, or a list or an object of texts.
func (s *Stored) answer() Answer {
	if s.space(); s.at == len(s.data) {
		s.bad = true
		return Answer{}
	}
	switch s.data[s.at] {
	case '"':
		return Given(s.Text())
	case '[':
		return Ticked(s.Texts()...)
	case '{':
		pairs := map[string]string{}
		s.Fields(func(name string) bool {
			pairs[name] = s.Text()
			return !s.bad
		})
		return Paired(pairs)
	}
	s.bad = true
	return Answer{}
}

// MarshalJSON writes a text, a list or an object.
func (a Answer) MarshalJSON() ([]byte, error) {
	if a.Kind == AnswerList {
		if a.List == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(a.List)
	}
	if a.Kind == AnswerPairs {
		return json.Marshal(a.Pairs)
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
	case len(data) > 0 && data[0] == '{':
		*a = Answer{Kind: AnswerPairs}
		if json.Unmarshal(data, &a.Pairs) == nil {
			return nil
		}
	}
	*a = Answer{Kind: AnswerOther, Text: string(data)}
	return nil
}

// tooLong reports an answer beyond all bounds.
func (a Answer) tooLong() bool {
	long := len(a.Text) > MaxAnswer || len(a.List) > maxElements || len(a.Pairs) > maxElements
	for _, value := range a.Pairs {
		long = long || len(value) > MaxAnswer
	}
	return long
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
	if a.Kind == AnswerPairs {
		return a.ticks()
	}
	return []string{a.Text}
}

// empty reports whether nothing was typed or chosen.
func (a Answer) empty() bool {
	if a.Kind == AnswerList {
		return len(a.List) == 0
	}
	for _, value := range a.Pairs {
		if strings.TrimSpace(value) != "" {
			return false
		}
	}
	return strings.TrimSpace(a.Text) == ""
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

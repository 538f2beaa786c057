package capa

import (
	"slices"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// optionKey is the key of an optionresponse: the right option of each input. Hints hold for the first input only, as in
// Open edX.
type optionKey struct {
	Correct []string    `json:"c"`
	Hints   []namedHint `json:"h,omitempty"`
}

type optionResponse struct{}

func (optionResponse) compile(c *compiler, e *element, r *Response) {
	key := &optionKey{}
	for i, field := range c.fields(e) {
		in := &c.public.Inputs[c.input[field]]
		var correct string
		var ok bool
		if list := field.children("option"); len(list) > 0 {
			correct, ok = c.optionElements(in, list, key, i == 0)
		} else {
			correct, ok = c.optionAttribute(in, field)
		}
		if !ok {
			r.Broken = broken()
		}
		key.Correct = append(key.Correct, correct)
	}
	r.Option = key
}

// optionElements reads <option correct="..."> elements.
func (c *compiler) optionElements(in *Input, list []*element, key *optionKey, hints bool) (correct string, ok bool) {
	found := 0
	for _, e := range list {
		text := pystr.Strip(c.sub(e.leading()))
		in.Choices = append(in.Choices, Choice{Name: text})
		right := c.correctness(e) == "true"
		if right {
			correct = text
			found++
		}
		if h := e.child("optionhint"); h != nil && hints {
			if hint := c.hint(h); hint != nil {
				key.Hints = append(key.Hints, namedHint{text, *hint})
			}
		}
	}
	switch {
	case found > 1:
		c.mistake(list[0].parent, "more than one option is correct", "a list has one right option; use check boxes for more")
		return correct, false
	case found == 0 && !c.unvaried:
		c.warn(list[0].parent, "no option is correct", `write correct="True" at the right one`)
	}
	c.checkOptions(list[0].parent, in, correct, found > 0)
	return correct, true
}

// optionAttribute reads options="('a','b')" correct="a".
func (c *compiler) optionAttribute(in *Input, e *element) (correct string, ok bool) {
	text, ok := e.attr("options")
	if !ok {
		c.mistake(e, "the list has no options", `write options="('one','two')" or <option> elements`)
		return "", false
	}
	for _, option := range parseOptions(c.sub(text)) {
		in.Choices = append(in.Choices, Choice{Name: option})
	}
	correct, ok = e.attr("correct")
	if !ok {
		c.mistake(e, "the list does not say which option is right", `write correct="..."`)
		return "", false
	}
	correct = c.sub(correct)
	c.checkOptions(e, in, correct, true)
	return correct, true
}

func (c *compiler) checkOptions(e *element, in *Input, correct string, stated bool) {
	if c.unvaried {
		return
	}
	seen := map[string]bool{}
	for _, choice := range in.Choices {
		if seen[choice.Name] {
			c.warn(e, "the option %q stands twice", "remove one", choice.Name)
		}
		seen[choice.Name] = true
	}
	if stated && !seen[correct] {
		c.mistake(e, "the right option %q is not among the options", "write it exactly as in the list", correct)
	}
}

func (optionResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	for i := range parts {
		answer, ok := g.answers[parts[i].ID]
		if ok && answer.Kind == AnswerText && answer.Text == r.Option.Correct[i] {
			parts[i].Correctness = Correct
		}
	}
	answer, answered := g.answers[parts[0].ID]
	for i := range r.Option.Hints {
		if answered && r.Option.Hints[i].Name == answer.first() {
			parts[0].Feedback = r.Option.Hints[i].feedback(parts[0].Correctness == Correct)
			break
		}
	}
	return nil
}

func (optionResponse) reveal(r *Response) []Shown {
	var list []Shown
	for i, slot := range r.Inputs {
		list = append(list, Shown{ID: slot.ID, Texts: []string{r.Option.Correct[i]}})
	}
	return list
}

func (optionResponse) solve(r *Response) []Answers {
	answers := Answers{}
	for i, slot := range r.Inputs {
		if slices.Contains(r.Option.Correct, "") {
			return nil
		}
		answers[slot.ID] = Given(r.Option.Correct[i])
	}
	return []Answers{answers}
}

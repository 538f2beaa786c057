package capa

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
)

// choiceTextKey is the key of a choicetextresponse: the right choices, and the numbers in them.
type choiceTextKey struct {
	Correct []string      `json:"c,omitempty"`
	Numbers []numberField `json:"n,omitempty"`
}

// numberField is a number to fill in within a right choice.
type numberField struct {
	Name      string `json:"n"`
	Choice    string `json:"c"`
	Answer    string `json:"a"`
	Tolerance string `json:"t"`
}

// choicePart is HTML of a choice with the number field behind it, "" for none.
type choicePart struct {
	HTML  string `json:"h,omitempty"`
	Field string `json:"f,omitempty"`
}

// The names end in this where they are a choice's, not a number's.
const choiceMark = "bc"

// fieldMark stands for a number field in HTML that is cut there. XML cannot hold it.
const fieldMark = "\x00"

func isNumberField(name string) bool { return name == "numtolerance_input" || name == "decoy_input" }

// textChoices reads choices that hold number fields. Their names are Open edX's.
func (c *compiler) textChoices(e *element, in *Input) {
	for i, kid := range e.children("choice") {
		stem := in.ID + "_choiceinput_" + itoa(i)
		choice := Choice{Name: stem + choiceMark}
		c.marking = true
		pieces := strings.Split(c.inner(kid), fieldMark)
		c.marking = false
		for k, html := range pieces {
			part := choicePart{HTML: html}
			if k < len(pieces)-1 {
				part.Field = stem + "_numtolerance_input_" + itoa(k)
			}
			choice.Parts = append(choice.Parts, part)
		}
		choice.HTML = strings.TrimSpace(strings.Join(pieces, " "))
		in.Choices = append(in.Choices, choice)
	}
	if len(in.Choices) == 0 {
		c.warn(e, "there is no choice", "write <choice> elements")
	}
}

type choiceText struct{}

func (choiceText) compile(c *compiler, e *element, r *Response) {
	group := c.fields(e)[0]
	in := &c.public.Inputs[c.input[group]]
	key := &choiceTextKey{}
	r.ChoiceText = key
	for i, kid := range group.children("choice") {
		choice := &in.Choices[i]
		correct := c.correctness(kid)
		if correct != "true" && correct != "false" && !c.unknown(correct) {
			c.warn(kid, "correct=%q is neither true nor false", `write correct="true" or correct="false"`, correct)
		}
		if c.sub(kid.value("correct")) != "true" {
			if correct == "true" {
				c.warn(kid, "correct=%q does not count", `write it in small letters: correct="true"`, kid.value("correct"))
			}
			continue
		}
		key.Correct = append(key.Correct, choice.Name)
		k := 0
		kid.walk(func(field *element) bool {
			if isNumberField(field.name) {
				if field.name == "numtolerance_input" {
					key.Numbers = append(key.Numbers, c.numberField(field, choice.Parts[k].Field, choice.Name, r))
				}
				k++
			}
			return true
		})
	}
	if len(key.Correct) == 0 && !c.unvaried {
		c.warn(group, "no choice is correct", `write correct="true" at the right one`)
	}
	if len(key.Correct) > 1 && in.Kind == RadioText {
		c.warn(group, "several choices are correct, and only one can be chosen", "use <checkboxtextgroup>")
	}
}

func (c *compiler) numberField(e *element, name, choice string, r *Response) numberField {
	text, ok := e.attr("answer")
	if !ok {
		c.mistake(e, "the number field states no answer", `write answer="..."`)
		r.Broken = broken()
	}
	f := numberField{Name: name, Choice: choice, Answer: c.sub(text), Tolerance: "0"}
	if tolerance, ok := e.attr("tolerance"); ok {
		f.Tolerance = c.sub(tolerance)
	}
	if v, err := calc.Staff(f.Answer); ok && !c.unknown(f.Answer) && (err != nil || v.IsNaN()) {
		c.mistake(e, "the answer %q is no number", "write a number or a formula such as 3*10^8", f.Answer)
	}
	if _, err := calc.ParseTolerance(f.Tolerance); err != nil && !c.unknown(f.Tolerance) {
		c.mistake(e, "the tolerance %q is no number", `write tolerance="0.01" or tolerance="5%"`, f.Tolerance)
	}
	return f
}

func (choiceText) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.ChoiceText, &parts[0]
	answer := g.answers[part.ID]
	ticked := answer.ticks()
	right := len(ticked) == len(key.Correct)
	for _, name := range key.Correct {
		right = right && slices.Contains(ticked, name)
	}
	numbers, failure := key.numbers(answer, part.ID)
	if failure != nil {
		return failure
	}
	if right && numbers {
		part.Correctness = Correct
	}
	return nil
}

// numbers judges the numbers in ticked choices. All of them must be readable, also those that do not count.
func (k *choiceTextKey) numbers(answer Answer, id string) (right bool, _ *Failure) {
	right = true
	for _, name := range answer.numberNames() {
		text := answer.Pairs[name]
		given, err := calc.Evaluate(text, calc.Env{})
		if err != nil {
			return false, invalid(id, "math_number", text)
		}
		for i := range k.Numbers {
			if k.Numbers[i].Name != name {
				continue
			}
			staff, err := calc.Staff(k.Numbers[i].Answer)
			tolerance, wrong := calc.ParseTolerance(k.Numbers[i].Tolerance)
			if err != nil || wrong != nil {
				return false, ungradable("staff_answer")
			}
			right = right && calc.Within(given, staff, tolerance)
		}
	}
	return right, nil
}

// ticks are the choices of an answer that are ticked, sorted.
func (a Answer) ticks() []string {
	var names []string
	for name := range a.Pairs {
		if strings.HasSuffix(name, choiceMark) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// numberNames are the number fields of ticked choices, sorted.
func (a Answer) numberNames() []string {
	var names []string
	for name := range a.Pairs {
		stem, _, ok := strings.Cut(name, "_numtolerance_input_")
		if _, ticked := a.Pairs[stem+choiceMark]; ok && ticked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (choiceText) reveal(r *Response) []Shown {
	list := []Shown{{ID: r.Inputs[0].ID, Choices: r.ChoiceText.Correct}}
	for _, name := range r.ChoiceText.Correct {
		var numbers []string
		for _, f := range r.ChoiceText.Numbers {
			if f.Choice == name {
				numbers = append(numbers, f.Answer)
			}
		}
		list = append(list, Shown{ID: name, Texts: []string{strings.Join(numbers, ", ")}})
	}
	return list
}

func (choiceText) solve(r *Response) []Answers {
	pairs := map[string]string{}
	for _, name := range r.ChoiceText.Correct {
		pairs[name] = name
	}
	for _, f := range r.ChoiceText.Numbers {
		pairs[f.Name] = f.Answer
		if v, err := calc.Staff(f.Answer); err == nil {
			pairs[f.Name] = v.Plain()
		}
	}
	return []Answers{{r.Inputs[0].ID: Paired(pairs)}}
}

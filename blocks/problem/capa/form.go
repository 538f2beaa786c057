package capa

import (
	"slices"
	"strconv"
	"strings"
)

// Form reads the answers out of a posted form, whose fields are called input_ID, or input_ID[] for several values; inputs of
// several controls have more, see [Input.posted]. A group of check boxes that the form leaves out was left empty: browsers
// send nothing for it.
func (p *Public) Form(form map[string][]string) Answers {
	answers := Answers{}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		if answer, ok := in.posted(form); ok {
			answers[in.ID] = answer
		}
	}
	return answers
}

// field is the name of the input's field in a form.
func (in *Input) field() string {
	if in.Kind == Checkbox || in.Kind == CheckText {
		return "input_" + in.ID + "[]"
	}
	return "input_" + in.ID
}

// The fields of inputs with several controls: a point's x and y, an annotation's comment and tag.
func (in *Input) fieldOf(control string) string { return "input_" + in.ID + "_" + control }

func (in *Input) posted(form map[string][]string) (Answer, bool) {
	values := form[in.field()]
	switch {
	case in.Kind == Checkbox:
		return Answer{Kind: AnswerList, List: slices.Clone(values)}, true
	case in.Kind == RadioText || in.Kind == CheckText:
		return in.readPairs(form, values), true
	case in.Kind == Upload: // files travel beside the form
		return Answer{}, false
	case len(values) > 0:
		return Given(values[0]), true
	case in.Kind == Point:
		return in.readPoint(form)
	case in.Kind == Annotation:
		return in.readRemark(form)
	case in.Kind == Board:
		return in.readBoard(form)
	}
	return Answer{}, false
}

// readPairs keeps the choices that exist. Numbers of choices that are not ticked are kept too: the learner typed them.
func (in *Input) readPairs(form map[string][]string, ticked []string) Answer {
	pairs := map[string]string{}
	for i := range in.Choices {
		choice := &in.Choices[i]
		if slices.Contains(ticked, choice.Name) {
			pairs[choice.Name] = choice.Name
		}
		for _, part := range choice.Parts {
			if values := form["input_"+part.Field]; part.Field != "" && len(values) > 0 {
				pairs[part.Field] = values[0]
			}
		}
	}
	return Paired(pairs)
}

func (in *Input) readPoint(form map[string][]string) (Answer, bool) {
	x, y := form[in.fieldOf("x")], form[in.fieldOf("y")]
	if len(x) == 0 || len(y) == 0 {
		return Answer{}, false
	}
	if strings.TrimSpace(x[0]+y[0]) == "" {
		return Given(""), true
	}
	return Given("[" + x[0] + "," + y[0] + "]"), true
}

func (in *Input) readRemark(form map[string][]string) (Answer, bool) {
	comments, tags := form[in.fieldOf("comment")], form[in.fieldOf("tag")]
	if len(comments) == 0 && len(tags) == 0 {
		return Answer{}, false
	}
	var r remark
	if len(comments) > 0 {
		r.Comment = comments[0]
	}
	if len(tags) > 0 {
		if tag, err := strconv.Atoi(tags[0]); err == nil {
			r.Options = []int{tag}
		}
	}
	return r.answer(), true
}

// FormOf is the form that [Public.Form] reads the answers from.
func (p *Public) FormOf(answers Answers) map[string][]string {
	form := map[string][]string{}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		a, ok := answers[in.ID]
		if !ok {
			continue
		}
		if names := a.names(); len(names) > 0 {
			form[in.field()] = slices.Clone(names)
		}
		for name, value := range a.Pairs {
			if !strings.HasSuffix(name, choiceMark) {
				form["input_"+name] = []string{value}
			}
		}
	}
	return form
}

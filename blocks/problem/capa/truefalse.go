package capa

import "slices"

// trueFalse asks for every right choice of a group and no other. Its key is that of a multiple choice.
type trueFalse struct{}

func (trueFalse) compile(c *compiler, e *element, r *Response) {
	group := c.fields(e)[0]
	in := &c.public.Inputs[c.input[group]]
	in.Kind = Checkbox
	key := &choiceKey{}
	c.namedChoices(key, group, in, false)
	r.Choice = key
}

// grade compares sets: the order of ticks does not count, nor does ticking twice.
func (trueFalse) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.Choice, &parts[0]
	answer, given := g.answers[part.ID]
	var ticked []string
	if given {
		ticked = answer.names()
	}
	other := func(name string) bool { return !key.right(name) }
	missed := func(name string) bool { return !slices.Contains(ticked, name) }
	if !slices.ContainsFunc(ticked, other) && !slices.ContainsFunc(key.Correct, missed) {
		part.Correctness = Correct
	}
	if given {
		part.Feedback = key.feedback(answer.first())
	}
	return nil
}

func (trueFalse) reveal(r *Response) []Shown {
	return []Shown{{ID: r.Inputs[0].ID, Choices: r.Choice.Correct}}
}

func (trueFalse) solve(r *Response) []Answers {
	return []Answers{{r.Inputs[0].ID: Ticked(r.Choice.Correct...)}}
}

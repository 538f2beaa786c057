package capa

import "strings"

// Row is one input of one submission, in plain text, for reports.
type Row struct {
	ID                        string
	Question, Answer, Correct string
	Correctness               Correctness
}

// Report describes a submission and its result, input by input. result may be nil.
func (p *Prepared) Report(answers Answers, result *Result) []Row {
	values := map[string]Shown{}
	for _, shown := range p.Secret.Reveal().Answers {
		values[shown.ID] = shown
	}
	w := &writer{public: p.Public, o: &ViewOptions{Result: result}}
	rows := make([]Row, 0, len(p.Public.Inputs))
	for i := range p.Public.Inputs {
		in := &p.Public.Inputs[i]
		row := Row{ID: in.ID, Question: w.answerOf(in)}
		if a, ok := answers[in.ID]; ok {
			row.Answer = in.told(a)
		}
		shown := values[in.ID]
		row.Correct = in.words(shown.Choices, ", ") + strings.Join(shown.Texts, " or ")
		if part := w.part(in); part != nil {
			row.Correctness = part.Correctness
		}
		rows = append(rows, row)
	}
	return rows
}

// told is an answer as text: choices by what they say, then the numbers in them; an annotation's tag and comment.
func (in *Input) told(a Answer) string {
	switch in.Kind {
	case Activity:
		return activityAnswer(a.first())
	case Board:
		return in.toldBoard(a.first())
	case Upload:
		return toldFiles(a.first())
	case Annotation, Radio, Checkbox, Select, Text, Formula, Area, Point, RadioText, CheckText:
	}
	if in.Kind == Annotation {
		r := remarkOf(a.first())
		var parts []string
		for _, tag := range r.Options {
			parts = append(parts, in.words([]string{itoa(tag)}, ""))
		}
		if r.Comment != "" {
			parts = append(parts, r.Comment)
		}
		return strings.Join(parts, ": ")
	}
	text := in.words(a.names(), ", ")
	for _, name := range a.numberNames() {
		text += ", " + a.Pairs[name]
	}
	return text
}

// words are the texts of choices; what is no choice stands for itself.
func (in *Input) words(names []string, between string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = name
		for k := range in.Choices {
			if in.Choices[k].Name == name && in.Choices[k].HTML != "" {
				words[i] = plain(in.Choices[k].HTML)
			}
		}
	}
	return strings.Join(words, between)
}

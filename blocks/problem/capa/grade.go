package capa

import "strconv"

// grading is what a response type may look at besides its key.
type grading struct {
	answers Answers
	secret  *Secret
	at      *Circumstances
	// overall is what the last response says of the whole, as HTML.
	overall string
	// err is why a program was not run, when it is no fault of its own.
	err error
}

// Grade judges answers where no programs can run.
func (s *Secret) Grade(answers Answers) *Result {
	result, _ := s.GradeIn(answers, &Circumstances{Seed: 1}) // only programs make errors
	return result
}

// GradeIn judges answers. The first response that fails decides that nothing is graded. The error is a program's that was not
// run by no fault of its own.
func (s *Secret) GradeIn(answers Answers, at *Circumstances) (*Result, error) {
	result := &Result{Outcome: Scored, Total: s.total()}
	if failure := s.obstacle(answers); failure != nil {
		return result.failed(failure), nil
	}
	result.Parts = s.parts()
	g := &grading{answers: answers, secret: s, at: at}
	first := 0
	for i := range s.Responses {
		r := &s.Responses[i]
		spec, _ := responseOf(r.Type)
		parts := result.Parts[first : first+len(r.Inputs)]
		first += len(r.Inputs)
		failure := spec.impl.grade(g, r, parts)
		if failure == nil && r.HintFunction != "" {
			failure = g.hinted(r, parts)
		}
		if g.err != nil {
			return nil, g.err
		}
		if failure != nil {
			return result.failed(failure), nil
		}
		if r.Choice != nil && r.Choice.Targeted != nil {
			result.Targeted = append(result.Targeted, s.explanations(i, answers)...)
		}
	}
	if s.external() {
		return &Result{Outcome: Pending, Total: result.Total}, nil
	}
	for i := range result.Parts {
		result.Score += result.Parts[i].Earned()
	}
	result.Overall = g.overall
	return result, nil
}

func (r *Result) failed(f *Failure) *Result {
	return &Result{Outcome: f.Outcome, Total: r.Total, Failure: f}
}

// obstacle is what prevents grading whatever the answers are, or answers beyond all bounds.
func (s *Secret) obstacle(answers Answers) *Failure {
	if s.Source != "" {
		if s.Script != "" {
			return ungradable("script_failed")
		}
		return ungradable("cannot_grade") // the caller forgot to vary
	}
	for i := range s.Responses {
		if r := &s.Responses[i]; r.Missing {
			return &Failure{Outcome: Unsupported, Message: message("unsupported_type", r.Type)}
		}
	}
	for i := range s.Responses {
		r := &s.Responses[i]
		if r.Broken != nil {
			return &Failure{Outcome: Ungradable, Message: *r.Broken}
		}
		for _, slot := range r.Inputs {
			if a := answers[slot.ID]; a.tooLong() {
				return invalid(slot.ID, "too_long", strconv.Itoa(MaxAnswer))
			}
		}
	}
	return nil
}

func (s *Secret) total() float64 {
	total := 0.0
	for i := range s.Responses {
		for _, slot := range s.Responses[i].Inputs {
			total += slot.Points
		}
	}
	return total
}

func (s *Secret) parts() []Part {
	n := 0
	for i := range s.Responses {
		n += len(s.Responses[i].Inputs)
	}
	parts := make([]Part, 0, n)
	for i := range s.Responses {
		for _, slot := range s.Responses[i].Inputs {
			parts = append(parts, Part{ID: slot.ID, Correctness: Incorrect, Possible: slot.Points})
		}
	}
	return parts
}

// explanations are what stands at a response's place for targeted feedback, once an answer was submitted.
func (s *Secret) explanations(response int, answers Answers) []Explanation {
	key := s.Responses[response].Choice
	var list []Explanation
	chosen := answers[s.Responses[response].Inputs[0].ID]
	if chosen.Kind == AnswerText {
		verdict := Incorrect
		if key.right(chosen.Text) {
			verdict = Correct
		}
		id := key.explains(chosen.Text)
		for _, x := range key.Targeted.Texts {
			if x.ID == id && id != "" {
				list = append(list, Explanation{Response: response, ID: id, HTML: x.HTML, Verdict: verdict})
			}
		}
	}
	for _, solution := range s.Solutions {
		if key.Targeted.Always == solution.N && solution.N > 0 {
			list = append(list, Explanation{Response: response, ID: solution.Explains, HTML: solution.HTML})
		}
	}
	return list
}

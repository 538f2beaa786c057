package capa

// Revealed is the shown answer of a problem.
type Revealed struct {
	Answers   []Shown    `json:"a,omitempty"`
	Solutions []Solution `json:"s,omitempty"`
}

// Shown is the right answer of one input.
type Shown struct {
	ID string `json:"i"`
	// Choices are names of right choices, which count together or any of them.
	Choices []string `json:"c,omitempty"`
	// Texts are alternatives, plain.
	Texts []string `json:"t,omitempty"`
}

// Reveal lists the right answers, as far as the responses state any, and the explanations. It never fails: responses
// that cannot be graded have no answer.
func (s *Secret) Reveal() *Revealed {
	revealed := &Revealed{Solutions: s.Solutions}
	if s.Source != "" {
		return &Revealed{}
	}
	for i := range s.Responses {
		if r := &s.Responses[i]; !r.Missing && r.Broken == nil {
			spec, _ := responseOf(r.Type)
			revealed.Answers = append(revealed.Answers, spec.impl.reveal(r)...)
		}
	}
	return revealed
}

// Solve finds answers that score full, by trying what the keys suggest. ok is false when the problem states none.
func (s *Secret) Solve() (answers Answers, ok bool) {
	if s.obstacle(nil) != nil {
		return nil, false
	}
	answers = Answers{}
	for i := range s.Responses {
		found, ok := s.solveOne(&s.Responses[i])
		if !ok {
			return nil, false
		}
		for id, answer := range found {
			answers[id] = answer
		}
	}
	result := s.Grade(answers)
	return answers, result.Outcome == Scored && len(result.Parts) > 0
}

func (s *Secret) solveOne(r *Response) (Answers, bool) {
	spec, _ := responseOf(r.Type)
	for _, candidate := range spec.impl.solve(r) {
		one := &Secret{Responses: []Response{*r}}
		if result := one.Grade(candidate); result.Outcome == Scored && allCorrect(result.Parts) {
			return candidate, true
		}
	}
	return nil, false
}

func allCorrect(parts []Part) bool {
	for i := range parts {
		if parts[i].Correctness != Correct {
			return false
		}
	}
	return true
}

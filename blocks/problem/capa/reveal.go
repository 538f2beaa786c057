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

// Solve finds answers that score full where no programs can run.
func (s *Secret) Solve() (answers Answers, ok bool) {
	answers, ok, _ = s.SolveIn(&Circumstances{Seed: 1}) // only programs make errors
	return answers, ok
}

// SolveIn finds answers that score full, by trying what the keys suggest. ok is false when the problem states none. The error
// is a program's that was not run by no fault of its own.
func (s *Secret) SolveIn(at *Circumstances) (answers Answers, ok bool, err error) {
	if s.obstacle(nil) != nil {
		return nil, false, nil
	}
	answers = Answers{}
	for i := range s.Responses {
		found, ok, err := s.solveOne(&s.Responses[i], at)
		if !ok || err != nil {
			return nil, false, err
		}
		for id, answer := range found {
			answers[id] = answer
		}
	}
	result, err := s.GradeIn(answers, at)
	if err != nil {
		return nil, false, err
	}
	return answers, result.Outcome == Scored && len(result.Parts) > 0, nil
}

func (s *Secret) solveOne(r *Response, at *Circumstances) (Answers, bool, error) {
	spec, _ := responseOf(r.Type)
	one := &Secret{Responses: []Response{*r}, Setup: s.Setup}
	for _, candidate := range spec.impl.solve(r) {
		result, err := one.GradeIn(candidate, at)
		if err != nil {
			return nil, false, err
		}
		if result.Outcome == Scored && allCorrect(result.Parts) {
			return candidate, true, nil
		}
	}
	return nil, false, nil
}

func allCorrect(parts []Part) bool {
	for i := range parts {
		if parts[i].Correctness != Correct {
			return false
		}
	}
	return true
}

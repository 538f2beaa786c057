package capa

// Outcome says what became of a submission.
type Outcome string

// The outcomes.
const (
	Scored Outcome = "scored"
	// Pending: somebody outside of the platform grades it later.
	Pending Outcome = "pending"
	// Invalid: an input could not be read. Nothing is graded and the try should be given back.
	Invalid Outcome = "invalid"
	// Ungradable: the author made a mistake. Nothing is graded.
	Ungradable Outcome = "ungradable"
	// Unsupported: a response is of a type that is not built yet, or a script would have to run.
	Unsupported Outcome = "unsupported"
)

// Correctness of an input.
type Correctness string

// The values, Open edX's words.
const (
	Correct   Correctness = "correct"
	Incorrect Correctness = "incorrect"
	Partial   Correctness = "partially-correct"
	// Unknown is an input that a program said nothing about.
	Unknown Correctness = "unknown"
)

// Result is the judgement on a submission. It is plain data and survives JSON.
type Result struct {
	Outcome Outcome `json:"o"`
	// Score is the sum of the inputs' points, Total the raw maximum. Authors can give negative points and more than all.
	Score float64 `json:"s"`
	Total float64 `json:"t"`
	Parts []Part  `json:"p,omitempty"`
	// Failure says why nothing was graded.
	Failure *Failure `json:"f,omitempty"`
	// Targeted are explanations for the chosen answers.
	Targeted []Explanation `json:"e,omitempty"`
	// Overall is the author's HTML for the whole.
	Overall string `json:"m,omitempty"`
}

// Success reports whether every input is correct or partially correct (Open edX's "correct").
func (r *Result) Success() bool {
	for i := range r.Parts {
		if c := r.Parts[i].Correctness; c != Correct && c != Partial {
			return false
		}
	}
	return r.Outcome == Scored
}

// Part is the judgement on one input.
type Part struct {
	ID          string      `json:"i"`
	Correctness Correctness `json:"c"`
	// Points are nil unless the type gave some: then correct and partially correct inputs count 1, others 0.
	Points   *float64  `json:"n,omitempty"`
	Feedback *Feedback `json:"f,omitempty"`
	// Message is HTML from a check function.
	Message string `json:"m,omitempty"`
	// Hint comes from a hint group; HintMode says whether it waits to be asked for ("on_request") or not ("always").
	Hint     string `json:"h,omitempty"`
	HintMode string `json:"d,omitempty"`
	// Possible is what the input counts.
	Possible float64 `json:"x"`
}

// Earned are the points that count.
func (p *Part) Earned() float64 {
	switch {
	case p.Points != nil:
		return *p.Points
	case p.Correctness == Correct || p.Correctness == Partial:
		return 1
	}
	return 0
}

func (p *Part) give(c Correctness, points float64) {
	p.Correctness, p.Points = c, &points
}

// Feedback is what an author wrote for the given answer.
type Feedback struct {
	// Correct chooses the label where the author gave none.
	Correct bool   `json:"c,omitempty"`
	Label   string `json:"l,omitempty"`
	// Bare leaves the label out.
	Bare bool `json:"b,omitempty"`
	// Items are HTML; Multi says that they belong to single choices.
	Items []string `json:"i"`
	Multi bool     `json:"m,omitempty"`
}

func (h *Hint) feedback(correct bool) *Feedback {
	if h == nil {
		return nil
	}
	return &Feedback{Correct: correct, Label: h.Label, Bare: h.Bare, Items: []string{h.HTML}}
}

// Explanation stands at a place for targeted feedback.
type Explanation struct {
	// Response is the index of the question.
	Response int    `json:"r,omitempty"`
	ID       string `json:"i"`
	HTML     string `json:"h"`
	// Verdict is the correctness of the chosen answer; "" for the explanation of the right one.
	Verdict Correctness `json:"v,omitempty"`
}

// Failure says why nothing was graded.
type Failure struct {
	Outcome Outcome `json:"o"`
	// ID is the input at fault, "" when it is none.
	ID      string  `json:"i,omitempty"`
	Message Message `json:"m"`
}

func invalid(id, key string, args ...string) *Failure {
	return &Failure{Invalid, id, message(key, args...)}
}

func ungradable(key string) *Failure {
	return &Failure{Ungradable, "", message(key)}
}

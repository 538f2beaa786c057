package problem

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// detail is what a verdict's Data holds beside its parts: the author's feedback, and keys of sentences. The words are chosen
// when it is shown, in the reader's language.
type detail struct {
	Parts    []partDetail       `json:"p,omitempty"`
	Targeted []capa.Explanation `json:"t,omitempty"`
	Failure  *capa.Failure      `json:"f,omitempty"`
}

// partDetail is what an author wrote for the answer in one input.
type partDetail struct {
	ID       string         `json:"i"`
	Feedback *capa.Feedback `json:"f,omitempty"`
	Message  string         `json:"m,omitempty"`
	Hint     string         `json:"h,omitempty"`
	HintMode string         `json:"d,omitempty"`
}

// Grade implements sdk.Grader.
func (block) Grade(c *sdk.Call, s sdk.Submission[Public, capa.Secret]) (wire.Verdict, error) {
	answers, err := decodeAnswers(s.Answers)
	if err != nil {
		return wire.Verdict{}, err
	}
	result, err := s.Secret.GradeIn(answers, circumstances(c, s.Attempt))
	if err != nil {
		return wire.Verdict{}, err
	}
	return verdictOf(result)
}

func decodeAnswers(data json.RawMessage) (capa.Answers, error) {
	var answers capa.Answers
	if len(data) == 0 {
		return answers, nil
	}
	if err := answers.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("reading a submission: %w", err)
	}
	return answers, nil
}

// verdictOf is a result as a verdict. What an author got wrong costs no try either: it counts as invalid.
func verdictOf(r *capa.Result) (wire.Verdict, error) {
	v := wire.Verdict{Outcome: wire.OutcomeScored, Earned: r.Score, Possible: r.Total, Feedback: r.Overall}
	if r.Outcome == capa.Pending {
		// English, likewise; the view says it in the learner's words.
		v.Outcome, v.Earned, v.Message = wire.OutcomePending, 0, "the course's external grader"
		return v, nil
	}
	more := detail{Targeted: r.Targeted, Failure: r.Failure}
	if r.Failure != nil {
		// English, for those who read verdicts without this block.
		v.Outcome, v.Earned, v.Message = wire.OutcomeInvalid, 0, capa.Catalogue(nil).Text(r.Failure.Message)
	}
	if len(r.Parts) > 0 {
		v.Parts = make([]wire.Part, len(r.Parts))
	}
	for i := range r.Parts {
		p := &r.Parts[i]
		v.Parts[i] = wire.Part{ID: p.ID, Correctness: known(p.Correctness), Earned: p.Earned(), Possible: p.Possible}
		if p.Feedback != nil || p.Message != "" || p.Hint != "" {
			more.Parts = append(more.Parts, partDetail{p.ID, p.Feedback, p.Message, p.Hint, p.HintMode})
		}
	}
	if more.Parts == nil && more.Targeted == nil && more.Failure == nil {
		return v, nil
	}
	data, err := json.Marshal(&more)
	v.Data = data
	return v, err
}

// known is a correctness as verdicts have it: what nobody judged is not right.
func known(c capa.Correctness) wire.Correctness {
	if c == capa.Correct || c == capa.Partial {
		return wire.Correctness(c)
	}
	return wire.Incorrect
}

// resultOf reads a verdict of this block back; nil when it is none that was judged.
func resultOf(v *wire.Verdict) (*capa.Result, error) {
	if v == nil || v.Outcome != wire.OutcomeScored && v.Outcome != wire.OutcomeInvalid {
		return nil, nil
	}
	var more detail
	if len(v.Data) > 0 {
		if err := json.Unmarshal(v.Data, &more); err != nil {
			return nil, fmt.Errorf("reading a verdict: %w", err)
		}
	}
	r := &capa.Result{
		Outcome: capa.Outcome(v.Outcome), Score: v.Earned, Total: v.Possible, Overall: v.Feedback, Targeted: more.Targeted, Failure: more.Failure,
	}
	for i := range v.Parts {
		p := &v.Parts[i]
		earned := p.Earned
		part := capa.Part{ID: p.ID, Correctness: capa.Correctness(p.Correctness), Points: &earned, Possible: p.Possible}
		for _, d := range more.Parts {
			if d.ID == p.ID {
				part.Feedback, part.Message, part.Hint, part.HintMode = d.Feedback, d.Message, d.Hint, d.HintMode
			}
		}
		r.Parts = append(r.Parts, part)
	}
	return r, nil
}

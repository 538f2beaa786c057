package question

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Result is what a type makes of an answer.
type Result struct {
	// Parts are what was answered, each with its points; their sum is the score.
	Parts []Part
	// Invalid says why the answer cannot be graded: the try is given back. At is the input that it is about, "" for the whole.
	Invalid *Message
	At      string
	// Pending says who grades it later, in plain words; "" for nobody.
	Pending string
	// Feedback is the author's HTML for the whole, "" for that of the fields.
	Feedback string
	// Tried says how an answer went that was only tried: nothing is scored, and the attempt is given back.
	Tried *Message
	// Own is what the kind's Show needs to know of it besides.
	Own json.RawMessage
}

// Part is one input's or one question's result.
type Part struct {
	// ID is the name of the input, where there is one.
	ID               string
	Earned, Possible float64
	// Correctness follows from the points when it is left out.
	Correctness wire.Correctness
	// Feedback is the author's HTML, Note a sentence of the catalogue.
	Feedback string
	Note     *Message
	Marks    []Mark
}

// Mark is a remark on something within a part, such as a choice that was taken.
type Mark struct {
	At          string           `json:"i"`
	Correctness wire.Correctness `json:"c,omitempty"`
	Feedback    string           `json:"f,omitempty"`
}

// Whole is the result of a question with one part.
func Whole(p Part) Result { return Result{Parts: []Part{p}} }

// Refused is the result of an answer that cannot be graded.
func Refused(input, key string, args ...string) Result {
	return Result{Invalid: Saying(key, args...), At: input}
}

// judged is the correctness of a part.
func (p *Part) judged() wire.Correctness {
	switch {
	case p.Correctness != "":
		return p.Correctness
	case p.Earned >= p.Possible:
		return wire.Correct
	case p.Earned > 0:
		return wire.Partial
	}
	return wire.Incorrect
}

// Score are the points of the parts.
func (r *Result) Score() (earned, possible float64) {
	for i := range r.Parts {
		earned, possible = earned+r.Parts[i].Earned, possible+r.Parts[i].Possible
	}
	return earned, possible
}

// Full reports whether everything is right.
func (r *Result) Full() bool {
	earned, possible := r.Score()
	return r.Invalid == nil && r.Pending == "" && len(r.Parts) > 0 && earned >= possible
}

// detail is what a verdict's Data holds: sentences are chosen when it is shown.
type detail struct {
	Invalid *Message        `json:"x,omitempty"`
	At      string          `json:"a,omitempty"`
	Parts   []partDetail    `json:"p,omitempty"`
	Tried   *Message        `json:"t,omitempty"`
	Own     json.RawMessage `json:"o,omitempty"`
}

type partDetail struct {
	ID    string   `json:"i"`
	Note  *Message `json:"n,omitempty"`
	Marks []Mark   `json:"m,omitempty"`
}

// verdict is a result as the platform takes it. Sentences of the catalogue stand in it in the call's language too, for those
// who read verdicts without this block.
func (r *Result) verdict(c *sdk.Call, possible float64) (wire.Verdict, error) {
	if r.Pending != "" {
		return wire.Verdict{Outcome: wire.OutcomePending, Possible: possible, Message: r.Pending}, nil
	}
	v := wire.Verdict{Outcome: wire.OutcomeScored, Feedback: r.Feedback}
	more := detail{Invalid: r.Invalid, At: r.At, Tried: r.Tried, Own: r.Own}
	switch {
	case r.Tried != nil:
		v = wire.Verdict{Outcome: wire.OutcomeInvalid, Possible: possible, Message: r.Tried.in(c)}
	case r.Invalid != nil:
		v = wire.Verdict{Outcome: wire.OutcomeInvalid, Possible: possible, Message: r.Invalid.in(c)}
	default:
		v.Earned, v.Possible = r.Score()
		for i := range r.Parts {
			p := &r.Parts[i]
			v.Parts = append(v.Parts, wire.Part{
				ID: p.ID, Correctness: p.judged(), Earned: p.Earned, Possible: p.Possible, Feedback: p.Feedback,
			})
			if p.Note != nil || len(p.Marks) > 0 {
				more.Parts = append(more.Parts, partDetail{p.ID, p.Note, p.Marks})
			}
		}
	}
	if more.Invalid == nil && more.Parts == nil && more.Tried == nil && more.Own == nil {
		return v, nil
	}
	data, err := json.Marshal(&more)
	v.Data = data
	return v, err
}

// resultOf reads a verdict back; nil for one that was not judged or may not be shown.
func resultOf(v *wire.Verdict) (*Result, error) {
	if v == nil || v.Outcome != wire.OutcomeScored && v.Outcome != wire.OutcomeInvalid {
		return nil, nil
	}
	var more detail
	if len(v.Data) > 0 {
		if err := json.Unmarshal(v.Data, &more); err != nil {
			return nil, fmt.Errorf("reading a verdict: %w", err)
		}
	}
	r := &Result{Invalid: more.Invalid, At: more.At, Feedback: v.Feedback, Tried: more.Tried, Own: more.Own}
	for i := range v.Parts {
		p := &v.Parts[i]
		part := Part{ID: p.ID, Earned: p.Earned, Possible: p.Possible, Correctness: p.Correctness, Feedback: p.Feedback}
		for _, d := range more.Parts {
			if d.ID == p.ID {
				part.Note, part.Marks = d.Note, d.Marks
			}
		}
		r.Parts = append(r.Parts, part)
	}
	return r, nil
}

// part finds the judgement on a part, nil where there is none.
func (r *Result) part(id string) *Part {
	if r == nil {
		return nil
	}
	for i := range r.Parts {
		if r.Parts[i].ID == id {
			return &r.Parts[i]
		}
	}
	return nil
}

// Shared is the correctness of a share of the points.
func Shared(share float64) wire.Correctness {
	p := Part{Earned: share, Possible: 1}
	return p.judged()
}

// AllOrNothing takes the points of what is right where something is not; what is right still says so.
func (r *Result) AllOrNothing() {
	if r.Full() {
		return
	}
	for i := range r.Parts {
		p := &r.Parts[i]
		p.Correctness = p.judged()
		p.Earned = 0
	}
}

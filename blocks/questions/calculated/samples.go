package calculated

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (k kind) Samples() []question.Sample[Fields] {
	journey := Fields{
		Fields: question.Fields{
			DisplayName: "The journey", Prompt: `<p>A train goes {s} km in {t} h. How fast is it? \(v=\frac{s}{t}\)</p>`,
			Hints: []string{"In one hour it goes a {t}th of {s} km."}, Solution: "<p>{s} km / {t} h = {=s/t:2} km/h</p>",
			Wrong: "<p>Not {s} times {t}.</p>",
		},
		Variables: []Variable{
			{Name: "s", From: 100, To: 400, Step: 20}, {Name: "t", Values: "2, 3, 4"}, {Name: "v", Formula: "s/t"},
		},
		Conditions: []string{"v > 40", "v < 150"},
		Answers: []Answer{
			{Formula: "v", Tolerance: "1%", Correct: true, Feedback: "All right: {=v:1} km/h."},
			{Formula: "s*t", Tolerance: "1%", Percent: 10, Feedback: "You multiplied {s} by {t}."},
		},
		Unit: "km/h", Decimals: 2,
	}
	sample := question.Sample[Fields]{Name: "journey", Title: "Numbers drawn for each learner", Fields: journey, Answers: []question.Expected{
		question.Expecting(wire.ExpectInvalid, input, "fast"), question.Expecting(wire.ExpectZero, input, "1"),
	}}
	prepared := k.Prepare(&journey)
	program, err := prepared.Secret.compile()
	if err != nil {
		return nil // a test that looks for the sample fails
	}
	for _, seed := range []int{1, 2, 13} {
		d, err := program.draw(seed)
		if err != nil {
			return nil
		}
		full := question.Expecting(wire.ExpectFull, input, number(d.answers[0], 2))
		partial := question.Expecting(wire.ExpectPartial, input, number(d.answers[1], -1))
		full.Seed, partial.Seed = seed, seed
		sample.Answers = append(sample.Answers, full, partial)
	}
	return []question.Sample[Fields]{sample}
}

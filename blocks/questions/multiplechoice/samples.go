package multiplechoice

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	return []question.Sample[Fields]{{
		Name: "planet", Title: "The largest planet",
		Fields: Fields{
			Fields: question.Fields{
				DisplayName: "The largest planet", Prompt: "<p>Which planet is the largest?</p>",
				Hints:    []string{"It is one of the gas giants.", "It has a <b>red spot</b>."},
				Solution: "<p>Jupiter weighs more than all the other planets together.</p>",
				Right:    "<p>Well seen.</p>",
			},
			Choices: []Choice{
				{ID: "mars", Text: "Mars", Feedback: "Mars is about half as wide as the Earth."},
				{ID: "jup", Text: "Jupiter", Correct: true, Feedback: "It would hold 1300 Earths."},
				{ID: "sat", Text: "Saturn", Percent: 50, Feedback: "Nearly: it is the second largest."},
				{ID: "none", Text: "None of these", Fixed: true},
			},
			Shuffle: true,
		},
		Answers: []question.Expected{
			question.Expecting(wire.ExpectFull, input, "jup"),
			question.Expecting(wire.ExpectPartial, input, "sat"),
			question.Expecting(wire.ExpectZero, input, "mars"),
			question.Expecting(wire.ExpectZero, input, "no such choice"),
			question.Expecting(wire.ExpectInvalid, input, ""),
		},
	}}
}

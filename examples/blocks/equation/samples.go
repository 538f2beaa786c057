package equation

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	numbers := func(expect wire.Expectation, values ...string) question.Expected {
		answers := question.Answers{}
		for i, v := range values {
			answers[input(i)] = []string{v}
		}
		return question.Expected{Expect: expect, Answers: answers}
	}
	propane := Fields{Equation: "C3H8 + O2 -> CO2 + H2O", Partial: 50}
	propane.Prompt = "<p>Propane burns. Balance the equation.</p>"
	propane.Hints = []string{"Begin with carbon, end with oxygen."}
	propane.Solution = "<p>Three carbon atoms make three CO₂, eight hydrogen atoms four H₂O; that takes ten oxygen atoms.</p>"
	charged := Fields{Equation: "MnO4^- + Fe^2+ + H^+ -> Mn^2+ + Fe^3+ + H2O", Multiples: true}
	charged.Prompt = "<p>Permanganate oxidises iron. Balance the equation, charges included.</p>"
	return []question.Sample[Fields]{
		{Name: "propane", Title: "Burning propane", Fields: propane, Answers: []question.Expected{
			numbers(wire.ExpectFull, "1", "5", "3", "4"), numbers(wire.ExpectPartial, "2", "10", "6", "8"),
			numbers(wire.ExpectZero, "1", "4", "3", "4"), numbers(wire.ExpectInvalid, "one", "5", "3", "4"),
		}},
		{Name: "permanganate", Title: "Permanganate and iron", Fields: charged, Answers: []question.Expected{
			numbers(wire.ExpectFull, "1", "5", "8", "1", "5", "4"), numbers(wire.ExpectFull, "2", "10", "16", "2", "10", "8"),
			numbers(wire.ExpectZero, "1", "1", "8", "1", "1", "4"), numbers(wire.ExpectInvalid, "0"),
		}},
	}
}

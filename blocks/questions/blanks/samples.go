package blanks

import (
	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	paris := Fields{
		Fields: question.Fields{
			DisplayName: "Paris", Prompt: "<p>Fill in the blanks.</p>", Hints: []string{"The Romans called it Lutetia."},
			Solution: "<p>The Seine divides the city.</p>", Partly: "<p>Go on.</p>",
		},
		Text: "<p>The capital of France is [[Paris | Lutetia || It begins with a P.]]. About [[number: 2.1 ± 0.2]] million people live " +
			"there, on both banks of the [[choose: *Seine | Rhine | Thames || That one is elsewhere.]].</p>",
		Marks: true, Credit: "each",
	}
	rivers := options.TextsOf("Seine", "Rhine", "Thames")
	filled := func(expect wire.Expectation, city, people, river string) question.Expected {
		return question.Expected{Expect: expect, Answers: question.Answers{"blank-1": {city}, "blank-2": {people}, "blank-3": {rivers.ID(river)}}}
	}
	return []question.Sample[Fields]{{
		Name: "paris", Title: "Paris", Fields: paris, Answers: []question.Expected{
			filled(wire.ExpectFull, "paris", "2.3", "Seine"),
			filled(wire.ExpectPartial, "London", "2.3", "Thames"),
			filled(wire.ExpectZero, "London", "8.9", "Thames"),
			filled(wire.ExpectInvalid, "Paris", "two", "Seine"),
			question.Expecting(wire.ExpectInvalid, "blank-1"),
		},
	}}
}

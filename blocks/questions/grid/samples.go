package grid

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	truths := Fields{
		Fields: question.Fields{
			DisplayName: "True or false", Prompt: "<p>What is true of water?</p>", Hints: []string{"Think of a lake in winter."},
			Solution: "<p>Ice is lighter than water, so it swims.</p>",
		},
		Columns: "True\nFalse",
		Rows: []Row{
			{ID: "ice", Text: "Ice swims on water.", Right: "True"},
			{ID: "boil", Text: "On a mountain it boils at a higher temperature.", Right: "False", Feedback: "The air weighs less there."},
			{ID: "salt", Text: "Salt lets it freeze later.", Right: "true"},
		},
		Asked: one, Credit: "each",
	}
	states := Fields{
		Fields:  question.Fields{DisplayName: "Where they are spoken", Prompt: "<p>Where is it an official language?</p>"},
		Columns: "Belgium\nCanada\nSwitzerland",
		Rows: []Row{
			{ID: "fr", Text: "French", Right: "Belgium\nCanada\nSwitzerland"},
			{ID: "de", Text: "German", Right: "Belgium\nSwitzerland"},
			{ID: "es", Text: "Spanish"},
		},
		Asked: several, Credit: "each",
	}
	verbs := Fields{
		Fields:  question.Fields{DisplayName: "Past tenses", Prompt: "<p>Fill in the forms.</p>"},
		Columns: "Past\nParticiple",
		Rows: []Row{
			{ID: "go", Text: "go", Right: "went\ngone"},
			{ID: "learn", Text: "learn", Right: "learnt | learned\n-"},
		},
		Asked: texts, Credit: "all",
	}
	boxes := func(expect wire.Expectation, form question.Answers) question.Expected {
		return question.Expected{Expect: expect, Answers: form}
	}
	return []question.Sample[Fields]{{
		Name: "truths", Title: "True or false", Fields: truths, Answers: []question.Expected{
			boxes(wire.ExpectFull, question.Answers{"row-ice": {"0"}, "row-boil": {"1"}, "row-salt": {"0"}}),
			boxes(wire.ExpectPartial, question.Answers{"row-ice": {"0"}}),
			boxes(wire.ExpectZero, question.Answers{"row-ice": {"1"}, "row-boil": {"0"}, "row-salt": {"7"}}),
			question.Expecting(wire.ExpectInvalid, "row-ice"),
		},
	}, {
		Name: "languages", Title: "Several in each row", Fields: states, Answers: []question.Expected{
			boxes(wire.ExpectFull, question.Answers{"row-fr": {"2", "1", "0"}, "row-de": {"0", "2"}}),
			boxes(wire.ExpectPartial, question.Answers{"row-fr": {"0", "1"}, "row-de": {"0", "2"}}),
			boxes(wire.ExpectZero, question.Answers{"row-fr": {"0"}, "row-de": {"1"}, "row-es": {"0"}}),
		},
	}, {
		Name: "verbs", Title: "A text in each cell", Fields: verbs, Answers: []question.Expected{
			boxes(wire.ExpectFull, question.Answers{"row-go-0": {"Went"}, "row-go-1": {"gone "}, "row-learn-0": {"learned"}}),
			boxes(wire.ExpectZero, question.Answers{"row-go-0": {"went"}, "row-go-1": {"gone"}, "row-learn-0": {"learn"}}),
		},
	}}
}

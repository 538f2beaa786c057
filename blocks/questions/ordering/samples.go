package ordering

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	tea := Fields{
		Fields: question.Fields{
			DisplayName: "A cup of tea", Prompt: "<p>In what order do you make tea?</p>", Hints: []string{"Water that boils comes first."},
			Solution: "<p>Tea draws in water that has just boiled.</p>",
		},
		Items: []Item{
			{ID: "water", Text: "Boil the water", Feedback: "Cold water draws nothing."},
			{ID: "pour", Text: "Pour it over the leaves"},
			{ID: "wait", Text: "Wait for four minutes"},
			{ID: "take", Text: "Take the leaves out"},
		},
		Credit: byPlace,
	}
	pairs, whole := tea, tea
	pairs.Credit, pairs.DisplayName = byNeighbor, "A cup of tea, by what comes after what"
	whole.Credit, whole.DisplayName = byAll, "A cup of tea, all or nothing"
	order := func(expect wire.Expectation, water, pour, wait, take string) question.Expected {
		return question.Expected{Expect: expect, Answers: question.Answers{
			"place-water": {water}, "place-pour": {pour}, "place-wait": {wait}, "place-take": {take},
		}}
	}
	right := order(wire.ExpectFull, "1", "2", "3", "4")
	return []question.Sample[Fields]{{
		Name: "tea", Title: "A cup of tea", Fields: tea, Answers: []question.Expected{
			right,
			order(wire.ExpectPartial, "1", "2", "4", "3"),
			order(wire.ExpectZero, "2", "1", "4", "3"),
			order(wire.ExpectInvalid, "1", "1", "2", "3"),
			order(wire.ExpectInvalid, "1", "2", "3", "5"),
			question.Expecting(wire.ExpectInvalid, "place-water", "1"),
		},
	}, {
		Name: "neighbors", Title: "What comes after what", Fields: pairs, Answers: []question.Expected{
			right,
			order(wire.ExpectPartial, "4", "1", "2", "3"),
			order(wire.ExpectZero, "4", "3", "2", "1"),
		},
	}, {
		Name: "whole", Title: "All or nothing", Fields: whole, Answers: []question.Expected{
			right,
			order(wire.ExpectZero, "1", "2", "4", "3"),
		},
	}}
}

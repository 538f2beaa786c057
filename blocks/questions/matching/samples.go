package matching

import (
	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	metals := Fields{
		Fields: question.Fields{
			DisplayName: "Signs of the elements", Prompt: "<p>Which sign belongs to which element?</p>",
			Hints: []string{"Two of the signs come from Latin."}, Solution: "<p>Gold is <i>aurum</i>, iron is <i>ferrum</i>.</p>",
			Right: "<p>You know your elements.</p>",
		},
		Pairs: []Pair{
			{ID: "au", Left: "Gold", Right: "Au", Feedback: "Its Latin name is <i>aurum</i>."},
			{ID: "fe", Left: "Iron", Right: "Fe", Feedback: "Its Latin name is <i>ferrum</i>."},
			{ID: "h", Left: "Hydrogen", Right: "H"},
		},
		Others: "Go\nIr", Shuffle: true, Credit: "each",
	}
	whole := metals
	whole.Credit, whole.DisplayName = "all", "Signs of the elements, all or nothing"
	rights := options.TextsOf("Au", "Fe", "H", "Go", "Ir")
	signs := func(expect wire.Expectation, gold, iron, hydrogen string) question.Expected {
		return question.Expected{Expect: expect, Answers: question.Answers{
			"pair-au": {rights.ID(gold)}, "pair-fe": {rights.ID(iron)}, "pair-h": {rights.ID(hydrogen)},
		}}
	}
	return []question.Sample[Fields]{{
		Name: "signs", Title: "Signs of the elements", Fields: metals, Answers: []question.Expected{
			signs(wire.ExpectFull, "Au", "Fe", "H"),
			signs(wire.ExpectPartial, "Au", "Ir", ""),
			signs(wire.ExpectZero, "Go", "Ir", "Au"),
			question.Expecting(wire.ExpectZero, "pair-au", "no such sign"),
			question.Expecting(wire.ExpectInvalid, "pair-au"),
		},
	}, {
		Name: "whole", Title: "All or nothing", Fields: whole, Answers: []question.Expected{
			signs(wire.ExpectFull, "Au", "Fe", "H"),
			signs(wire.ExpectZero, "Au", "Fe", "Go"),
		},
	}}
}

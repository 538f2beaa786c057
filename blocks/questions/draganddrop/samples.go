package draganddrop

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	house := Fields{
		Fields: question.Fields{
			DisplayName: "Parts of a house", Prompt: "<p>Put the words where they belong.</p>", Hints: []string{"Smoke leaves it at the top."},
			Solution: "<p>A chimney stands on the roof.</p>", Right: "<p>Well placed.</p>",
		},
		Picture: Picture{File: "house.svg", Alt: "A house: A is the triangle on top, B the wall below it, C is beside the house.", Width: 400, Height: 300},
		Zones: []Zone{
			{ID: "a", Label: "A, on top", X: 60, Y: 20, Width: 200, Height: 90},
			{ID: "b", Label: "B, below it", X: 60, Y: 120, Width: 200, Height: 150},
			{ID: "c", Label: "C, beside it", X: 280, Y: 150, Width: 110, Height: 120},
		},
		Items: []Item{
			{ID: "roof", Text: "roof", Zones: "A, on top", Feedback: "It keeps the rain out."},
			{ID: "door", Text: "door", Zones: "B, below it"},
			{ID: "window", Text: "window", Zones: "A, on top\nB, below it"},
			{ID: "tree", Text: "tree", Zones: "C, beside it"},
			{ID: "sail", Text: "sail"},
		},
		Names: true, Credit: "each",
	}
	put := func(expect wire.Expectation, roof, door, window, tree, sail string) question.Expected {
		return question.Expected{Expect: expect, Answers: question.Answers{
			"item-roof": {roof}, "item-door": {door}, "item-window": {window}, "item-tree": {tree}, "item-sail": {sail},
		}}
	}
	return []question.Sample[Fields]{{
		Name: "house", Title: "Parts of a house", Fields: house, Answers: []question.Expected{
			put(wire.ExpectFull, "a", "b", "b", "c", ""),
			put(wire.ExpectFull, "a", "b", "a", "c", ""),
			put(wire.ExpectPartial, "a", "a", "", "", "c"),
			put(wire.ExpectZero, "b", "a", "c", "a", "b"),
			question.Expecting(wire.ExpectInvalid, "item-roof"),
		},
	}}
}

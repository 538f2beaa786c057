package hotspots

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	const shows = "A house with a roof, a wall and a door in its middle; a tree stands to the right."
	door := Fields{
		Fields: question.Fields{
			DisplayName: "Find the door", Prompt: "<p>Where does one go in?</p>", Hints: []string{"It is brown."}, Right: "<p>Come in.</p>",
			Solution: "<p>The door is in the middle of the wall.</p>",
		},
		Picture: Picture{File: "house.svg", Alt: shows, Width: 400, Height: 300},
		Areas: []Area{
			{ID: "door", Label: "The door", Shape: rectangle, Coords: "140,190 180,260", Correct: true},
			{ID: "roof", Label: "The roof", Shape: polygon, Coords: "50,120 160,20 270,120", Feedback: "Only by a ladder."},
		},
		Marks: 1, Credit: "each",
	}
	roof := Fields{
		Fields:  question.Fields{DisplayName: "Roof and tree", Prompt: "<p>Mark the roof and the crown of the tree.</p>"},
		Picture: door.Picture,
		Areas: []Area{
			{ID: "roof", Label: "The roof", Shape: polygon, Coords: "50,120 160,20 270,120", Correct: true},
			{ID: "tree", Label: "The crown", Shape: circle, Coords: "337,185 34", Correct: true},
		},
		Marks: 2, Credit: "minus",
	}
	return []question.Sample[Fields]{{
		Name: "door", Title: "One place", Fields: door, Answers: []question.Expected{
			question.Expecting(wire.ExpectFull, input, "160,200"),
			question.Expecting(wire.ExpectFull, input, " 140 ; 190 "),
			question.Expecting(wire.ExpectZero, input, "160,100"),
			question.Expecting(wire.ExpectZero, input, "10,10"),
			question.Expecting(wire.ExpectInvalid, input, "the door"),
			question.Expecting(wire.ExpectInvalid, input, "160,301"),
			question.Expecting(wire.ExpectInvalid, input, "160,200", "160,201"),
		},
	}, {
		Name: "two", Title: "Two places", Fields: roof, Answers: []question.Expected{
			question.Expecting(wire.ExpectFull, input, "337,190", "160,60"),
			question.Expecting(wire.ExpectPartial, input, "160,60"),
			question.Expecting(wire.ExpectZero, input, "160,60", "10,10"),
			question.Expecting(wire.ExpectZero, input, "160,60", "161,61"),
		},
	}}
}

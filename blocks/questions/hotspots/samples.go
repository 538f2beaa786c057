package hotspots

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	house := Fields{
		Fields: question.Fields{
			DisplayName: "Wood and leaves", Prompt: "<p>Two things in this picture are made of wood. Mark both.</p>", Hints: []string{"One of them grows."},
			Solution: "<p>The door and the trunk of the tree are made of wood.</p>", Right: "<p>Well seen.</p>", Wrong: "<p>Look for what is brown and upright.</p>",
		},
		Picture: Picture{File: "house.svg", Alt: "A house with a roof on top, a wall and a door in the middle of the wall; on the right of it a tree with a round crown on a trunk.", Width: 400, Height: 300},
		Places:  2,
		Regions: []Region{
			{ID: "door", Name: "The door", Correct: true, Shape: rectangle, X: 140, Y: 190, Width: 40, Height: 70, Feedback: "<p>A door of oak.</p>"},
			{ID: "trunk", Name: "The trunk", Correct: true, Shape: rectangle, X: 326, Y: 215, Width: 24, Height: 46},
			{ID: "crown", Name: "The crown", Shape: ellipse, X: 303, Y: 151, Width: 68, Height: 68, Feedback: "<p>These are leaves.</p>"},
			{ID: "roof", Name: "The roof", Shape: polygon, Corners: "50,120 160,20 270,120", Feedback: "<p>The roof has tiles of clay.</p>"},
		},
		Credit: "each",
	}
	mark := func(expect wire.Expectation, places ...string) question.Expected {
		answers := question.Answers{}
		for n, place := range places {
			answers[inputOf(n)] = []string{place}
		}
		return question.Expected{Expect: expect, Answers: answers}
	}
	green := Fields{
		Fields: question.Fields{
			DisplayName: "What grows", Prompt: "<p>Mark what is green. A wrong mark takes a point away.</p>",
			Solution: "<p>The crown of the tree and the grass are green.</p>", Partly: "<p>There is more, or less, of it.</p>",
		},
		Picture: house.Picture, Places: 3,
		Regions: []Region{
			{ID: "crown", Name: "The crown", Correct: true, Shape: ellipse, X: 303, Y: 151, Width: 68, Height: 68},
			{ID: "grass", Name: "The grass", Correct: true, Shape: polygon, Corners: "0,260 400,260 400,300 0,300", Feedback: "<p>It is in need of mowing.</p>"},
			{ID: "sky", Name: "The sky", Shape: polygon, Corners: "0,0 400,0 400,100 0,100", Feedback: "<p>The sky is blue.</p>"},
		},
		Credit: "minus",
	}
	return []question.Sample[Fields]{{
		Name: "house", Title: "Two things of wood", Fields: house, Answers: []question.Expected{
			mark(wire.ExpectFull, "160,220", "338,240"),
			mark(wire.ExpectFull, "[338, 240]", "(160; 220)"),
			mark(wire.ExpectPartial, "", "160,220"),
			mark(wire.ExpectPartial, "160,220", "161,221"),
			mark(wire.ExpectZero, "160,60", "337,180"),
			mark(wire.ExpectInvalid, "somewhere"),
			mark(wire.ExpectInvalid, "160,220", "500,100"),
		},
	}, {
		Name: "green", Title: "What is green, where a wrong mark costs", Fields: green, Answers: []question.Expected{
			mark(wire.ExpectFull, "337,185", "20,280"),
			mark(wire.ExpectPartial, "337,185", "20,280", "160,60"),
			mark(wire.ExpectZero, "337,185", "20,20"),
			mark(wire.ExpectZero, "", "", "20,20"),
		},
	}}
}

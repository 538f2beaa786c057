package fileupload

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	marked := func(expect wire.Expectation, mark wire.Mark) question.Expected {
		data, _ := json.Marshal(mark) // of texts and numbers
		e := question.Expecting(expect, text, "The tide was low at noon.\n\nSo we walked to the island.")
		e.Evidence = data
		return e
	}
	return []question.Sample[Fields]{{
		Name: "report", Title: "A report on a day at the sea",
		Fields: Fields{
			Fields: question.Fields{
				DisplayName: "Report: a day at the sea", Prompt: "<p>Watch the water for a day and report what you saw. Add your photographs.</p>",
				Hints: []string{"Note the time beside each thing that you see."}, Solution: "<p>A good report says when the water was highest.</p>",
				Right: "<p>Thank you for a careful report.</p>",
			},
			FileAnswer: optional, Kinds: ".pdf .png .jpg", MaxFiles: 3, MaxSize: 10, TextAnswer: required, ShowRubric: true, Points: 10,
			Rubric: []Row{
				{ID: "obs0", Criterion: "Observation", Option: "Missing", Help: "Nothing was watched."},
				{ID: "obs1", Option: "Some", Points: 2, Help: "Times or heights are there."},
				{ID: "obs2", Option: "Careful", Points: 4, Help: "Times and heights, all day."},
				{ID: "lang0", Criterion: "Language", Option: "Hard to read"},
				{ID: "lang1", Option: "Clear", Points: 2},
			},
		},
		Answers: []question.Expected{
			question.Expecting(wire.ExpectPending, text, "The tide was low at noon."),
			marked(wire.ExpectFull, wire.Mark{Chosen: map[string]string{"obs0": "obs2", "lang0": "lang1"}, Points: 6, Comment: "Well watched."}),
			marked(wire.ExpectPartial, wire.Mark{Chosen: map[string]string{"obs0": "obs1", "lang0": "lang0"}, Points: 2}),
			marked(wire.ExpectZero, wire.Mark{Chosen: map[string]string{"obs0": "obs0", "lang0": "lang0"}}),
			marked(wire.ExpectPending, wire.Mark{Withdrawn: true}),
			question.Expecting(wire.ExpectInvalid, text, " "),
		},
	}, {
		Name: "points", Title: "An essay for points",
		Fields: Fields{
			Fields:     question.Fields{DisplayName: "Essay", Prompt: "<p>Why are there two tides a day?</p>", Solution: "<p>See the lesson.</p>"},
			FileAnswer: none, TextAnswer: required, Points: 5, MaxFiles: 1, MaxSize: 1,
		},
		Answers: []question.Expected{
			question.Expecting(wire.ExpectPending, text, "Because of the moon."),
			marked(wire.ExpectPartial, wire.Mark{Points: 2.5, Comment: "Half of it."}),
			marked(wire.ExpectFull, wire.Mark{Points: 7}),
		},
	}}
}

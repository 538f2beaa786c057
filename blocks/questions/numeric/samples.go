package numeric

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	full, partial, zero, invalid := wire.ExpectFull, wire.ExpectPartial, wire.ExpectZero, wire.ExpectInvalid
	says := func(expect wire.Expectation, text string) question.Expected {
		return question.Expecting(expect, input, text)
	}
	common := question.Fields{
		Prompt: "<p>A stone falls for 2 s. How fast is it then?</p>", Hints: []string{"Each second makes it faster by 9.81 m/s."},
		Solution: "<p>2 s · 9.81 m/s² = 19.62 m/s</p>", Wrong: "<p>Draw its speed over time.</p>",
	}
	answers := []Answer{
		{Value: "19.62", Tolerance: "2%", Correct: true, Feedback: "As on the Moon, only faster."},
		{Value: "9.81", Tolerance: "2%", Percent: 25, Feedback: "That is after one second."},
	}
	shown, convert, exact, figures := common, common, common, common
	shown.DisplayName, convert.DisplayName, exact.DisplayName, figures.DisplayName = "Speed", "Speed, in any unit", "Speed, in m/s", "Speed, to three figures"
	return []question.Sample[Fields]{
		{Name: "speed", Title: "A number whose unit stands behind the field", Fields: Fields{Fields: shown, Answers: answers, Unit: "m/s"}, Answers: []question.Expected{
			says(full, "19.62"), says(full, "19,6"), says(full, "1.96×10^1"), says(full, "19.6 m/s"), says(full, "70.6 km/h"),
			says(partial, "9.8"), says(zero, "4"), says(zero, "19.6 m"), says(invalid, "fast"), says(invalid, "19.6 apples"), says(invalid, ""),
		}},
		{Name: "convert", Title: "A number with any unit that fits", Fields: Fields{Fields: convert, Answers: answers, Unit: "m/s", UnitRule: unitConvert}, Answers: []question.Expected{
			says(full, "19.62 m/s"), says(full, "70.6 km/h"), says(full, "1962 cm s^-1"), says(partial, "35.3 km/h"), says(zero, "19.6 m"),
			says(invalid, "19.6"), says(invalid, "19.6 knots"),
		}},
		{Name: "exact", Title: "A number with one unit", Fields: Fields{Fields: exact, Answers: answers, Unit: "m/s", UnitRule: unitExact, UnitPercent: 50}, Answers: []question.Expected{
			says(full, "19.6 m / s"), says(partial, "19.6 km/h"), says(zero, "70.6 km/h"), says(invalid, "19.6"),
		}},
		{Name: "figures", Title: "A number to three significant figures", Fields: Fields{Fields: figures, Answers: answers, Unit: "m/s", Figures: 3, FigurePercent: 50}, Answers: []question.Expected{
			says(full, "19.6"), says(full, "0.0196e3"), says(partial, "19.62"), says(partial, "20"), says(zero, "100"), says(invalid, "?"),
		}},
		{Name: "range", Title: "Any number of a range", Fields: Fields{
			Fields: question.Fields{
				DisplayName: "Between", Prompt: "<p>Give a number between one and two.</p>", Solution: "<p>There are many.</p>", Right: "<p>Yes.</p>",
			},
			Answers: []Answer{{Value: "1", To: "2", Correct: true, Feedback: "One of many."}},
		}, Answers: []question.Expected{says(full, "1.5"), says(full, "3/2"), says(full, "150 %"), says(zero, "2.5"), says(invalid, "1.5 m")}},
	}
}

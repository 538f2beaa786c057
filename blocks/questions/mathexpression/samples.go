package mathexpression

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
	return []question.Sample[Fields]{
		{Name: "cone", Title: "A formula that is worth the same", Fields: Fields{
			Fields: question.Fields{
				DisplayName: "The cone", Prompt: "<p>What is the volume of a cone of radius <i>r</i> and height <i>h</i>?</p>",
				Hints: []string{"It is a part of a cylinder's."}, Solution: "<p>A third of the cylinder around it.</p>", Wrong: "<p>Fill a cylinder with it.</p>",
			},
			Answers: []Answer{
				{Formula: "pi*r^2*h/3", Correct: true, Feedback: "Archimedes would agree."},
				{Formula: "pi*r^2*h", Percent: 25, Feedback: "That is the cylinder."},
			},
			Variables: []Variable{{Name: "r"}, {Name: "h"}}, Tolerance: 0.001,
		}, Answers: []question.Expected{
			says(full, "1/3 πr²h"), says(full, "h*r*r*pi/3"), says(partial, "π r^2 h"), says(zero, "r*h"), says(zero, "4"),
			says(invalid, "pi*r^2*("), says(invalid, "V = pi"), says(invalid, "pi*q"), says(invalid, "vol(r)"), says(invalid, ""),
		}},
		{Name: "product", Title: "A formula in a form", Fields: Fields{
			Fields: question.Fields{
				DisplayName: "Factorise", Prompt: "<p>Write <i>x</i>² − 9 as a product.</p>", Solution: "<p>A difference of two squares.</p>", Right: "<p>Yes.</p>",
			},
			Answers:   []Answer{{Formula: "(x-3)(x+3)", Correct: true, Feedback: "Two factors."}},
			Variables: []Variable{{Name: "x", From: -10, To: 10}}, Form: formFactored, FormPercent: 20, Tolerance: 0.001,
		}, Answers: []question.Expected{says(full, "(3+x)(x-3)"), says(partial, "x^2-9"), says(zero, "(x-3)^2"), says(invalid, "x^")}},
	}
}

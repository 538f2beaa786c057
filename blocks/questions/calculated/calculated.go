// Package calculated asks for a number that follows from others, which are drawn for each learner.
package calculated

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/numeric"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

// input is the name under which the number is sent.
const input = "answer"

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Variables  []Variable `quoin:"variables,content,secret" title:"Numbers" add:"Add a number" help:"Each learner gets other ones. In texts {a} stands for the number, {=2*a} for what a formula is worth, {=a/3:2} for that with two decimals."`
	Conditions []string   `quoin:"conditions,content,rare" items:"string" title:"Conditions" add:"Add a condition" help:"Numbers are drawn again until these hold, such as a > b or a*b != 12."`
	Answers    []Answer   `quoin:"formulas,content,secret" title:"Answers" add:"Add an answer" help:"All that are right, and wrong ones on which you have something to say. The first that fits counts."`
	Unit       string     `quoin:"unit,content" title:"Unit" help:"Stands behind the field."`
	Decimals   int        `quoin:"decimals,settings,rare" min:"-1" max:"15" default:"-1" title:"Decimals of the answer that is shown" help:"Empty is as many as it takes."`
}

// Variable is one row of the numbers.
type Variable struct {
	Name    string  `json:"name,omitempty" quoin:"name" title:"Letter or name"`
	From    float64 `json:"from,omitempty" quoin:"from" title:"From"`
	To      float64 `json:"to,omitempty" quoin:"to" title:"To"`
	Step    float64 `json:"step,omitempty" quoin:"step,rare" min:"0" title:"In steps of" help:"Empty is 1."`
	Values  string  `json:"values,omitempty" quoin:"values,rare" title:"Or one of" help:"2, 3, 5"`
	Formula string  `json:"formula,omitempty" quoin:"formula,secret" title:"Or a formula" help:"Of the rows before."`
}

// Answer is one row of the author's list.
type Answer struct {
	Formula   string  `json:"formula,omitempty" quoin:"formula,secret" title:"Formula"`
	Tolerance string  `json:"tolerance,omitempty" quoin:"tolerance,secret" title:"Tolerance" help:"0.05, or 2% of the number."`
	Correct   bool    `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Percent   float64 `json:"percent,omitempty" quoin:"percent,secret,rare" min:"0" max:"100" title:"Partly right, in per cent" help:"What an answer that is not right earns all the same."`
	Feedback  string  `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback" help:"For who gives this answer."`
}

// Secret is what numbers are drawn by; a variant has only the numbers that they come to.
type Secret struct {
	Variables  []Variable `json:"v,omitempty"`
	Conditions []string   `json:"c,omitempty"`
	Answers    []Answer   `json:"a,omitempty"`
	Decimals   int        `json:"d,omitempty"`
	// Drawn is the variant's.
	Drawn numeric.Secret `json:"n"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := []any{s.Variables, s.Conditions, s.Drawn.Unit}
	for _, a := range s.Answers {
		key = append(key, a.Formula, a.Tolerance, a.Correct, a.Percent)
	}
	return key
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, numeric.Public, Secret](kind{}, question.Spec{Catalogue: numeric.Words()})
}

// Localised implements question.Localised.
func (kind) Localised() {}

// Prepare implements question.Kind.
func (kind) Prepare(f *Fields) question.Prepared[numeric.Public, Secret] {
	out := question.Prepared[numeric.Public, Secret]{Inputs: []question.Input{{Name: input, Max: numeric.MaxText}}, Varies: true}
	out.Public.Unit = strings.TrimSpace(f.Unit)
	out.Secret = Secret{Variables: f.Variables, Answers: f.Answers, Decimals: f.Decimals, Drawn: numeric.Secret{Unit: out.Public.Unit, Rule: numeric.UnitShown}}
	for _, text := range f.Conditions {
		if strings.TrimSpace(text) != "" {
			out.Secret.Conditions = append(out.Secret.Conditions, text)
		}
	}
	if _, err := out.Secret.compile(); err != nil {
		out.Unready = true // Check says why
	}
	return out
}

// Vary implements question.Varier.
func (kind) Vary(seed int, v *question.Variant[numeric.Public, Secret]) error {
	program, err := v.Secret.compile()
	if err != nil {
		return err
	}
	d, err := program.draw(seed)
	if err != nil {
		return err
	}
	for _, text := range []*string{v.Prompt, v.Solution, v.Right, v.Partly, v.Wrong} {
		*text = d.fill(*text)
	}
	for i := range v.Hints {
		v.Hints[i] = d.fill(v.Hints[i])
	}
	of := v.Secret
	variant := of.Drawn
	for i, a := range of.Answers {
		row, err := a.expect(d.answers[i], of.Decimals)
		if err != nil {
			return err
		}
		row.Feedback = d.fill(a.Feedback)
		variant.Answers = append(variant.Answers, row)
	}
	*v.Secret = Secret{Drawn: variant}
	return nil
}

// expect is a row's number with its tolerance. It is shown with the decimals that the author wants, if that is still right.
func (a *Answer) expect(value float64, decimals int) (numeric.Expected, error) {
	row, err := numeric.Expect(value, number(value, decimals), a.Tolerance)
	if err != nil {
		return row, err
	}
	row.Share = min(max(a.Percent, 0), 100) / 100
	if a.Correct {
		row.Share = 1
	}
	if !row.Holds(row.Text) {
		row.Text = number(value, -1)
	}
	return row, nil
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public numeric.Public) { public.Show(p, input) }

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	return secret.Drawn.Judge(input, s)
}

// Solve implements question.Kind.
func (kind) Solve(_ numeric.Public, secret Secret) question.Answers { return secret.Drawn.Solve(input) }

// Compile-time guards.
var (
	_ question.Checker[Fields]                = kind{}
	_ question.Varier[numeric.Public, Secret] = kind{}
	_ question.Localised                      = kind{}
	_ question.Keyed                          = Secret{}
)

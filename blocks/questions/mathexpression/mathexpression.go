// Package mathexpression asks for a formula: one that is worth the same as the author's, or one that is written as asked.
package mathexpression

import (
	"embed"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/formula"
	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

//go:embed locales/*.json
var locales embed.FS

// input is the name under which the formula is sent.
const input = "answer"

// The forms that can be asked for.
const (
	formAny      = "any"
	formSame     = "same"
	formExpanded = "expanded"
	formFactored = "factored"
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Answers     []Answer   `quoin:"formulas,content,secret" title:"Answers" add:"Add an answer" help:"All that are right, and wrong ones on which you have something to say. The first that is worth the same counts."`
	Variables   []Variable `quoin:"variables,content" title:"Variables" add:"Add a variable" help:"The letters that a formula may have. Answers are compared at numbers drawn between the bounds."`
	Form        string     `quoin:"form,settings,rare" default:"\"any\"" values:"any=Any that is worth the same|same=Written like the answer, in any order|expanded=Multiplied out|factored=A product" title:"Form"`
	FormPercent float64    `quoin:"form_percent,settings,rare" min:"0" max:"100" default:"50" title:"In another form, in per cent" help:"What a formula earns that is worth the same and written otherwise."`
	Forbidden   string     `quoin:"forbidden,content,rare" title:"Must not use" help:"Functions or letters, divided by spaces."`
	Tolerance   float64    `quoin:"tolerance,settings,rare" min:"0" max:"10" default:"0.001" title:"Tolerance, in per cent" help:"How far values may be apart, for answers with rounded numbers."`
}

// Answer is one row of the author's list.
type Answer struct {
	Formula  string  `json:"formula,omitempty" quoin:"formula,secret" title:"Formula"`
	Correct  bool    `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Percent  float64 `json:"percent,omitempty" quoin:"percent,secret,rare" min:"0" max:"100" title:"Partly right, in per cent" help:"What an answer that is not right earns all the same."`
	Feedback string  `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback" help:"For who gives this answer."`
}

// Variable is one row of the variables.
type Variable struct {
	Name string  `json:"name,omitempty" quoin:"name" title:"Letter or name"`
	From float64 `json:"from,omitempty" quoin:"from" title:"From" default:"1"`
	To   float64 `json:"to,omitempty" quoin:"to" title:"To" default:"5"`
}

// Public is what learners see of it.
type Public struct {
	// Names are those of the variables.
	Names []string `json:"n,omitempty"`
}

// Secret says what is right.
type Secret struct {
	Answers   []expected         `json:"a,omitempty"`
	Variables []formula.Variable `json:"v,omitempty"`
	Form      string             `json:"f,omitempty"`
	FormShare float64            `json:"p,omitempty"`
	Forbidden []string           `json:"x,omitempty"`
	Tolerance float64            `json:"t,omitempty"`
}

type expected struct {
	Formula  string  `json:"t"`
	Share    float64 `json:"s,omitempty"`
	Feedback string  `json:"b,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := []any{s.Variables, s.Form, s.FormShare, s.Forbidden, s.Tolerance}
	for _, a := range s.Answers {
		key = append(key, a.Formula, a.Share)
	}
	return key
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Localised implements question.Localised: a comma divides decimals in some languages.
func (kind) Localised() {}

// bounds of a row that gives none, and how it is read where both are the same.
func (v *Variable) read() formula.Variable {
	from, to := v.From, v.To
	if from == 0 && to == 0 {
		from, to = 1, 5
	}
	return formula.Variable{Name: formula.Name(v.Name), Range: [2]float64{from, to}}
}

// Prepare implements question.Kind. Rows that are no formulas are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Inputs: []question.Input{{Name: input, Max: formula.MaxText}}}
	s := &out.Secret
	s.Form, s.FormShare, s.Tolerance = f.Form, min(max(f.FormPercent, 0), 100)/100, max(f.Tolerance/100, 1e-9)
	for i := range f.Variables {
		if v := f.Variables[i].read(); formula.GoodName(v.Name) && v.Range[0] <= v.Range[1] {
			s.Variables, out.Public.Names = append(s.Variables, v), append(out.Public.Names, v.Name)
		}
	}
	for name := range strings.FieldsSeq(strings.ReplaceAll(f.Forbidden, ",", " ")) {
		s.Forbidden = append(s.Forbidden, formula.Name(name))
	}
	for _, a := range f.Answers {
		if number.Blank(a.Formula) || problem(a.Formula, out.Public.Names) != nil {
			continue
		}
		one := expected{Formula: strings.TrimSpace(a.Formula), Share: min(max(a.Percent, 0), 100) / 100, Feedback: a.Feedback}
		if a.Correct {
			one.Share = 1
		}
		s.Answers = append(s.Answers, one)
	}
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	help := p.Call.T("formula_none")
	if len(public.Names) > 0 {
		help = p.Call.T("formula_help", len(public.Names), strings.Join(public.Names, ", "))
	}
	p.Type(question.Entry{Input: input, Class: "math", Help: help, Size: 30, Max: formula.MaxText, Symbols: "√( ^ · π ( )", Preview: "free", Names: strings.Join(public.Names, " ")})
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	for _, a := range secret.Answers {
		if a.Share == 1 {
			return question.Answers{input: {a.Formula}}
		}
	}
	return nil
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Localised       = kind{}
	_ question.Keyed           = Secret{}
)

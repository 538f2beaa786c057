// Package numeric asks for a number, with a unit or without.
package numeric

import (
	"embed"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/units"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

//go:embed locales/*.json
var locales embed.FS

// input is the name under which the number is sent.
const input = "answer"

// MaxText bounds a typed number in bytes.
const MaxText = 200

// UnitShown is the rule by which the unit stands behind the field and need not be typed.
const UnitShown = "shown"

// The other ways to deal with units.
const (
	unitExact   = "exact"   // the author's unit must be typed
	unitConvert = "convert" // any unit that measures the same may be typed
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Answers       []Answer `quoin:"numbers,content,secret" title:"Answers" add:"Add an answer" help:"All that are right, and wrong ones on which you have something to say. The first that fits counts."`
	Unit          string   `quoin:"unit,content" title:"Unit" help:"Such as m/s^2. Empty for a bare number."`
	UnitRule      string   `quoin:"unit_rule,settings" default:"\"shown\"" values:"shown=Stands behind the field|exact=The learner writes exactly this unit|convert=The learner writes any unit that measures the same" title:"Who writes the unit"`
	UnitPercent   float64  `quoin:"unit_percent,settings,rare" min:"0" max:"100" default:"0" title:"With a wrong unit, in per cent" help:"What a right number with another unit earns."`
	Figures       int      `quoin:"figures,settings,rare" min:"0" max:"15" default:"0" title:"Significant figures" help:"How many a right answer must have; 0 asks for none."`
	FigurePercent float64  `quoin:"figures_percent,settings,rare" min:"0" max:"100" default:"50" title:"With other figures, in per cent" help:"What a right value with more or fewer significant figures earns."`
}

// Answer is one row of the author's list.
type Answer struct {
	Value     string  `json:"value,omitempty" quoin:"value,secret" title:"Number" help:"Or the smallest of a range."`
	To        string  `json:"to,omitempty" quoin:"to,secret" title:"Up to" help:"The largest of a range; empty for one number."`
	Tolerance string  `json:"tolerance,omitempty" quoin:"tolerance,secret" title:"Tolerance" help:"0.05, or 2% of the number."`
	Correct   bool    `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Percent   float64 `json:"percent,omitempty" quoin:"percent,secret,rare" min:"0" max:"100" title:"Partly right, in per cent" help:"What an answer that is not right earns all the same."`
	Feedback  string  `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback" help:"For who gives this answer."`
}

// Public is what learners see of it.
type Public struct {
	// Unit stands behind the field.
	Unit string `json:"u,omitempty"`
	// Asks says that the learner writes a unit.
	Asks bool `json:"a,omitempty"`
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: Words()})
}

// Localised implements question.Localised: 1,234 is a thousand in one language and a little over one in another.
func (kind) Localised() {}

// Prepare implements question.Kind. Rows that are no numbers are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Inputs: []question.Input{{Name: input, Max: MaxText}}}
	out.Secret = Secret{
		Unit: strings.TrimSpace(f.Unit), Rule: f.UnitRule, UnitShare: share(f.UnitPercent),
		Figures: f.Figures, FigureShare: share(f.FigurePercent),
	}
	if out.Secret.Unit != "" && f.UnitRule != unitExact && f.UnitRule != unitConvert {
		out.Secret.Rule, out.Public.Unit = UnitShown, out.Secret.Unit
	}
	out.Public.Asks = out.Secret.Unit != "" && out.Public.Unit == ""
	if _, err := units.Parse(out.Secret.Unit); err != nil && out.Secret.Rule == unitConvert {
		out.Unready = true
	}
	for i := range f.Answers {
		if row, _ := f.Answers[i].read(); row != nil {
			out.Secret.Answers = append(out.Secret.Answers, *row)
		}
	}
	return out
}

func share(percent float64) float64 { return min(max(percent, 0), 100) / 100 }

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) { public.Show(p, input) }

// Show writes the field of an input.
func (public Public) Show(p *question.Page, input string) {
	help := p.Call.T("number_help")
	if public.Asks {
		help = p.Call.T("unit_help") + " " + help
	}
	p.Type(question.Entry{Input: input, Class: "number", Unit: public.Unit, Help: help, Size: 16, Max: MaxText})
}

// Words are the words of fields for numbers, with the toolkit's.
func Words() *sdk.Catalogue { return question.Words(locales) }

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers { return secret.Solve(input) }

// Solve gives the first answer that is right in whole.
func (s Secret) Solve(input string) question.Answers {
	for _, a := range s.Answers {
		if a.Share == 1 {
			return question.Answers{input: {a.shown(&s)}}
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

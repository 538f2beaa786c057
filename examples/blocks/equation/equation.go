// Package equation asks learners to balance a chemical equation. It is a type of question made with the toolkit sdk/question,
// as somebody outside this repository would make one: what is its own is the equation, how it looks, and when it is right.
package equation

import (
	"embed"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales
var locales embed.FS

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Equation  string  `quoin:"equation,content" title:"Equation" help:"Without its numbers: C3H8 + O2 -> CO2 + H2O. Charges are written SO4^2-, water of crystallisation CuSO4*5H2O."`
	Multiples bool    `quoin:"multiples,settings" title:"Multiples count too" help:"2, 2, 4 is as good as 1, 1, 2."`
	Partial   float64 `quoin:"partial,settings" default:"50" min:"0" max:"100" title:"For what is balanced but not smallest, in per cent"`
}

// Public is what learners see.
type Public struct {
	Equation *Equation `json:"e,omitempty"`
}

// Secret is what scoring depends on.
type Secret struct {
	Equation  *Equation `json:"e,omitempty"`
	Numbers   []int64   `json:"n,omitempty"`
	Multiples bool      `json:"m,omitempty"`
	Partial   float64   `json:"p,omitempty"`
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// result is the one part of the result: no number is right alone.
const result = "equation"

// maxDigits bounds what a learner writes for a number.
const maxDigits = 12

func input(species int) string { return "n" + strconv.Itoa(species+1) }

// Prepare implements question.Kind.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	e, err := parse(f.Equation)
	if err != nil {
		return question.Prepared[Public, Secret]{}
	}
	numbers, _ := e.solve()
	out := question.Prepared[Public, Secret]{
		Public: Public{e}, Secret: Secret{e, numbers, f.Multiples, min(max(f.Partial, 0), 100) / 100}, Search: f.Equation,
	}
	for i, s := range e.All() {
		out.Inputs = append(out.Inputs, question.Input{Name: input(i), Label: s.Shown, Max: maxDigits})
	}
	return out
}

// Show implements question.Kind: the equation in one line that breaks between substances, always from left to right.
func (kind) Show(p *question.Page, public Public) {
	if public.Equation == nil {
		return
	}
	p.Raw(`<p class="help">`)
	p.Say("whole_numbers")
	p.Raw(`</p><div dir="ltr" role="group" aria-labelledby="`, question.PromptID, `" style="display:flex;flex-wrap:wrap;gap:0.75rem 0.5rem;align-items:end">`)
	for i, s := range public.Equation.All() {
		switch {
		case i == len(public.Equation.Left):
			p.Raw(`<span aria-hidden="true" style="align-self:center">→</span>`)
		case i > 0:
			p.Raw(`<span aria-hidden="true" style="align-self:center">+</span>`)
		}
		p.Type(question.Entry{Input: input(i), Label: s.Shown, Mode: "numeric", Size: 3, Max: maxDigits})
	}
	p.Raw("</div>")
	p.Remark(result)
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	if secret.Equation == nil || len(secret.Numbers) != len(secret.Equation.All()) {
		return question.Result{}, errors.New("the equation was never ready to be asked")
	}
	numbers := make([]int64, len(secret.Numbers))
	for i := range numbers {
		text := strings.TrimSpace(s.First(input(i)))
		if text == "" {
			numbers[i] = 1 // as chemists write
			continue
		}
		n, ok := whole(text)
		if !ok {
			return question.Refused(input(i), "not_whole"), nil
		}
		numbers[i] = n
	}
	part := question.Part{ID: result, Possible: 1}
	wrong := secret.Equation.unbalanced(numbers)
	switch {
	case len(wrong) > 0:
		part.Note = note(wrong)
	case common(numbers) == 1 || secret.Multiples:
		part.Earned = 1
	default:
		part.Earned, part.Note = secret.Partial, question.Saying("not_smallest")
	}
	return question.Whole(part), nil
}

// whole reads a whole number from 1 on.
func whole(text string) (int64, bool) {
	n, err := strconv.ParseInt(digits(text), 10, 64)
	return n, err == nil && n >= 1
}

// note says what does not add up.
func note(wrong []string) *question.Message {
	if slices.Equal(wrong, []string{"e"}) {
		return question.Saying("charge")
	}
	return question.Saying("unbalanced", strings.Join(slices.DeleteFunc(wrong, func(name string) bool { return name == "e" }), ", "))
}

// digits writes Arabic digits, of both kinds, as Latin ones.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, text)
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	if secret.Numbers == nil {
		return nil
	}
	answers := question.Answers{}
	for i, n := range secret.Numbers {
		answers[input(i)] = []string{strconv.FormatInt(n, 10)}
	}
	return answers
}

// Reveal implements question.Revealer: the balanced equation in one line.
func (kind) Reveal(p *question.Page, _ Public, secret Secret) {
	if secret.Equation == nil || len(secret.Numbers) != len(secret.Equation.All()) {
		return
	}
	var sides [2][]string
	for i, s := range secret.Equation.All() {
		at := 0
		if i >= len(secret.Equation.Left) {
			at = 1
		}
		text := s.Shown
		if secret.Numbers[i] > 1 {
			text = strconv.FormatInt(secret.Numbers[i], 10) + " " + text
		}
		sides[at] = append(sides[at], text)
	}
	p.Right(`<span dir="ltr">` + strings.Join(sides[0], " + ") + " → " + strings.Join(sides[1], " + ") + "</span>")
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	e, err := parse(f.Equation)
	var wrong *mistake
	if errors.As(err, &wrong) {
		found := question.Wrong("equation", wrong.Why, "write it like C3H8 + O2 -> CO2 + H2O")
		found.Column = wrong.At + 1
		return []wire.Finding{found}
	}
	left, right := elementsOf(e.Left), elementsOf(e.Right)
	for _, name := range e.rows() {
		if name != "e" && left[name] != right[name] {
			return []wire.Finding{question.Wrong("equation", name+" is on one side alone, so no numbers balance it", "add what is missing")}
		}
	}
	switch _, ways := e.solve(); ways {
	case noWay:
		return []wire.Finding{question.Wrong("equation", "no whole numbers up to 10000 balance this equation", "look the formulas and charges over")}
	case manyWays:
		return []wire.Finding{question.Wrong("equation", "several reactions are mixed here: it can be balanced in ways that are no multiples of each other", "split it, or leave a substance out")}
	}
	return nil
}

func elementsOf(side []Species) map[string]bool {
	all := map[string]bool{}
	for _, s := range side {
		for name := range s.Atoms {
			all[name] = true
		}
	}
	return all
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Revealer[Public, Secret] = kind{}
)

// Package multipleselect asks for all choices that are right.
package multipleselect

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// input is the name under which the choices are sent.
const input = "answer"

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Choices []Choice        `quoin:"choices,content,secret" title:"Choices" add:"Add a choice" help:"Mark all that are right."`
	Credit  question.Credit `quoin:"credit,settings,rare" default:"\"all\"" values:"all=All or nothing|each=A share for each choice rightly taken or left|halves=Half for one mistake, a quarter for two|minus=Right ones minus wrong ones" title:"Partial credit"`
	Shuffle bool            `quoin:"shuffle,settings" default:"true" title:"Shuffle the choices"`
}

// Choice is one row of the author's list.
type Choice struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Text     string `json:"text,omitempty" quoin:"text,html" title:"Choice"`
	Correct  bool   `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback when taken"`
	Left     string `json:"feedback_left,omitempty" quoin:"feedback_left,html,secret,rare" title:"Feedback when left out"`
	Fixed    bool   `json:"fixed,omitempty" quoin:"fixed,rare" title:"Keeps its place" help:"Such as: none of these."`
}

// Public is what learners see.
type Public struct {
	options.List
}

// Secret says which choices are right.
type Secret struct {
	Choices []key           `json:"c,omitempty"`
	Credit  question.Credit `json:"k,omitempty"`
}

type key struct {
	ID       string `json:"i"`
	Right    bool   `json:"r,omitempty"`
	Feedback string `json:"f,omitempty"`
	Left     string `json:"l,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	right := map[string]bool{}
	for _, c := range s.Choices {
		right[c.ID] = c.Right
	}
	return []any{right, s.Credit}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block { return question.New[Fields, Public, Secret](kind{}, question.Spec{}) }

// Prepare implements question.Kind. Rows without a text are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	var ids, texts []string
	for _, c := range f.Choices {
		ids, texts = append(ids, c.ID), append(texts, c.Text)
	}
	names := question.IDs(ids, texts)
	out := question.Prepared[Public, Secret]{Inputs: []question.Input{{Name: input, Max: 64, Many: true}}, Shuffles: f.Shuffle}
	out.Public.Shuffle, out.Secret.Credit = f.Shuffle, f.Credit
	for i, c := range f.Choices {
		if strings.TrimSpace(c.Text) == "" {
			continue
		}
		out.Public.Options = append(out.Public.Options, options.Option{ID: names[i], HTML: c.Text, Fixed: c.Fixed})
		out.Secret.Choices = append(out.Secret.Choices, key{names[i], c.Correct, c.Feedback, c.Left})
	}
	out.Search = out.Public.Search()
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	p.Choices(input, true, "choose_any", public.Shown(p, input))
}

// Judge implements question.Kind. A choice that was taken is marked; which others are right is told by the answer alone.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	part := question.Part{ID: input, Possible: 1}
	tally := question.Count(len(secret.Choices),
		func(i int) bool { return secret.Choices[i].Right }, func(i int) bool { return s.Has(input, secret.Choices[i].ID) })
	part.Earned = secret.Credit.Share(tally)
	for _, c := range secret.Choices {
		mark := question.Mark{At: c.ID, Feedback: c.Left}
		if s.Has(input, c.ID) {
			mark.Feedback, mark.Correctness = c.Feedback, wire.Incorrect
			if c.Right {
				mark.Correctness = wire.Correct
			}
		}
		if mark.Correctness != "" || mark.Feedback != "" {
			part.Marks = append(part.Marks, mark)
		}
	}
	return question.Whole(part), nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	var right []string
	for _, c := range secret.Choices {
		if c.Right {
			right = append(right, c.ID)
		}
	}
	if right == nil {
		return nil // an answer of nothing cannot be told from no answer
	}
	return question.Answers{input: right}
}

// Words implements question.Worder.
func (kind) Words(public Public, _ string, values []string) string { return public.Words(values) }

// Reveal implements question.Revealer: every right choice, as it looks.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	var right []string
	for _, c := range secret.Choices {
		if c.Right {
			right = append(right, public.HTML(c.ID))
		}
	}
	p.Right(right...)
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	var texts []string
	right := false
	findings := question.OneOf("credit", string(f.Credit), "all", "each", "halves", "minus")
	for i, c := range f.Choices {
		texts, right = append(texts, c.Text), right || c.Correct
		for column, source := range map[int]string{3: c.Feedback, 4: c.Left} {
			for _, found := range question.Pictures("choices", source) {
				findings = append(findings, question.InRow(found, i, column))
			}
		}
	}
	if len(f.Choices) < 2 {
		findings = append(findings, question.Wrong("choices", "there are fewer than two choices", "add some"))
	}
	if !right {
		findings = append(findings, question.Wrong("choices", "no choice is right",
			"mark those that are; where none shall be, add a choice that says so"))
	}
	return append(findings, question.Duplicates("choices", 1, texts)...)
}

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	mammals := Fields{
		Fields: question.Fields{
			DisplayName: "Mammals of the sea", Prompt: "<p>Which of these are mammals?</p>",
			Hints: []string{"Mammals breathe air."}, Solution: "<p>Whales, dolphins and seals come up to breathe.</p>",
			Partly: "<p>You are on the way.</p>",
		},
		Choices: []Choice{
			{ID: "whale", Text: "Whale", Correct: true},
			{ID: "shark", Text: "Shark", Feedback: "It breathes by gills."},
			{ID: "seal", Text: "Seal", Correct: true, Left: "What about the one on the beach?"},
			{ID: "tuna", Text: "Tuna"},
			{ID: "dolphin", Text: "Dolphin", Correct: true},
		},
		Credit: question.EachPart, Shuffle: true,
	}
	strict, minus := mammals, mammals
	strict.DisplayName, minus.DisplayName = "Mammals, all or nothing", "Mammals, wrong ones count against you"
	strict.Credit, minus.Credit = question.AllOrNothing, question.RightMinusWrong
	full := question.Expecting(wire.ExpectFull, input, "dolphin", "whale", "seal")
	nothing := question.Expecting(wire.ExpectInvalid, input)
	return []question.Sample[Fields]{
		{Name: "mammals", Title: "Mammals, a share for each", Fields: mammals, Answers: []question.Expected{
			full, nothing,
			question.Expecting(wire.ExpectPartial, input, "whale", "shark"),
			question.Expecting(wire.ExpectZero, input, "shark", "tuna"),
		}},
		{Name: "strict", Title: "Mammals, all or nothing", Fields: strict, Answers: []question.Expected{
			full, nothing, question.Expecting(wire.ExpectZero, input, "whale", "seal"),
		}},
		{Name: "minus", Title: "Mammals, right minus wrong", Fields: minus, Answers: []question.Expected{
			full, nothing,
			question.Expecting(wire.ExpectPartial, input, "whale", "seal", "shark"),
			question.Expecting(wire.ExpectZero, input, "whale", "shark"),
		}},
	}
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Worder[Public]           = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Keyed                    = Secret{}
)

// Package multiplechoice asks for one of several choices.
package multiplechoice

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// input is the name under which the choice is sent.
const input = "answer"

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Choices []Choice `quoin:"choices,content,secret" title:"Choices" add:"Add a choice" help:"One of them is right, or several of which a learner takes one."`
	Shuffle bool     `quoin:"shuffle,settings" default:"true" title:"Shuffle the choices"`
}

// Choice is one row of the author's list.
type Choice struct {
	ID       string  `json:"id,omitempty" quoin:"id,id"`
	Text     string  `json:"text,omitempty" quoin:"text,html" title:"Choice"`
	Correct  bool    `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Percent  float64 `json:"percent,omitempty" quoin:"percent,secret,rare" min:"0" max:"100" title:"Partly right, in per cent" help:"What a choice that is not right earns all the same."`
	Feedback string  `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback" help:"For who takes this choice."`
	Fixed    bool    `json:"fixed,omitempty" quoin:"fixed,rare" title:"Keeps its place" help:"Such as: none of these."`
}

// Public is what learners see.
type Public struct {
	options.List
}

// Secret is what the choices are worth.
type Secret struct {
	Choices []worth `json:"c,omitempty"`
}

type worth struct {
	ID       string  `json:"i"`
	Share    float64 `json:"s,omitempty"`
	Feedback string  `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	shares := map[string]float64{}
	for _, c := range s.Choices {
		shares[c.ID] = c.Share
	}
	return shares
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
	out := question.Prepared[Public, Secret]{Inputs: []question.Input{{Name: input, Max: 64}}, Shuffles: f.Shuffle}
	out.Public.Shuffle = f.Shuffle
	for i, c := range f.Choices {
		if strings.TrimSpace(c.Text) == "" {
			continue
		}
		share := min(max(c.Percent, 0), 100) / 100
		if c.Correct {
			share = 1
		}
		out.Public.Options = append(out.Public.Options, options.Option{ID: names[i], HTML: c.Text, Fixed: c.Fixed})
		out.Secret.Choices = append(out.Secret.Choices, worth{names[i], share, c.Feedback})
	}
	out.Search = out.Public.Search()
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	p.Choices(input, false, "choose_one", public.Shown(p, input))
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	part := question.Part{ID: input, Possible: 1}
	for _, c := range secret.Choices {
		if c.ID == s.First(input) {
			part.Earned = c.Share
			part.Marks = []question.Mark{{At: c.ID, Correctness: question.Shared(c.Share), Feedback: c.Feedback}}
		}
	}
	return question.Whole(part), nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	for _, c := range secret.Choices {
		if c.Share == 1 {
			return question.Answers{input: {c.ID}}
		}
	}
	return nil
}

// Words implements question.Worder.
func (kind) Words(public Public, _ string, values []string) string { return public.Words(values) }

// Reveal implements question.Revealer: every right choice, as it looks.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	var right []string
	for _, c := range secret.Choices {
		if c.Share == 1 {
			right = append(right, public.HTML(c.ID))
		}
	}
	p.Right(right...)
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	var texts []string
	right := false
	var findings []wire.Finding
	for i, c := range f.Choices {
		texts, right = append(texts, c.Text), right || c.Correct
		for _, found := range question.Pictures("choices", c.Feedback) {
			findings = append(findings, question.InRow(found, i, 4))
		}
		if c.Percent < 0 || c.Percent > 100 {
			findings = append(findings, question.InRow(question.Warn("choices", "a share is from 0 to 100 per cent", "write one between them"), i, 3))
		}
	}
	if len(f.Choices) < 2 {
		findings = append(findings, question.Wrong("choices", "there are fewer than two choices", "add some"))
	}
	if !right {
		findings = append(findings, question.Wrong("choices", "no choice is right", "mark one of them as right"))
	}
	return append(findings, question.Duplicates("choices", 1, texts)...)
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Worder[Public]           = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Keyed                    = Secret{}
)

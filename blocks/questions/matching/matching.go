// Package matching asks what belongs to what.
package matching

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Pairs   []Pair `quoin:"pairs,content,secret" title:"Pairs" add:"Add a pair" help:"Each is a point. Two may have the same right side."`
	Others  string `quoin:"others,content,text" title:"Answers that belong to none" help:"One on each line. They make it harder to find the last one by what is left."`
	Shuffle bool   `quoin:"shuffle,settings" default:"true" title:"Shuffle the left sides" help:"The right sides always are."`
	Credit  string `quoin:"credit,settings,rare" default:"\"each\"" values:"each=Each pair counts|all=All or nothing" title:"Partly right answers"`
}

// Pair is one row of the author's list.
type Pair struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Left     string `json:"left,omitempty" quoin:"left,html" title:"Left side"`
	Right    string `json:"right,omitempty" quoin:"right" title:"What belongs to it" help:"Plain text."`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback on another answer"`
}

// Public is what learners see.
type Public struct {
	Lefts   []left        `json:"l,omitempty"`
	Rights  options.Texts `json:"r,omitempty"`
	Shuffle bool          `json:"s,omitempty"`
}

type left struct {
	Input string `json:"i"`
	HTML  string `json:"h"`
}

// Secret says what belongs to what.
type Secret struct {
	Pairs []pair `json:"p,omitempty"`
	All   bool   `json:"a,omitempty"`
}

type pair struct {
	Input    string `json:"i"`
	Right    string `json:"r"`
	Feedback string `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := map[string]string{}
	for _, p := range s.Pairs {
		key[p.Input] = p.Right
	}
	return []any{s.All, key}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block { return question.New[Fields, Public, Secret](kind{}, question.Spec{}) }

// whole reports whether a row can be asked.
func (p *Pair) whole() bool {
	return (markup.Text(p.Left) != "" || strings.Contains(p.Left, "<img")) && strings.TrimSpace(p.Right) != ""
}

// Prepare implements question.Kind. Rows with an empty side are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	var ids, texts, rights []string
	for i := range f.Pairs {
		ids, texts = append(ids, f.Pairs[i].ID), append(texts, f.Pairs[i].Left)
		if f.Pairs[i].whole() {
			rights = append(rights, f.Pairs[i].Right)
		}
	}
	names := question.IDs(ids, texts)
	out := question.Prepared[Public, Secret]{Shuffles: true}
	out.Public.Shuffle, out.Secret.All = f.Shuffle, f.Credit == string(question.AllOrNothing)
	out.Public.Rights = options.TextsOf(append(rights, options.Lines(f.Others)...)...)
	var search []string
	for i := range f.Pairs {
		p := &f.Pairs[i]
		if !p.whole() {
			continue
		}
		input, words := "pair-"+names[i], markup.Text(p.Left)
		out.Public.Lefts = append(out.Public.Lefts, left{input, p.Left})
		out.Secret.Pairs = append(out.Secret.Pairs, pair{input, out.Public.Rights.ID(p.Right), p.Feedback})
		out.Inputs = append(out.Inputs, question.Input{Name: input, Label: words, Max: 64})
		search = append(search, words)
	}
	out.Points = float64(len(out.Inputs))
	out.Unready = len(out.Public.Rights) < 2
	out.Search = strings.Join(append(search, out.Public.Rights.Search()), " ")
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	rights := public.Rights.Drawn(p, "rights")
	all := func(int) bool { return !public.Shuffle }
	p.Raw(`<div class="matching"><ul class="matches">`)
	for _, at := range p.Order("lefts", len(public.Lefts), all) {
		l := public.Lefts[at]
		id := question.ID(l.Input + "-left")
		p.Raw(`<li><div class="match-left" id="`, id, `">`, l.HTML, "</div>")
		p.Pick(question.Pick{Input: l.Input, LabelledBy: id, Options: rights})
		p.After(l.Input)
		p.Raw("</li>")
	}
	p.Raw("</ul></div>")
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	var result question.Result
	for _, pair := range secret.Pairs {
		part := question.Part{ID: pair.Input, Possible: 1}
		switch s.First(pair.Input) {
		case pair.Right:
			part.Earned = 1
		case "":
		default:
			part.Feedback = pair.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if secret.All {
		result.AllOrNothing()
	}
	return result, nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	if len(secret.Pairs) == 0 {
		return nil
	}
	answers := question.Answers{}
	for _, pair := range secret.Pairs {
		answers[pair.Input] = []string{pair.Right}
	}
	return answers
}

// Words implements question.Worder.
func (kind) Words(public Public, _ string, values []string) string {
	return public.Rights.Words(values)
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := question.OneOf("credit", f.Credit, "each", "all")
	var lefts, rights []string
	for i := range f.Pairs {
		p := &f.Pairs[i]
		lefts, rights = append(lefts, p.Left), append(rights, p.Right)
		if strings.TrimSpace(p.Right) == "" {
			findings = append(findings, question.InRow(question.Wrong("pairs", "nothing belongs to this", "write what does, or remove the row"), i, 2))
		}
		for _, found := range question.Pictures("pairs", p.Feedback) {
			findings = append(findings, question.InRow(found, i, 3))
		}
	}
	others := options.Lines(f.Others)
	if len(f.Pairs) == 0 {
		findings = append(findings, question.Wrong("pairs", "there is no pair", "add some"))
	} else if len(options.TextsOf(append(rights, others...)...)) < 2 {
		findings = append(findings, question.Wrong("pairs", "there is nothing to choose from", "add a pair with another right side, or answers that belong to none"))
	}
	for _, text := range others {
		if options.TextsOf(rights...).ID(text) != "" {
			findings = append(findings, question.Wrong("others", "\""+text+"\" belongs to a pair", "remove it here, or change the pair"))
		}
	}
	return append(findings, question.Duplicates("pairs", 1, lefts)...)
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Worder[Public]  = kind{}
	_ question.Keyed           = Secret{}
)

// Package ordering asks in what order things come.
package ordering

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// The rules of partial credit.
const (
	byPlace    = "place"
	byNeighbor = "neighbor"
	byAll      = "all"
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Items  []Item `quoin:"items,content,secret" title:"Things in the right order" add:"Add a thing" help:"Learners get them in an order drawn by chance, never in the right one."`
	Credit string `quoin:"credit,settings,rare" default:"\"place\"" values:"place=Each thing at its place counts|neighbor=Each thing that comes right after the one before counts|all=All or nothing" title:"Partly right answers"`
}

// Item is one row of the author's list.
type Item struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Text     string `json:"text,omitempty" quoin:"text,html" title:"Text"`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it stands wrong"`
}

// Public is what learners see: things by their names, and the order in which they are shown at first.
type Public struct {
	Items []shown `json:"i,omitempty"`
	Drawn []int   `json:"d,omitempty"`
}

type shown struct {
	Input string `json:"i"`
	HTML  string `json:"h"`
}

// Secret is the right order.
type Secret struct {
	Items  []right `json:"i,omitempty"`
	Credit string  `json:"c,omitempty"`
}

type right struct {
	Input    string `json:"i"`
	Feedback string `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := []string{s.Credit}
	for _, item := range s.Items {
		key = append(key, item.Input)
	}
	return key
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Prepare implements question.Kind. Rows without a text are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	var ids, texts []string
	for _, item := range f.Items {
		ids, texts = append(ids, item.ID), append(texts, item.Text)
	}
	names := question.IDs(ids, texts)
	out := question.Prepared[Public, Secret]{Varies: true}
	out.Secret.Credit = f.Credit
	for i, item := range f.Items {
		if markup.Text(item.Text) == "" && !strings.Contains(item.Text, "<img") {
			continue
		}
		input := "place-" + names[i]
		out.Public.Items = append(out.Public.Items, shown{input, item.Text})
		out.Secret.Items = append(out.Secret.Items, right{input, item.Feedback})
		out.Inputs = append(out.Inputs, question.Input{Name: input, Label: markup.Text(item.Text), Max: 8})
	}
	// By their names they tell nobody in what order the author wrote them.
	slices.SortFunc(out.Public.Items, func(a, b shown) int { return strings.Compare(a.Input, b.Input) })
	slices.SortFunc(out.Inputs, func(a, b question.Input) int { return strings.Compare(a.Name, b.Name) })
	out.Points = float64(len(out.Inputs))
	if f.Credit == byNeighbor {
		out.Points--
	}
	out.Unready = len(out.Inputs) < 2
	var search []string
	for _, item := range out.Public.Items { // the search shows what it finds: in this order it tells nothing
		search = append(search, markup.Text(item.HTML))
	}
	out.Search = strings.Join(search, " ")
	return out
}

// Vary implements question.Varier: the order drawn is never the right one.
func (kind) Vary(seed int, v *question.Variant[Public, Secret]) error {
	order := question.Order(seed, "items", len(v.Public.Items), nil)
	if slices.EqualFunc(order, v.Secret.Items, func(at int, r right) bool { return v.Public.Items[at].Input == r.Input }) && len(order) > 0 {
		order = append(order[1:], order[0])
	}
	v.Public.Drawn = order
	return nil
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	order := public.Drawn
	if len(order) != len(public.Items) {
		order = p.Order("items", len(public.Items), nil)
	}
	place := func(at int) int {
		n, err := strconv.Atoi(p.Answers.First(public.Items[at].Input))
		if err != nil {
			return len(order) // what was never answered comes last
		}
		return n
	}
	if len(p.Answers) > 0 {
		order = slices.Clone(order)
		slices.SortStableFunc(order, func(a, b int) int { return place(a) - place(b) })
	}
	places := make([]question.Option, len(order))
	for i := range places {
		n := strconv.Itoa(i + 1)
		places[i] = question.Option{Value: n, HTML: n}
	}
	word := question.ID("place")
	p.Raw(`<div class="ordering" role="group" aria-labelledby="`, question.PromptID, `"><span class="visually-hidden" id="`, word, `">`)
	p.Say("place")
	p.Raw(`</span><ol class="order">`)
	for i, at := range order {
		item := public.Items[at]
		id := question.ID(item.Input + "-text")
		p.Raw(`<li><div class="order-text" id="`, id, `">`, item.HTML, "</div>")
		p.Pick(question.Pick{Input: item.Input, LabelledBy: word + " " + id, Full: true, Options: places, Value: places[i].Value})
		p.After(item.Input)
		p.Raw("</li>")
	}
	p.Raw("</ol></div>")
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	order := make([]string, len(secret.Items))
	for _, item := range secret.Items {
		n, err := strconv.Atoi(s.First(item.Input))
		switch {
		case err != nil || n < 1 || n > len(order):
			return question.Refused(item.Input, "no_place"), nil //nolint:nilerr // it is what the learner is told
		case order[n-1] != "":
			return question.Refused(item.Input, "same_place", strconv.Itoa(n)), nil
		}
		order[n-1] = item.Input
	}
	var result question.Result
	for i, item := range secret.Items {
		part := question.Part{ID: item.Input, Possible: 1}
		if secret.Credit == byNeighbor {
			if i == 0 {
				continue // nothing comes before it
			}
			part.Note = question.Saying("not_after")
			if at := slices.Index(order, item.Input); at > 0 && order[at-1] == secret.Items[i-1].Input {
				part.Earned, part.Note = 1, nil
			}
		} else if order[i] == item.Input {
			part.Earned = 1
		}
		if part.Earned == 0 {
			part.Feedback = item.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if secret.Credit == byAll {
		result.AllOrNothing()
	}
	return result, nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	answers := question.Answers{}
	for i, item := range secret.Items {
		answers[item.Input] = []string{strconv.Itoa(i + 1)}
	}
	return answers
}

// Reveal implements question.Revealer: the things in the right order.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	p.Raw(`<ol class="right-order">`)
	for _, item := range secret.Items {
		for _, one := range public.Items {
			if one.Input == item.Input {
				p.Raw("<li>", one.HTML, "</li>")
			}
		}
	}
	p.Raw("</ol>")
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := question.OneOf("credit", f.Credit, byPlace, byNeighbor, byAll)
	var texts []string
	for i, item := range f.Items {
		texts = append(texts, item.Text)
		for _, found := range question.Pictures("items", item.Feedback) {
			findings = append(findings, question.InRow(found, i, 2))
		}
	}
	switch n := len(f.Items); {
	case n < 2:
		findings = append(findings, question.Wrong("items", "there are fewer than two things to put in order", "add some"))
	case n > 20:
		findings = append(findings, question.Warn("items", "more than twenty things are hard to put in order", "ask for fewer"))
	}
	return append(findings, question.Duplicates("items", 1, texts)...)
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Varier[Public, Secret]   = kind{}
	_ question.Keyed                    = Secret{}
)

// Package dropdown asks for one entry of each of some drop-down lists.
package dropdown

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Lists []List `quoin:"lists,content,secret" title:"Drop-down lists" add:"Add a list" help:"Each is a point."`
	Order string `quoin:"order,settings,rare" default:"\"shuffled\"" values:"shuffled=Shuffled|sorted=By the alphabet" title:"Order of the entries"`
}

// List is one row: a drop-down list.
type List struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Label    string `json:"label,omitempty" quoin:"label" title:"What is asked" help:"May be empty where there is one list."`
	Right    string `json:"right,omitempty" quoin:"right" title:"Right entry"`
	Others   string `json:"others,omitempty" quoin:"others,text" title:"Other entries" help:"One on each line."`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback on a wrong entry"`
}

// Public is what learners see.
type Public struct {
	Lists  []shown `json:"l,omitempty"`
	Sorted bool    `json:"s,omitempty"`
}

type shown struct {
	Input string `json:"i"`
	Label string `json:"l,omitempty"`
	// Entries stand by the alphabet: where the right one stood, nobody sees.
	Entries []entry `json:"e,omitempty"`
}

type entry struct {
	ID   string `json:"i"`
	Text string `json:"t"`
}

// Secret says which entries are right.
type Secret struct {
	Lists []right `json:"l,omitempty"`
}

type right struct {
	Input    string `json:"i"`
	ID       string `json:"r"`
	Feedback string `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := map[string]string{}
	for _, l := range s.Lists {
		key[l.Input] = l.ID
	}
	return key
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block { return question.New[Fields, Public, Secret](kind{}, question.Spec{}) }

// entries are a list's texts, the right one first, each once.
func (l *List) entries() []string {
	var texts []string
	for text := range strings.SplitSeq(l.Right+"\n"+l.Others, "\n") {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// Prepare implements question.Kind. Lists without a right entry are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	var ids, texts []string
	for _, l := range f.Lists {
		ids, texts = append(ids, l.ID), append(texts, l.Label) // the right entry takes no part: who knows how names are made could try the entries
	}
	names := question.IDs(ids, texts)
	out := question.Prepared[Public, Secret]{Shuffles: f.Order != "sorted"}
	out.Public.Sorted = f.Order == "sorted"
	var search []string
	for i := range f.Lists {
		l := &f.Lists[i]
		words := l.entries()
		if strings.TrimSpace(l.Right) == "" {
			continue
		}
		one := shown{Input: "answer-" + names[i], Label: strings.TrimSpace(l.Label)}
		if one.Label == "" && len(f.Lists) > 1 {
			one.Label = strconv.Itoa(i+1) + "."
		}
		for k, id := range question.IDs(make([]string, len(words)), words) {
			one.Entries = append(one.Entries, entry{id, words[k]})
		}
		out.Secret.Lists = append(out.Secret.Lists, right{one.Input, one.Entries[0].ID, l.Feedback})
		slices.SortFunc(one.Entries, func(a, b entry) int { return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)) })
		out.Public.Lists = append(out.Public.Lists, one)
		out.Inputs = append(out.Inputs, question.Input{Name: one.Input, Label: one.Label, Max: 64})
		search = append(search, l.Label)
		for _, e := range one.Entries { // as sorted as learners may know them
			search = append(search, e.Text)
		}
	}
	out.Points = float64(len(out.Inputs))
	out.Search = strings.Join(search, " ")
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	for _, l := range public.Lists {
		all := func(int) bool { return public.Sorted }
		var entries []question.Option
		for _, at := range p.Order(l.Input, len(l.Entries), all) {
			entries = append(entries, question.Option{Value: l.Entries[at].ID, HTML: l.Entries[at].Text})
		}
		p.Select(l.Input, l.Label, entries)
	}
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	var result question.Result
	for _, l := range secret.Lists {
		part := question.Part{ID: l.Input, Possible: 1}
		switch s.First(l.Input) {
		case l.ID:
			part.Earned = 1
		case "":
		default:
			part.Feedback = l.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	return result, nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	if len(secret.Lists) == 0 {
		return nil
	}
	answers := question.Answers{}
	for _, l := range secret.Lists {
		answers[l.Input] = []string{l.ID}
	}
	return answers
}

// Words implements question.Worder.
func (kind) Words(public Public, input string, values []string) string {
	for _, l := range public.Lists {
		for _, e := range l.Entries {
			if l.Input == input && slices.Contains(values, e.ID) {
				return e.Text
			}
		}
	}
	return ""
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := question.OneOf("order", f.Order, "shuffled", "sorted")
	if len(f.Lists) == 0 {
		findings = append(findings, question.Wrong("lists", "there is no list", "add one"))
	}
	for i := range f.Lists {
		l := &f.Lists[i]
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		others := 0
		for text := range strings.SplitSeq(l.Others, "\n") {
			if text = strings.TrimSpace(text); text != "" {
				others++
				if strings.EqualFold(text, strings.TrimSpace(l.Right)) {
					at(3, question.Wrong("lists", "the right entry stands among the others too", "remove it there"))
				}
			}
		}
		switch {
		case strings.TrimSpace(l.Right) == "":
			at(2, question.Wrong("lists", "no right entry is stated", "write it"))
		case others == 0:
			at(3, question.Wrong("lists", "there is nothing to choose from", "write other entries, one on each line"))
		case l.Label == "" && len(f.Lists) > 1:
			at(1, question.Warn("lists", "it does not say what is asked here", "write it, for those who hear the page too"))
		}
		for _, found := range question.Pictures("lists", l.Feedback) {
			at(4, found)
		}
	}
	return findings
}

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	capitals := Fields{
		Fields: question.Fields{
			DisplayName: "Two capitals", Prompt: "<p>Choose the capitals.</p>", Hints: []string{"Neither is the largest city."},
			Solution: "<p>Both were planned as capitals.</p>",
		},
		Lists: []List{
			{ID: "au", Label: "Australia", Right: "Canberra", Others: "Sydney\nMelbourne", Feedback: "That is a larger city."},
			{ID: "br", Label: "Brazil", Right: "Brasília", Others: "Rio de Janeiro\nSão Paulo"},
		},
		Order: "shuffled",
	}
	id := func(text string) string { return question.IDs([]string{""}, []string{text})[0] }
	both := func(expect wire.Expectation, first, second string) question.Expected {
		return question.Expected{Expect: expect, Answers: question.Answers{"answer-au": {id(first)}, "answer-br": {id(second)}}}
	}
	return []question.Sample[Fields]{{
		Name: "capitals", Title: "Two capitals", Fields: capitals, Answers: []question.Expected{
			both(wire.ExpectFull, "Canberra", "Brasília"),
			both(wire.ExpectPartial, "Canberra", "São Paulo"),
			both(wire.ExpectZero, "Sydney", "Rio de Janeiro"),
			question.Expecting(wire.ExpectInvalid, "answer-au"),
		},
	}}
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Worder[Public]  = kind{}
	_ question.Keyed           = Secret{}
)

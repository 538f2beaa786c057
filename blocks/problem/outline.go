package problem

import (
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const (
	rootOpen  = "<problem>"
	rootClose = "</problem>"
)

// document is the author's source as one XML document. The field holds what stands inside of <problem>, or the element itself;
// indent is how many bytes stand before it in its first line.
func document(data string) (source string, indent int) {
	if strings.HasPrefix(strings.TrimSpace(data), rootOpen[:len(rootOpen)-1]) {
		return data, 0
	}
	return rootOpen + data + rootClose, len(rootOpen)
}

// compile reads the author's source; the findings' places are those in data.
func compile(data string) (*capa.Prepared, []capa.Finding, error) {
	source, indent := document(data)
	prepared, findings, err := capa.Compile(source)
	for i := range findings {
		if findings[i].Line == 1 {
			findings[i].Column = max(1, findings[i].Column-indent)
		}
	}
	return prepared, findings, err
}

// Outline implements sdk.Outliner. A source that cannot be read is no error: the course stays usable, and the problem says
// honestly that it cannot be shown.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, capa.Secret], error) {
	facts := wire.Facts{Title: f.DisplayName, Icon: "problem"}
	prepared, _, err := compile(f.Data)
	var syntax *capa.SyntaxError
	if errors.As(err, &syntax) {
		return sdk.Outline[Public, capa.Secret]{Facts: facts, Public: Public{Broken: true}}, nil
	}
	if err != nil {
		return sdk.Outline[Public, capa.Secret]{}, err
	}
	known := &prepared.Facts
	public := Public{Public: *prepared.Public, Points: known.MaxScore, Missing: known.Unsupported}
	facts.Questions, facts.Search, facts.Unsupported = known.Questions, known.Search, public.Missing
	facts.Files, facts.Links = markup.References(f.Data)
	facts.Frames = public.Frames()
	facts.Varies, facts.Shuffles, facts.Impersonal = known.Varies, known.Shuffles, !known.Learner
	facts.Completion = wire.CompleteOnView
	if known.Inputs > 0 {
		facts.MaxScore = &known.MaxScore
		if len(public.Missing) == 0 { // nobody can submit the others, and a course with one could never be finished
			facts.Completion = wire.CompleteOnSubmit
		}
		if f.Weight.Set && !f.Weight.Null && f.Weight.Value >= 0 {
			facts.Weight, public.Points = &f.Weight.Value, f.Weight.Value
		}
	}
	return sdk.Outline[Public, capa.Secret]{
		Facts: facts, AnswerHash: prepared.AnswerHash(), Public: public, Secret: *prepared.Secret,
	}, nil
}

// Vary implements sdk.Varier. Where the script fails the values stay unvaried, which every view says and nothing grades.
func (block) Vary(c *sdk.Call, public Public, secret capa.Secret) (Public, capa.Secret, error) {
	prepared := &capa.Prepared{Public: &public.Public, Secret: &secret}
	v, failed, err := variation(c, &secret)
	if err != nil || failed != nil {
		return public, secret, err
	}
	variant, _, err := prepared.Variant(v)
	if err != nil {
		return public, secret, err
	}
	public.Public = *variant.Public
	return public, *variant.Secret, nil
}

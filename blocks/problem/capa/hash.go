package capa

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// AnswerHash is a digest over what scoring depends on: keys, points, pools, and in problems with variables the whole
// source. Texts, hints and explanations do not change it.
func (p *Prepared) AnswerHash() string {
	bare := Secret{Source: p.Secret.Source}
	for _, r := range p.Secret.Responses {
		bare.Responses = append(bare.Responses, r.withoutTexts())
	}
	pools := map[string][]string{}
	for _, in := range p.Public.Inputs {
		if in.Pool != 0 {
			pools[in.ID] = []string{itoa(in.Pool)}
			for _, choice := range in.Choices {
				pools[in.ID] = append(pools[in.ID], choice.Name)
			}
		}
	}
	data, err := json.Marshal([]any{bare, pools})
	if err != nil {
		panic("hashing answers: " + err.Error()) // these types always marshal
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// withoutTexts is the response's key alone.
func (r Response) withoutTexts() Response {
	if r.Choice != nil {
		r.Choice = &choiceKey{Bad: r.Choice.Bad, Correct: r.Choice.Correct, Partial: r.Choice.Partial}
	}
	if r.Check != nil {
		k := *r.Check
		k.Hints, k.Compound = nil, nil
		r.Check = &k
	}
	if r.Option != nil {
		r.Option = &optionKey{Correct: r.Option.Correct}
	}
	if r.String != nil {
		k := *r.String
		k.Hints, k.Wrong, k.Group, k.Mode = nil, nil, nil, ""
		r.String = &k
	}
	if r.Number != nil {
		k := *r.Number
		k.Hint, k.More = nil, nil
		for _, more := range r.Number.More {
			k.More = append(k.More, numberMore{Answer: more.Answer})
		}
		r.Number = &k
	}
	if r.Image != nil {
		r.Image = &imageKey{Areas: slices.Clone(r.Image.Areas)}
		for i := range r.Image.Areas {
			r.Image.Areas[i].Texts = nil
		}
	}
	if r.Annotation != nil {
		r.Annotation = &annotationKey{Tags: slices.Clone(r.Annotation.Tags)}
		for i := range r.Annotation.Tags {
			r.Annotation.Tags[i].Right = ""
		}
	}
	if r.Formula != nil {
		k := *r.Formula
		k.Hints, k.Mode = nil, ""
		r.Formula = &k
	}
	return r
}

package question

import (
	"encoding/json"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reveal implements sdk.Revealer.
func (b *block[F, P, S, PF]) Reveal(c *sdk.Call, public Public[P], secret Secret[S], _ json.RawMessage) (sdk.Revealed, error) {
	p := &Page{Call: c, Closed: true}
	answers := b.kind.Solve(public.Own, secret.Own)
	own := &Page{Call: c, Closed: true}
	if revealer, ok := b.kind.(Revealer[P, S]); ok {
		revealer.Reveal(own, public.Own, secret.Own)
	} else {
		b.words(own, &public, answers)
	}
	p.Raw(`<div class="answer">`, own.String())
	if secret.Solution != "" {
		p.Raw(`<section class="explanation"`)
		p.Attr("aria-label", c.T("explanation"))
		p.Raw(">", secret.Solution, "</section>")
	}
	if own.Len() == 0 && secret.Solution == "" {
		p.Paragraph("no_answer")
	}
	p.Raw("</div>")
	shown := sdk.Revealed{HTML: p.String(), Answers: map[string]string{}}
	for name, values := range answers {
		shown.Answers[name] = strings.Join(values, ",")
	}
	return shown, nil
}

// words writes the right answers in words, by input where there are several.
func (b *block[F, P, S, PF]) words(p *Page, public *Public[P], answers Answers) {
	if len(answers) == 0 {
		return
	}
	p.Raw(`<dl class="right-answers">`)
	for _, in := range public.Inputs {
		if len(answers[in.Name]) == 0 {
			continue
		}
		p.Raw("<dt")
		if in.Label == "" {
			p.Raw(` class="visually-hidden">`)
			p.Say("answer")
		} else {
			p.Raw(">")
			p.Put(in.Label)
		}
		p.Raw("</dt><dd><b>")
		p.Put(b.worded(public.Own, in.Name, answers[in.Name]))
		p.Raw("</b></dd>")
	}
	p.Raw("</dl>")
}

func (b *block[F, P, S, PF]) worded(public P, input string, values []string) string {
	if worder, ok := b.kind.(Worder[P]); ok {
		return worder.Words(public, input, values)
	}
	return strings.Join(values, ", ")
}

// Solve implements sdk.Solver.
func (b *block[F, P, S, PF]) Solve(_ *sdk.Call, public Public[P], secret Secret[S]) (wire.Solution, error) {
	if public.Unready {
		return wire.Solution{Unknown: "the author has not finished the question"}, nil
	}
	answers := b.kind.Solve(public.Own, secret.Own)
	if answers == nil {
		return wire.Solution{Unknown: "the question states no right answer"}, nil
	}
	return wire.Solution{Input: &wire.Input{Handler: HandlerSubmit, Form: answers}}, nil
}

// Report implements sdk.Reporter: a row for each input.
func (b *block[F, P, S, PF]) Report(_ *sdk.Call, submissions []sdk.Reported[Public[P], Secret[S]]) ([]wire.ReportRow, error) {
	var rows []wire.ReportRow
	for i := range submissions {
		s := &submissions[i]
		answers, err := decode(s.Answers)
		if err != nil {
			return nil, err
		}
		result, err := resultOf(s.Verdict)
		if err != nil {
			return nil, err
		}
		right := b.kind.Solve(s.Public.Own, s.Secret.Own)
		for _, in := range s.Public.Inputs {
			row := wire.ReportRow{
				Submission: s.ID, Part: in.Name, Question: in.Label,
				Answer: b.worded(s.Public.Own, in.Name, answers[in.Name]), CorrectAnswer: b.worded(s.Public.Own, in.Name, right[in.Name]),
			}
			if row.Question == "" {
				row.Question = markup.Text(s.Public.Prompt)
			}
			if part := result.part(in.Name); part != nil {
				row.Correctness = part.judged()
			} else if len(s.Public.Inputs) == 1 && s.Verdict != nil && s.Verdict.Outcome == wire.OutcomeScored {
				row.Correctness = Judge(s.Verdict) // its parts are not inputs
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// Samples implements sdk.Sampler.
func (b *block[F, P, S, PF]) Samples(*sdk.Call) ([]wire.Sample, error) {
	var list []wire.Sample
	for _, s := range b.kind.Samples() {
		fields, err := authored[F](&s.Fields)
		if err != nil {
			return nil, err
		}
		one := wire.Sample{Name: s.Name, Title: s.Title, Fields: fields}
		for _, a := range s.Answers {
			answer := wire.SampleAnswer{Expect: a.Expect, Input: wire.Input{Handler: HandlerSubmit, Form: a.Answers}, Evidence: a.Evidence}
			if a.Seed != 0 {
				answer.Seed = &a.Seed
			}
			one.Answers = append(one.Answers, answer)
		}
		list = append(list, one)
	}
	return list, nil
}

// Right writes right answers that are markup, one below the other.
func (p *Page) Right(answers ...string) {
	p.Raw(`<dl class="right-answers"><dt class="visually-hidden">`)
	p.Say("answer")
	p.Raw("</dt>")
	for _, answer := range answers {
		p.Raw("<dd>", answer, "</dd>")
	}
	p.Raw("</dl>")
}

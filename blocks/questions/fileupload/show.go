package fileupload

import (
	"embed"
	"slices"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	if public.Text {
		p.Type(question.Entry{Input: text, Label: p.Call.T("your_text"), Lines: 10, Max: maxText, Prose: true})
	}
	if public.Files != nil {
		p.Upload(public.Files)
	}
	switch {
	case len(public.Rubric) == 0:
	case p.Result != nil && len(p.Result.Parts) == len(public.Rubric):
		chosen(p, public)
	case public.Show:
		p.Raw(`<details class="rubric"><summary>`)
		p.Say("how_graded")
		p.Raw("</summary>")
		rubric(p, public.Rubric, nil)
		p.Raw("</details>")
	}
}

// chosen writes the rubric with what the grader chose.
func chosen(p *question.Page, public Public) {
	p.Raw(`<section class="rubric" aria-labelledby="quoin:id/rubric"><h3 class="small" id="quoin:id/rubric">`)
	p.Say("how_was_graded")
	p.Raw("</h3>")
	rubric(p, public.Rubric, p.Result.Parts)
	p.Raw("</section>")
}

func rubric(p *question.Page, criteria []wire.Criterion, parts []question.Part) {
	p.Raw(`<dl class="rubric-criteria">`)
	for i := range criteria {
		c := &criteria[i]
		p.Raw("<dt>")
		p.Put(c.Title)
		p.Raw("</dt>")
		for _, o := range c.Options {
			taken := i < len(parts) && slices.ContainsFunc(parts[i].Marks, func(m question.Mark) bool { return m.At == o.ID })
			if parts != nil && !taken {
				continue
			}
			p.Raw("<dd><b>")
			p.Put(o.Title)
			p.Raw("</b> ")
			if parts != nil {
				p.Say("points_of", best(c), question.Number(o.Points), question.Number(best(c)))
			} else {
				p.Say("points_each", o.Points, question.Number(o.Points))
			}
			if o.Help != "" {
				p.Raw(`<br><span class="small soft">`)
				p.Put(o.Help)
				p.Raw("</span>")
			}
			p.Raw("</dd>")
		}
	}
	p.Raw("</dl>")
}

// ShowAnswer implements question.Marker.
func (kind) ShowAnswer(p *question.Page, public Public, answers question.Answers) {
	if !public.Text {
		return
	}
	p.Raw(`<section class="handed-in" aria-labelledby="quoin:id/text"><h3 class="small" id="quoin:id/text">`)
	p.Say("their_text")
	p.Raw(`</h3><div class="prose" dir="auto">`)
	if written := question.Paragraphs(answers.First(text)); written != "" {
		p.Raw(written)
	} else {
		p.Paragraph("no_text")
	}
	p.Raw("</div></section>")
}

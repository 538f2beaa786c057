package question

import (
	"strconv"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Render implements sdk.Renderer.
func (b *block[F, P, S, PF]) Render(c *sdk.Call, v sdk.View[F, Public[P]]) (sdk.Fragment, error) {
	p := &Page{Call: c}
	if v.Name == wire.ViewStaff {
		p.staff(v.Public.Unready, v.Public.Points)
		return sdk.Fragment{HTML: p.String()}, nil
	}
	if v.Name == wire.ViewGrade {
		return b.gradeView(p, &v)
	}
	f := PF(v.Fields).common()
	p.Answers = f.Answers
	if own, ok := any(PF(v.Fields)).(filed); ok {
		p.Kept = own.files().Kept
	}
	p.Closed = v.Public.Unready || !Editable(v.Access)
	if f.Saved == 0 && v.Grading == nil {
		var err error
		if p.Result, err = resultOf(v.Newest); err != nil {
			return sdk.Fragment{}, err
		}
	}
	p.Raw(`<div class="question native"><div class="prose" id="`, PromptID, `">`, v.Public.Prompt, "</div>")
	b.kind.Show(p, v.Public.Own)
	p.Raw("</div>")
	p.Hints(v.Public.Hints, f.HintsShown, f.Last == HandlerHint)
	switch {
	case v.Public.Unready:
		p.Raw(`<p class="notice warn">`)
		p.Say("cannot_answer")
		p.Raw("</p>")
	case v.Access != nil:
		allowed := v.Access
		if b.takes(v.Public.Own) != nil && Editable(allowed) { // files are brought one day and handed in another, whatever the tries
			open := *allowed
			open.Save.Open, allowed = true, &open
		}
		s := &Standing{
			Access: allowed, Newest: v.Newest, Counted: v.Counted, Grading: v.Grading, Worth: v.Public.Points, Saved: f.Saved,
			MoreHints: len(v.Public.Hints) > f.HintsShown, Hinted: f.Last == HandlerHint, Tries: b.spec.Tries,
		}
		if p.Result != nil {
			s.Refusal, s.Tried = p.Result.Invalid.in(c), p.Result.Tried.in(c)
		}
		p.Bar(s)
		p.Judged(s)
	}
	return sdk.Fragment{HTML: p.String(), Styles: b.spec.Styles, Element: sdk.QuestionElement}, nil
}

// Hints writes the first open of the hints; fresh gives the last of them the focus.
func (p *Page) Hints(hints []string, open int, fresh bool) {
	open = min(open, len(hints))
	if open <= 0 {
		return
	}
	p.Raw(`<ol class="question-hints">`)
	for i, hint := range hints[:open] {
		p.Raw("<li")
		if fresh && i == open-1 {
			p.Raw(` data-result=""`)
		}
		p.Raw("><strong>")
		p.Say("hint_of", i+1, len(hints))
		p.Raw("</strong> ", hint, "</li>")
	}
	p.Raw("</ol>")
}

// staff tells course staff what learners cannot see of a question. It holds no key: answers show by the platform's rules.
func (p *Page) staff(unready bool, points float64) {
	state := "staff_works"
	if unready {
		state = "staff_unready"
	}
	rows := [][2]string{{"staff_state", p.Call.T(state)}, {"staff_points", Number(points)}}
	if p.Call.Context.Seed != nil {
		rows = append(rows, [2]string{"staff_seed", strconv.Itoa(p.Call.Seed())})
	}
	p.Facts(rows...)
}

// Facts writes a list of facts; the first of each pair is the key of its word.
func (p *Page) Facts(rows ...[2]string) {
	p.Raw(`<dl class="question-facts">`)
	for _, row := range rows {
		p.Raw("<dt>")
		p.Say(row[0])
		p.Raw("</dt><dd>")
		p.Put(row[1])
		p.Raw("</dd>")
	}
	p.Raw("</dl>")
}

package problem

import (
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const style = "problem.css"

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	p := &page{call: c, view: &v}
	if v.Name == wire.ViewStaff {
		return p.staff(), nil
	}
	return p.learner()
}

// page writes one view.
type page struct {
	strings.Builder
	call *sdk.Call
	view *sdk.View[Fields, Public]
	// result is the newest judgement on the answers that the fields show; nil when there is none.
	result *capa.Result
}

// put appends texts that may hold anything.
func (p *page) put(text string) { p.WriteString(html.EscapeString(text)) }

// raw appends markup.
func (p *page) raw(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
}

// say appends a sentence of the catalogue.
func (p *page) say(key string, args ...any) { p.put(p.call.T(key, args...)) }

// saved reports whether the fields show answers that were kept and not submitted.
func (p *page) saved() bool { return p.view.Fields.Saved > 0 }

func (p *page) learner() (sdk.Fragment, error) {
	v := p.view
	if v.Public.Broken {
		p.raw(`<p class="notice bad">`)
		p.say("broken")
		p.raw("</p>")
		return sdk.Fragment{HTML: p.String()}, nil
	}
	if !p.saved() && v.Grading == nil {
		var err error
		if p.result, err = resultOf(v.Newest); err != nil {
			return sdk.Fragment{}, err
		}
	}
	asks := v.Access != nil && len(v.Public.Missing) == 0 && len(v.Public.Inputs) > 0
	shown := v.Public.Shuffled(int64(p.call.Seed())).View(capa.ViewOptions{
		Form: "quoin:form", ID: "quoin:id/", Answers: v.Fields.Answers, Result: p.result, Closed: !asks || !editable(v.Access),
		Whole: asks && v.Newest != nil && v.Newest.Outcome == wire.OutcomeScored, Hints: v.Fields.Hints, NewHint: v.Fields.Last == handlerHint, Text: p.call.T,
	})
	p.Grow(len(shown.Body) + len(shown.Hints) + 2048)
	p.raw(`<div class="prose capa">`, shown.Body, "</div>")
	if len(v.Public.Missing) > 0 {
		p.raw(`<p class="notice warn">`)
		p.say("cannot_answer")
		p.raw("</p>")
	}
	p.raw(shown.Hints)
	if asks {
		p.bar()
		p.standing()
	}
	return sdk.Fragment{HTML: p.String(), Styles: []string{style}, Element: sdk.QuestionElement}, nil
}

// staff tells course staff what learners cannot see of the problem. It holds no key: answers show by the platform's rules.
func (p *page) staff() sdk.Fragment {
	public := &p.view.Public
	p.raw(`<dl class="capa-staff">`)
	row := func(key, value string) {
		p.raw("<dt>")
		p.say(key)
		p.raw("</dt><dd>")
		p.put(value)
		p.raw("</dd>")
	}
	switch {
	case public.Broken:
		row("staff_state", p.call.T("staff_broken"))
	case len(public.Missing) > 0:
		row("staff_state", p.call.T("staff_missing", strings.Join(public.Missing, ", ")))
	default:
		row("staff_state", p.call.T("staff_works"))
	}
	if public.Questions > 0 {
		row("staff_questions", strconv.Itoa(public.Questions))
		row("staff_points", number(public.Points))
	}
	if p.call.Context.Seed != nil {
		row("staff_seed", strconv.Itoa(p.call.Seed()))
	}
	p.raw("</dl>")
	return sdk.Fragment{HTML: p.String(), Styles: []string{style}}
}

// instant is a moment in UTC, which the page's script turns into the reader's own time. milliseconds count from 1970.
func instant(milliseconds int64) string {
	at := time.UnixMilli(milliseconds).UTC()
	return `<time datetime="` + at.Format("2006-01-02T15:04:05Z") + `" data-local="">` + at.Format("2006-01-02 15:04 UTC") + `</time>`
}

// sayAt appends a sentence whose {0} is a moment.
func (p *page) sayAt(key string, milliseconds int64) {
	const place = "{time}"
	before, after, _ := strings.Cut(p.call.T(key, place), place)
	p.put(before)
	p.raw(instant(milliseconds))
	p.put(after)
}

// number is a number of points as people write it, with at most two decimals.
func number(points float64) string {
	text := strconv.FormatFloat(points, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

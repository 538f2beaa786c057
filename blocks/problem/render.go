package problem

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const style = "problem.css"

// scripts are those of kinds of inputs that need one.
var scripts = map[capa.InputKind]string{capa.Activity: "activity.js", capa.Board: "board.js"}

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	p := &page{Page: question.Page{Call: c}, view: &v}
	switch v.Name {
	case wire.ViewStaff:
		return p.staff(), nil
	case wire.ViewEditor:
		return p.editor(), nil
	}
	return p.learner()
}

// page writes one view.
type page struct {
	question.Page
	view *sdk.View[Fields, Public]
	// result is the newest judgement on the answers that the fields show; nil when there is none.
	result *capa.Result
}

// saved reports whether the fields show answers that were kept and not submitted.
func (p *page) saved() bool { return p.view.Fields.Saved > 0 }

func (p *page) learner() (sdk.Fragment, error) {
	v := p.view
	if v.Public.Broken {
		p.Raw(`<p class="notice bad">`)
		p.Say("broken")
		p.Raw("</p>")
		return sdk.Fragment{HTML: p.String()}, nil
	}
	if !p.saved() && v.Grading == nil {
		var err error
		if p.result, err = resultOf(v.Newest); err != nil {
			return sdk.Fragment{}, err
		}
	}
	asks := v.Access != nil && len(v.Public.Missing) == 0 && !v.Public.Unvaried && len(v.Public.Inputs) > 0
	shown := v.Public.Shuffled(int64(p.Call.Seed())).View(capa.ViewOptions{
		Form: "quoin:form", ID: "quoin:id/", Answers: v.Fields.Answers, Result: p.result, Closed: !asks || !question.Editable(v.Access),
		Whole: asks && v.Newest != nil && v.Newest.Outcome == wire.OutcomeScored, Hints: v.Fields.Hints, NewHint: v.Fields.Last == question.HandlerHint, Text: p.Call.T,
	})
	p.Grow(len(shown.Body) + len(shown.Hints) + 2048)
	p.Raw(`<div class="prose capa">`, shown.Body, "</div>")
	if len(v.Public.Missing) > 0 {
		p.Raw(`<p class="notice warn">`)
		p.Say("cannot_answer")
		p.Raw("</p>")
	}
	if v.Public.Unvaried {
		p.Raw(`<p class="notice warn">`)
		p.Say("script_failed")
		p.Raw("</p>")
	}
	p.Raw(shown.Hints)
	if asks {
		standing := p.standing()
		p.Bar(standing)
		p.Judged(standing)
	}
	shows := sdk.Fragment{HTML: p.String(), Styles: []string{style}, Element: sdk.QuestionElement}
	for kind, name := range scripts {
		if slices.ContainsFunc(v.Public.Inputs, func(in capa.Input) bool { return in.Kind == kind }) {
			shows.Scripts = append(shows.Scripts, name)
		}
	}
	slices.Sort(shows.Scripts) // equal views are equal bytes
	return shows, nil
}

// staff tells course staff what learners cannot see of the problem. It holds no key: answers show by the platform's rules.
func (p *page) staff() sdk.Fragment {
	public := &p.view.Public
	var rows [][2]string
	switch {
	case public.Broken:
		rows = append(rows, [2]string{"staff_state", p.Call.T("staff_broken")})
	case public.Unvaried:
		rows = append(rows, [2]string{"staff_state", p.Call.T("staff_script")})
	case len(public.Missing) > 0:
		rows = append(rows, [2]string{"staff_state", p.Call.T("staff_missing", strings.Join(public.Missing, ", "))})
	default:
		rows = append(rows, [2]string{"staff_state", p.Call.T("staff_works")})
	}
	if public.Questions > 0 {
		rows = append(rows, [2]string{"staff_questions", strconv.Itoa(public.Questions)}, [2]string{"staff_points", question.Number(public.Points)})
	}
	if p.Call.Context.Seed != nil {
		rows = append(rows, [2]string{"staff_seed", strconv.Itoa(p.Call.Seed())})
	}
	p.Facts(rows...)
	return sdk.Fragment{HTML: p.String(), Styles: []string{style}}
}

// standing is what is known of the learner's answer.
func (p *page) standing() *question.Standing {
	v := p.view
	s := &question.Standing{
		Access: v.Access, Newest: v.Newest, Counted: v.Counted, Grading: v.Grading, Worth: v.Public.Points, Saved: v.Fields.Saved,
		MoreHints: len(v.Public.Hints) > v.Fields.Hints, Hinted: v.Fields.Last == question.HandlerHint,
	}
	if p.result != nil && p.result.Failure != nil {
		s.Refusal = capa.Catalogue(p.Call.T).Text(p.result.Failure.Message)
	}
	if v.Grading != nil && v.Grading.Who != "" {
		s.Waits = p.Call.T("external_waits")
	}
	return s
}

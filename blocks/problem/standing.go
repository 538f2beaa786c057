package problem

import (
	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// standing writes what became of the learner's answer. The page gives it the focus after a submit, unless opening a hint was
// the last thing done.
func (p *page) standing() {
	v := p.view
	switch {
	case v.Grading != nil:
		p.waiting(v.Grading.Who, v.Grading.Failed)
	case p.saved():
		p.kept()
	case v.Newest == nil:
		p.counted()
	case v.Newest.Outcome == wire.OutcomeScored:
		p.judged()
	case v.Newest.Outcome == wire.OutcomeInvalid:
		p.refused()
	case v.Newest.Outcome == wire.OutcomePending:
		p.waiting(v.Newest.Message, false)
	case v.Newest.Outcome == wire.OutcomeFailed:
		p.waiting("", true)
	default:
		p.submitted()
	}
}

// open begins the element that gets the focus.
func (p *page) open(class string) {
	p.raw(`<div class="`, class, `"`)
	if p.view.Fields.Last != handlerHint {
		p.raw(` data-result=""`)
	}
	p.raw(">")
}

func (p *page) status(class, key string) {
	p.raw(`<p class="status `, class, `">`)
	p.say(key)
	p.raw("</p>")
}

func (p *page) paragraph(key string, args ...any) {
	p.raw("<p>")
	p.say(key, args...)
	p.raw("</p>")
}

func (p *page) waiting(who string, failed bool) {
	p.open("feedback")
	p.status("grading", "grading")
	switch {
	case failed:
		p.paragraph("grading_failed")
	case who != "":
		p.paragraph("graded_by", who)
	default:
		p.paragraph("grading_more")
	}
	p.raw("</div>")
}

// kept says that nothing is submitted yet, and what was before.
func (p *page) kept() {
	p.raw(`<div class="feedback"><p class="status submitted">`)
	p.sayAt("saved_at", p.view.Fields.Saved)
	p.raw("</p>")
	if newest := p.view.Newest; newest != nil && newest.Outcome == wire.OutcomeScored && p.worth(newest) {
		p.paragraph("submitted_before", p.full(), p.points(newest))
	}
	p.raw("</div>")
}

// counted tells a learner who starts afresh what he has.
func (p *page) counted() {
	counted := p.view.Counted
	if counted == nil || counted.Outcome != wire.OutcomeScored || !p.worth(counted) {
		return
	}
	p.raw(`<div class="feedback">`)
	p.paragraph("score_counts", p.full(), p.points(counted))
	p.raw("</div>")
}

func (p *page) judged() {
	newest, counted := p.view.Newest, p.view.Counted
	key := judgement(newest)
	class := key
	if key == "partial" {
		class = string(wire.Partial)
	}
	p.open("feedback " + class)
	p.status(class, key)
	if newest.Feedback != "" {
		p.raw("<div>", newest.Feedback, "</div>")
	}
	if p.worth(newest) {
		p.paragraph("points", p.full(), p.points(newest))
		if counted != nil && counted.Outcome == wire.OutcomeScored && p.points(counted) != p.points(newest) {
			p.paragraph("score_counts", p.full(), p.points(counted))
		}
	}
	if a := p.view.Access; key != "correct" && a.Submit.Open && a.MaxTries != nil {
		p.paragraph("tries_left", max(0, *a.MaxTries-a.Tries))
	}
	p.raw("</div>")
}

// judgement is the key of the word for a verdict as a whole. Where no points can be had the parts decide.
func judgement(v *wire.Verdict) string {
	right, some := v.Earned >= v.Possible, v.Earned > 0
	if v.Possible <= 0 {
		right = true
		for i := range v.Parts {
			right = right && v.Parts[i].Correctness == wire.Correct
			some = some || v.Parts[i].Correctness != wire.Incorrect
		}
	}
	switch {
	case right:
		return "correct"
	case some:
		return "partial"
	}
	return "incorrect"
}

// refused says that the answer could not be graded: why, and that it cost nothing.
func (p *page) refused() {
	p.open("notice bad")
	p.raw("<p>")
	if p.result != nil && p.result.Failure != nil {
		p.put(capa.Catalogue(p.call.T).Text(p.result.Failure.Message))
	} else {
		p.put(p.view.Newest.Message)
	}
	p.raw("</p>")
	p.paragraph("try_given_back")
	p.raw("</div>")
}

// submitted is all that may be told while results are hidden.
func (p *page) submitted() {
	p.open("feedback")
	p.status("submitted", "submitted")
	if correctness := p.view.Access.Correctness; correctness.Changes > 0 {
		p.raw("<p>")
		p.sayAt("results_at", correctness.Changes)
		p.raw("</p>")
	} else {
		p.paragraph("results_hidden")
	}
	p.raw("</div>")
}

// worth reports whether there are points to speak of.
func (p *page) worth(v *wire.Verdict) bool { return p.view.Public.Points > 0 && v.Possible > 0 }

// full is what a full score is worth.
func (p *page) full() string { return number(p.view.Public.Points) }

// points are a verdict's, scaled to what a full score is worth and within it.
func (p *page) points(v *wire.Verdict) string {
	earned := min(max(v.Earned, 0), v.Possible)
	return number(earned / v.Possible * p.view.Public.Points)
}

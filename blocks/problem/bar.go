package problem

import "github.com/quoin-lms/quoin/sdk/wire"

// bar writes what can be done now: the buttons that the rules allow, the tries, and why it cannot be submitted.
func (p *page) bar() {
	a := p.view.Access
	reason := closedReason(a)
	p.raw(`<div class="submit-bar">`)
	switch {
	case a.Submit.Open:
		p.button("button primary", handlerSubmit, "submit", "")
	case !survey(a):
		p.button("button primary", handlerSubmit, "submit", ` disabled aria-describedby="quoin:id/reason"`)
	}
	if a.Save.Open {
		p.button("button", handlerSave, "save", "")
	}
	if a.Reset.Open {
		p.button("button", wire.HandlerReset, "reset", "")
	}
	if len(p.view.Public.Hints) > p.view.Fields.Hints && a.Submit.Why != wire.WhyVisitor && a.Submit.Why != wire.WhyReadOnly {
		p.button("button", handlerHint, "hint", "")
	}
	if a.Answer.Open {
		p.button("button", wire.HandlerReveal, "show_answer", "")
	}
	if most := a.MaxTries; most != nil && *most > 0 {
		p.raw(`<span class="tries">`)
		p.say("tries", *most, a.Tries)
		p.raw("</span>")
	}
	if reason != "" {
		p.raw(`<span class="capa-reason" id="quoin:id/reason">`)
		if a.Submit.Why == wire.WhyWait && a.Submit.Changes > 0 {
			p.sayAt(reason, a.Submit.Changes)
		} else {
			p.say(reason)
		}
		p.raw("</span>")
	}
	p.raw(`<span class="saved" data-note="" role="status"></span></div>`)
}

// button writes a button of the host's form; key is its word.
func (p *page) button(class, handler, key, more string) {
	p.raw(`<button class="`, class, `" form="quoin:form" name="handler" value="`, handler, `"`, more, ">")
	p.say(key)
	p.raw("</button>")
}

// survey reports whether the problem collects answers that are never graded.
func survey(a *wire.Access) bool { return a.MaxTries != nil && *a.MaxTries <= 0 }

// closedReason is the key of why nothing can be submitted, "" when it can.
func closedReason(a *wire.Access) string {
	switch why := a.Submit.Why; {
	case a.Submit.Open:
		return ""
	case why == wire.WhyVisitor, why == wire.WhyReadOnly:
		return "why_" + why
	case survey(a):
		return "why_survey"
	case why == wire.WhyWait && a.Submit.Changes == 0:
		return "why_closed"
	case why == wire.WhyNotReleased, why == wire.WhyPastDue, why == wire.WhyNoTries, why == wire.WhyWait, why == wire.WhyNeedsReset,
		why == wire.WhyPending, why == wire.WhyEnded, why == wire.WhyPrereq, why == wire.WhyGroup, why == wire.WhyStaffOnly:
		return "why_" + why
	}
	return "why_closed"
}

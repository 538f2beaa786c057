package question

import "github.com/quoin-lms/quoin/sdk/wire"

// The handlers that every question has; wire.HandlerReset and wire.HandlerReveal are the platform's own.
const (
	HandlerSubmit = "submit"
	HandlerSave   = "save"
	HandlerHint   = "hint"
	// HandlerTry is that of questions whose [Spec] says so.
	HandlerTry = "try"
)

// Bar writes what can be done now: the buttons that the platform's rules allow, the tries, and why nothing can be submitted.
func (p *Page) Bar(s *Standing) {
	a := s.Access
	reason := closedReason(a)
	p.Raw(`<div class="submit-bar">`)
	switch {
	case a.Submit.Open:
		p.button("button primary", HandlerSubmit, "submit", "")
	case !Survey(a):
		p.button("button primary", HandlerSubmit, "submit", ` disabled aria-describedby="quoin:id/reason"`)
	}
	if s.Tries && a.Submit.Open && !Survey(a) {
		p.button("button", HandlerTry, "try", "")
	}
	if a.Save.Open {
		p.button("button", HandlerSave, "save", "")
	}
	if a.Reset.Open {
		p.button("button", wire.HandlerReset, "reset", "")
	}
	if s.MoreHints && a.Submit.Why != wire.WhyVisitor && a.Submit.Why != wire.WhyReadOnly {
		p.button("button", HandlerHint, "hint", "")
	}
	if a.Answer.Open {
		p.button("button", wire.HandlerReveal, "show_answer", "")
	}
	if most := a.MaxTries; most != nil && *most > 0 {
		p.Raw(`<span class="tries">`)
		p.Say("tries", *most, a.Tries)
		p.Raw("</span>")
	}
	if reason != "" {
		p.Raw(`<span class="reason" id="quoin:id/reason">`)
		if a.Submit.Why == wire.WhyWait && a.Submit.Changes > 0 {
			p.SayAt(reason, a.Submit.Changes)
		} else {
			p.Say(reason)
		}
		p.Raw("</span>")
	}
	p.Raw(`<span class="saved" data-note="" role="status"></span></div>`)
}

// button writes a button of the platform's form; key is its word.
func (p *Page) button(class, handler, key, more string) {
	p.Raw(`<button class="`, class, `" form="`, Form, `" name="handler" value="`, handler, `"`, more, ">")
	p.Say(key)
	p.Raw("</button>")
}

// Survey reports whether answers are collected and never graded.
func Survey(a *wire.Access) bool { return a.MaxTries != nil && *a.MaxTries <= 0 }

// Editable reports whether the controls take answers now: a wait between two tries does not stop a learner from thinking.
func Editable(a *wire.Access) bool {
	return a != nil && (a.Submit.Open || a.Save.Open || a.Submit.Why == wire.WhyWait)
}

// closedReason is the key of why nothing can be submitted, "" when it can.
func closedReason(a *wire.Access) string {
	switch why := a.Submit.Why; {
	case a.Submit.Open:
		return ""
	case why == wire.WhyVisitor, why == wire.WhyReadOnly:
		return "why_" + why
	case Survey(a):
		return "why_survey"
	case why == wire.WhyWait && a.Submit.Changes == 0:
		return "why_closed"
	case why == wire.WhyNotReleased, why == wire.WhyPastDue, why == wire.WhyNoTries, why == wire.WhyWait, why == wire.WhyNeedsReset,
		why == wire.WhyPending, why == wire.WhyEnded, why == wire.WhyPrereq, why == wire.WhyGroup, why == wire.WhyStaffOnly:
		return "why_" + why
	}
	return "why_closed"
}

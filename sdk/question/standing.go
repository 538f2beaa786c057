package question

import "github.com/quoin-lms/quoin/sdk/wire"

// Standing is what the platform and the learner's state say of a question: what may be done now, and what became of the answer.
type Standing struct {
	Access          *wire.Access
	Newest, Counted *wire.Verdict
	Grading         *wire.Grading
	// Worth is what a full score is worth to the learner, in points; 0 says nothing of points.
	Worth float64
	// Saved is when answers were saved that are not submitted, in milliseconds since 1970 UTC; 0 when there are none.
	Saved int64
	// MoreHints says that another hint can be opened, Hinted that opening one was the last thing done: it then has the focus.
	MoreHints, Hinted bool
	// Refusal is why an invalid answer could not be graded, in the reader's language; "" takes the verdict's own words.
	Refusal string
	// Waits is what an answer that somebody else grades waits for, in the reader's language; "" takes the platform's words.
	Waits string
	// Tries says that answers can be tried, Tried how the newest one went that was only tried, in the reader's language.
	Tries bool
	Tried string
}

// Judged writes what became of the learner's answer. The page gives it the focus after a submit, unless opening a hint was the
// last thing done.
func (p *Page) Judged(s *Standing) {
	switch {
	case s.Grading != nil:
		p.waiting(s, s.Grading.Who, s.Grading.Failed)
	case s.Saved > 0:
		p.kept(s)
	case s.Newest == nil:
		p.counted(s)
	case s.Newest.Outcome == wire.OutcomeScored:
		p.scored(s)
	case s.Newest.Outcome == wire.OutcomeInvalid && s.Tried != "":
		p.tried(s)
	case s.Newest.Outcome == wire.OutcomeInvalid:
		p.refused(s)
	case s.Newest.Outcome == wire.OutcomePending:
		p.waiting(s, s.Newest.Message, false)
	case s.Newest.Outcome == wire.OutcomeFailed:
		p.waiting(s, "", true)
	default:
		p.submitted(s)
	}
}

// open begins the element that gets the focus.
func (p *Page) open(s *Standing, class string) {
	p.Raw(`<div class="`, class, `"`)
	if !s.Hinted {
		p.Raw(` data-result=""`)
	}
	p.Raw(">")
}

func (p *Page) waiting(s *Standing, who string, failed bool) {
	p.open(s, "feedback")
	p.Status("grading", "grading")
	switch {
	case failed:
		p.Paragraph("grading_failed")
	case s.Waits != "":
		p.Raw("<p>")
		p.Put(s.Waits)
		p.Raw("</p>")
	case who == ByStaff:
		p.Paragraph("graded_by_staff")
	case who != "":
		p.Paragraph("graded_by", who)
	default:
		p.Paragraph("grading_more")
	}
	p.Raw("</div>")
}

// kept says that nothing is submitted yet, and what was before.
func (p *Page) kept(s *Standing) {
	p.Raw(`<div class="feedback"><p class="status submitted"><span>`)
	p.SayAt("saved_at", s.Saved)
	p.Raw("</span></p>")
	if newest := s.Newest; newest != nil && newest.Outcome == wire.OutcomeScored && s.counts(newest) {
		p.Paragraph("submitted_before", s.full(), s.points(newest))
	}
	p.Raw("</div>")
}

// counted tells a learner who starts afresh what he has.
func (p *Page) counted(s *Standing) {
	if s.Counted == nil || s.Counted.Outcome != wire.OutcomeScored || !s.counts(s.Counted) {
		return
	}
	p.Raw(`<div class="feedback">`)
	p.Paragraph("score_counts", s.full(), s.points(s.Counted))
	p.Raw("</div>")
}

func (p *Page) scored(s *Standing) {
	newest, counted := s.Newest, s.Counted
	judged := Judge(newest)
	p.open(s, "feedback "+string(judged))
	p.Status(string(judged), word(judged))
	if newest.Feedback != "" {
		p.Raw("<div>", newest.Feedback, "</div>")
	}
	if s.counts(newest) {
		p.Paragraph("points", s.full(), s.points(newest))
		if counted != nil && counted.Outcome == wire.OutcomeScored && s.points(counted) != s.points(newest) {
			p.Paragraph("score_counts", s.full(), s.points(counted))
		}
	}
	if a := s.Access; judged != wire.Correct && a.Submit.Open && a.MaxTries != nil {
		p.Paragraph("tries_left", max(0, *a.MaxTries-a.Tries))
	}
	p.Raw("</div>")
}

// Judge is a verdict as a whole: correct, partially correct or incorrect. Where no points can be had the parts decide.
func Judge(v *wire.Verdict) wire.Correctness {
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
		return wire.Correct
	case some:
		return wire.Partial
	}
	return wire.Incorrect
}

// word is the key of the word for a correctness.
func word(c wire.Correctness) string {
	switch c {
	case wire.Correct, wire.Unanswered:
		return string(c)
	case wire.Partial:
		return "partial"
	case wire.Incorrect, wire.Incomplete:
	}
	return "incorrect"
}

// refused says that the answer could not be graded: why, and that it cost nothing.
func (p *Page) refused(s *Standing) {
	p.open(s, "notice bad")
	p.Raw("<p>")
	if s.Refusal != "" {
		p.Put(s.Refusal)
	} else {
		p.Put(s.Newest.Message)
	}
	p.Raw("</p>")
	p.Paragraph("try_given_back")
	p.Raw("</div>")
}

// tried says how an answer went that was only tried, and what counts.
func (p *Page) tried(s *Standing) {
	p.open(s, "feedback")
	p.Raw(`<p class="status submitted">`)
	p.Put(s.Tried)
	p.Raw("</p>")
	p.Paragraph("only_tried")
	p.Raw("</div>")
	p.counted(s)
}

// submitted is all that may be told while results are hidden.
func (p *Page) submitted(s *Standing) {
	p.open(s, "feedback")
	p.Status("submitted", "submitted")
	if correctness := s.Access.Correctness; correctness.Changes > 0 {
		p.Raw("<p>")
		p.SayAt("results_at", correctness.Changes)
		p.Raw("</p>")
	} else {
		p.Paragraph("results_hidden")
	}
	p.Raw("</div>")
}

// counts reports whether there are points to speak of.
func (s *Standing) counts(v *wire.Verdict) bool { return s.Worth > 0 && v.Possible > 0 }

// full is what a full score is worth.
func (s *Standing) full() string { return Number(s.Worth) }

// points are a verdict's, scaled to what a full score is worth and within it.
func (s *Standing) points(v *wire.Verdict) string {
	earned := min(max(v.Earned, 0), v.Possible)
	return Number(earned / v.Possible * s.Worth)
}

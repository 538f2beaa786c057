package host

import (
	"cmp"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func isNotFound(err error) bool {
	return errors.Is(err, course.ErrNotFound) || errors.Is(err, people.ErrNotFound)
}

// outlineSection is a section as a course's home lists it, with how many of its units there are and are complete.
type outlineSection struct {
	Title           string
	Open            bool
	Units, Complete int
	Subsections     []outlineSubsection
}

type outlineSubsection struct {
	Title, Link, Format string
	// Why says why it is not open, WhyLink leads to what has to be done first.
	Why, WhyLink string
	Due          *instant
	// Left says how long is left until it is due.
	Left             string
	Graded, Complete bool
	Units, Done      int
}

// walked is a subsection as a journey passes it.
type walked struct {
	entry  outlineSubsection
	listed bool
	// touched says that a unit is complete; after is the first one behind the last of these that is not.
	touched      bool
	first, after *stop
	// passed are the units that are open, in order.
	passed []passed
}

// passed is a unit on the way; what holds nothing to complete counts as complete.
type passed struct {
	usage    key.Usage
	stop     *stop
	complete bool
}

// outlineEntry is one line of the outline.
func (r *request) outlineEntry(sub *course.Subsection, done completed) (walked, error) {
	if !access.Listing(r.person, r.published, sub.Block, r.now()).Allowed {
		return walked{}, nil
	}
	w := walked{listed: true}
	w.entry = outlineSubsection{Title: sub.Title(), Format: sub.Settings.Format, Graded: sub.Settings.Graded != nil && *sub.Settings.Graded}
	if due := access.Due(r.person, sub.Block); !due.IsZero() {
		w.entry.Due, w.entry.Left = r.instant(due), r.left(due)
	}
	verdict := access.Content(r.person, r.published, sub.Block, r.now())
	if !verdict.Allowed {
		w.entry.Why, w.entry.WhyLink = r.why(verdict), r.whyLink(verdict)
		if verdict.Why == wire.WhyTimed || verdict.Why == wire.WhyTimeUp {
			w.entry.Link = r.unitLink(sub.Block)
		}
		return w, nil
	}
	loaded, err := sub.Load(r.ctx())
	if err != nil {
		return w, err
	}
	for _, unit := range loaded.Units {
		if access.Content(r.person, r.published, unit, r.now()).Allowed {
			complete, err := r.unitDone(unit, done)
			if err != nil {
				return w, err
			}
			w.pass(unit, sub, r.unitLink(unit), complete)
		}
	}
	w.entry.Complete = w.entry.Units > 0 && w.entry.Units == w.entry.Done
	return w, nil
}

// pass counts one unit.
func (w *walked) pass(unit *course.Block, sub *course.Subsection, link string, complete bool) {
	if w.entry.Link == "" {
		w.entry.Link = link
	}
	here := &stop{Title: cmp.Or(unit.Title(), sub.Title()), Part: sub.Title(), Link: link}
	counts := completable(unit)
	w.passed = append(w.passed, passed{unit.Usage, here, complete || !counts})
	if !counts {
		return
	}
	w.entry.Units++
	if complete {
		w.entry.Done++
		w.touched, w.after = true, nil
		return
	}
	if w.first == nil {
		w.first = here
	}
	if w.after == nil {
		w.after = here
	}
}

// why puts a closed gate into words, with the date on which it opens.
func (r *request) why(verdict access.Verdict) string {
	switch {
	case verdict.Why == wire.WhyNotReleased && !verdict.Changes.IsZero():
		return r.words.T("why.opens", verdict.Changes)
	case verdict.Why == wire.WhyPrereq:
		return r.needed(&verdict.Need)
	}
	return r.words.T("why." + verdict.Why)
}

func (r *request) unitLink(unit *course.Block) string {
	if r.working != nil {
		return r.working.Base + "/page"
	}
	return "/courses/" + r.course.String() + "/units/" + r.published.Name(unit)
}

// completed tells how far a learner is with each block, by usage key.
type completed map[string]float64

// done reads what the person has completed in the course.
func (r *request) done() (completed, error) {
	if r.person.Learner == "" || !r.person.Enrolled {
		return nil, nil
	}
	var err error
	r.finished, err = r.kernel().Completion(r.ctx(), r.person.Learner, r.course)
	return r.finished, err
}

// unitDone reports whether everything in a unit that can be completed is, and something can. What others drew is not the person's
// to complete.
func (r *request) unitDone(unit *course.Block, done completed) (bool, error) {
	drawn, err := r.kernel().Scorer().DrawnIn(r.ctx(), r.person.Learner, unit)
	if err != nil {
		return false, err
	}
	for block := range unit.Walk() {
		if drawn.Waits(r.person, block) || completes(block) && done[block.Usage.String()] < 1 && drawn.Has(r.person, block) {
			return false, nil
		}
	}
	return completable(unit), nil
}

// completable reports whether anything in a unit can be completed. What cannot counts for nothing, or a course could never be
// finished.
func completable(unit *course.Block) bool {
	for block := range unit.Walk() {
		if completes(block) {
			return true
		}
	}
	return false
}

func completes(block *course.Block) bool {
	switch block.Facts.Completion {
	case wire.CompleteOnView, wire.CompleteOnSubmit, wire.CompleteByBlock:
		return true
	case wire.CompleteNever, wire.CompleteByContent:
	}
	return false
}

// completion takes what a page tells: a block was in view for long enough.
func (r *request) completion() error {
	block, err := r.blockNamed(r.form("usage"))
	if err != nil {
		return err
	}
	if block.Facts.Completion != wire.CompleteOnView {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("error.not_found"))
	}
	if err := r.kernel().CompleteView(r.ctx(), r.person, r.published, block); err != nil {
		return err
	}
	if r.form("back") != "" { // a browser without scripts
		return r.Redirect(r.replyLink(block, ""), fiber.StatusSeeOther)
	}
	return r.SendStatus(fiber.StatusNoContent)
}

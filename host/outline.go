package host

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func isNotFound(err error) bool {
	return errors.Is(err, course.ErrNotFound) || errors.Is(err, people.ErrNotFound)
}

// outlineBody is a course's home.
type outlineBody struct {
	Sections []outlineSection
	// Start leads to the first unit that is not complete; Resume says that something is.
	Start  string
	Resume bool
	Done   float64
}

type outlineSection struct {
	Title       string
	Open        bool
	Subsections []outlineSubsection
}

type outlineSubsection struct {
	Title, Link, Format, Why string
	Due                      *instant
	Graded, Complete         bool
}

func (r *request) outline() error {
	if verdict := access.Listing(r.person, r.published, r.published.Root, r.now()); !verdict.Allowed {
		return r.Redirect("/courses/"+r.course.String()+"/about", fiber.StatusSeeOther)
	}
	done, err := r.done()
	if err != nil {
		return err
	}
	body := &outlineBody{}
	total, finished := 0, 0
	for _, section := range r.published.Root.Children {
		if !access.Listing(r.person, r.published, section, r.now()).Allowed {
			continue
		}
		s := outlineSection{Title: section.Title()}
		for _, sub := range section.Children {
			entry, units, complete, listed, err := r.outlineEntry(sub.Subsection, done)
			if err != nil {
				return err
			}
			if !listed {
				continue
			}
			total, finished = total+units, finished+complete
			if entry.Link != "" && body.Start == "" && complete < units {
				body.Start, s.Open = entry.Link, true
			}
			s.Subsections = append(s.Subsections, entry)
		}
		body.Sections = append(body.Sections, s)
	}
	if total > 0 {
		body.Done = float64(finished) / float64(total)
	}
	body.Resume = finished > 0
	if len(body.Sections) > 0 && body.Start == "" {
		body.Sections[0].Open = true
	}
	p := page{Title: r.published.Run.Title, Body: body, Course: r.coursePart("home")}
	return r.show("outline.html", p)
}

// outlineEntry is one line of the outline, with how many of its units there are and are complete.
func (r *request) outlineEntry(sub *course.Subsection, done completed) (entry outlineSubsection, units, complete int, listed bool, err error) {
	if !access.Listing(r.person, r.published, sub.Block, r.now()).Allowed {
		return entry, 0, 0, false, nil
	}
	entry = outlineSubsection{Title: sub.Title(), Format: sub.Settings.Format, Graded: sub.Settings.Graded != nil && *sub.Settings.Graded}
	if due := access.Due(r.person, sub.Block); !due.IsZero() {
		entry.Due = r.instant(due)
	}
	verdict := access.Content(r.person, r.published, sub.Block, r.now())
	if !verdict.Allowed {
		entry.Why = r.why(verdict)
		return entry, 0, 0, true, nil
	}
	loaded, err := sub.Load(r.ctx())
	if err != nil {
		return entry, 0, 0, true, err
	}
	for _, unit := range loaded.Units {
		if !access.Content(r.person, r.published, unit, r.now()).Allowed {
			continue
		}
		units++
		if entry.Link == "" {
			entry.Link = r.unitLink(unit)
		}
		if done.unit(unit) {
			complete++
		}
	}
	entry.Complete = units > 0 && units == complete
	return entry, units, complete, true, nil
}

// why puts a closed gate into words, with the date on which it opens.
func (r *request) why(verdict access.Verdict) string {
	if verdict.Why == wire.WhyNotReleased && !verdict.Changes.IsZero() {
		return r.words.T("why.opens", verdict.Changes)
	}
	return r.words.T("why." + verdict.Why)
}

func (r *request) unitLink(unit *course.Block) string {
	return "/courses/" + r.course.String() + "/units/" + unit.Usage.ID
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

// unit reports whether everything in a unit that can be completed is.
func (c completed) unit(unit *course.Block) bool {
	counts := false
	for block := range unit.Walk() {
		switch block.Facts.Completion {
		case wire.CompleteOnView, wire.CompleteOnSubmit, wire.CompleteByBlock:
			counts = true
			if c[block.Usage.String()] < 1 {
				return false
			}
		case wire.CompleteNever, wire.CompleteByContent:
		}
	}
	return counts
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
		return r.Redirect(r.unitLink(block.Unit), fiber.StatusSeeOther)
	}
	return r.SendStatus(fiber.StatusNoContent)
}

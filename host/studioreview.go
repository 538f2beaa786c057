package host

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
)

// reviewPart is what a page of changes says about their review.
type reviewPart struct {
	Action, Usage, State string
	// Said tells how it stands, Kind how good that is; Note is what was asked, Answer what was answered.
	Said, Kind, Note, Answer string
	// MayApprove is false for whose work it is.
	MayApprove bool
	Open       bool
	// Team are the colleagues of whom it may be asked.
	Team []choice
}

// reviewPart says how the review of a part stands.
func (r *request) reviewPart(within key.Usage, pending *authoring.Pending, needed bool) (*reviewPart, error) {
	review, err := r.site().Remarks.Review(r.ctx(), within)
	none := errors.Is(err, remarks.ErrNotFound)
	if err != nil && !none {
		return nil, err
	}
	part := &reviewPart{Action: r.studioPath() + "/reviews", Usage: within.String(), State: pending.State}
	if part.Team, err = r.teammates(); err != nil {
		return nil, err
	}
	workers := make([]string, 0, len(pending.Changes))
	for i := range pending.Changes {
		workers = append(workers, pending.Changes[i].By)
	}
	if needed || !none { // else nobody waits for an answer, and the history need not be asked whose work it is
		if workers, err = r.authoring().Workers(r.ctx(), r.course, within, pending.Changes); err != nil {
			return nil, err
		}
	}
	if part.MayApprove = !slices.Contains(workers, r.user.ID); none {
		return part, nil
	}
	names := map[string]string{}
	by, err := r.nameOf(names, review.By)
	if err != nil {
		return nil, err
	}
	reviewer, err := r.nameOf(names, review.Reviewer)
	if err != nil {
		return nil, err
	}
	part.Open, part.Note, part.Answer = true, review.Note, review.Answer
	switch {
	case review.Verdict == remarks.Asked:
		part.Kind, part.Said = "", r.words.T("studio_talk.review_asked", by, r.words.Time(review.At))
	case review.Verdict == remarks.Wanted:
		part.Kind, part.Said = "warn", r.words.T("studio_talk.review_wanted", reviewer, r.words.Time(*review.ReviewedAt))
	case review.State == pending.State:
		part.Kind, part.Said = "good", r.words.T("studio_talk.review_approved", reviewer, r.words.Time(*review.ReviewedAt))
	default:
		part.Kind, part.Said = "warn", r.words.T("studio_talk.review_lapsed", reviewer, r.words.Time(*review.ReviewedAt))
	}
	return part, nil
}

// studioReview asks for a review of a part, or answers one.
func (r *request) studioReview() error {
	within, err := r.ownUsage(r.form("usage"))
	if err != nil {
		return err
	}
	pending, err := r.authoring().Pending(r.ctx(), r.course, within)
	if err != nil {
		return r.studioFailure(err)
	}
	if len(pending.Changes) == 0 {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio.changes_nothing"))
	}
	workers, err := r.authoring().Workers(r.ctx(), r.course, within, pending.Changes)
	if err != nil {
		return err
	}
	do, about := r.form("do"), notices.AboutReview
	var heard []string
	var review remarks.Review
	switch do {
	case "ask":
		if heard, err = r.askedOf(r.form("tell")); err != nil {
			return err
		}
		review, err = r.site().Remarks.Ask(r.ctx(), r.user.ID, within, pending.State, r.form("text"))
	case string(remarks.Approved), string(remarks.Wanted):
		about, heard = notices.AboutVerdict, workers
		review, err = r.site().Remarks.Judge(r.ctx(), r.user.ID, within, r.form("state"), pending.State, workers, remarks.Verdict(do), r.form("text"))
	default:
		return fiber.ErrBadRequest
	}
	switch {
	case errors.Is(err, remarks.ErrOwn):
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_own"))
	case errors.Is(err, remarks.ErrChanged):
		return fiber.NewError(fiber.StatusConflict, r.words.T("studio_talk.wrong_changed"))
	case err != nil:
		return r.talkFailure(err)
	}
	title, text := r.run.Title, firstOf(review.Answer, review.Note)
	if content, err := r.authoring().Unit(r.ctx(), r.course, within); err == nil && within.Type != "course" {
		title = r.partTitle(content)
	}
	if err := r.tellTeam(review.Within+" "+string(review.Verdict)+" "+r.now().UTC().String(), about, within, title, text, heard); err != nil {
		return err
	}
	message := r.words.T("studio_talk.did_" + do)
	return r.studioAnswer(studioDone{Did: "review_" + do, Message: message})
}

// askedOf are the user ids of whom a review is asked: the colleague who is named, all where none is.
func (r *request) askedOf(name string) ([]string, error) {
	if name == "" {
		return r.coauthors()
	}
	user, err := r.teammate(name)
	return []string{user}, err
}

// reviewNeeded reports whether somebody else has to approve what is published here.
func (r *request) reviewNeeded() (bool, error) {
	settings, err := r.courseSettings()
	return settings[authoring.NeedsReview] == "true", err
}

// mayPublishAlone reports whether the person may publish without a review where one is needed: those who run the course.
func (r *request) mayPublishAlone() bool {
	return r.person.Admin || r.person.Has(people.RoleInstructor)
}

// publishesAlone reports whether the request publishes without the review that is needed, which it may.
func (r *request) publishesAlone() (bool, error) {
	if r.form("alone") == "" || !r.mayPublishAlone() {
		return false, nil
	}
	return r.reviewNeeded()
}

// heldBack reports whether the reader may not change what learners see at once: somebody else has to approve it here, and he does not
// run the course. Pages that change such things (settings, pages, files) offer it to nobody then, and say so.
func (r *request) heldBack() (bool, error) {
	if r.mayPublishAlone() {
		return false, nil
	}
	return r.reviewNeeded()
}

// refuseHeld refuses a change that holds at once to whom it is held back from.
func (r *request) refuseHeld() error {
	held, err := r.heldBack()
	if held {
		err = fiber.NewError(fiber.StatusForbidden, r.words.T("studio_talk.wrong_live"))
	}
	return err
}

// atOnce lets what changes at once what learners see be done by those alone who run the course, where somebody else has to approve
// it. Each address that does so is wrapped in it; what is a draft first is not.
func atOnce(do func(*request) error) func(*request) error {
	return func(r *request) error {
		if err := r.refuseHeld(); err != nil {
			return err
		}
		return do(r)
	}
}

// reviewed gives the states in which parts were approved and since when they are, where somebody has to; nothing else may be
// published then. Who runs the course may decide otherwise, and the history says so by the note.
func (r *request) reviewed(usages []key.Usage) (*seenStates, error) {
	needed, err := r.reviewNeeded()
	if err != nil || !needed {
		return nil, err
	}
	if alone, err := r.publishesAlone(); err != nil || alone {
		return nil, err
	}
	seen := &seenStates{of: map[key.Usage]string{}, since: r.now()}
	for _, usage := range usages {
		review, err := r.site().Remarks.Review(r.ctx(), usage)
		if err != nil && !errors.Is(err, remarks.ErrNotFound) {
			return nil, err
		}
		if review.Verdict == remarks.Approved {
			seen.of[usage] = review.State
			if review.ReviewedAt.Before(seen.since) {
				seen.since = *review.ReviewedAt
			}
			continue
		}
		pending, err := r.authoring().Pending(r.ctx(), r.course, usage)
		if err != nil {
			return nil, r.studioFailure(err)
		}
		if len(pending.Changes) > 0 {
			return nil, fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_unreviewed"))
		}
		seen.of[usage] = pending.State // which stays nothing
	}
	return seen, nil
}

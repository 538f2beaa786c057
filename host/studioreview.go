package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
)

// needsReview is the course's setting that somebody else approves what is published.
const needsReview = "publish_needs_review"

// reviewPart is what a page of changes says about their review.
type reviewPart struct {
	Action, Usage, State string
	// Said tells how it stands, Kind how good that is; Note is what was asked, Answer what was answered.
	Said, Kind, Note, Answer string
	// MayApprove is false for whose work it is.
	MayApprove bool
	Open       bool
}

// reviewedWork is unpublished work as a review sees it.
type reviewedWork struct {
	state   string
	authors []string
}

// mostWorkers bounds how much of the history is searched for whose work it is.
const mostWorkers = 500

// workOf names a state of the unpublished changes of a part, and whose work they are: everybody who has changed something of it since
// something of it was published.
func (r *request) workOf(within key.Usage, changes []authoring.Change) (*reviewedWork, error) {
	type change struct {
		Usage, Kind string
		Differences []authoring.Difference
	}
	work := &reviewedWork{}
	add := func(user string) {
		if user != "" && !slices.Contains(work.authors, user) {
			work.authors = append(work.authors, user)
		}
	}
	var all []change
	for i := range changes {
		all = append(all, change{changes[i].Usage.String(), changes[i].Kind, changes[i].Differences})
		add(changes[i].By)
	}
	data, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	work.state = hex.EncodeToString(sum[:12])
	if within.Type == "course" {
		within = key.Usage{}
	}
	entries, _, err := r.authoring().History(r.ctx(), r.course, within, "", mostWorkers)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		if entries[i].Kind == authoring.KindPublish {
			break
		}
		add(entries[i].By)
	}
	return work, nil
}

// reviewPart says how the review of a part stands.
func (r *request) reviewPart(within key.Usage, changes []authoring.Change) (*reviewPart, error) {
	work, err := r.workOf(within, changes)
	if err != nil {
		return nil, err
	}
	part := &reviewPart{Action: r.studioPath() + "/reviews", Usage: within.String(), State: work.state, MayApprove: !slices.Contains(work.authors, r.user.ID)}
	review, err := r.site().Remarks.Review(r.ctx(), within)
	if errors.Is(err, remarks.ErrNotFound) {
		return part, nil
	}
	if err != nil {
		return nil, err
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
	case review.State == work.state:
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
	changes, err := r.authoring().Changes(r.ctx(), r.course, within)
	if err != nil {
		return r.studioFailure(err)
	}
	if len(changes) == 0 {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio.changes_nothing"))
	}
	work, err := r.workOf(within, changes)
	if err != nil {
		return err
	}
	do, about := r.form("do"), notices.AboutReview
	var heard []string
	var review remarks.Review
	switch do {
	case "ask":
		if heard, err = r.coauthors(); err != nil {
			return err
		}
		review, err = r.site().Remarks.Ask(r.ctx(), r.user.ID, within, work.state, r.form("text"))
	case string(remarks.Approved), string(remarks.Wanted):
		about, heard = notices.AboutVerdict, work.authors
		review, err = r.site().Remarks.Judge(r.ctx(), r.user.ID, within, r.form("state"), work.state, work.authors, remarks.Verdict(do), r.form("text"))
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

// reviewNeeded reports whether somebody else has to approve what is published here.
func (r *request) reviewNeeded() (bool, error) {
	settings, err := r.courseSettings()
	return settings[needsReview] == "true", err
}

// mayPublishAlone reports whether the person may publish without a review where one is needed: those who run the course.
func (r *request) mayPublishAlone() bool {
	return r.person.Admin || r.person.Has(people.RoleInstructor)
}

// checkReviewed refuses to publish what nobody approved where that is needed. Who runs the course may decide otherwise, and the
// history says so by the note.
func (r *request) checkReviewed(usages []key.Usage) error {
	needed, err := r.reviewNeeded()
	if err != nil || !needed || r.form("alone") != "" && r.mayPublishAlone() {
		return err
	}
	for _, usage := range usages {
		changes, err := r.authoring().Changes(r.ctx(), r.course, usage)
		if err != nil {
			return r.studioFailure(err)
		}
		if len(changes) == 0 {
			continue
		}
		work, err := r.workOf(usage, changes)
		if err != nil {
			return err
		}
		review, err := r.site().Remarks.Review(r.ctx(), usage)
		if err != nil && !errors.Is(err, remarks.ErrNotFound) {
			return err
		}
		if review.Verdict != remarks.Approved || review.State != work.state {
			return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_unreviewed"))
		}
	}
	return nil
}

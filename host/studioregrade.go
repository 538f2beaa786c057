package host

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// What a publish does to scores: they stay as they were given. Here a team lets the answers be graded again by what is published now.

// regradeOnce bounds the learners whose answers one request asks to be graded again, regradeEach their newest answers at one component.
const (
	regradeOnce = 100
	regradeEach = 20
)

// publishedPart is what the page says after a publish.
type publishedPart struct {
	Live, Back string
	// Action grades again, nil Regrade offers nothing.
	Action  string
	Regrade []regradeRow
	// After is where the next request goes on; Graded and Said tell how far it is.
	After  string
	Graded int
	Said   string
	// Rest says how much is still not published, "" for nothing.
	Rest string
}

type regradeRow struct{ Usage, Title, Learners string }

// regradable are the components at which a publish puts scores into question that can be graded again.
func (r *request) regradable(usages []key.Usage) ([]string, error) {
	var list []string
	for _, usage := range usages {
		affected, err := r.authoring().Affected(r.ctx(), r.course, usage)
		if err != nil {
			return nil, r.studioFailure(err)
		}
		for _, a := range affected {
			if text := a.Usage.String(); len(list) < maxUsages && (a.Why == authoring.WhyAnswers || a.Why == authoring.WhyWeight) && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list, nil
}

// regradeAddress is the address of the page after a publish.
func (r *request) regradeAddress(did string, usages []string, after string, graded int) string {
	values := url.Values{"did": {did}, "regrade": usages}
	if after != "" {
		values.Set("after", after)
	}
	if graded > 0 {
		values.Set("graded", strconv.Itoa(graded))
	}
	return link(r.studioPath()+"/changes", values)
}

// queryRegrades are the components that the address names.
func (r *request) queryRegrades() ([]key.Usage, error) {
	var texts []string
	for _, value := range r.Context().QueryArgs().PeekMulti("regrade") {
		texts = append(texts, string(value))
	}
	if len(texts) == 0 {
		return nil, nil
	}
	return r.ownUsages(texts)
}

// showPublished tells that something was published, and offers to grade answers again.
func (r *request) showPublished(body *publishedPart, tree *authoring.Tree) (*notice, error) {
	usages, err := r.queryRegrades()
	if err != nil {
		return nil, err
	}
	body.Graded, body.After = counted(r.Query("graded")), clip(r.Query("after"), 8000)
	for _, usage := range usages {
		learners, err := r.kernel().Scorer().Answered(r.ctx(), usage)
		if err != nil {
			return nil, err
		}
		content, err := r.authoring().Unit(r.ctx(), r.course, usage)
		if err != nil {
			return nil, r.studioFailure(err)
		}
		body.Regrade = append(body.Regrade, regradeRow{usage.String(), r.partTitle(content), r.words.T("studio.affected_learners", learners)})
	}
	if body.Graded > 0 {
		body.Said = r.words.T("studio_regrade.asked", body.Graded)
	}
	focus := r.didNotice()
	if r.Query("did") == "regraded" {
		focus = &notice{Kind: "good", Text: r.words.T("studio_regrade.done", body.Graded)}
	}
	if n := tree.Changed; n > 0 {
		body.Rest = r.words.T("studio.changes_waiting", n)
	}
	return focus, nil
}

// studioRegrade lets answers be graded again by what is published now, so many at once; the page that comes offers to go on.
func (r *request) studioRegrade() error {
	usages, err := r.ownUsages(r.formAll("usage"))
	if err != nil {
		return err
	}
	if !r.person.Staff() {
		return errNotFound
	}
	published, err := r.site().Courses.Newest(r.ctx(), r.course)
	if isNotFound(err) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	// The way back from the trail leads to whoever acted.
	if _, err := r.site().People.Remember(r.ctx(), r.user.ID, r.course.String()); err != nil {
		return err
	}
	graded, after := counted(r.form("graded")), store.Cursor(r.form("after"))
	learners := 0
	for n, usage := range usages {
		block, err := published.Find(r.ctx(), usage)
		if errors.Is(err, course.ErrNotFound) || err == nil && (block.Facts.MaxScore == nil || block.Unit == nil) {
			after = ""
			continue
		}
		if err != nil {
			return err
		}
		list, next, err := r.kernel().Scorer().AnsweredBy(r.ctx(), usage, after, regradeOnce-learners)
		if errors.Is(err, store.ErrInvalid) { // a place in another list
			return fiber.ErrBadRequest
		}
		if err != nil {
			return err
		}
		for _, learner := range list {
			did, err := r.regradeOne(published, block, learner)
			if err != nil {
				return err
			}
			graded += did
		}
		learners, after = learners+len(list), next
		left := usages[n:]
		if next == "" {
			left = usages[n+1:]
		}
		if learners >= regradeOnce && len(left) > 0 {
			return r.Redirect(r.regradeAddress("published", usageTexts(left), string(next), graded), fiber.StatusSeeOther)
		}
	}
	return r.Redirect(r.regradeAddress("regraded", nil, "", graded), fiber.StatusSeeOther)
}

func usageTexts(usages []key.Usage) []string {
	texts := make([]string, len(usages))
	for i, usage := range usages {
		texts[i] = usage.String()
	}
	return texts
}

// regradeOne asks for a learner's answers to be graded again, and tells how many these are. Asking twice asks once.
func (r *request) regradeOne(published *course.Published, block *course.Block, learner string) (int, error) {
	found, err := r.site().Record(r.ctx(), r.course, learner)
	if errors.Is(err, people.ErrNotFound) { // who left, or was erased
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	history, _, err := r.kernel().Scorer().Submissions(r.ctx(), learner, block.Usage.String(), "", regradeEach)
	if err != nil {
		return 0, err
	}
	graded := 0
	for i := range slices.Backward(history) {
		_, err := r.kernel().Act(r.ctx(), r.person, found.Person, published, block, kernel.Act{
			ID: store.ID("regrade", strconv.Itoa(published.Head.Number), history[i].ID, r.words.Language), Kind: kernel.ActRescore,
			Submission: history[i].ID, Reason: r.words.T("studio_regrade.reason"),
		})
		if len(kernel.ActProblems(err)) > 0 { // it waits for a grade as it is, or was taken away
			continue
		}
		if err != nil {
			return graded, err
		}
		graded++
	}
	return graded, nil
}

package host

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// closedBody says why something is not open, and what leads on.
type closedBody struct {
	Text string
	// Link leads to what has to be done first, "" for nothing.
	Link string
}

// needed says what has to be done first. Work that the person must not know of is not named.
func (r *request) needed(need *access.Need) string {
	if need.Course.Org != "" {
		title := need.Course.String()
		if before, err := r.site().Courses.Published(r.ctx(), need.Course); err == nil {
			title = before.Run.Title
		}
		return r.words.T("why.prereq_course", title)
	}
	if need.Subsection == nil || !access.Listing(r.person, r.published, need.Subsection.Block, r.now()).Allowed {
		return r.words.T("why." + wire.WhyPrereq)
	}
	title, score, done := need.Subsection.Title(), r.words.Percent(need.Score/100), r.words.Percent(need.Completion/100)
	switch {
	case need.Completion == 0:
		return r.words.T("why.prereq_score", title, score)
	case need.Score == 0:
		return r.words.T("why.prereq_done", title, done)
	}
	return r.words.T("why.prereq_both", title, score, done)
}

// whyLink leads to what a closed gate asks for, "" where nothing can be done.
func (r *request) whyLink(verdict access.Verdict) string {
	need := &verdict.Need
	switch {
	case verdict.Why != wire.WhyPrereq:
		return ""
	case need.Course.Org != "":
		return "/courses/" + need.Course.String() + "/about"
	case need.Subsection == nil || !access.Listing(r.person, r.published, need.Subsection.Block, r.now()).Allowed:
		return ""
	}
	return r.unitLink(need.Subsection.Block)
}

// timer is the learner's own time as it runs down.
type timer struct {
	Ends *instant
	// Seconds are left, by this server's clock.
	Seconds int
	// End is where it is handed in early, "" for who only looks on.
	End string
}

// timer is the time that runs at a unit, nil for none.
func (r *request) timer(unit *course.Block) *timer {
	ends := access.Ends(r.person, unit)
	if ends.IsZero() || !r.now().Before(ends) {
		return nil
	}
	t := &timer{Ends: r.instant(ends), Seconds: int(ends.Sub(r.now()).Seconds()) + 1}
	if !r.person.ReadOnly {
		t.End = r.timedLink(unit.Subsection.Block) + "/end"
	}
	return t
}

func (r *request) timedLink(sub *course.Block) string {
	return "/courses/" + r.course.String() + "/timed/" + r.published.Name(sub)
}

// timedBody is the page before and after a timed subsection.
type timedBody struct {
	// Minutes says how long it takes; "" once it is over.
	Minutes string
	// Due is its date, Cut says that it comes before the time would be over.
	Due      *instant
	Cut      bool
	Practice bool
	// Begin is where it is started, "" for who only looks on.
	Begin string
	// Over says that it is over, and why; Review from when it can be looked at.
	Over, Review string
}

// showTimed says what a timed subsection is before it is started, and what became of it once it is over.
func (r *request) showTimed(sub *course.Block, verdict access.Verdict) error {
	body := &timedBody{Practice: sub.Settings.Practice}
	if due := access.Due(r.person, sub); !due.IsZero() {
		body.Due = r.instant(due)
	}
	if verdict.Why == wire.WhyTimeUp {
		body.Over = r.words.T("timed.over")
		if !r.person.Timed[sub.Usage.String()].Ended.IsZero() {
			body.Over = r.words.T("timed.ended")
		}
		if !verdict.Changes.IsZero() {
			body.Review = r.words.T("timed.review", verdict.Changes)
		}
	}
	if body.Over == "" || body.Practice {
		left := access.TimeLeft(r.person, sub, r.now())
		body.Minutes = r.words.T("timed.minutes", max(1, int(left/time.Minute)))
		body.Cut = left < access.Limit(sub)
		if !r.person.ReadOnly {
			body.Begin = r.timedLink(sub) + "/begin"
		}
	}
	return r.show("timed.html", page{Title: sub.Title(), Course: r.coursePart(""), Body: body})
}

// timedNamed finds the timed subsection that the address names, and whether it is open.
func (r *request) timedNamed() (*course.Block, access.Verdict, error) {
	if err := r.outsider(); err != nil {
		return nil, access.Verdict{}, err
	}
	sub, err := r.published.FindID(r.ctx(), r.param("id"))
	if err != nil && !isNotFound(err) {
		return nil, access.Verdict{}, err
	}
	if err != nil || sub.Subsection == nil || sub.Subsection.Block != sub || access.Limit(sub) == 0 || !r.person.Enrolled {
		return nil, access.Verdict{}, errNotFound
	}
	verdict := access.Content(r.person, r.published, sub, r.now())
	switch {
	case verdict.Hidden:
		return nil, verdict, errNotFound
	case r.person.ReadOnly:
		return nil, verdict, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	return sub, verdict, nil
}

// beginTimed starts the learner's time, once: whoever presses again, or in another window, goes on.
func (r *request) beginTimed() error {
	sub, verdict, err := r.timedNamed()
	if err != nil {
		return err
	}
	switch limit := access.Limit(sub); {
	case verdict.Allowed:
	case verdict.Why == wire.WhyTimed:
		_, err = r.site().Allowances.Begin(r.ctx(), r.course, r.person.Learner, sub.Usage, limit)
	case verdict.Why == wire.WhyTimeUp && sub.Settings.Practice:
		_, err = r.site().Allowances.BeginAgain(r.ctx(), r.course, r.person.Learner, sub.Usage, limit)
	case verdict.Why == wire.WhyTimeUp:
	default:
		err = wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", verdict.Why)
	}
	if err != nil {
		return err
	}
	return r.toTimed(sub)
}

// endTimed hands a timed subsection in.
func (r *request) endTimed() error {
	sub, verdict, err := r.timedNamed()
	if err != nil {
		return err
	}
	if ends := access.Ends(r.person, sub); verdict.Allowed && r.now().Before(ends) {
		if _, err := r.site().Allowances.End(r.ctx(), r.course, r.person.Learner, sub.Usage); err != nil {
			return err
		}
	}
	return r.toTimed(sub)
}

// toTimed leads to the first unit that the learner may know of: it shows itself, or where the time stands.
func (r *request) toTimed(sub *course.Block) error {
	for _, unit := range sub.Children {
		if !access.Content(r.person, r.published, unit, r.now()).Hidden {
			return r.Redirect(r.unitLink(unit), fiber.StatusSeeOther)
		}
	}
	return r.Redirect("/courses/"+r.course.String(), fiber.StatusSeeOther)
}

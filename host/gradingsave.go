package host

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func wire2time(milliseconds int64) time.Time { return time.UnixMilli(milliseconds).UTC() }

// actOnGrading does what one of the page's buttons says.
func (r *request) actOnGrading() error {
	it, err := r.handedIn()
	if err != nil {
		return err
	}
	q := r.gradingQuery()
	switch r.form("act") {
	case "skip":
		if err := r.site().Claims.Release(r.ctx(), it.ID, r.person.Learner); err != nil {
			return err
		}
		return r.toNext(&q, it.ID, "")
	case "take":
		if _, err := r.claim(&it.ByHand, true); err != nil {
			return err
		}
		return r.Redirect(q.link(r.gradingPath()+"/"+it.ID), fiber.StatusSeeOther)
	case "undo":
		return r.undoMark(&q, it)
	case "save", "next":
		return r.saveMark(&q, it)
	}
	return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%s", r.words.T("error.stale_form"))
}

// saveMark gives what was filled in. Where something is missing, or somebody else was faster, the form comes back as it was.
func (r *request) saveMark(q *gradingQuery, it *toGrade) error {
	id := r.form("request")
	if !requestIDPattern.MatchString(id) {
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%s", r.words.T("error.stale_form"))
	}
	if err := r.look(it); err != nil {
		return err
	}
	form := formOfMarking(r, it)
	mark, wrong := form.read(r, it)
	if wrong > 0 {
		return r.showGradingOne(fiber.StatusUnprocessableEntity, it, form, &notice{Kind: "bad", Text: r.words.T("form.problems", wrong)}, false)
	}
	found, err := r.recordOf(it)
	if err != nil {
		return err
	}
	if _, err := r.site().People.Remember(r.ctx(), r.user.ID, r.course.String()); err != nil {
		return err
	}
	act := kernel.Act{ID: id, Kind: kernel.ActMark, Submission: it.ID, Mark: mark}
	act.Seen, _ = strconv.Atoi(r.form("seen"))
	if form.Plain {
		act = kernel.Act{ID: id, Kind: kernel.ActOverride, Earned: mark.Points, Reason: mark.Comment}
	}
	done, err := r.kernel().Act(r.ctx(), r.person, found.Person, r.published, it.block, act)
	problems := kernel.ActProblems(err)
	if slices.ContainsFunc(problems, func(p *kernel.ActProblem) bool { return p.Code == kernel.ActStale }) {
		return r.staleMark(it)
	}
	for _, problem := range problems {
		switch problem.Field {
		case "comment", "reason":
			form.CommentErr = r.words.T("grading.wrong_comment")
		default:
			form.PointsError = r.words.T("grading.cannot")
		}
	}
	if len(problems) > 0 {
		return r.showGradingOne(fiber.StatusUnprocessableEntity, it, form, &notice{Kind: "bad", Text: r.words.T("form.problems", len(problems))}, false)
	}
	if err != nil {
		return err
	}
	if err := r.site().Claims.Release(r.ctx(), it.ID, r.person.Learner); err != nil {
		return err
	}
	more := "done=" + done + "&of=" + it.ID
	if r.form("act") == "next" {
		return r.toNext(q, it.ID, more)
	}
	address := q.link(r.gradingPath() + "/" + it.ID)
	return r.Redirect(address+map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")]+more, fiber.StatusSeeOther)
}

// staleMark shows both: what somebody else gave meanwhile, and what the reader filled in, which can be saved after all.
func (r *request) staleMark(it *toGrade) error {
	if err := r.look(it); err != nil { // what stands now
		return err
	}
	form := formOfMarking(r, it)
	form.read(r, it)
	return r.showGradingOne(fiber.StatusConflict, it, form, &notice{Kind: "warn", Text: r.words.T("grading.stale")}, true)
}

// read takes what was filled in, and says beside each input what is wrong with it.
func (f *gradingForm) read(r *request, it *toGrade) (mark *wire.Mark, wrong int) {
	mark = &wire.Mark{Comment: strings.TrimSpace(strings.ReplaceAll(clip(r.form("comment"), 8*wire.MaxComment), "\r\n", "\n"))}
	f.Comment = mark.Comment
	for i := range f.Criteria {
		c := &f.Criteria[i]
		value := r.form(c.Name)
		at := slices.IndexFunc(c.Options, func(o gradingOption) bool { return o.Value == value })
		if at < 0 {
			c.Error = r.words.T("grading.choose")
			wrong++
			continue
		}
		c.Options[at].Chosen = true
		if mark.Chosen == nil {
			mark.Chosen = map[string]string{}
		}
		mark.Chosen[it.Marking.Criteria[i].ID] = value
		mark.Points += it.Marking.Criteria[i].Options[at].Points
	}
	if f.ByPoints {
		f.Points = clip(r.form("points"), 40)
		most := kernel.Worth(it.block)
		if it.Marking != nil {
			most = it.Marking.Points
		}
		if mark.Points = pointsOf(f.Points, most); math.IsNaN(mark.Points) || mark.Points < 0 || mark.Points > most {
			f.PointsError = r.words.T("record.error_score", r.words.Points(most))
			wrong++
		}
	}
	if f.Plain && mark.Comment == "" {
		f.CommentErr = r.words.T("record.say_error_reason_required")
		wrong++
	}
	return mark, wrong
}

// undoMark takes back what was given last, and goes to the submission.
func (r *request) undoMark(q *gradingQuery, it *toGrade) error {
	id := r.form("request")
	if !requestIDPattern.MatchString(id) || !requestIDPattern.MatchString(r.form("undoes")) {
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%s", r.words.T("error.stale_form"))
	}
	found, err := r.recordOf(it)
	if err != nil {
		return err
	}
	_, err = r.kernel().Act(r.ctx(), r.person, found.Person, r.published, it.block, kernel.Act{ID: id, Kind: kernel.ActUndo, Undoes: r.form("undoes")})
	if len(kernel.ActProblems(err)) > 0 { // somebody has graded it again since
		if err := r.look(it); err != nil {
			return err
		}
		form := formOfMarking(r, it)
		if mark := newestMark(it.Evidence); mark != nil {
			form.fill(r, it, mark)
		}
		return r.showGradingOne(fiber.StatusConflict, it, form, &notice{Kind: "warn", Text: r.words.T("grading.no_undo")}, false)
	}
	if err != nil {
		return err
	}
	if _, err := r.claim(&it.ByHand, false); err != nil {
		return err
	}
	return r.Redirect(q.link(r.gradingPath()+"/"+it.ID), fiber.StatusSeeOther)
}

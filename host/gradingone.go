package host

import (
	"encoding/json"
	"errors"
	"html/template"
	"path"
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// submissionPattern is what a submission is called in addresses.
var submissionPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// toGrade is the submission that an address names, with all that its page needs.
type toGrade struct {
	scoring.ByHand
	submission scoring.Submission
	block      *course.Block
	*kernel.ToMark
}

// graded finds the submission that the address names, of the address's course alone.
func (r *request) handedIn() (*toGrade, error) {
	id := r.param("submission")
	if !submissionPattern.MatchString(id) {
		return nil, errNotFound
	}
	submission, err := r.kernel().Scorer().Submission(r.ctx(), id)
	if errors.Is(err, store.ErrNotFound) || err == nil && submission.Run != r.course.String() {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	out := &toGrade{submission: *submission}
	if out.block, err = r.blockNamed(submission.Usage); err != nil {
		return nil, err
	}
	if out.block.Unit == nil || out.block.Facts.MaxScore == nil {
		return nil, errNotFound
	}
	delivery, err := r.kernel().Scorer().Delivery(r.ctx(), id)
	if err != nil {
		return nil, err
	}
	out.ByHand = scoring.ByHand{ID: id, Learner: submission.Learner, Usage: submission.Usage, At: submission.At, Pending: delivery.State == scoring.StatePending}
	return out, nil
}

// look asks the block for its view.
func (r *request) look(it *toGrade) error {
	staff := *r.person
	staff.Locale, staff.Zone = r.words.Language, r.words.Zone.String()
	var err error
	it.ToMark, err = r.kernel().ToMark(r.ctx(), &staff, it.block, it.ID, &it.submission)
	return err
}

// gradingOneBody is the page of one submission.
type gradingOneBody struct {
	Action, ClaimAction, Queue string
	// Previous and Next are its neighbours in the list, "" for none.
	Previous, Next       string
	Title, Section, Left string
	Who, Record          string
	At                   *instant
	Attempt              string
	Anonymous            bool
	// Mine says that the reader holds the claim; Taken by whom and until when somebody else does, "" for nobody.
	Mine  bool
	Taken string
	Files []gradingFile
	// View is the block's own, Frame the address of the frame that holds it; without either, Answer says it in words.
	View   template.HTML
	Frame  string
	Styles []string
	Answer recordSubmission
	Form   gradingForm
	// Marks are what graders gave before, the newest first; Theirs is the one that came while the reader graded.
	Marks  []gradingMark
	Theirs *gradingMark
	// Trouble says that the block could not show it.
	Trouble string
	gradingDone
}

// gradingDone says what was just done; Undo is the act that can be taken back, UndoAction where.
type gradingDone struct{ Done, Undo, UndoAction string }

func (r *request) gradingDone(q *gradingQuery) gradingDone {
	act, of := r.Query("done"), r.Query("of")
	if !requestIDPattern.MatchString(act) || !submissionPattern.MatchString(of) {
		return gradingDone{}
	}
	return gradingDone{r.words.T("grading.saved"), act, q.link(r.gradingPath() + "/" + of)}
}

type gradingFile struct{ Name, Link, Size string }

// gradingForm is what a grader fills in.
type gradingForm struct {
	Seen     int
	Criteria []gradingCriterion
	// Points are typed where there is no rubric; Most is what there is to get.
	ByPoints            bool
	Points, PointsError string
	Most                string
	Comment, CommentErr string
	// Plain says that the block takes no marks: staff's points stand for the score, and the comment is their reason.
	Plain bool
}

type gradingCriterion struct {
	Name, Title, Help, Error, Most string
	Options                        []gradingOption
}

type gradingOption struct {
	Value, Title, Help, Points string
	Key                        int
	Chosen                     bool
}

// gradingMark is one earlier mark in words.
type gradingMark struct {
	By      string
	At      *instant
	Chosen  []recordFact
	Points  string
	Comment string
	Taken   bool // taken back
}

func (r *request) gradeOne() error {
	it, err := r.handedIn()
	if err != nil {
		return err
	}
	if err := r.look(it); err != nil {
		return err
	}
	form := formOfMarking(r, it)
	if mark := newestMark(it.Evidence); mark != nil {
		form.fill(r, it, mark)
	}
	return r.showGradingOne(fiber.StatusOK, it, form, nil, false)
}

func newestMark(evidence []wire.Evidence) *wire.Mark {
	if len(evidence) == 0 {
		return nil
	}
	var mark wire.Mark
	if json.Unmarshal(evidence[len(evidence)-1].Data, &mark) != nil || mark.Withdrawn {
		return nil // another block's evidence is its own
	}
	return &mark
}

// formOfMarking is the empty form.
func formOfMarking(r *request, it *toGrade) gradingForm {
	form := gradingForm{Seen: len(it.Evidence)}
	if it.Marking == nil {
		form.Plain, form.ByPoints, form.Most = true, true, r.words.Points(kernel.Worth(it.block))
		return form
	}
	form.Most, form.ByPoints = r.words.Points(it.Marking.Points), len(it.Marking.Criteria) == 0
	for i := range it.Marking.Criteria {
		c := &it.Marking.Criteria[i]
		row, most := gradingCriterion{Name: "c" + strconv.Itoa(i), Title: c.Title, Help: c.Help}, 0.0
		for n, o := range c.Options {
			most = max(most, o.Points)
			option := gradingOption{Value: o.ID, Title: o.Title, Help: o.Help, Points: r.words.T("grading.points", r.words.Points(o.Points), plural(o.Points))}
			if n < 9 {
				option.Key = n + 1
			}
			row.Options = append(row.Options, option)
		}
		row.Most = r.words.T("grading.points", r.words.Points(most), plural(most))
		form.Criteria = append(form.Criteria, row)
	}
	return form
}

// fill puts a mark into the form.
func (f *gradingForm) fill(r *request, it *toGrade, mark *wire.Mark) {
	f.Comment = mark.Comment
	if f.ByPoints {
		f.Points = r.words.Points(mark.Points)
	}
	for i := range f.Criteria {
		for n := range f.Criteria[i].Options {
			o := &f.Criteria[i].Options[n]
			o.Chosen = it.Marking != nil && mark.Chosen[it.Marking.Criteria[i].ID] == o.Value
		}
	}
}

// showGradingOne shows the page with a form, which may have been refused; stale says that somebody else has graded it meanwhile.
func (r *request) showGradingOne(status int, it *toGrade, form gradingForm, focus *notice, stale bool) error {
	q, people := r.gradingQuery(), r.roster()
	address := r.gradingPath() + "/" + it.ID
	body := &gradingOneBody{
		Action: q.link(address), ClaimAction: address + "/claim", Queue: q.link(r.gradingPath()), Title: r.blockTitle(it.block), Section: sectionOf(it.block).Title(),
		Who: alias(r, it.ID), At: r.instant(it.At), Attempt: r.words.T("record.attempt", it.submission.Attempt), Anonymous: q.anonymous, Form: form,
	}
	if !q.anonymous {
		who, err := people.find(it.Learner)
		if err != nil {
			return err
		}
		body.Who, body.Record = who.name, r.problemRecordLink(it.Learner, it.Usage)
	}
	if err := r.neighbours(&q, it, body, people); err != nil {
		return err
	}
	if err := r.gradingMarks(it, body, people, stale); err != nil {
		return err
	}
	r.gradingFiles(&q, it, body)
	r.gradingView(it, body, address)
	body.gradingDone = r.gradingDone(&q)
	return r.showStaffPage(status, "gradingone.html", "grading", page{Title: r.words.T("grading.one", r.blockTitle(it.block)), Bundle: "grading", Focus: focus}, body)
}

// neighbours fills in the way to the next and the previous, and who is at it.
func (r *request) neighbours(q *gradingQuery, it *toGrade, body *gradingOneBody, people *roster) error {
	list, _, err := r.handIns()
	if err != nil {
		return err
	}
	for i := range list {
		claim := list[i].claim
		if list[i].ID != it.ID || claim == nil {
			continue
		}
		if body.Mine = claim.By == r.person.Learner; !body.Mine {
			grader, err := people.find(claim.By)
			if err != nil {
				return err
			}
			body.Taken = r.words.T("grading.taken_until", grader.name, r.words.Time(claim.Until))
		}
	}
	if list, err = q.choose(list, people); err != nil {
		return err
	}
	waiting, at := 0, -1
	for i := range list {
		if list[i].Pending {
			waiting++
		}
		if list[i].ID == it.ID {
			at = i
		}
	}
	body.Left = r.words.T("grading.left", waiting)
	if at > 0 {
		body.Previous = q.link(r.gradingPath() + "/" + list[at-1].ID)
	}
	if at+1 < len(list) {
		body.Next = q.link(r.gradingPath() + "/" + list[at+1].ID)
	}
	return nil
}

// gradingMarks says what graders gave before.
func (r *request) gradingMarks(it *toGrade, body *gradingOneBody, people *roster, stale bool) error {
	for i := len(it.Evidence) - 1; i >= 0; i-- {
		var mark wire.Mark
		if json.Unmarshal(it.Evidence[i].Data, &mark) != nil {
			continue // another block's evidence is its own
		}
		grader, err := people.find(it.Evidence[i].From)
		if err != nil {
			return err
		}
		one := gradingMark{By: grader.name, At: r.instant(wire2time(it.Evidence[i].At)), Comment: mark.Comment, Taken: mark.Withdrawn}
		if !mark.Withdrawn && it.Marking != nil {
			one.Points = r.points(mark.Points, it.Marking.Points)
			for n := range it.Marking.Criteria {
				c := &it.Marking.Criteria[n]
				for _, o := range c.Options {
					if mark.Chosen[c.ID] == o.ID {
						one.Chosen = append(one.Chosen, recordFact{c.Title, o.Title})
					}
				}
			}
		}
		body.Marks = append(body.Marks, one)
	}
	if stale && len(body.Marks) > 0 {
		body.Theirs = &body.Marks[0]
	}
	return nil
}

func (r *request) gradingFiles(q *gradingQuery, it *toGrade, body *gradingOneBody) {
	for i := range it.submission.Files {
		file := &it.submission.Files[i]
		body.Files = append(body.Files, gradingFile{
			Name: fileName(r, q, it, i), Link: q.link(r.gradingPath() + "/" + it.ID + "/files/" + file.Hash), Size: r.words.Bytes(file.Size),
		})
	}
}

// fileName is what a file is called: without names a number, since people write theirs into those of files.
func fileName(r *request, q *gradingQuery, it *toGrade, i int) string {
	name := it.submission.Files[i].Name
	if q.anonymous {
		return files.CleanName(r.words.T("grading.file", i+1) + path.Ext(name))
	}
	return name
}

// gradingView fills in what the block shows of it, or its answer in words.
func (r *request) gradingView(it *toGrade, body *gradingOneBody, address string) {
	switch shown := it.Shown; {
	case shown == nil || shown.Rendered == nil:
		r.readable(&body.Answer, &it.submission, nil)
	case !shown.Inline:
		body.Frame = address + "/frame"
	default:
		body.View = template.HTML(r.fill(shown, &blockPart{ID: r.elementID(it.block)}))
		for _, name := range shown.Styles {
			body.Styles = addOnce(body.Styles, assetAddress(shown.Version, name))
		}
	}
}

// gradingFrame serves the view of a block that is no part of the binary, in a document without rights.
func (r *request) gradingFrame() error {
	it, err := r.handedIn()
	if err != nil {
		return err
	}
	if err := r.look(it); err != nil {
		return err
	}
	if it.Shown.Rendered == nil {
		return errNotFound
	}
	return r.sendFramed(it.Shown)
}

// gradingFile gives a file of the submission to who grades it, to be saved.
func (r *request) gradingFile() error {
	it, err := r.handedIn()
	if err != nil {
		return err
	}
	q := r.gradingQuery()
	for i := range it.submission.Files {
		if file := &it.submission.Files[i]; file.Hash == r.param("hash") {
			return r.sendUpload(file.Hash, fileName(r, &q, it, i), file.Type, file.Size)
		}
	}
	return errNotFound
}

// keepClaim renews the reader's claim while the page is open, or takes it where nobody holds it.
func (r *request) keepClaim() error {
	it, err := r.handedIn()
	if err != nil {
		return err
	}
	held, err := r.claim(&it.ByHand, false)
	if err != nil {
		return err
	}
	if held.By == r.person.Learner {
		return r.data(fiber.StatusOK, fiber.Map{"mine": true, "text": r.words.T("grading.yours")})
	}
	grader, err := r.roster().find(held.By)
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{"mine": false, "text": r.words.T("grading.taken_until", grader.name, r.words.Time(held.Until))})
}

// recordOf finds whose submission it is.
func (r *request) recordOf(it *toGrade) (*site.Record, error) {
	found, err := r.site().Record(r.ctx(), r.course, it.Learner)
	if errors.Is(err, people.ErrNotFound) {
		return nil, errNotFound
	}
	return found, err
}

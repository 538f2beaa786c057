package host

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// actForm is what staff typed, with what is wrong with it by input.
type actForm struct {
	// Kind is which form it was, Submission which answer it was about.
	Kind, Submission     string
	Score, Tries, Reason string
	Higher               bool
	Errors               map[string]string
}

// actPart is the form of one act.
type actPart struct {
	W             *words.Reader
	Token, Action string
	Kind          string
	// Submission is the answer that the act is about, "" for the problem as a whole.
	Submission string
	// Open unfolds a form that was refused; Message is what is wrong with it as a whole.
	Open    bool
	Message string
	Inputs  []actInput
	// Higher offers to keep a score that would become smaller.
	Higher, Checked bool
}

type actInput struct {
	ID, Name, Label, Help, Value, Error string
	Number                              bool
}

// actOf makes the form of an act for the page of a problem's record.
func actOf(p page, kind, submission string) (actPart, error) {
	staff, ok := p.Body.(*staffBody)
	if !ok {
		return actPart{}, errors.New("an act's form stands on a page of staff")
	}
	body, ok := staff.It.(*problemRecordBody)
	if !ok {
		return actPart{}, errors.New("an act's form stands on a problem's record")
	}
	part := actPart{
		W: p.W, Token: p.Token, Action: body.Action, Kind: kind, Submission: submission, Higher: kind == "rescore", Checked: true,
	}
	words, sent := p.W, actForm{}
	if body.Form.Kind == kind && body.Form.Submission == submission {
		sent = body.Form
		part.Open, part.Checked, part.Message = true, sent.Higher, sent.Errors["submission"]
	}
	input := func(name, label, help, value string, number bool) {
		id := kind + "-" + name
		if submission != "" {
			id += "-" + submission
		}
		part.Inputs = append(part.Inputs, actInput{
			ID: id, Name: name, Label: label, Help: help, Value: value, Error: sent.Errors[name], Number: number,
		})
	}
	switch kind {
	case "override":
		input("score", words.T("record.points_of", body.Worth), words.T("record.points_help"), sent.Score, true)
	case "grant":
		tries := sent.Tries
		if !part.Open {
			tries = "1"
		}
		input("tries", words.T("record.how_many"), "", tries, true)
	}
	help := words.T("record.reason_staff")
	switch kind {
	case "override":
		help = words.T("record.reason_shown")
	case "grant", "reset":
		help = words.T("record.reason_free")
	}
	input("reason", words.T("record.reason"), help, sent.Reason, false)
	return part, nil
}

// actKinds are the acts that the page's forms send.
var actKinds = map[string]kernel.ActKind{
	"reset": kernel.ActReset, "delete": kernel.ActDelete, "grant": kernel.ActGrant, "rescore": kernel.ActRescore, "retry": kernel.ActRetry,
	"override": kernel.ActOverride, "unset": kernel.ActUnset, "undo": kernel.ActUndo,
}

// actOnRecord does one thing to a learner at a problem.
func (r *request) actOnRecord() error {
	found, block, err := r.recordedProblem()
	if err != nil {
		return err
	}
	kind, known := actKinds[r.form("act")]
	id := r.form("request")
	if !known || !requestIDPattern.MatchString(id) {
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%s", r.words.T("error.stale_form"))
	}
	form := actForm{
		Kind: string(kind), Submission: r.form("submission"), Score: r.form("score"), Tries: r.form("tries"), Reason: r.form("reason"),
		Higher: r.form("higher") != "", Errors: map[string]string{},
	}
	act := kernel.Act{
		ID: id, Kind: kind, Reason: form.Reason, Submission: form.Submission, OnlyHigher: form.Higher, Undoes: r.form("undoes"),
	}
	worth := kernel.Worth(block)
	if kind == kernel.ActOverride {
		act.Earned = pointsOf(form.Score, worth)
	}
	if kind == kernel.ActGrant {
		act.Tries, _ = typedNumber(form.Tries) // what is none is refused beside the field
	}
	// The way back from the trail leads to whoever acted.
	if _, err := r.site().People.Remember(r.ctx(), r.user.ID, r.course.String()); err != nil {
		return err
	}
	done, err := r.kernel().Act(r.ctx(), r.person, found.Person, r.published, block, act)
	for _, problem := range kernel.ActProblems(err) {
		form.Errors[problem.Field] = r.actProblemText(problem, worth)
	}
	if len(form.Errors) > 0 {
		return r.showProblemRecord(fiber.StatusUnprocessableEntity, found, block, form)
	}
	if err != nil {
		return err
	}
	if r.form("back") == "ungraded" {
		return r.Redirect("/courses/"+r.course.String()+"/staff/ungraded?tried=1", fiber.StatusSeeOther)
	}
	return r.Redirect(r.problemRecordLink(found.Member.Pseudonym, block.Usage.String())+"?done="+done, fiber.StatusSeeOther)
}

// pointsOf reads points, or a part of what there is to get with a percent sign. What is neither is NaN, which is refused.
func pointsOf(text string, worth float64) float64 {
	text = strings.TrimSpace(text)
	text, percent := strings.CutSuffix(text, "%")
	points, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	if percent {
		return points / 100 * worth
	}
	return points
}

// actProblemText says what is wrong with an act, in the reader's words.
func (r *request) actProblemText(problem *kernel.ActProblem, worth float64) string {
	switch problem.Field {
	case "score":
		return r.words.T("record.error_score", r.words.Points(worth))
	case "tries":
		return r.words.T("record.error_tries", kernel.MaxGranted)
	case "reason":
		return r.words.T("record.say_error_reason_"+problem.Code, kernel.MaxReason)
	}
	return r.words.T("record.say_error_" + problem.Field + "_" + problem.Code)
}

// sheetSubmissions bounds how many submissions one sheet holds, the newest.
const sheetSubmissions = 5000

// submissionSheet gives a learner's submissions to a problem as a table: a row for each.
func (r *request) submissionSheet() error {
	found, block, err := r.recordedProblem()
	if err != nil {
		return err
	}
	learner, usage := found.Member.Pseudonym, block.Usage.String()
	name := "submissions-" + found.User.Username + "-" + block.Usage.ID
	return r.sendSheet(name, func(w *sheet.Writer) error {
		err := w.Write("number", "attempt", "submitted", "state", "outcome", "earned", "possible", "verdicts", "answers", "submission", "content", "artifact", "seed")
		if err != nil {
			return err
		}
		rows, after := 0, store.Cursor("")
		for {
			history, next, err := r.kernel().Scorer().Submissions(r.ctx(), learner, usage, after, 200)
			if err != nil {
				return err
			}
			for i := range history {
				if err := w.Write(r.submissionCells(&history[i])...); err != nil {
					return err
				}
			}
			rows += len(history)
			if after = next; after == "" || rows >= sheetSubmissions {
				return nil
			}
		}
	})
}

func (r *request) submissionCells(h *scoring.History) []string {
	s := &h.Submission
	outcome, earned, possible := "", "", ""
	if n := len(h.Verdicts); n > 0 {
		if verdict, err := r.kernel().Scorer().Verdict(r.ctx(), h.ID, h.Verdicts[n-1].Number); err == nil && verdict != nil {
			outcome = string(verdict.Outcome)
			if verdict.Outcome == wire.OutcomeScored {
				earned, possible = number(verdict.Earned), number(verdict.Possible)
			}
		}
	}
	return []string{
		strconv.Itoa(s.Sequence), strconv.Itoa(s.Attempt), stamp(s.At), string(h.Delivery.State), outcome, earned, possible,
		strconv.Itoa(len(h.Verdicts)), s.Answers, h.ID, s.Content, s.Artifact, strconv.Itoa(s.Seed),
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// ungradedBody lists what could not be graded.
type ungradedBody struct {
	Rows []ungradedRow
	// More leads to further ones, "" where there are none.
	More string
}

type ungradedRow struct {
	Learner, LearnerLink string
	Problem, Link        string
	Action, Submission   string
	Request              string
	Since                *instant
	Why                  string
}

// ungradedShown is how many answers the list shows at once.
const ungradedShown = 50

// ungraded lists a course's answers that could not be graded, with the way to try again.
func (r *request) ungraded() error {
	after := store.Cursor(r.Query("after"))
	list, next, err := r.kernel().Scorer().Failed(r.ctx(), r.course.String(), after, ungradedShown)
	if err != nil && after != "" { // an address that somebody changed
		return errNotFound
	}
	if err != nil {
		return err
	}
	body, names := &ungradedBody{}, r.names()
	if next != "" {
		body.More = "/courses/" + r.course.String() + "/staff/ungraded?after=" + string(next)
	}
	for i := range list {
		d := &list[i].Body
		row := ungradedRow{
			Problem: r.titleOf(d.Usage), Action: r.problemRecordLink(d.Learner, d.Usage), Submission: list[i].ID, Request: newRequestID(),
			LearnerLink: r.recordLink(d.Learner), Since: r.instant(d.At), Why: d.Failure,
		}
		row.Link = row.Action
		if row.Learner, err = names(d.Learner); err != nil {
			return err
		}
		body.Rows = append(body.Rows, row)
	}
	var focus *notice
	if r.Query("tried") != "" {
		focus = &notice{Kind: "good", Text: r.words.T("record.tried")}
	}
	return r.showStaffStatus(fiber.StatusOK, "ungraded.html", "overview", r.words.T("record.ungraded"), body, focus)
}

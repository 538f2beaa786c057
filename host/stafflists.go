package host

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	recentLists = 10
	linesPage   = 200
)

func (r *request) listPath(id string) string { return r.staffPath() + "/lists/" + id }

func (r *request) listTitle(l *lists.List) string {
	return r.words.T("list.title_"+string(l.Kind), l.Lines)
}

// listBody is a list's page.
type listBody struct {
	Path, State, Back string
	// Works says that the list is being worked on: Percent of it is, and Progress says so in words.
	Works, Ready, Done bool
	Percent            int
	Progress           string
	Totals             []totalPart
	// Start is the text of the button that does it, "" where there is nothing to do; Help says what comes of it.
	Start, Help string
	// Undo is the button that takes it back, "" when that is too late; UndoUntil says until when.
	Undo      string
	UndoUntil *instant
	Rows      []linePart
	Next, All string
	Mails     string
}

type totalPart struct {
	Text, Link string
	Refused    bool
	Current    bool
}

type linePart struct {
	Line                        int
	Typed, Mode, Cohort, Result string
	Refused                     bool
	Mail                        string
}

// list finds the list that the address names, of the address's course alone.
func (r *request) list() (lists.List, error) {
	list, err := r.site().Lists.Get(r.ctx(), r.course.String(), r.param("list"))
	if errors.Is(err, lists.ErrNotFound) {
		err = errNotFound
	}
	return list, err
}

func (r *request) listPage() error {
	list, err := r.list()
	if err != nil {
		return err
	}
	return r.showList(fiber.StatusOK, &list, nil)
}

func (r *request) showList(status int, list *lists.List, focus *notice) error {
	body := &listBody{
		Path: r.listPath(list.ID), State: r.words.T("list.state_" + string(list.State)), Back: r.staffPath() + "/enrol", Works: list.State.Works(),
		Ready: list.State == lists.Ready, Done: list.State == lists.Done,
	}
	if list.Kind == lists.Cohort || list.Kind == lists.Draw {
		body.Back = r.staffPath() + "/cohorts"
	}
	body.Percent, body.Progress = r.listProgress(list)
	result := lists.Result(clip(r.Query("result"), 40))
	work := 0
	for _, possible := range listResults {
		n := list.Totals[possible]
		if n == 0 {
			continue
		}
		if changing[possible] {
			work += n
		}
		body.Totals = append(body.Totals, totalPart{
			r.words.T("list.count_"+string(possible), n), body.Path + "?result=" + string(possible), possible.Refused(), possible == result,
		})
	}
	if result != "" {
		body.All = body.Path
	}
	if body.Ready {
		body.Help = r.words.T("list.nothing_to_do")
		if work > 0 {
			body.Start, body.Help = r.words.T("list.start_"+string(list.Kind), work), r.words.T("list.nothing_yet")
		}
	}
	if body.Done && work > 0 && r.now().Before(list.UndoUntil) {
		body.Undo, body.UndoUntil = r.words.T("list.undo"), r.instant(list.UndoUntil)
	}
	if !body.Works { // half a list's results would be out of date when they are read
		if err := r.listLines(list, result, body); err != nil {
			return err
		}
	}
	return r.showStaffStatus(status, "list.html", map[bool]string{true: "cohorts", false: "enrol"}[list.Kind == lists.Cohort || list.Kind == lists.Draw], r.listTitle(list), body, focus)
}

// listResults are in the order in which a list's page counts them.
var listResults = []lists.Result{
	lists.Enrolled, lists.Invited, lists.Unenrolled, lists.Uninvited, lists.Moved, lists.Changed, lists.Undid, lists.Already, lists.NotEnrolled,
	lists.Twice, lists.Left, lists.Nothing, lists.Unknown, lists.Invalid, lists.Closed, lists.NoCohort, lists.BadMode,
}

// changing are the results that change something.
var changing = map[lists.Result]bool{
	lists.Enrolled: true, lists.Invited: true, lists.Unenrolled: true, lists.Uninvited: true, lists.Moved: true, lists.Changed: true,
}

func (r *request) listProgress(list *lists.List) (percent int, text string) {
	if list.Lines > 0 {
		percent = 100 * list.Finished / list.Lines
	}
	return percent, r.words.T("list.progress", list.Finished, list.Lines)
}

func (r *request) listLines(list *lists.List, result lists.Result, body *listBody) error {
	lines, next, err := r.site().Lists.Lines(r.ctx(), list.ID, result, linesPage, store.Cursor(clip(r.Query("after"), 8000)))
	if errors.Is(err, store.ErrInvalid) { // a place in another list
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	for i := range lines {
		line := &lines[i]
		part := linePart{Line: line.Line, Typed: line.Typed, Mode: line.Mode, Cohort: line.Cohort, Refused: line.Result.Refused()}
		if line.Result != "" {
			part.Result = r.words.T("list.result_" + string(line.Result))
		}
		if line.Mail != "" {
			part.Mail = r.words.T("list.mail_" + line.Mail)
		}
		body.Rows = append(body.Rows, part)
	}
	if next != "" {
		body.Next = body.Path + "?after=" + string(next)
		if result != "" {
			body.Next += "&result=" + string(result)
		}
	}
	return nil
}

// progressOfList is what a page that waits asks for.
func (r *request) progressOfList() error {
	list, err := r.list()
	if err != nil {
		return err
	}
	percent, text := r.listProgress(&list)
	return r.data(fiber.StatusOK, fiber.Map{"percent": percent, "text": text, "works": list.State.Works()})
}

func (r *request) startList() error { return r.turnList((*lists.Lists).Start) }

func (r *request) undoList() error { return r.turnList((*lists.Lists).Undo) }

func (r *request) turnList(turn listTurn) error {
	list, err := r.list()
	if err != nil {
		return err
	}
	_, err = turn(r.site().Lists, r.ctx(), r.course.String(), list.ID)
	if errors.Is(err, lists.ErrState) {
		return r.showList(fiber.StatusConflict, &list, &notice{Kind: "bad", Text: r.words.T("list.past")})
	}
	if err != nil {
		return err
	}
	return r.Redirect(r.listPath(list.ID), fiber.StatusSeeOther)
}

// listSheet gives every line with its result.
func (r *request) listSheet() error {
	list, err := r.list()
	if err != nil {
		return err
	}
	return r.sendSheet("list-"+list.At.UTC().Format("2006-01-02"), func(w *sheet.Writer) error {
		if err := w.Write("line", "who", "mode", "cohort", "result", "mail"); err != nil {
			return err
		}
		after := store.Cursor("")
		for {
			lines, next, err := r.site().Lists.Lines(r.ctx(), list.ID, "", store.MaxPage/10, after)
			if err != nil {
				return err
			}
			for _, line := range lines {
				if err := w.Write(strconv.Itoa(line.Line), line.Typed, line.Mode, line.Cohort, string(line.Result), line.Mail); err != nil {
					return err
				}
			}
			if after = next; next == "" {
				return nil
			}
		}
	})
}

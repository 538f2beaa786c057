package host

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// handedIn bounds how often somebody hands a list in.
var handedIn = ports.Rate{Events: 60, Period: time.Hour}

const (
	recentLists = 10
	linesPage   = 200
)

// enrolBody is the page where lists are handed in.
type enrolBody struct {
	Action, Invitations string
	// Request makes sending the form twice one list.
	Request string
	// Unenrol, People, Mode, Cohort and Mail are what was sent; Error stands beside the field of people.
	Unenrol, Mail      bool
	People, Mode       string
	Error              string
	Modes              []string
	Cohorts            []choice
	MayMail            bool
	MaxLines, Recently string
	Recent             []recentList
}

type recentList struct {
	Link, Title, State string
	At                 *instant
}

func (r *request) enrolPage() error {
	return r.showEnrol(fiber.StatusOK, &enrolBody{Mail: r.site().Lists.Mails()})
}

func (r *request) showEnrol(status int, body *enrolBody) error {
	path := r.staffPath()
	body.Action, body.Invitations, body.Modes = path+"/lists", path+"/invitations", enrolmentModes
	body.MayMail = r.site().Lists.Mails()
	body.MaxLines = r.words.T("enrolling.help", lists.MaxLines)
	if body.Request == "" {
		body.Request = newRequestID()
	}
	chosen := ""
	for _, c := range body.Cohorts {
		chosen = c.Value
	}
	var err error
	if body.Cohorts, err = r.cohortChoices(chosen, r.words.T("enrolling.cohort_none")); err != nil {
		return err
	}
	if body.Recent, err = r.recentLists(); err != nil {
		return err
	}
	p := (*notice)(nil)
	if body.Error != "" {
		p = &notice{Kind: "bad", Text: r.words.T("form.problems", 1)}
	}
	return r.showStaffStatus(status, "enrolling.html", "enrol", r.words.T("enrolling.title"), body, p)
}

// cohortChoices lists the cohorts for a form, after a choice for none.
func (r *request) cohortChoices(chosen, none string) ([]choice, error) {
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return nil, err
	}
	choices := []choice{{Text: none}}
	for _, cohort := range cohorts {
		choices = append(choices, choice{Value: cohort.Name, Text: cohort.Name})
	}
	choose(choices, chosen)
	return choices, nil
}

func (r *request) recentLists() ([]recentList, error) {
	recent, err := r.site().Lists.Recent(r.ctx(), r.course.String(), recentLists)
	if err != nil {
		return nil, err
	}
	var out []recentList
	for i := range recent {
		l := &recent[i]
		out = append(out, recentList{r.listPath(l.ID), r.listTitle(l), r.words.T("list.state_" + string(l.State)), r.instant(l.At)})
	}
	return out, nil
}

func (r *request) listPath(id string) string { return r.staffPath() + "/lists/" + id }

func (r *request) listTitle(l *lists.List) string {
	return r.words.T("list.title_"+string(l.Kind), l.Lines)
}

// handList takes a list in. Nothing is changed yet: the list's page shows what would come of it.
func (r *request) handList() error {
	order := lists.Order{
		ID: r.form("request"), Run: r.course.String(), Kind: lists.Kind(r.form("kind")), By: r.user.ID,
		Mode: strings.TrimSpace(clip(r.form("mode"), 200)), Cohort: clip(r.form("cohort"), 200), Mail: r.form("mail") != "", Language: r.words.Language,
	}
	if order.Kind != lists.Enrol && order.Kind != lists.Unenrol && order.Kind != lists.Cohort || !requestIDPattern.MatchString(order.ID) {
		return fiber.ErrBadRequest
	}
	wrong, status := "", fiber.StatusUnprocessableEntity
	var err error
	if order.Entries, err = r.typedList(); err != nil {
		if wrong = r.listProblem(err); wrong == "" {
			return err
		}
	} else if people.CheckMode(order.Mode) != nil {
		wrong = r.words.T("list.result_bad_mode")
	} else if wait, over, err := r.bounded("list:"+r.user.ID, handedIn); err != nil {
		return err
	} else if over {
		wrong, status = r.slowText(wait), fiber.StatusTooManyRequests
	}
	if wrong != "" {
		return r.refuseList(status, &order, wrong)
	}
	list, err := r.site().Lists.Hand(r.ctx(), order)
	if errors.Is(err, lists.ErrNotFound) { // the id of somebody else's list
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return r.Redirect(r.listPath(list.ID), fiber.StatusSeeOther)
}

// refuseList shows the form again, with what was typed and what is wrong with it.
func (r *request) refuseList(status int, order *lists.Order, wrong string) error {
	typed := clip(r.form("people"), maxListBytes)
	if order.Kind == lists.Cohort {
		return r.showCohorts(status, &cohortsBody{People: typed, ListError: wrong, Chosen: order.Cohort})
	}
	return r.showEnrol(status, &enrolBody{
		Request: order.ID, Unenrol: order.Kind == lists.Unenrol, Mail: order.Mail, People: typed, Mode: order.Mode, Error: wrong,
		Cohorts: []choice{{Value: order.Cohort}},
	})
}

// Errors of a form without a list, or with two.
var (
	errNoList   = errors.New("neither a text nor a file")
	errTwoLists = errors.New("a text and a file")
)

// typedList reads the form's list: the file, or the text.
func (r *request) typedList() ([]lists.Entry, error) {
	text := r.form("people")
	var in io.Reader = strings.NewReader(text)
	if r.multipart() {
		form, err := r.MultipartForm()
		if err != nil {
			return nil, fiber.ErrBadRequest
		}
		for _, upload := range form.File["file"] {
			if upload.Filename == "" || upload.Size == 0 {
				continue
			}
			if strings.TrimSpace(text) != "" {
				return nil, errTwoLists
			}
			file, err := upload.Open()
			if err != nil {
				return nil, err
			}
			defer file.Close()
			in = file
			break
		}
	}
	entries, err := readList(in)
	if err == nil && len(entries) == 0 {
		err = errNoList
	}
	return entries, err
}

// listProblem says what is wrong with a list, "" for what is not its author's doing.
func (r *request) listProblem(err error) string {
	switch {
	case errors.Is(err, errNoList):
		return r.words.T("enrolling.nobody")
	case errors.Is(err, errTwoLists):
		return r.words.T("enrolling.both")
	case errors.Is(err, sheet.ErrNotText):
		return r.words.T("enrolling.no_text")
	case errors.Is(err, lists.ErrTooLong), errors.Is(err, sheet.ErrTooLarge):
		return r.words.T("enrolling.too_long", lists.MaxLines)
	}
	return ""
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

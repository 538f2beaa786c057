package host

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// handedIn bounds how often somebody hands a list in.
var handedIn = ports.Rate{Events: 60, Period: time.Hour}

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

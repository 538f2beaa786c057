package host

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	peoplePage = 50
	// maxFound bounds what a search shows: who looks for more types more.
	maxFound = 200
	// anyRole chooses everybody who holds a role.
	anyRole = "*"
	// noCohort chooses who is in none; no cohort can be called so, since names have no spaces around them.
	noCohort = " "
)

// exports bound how often somebody takes a whole list of people away.
var exports = ports.Rate{Events: 60, Period: time.Hour}

// enrolmentModes are Open edX's; a course may have others.
var enrolmentModes = []string{"audit", "honor", "verified", "professional", "no-id-professional", "credit"}

// peopleBody is the page of a course's people.
type peopleBody struct {
	Action, CSV, First, Next string
	Text                     string
	Filters                  []filterPart
	// Filtered says that the page shows fewer than everybody, Total how many there are, in words.
	Filtered bool
	Total    string
	Rows     []personRow
	// More says that a search found more than it shows.
	More string
}

// filterPart is one choice of the form above a list.
type filterPart struct {
	Name, Label string
	Choices     []choice
}

type personRow struct {
	Name, Username, Email, Mode, Cohort string
	Roles                               []string
	Since                               *instant
	Link                                string
}

// peopleQuery is what the address asks for.
type peopleQuery struct {
	text, status, role, mode, cohort, sort string
	after                                  store.Cursor
}

func (r *request) peopleQuery() peopleQuery {
	return peopleQuery{
		text: strings.TrimSpace(clip(r.Query("q"), 200)), status: r.Query("status"), role: clip(r.Query("role"), 100), mode: clip(r.Query("mode"), 100),
		cohort: clip(r.Query("cohort"), 100), sort: r.Query("sort"), after: store.Cursor(clip(r.Query("after"), 8000)),
	}
}

func (q *peopleQuery) listing() people.Listing {
	l := people.Listing{
		Formerly: q.status == "former", Team: q.role == anyRole, Mode: q.mode, ByDate: q.sort == "newest" || q.sort == "oldest",
		Reverse: q.sort == "newest" || q.sort == "name-down",
	}
	if q.role != anyRole {
		l.Role = q.role
	}
	if l.Uncohorted = q.cohort == noCohort; !l.Uncohorted {
		l.Cohort = q.cohort
	}
	return l
}

// values are the address's part behind the question mark, without the place in the list.
func (q *peopleQuery) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.text, "status": q.status, "role": q.role, "mode": q.mode, "cohort": q.cohort, "sort": q.sort} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

func (q *peopleQuery) link(path string, after store.Cursor) string {
	values := q.values()
	if after != "" {
		values.Set("after", string(after))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

func (r *request) staffPath() string { return "/courses/" + r.course.String() + "/staff" }

// peopleListed shows who is in the course.
func (r *request) peopleListed() error {
	q := r.peopleQuery()
	path := r.staffPath() + "/people"
	body := &peopleBody{Action: path, Text: q.text, Filtered: len(q.values()) > 0, CSV: q.link(path+".csv", "")}
	found, next, more, err := r.findPeople(&q, peoplePage)
	if err != nil {
		return err
	}
	if next != "" {
		body.Next = q.link(path, next)
	}
	if q.after != "" {
		body.First = q.link(path, "")
	}
	if more {
		body.More = r.words.T("people.more", len(found))
	}
	if body.Total, err = r.peopleTotal(&q, len(found)); err != nil {
		return err
	}
	for i := range found {
		body.Rows = append(body.Rows, r.personRow(&found[i]))
	}
	if body.Filters, err = r.peopleFilters(&q); err != nil {
		return err
	}
	return r.showStaff("people.html", "people", r.words.T("people.title"), body)
}

// findPeople gives a page of the list, or what the search found.
func (r *request) findPeople(q *peopleQuery, limit int) (found []people.Person, next store.Cursor, more bool, err error) {
	if q.text != "" {
		found, more, err = r.site().People.Find(r.ctx(), r.course.String(), q.text, q.listing(), max(limit, maxFound))
		return found, "", more, err
	}
	found, next, err = r.site().People.List(r.ctx(), r.course.String(), q.listing(), limit, q.after)
	if errors.Is(err, store.ErrInvalid) { // the place in the list is of another list
		return nil, "", false, fiber.ErrBadRequest
	}
	return found, next, false, err
}

// peopleTotal says how many there are. Of those who hold a role in one mode or cohort nobody has counted them.
func (r *request) peopleTotal(q *peopleQuery, shown int) (string, error) {
	if q.text != "" {
		return r.words.T("people.found", shown), nil
	}
	if q.role != "" && q.mode+q.cohort != "" {
		return "", nil
	}
	n, err := r.site().People.CountListed(r.ctx(), r.course.String(), q.listing(), countedUpTo)
	if err != nil {
		return "", err
	}
	if n == countedUpTo {
		return r.words.T("people.total_more", n), nil
	}
	return r.words.T("people.total", n), nil
}

func (r *request) personRow(p *people.Person) personRow {
	row := personRow{Name: p.Account.Name, Username: p.Account.Username, Email: p.Account.Email, Mode: p.Mode, Cohort: p.Cohort}
	row.Link = r.staffPath() + "/learners/" + p.Pseudonym
	for _, role := range p.Roles {
		row.Roles = append(row.Roles, r.roleName(role.Name))
	}
	if !p.Since.IsZero() {
		row.Since = r.instant(p.Since)
	}
	return row
}

// peopleFilters are the choices above the list. A value that is no choice, typed into the address, is shown as one.
func (r *request) peopleFilters(q *peopleQuery) ([]filterPart, error) {
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return nil, err
	}
	filters := []filterPart{
		{Name: "status", Choices: []choice{{Text: r.words.T("people.status_enrolled")}, {Value: "former", Text: r.words.T("people.status_former")}}},
		{Name: "role", Choices: []choice{{Text: r.words.T("people.any_role")}, {Value: anyRole, Text: r.words.T("people.some_role")}}},
		{Name: "mode", Choices: []choice{{Text: r.words.T("people.any_mode")}}},
		{Name: "cohort", Choices: []choice{{Text: r.words.T("people.any_cohort")}, {Value: noCohort, Text: r.words.T("people.no_cohort")}}},
		{Name: "sort", Choices: []choice{
			{Text: r.words.T("people.sort_name")},
			{Value: "name-down", Text: r.words.T("people.sort_name_down")},
			{Value: "newest", Text: r.words.T("people.sort_newest")},
			{Value: "oldest", Text: r.words.T("people.sort_oldest")},
		}},
	}
	for _, role := range people.CourseRoles() {
		filters[1].Choices = append(filters[1].Choices, choice{Value: role, Text: r.roleName(role)})
	}
	for _, mode := range enrolmentModes {
		filters[2].Choices = append(filters[2].Choices, choice{Value: mode, Text: mode})
	}
	for _, cohort := range cohorts {
		filters[3].Choices = append(filters[3].Choices, choice{Value: cohort.Name, Text: cohort.Name})
	}
	for i, value := range []string{q.status, q.role, q.mode, q.cohort, q.sort} {
		f := &filters[i]
		f.Label = r.words.T("people.filter_" + f.Name)
		if i > 0 && i < 4 && !slices.ContainsFunc(f.Choices, func(c choice) bool { return c.Value == value }) {
			f.Choices = append(f.Choices, choice{Value: value, Text: value})
		}
		choose(f.Choices, value)
	}
	return filters, nil
}

// roleName is a role in words; packages' roles go by their own names.
func (r *request) roleName(role string) string {
	if slices.Contains(people.CourseRoles(), role) {
		return r.words.T("role." + role)
	}
	return role
}

// peopleSheet gives the same list as a table.
func (r *request) peopleSheet() error {
	wait, over, err := r.bounded("people-sheet:"+r.user.ID, exports)
	if err != nil {
		return err
	}
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	q := r.peopleQuery()
	q.after = ""
	return r.sendSheet("people-"+r.course.String(), func(w *sheet.Writer) error {
		if err := w.Write("username", "name", "email", "mode", "cohort", "roles", "enrolled", "since"); err != nil {
			return err
		}
		for {
			found, next, _, err := r.findPeople(&q, store.MaxPage/10)
			if err != nil {
				return err
			}
			for i := range found {
				if err := writePerson(w, &found[i]); err != nil {
					return err
				}
			}
			if q.after = next; next == "" {
				return nil
			}
		}
	})
}

func writePerson(w *sheet.Writer, p *people.Person) error {
	enrolled, since := "no", ""
	if p.Enrolled {
		enrolled = "yes"
	}
	if !p.Since.IsZero() {
		since = p.Since.UTC().Format(time.RFC3339)
	}
	return w.Write(p.Account.Username, p.Account.Name, p.Account.Email, p.Mode, p.Cohort, strings.Join(p.RoleNames(), " "), enrolled, since)
}

package host

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/marking"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// gradingRoutes are the pages on which a course's staff grade by hand.
func gradingRoutes() []Route {
	const grading = "/courses/:course/staff/grading"
	const one = grading + "/:submission"
	return []Route{
		{Method: "GET", Path: grading, Who: CourseStaff, Kind: Page, Handle: (*request).gradingQueue},
		{Method: "POST", Path: grading, Who: CourseStaff, Kind: Page, Handle: (*request).startGrading},
		{Method: "GET", Path: grading + ".csv", Who: CourseStaff, Kind: File, Handle: (*request).gradingSheet},
		{Method: "GET", Path: one, Who: CourseStaff, Kind: Page, Handle: (*request).gradeOne},
		{Method: "POST", Path: one, Who: CourseStaff, Kind: Page, Handle: (*request).actOnGrading},
		{Method: "POST", Path: one + "/claim", Who: CourseStaff, Kind: Data, Handle: (*request).keepClaim},
		{Method: "GET", Path: one + "/frame", Who: CourseStaff, Kind: File, Handle: (*request).gradingFrame},
		{Method: "GET", Path: one + "/files/:hash", Who: CourseStaff, Kind: File, Handle: (*request).gradingFile},
	}
}

const (
	// gradingListed bounds how many submissions of each kind are looked at, gradingPage how many the table shows.
	gradingListed = 2000
	gradingPage   = 100
)

// gradingQuery is what the address asks for. It goes from page to page with who grades.
type gradingQuery struct {
	problem, section, cohort, state, sort string
	// anonymous leaves names out, so that nobody grades a person.
	anonymous bool
}

func (r *request) gradingQuery() gradingQuery {
	return gradingQuery{
		problem: clip(r.Query("problem"), 200), section: clip(r.Query("section"), 200), cohort: clip(r.Query("cohort"), 100),
		state: r.Query("state"), sort: r.Query("sort"), anonymous: r.Query("anonymous") != "",
	}
}

func (q *gradingQuery) link(path string) string {
	values := url.Values{}
	for name, value := range map[string]string{"problem": q.problem, "section": q.section, "cohort": q.cohort, "state": q.state, "sort": q.sort} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.anonymous {
		values.Set("anonymous", "1")
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

func (r *request) gradingPath() string { return r.staffPath() + "/grading" }

// gradingBody is the list.
type gradingBody struct {
	Action, CSV string
	// Start is where the button leads that claims the next one, "" when nothing is free.
	Start    string
	Filters  []filterPart
	Filtered bool
	// Anonymous says that names are left out.
	Anonymous bool
	Problems  []gradingProblem
	Total     string
	Rows      []gradingRow
	// More says that there are others than the table shows; Held that what waits is in others' hands.
	More, Held string
	gradingDone
}

// gradingProblem counts a problem's submissions.
type gradingProblem struct {
	Title, Section, Link   string
	Waiting, Taken, Graded int
	Current                bool
}

type gradingRow struct {
	Who, Problem, Section, Link string
	At                          *instant
	State, Kind, Points         string
}

func (r *request) gradingQueue() error { return r.showGrading(fiber.StatusOK, nil) }

func (r *request) showGrading(status int, focus *notice) error {
	q, people := r.gradingQuery(), r.roster()
	list, more, err := r.handIns()
	if err != nil {
		return err
	}
	chosen, err := q.choose(list, people)
	if err != nil {
		return err
	}
	path := r.gradingPath()
	bare := gradingQuery{anonymous: q.anonymous}
	body := &gradingBody{
		Action: path, CSV: q.link(path + ".csv"), Anonymous: q.anonymous, Filtered: q.link(path) != bare.link(path), Problems: r.gradingProblems(&q, list),
		Total: r.words.T("grading.found", len(chosen)),
	}
	body.gradingDone = r.gradingDone(&q)
	if r.nextFree(chosen, "") != nil {
		body.Start = q.link(path)
	} else if slices.ContainsFunc(chosen, func(h handIn) bool { return h.Pending }) {
		body.Held = r.words.T("grading.none_free")
	}
	for i := range chosen[:min(len(chosen), gradingPage)] {
		row, err := r.gradingRow(&q, &chosen[i], people)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, row)
	}
	if more || len(chosen) > gradingPage {
		body.More = r.words.T("grading.more", len(body.Rows))
	}
	if body.Filters, err = r.gradingFilters(&q, list); err != nil {
		return err
	}
	return r.showStaffStatus(status, "grading.html", "grading", r.words.T("grading.title"), body, focus)
}

// nextFree is the first that waits and that nobody else is at, after the one named; nil for none.
func (r *request) nextFree(list []handIn, after string) *handIn {
	at := slices.IndexFunc(list, func(h handIn) bool { return h.ID == after })
	for i := range list {
		one := &list[(at+1+i)%len(list)]
		if one.Pending && one.ID != after && (one.claim == nil || one.claim.By == r.person.Learner) {
			return one
		}
	}
	return nil
}

// gradingProblems counts by problem, whatever is filtered.
func (r *request) gradingProblems(q *gradingQuery, list []handIn) []gradingProblem {
	var out []gradingProblem
	at := map[string]int{}
	for i := range list {
		one := &list[i]
		id := one.block.Usage.ID
		n, known := at[id]
		if !known {
			to := gradingQuery{problem: id, cohort: q.cohort, anonymous: q.anonymous}
			n = len(out)
			at[id] = n
			out = append(out, gradingProblem{
				Title: r.blockTitle(one.block), Section: one.section.Title(), Link: to.link(r.gradingPath()), Current: q.problem == id,
			})
		}
		p := &out[n]
		switch {
		case !one.Pending:
			p.Graded++
		case one.claim != nil && one.claim.By != r.person.Learner:
			p.Taken++
			p.Waiting++
		default:
			p.Waiting++
		}
	}
	slices.SortStableFunc(out, func(a, b gradingProblem) int { return cmp.Compare(b.Waiting, a.Waiting) })
	return out
}

func (r *request) gradingRow(q *gradingQuery, one *handIn, people *roster) (gradingRow, error) {
	row := gradingRow{
		Who: alias(r, one.ID), Problem: r.blockTitle(one.block), Section: one.section.Title(), Link: q.link(r.gradingPath() + "/" + one.ID), At: r.instant(one.At),
	}
	if !q.anonymous {
		who, err := people.find(one.Learner)
		if err != nil {
			return row, err
		}
		row.Who = who.name
	}
	switch {
	case !one.Pending && one.Scored:
		row.State, row.Kind, row.Points = r.words.T("grading.graded"), "good", r.points(one.Earned, one.Possible)
	case !one.Pending:
		row.State, row.Kind = r.words.T("grading.on_its_way"), "submitted"
	case one.claim == nil:
		row.State, row.Kind = r.words.T("grading.waits"), "submitted"
	case one.claim.By == r.person.Learner:
		row.State, row.Kind = r.words.T("grading.yours"), "submitted"
	default:
		grader, err := people.find(one.claim.By)
		if err != nil {
			return row, err
		}
		row.State, row.Kind = r.words.T("grading.taken", grader.name), "submitted"
	}
	return row, nil
}

func (r *request) gradingFilters(q *gradingQuery, list []handIn) ([]filterPart, error) {
	filters := []filterPart{
		{Name: "state", Choices: []choice{{Text: r.words.T("grading.waits")}, {Value: "graded", Text: r.words.T("grading.graded")}, {Value: "all", Text: r.words.T("grading.all")}}},
		{Name: "section", Choices: []choice{{Text: r.words.T("grading.any_section")}}},
		{Name: "problem", Choices: []choice{{Text: r.words.T("grading.any_problem")}}},
		{Name: "cohort", Choices: []choice{{Text: r.words.T("people.any_cohort")}, {Value: noCohort, Text: r.words.T("people.no_cohort")}}},
		{Name: "sort", Choices: []choice{{Text: r.words.T("grading.oldest")}, {Value: "newest", Text: r.words.T("grading.newest")}, {Value: "name", Text: r.words.T("grading.by_name")}}},
	}
	once := func(f *filterPart, b *course.Block) {
		if !slices.ContainsFunc(f.Choices, func(c choice) bool { return c.Value == b.Usage.ID }) {
			f.Choices = append(f.Choices, choice{Value: b.Usage.ID, Text: r.blockTitle(b)})
		}
	}
	for i := range list {
		once(&filters[1], list[i].section)
		once(&filters[2], list[i].block)
	}
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return nil, err
	}
	for _, cohort := range cohorts {
		filters[3].Choices = append(filters[3].Choices, choice{Value: cohort.Name, Text: cohort.Name})
	}
	for i, value := range []string{q.state, q.section, q.problem, q.cohort, q.sort} {
		f := &filters[i]
		f.Label = r.words.T("grading.filter_" + f.Name)
		choose(f.Choices, value)
	}
	return filters, nil
}

// startGrading claims the next one that is free and goes there.
func (r *request) startGrading() error {
	q := r.gradingQuery()
	if err := r.site().Claims.Sweep(r.ctx(), r.course.String()); err != nil {
		return err
	}
	return r.toNext(&q, "", "")
}

// toNext claims the next that is free, after the one named, and goes there; more is added to the address. With none left it goes
// to the list.
func (r *request) toNext(q *gradingQuery, after, more string) error {
	address := r.gradingPath()
	for range 3 { // somebody may be faster
		list, _, err := r.handIns()
		if err != nil {
			return err
		}
		if list, err = q.choose(list, r.roster()); err != nil {
			return err
		}
		one := r.nextFree(list, after)
		if one == nil {
			break
		}
		held, err := r.claim(&one.ByHand, false)
		if err != nil {
			return err
		}
		if held.By == r.person.Learner {
			address += "/" + one.ID
			break
		}
	}
	address = q.link(address)
	if more != "" {
		address += map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")] + more
	}
	return r.Redirect(address, fiber.StatusSeeOther)
}

// claim says that the reader grades a submission.
func (r *request) claim(one *scoring.ByHand, over bool) (marking.Claim, error) {
	if _, err := r.site().People.Remember(r.ctx(), r.user.ID, r.course.String()); err != nil { // others are told who it is
		return marking.Claim{}, err
	}
	return r.site().Claims.Take(r.ctx(), one.ID, marking.Claim{Run: r.course.String(), Usage: one.Usage, Learner: one.Learner, By: r.person.Learner}, over)
}

// gradingSheet gives the list as a table, as it is filtered.
func (r *request) gradingSheet() error {
	wait, over, err := r.bounded("people-sheet:"+r.user.ID, exports)
	if err != nil {
		return err
	}
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	q, people := r.gradingQuery(), r.roster()
	list, _, err := r.handIns()
	if err != nil {
		return err
	}
	if list, err = q.choose(list, people); err != nil {
		return err
	}
	return r.sendSheet("grading-"+r.course.String(), func(w *sheet.Writer) error {
		if err := w.Write("submission", "username", "name", "cohort", "section", "problem", "submitted", "state", "graded", "earned", "possible"); err != nil {
			return err
		}
		for i := range list {
			if err := writeHandIn(w, &q, &list[i], people); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeHandIn(w *sheet.Writer, q *gradingQuery, one *handIn, people *roster) error {
	var who rosterEntry
	if !q.anonymous {
		var err error
		if who, err = people.find(one.Learner); err != nil {
			return err
		}
	}
	state, graded, earned, possible := "graded", "", "", ""
	if one.Pending {
		state = "waiting"
	}
	if !one.Settled.IsZero() {
		graded = stamp(one.Settled)
	}
	if one.Scored {
		earned, possible = number(one.Earned), number(one.Possible)
	}
	return w.Write(one.ID, who.username, who.name, who.cohort, one.section.Title(), one.block.Title(), stamp(one.At), state, graded, earned, possible)
}

package host

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/gradebook"
)

// gradebookRoutes are the addresses of a course's gradebook.
func gradebookRoutes() []Route {
	const book = "/courses/:course/staff/gradebook"
	return []Route{
		{Method: "GET", Path: book, Who: CourseReports, Kind: Page, Handle: (*request).gradebook},
		{Method: "GET", Path: book + "/rows", Who: CourseReports, Kind: Data, Handle: (*request).gradebookRows},
		{Method: "GET", Path: book + ".csv", Who: CourseReports, Kind: File, Handle: (*request).gradebookSheet},
	}
}

const (
	// bookPage is how many rows a page, or one answer to a script, has.
	bookPage = 25
	// headRows are the table's rows above the learners.
	headRows = 2
	// A page waits no longer than bookPatience for a gradebook that is not in memory, a script that asks for it again and
	// a sheet longer.
	bookPatience  = 250 * time.Millisecond
	rowsPatience  = 5 * time.Second
	sheetPatience = time.Minute
)

// bookBody is the page of a gradebook.
type bookBody struct {
	Path, CSV, Rows string
	// Loading says that the gradebook is being read; nothing below is there then.
	Loading bool
	// Old says how far adding up again has come, "" when nothing is.
	Old string
	// Empty says that nobody is enrolled, NoWork that nothing is graded in this course.
	Empty, NoWork bool

	Query               *bookQuery
	Text, From, To      string
	FromError, ToError  string
	Filters             []filterPart
	Kept                []keptPart
	Filtered            bool
	Found               string
	Percent, Points     string
	ShowsPoints         bool
	Total, First, Count int
	RowCount, ColCount  int
	Previous, Next      string
	Place               string
	Name, Login, Sum    sortPart
	Groups              []bookGroup
	Columns             []sortPart
	Body                template.HTML
	Hidden              bool
}

// keptPart is what the filter's form must send along.
type keptPart struct{ Name, Value string }

// sortPart is a column's head.
type sortPart struct {
	Title, Link, Sort string
	// Note says more under the title, Average marks a type's average.
	Note    string
	Average bool
}

// bookGroup is an assignment type above its columns.
type bookGroup struct {
	Title, Note, Link string
	Span              int
	Open              bool
}

func (q *bookQuery) opens(name string) bool { return !slices.Contains(q.shut, name) }

func (r *request) gradebook() error {
	q := r.bookQuery()
	path := r.staffPath() + "/gradebook"
	body := &bookBody{
		Path: path, CSV: link(path+".csv", q.values()), Rows: link(path+"/rows", q.values()), Query: q, Text: q.text, From: q.from, To: q.to,
		Filtered: q.filtered(), ShowsPoints: q.points,
	}
	table, err := r.site().Gradebook.Open(r.ctx(), r.published, bookPatience)
	switch {
	case errors.Is(err, gradebook.ErrLoading):
		body.Loading = true
	case err != nil:
		return err
	default:
		r.fillBook(body, table)
	}
	return r.showStaffPage(fiber.StatusOK, "gradebook.html", "gradebook", page{Title: r.words.T("gradebook.title"), Bundle: "gradebook"}, body)
}

// fillBook lays a table out as the address wants it.
func (r *request) fillBook(body *bookBody, table *gradebook.Table) {
	q := body.Query
	query, wrong := q.query()
	if slices.Contains(wrong, "from") {
		body.FromError = r.words.T("gradebook.bad_percent")
	}
	if slices.Contains(wrong, "to") {
		body.ToError = r.words.T("gradebook.bad_percent")
	}
	rows := table.Select(query)
	body.Total = len(rows)
	pages := max(1, (len(rows)+bookPage-1)/bookPage)
	q.page = min(q.page, pages)
	body.First = (q.page - 1) * bookPage
	shown := rows[body.First:min(body.First+bookPage, len(rows))]
	body.Count = len(shown)
	body.Empty, body.NoWork = table.Rows() == 0, len(table.Columns) == 0
	body.Found = r.words.T("gradebook.found", len(rows))
	body.Old = r.oldGrades(table)
	body.RowCount = len(rows) + headRows
	if q.page > 1 {
		body.Previous = q.pageLink(body.Path, q.page-1)
	}
	if q.page < pages {
		body.Next = q.pageLink(body.Path, q.page+1)
	}
	body.Place = r.words.T("gradebook.page", q.page, pages)
	r.bookHead(body, table)
	r.bookFilters(body, table)
	body.Body = r.rowWriter(q, table).rows(shown, body.First)
}

// oldGrades says how many of the grades are from the content, the policy and the groups as they are now.
func (r *request) oldGrades(table *gradebook.Table) string {
	if table.Stale == 0 {
		return ""
	}
	return r.words.T("gradebook.adding_up", table.Graded-table.Stale, table.Graded)
}

// bookHead makes the two rows of heads.
func (r *request) bookHead(body *bookBody, table *gradebook.Table) {
	q := body.Query
	values := q.values() // of which only the order changes from link to link
	part := func(title, by string, number bool) sortPart {
		query, aria := q.sorted(values, by, number)
		return sortPart{Title: title, Link: body.Path + "?" + query, Sort: aria}
	}
	body.Name = part(r.words.T("gradebook.name"), "name", false)
	body.Login = part(r.words.T("gradebook.username"), "username", false)
	body.Sum = part(r.words.T("gradebook.total"), "total", true)
	body.ColCount = 3
	hidden := map[gradebook.Hidden]string{}
	for _, why := range []gradebook.Hidden{gradebook.HiddenStaffOnly, gradebook.HiddenUnreleased, gradebook.HiddenResults, gradebook.HiddenUntilDue} {
		hidden[why] = r.words.T("gradebook.hidden_" + string(why))
	}
	now := r.now()
	for _, group := range table.Groups {
		laid := bookGroup{Title: group.Type, Link: link(body.Path, q.toggled(group.Type)), Open: q.opens(group.Type), Span: 1}
		if laid.Title == "" {
			laid.Title = r.words.T("gradebook.untyped")
		}
		laid.Note = r.words.T("gradebook.counts_not")
		if group.Counts {
			laid.Note = r.words.T("gradebook.weight", r.words.Percent(group.Weight))
		}
		if laid.Open {
			laid.Span += group.End - group.First
			for i := group.First; i < group.End; i++ {
				column := &table.Columns[i]
				head := part(column.Title, "column:"+column.ID, true)
				if head.Note = hidden[column.Hidden(now)]; head.Note != "" {
					body.Hidden = true
				}
				body.Columns = append(body.Columns, head)
			}
		}
		average := part(r.words.T("gradebook.average"), "type:"+group.Type, true)
		average.Average = true
		body.Columns = append(body.Columns, average)
		body.ColCount += laid.Span
		body.Groups = append(body.Groups, laid)
	}
}

func (r *request) bookFilters(body *bookBody, table *gradebook.Table) {
	q := body.Query
	if q.sort != "" {
		body.Kept = append(body.Kept, keptPart{"sort", q.sort})
	}
	if q.points {
		body.Kept = append(body.Kept, keptPart{"show", "points"})
	}
	for _, name := range q.shut {
		body.Kept = append(body.Kept, keptPart{"shut", name})
	}
	percent, points := q.values(), q.values()
	percent.Del("show")
	points.Set("show", "points")
	body.Percent, body.Points = link(body.Path, percent), link(body.Path, points)
	choose := func(name, title, chosen string, choices ...choice) {
		for i := range choices {
			choices[i].Chosen = choices[i].Value == chosen
		}
		body.Filters = append(body.Filters, filterPart{name, title, choices})
	}
	named := func(name, title, chosen string, names []string) {
		if len(names) == 0 && chosen == "" {
			return
		}
		choices := []choice{{Text: r.words.T("gradebook.any")}}
		for _, name := range names {
			choices = append(choices, choice{Value: name, Text: name})
		}
		choose(name, title, chosen, choices...)
	}
	choose("result", r.words.T("gradebook.result"), q.result, choice{Text: r.words.T("gradebook.any")},
		choice{Value: "passed", Text: r.words.T("gradebook.passed")}, choice{Value: "failed", Text: r.words.T("gradebook.failed")})
	named("cohort", r.words.T("people.filter_cohort"), q.cohort, table.Cohorts)
	named("mode", r.words.T("people.filter_mode"), q.mode, table.Modes)
	choose("status", r.words.T("gradebook.enrolment"), q.status, choice{Text: r.words.T("gradebook.enrolled")},
		choice{Value: "former", Text: r.words.T("gradebook.former")})
}

// bookRows is a stretch of rows, as scripts ask for it.
type bookRows struct {
	// Loading says that the gradebook is still being read, and that everything else is not there.
	Loading bool   `json:"loading,omitempty"`
	First   int    `json:"first"`
	Total   int    `json:"total"`
	HTML    string `json:"html"`
	// Old is as on the page.
	Old string `json:"old,omitempty"`
}

func (r *request) gradebookRows() error {
	table, err := r.site().Gradebook.Open(r.ctx(), r.published, rowsPatience)
	if errors.Is(err, gradebook.ErrLoading) {
		return r.data(fiber.StatusOK, bookRows{Loading: true})
	}
	if err != nil {
		return err
	}
	q := r.bookQuery()
	query, _ := q.query()
	rows := table.Select(query)
	first, err := strconv.Atoi(r.Query("at", "0"))
	if err != nil || first < 0 {
		return fiber.ErrBadRequest
	}
	first = min(first, len(rows))
	shown := rows[first:min(first+bookPage, len(rows))]
	return r.data(fiber.StatusOK, bookRows{
		First: first, Total: len(rows), HTML: string(r.rowWriter(q, table).rows(shown, first)), Old: r.oldGrades(table),
	})
}

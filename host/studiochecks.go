package host

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/review"
)

// studioCheckRoutes are the addresses at which a team sees what should be mended.
func studioCheckRoutes() []Route {
	const checks = studioPages + "/checks"
	return []Route{
		{Method: "GET", Path: checks, Who: Authors, Kind: Page, Handle: (*request).studioChecks},
		{Method: "GET", Path: checks + ".csv", Who: Authors, Kind: File, Handle: (*request).studioChecksSheet},
		{Method: "GET", Path: checks + "/state", Who: Authors, Kind: Data, Handle: (*request).studioChecksState},
		{Method: "POST", Path: checks + "/outside", Who: Authors, Kind: Page, Handle: (*request).studioCheckOutside},
	}
}

// checksBody is the page of what should be mended.
type checksBody struct {
	Action, CSV, Text string
	Filters           []filterPart
	Filtered          bool
	// Counts say how many findings there are of each severity; None that there is none at all.
	Counts []severityCount
	None   bool
	Found  string
	Rows   []findingRow
	First  string
	Next   string
	// Waiting says how many blocks have not told yet, State where one asks how far they are; Stuck that nobody asks them now.
	Waiting, State string
	Stuck          bool
	Outside        outsidePart
}

type severityCount struct{ Kind, Text, Link string }

// outsidePart is about the addresses elsewhere that the course links to.
type outsidePart struct {
	// Text says how many there are, Done what came of asking them.
	Text, Done, State string
	At                *instant
	May               bool
}

// findingRow is one finding in the reader's words.
type findingRow struct {
	Severity, SeverityText, Status, Kind, KindText string
	// Text says what is wrong, in the block's own English words where Own is set.
	Text, Fix string
	Own       bool
	Title     string
	Place     string
	Link      string
	Where     string
	// Label names the link for those who hear it by itself.
	Label string
}

// severityStatus are the signs of severities.
var severityStatus = map[review.Severity]string{review.Error: "bad", review.Warning: "warn", review.Hint: "hint"}

// checksPage is how many findings one page shows.
const checksPage = 100

// lookThrough looks through the course's working copy.
func (r *request) lookThrough() (*review.Report, error) {
	report, err := r.site().Review.Look(r.ctx(), r.course, r.coursePath)
	if errors.Is(err, authoring.ErrNotFound) {
		return nil, errNotFound
	}
	return report, err
}

// coursePath reports whether there are pages for learners at a path below a course's.
func (r *request) coursePath(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	for _, route := range r.server.routes {
		below, ok := strings.CutPrefix(route.Path, "/courses/:course/")
		if !ok || route.Method != http.MethodGet || route.Who != Course {
			continue
		}
		if name, _, _ := strings.Cut(below, "/"); name == first {
			return true
		}
	}
	return false
}

// checksQuery is what the address asks for.
type checksQuery struct {
	text, kind, severity string
	from                 int
}

func (r *request) checksQuery() checksQuery {
	from, _ := strconv.Atoi(r.Query("from")) // no number is the first page
	return checksQuery{
		text: strings.TrimSpace(clip(r.Query("q"), 200)), kind: clip(r.Query("kind"), 20), severity: clip(r.Query("severity"), 20), from: max(from, 0),
	}
}

func (q *checksQuery) link(path string, from int) string {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.text, "kind": q.kind, "severity": q.severity} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if from > 0 {
		values.Set("from", strconv.Itoa(from))
	}
	return link(path, values)
}

// found are the findings that the query asks for, the worst first.
func (r *request) found(q *checksQuery, report *review.Report) []findingRow {
	var rows []findingRow
	text := course.Fold(q.text)
	for _, severity := range review.Severities {
		for i := range report.Findings {
			f := &report.Findings[i]
			if f.Severity != severity || q.severity != "" && q.severity != string(severity) || q.kind != "" && q.kind != string(f.Kind) {
				continue
			}
			row := r.findingRow(f)
			if text != "" && !strings.Contains(course.Fold(strings.Join([]string{row.Text, row.Fix, row.Title, row.Place, f.Target, f.Usage.ID}, "\n")), text) {
				continue
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (r *request) studioChecks() error {
	report, err := r.lookThrough()
	if err != nil {
		return err
	}
	q, at := r.checksQuery(), r.studioPath()+"/checks"
	rows := r.found(&q, report)
	body := &checksBody{
		Action: at, CSV: q.link(at+".csv", 0), Text: q.text, Filtered: q.text+q.kind+q.severity != "", None: len(report.Findings) == 0,
		Found: r.words.T("mend.found", len(rows)),
	}
	body.Rows = rows[min(q.from, len(rows)):min(q.from+checksPage, len(rows))]
	if q.from > 0 {
		body.First = q.link(at, 0)
	}
	if q.from+checksPage < len(rows) {
		body.Next = q.link(at, q.from+checksPage)
	}
	kinds, severities := []choice{{Text: r.words.T("mend.kind_all")}}, []choice{{Text: r.words.T("mend.severity_all")}}
	for _, kind := range review.Kinds {
		kinds = append(kinds, choice{Value: string(kind), Text: r.words.T("mend.kind_" + string(kind))})
	}
	for _, severity := range review.Severities {
		severities = append(severities, choice{Value: string(severity), Text: r.words.T("mend.severity_" + string(severity))})
	}
	choose(kinds, q.kind)
	choose(severities, q.severity)
	body.Counts = r.severityCounts(report.Count)
	body.Filters = []filterPart{{"kind", r.words.T("mend.kind"), kinds}, {"severity", r.words.T("mend.severity"), severities}}
	if report.Waiting > 0 {
		body.Waiting, body.State = r.words.T("mend.waiting", report.Waiting), at+"/state"
		body.Stuck = !r.site().Review.Begin(r.course)
	}
	if body.Outside, err = r.outsidePart(report); err != nil {
		return err
	}
	return r.showStudio(fiber.StatusOK, "studio_checks.html", "checks", page{Title: r.words.T("mend.title"), Body: body})
}

// severityCounts say how many there are of each severity that there is.
func (r *request) severityCounts(count func(review.Severity) int) []severityCount {
	var list []severityCount
	for _, severity := range review.Severities {
		if n := count(severity); n > 0 {
			link := link(r.studioPath()+"/checks", url.Values{"severity": {string(severity)}})
			list = append(list, severityCount{severityStatus[severity], r.words.T("mend.count_"+string(severity), n), link})
		}
	}
	return list
}

func (r *request) outsidePart(report *review.Report) (outsidePart, error) {
	state, err := r.site().Review.Outside(r.ctx(), r.course)
	if err != nil {
		return outsidePart{}, err
	}
	part := outsidePart{Text: r.words.T("mend.outside", report.Outside), May: report.Outside > 0 && !state.Running}
	if !state.At.IsZero() {
		part.At = r.instant(state.At)
	}
	switch {
	case state.Running:
		part.State = r.studioPath() + "/checks/state?of=outside"
		part.Done = r.words.T("mend.outside_running", state.Done, r.words.T("mend.of", state.Total))
	case state.Finished && state.Left > 0:
		part.Done = r.words.T("mend.outside_left", state.Total)
	case state.Finished:
		part.Done = r.words.T("mend.outside_done", state.Broken)
	case !state.At.IsZero():
		part.Done = r.words.T("mend.outside_died")
	}
	return part, nil
}

// studioChecksState tells a page that waits how far the checks are.
func (r *request) studioChecksState() error {
	if r.Query("of") == "outside" {
		state, err := r.site().Review.Outside(r.ctx(), r.course)
		if err != nil {
			return err
		}
		return r.data(fiber.StatusOK, fiber.Map{
			"works": state.Running, "text": r.words.T("mend.outside_running", state.Done, r.words.T("mend.of", state.Total)), "done": state.Done, "total": state.Total,
		})
	}
	done, total, running := r.site().Review.Progress(r.course)
	return r.data(fiber.StatusOK, fiber.Map{"works": running, "text": r.words.T("mend.waiting", max(total-done, 1)), "done": done, "total": total})
}

// studioCheckOutside asks the addresses elsewhere, in the background.
func (r *request) studioCheckOutside() error {
	if err := r.site().Review.CheckOutside(r.ctx(), r.course); err != nil && !errors.Is(err, review.ErrBusy) {
		if errors.Is(err, authoring.ErrNotFound) {
			return errNotFound
		}
		return err
	}
	return r.Redirect(r.studioPath()+"/checks", fiber.StatusSeeOther)
}

// findingRow puts a finding into the reader's words.
func (r *request) findingRow(f *review.Finding) findingRow {
	row := findingRow{
		Severity: string(f.Severity), SeverityText: r.words.T("mend.severity_" + string(f.Severity)), Status: severityStatus[f.Severity],
		Kind: string(f.Kind), KindText: r.words.T("mend.kind_" + string(f.Kind)), Text: f.Text, Fix: f.Fix, Own: f.Text != "",
		Title: f.Title, Place: r.placeOf(f.Place), Link: r.findingLink(f),
	}
	if !row.Own {
		row.Text = r.findingText(f)
	}
	switch {
	case f.Setting != "":
		row.Title = r.words.T("studio_tab." + string(f.Setting))
	case f.Page != "":
		row.Title = r.words.T("mend.page", f.Title)
	case f.Usage.Type == "course":
		row.Title = r.run.Title
	case f.Title == "":
		row.Title = r.kindText(f.Usage.Type)
	}
	if f.Line > 0 {
		row.Where = r.words.T("mend.line", f.Line)
	}
	row.Label = r.words.T("mend.go", row.Title, row.Text)
	return row
}

// findingText are the words of a finding by its code.
func (r *request) findingText(f *review.Finding) string {
	values := make([]any, len(f.Values))
	for i, value := range f.Values {
		values[i] = value
		if f.Kind == review.KindDates {
			if at, err := time.Parse(time.RFC3339, value); err == nil {
				values[i] = r.words.Time(at)
			}
		}
	}
	switch f.Code {
	case "conflict":
		n, _ := strconv.Atoi(f.Values[0]) // a number as it was written
		return r.words.T("mend.code_conflict", n)
	case "link_outside":
		return r.words.T("mend.code_link_outside", f.Values[0], r.words.T("mend.why_"+f.Values[1], f.Values[2]))
	case "type_unknown":
		if f.Values[0] == "" {
			return r.words.T("mend.code_type_none")
		}
	case "block_missing", "block_off", "block_broken":
		values[0] = r.typeTitle(f.Values[0])
	}
	return r.words.T("mend.code_"+f.Code, values...)
}

// findingLink leads to the place of a finding: the component in its unit's editor, the settings, the course's pages.
func (r *request) findingLink(f *review.Finding) string {
	switch {
	case f.Page != "":
		return r.useLink(&review.Use{Page: f.Page})
	case f.Setting != "":
		return r.studioPath() + "/settings/" + string(f.Setting)
	case f.Unit.ID != "":
		return r.editLink(f.Unit.ID, f.Usage.String(), f.Usage == f.Unit)
	case f.Usage.Type == "course":
		return r.studioPath()
	}
	return r.studioPath() + "/blocks/" + url.PathEscape(f.Usage.String()) + "/settings"
}

// editLink leads to a unit's editor, with a component open in it unless it is the unit itself.
func (r *request) editLink(unit, usage string, itself bool) string {
	address := r.studioPath() + "/units/" + url.PathEscape(unit)
	if itself {
		return address
	}
	return link(address, url.Values{"edit": {usage}})
}

// studioChecksSheet is the list as a table to keep.
func (r *request) studioChecksSheet() error {
	report, err := r.lookThrough()
	if err != nil {
		return err
	}
	q := r.checksQuery()
	rows := r.found(&q, report)
	return r.sendSheet(r.course.String()+"-checks", func(w *sheet.Writer) error {
		if err := w.Write("severity", "kind", "finding", "mend", "title", "place", "where", "link"); err != nil {
			return err
		}
		for i := range rows {
			row := &rows[i]
			if err := w.Write(row.SeverityText, row.KindText, row.Text, row.Fix, row.Title, row.Place, row.Where, row.Link); err != nil {
				return err
			}
		}
		return nil
	})
}

package host

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/gradebook"
)

// bookQuery is what a gradebook's address asks for. Everything that the page shows stands in the address.
type bookQuery struct {
	text, status, cohort, mode, result, from, to string
	// sort is "name", "username", "total", "type:TYPE" or "column:ID", with a "-" before it for the greatest first.
	sort string
	// points shows points instead of percent, shut are the assignment types of which only the average is shown.
	points bool
	shut   []string
	page   int
}

// maxShut bounds how many assignment types an address may name.
const maxShut = 50

func (r *request) bookQuery() *bookQuery {
	q := &bookQuery{
		text: strings.TrimSpace(clip(r.Query("q"), 200)), status: r.Query("status"), cohort: clip(r.Query("cohort"), 100),
		mode: clip(r.Query("mode"), 100), result: r.Query("result"), from: strings.TrimSpace(clip(r.Query("from"), 20)),
		to: strings.TrimSpace(clip(r.Query("to"), 20)), sort: clip(r.Query("sort"), 300), points: r.Query("show") == "points", page: 1,
	}
	if page, err := strconv.Atoi(r.Query("page")); err == nil && page > 1 && page < 1_000_000 {
		q.page = page
	}
	for _, name := range r.Context().QueryArgs().PeekMulti("shut") {
		if len(q.shut) < maxShut && !slices.Contains(q.shut, string(name)) {
			q.shut = append(q.shut, string(name))
		}
	}
	return q
}

// filtered reports whether the address asks for fewer than everybody.
func (q *bookQuery) filtered() bool {
	return q.text != "" || q.status != "" || q.cohort != "" || q.mode != "" || q.result != "" || q.from != "" || q.to != ""
}

// query is what is asked of the table. wrong names the bounds that are no percentages, which then bound nothing.
func (q *bookQuery) query() (query gradebook.Query, wrong []string) {
	query = gradebook.Query{
		Search: q.text, Cohort: q.cohort, Mode: q.mode, Passed: q.result == "passed", Failed: q.result == "failed",
		Formerly: q.status == "former", Sort: parseSort(q.sort),
	}
	for name, bound := range map[string]struct {
		text string
		into **float64
	}{"from": {q.from, &query.From}, "to": {q.to, &query.To}} {
		if bound.text == "" {
			continue
		}
		percent, err := strconv.ParseFloat(strings.Replace(strings.TrimRight(bound.text, "% "), ",", ".", 1), 64)
		if err != nil || !(percent >= 0 && percent <= 1000) {
			wrong = append(wrong, name)
			continue
		}
		fraction := percent / 100
		*bound.into = &fraction
	}
	return query, wrong
}

func parseSort(text string) gradebook.Sort {
	rest, down := strings.CutPrefix(text, "-")
	by, name, _ := strings.Cut(rest, ":")
	return gradebook.Sort{By: gradebook.SortBy(by), Name: name, Down: down}
}

// values is the address's part behind the question mark, without the page.
func (q *bookQuery) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"q": q.text, "status": q.status, "cohort": q.cohort, "mode": q.mode, "result": q.result, "from": q.from, "to": q.to, "sort": q.sort,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.points {
		values.Set("show", "points")
	}
	for _, name := range q.shut {
		values.Add("shut", name)
	}
	return values
}

func link(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// pageLink leads to a page of the rows.
func (q *bookQuery) pageLink(path string, page int) string {
	values := q.values()
	if page > 1 {
		values.Set("page", strconv.Itoa(page))
	}
	return link(path, values)
}

// sorted is the address's part that sorts by something: numbers the greatest first, names from the beginning, and the other
// way round where it is sorted by that already.
func (q *bookQuery) sorted(values url.Values, by string, number bool) (query, aria string) {
	next := by
	if number {
		next = "-" + by
	}
	current := q.sort
	if current == "" {
		current = "name"
	}
	switch current {
	case by:
		aria, next = "ascending", "-"+by
	case "-" + by:
		aria, next = "descending", by
	}
	values.Set("sort", next)
	return values.Encode(), aria
}

// toggled is the address's part with one assignment type shut or opened.
func (q *bookQuery) toggled(name string) url.Values {
	values := q.values()
	values.Del("shut")
	open := false
	for _, other := range q.shut {
		if other == name {
			open = true
			continue
		}
		values.Add("shut", other)
	}
	if !open {
		values.Add("shut", name)
	}
	return values
}

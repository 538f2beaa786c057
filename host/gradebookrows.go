package host

import (
	"html/template"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/gradebook"
)

// rowWriter writes rows of a gradebook. A page has thousands of cells, each a few bytes: a template would take longer than
// everything else together. Whatever people typed is escaped here.
type rowWriter struct {
	r     *request
	q     *bookQuery
	table *gradebook.Table
	out   strings.Builder
	// numbers remembers how numbers are written in the reader's language.
	numbers map[float64]string
	open    []bool // by group
	waits   string
	old     string
	linked  bool
}

func (r *request) rowWriter(q *bookQuery, table *gradebook.Table) *rowWriter {
	w := &rowWriter{r: r, q: q, table: table, numbers: map[float64]string{}, linked: r.person.Staff()}
	for _, group := range table.Groups {
		w.open = append(w.open, q.opens(group.Type))
	}
	w.old = `<span class="visually-hidden"> ` + template.HTMLEscapeString(r.words.T("gradebook.old")) + `</span>`
	w.waits = template.HTMLEscapeString(r.words.T("gradebook.waits"))
	return w
}

// rows writes rows; first is the place of the first among all that the query chooses, from 0.
func (w *rowWriter) rows(rows []*gradebook.Row, first int) template.HTML {
	w.out.Grow(len(rows) * (300 + 12*len(w.table.Columns)))
	for i, row := range rows {
		w.row(row, first+i)
	}
	return template.HTML(w.out.String())
}

func (w *rowWriter) row(row *gradebook.Row, place int) {
	w.out.WriteString(`<tr aria-rowindex="` + strconv.Itoa(place+headRows+1) + `"><th scope="row">`)
	name := row.Name
	if name == "" {
		name = row.Username
	}
	name = template.HTMLEscapeString(name)
	if w.linked {
		w.out.WriteString(`<a href="` + template.HTMLEscapeString(w.r.recordLink(row.Learner)) + `" title="` + name + `"><bdi>` + name + `</bdi></a>`)
	} else {
		w.out.WriteString(`<span class="who" title="` + name + `"><bdi>` + name + `</bdi></span>`)
	}
	w.out.WriteString(`<span class="login"><bdi>` + template.HTMLEscapeString(row.Username) + `</bdi></span></th>`)
	grade := template.HTMLEscapeString(w.r.words.T("percent", w.percent(row.Percent)))
	if row.Stale {
		w.out.WriteString(`<td class="old">` + grade + w.old)
	} else {
		w.out.WriteString(`<td class="sum">` + grade)
	}
	w.out.WriteString(`<td><bdi>` + template.HTMLEscapeString(row.Letter) + `</bdi>`)
	for at, group := range w.table.Groups {
		if w.open[at] {
			for column := group.First; column < group.End; column++ {
				w.cell(row, column)
			}
		}
		w.out.WriteString(`<td class="sum">`)
		if average, ok := row.Average(at); ok {
			w.out.WriteString(w.percent(average))
		}
	}
	w.out.WriteString("</tr>\n")
}

// cell writes nothing where the column is not for this learner, and a dash where he has handed nothing in. What waits for a
// person's grade says so, and leads whoever may grade to where one grades.
func (w *rowWriter) cell(row *gradebook.Row, column int) {
	c := row.Cell(column)
	if !row.Graded {
		c.Possible = w.table.Columns[column].Possible
	}
	switch {
	case c.Possible <= 0:
		w.out.WriteString(`<td>`)
	case !c.Attempted && c.Pending:
		w.out.WriteString(`<td>`)
	case !c.Attempted:
		w.out.WriteString(`<td>–`)
	case w.q.points:
		w.out.WriteString(`<td>` + w.number(c.Earned) + `/` + w.number(c.Possible))
	default:
		w.out.WriteString(`<td>` + w.percent(c.Fraction()))
	}
	if c.Pending && c.Possible > 0 {
		w.waiting(column)
	}
}

func (w *rowWriter) waiting(column int) {
	if !w.linked {
		w.out.WriteString(` <span class="waits">` + w.waits + `</span>`)
		return
	}
	address := w.r.gradingPath() + "?" + url.Values{"section": {w.table.Columns[column].Chapter()}}.Encode()
	w.out.WriteString(` <a class="waits" href="` + template.HTMLEscapeString(address) + `">` + w.waits + `</a>`)
}

func (w *rowWriter) percent(fraction float64) string { return w.number(math.Round(fraction * 100)) }

// number writes at most two decimals.
func (w *rowWriter) number(n float64) string {
	text, known := w.numbers[n]
	if !known {
		text = w.r.words.Points(n)
		w.numbers[n] = text
	}
	return text
}

package host

import (
	"bufio"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/gradebook"
)

// sheetFlush is after how many rows what is written goes on its way.
const sheetFlush = 200

// gradebookSheet gives everybody whom the address chooses, with every column, as a table. Its first line names columns alike
// in every language, by the ids of subsections, so that programs can read it. It is written while it is sent: the rows are in
// memory in any case, and the text of ten thousand of them is not.
func (r *request) gradebookSheet() error {
	wait, over, err := r.bounded("gradebook-sheet:"+r.user.ID, exports)
	if err != nil {
		return err
	}
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	table, err := r.site().Gradebook.Open(r.ctx(), r.published, sheetPatience)
	if err != nil {
		return err
	}
	q := r.bookQuery()
	query, _ := q.query()
	rows := table.Select(query)
	points := q.points
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+sheetName("grades-"+r.course.String())+`.csv"`)
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	// What is sent after the handler has returned must not touch the request.
	r.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		w := sheet.NewWriter(out)
		if w.Write(sheetHead(table, points)...) != nil {
			return
		}
		for i, row := range rows {
			if w.Write(sheetRow(table, row, points)...) != nil {
				return
			}
			if i%sheetFlush == sheetFlush-1 && (w.Flush() != nil || out.Flush() != nil) {
				return // the client has left
			}
		}
		_ = w.Flush() // a client that has left is no news
	})
	return nil
}

func sheetHead(table *gradebook.Table, points bool) []string {
	head := []string{"learner", "username", "name", "email", "enrolled", "mode", "cohort", "grade", "letter", "passed", "up_to_date", "pending"}
	for _, group := range table.Groups {
		head = append(head, "average:"+group.Type)
	}
	for i := range table.Columns {
		id := table.Columns[i].ID
		if points {
			head = append(head, "earned:"+id, "possible:"+id)
		} else {
			head = append(head, "grade:"+id)
		}
	}
	return head
}

// sheetRow writes fractions of one; what has no score, and what is not for this learner, is empty. Where something was handed in
// that waits for its score, "pending" names the subsection.
func sheetRow(table *gradebook.Table, row *gradebook.Row, points bool) []string {
	cells := []string{
		row.Learner, row.Username, row.Name, row.Email, strconv.FormatBool(row.Enrolled), row.Mode, row.Cohort,
		fraction(row.Percent), row.Letter, strconv.FormatBool(row.Passed), strconv.FormatBool(!row.Stale), pendingColumns(table, row),
	}
	for at := range table.Groups {
		average, ok := row.Average(at)
		if !ok {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, fraction(average))
	}
	for at := range table.Columns {
		c := row.Cell(at)
		switch {
		case !c.Attempted && points:
			cells = append(cells, "", "")
		case !c.Attempted:
			cells = append(cells, "")
		case points:
			cells = append(cells, fraction(c.Earned), fraction(c.Possible))
		default:
			cells = append(cells, fraction(c.Fraction()))
		}
	}
	return cells
}

// pendingColumns names the subsections in which something was handed in and waits for somebody's grade.
func pendingColumns(table *gradebook.Table, row *gradebook.Row) string {
	var ids []string
	for at := range table.Columns {
		if row.Cell(at).Pending {
			ids = append(ids, table.Columns[at].ID)
		}
	}
	return strings.Join(ids, " ")
}

// fraction writes a number with at most four decimals and no more than it needs.
func fraction(n float64) string {
	text := strconv.FormatFloat(n, 'f', 4, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

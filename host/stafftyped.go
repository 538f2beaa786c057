package host

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people/lists"
)

// Limits of a list as it is handed in.
const (
	maxListBytes = 2 << 20
	maxListCells = 50
)

// listColumns are what a table's first row may call its columns, in any order.
var listColumns = map[string]string{
	"email": "email", "e-mail": "email", "mail": "email", "username": "username", "user": "username", "user name": "username",
	"mode": "mode", "enrollment_mode": "mode", "enrolment mode": "mode", "cohort": "cohort", "cohort name": "cohort",
}

// named takes the address out of what mail programs write: Ann <ann@example.org>.
var named = regexp.MustCompile(`^[^<>]*<([^<>\s]+)>$`)

// readList reads names and addresses, separated by lines, commas, semicolons or spaces, or a table whose first row names its
// columns: email or username, mode, cohort. The errors are those of package sheet, and lists.ErrTooLong.
func readList(in io.Reader) ([]lists.Entry, error) {
	table := sheet.NewReader(in, sheet.Limits{Bytes: maxListBytes, Rows: lists.MaxLines + 2})
	var entries []lists.Entry
	var columns map[string]int
	for row := 0; ; row++ {
		cells, line, err := table.Read()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		if row == 0 {
			if columns = columnsOf(cells); columns != nil {
				continue
			}
		}
		if columns != nil {
			if len(cells) > maxListCells {
				return nil, sheet.ErrTooLarge
			}
			entries = appendRow(entries, columns, cells, line)
		} else {
			for _, cell := range cells {
				entries = appendTyped(entries, cell, line)
			}
		}
		if len(entries) > lists.MaxLines {
			return nil, lists.ErrTooLong
		}
	}
}

// columnsOf reads a first row; nil when it names nobody's column.
func columnsOf(cells []string) map[string]int {
	columns := map[string]int{}
	for i, cell := range cells {
		column, known := listColumns[strings.ToLower(strings.TrimSpace(cell))]
		if _, twice := columns[column]; known && !twice {
			columns[column] = i
		}
	}
	_, email := columns["email"]
	_, username := columns["username"]
	if !email && !username {
		return nil
	}
	return columns
}

func appendRow(entries []lists.Entry, columns map[string]int, cells []string, line int) []lists.Entry {
	cell := func(column string) string {
		if i, there := columns[column]; there && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	entry := lists.Entry{Line: line, Who: cell("email"), Mode: cell("mode"), Cohort: cell("cohort")}
	if entry.Who == "" {
		entry.Who = cell("username")
	}
	if entry.Who == "" {
		return entries
	}
	return append(entries, entry)
}

func appendTyped(entries []lists.Entry, cell string, line int) []lists.Entry {
	cell = strings.TrimSpace(cell)
	if found := named.FindStringSubmatch(cell); found != nil {
		return append(entries, lists.Entry{Line: line, Who: found[1]})
	}
	for who := range strings.FieldsFuncSeq(cell, func(c rune) bool {
		return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\u00a0' || c == '،'
	}) {
		if entries = append(entries, lists.Entry{Line: line, Who: who}); len(entries) > lists.MaxLines {
			return entries
		}
	}
	return entries
}

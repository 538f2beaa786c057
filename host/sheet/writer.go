package sheet

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// mark lets spreadsheet programs recognise UTF-8; without it Arabic names come out as noise.
const mark = "\ufeff"

// live is what a spreadsheet takes for the beginning of a formula, in half and full width, and the characters that it skips
// before one. Apostrophes before it are ours, or look like ours.
var live = regexp.MustCompile("^'*[=+\\-@\t\r\n＝＋－＠]")

// number is a negative number, which is no formula and is worth more as a number.
var number = regexp.MustCompile(`^-[0-9]+([.,][0-9]+)?$`)

// lineEnd is a line's end within a cell in another way of writing.
var lineEnd = regexp.MustCompile("\r+\n")

// Writer writes a table row by row. It is not safe for concurrent use, and what it has written is complete after Flush.
type Writer struct {
	out   *bufio.Writer
	began bool
}

// NewWriter makes a writer.
func NewWriter(w io.Writer) *Writer { return &Writer{out: bufio.NewWriter(w)} }

// Write adds a row. A cell that would be a formula gets an apostrophe before it, which [Reader] takes away again; line ends
// within a cell become "\n", and what is not UTF-8 becomes U+FFFD. A row without cells is none. The error is that of the
// writer below and stays.
func (w *Writer) Write(cells ...string) error {
	if len(cells) == 0 {
		return nil
	}
	var row strings.Builder
	if !w.began {
		row.WriteString(mark)
		w.began = true
	}
	for i, cell := range cells {
		if i > 0 {
			row.WriteByte(',')
		}
		cell = harmless(cell)
		if cell == "" && len(cells) == 1 || quoted(cell) {
			row.WriteByte('"')
			row.WriteString(strings.ReplaceAll(cell, `"`, `""`))
			row.WriteByte('"')
			continue
		}
		row.WriteString(cell)
	}
	row.WriteString("\r\n")
	_, err := w.out.WriteString(row.String())
	return err
}

// Flush sends what is buffered on its way.
func (w *Writer) Flush() error { return w.out.Flush() }

// plain is a cell's text as it comes back.
func plain(cell string) string {
	return lineEnd.ReplaceAllString(strings.ToValidUTF8(cell, "\ufffd"), "\n")
}

func harmless(cell string) string {
	cell = plain(cell)
	if live.MatchString(cell) && !number.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// quoted says whether a cell needs quotes: also with what separates cells in other places, so that a reader who guesses the
// separator is not misled.
func quoted(cell string) bool {
	return strings.ContainsAny(cell, "\",;\t\r\n") || strings.HasPrefix(cell, " ") || strings.HasPrefix(cell, mark)
}

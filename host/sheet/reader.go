package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ErrTooLarge says that a table has more bytes, rows or cells in a row than its reader takes.
var ErrTooLarge = errors.New("the table is too large")

// ErrNotText says that a file is no text in UTF-8, such as a spreadsheet program's own format.
var ErrNotText = errors.New("the file is not text in UTF-8; save it as CSV")

// Limits bound what is read; zero is no bound.
type Limits struct{ Bytes, Rows, Cells int }

// Reader reads a table row by row: cells separated by commas, semicolons or tabs, as the first line shows, with or without
// a byte order mark. Empty lines are no rows. It is not safe for concurrent use.
type Reader struct {
	csv    *csv.Reader
	limits Limits
	rows   int
}

// NewReader makes a reader.
func NewReader(r io.Reader, limits Limits) *Reader {
	if limits.Bytes > 0 {
		r = &bounded{r: r, left: limits.Bytes}
	}
	in := bufio.NewReaderSize(r, 64<<10)
	if start, err := in.Peek(len(mark)); err == nil && string(start) == mark {
		_, _ = in.Discard(len(mark)) // what was just peeked
	}
	start, _ := in.Peek(32 << 10) // an error comes again when the rows are read
	table := csv.NewReader(in)
	table.Comma = separator(start)
	table.FieldsPerRecord, table.LazyQuotes = -1, true
	return &Reader{csv: table, limits: limits}
}

// Read returns the next row and the line on which it begins, from 1, or io.EOF, ErrTooLarge, ErrNotText, or the error of the
// reader below.
func (r *Reader) Read() (cells []string, line int, err error) {
	cells, err = r.csv.Read()
	if err != nil {
		return nil, 0, err
	}
	line, _ = r.csv.FieldPos(0)
	if r.rows++; r.limits.Rows > 0 && r.rows > r.limits.Rows {
		return nil, line, fmt.Errorf("%w: more than %d rows", ErrTooLarge, r.limits.Rows)
	}
	if r.limits.Cells > 0 && len(cells) > r.limits.Cells {
		return nil, line, fmt.Errorf("%w: more than %d cells in line %d", ErrTooLarge, r.limits.Cells, line)
	}
	for i, cell := range cells {
		if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
			return nil, line, fmt.Errorf("%w: line %d", ErrNotText, line)
		}
		if strings.HasPrefix(cell, "'") && live.MatchString(cell) {
			cells[i] = cell[1:]
		}
	}
	return cells, line, nil
}

// separator guesses it from the first line, outside quotes: a comma where there is one.
func separator(start []byte) rune {
	if end := bytes.IndexAny(start, "\r\n"); end >= 0 && bytes.Count(start[:end], []byte{'"'})%2 == 0 {
		start = start[:end]
	}
	counts, within := map[byte]int{}, false
	for _, c := range start {
		if c == '"' {
			within = !within
		}
		if !within {
			counts[c]++
		}
	}
	switch {
	case counts[','] > 0 || counts[';']+counts['\t'] == 0:
		return ','
	case counts['\t'] > counts[';']:
		return '\t'
	}
	return ';'
}

// bounded fails beyond a number of bytes, where io.LimitReader would pretend that the file ends there.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fmt.Errorf("%w: too many bytes", ErrTooLarge)
	}
	return n, err
}

package intake

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// Lines tells the line and column of any place in a text.
type Lines struct {
	text   []byte
	starts []int
}

// NewLines indexes a text. A byte order mark at its start counts as nothing. The text is kept: do not change it.
func NewLines(text []byte) *Lines {
	start := 0
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	starts := make([]int, 1, bytes.Count(text, []byte{'\n'})+1)
	starts[0] = start
	for at := start; ; {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			return &Lines{text: text, starts: starts}
		}
		at += next + 1
		starts = append(starts, at)
	}
}

// longLine is how far into a line columns are counted in characters; beyond, in bytes. Counting to the end of a line of
// megabytes for each of many places would take as long as an attacker likes.
const longLine = 16 << 10

// Position gives the line and the column, in characters, of an offset, both from 1.
func (l *Lines) Position(offset int) (line, column int) {
	offset = max(l.starts[0], min(offset, len(l.text)))
	line = sort.SearchInts(l.starts, offset+1)
	start := l.starts[line-1]
	if offset-start > longLine {
		return line, 1 + offset - start
	}
	return line, 1 + utf8.RuneCount(l.text[start:offset])
}

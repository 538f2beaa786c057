package exporter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// edit puts text in place of a stretch of a file; an empty stretch is an insertion.
type edit struct {
	start, end int
	text       string
	// cut is the block whose element is taken away here, to stand elsewhere or nowhere.
	cut *olx.Block
}

// compareEdits orders edits as they are applied: insertions before what stands behind them, the outermost first.
func compareEdits(a, b edit) int {
	insertion := func(e edit) int {
		if e.start == e.end {
			return 0
		}
		return 1
	}
	cutting := func(e edit) int {
		if e.cut != nil {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(insertion(a), insertion(b)), cmp.Compare(b.end, a.end), cmp.Compare(cutting(a), cutting(b)))
}

// apply gives the stretch from start to end of a text with its edits made. An edit inside of another one is lost with it.
// Insertions at the very ends belong to what stands around the stretch. except is the block whose own cut does not count.
func apply(text string, start, end int, edits []edit, except *olx.Block) string {
	var inside []edit
	for _, e := range edits {
		if e.start < start || e.end > end || e.start == e.end && (e.start == start || e.end == end) || e.cut != nil && e.cut == except {
			continue
		}
		inside = append(inside, e)
	}
	slices.SortStableFunc(inside, compareEdits)
	var b strings.Builder
	at := start
	for _, e := range inside {
		if e.start < at {
			continue
		}
		b.WriteString(text[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(text[at:end])
	return b.String()
}

// blanksBefore gives where the white space before an offset begins that belongs to its line, line end included; the offset
// itself when something else stands on the line.
func blanksBefore(text string, offset int) int {
	at := offset
	for at > 0 && (text[at-1] == ' ' || text[at-1] == '\t') {
		at--
	}
	if at == 0 || text[at-1] != '\n' {
		return offset
	}
	at--
	if at > 0 && text[at-1] == '\r' {
		at--
	}
	return at
}

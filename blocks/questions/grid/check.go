package grid

import (
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := append(question.OneOf("asked", f.Asked, one, several, texts), question.OneOf("credit", f.Credit, "each", "all")...)
	columns := options.Lines(f.Columns)
	findings = append(findings, checkColumns(columns, f.Asked)...)
	if len(f.Rows) == 0 {
		findings = append(findings, question.Wrong("rows", "there is no row", "add some"))
	}
	var words []string
	for i := range f.Rows {
		r := &f.Rows[i]
		words = append(words, r.Text)
		if found := r.check(columns, f.Asked); found != nil {
			findings = append(findings, question.InRow(*found, i, 2))
		}
		for _, found := range question.Pictures("rows", r.Feedback) {
			findings = append(findings, question.InRow(found, i, 3))
		}
	}
	return append(findings, question.Duplicates("rows", 1, words)...)
}

func checkColumns(columns []string, asked string) []wire.Finding {
	var findings []wire.Finding
	switch {
	case len(columns) == 0:
		findings = append(findings, question.Wrong("columns", "there is no column", "write one on each line"))
	case len(columns) == 1 && asked != texts:
		findings = append(findings, question.Wrong("columns", "there is one column, so there is nothing to choose", "write another one on a line of its own"))
	}
	seen := map[string]bool{}
	for _, column := range columns {
		name := strings.ToLower(column)
		if seen[name] {
			findings = append(findings, question.Wrong("columns", fmt.Sprintf("the column %q stands twice", column), "change or remove one"))
		}
		seen[name] = true
	}
	return findings
}

// check finds what is wrong with what a row says is right, nil for nothing.
func (r *Row) check(columns []string, asked string) *wire.Finding {
	wrong := func(message, fix string) *wire.Finding {
		found := question.Wrong("rows", message, fix)
		return &found
	}
	if asked == texts {
		lines := strings.Split(strings.TrimRight(r.Right, "\n "), "\n")
		filled := 0
		for _, cell := range r.cells(len(columns)) {
			filled += min(1, len(cell))
		}
		switch {
		case filled == 0:
			return wrong("nothing is asked in this row", "write what is right in each column, one on each line")
		case len(lines) > len(columns):
			return wrong("there are more lines than columns", "write one line for each column")
		}
		return nil
	}
	numbers, ok := r.columns(columns)
	switch {
	case !ok:
		return wrong(fmt.Sprintf("%q is not the name of a column", strings.Join(options.Lines(r.Right), ", ")), "write the names as they stand in the columns, one on each line")
	case asked == several:
		return nil
	case len(numbers) == 0:
		return wrong("no column is right in this row", "write its name")
	case len(numbers) > 1:
		return wrong("learners choose one column, and several are right", "leave one, or let learners choose several")
	}
	return nil
}

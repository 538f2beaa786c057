package review

import (
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Kind is what a finding is about.
type Kind string

// The kinds, in the order in which they are listed.
const (
	KindBlocks    Kind = "blocks"
	KindConflicts Kind = "conflicts"
	KindLinks     Kind = "links"
	KindContent   Kind = "content"
	KindAlt       Kind = "alt"
	KindCaptions  Kind = "captions"
	KindHeadings  Kind = "headings"
	KindDates     Kind = "dates"
	KindGrading   Kind = "grading"
	KindEmpty     Kind = "empty"
)

// Kinds are all kinds.
var Kinds = []Kind{KindBlocks, KindConflicts, KindLinks, KindContent, KindAlt, KindCaptions, KindHeadings, KindDates, KindGrading, KindEmpty}

// Severity says how bad a finding is.
type Severity string

// The severities, the worst first.
const (
	// Error is what learners meet as something that does not work.
	Error Severity = "error"
	// Warning is what keeps some of them out, or is probably not meant.
	Warning Severity = "warning"
	// Hint could be better.
	Hint Severity = "hint"
)

// Severities are all severities, the worst first.
var Severities = []Severity{Error, Warning, Hint}

// severities are those of the findings by code; see the words of the host for what each says.
var severities = map[string]Severity{
	"block_missing": Error, "block_off": Error, "block_broken": Error, "conflict": Error,
	"link_file": Error, "link_block": Error, "link_page": Error, "link_nowhere": Error, "link_anchor": Warning, "link_foreign": Warning, "link_outside": Warning,
	"alt_missing": Warning, "alt_name": Hint, "captions_video": Warning, "captions_text": Warning,
	"heading_first": Hint, "heading_skipped": Hint,
	"date_due": Error, "date_early": Hint, "date_after": Warning, "date_course": Error, "date_enrol": Error,
	"date_unset": Warning, "date_far": Warning, "require_gone": Warning, "require_round": Warning, "require_hidden": Error, "require_late": Error,
	"weights": Warning, "type_unknown": Error, "type_unused": Warning, "policy": Error,
	"empty_section": Warning, "empty_subsection": Warning, "empty_unit": Warning, "empty_course": Error,
}

// Setting names a page of the course's settings.
type Setting string

// The pages that findings lead to.
const (
	SettingSchedule Setting = "schedule"
	SettingGrading  Setting = "grading"
)

// Finding is one thing that should be mended.
type Finding struct {
	Kind     Kind
	Severity Severity
	// Code says what it is; its words have Values in them.
	Code   string
	Values []string
	// Text is what the block's own check says, and Fix what to do, in its own words; of all other findings they are "".
	Text, Fix string
	// Usage is the block, zero where it is none; Unit is what it stands in, zero above units.
	Usage, Unit key.Usage
	// Page is a page of the course beside its tree, as "kind/slug", Setting one of its settings.
	Page    string
	Setting Setting
	// Title is the block's, "" for one without a name, Place the titles of what it stands in, from the section down.
	Title string
	Place []string
	// Field is the block's field, Line the line in it; "" and 0 for none.
	Field string
	Line  int
	// Target is what a link leads to.
	Target string
}

// Use is a place that refers to a file, or that a block stands at.
type Use struct {
	// Usage is the block, zero for a page; Page is "kind/slug".
	Usage key.Usage
	Page  string
	Title string
	// Unit is what the block stands in, for a link to its editor; zero above units.
	Unit key.Usage
	// Draft says that it is in unpublished work.
	Draft bool
}

// Report is what a look through a course found.
type Report struct {
	// Findings are in the order of the course, its settings first.
	Findings []Finding
	// Blocks counts the blocks that were looked at, Waiting those whose own checks nobody has run yet.
	Blocks, Waiting int
	// Types are the places of each type of block, those of structure left aside.
	Types map[string][]Use
	// Outside counts the addresses elsewhere that the course links to.
	Outside int
}

// Count counts the findings of a severity.
func (r *Report) Count(severity Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == severity {
			n++
		}
	}
	return n
}

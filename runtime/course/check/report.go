package check

import (
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// Report is what came of a check. Its JSON is for programs; names are append-only.
type Report struct {
	Course string `json:"course"`
	// Types holds every block type of the course, the host's own containers included.
	Types    map[string]*Type `json:"types"`
	Problems Problems         `json:"problems"`
	// Findings are what blocks say of mistakes in what their authors wrote, errors and warnings. A course runs in spite of them.
	Findings []Trouble `json:"findings"`
	// UnknownTypes are not installed. Their blocks count as rendered: learners see a placeholder.
	UnknownTypes []string `json:"unknown_types"`
	Assets       Assets   `json:"assets"`
	Links        Links    `json:"links"`
	// Formulas is nil where formulas cannot be typeset.
	Formulas *Formulas `json:"formulas,omitempty"`
	// RoundTrip is nil where it was not checked.
	RoundTrip *RoundTrip `json:"round_trip,omitempty"`
}

// Type is what came of the blocks of one type.
type Type struct {
	Count    int       `json:"count"`
	Rendered int       `json:"rendered"`
	Errors   []Trouble `json:"errors"`
}

// Problems is what came of everything that grades. Count is the sum of the other numbers and of the failed ones.
type Problems struct {
	Count     int `json:"count"`
	FullScore int `json:"full_score"`
	// AnswerUnknown counts those whose content states no answer, Unsupported those that ask for what is not built yet.
	AnswerUnknown int `json:"answer_unknown"`
	Unsupported   int `json:"unsupported"`
	// Failed were answered right, as far as anybody knows, and did not score in full.
	Failed []Trouble `json:"failed"`
	// Unanswered says why of those that were counted as AnswerUnknown or Unsupported.
	Unanswered []Trouble `json:"unanswered"`
}

// Trouble is something about one block that somebody should look at.
type Trouble struct {
	Block string `json:"block"`
	Title string `json:"title,omitempty"`
	// File and Line are where the block's element stands in the archive.
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
	// Answers is the form that was sent, for problems.
	Answers map[string][]string `json:"answers,omitempty"`
}

// Assets are the course's files.
type Assets struct {
	Count   int         `json:"count"`
	Missing []Reference `json:"missing"`
}

// Links are links to blocks.
type Links struct {
	Broken []Reference `json:"broken"`
}

// Reference is a link that leads nowhere.
type Reference struct {
	// Target is a file's name or a block's id.
	Target string `json:"target"`
	// Block is where the link stands, "" for a page beside the course.
	Block string `json:"block,omitempty"`
	File  string `json:"file"`
	Line  int    `json:"line,omitempty"`
}

// Failed reports whether a block could not be rendered, a problem failed, or something was lost or changed on the way in and
// out.
func (r *Report) Failed() bool {
	for _, t := range r.Types {
		if len(t.Errors) > 0 {
			return true
		}
	}
	return len(r.Problems.Failed) > 0 || r.RoundTrip.Failed()
}

// Blocks counts the blocks of the course and those that were rendered.
func (r *Report) Blocks() (count, rendered int) {
	for _, t := range r.Types {
		count, rendered = count+t.Count, rendered+t.Rendered
	}
	return count, rendered
}

// newReport makes a report whose lists are empty, not null, in JSON.
func newReport(published *course.Published) *Report {
	return &Report{
		Course: published.Key.String(), Types: map[string]*Type{}, UnknownTypes: []string{}, Findings: []Trouble{},
		Problems: Problems{Failed: []Trouble{}, Unanswered: []Trouble{}},
		Assets:   Assets{Missing: []Reference{}}, Links: Links{Broken: []Reference{}},
	}
}

func (r *Report) typeOf(name string) *Type {
	t := r.Types[name]
	if t == nil {
		t = &Type{Errors: []Trouble{}}
		r.Types[name] = t
	}
	return t
}

func (r *Report) unknown(name string) {
	if !slices.Contains(r.UnknownTypes, name) {
		r.UnknownTypes = append(r.UnknownTypes, name)
		slices.Sort(r.UnknownTypes)
	}
}

// references tells where links stand that lead nowhere.
func references(published *course.Published, found []olx.Reference) []Reference {
	out := make([]Reference, 0, len(found))
	for _, f := range found {
		r := Reference{Target: f.Target, File: f.File, Line: f.Line}
		if f.Block != nil {
			r.Block = published.Key.Usage(f.Block.Type, f.Block.ID).String()
		}
		out = append(out, r)
	}
	return out
}

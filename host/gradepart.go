package host

import (
	"fmt"

	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// gradePart is a course grade with how it came about and what would make it better.
type gradePart struct {
	// Counts is false while nothing in the course counts; Never says that nothing ever will.
	Counts, Never bool
	Percent       int
	Letter        string
	// State is whether the course is passed, in words, with the kind of its sign; "" in courses that nobody passes or fails.
	State, StateKind string
	// Chart shows the bar with its marks. What it shows stands in words beside it.
	Chart bool
	Marks []gradeMark
	Types []typeRow
	// Weight and Sum are the bottom line of the types. Rounded says that the sum is not the grade to the digit.
	Weight, Sum string
	Rounded     bool
	Needs       []gradeNeed
	// Open says how many pieces of work can still change the grade, "" for none.
	Open string
	// Unshown says that results count nothing here because they are not shown yet.
	Unshown bool
}

type gradeMark struct {
	Letter  string
	Percent int
	Reached bool
}

// typeRow is one kind of work. Average is a whole percentage for the bar; the others are written.
type typeRow struct {
	Type             string
	Average          int
	Weight, Weighted string
	Notes            []string
}

// gradeNeed says what one grade takes.
type gradeNeed struct {
	Letter, From, Text, Kind string
}

// droppedOf names the subsections that are among the lowest of their kind and do not count.
func droppedOf(grade *grading.Grade) map[string]bool {
	dropped := map[string]bool{}
	for _, row := range grade.Rows {
		if row.Usage != "" && row.Mark != "" {
			dropped[row.Usage] = true
		}
	}
	return dropped
}

func hundredths(fraction float64) int { return int(fraction*100 + 0.5) }

func (r *request) gradePart(
	policy *grading.Policy, grade *grading.Grade, standings []scoring.Standing, outlook *scoring.Outlook,
) (*gradePart, error) {
	run := &r.published.Run
	part := &gradePart{
		Never: run.Bool("no_grade"), Percent: hundredths(grade.Percent), Letter: grade.Letter, Chart: !run.Bool("disable_progress_graph"),
	}
	if part.Never || !anyCounts(policy, outlook.Counted) {
		return part, nil
	}
	part.Counts = true
	for i := range standings {
		part.Unshown = part.Unshown || !standings[i].Included
	}
	for _, c := range policy.Descending() {
		part.Marks = append(part.Marks, gradeMark{c.Letter, hundredths(c.From), grade.Percent >= c.From})
	}
	r.typeRows(part, policy, grade)
	passable, err := r.needs(part, policy, outlook, over(run.Time("end"), r.now()))
	if err != nil {
		return nil, err
	}
	_, passes := policy.PassingFrom()
	switch {
	case !passes:
	case grade.Passed:
		part.State, part.StateKind = r.words.T("progress.passed"), "good"
	case !passable:
		part.State, part.StateKind = r.words.T("progress.failed"), "bad"
	case !grade.Attempted:
		part.State, part.StateKind = r.words.T("progress.not_begun"), "submitted"
	default:
		part.State, part.StateKind = r.words.T("progress.not_passed"), "submitted"
	}
	return part, nil
}

// anyCounts reports whether the course has work that its policy counts.
func anyCounts(policy *grading.Policy, counted []grading.Subsection) bool {
	kinds := map[string]bool{}
	for _, t := range policy.Types {
		kinds[t.Type] = true
	}
	for i := range counted {
		if s := &counted[i]; s.Graded && s.Score.Possible > 0 && kinds[s.Type] {
			return true
		}
	}
	return false
}

func (r *request) typeRows(part *gradePart, policy *grading.Policy, grade *grading.Grade) {
	var weight, sum float64
	for i, t := range grade.Types {
		row := typeRow{
			Type: t.Type, Average: hundredths(t.Average), Weight: r.hundreds(t.Weight), Weighted: r.hundreds(t.Weighted),
		}
		if t.Subsections+t.Placeholders > 1 && t.Dropped > 0 {
			row.Notes = append(row.Notes, r.words.T("progress.dropped_of", t.Dropped, t.Subsections+t.Placeholders))
		}
		if t.Placeholders > 0 {
			row.Notes = append(row.Notes, r.words.T("progress.placeholders", t.Placeholders))
		}
		weight, sum = weight+policy.Types[i].Weight, sum+t.Weighted
		part.Types = append(part.Types, row)
	}
	part.Weight, part.Sum = r.hundreds(weight), r.hundreds(sum)
	part.Rounded = part.Sum != r.hundreds(float64(part.Percent)/100)
}

// hundreds writes a fraction in hundredths, with as many decimals as it needs.
func (r *request) hundreds(fraction float64) string {
	return r.words.T("percent", r.words.Points(fraction*100))
}

// needs says what each grade takes, and whether the course can still be passed.
func (r *request) needs(part *gradePart, policy *grading.Policy, outlook *scoring.Outlook, complete bool) (passable bool, err error) {
	from, _ := policy.PassingFrom()
	for _, c := range policy.Descending() {
		need, err := policy.Need(c.Letter, outlook.Counted, complete)
		if err != nil {
			return false, fmt.Errorf("looking ahead in %s: %w", r.course, err)
		}
		row := gradeNeed{Letter: c.Letter, From: r.hundreds(c.From)}
		switch {
		case need.Reach == grading.Certain:
			row.Text, row.Kind = r.words.T("progress.need_certain"), "good"
		case need.Reach == grading.Reachable:
			row.Text = r.words.T("progress.need_average", r.hundreds(need.Average))
		case need.Remaining == 0:
			row.Text = r.words.T("progress.need_over")
		default:
			row.Text = r.words.T("progress.need_out")
		}
		if c.From >= from && c.From > 0 && need.Reach != grading.Impossible {
			passable = true
		}
		if need.Remaining > 0 {
			part.Open = r.words.T("progress.open", need.Remaining)
		}
		part.Needs = append(part.Needs, row)
	}
	return passable, nil
}

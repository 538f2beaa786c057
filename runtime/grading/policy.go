package grading

import (
	"cmp"
	"slices"
)

// Policy says how a course's grade is made up and which letters it gives: a course's grading_policy.json. Beside
// [ParsePolicy], nothing here changes one.
type Policy struct {
	// Types are the assignment types in the order in which they are shown.
	Types []AssignmentType
	// Cutoffs are the letters in the order of the file.
	Cutoffs []Cutoff
}

// AssignmentType is one entry of GRADER. Every graded subsection whose format is Type counts alike.
type AssignmentType struct {
	Type string
	// MinCount is how many subsections there will be; what is missing counts as 0 % until it is published.
	MinCount int
	// DropCount is how many of the lowest are left out.
	DropCount int
	// Weight is the share of the course's grade, 0 or more: 0.15 is 15 %. Weights may add up to more than 1.
	Weight float64
	// ShortLabel stands in "HW 01", SectionType in "Homework 1 - ..."; "" is Type.
	ShortLabel, SectionType string
	// Category groups rows of the breakdown; "" is Type.
	Category string
	// StartingIndex is the number of the first subsection; nil is 1.
	StartingIndex *int
	// ShowOnlyAverage leaves the subsections' rows out, HideAverage the average's. A type with a single entry has one row
	// in any case.
	ShowOnlyAverage, HideAverage bool
}

// Cutoff is the least grade that gives a letter: 0.5 is 50 %.
type Cutoff struct {
	Letter string
	From   float64
}

// DefaultPolicy is the policy of a new course in Open edX: Homework and Lab with 15 % each (12, the 2 lowest left out), a
// midterm exam with 30 %, a final exam with 40 %, pass at 50 %.
func DefaultPolicy() Policy {
	return Policy{
		Types: []AssignmentType{
			{Type: "Homework", ShortLabel: "HW", MinCount: 12, DropCount: 2, Weight: 0.15},
			{Type: "Lab", MinCount: 12, DropCount: 2, Weight: 0.15},
			{Type: "Midterm Exam", ShortLabel: "Midterm", MinCount: 1, Weight: 0.3},
			{Type: "Final Exam", ShortLabel: "Final", MinCount: 1, Weight: 0.4},
		},
		Cutoffs: []Cutoff{{Letter: "Pass", From: 0.5}},
	}
}

// Descending lists the letters from the best to the least; equal ones keep their order.
func (p Policy) Descending() []Cutoff {
	sorted := slices.Clone(p.Cutoffs)
	slices.SortStableFunc(sorted, func(a, b Cutoff) int { return cmp.Compare(b.From, a.From) })
	return sorted
}

// Letter is what a course grade gives, "" below the least cutoff.
func (p Policy) Letter(percent float64) string {
	for _, cutoff := range p.Descending() {
		if percent >= cutoff.From {
			return cutoff.Letter
		}
	}
	return ""
}

// PassingFrom is the lowest cutoff above 0. It reports false when there is none; then nobody passes.
func (p Policy) PassingFrom() (float64, bool) {
	lowest, found := 0.0, false
	for _, cutoff := range p.Cutoffs {
		if cutoff.From > 0 && (!found || cutoff.From < lowest) {
			lowest, found = cutoff.From, true
		}
	}
	return lowest, found
}

// Passed reports whether a course grade passes.
func (p Policy) Passed(percent float64) bool {
	from, found := p.PassingFrom()
	return found && percent >= from
}

func (t AssignmentType) shortLabel() string  { return cmp.Or(t.ShortLabel, t.Type) }
func (t AssignmentType) sectionType() string { return cmp.Or(t.SectionType, t.Type) }
func (t AssignmentType) category() string    { return cmp.Or(t.Category, t.Type) }

func (t AssignmentType) startingIndex() int {
	if t.StartingIndex == nil {
		return 1
	}
	return *t.StartingIndex
}

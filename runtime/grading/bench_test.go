package grading

import (
	"fmt"
	"testing"
)

func BenchmarkAt(b *testing.B) {
	policy := ProblemPolicy{MaxAttempts: tries(3), SubmissionWait: 3600e9, Due: due, ShowCorrectness: ShowResultsPastDue}
	progress := Progress{Attempts: 1, Done: true, LastSubmission: before}
	for b.Loop() {
		policy.At(before, progress)
	}
}

// A learner's row of a gradebook: the default policy, 26 subsections.
func BenchmarkGrade(b *testing.B) {
	policy := DefaultPolicy()
	var subsections []Subsection
	for i := range 12 {
		subsections = append(subsections, subsection(fmt.Sprint("h", i), "Homework", float64(i), 12), subsection(fmt.Sprint("l", i), "Lab", 1, 3))
	}
	subsections = append(subsections, subsection("m", "Midterm Exam", 3, 4), subsection("f", "Final Exam", 2, 3))
	for b.Loop() {
		policy.Grade(subsections)
	}
}

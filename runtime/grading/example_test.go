package grading_test

import (
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/grading"
)

// A learner has used one of two tries of a problem that is due in ten minutes and shows its answer once it is past due.
func ExampleProblemPolicy_At() {
	now := time.Date(2026, 3, 1, 11, 50, 0, 0, time.UTC)
	tries := 2
	policy := grading.ProblemPolicy{
		MaxAttempts: &tries, SubmissionWait: time.Minute, ShowAnswer: grading.ShowPastDue, Due: now.Add(10 * time.Minute),
	}
	verdicts := policy.At(now, grading.Progress{Attempts: 1, Done: true, LastSubmission: now.Add(-20 * time.Second)})

	fmt.Println("tries left:", *verdicts.TriesLeft)
	fmt.Println("submit:", verdicts.Submit.Open, verdicts.Submit.Why, "until", verdicts.Submit.Changes.Format("15:04:05"))
	fmt.Println("answer:", verdicts.Answer.Open, "until", verdicts.Answer.Changes.Format("15:04:05.000"))
	// Output:
	// tries left: 1
	// submit: false wait until 11:50:40
	// answer: false until 12:00:00.001
}

// Two submissions, the better one counts; the problem is worth 10 points and alone in its subsection.
func Example() {
	first, _ := grading.NewScore(2, 3)
	second, _ := grading.NewScore(1, 3)
	counted, _ := grading.Counted(grading.MethodHighest, []grading.Scored{
		{Sequence: 1, Outcome: grading.OutcomeScored, Score: first},
		{Sequence: 2, Outcome: grading.OutcomeScored, Score: second},
	})
	weight := 10.0
	weighted, _ := counted.Score.Weigh(&weight)
	totals := grading.Total([]grading.ProblemScore{{Score: weighted, Attempted: true}}, nil)

	policy := grading.DefaultPolicy()
	subsections := []grading.Subsection{{Name: "Midterm", Type: "Midterm Exam", Graded: true, Score: totals.Graded}}
	grade := policy.Grade(subsections)
	need, _ := policy.Need("Pass", subsections, false)

	fmt.Printf("%.2f of %.0f, course %.0f %%, pass with %.0f %% on the other %d\n",
		weighted.Earned, weighted.Possible, grade.Percent*100, need.Average*100, need.Remaining)
	fmt.Println(grade.Types[2].Detail)
	// Output:
	// 6.67 of 10, course 20 %, pass with 42 % on the other 25
	// Midterm Exam = 20.10% of a possible 30.00%
}

package scoring_test

import (
	"math"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// published is the course as learners have it.
func (w *world) published() *course.Published {
	w.t.Helper()
	published, err := w.courses.Published(w.t.Context(), w.run)
	if err != nil {
		w.t.Fatal(err)
	}
	return published
}

func shifted(t *testing.T, what string, got scoring.Shift, err error, want scoring.Shift) {
	t.Helper()
	if math.Abs(got.Most-want.Most) > 1e-9 {
		t.Errorf("%s: at most %v, %v wanted", what, got.Most, want.Most)
	}
	got.Most, want.Most = 0, 0
	if err != nil || got != want {
		t.Errorf("%s: %+v, %v; %+v is wanted", what, got, err, want)
	}
}

// What is told before a change is what the change makes of the stored grades.
//
// Ann has 3/4 and 4/4 in the homeworks and 5/10 in the exam, Bob 4/4, nothing and 10/10, by the policy of 0.6 homework and 0.4 exam
// 0.725 and 0.7; by examCounts 0.1 * 0.875 + 0.9 * 0.5 = 0.5375, which passes no more, and 0.1 * 0.5 + 0.9 = 0.95, an A.
func TestShiftOfGrades(t *testing.T) {
	w := newWorld(t, openStore(t), homeworkAndExam()...)
	for learner, scores := range map[string]map[string]answer{
		ann: {"a": scored(3, 4), "b": scored(4, 4), "c": scored(5, 10)}, "bob": {"a": scored(4, 4), "c": scored(10, 10)},
	} {
		for problem, a := range scores {
			w.submit(learner, problem, 1, a)
		}
	}
	w.work()
	before := w.published()
	of := func(policy string) grading.Policy {
		t.Helper()
		parsed, _, err := grading.ParsePolicy([]byte(policy))
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	shift, err := w.scorer.ShiftByPolicy(t.Context(), before, of(policy), nil)
	shifted(t, "the same policy", shift, err, scoring.Shift{Grades: 2, Looked: 2})
	shift, err = w.scorer.ShiftByPolicy(t.Context(), before, of(examCounts), nil)
	shifted(t, "another policy", shift, err, scoring.Shift{Grades: 2, Looked: 2, Changed: 2, Lowered: 1, Letters: 2, Lost: 1, Most: 0.25})
	was := map[string]scoring.Grade{ann: w.grade(ann), "bob": w.grade("bob")}
	w.publishWith(examCounts, homeworkAndExam()...)
	w.recounts()
	for learner, grade := range was {
		now := w.grade(learner)
		if now.Letter == grade.Letter || learner == ann && now.Passed || math.Abs(now.Percent-grade.Percent) > shift.Most+1e-9 {
			t.Errorf("%s had %v %q and has %v %q", learner, grade.Percent, grade.Letter, now.Percent, now.Letter)
		}
	}

	renamed := of(examCounts)
	renamed.Types[1].Type = "Final"
	shift, err = w.scorer.ShiftByPolicy(t.Context(), w.published(), renamed, map[string]string{"Exam": "Final"})
	shifted(t, "another name", shift, err, scoring.Shift{Grades: 2, Looked: 2})
	if shift, err = w.scorer.ShiftByPolicy(t.Context(), w.published(), renamed, nil); err != nil || shift.Changed != 2 {
		t.Errorf("a type that nothing is graded as any more: %+v, %v", shift, err)
	}
}

// The content that is published next is looked at as it will be counted: weights, what comes and what goes.
func TestShiftByContent(t *testing.T) {
	w := newWorld(t, openStore(t), homeworkAndExam()...)
	w.submit(ann, "a", 1, scored(3, 4))
	w.submit(ann, "c", 1, scored(5, 10))
	w.submit("bob", "c", 1, scored(10, 10))
	w.work()
	before := w.published()
	try := func(what string, outline []subsection) scoring.Shift {
		t.Helper()
		w.publish(outline...)
		shift, err := w.scorer.ShiftByContent(t.Context(), before, w.published())
		if err != nil {
			t.Fatal(err)
		}
		was := map[string]float64{ann: w.grade(ann).Percent, "bob": w.grade("bob").Percent}
		w.recounts()
		changed := 0
		for learner, percent := range was {
			if now := w.grade(learner).Percent; now != percent {
				changed++
			}
		}
		if changed != shift.Changed {
			t.Errorf("%s: %d grades changed, %d were told", what, changed, shift.Changed)
		}
		before = w.published()
		return shift
	}
	if shift := try("nothing", homeworkAndExam()); shift != (scoring.Shift{}) {
		t.Errorf("nothing changes: %+v", shift)
	}
	more := homeworkAndExam()
	more[0].problems = append(more[0].problems, problem{id: "new", facts: points(4)})
	if shift := try("one more problem", more); shift.Changed != 1 || shift.Lowered != 1 || shift.Looked != 2 {
		t.Errorf("%+v", shift)
	}
	weighed := homeworkAndExam()
	one := 1.0
	weighed[0].problems = append(weighed[0].problems, problem{id: "new", facts: points(4)})
	weighed[0].problems[1].facts.Weight = &one
	if shift := try("another weight", weighed); shift.Changed != 1 || shift.Lowered != 0 {
		t.Errorf("%+v", shift)
	}
	if shift := try("no exam", weighed[:2]); shift.Changed != 2 || shift.Lowered != 2 {
		t.Errorf("%+v", shift)
	}
}

package scoring_test

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

// examCounts gives the exam 90 % of the grade and asks for more.
const examCounts = `{"GRADER": [
	{"type": "Homework", "min_count": 2, "drop_count": 0, "weight": 0.1},
	{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.9}], "GRADE_CUTOFFS": {"A": 0.95, "Pass": 0.6}}`

func homeworkAndExam() []subsection {
	return []subsection{
		{"hw1", "Homework", []problem{{id: "a", facts: points(4)}}},
		{"hw2", "Homework", []problem{{id: "b", facts: points(4)}}},
		{"exam", "Exam", []problem{{id: "c", facts: points(10)}}},
	}
}

// recounts lets the chore look for stale grades and the workers do what it found.
func (w *world) recounts() int {
	w.t.Helper()
	found, err := w.scorer.Recounts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = w.queue.Run(w.t.Context()) // what fails is found again: what came of it is what tests look at
	return found
}

// agrees fails the test unless the stored grade is what the progress page adds up.
func (w *world) agrees(learner string) scoring.Grade {
	w.t.Helper()
	grade := w.grade(learner)
	published, err := w.courses.Published(w.t.Context(), w.run)
	if err != nil {
		w.t.Fatal(err)
	}
	person, err := w.Person(w.t.Context(), w.run, learner)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, _, err := w.scorer.Course(w.t.Context(), person, published)
	if err != nil {
		w.t.Fatal(err)
	}
	if grade.Percent != shown.Percent || grade.Letter != shown.Letter || grade.Passed != shown.Passed || !grade.Stamp().Current(published.Head.Number, scoring.GroupsOf(person)) {
		w.t.Errorf("%s: %v %q of head %d is stored, %v %q of head %d is shown", learner, grade.Percent, grade.Letter, grade.Head, shown.Percent, shown.Letter, published.Head.Number)
	}
	for _, kind := range shown.Types {
		if grade.Types[kind.Type] != kind.Average {
			w.t.Errorf("%s: the average of %s is %v in the store, %v on the page", learner, kind.Type, grade.Types[kind.Type], kind.Average)
		}
	}
	return grade
}

// TestPolicyAndContentReachStoredGrades: homework 1 is 3/4, the exam 5/10. By the old policy 0.6 * 0.75 / 2 + 0.4 * 0.5 =
// 0.425; by the new one 0.1 * 0.75 / 2 + 0.9 * 0.5 = 0.4875.
func TestPolicyAndContentReachStoredGrades(t *testing.T) {
	w := newWorld(t, openStore(t), homeworkAndExam()...)
	for problem, a := range map[string]answer{"a": scored(3, 4), "c": scored(5, 10)} {
		w.submit(ann, problem, 1, a)
		w.submit("bob", problem, 1, a)
	}
	w.work()
	if grade := w.agrees(ann); grade.Percent != 0.43 {
		t.Errorf("the old policy gives %v", grade.Percent)
	}
	if found := w.recounts(); found != 0 {
		t.Errorf("nothing was published, and %d runs are recounted", found)
	}
	w.publishWith(examCounts, homeworkAndExam()...)
	if found := w.recounts(); found != 1 {
		t.Errorf("a policy was published, and %d runs are recounted", found)
	}
	for _, learner := range []string{ann, "bob"} {
		if grade := w.agrees(learner); grade.Percent != 0.49 || grade.Passed {
			t.Errorf("the new policy gives %s %v", learner, grade.Percent)
		}
	}
	// The exam goes: its points are in no total any more.
	w.publishWith(examCounts, homeworkAndExam()[:2]...)
	w.recounts()
	if grade := w.agrees(ann); len(grade.Subsections) != 2 || grade.Percent != 0.04 {
		t.Errorf("without the exam %v, %v", grade.Percent, grade.Subsections)
	}
	w.pass(time.Hour)
	if found := w.recounts(); found != 0 {
		t.Errorf("all is current, and %d runs are recounted", found)
	}
}

// A verdict between a publish and the recount brings the whole grade to the new head, never a part of it.
func TestVerdictOverAnOlderGrade(t *testing.T) {
	w := newWorld(t, openStore(t), homeworkAndExam()...)
	w.submit(ann, "a", 1, scored(3, 4))
	w.submit(ann, "c", 1, scored(5, 10))
	w.work()
	// The exam's block is worth half of it now, the others stay as they are.
	heavier := homeworkAndExam()
	half := 0.5
	heavier[2].problems[0].facts.Weight = &half
	w.publishWith(examCounts, heavier...)
	w.submit(ann, "b", 1, scored(4, 4))
	w.work()
	if grade := w.agrees(ann); grade.Subsections["exam"].Possible != 0.5 {
		t.Errorf("the exam is out of %v", grade.Subsections["exam"].Possible)
	}
}

// What is hidden from a learner's group neither counts in a first grade nor after he changed groups.
func TestGroupsReachStoredGrades(t *testing.T) {
	outline := homeworkAndExam()
	outline[1].problems[0].fields = map[string]any{"group_access": map[string][]int{"50": {1}}}
	w := newWorld(t, openStore(t), outline...)
	w.groups = map[string]map[string]int{ann: {"50": 2}}
	w.submit(ann, "a", 1, scored(4, 4))
	w.work()
	first := w.agrees(ann)
	w.groups[ann] = map[string]int{"50": 1}
	w.scorer.RequestRecount(t.Context(), w.run.String())
	w.work()
	if second := w.agrees(ann); second.Subsections["hw2"].Possible != 4 || first.Subsections["hw2"].Possible != 0 {
		t.Errorf("homework 2 is out of %v, then of %v", first.Subsections["hw2"].Possible, second.Subsections["hw2"].Possible)
	}
}

// A learner whose grade cannot be added up holds up nobody else, and is tried again.
func TestRecountGoesRoundWhoIsStuck(t *testing.T) {
	w := newWorld(t, openStore(t), homeworkAndExam()...)
	for _, learner := range []string{ann, "bob", "cid"} {
		w.submit(learner, "c", 1, scored(8, 10))
	}
	w.work()
	w.publishWith(examCounts, homeworkAndExam()...)
	w.stuck = map[string]bool{ann: true}
	w.recounts()
	w.agrees("bob")
	w.agrees("cid")
	if grade := w.grade(ann); grade.Head != 1 {
		t.Errorf("the stuck grade says that it is from head %d", grade.Head)
	}
	w.stuck = nil
	if found := w.recounts(); found != 1 {
		t.Errorf("%d runs are recounted", found)
	}
	w.agrees(ann)
}

// TestHammerRecountIsCutShort lets the process die, or the store fail, at each operation of a recount. The next round of the
// chore ends what was begun.
func TestHammerRecountIsCutShort(t *testing.T) {
	learners := []string{ann, "bob", "cid"}
	prepare := func(t *testing.T, s store.Store) *world {
		w := newWorld(t, s, homeworkAndExam()...)
		for i, learner := range learners {
			w.submit(learner, "a", 1, scored(float64(i+1), 4))
			w.submit(learner, "c", 1, scored(float64(i+5), 10))
		}
		w.work()
		w.publishWith(examCounts, homeworkAndExam()...)
		w.restart(s) // the scorer that died may have known the old head
		return w
	}
	counting := faultstore.New(openStore(t), faultstore.Plan{})
	w := prepare(t, counting)
	before := len(counting.Passed())
	w.recounts()
	points := counting.Passed()[before:]
	plans := append(append(faultstore.Crashes(points), faultstore.Faults(points)...), faultstore.Conflicts(points)...)
	struck := 0
	for _, plan := range plans {
		t.Run(plan.Name, func(t *testing.T) {
			faulty := faultstore.New(openStore(t), plan)
			w := prepare(t, faulty)
			_, _ = w.scorer.Recounts(t.Context())
			_, _ = w.queue.Run(t.Context())
			struck += faulty.Struck()
			faulty.Revive()
			w.restart(faulty)
			w.recounts()
			for _, learner := range learners {
				w.agrees(learner)
			}
		})
	}
	if len(plans) < 20 || struck < len(plans)/2 {
		t.Errorf("%d operations, %d ways to fail, of which %d happened", len(points), len(plans), struck)
	}
}

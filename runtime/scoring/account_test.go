package scoring_test

import (
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestVerdictReachesTheCourseGrade adds up by hand: homework 1 has 3 of 4 raw points weighted to 8 of 10 with its second
// problem, homework 2 is untouched, the exam is full: 0.6 * (0.8 + 0) / 2 + 0.4 * 1 = 0.64.
func TestVerdictReachesTheCourseGrade(t *testing.T) {
	weighted := points(4)
	weight := 8.0
	weighted.Weight = &weight
	w := newWorld(
		t, openStore(t),
		subsection{"hw1", "Homework", []problem{{id: "a", facts: weighted}, {id: "b", facts: points(2)}}},
		subsection{"hw2", "Homework", []problem{{id: "c", facts: points(5)}}},
		subsection{"exam", "Exam", []problem{{id: "d", facts: points(3)}}},
		subsection{"practice", "", []problem{{id: "e", facts: points(7)}}},
	)
	for problem, a := range map[string]answer{"a": scored(3, 4), "b": scored(2, 2), "d": scored(3, 3), "e": scored(7, 7)} {
		w.submit(ann, problem, 1, a)
	}
	w.work()
	grade := w.grade(ann)
	if fmt.Sprintf("%.4f %s %v", grade.Percent, grade.Letter, grade.Passed) != "0.6400 Pass true" {
		t.Errorf("stored grade %v %q passed=%v, want 0.64 Pass", grade.Percent, grade.Letter, grade.Passed)
	}
	if hw := grade.Subsections["hw1"]; hw != (scoring.Totals{Earned: 8, Possible: 10, AllEarned: 8, AllPossible: 10, Attempted: true}) {
		t.Errorf("homework 1 adds up to %+v", hw)
	}
	person, err := w.Person(t.Context(), w.run, ann)
	if err != nil {
		t.Fatal(err)
	}
	published, err := w.courses.Published(t.Context(), w.run)
	if err != nil {
		t.Fatal(err)
	}
	shown, standings, err := w.scorer.Course(t.Context(), person, published)
	if err != nil || shown.Percent != grade.Percent || shown.Letter != grade.Letter || len(standings) != 4 {
		t.Errorf("the progress page shows %+v (%d subsections), %v", shown, len(standings), err)
	}
}

// TestWhichSubmissionCounts hands in 1/2, then 0/2, then 2/2, then 1/2, then one that is invalid.
func TestWhichSubmissionCounts(t *testing.T) {
	for _, c := range []struct {
		counts  wire.Counting
		setting string
		earned  float64
		counted int
	}{
		{counts: "", earned: 1, counted: 4},
		{counts: wire.CountLast, earned: 1, counted: 4},
		{counts: wire.CountFirst, earned: 1, counted: 1},
		{counts: wire.CountHighest, earned: 2, counted: 3},
		{counts: wire.CountAverage, earned: 1, counted: 4},
		{counts: wire.CountFirst, setting: "highest_score", earned: 2, counted: 3},
	} {
		t.Run(fmt.Sprintf("%s %s", c.counts, c.setting), func(t *testing.T) {
			facts := points(2)
			facts.Counts = c.counts
			fields := map[string]any{}
			if c.setting != "" {
				fields["grading_method"] = c.setting
			}
			w := newWorld(t, openStore(t), subsection{"hw", "Homework", []problem{{id: "p", facts: facts, fields: fields}}})
			var ids []string
			for i, earned := range []float64{1, 0, 2, 1} {
				ids = append(ids, w.submit(ann, "p", i+1, scored(earned, 2)))
			}
			invalid := w.submit(ann, "p", 5, becomes(wire.OutcomeInvalid))
			// The order in which workers finish says nothing.
			for _, id := range []string{invalid, ids[2], ids[0], ids[3], ids[1]} {
				if err := w.scorer.Deliver(t.Context(), id, "worker"); err != nil {
					t.Fatal(err)
				}
			}
			score := w.score(ann, "p")
			if score.Earned != c.earned || score.Possible != 2 || score.CountedID != ids[c.counted-1] || score.NewestID != invalid {
				t.Errorf("got %v/%v counted %s newest %s, want %v/2 counted %s newest %s",
					score.Earned, score.Possible, score.CountedID, score.NewestID, c.earned, ids[c.counted-1], invalid)
			}
			newest, counted, err := score.Verdicts()
			if err != nil || newest.Outcome != wire.OutcomeInvalid || counted.Outcome != wire.OutcomeScored {
				t.Errorf("verdicts %+v, %+v, %v", newest, counted, err)
			}
		})
	}
}

func TestScoreIsClamped(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	w.submit(ann, "p", 1, scored(5, 1))
	w.submit("bob", "p", 1, scored(-2, 1))
	w.work()
	if high, low := w.score(ann, "p"), w.score("bob", "p"); high.Earned != 1 || low.Earned != 0 {
		t.Errorf("5 of 1 counts %v, -2 of 1 counts %v", high.Earned, low.Earned)
	}
}

func TestHiddenAndUngradedBlocksDoNotCount(t *testing.T) {
	w := newWorld(t, openStore(t), subsection{"hw", "Homework", []problem{
		{id: "p", facts: points(1)},
		{id: "staff", facts: points(5), fields: map[string]any{"visible_to_staff_only": true}},
		{id: "practice", facts: points(3), fields: map[string]any{"graded": false}},
	}})
	for _, problem := range []string{"p", "staff", "practice"} {
		w.submit(ann, problem, 1, scored(1, *map[string]wire.Facts{"p": points(1), "staff": points(5), "practice": points(3)}[problem].MaxScore))
	}
	w.work()
	want := scoring.Totals{Earned: 1, Possible: 1, AllEarned: 2, AllPossible: 4, Attempted: true}
	if got := w.grade(ann).Subsections["hw"]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFirstScoreCompletesTheBlock(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	id := w.submit(ann, "p", 1, becomes(wire.OutcomeInvalid))
	w.work()
	completions := store.Of[state.Completion](w.store, state.CompletionSpec())
	done := func() float64 {
		usage := w.run.Usage("problem", "p").String()
		docs, _, err := completions.Find(t.Context(), store.Query{Prefix: store.ID(ann)})
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			return doc.Body.Blocks[usage]
		}
		return 0
	}
	if done() != 0 {
		t.Errorf("%s was invalid, and completed the block", id)
	}
	w.submit(ann, "p", 2, scored(0, 1))
	w.work()
	if done() != 1 {
		t.Error("a graded answer did not complete the block")
	}
}

func TestBlockThatLeftTheCourseCountsNowhere(t *testing.T) {
	w := newWorld(t, openStore(t), subsection{"hw", "Homework", []problem{{id: "p", facts: points(1)}, {id: "q", facts: points(1)}}})
	id := w.submit(ann, "q", 1, scored(1, 1))
	w.publish(one())
	w.work()
	if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 {
		t.Errorf("delivery %+v", d)
	}
	w.submit(ann, "p", 1, scored(1, 1))
	w.work()
	if got := w.grade(ann).Subsections["hw"]; got.Possible != 1 || got.Earned != 1 {
		t.Errorf("the subsection adds up to %+v", got)
	}
}

func TestOverrideByStaff(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	w.submit(ann, "p", 1, scored(0, 1))
	w.work()
	usage := w.run.Usage("problem", "p")
	for _, o := range []scoring.Override{{Earned: 0.5, Possible: 1, Stamp: "2"}, {Earned: 1, Possible: 1, Stamp: "1"}} {
		if err := w.scorer.Override(t.Context(), ann, usage, o); err != nil {
			t.Fatal(err)
		}
	}
	if score, ok := w.score(ann, "p").Points(); !ok || score.Earned != 0.5 {
		t.Errorf("points %+v, want the later stamp's 0.5", score)
	}
	w.submit(ann, "p", 2, scored(1, 1))
	w.work()
	if got := w.grade(ann).Subsections["hw"]; got.Earned != 0.5 {
		t.Errorf("a later submission took the override away: %+v", got)
	}
}

package gradebook_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/gradebook"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// fill makes so many learners, each with something in every one of 200 subsections.
func (w *world) fill(learners int) {
	w.t.Helper()
	var subs []sub
	for n := range 200 {
		subs = append(subs, sub{id: fmt.Sprintf("%032x", n), format: []string{"Homework", "Lab", "Exam"}[n%3]})
	}
	w.publish(policy, subs...)
	grades := store.Of[scoring.Grade](w.store, store.Spec{Name: "grades"})
	var docs []store.Doc[scoring.Grade]
	for n := range learners {
		user := w.learner(fmt.Sprintf("learner%05d", n), fmt.Sprintf("Given%d Family%d", n*7919%learners, n))
		grade := scoring.Grade{
			Learner: w.people.Pseudonym(user.ID, w.run.String()), Run: w.run.String(), Subsections: store.Map[scoring.Totals]{}, At: w.clock(),
			Types: store.Map[float64]{"Homework": 0.5, "Lab": 0.6, "Exam": 0.7}, Percent: float64(n%101) / 100, Letter: "Pass", Head: 1, Rules: 2,
		}
		for i, s := range subs {
			points := float64((n + i) % 11)
			grade.Subsections[s.id] = scoring.Totals{Earned: points, Possible: 10, AllEarned: points, AllPossible: 10, Attempted: true}
		}
		docs = append(docs, store.Doc[scoring.Grade]{ID: scoring.GradeID(grade.Learner, grade.Run), Body: grade})
		if len(docs) == 500 || n == learners-1 {
			if _, err := grades.InsertMany(w.t.Context(), docs); err != nil {
				w.t.Fatal(err)
			}
			docs = docs[:0]
		}
	}
	w.pass(time.Hour)
}

// Opening a gradebook that is not in memory, asking what has changed when nothing has, and sorting by a column that nobody
// has sorted by: with what the table takes of memory.
func BenchmarkGradebook(b *testing.B) {
	for _, learners := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(learners), func(b *testing.B) {
			w := newWorld(b)
			w.fill(learners)
			published, err := w.courses.Published(b.Context(), w.run)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("cold", func(b *testing.B) {
				var before, after runtime.MemStats
				for b.Loop() {
					runtime.GC()
					runtime.ReadMemStats(&before)
					book := w.start().book
					if _, err := book.Open(b.Context(), published, time.Minute); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					runtime.GC()
					runtime.ReadMemStats(&after)
					_, estimate := book.Usage()
					b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-heap")
					b.ReportMetric(float64(estimate)/(1<<20), "MB-estimate")
					b.StartTimer()
				}
			})
			w.open()
			b.Run("unchanged", func(b *testing.B) {
				for b.Loop() {
					w.open()
				}
			})
			b.Run("sort", func(b *testing.B) {
				for n := 0; b.Loop(); n++ {
					table := w.open()
					rows := table.Select(gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortColumn, Name: fmt.Sprintf("%032x", n%200), Down: n%400 < 200}})
					if len(rows) != learners {
						b.Fatalf("%d rows", len(rows))
					}
				}
			})
			b.Run("search", func(b *testing.B) {
				table := w.open()
				for b.Loop() {
					if rows := table.Select(gradebook.Query{Search: "family9"}); len(rows) == 0 {
						b.Fatal("nobody is found")
					}
				}
			})
		})
	}
}

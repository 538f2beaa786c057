package gradebook_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/gradebook"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

func subsections() []sub {
	return []sub{
		{id: "hw1", format: "Homework"},
		{id: "quiz", format: "Quiz"}, // which the policy does not name
		{id: "exam", format: "Exam"},
		{id: "hw2", format: "Homework"},
		{id: "reading"}, // not graded
	}
}

// By hand: Ann has 5/10 and 0/10 in homework and 10/10 in the exam: 0.5 * 0.25 + 0.5 * 1 = 0.625, Open edX rounds to 0.63.
func TestRows(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	ann, bob := w.learner("ann", "Ann Ångström"), w.learner("bob", "")
	w.points(ann, "hw1", 5)
	w.points(ann, "exam", 10)
	w.points(ann, "quiz", 3)
	table := w.open()
	columns := ""
	for _, c := range table.Columns {
		columns += fmt.Sprintf("%s (%s) ", c.ID, table.Groups[c.Group].Type)
	}
	if columns != "hw1 (Homework) hw2 (Homework) exam (Exam) quiz (Quiz) " {
		t.Errorf("the columns are %s", columns)
	}
	row := find(t, table, "ann")
	if row.Percent != 0.63 || row.Letter != "Pass" || !row.Passed || !row.Graded || row.Stale || row.Learner != w.people.Pseudonym(ann.ID, w.run.String()) {
		t.Errorf("Ann has %+v", row)
	}
	cells := ""
	for at := range table.Columns {
		cells += fmt.Sprint(row.Cell(at), " ")
	}
	if cells != "{5 10 true false} {0 10 false false} {10 10 true false} {3 10 true false} " {
		t.Errorf("Ann's cells are %s", cells)
	}
	homework, _ := row.Average(0)
	exam, _ := row.Average(1)
	if _, counts := row.Average(2); homework != 0.25 || exam != 1 || counts {
		t.Errorf("Ann's averages are %v and %v, and quizzes count: %v", homework, exam, counts)
	}
	row = find(t, table, "bob")
	if row.Graded || row.Percent != 0 || row.Cell(0).Attempted || row.Email != bob.Email {
		t.Errorf("Bob, who has done nothing, has %+v", row)
	}
	if table.Graded != 1 || table.Stale != 0 || table.Rows() != 2 {
		t.Errorf("%d rows, %d graded, %d stale", table.Rows(), table.Graded, table.Stale)
	}
}

func TestSelect(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	for _, l := range []struct {
		username, name string
		exam, hw       float64
	}{{"zoe", "Ann Zimmer", 10, 10}, {"carl", "Çelik Ayşe", 4, -1}, {"bob", "bob Miller", 10, 0}, {"dora", "Dora Ann", -1, 7}} {
		user := w.learner(l.username, l.name)
		for id, points := range map[string]float64{"exam": l.exam, "hw1": l.hw} {
			if points >= 0 {
				w.points(user, id, points)
			}
		}
	}
	if err := w.people.PutCohort(t.Context(), w.run.String(), people.Cohort{Name: "Blue"}); err != nil {
		t.Fatal(err)
	}
	carl, err := w.people.FindUser(t.Context(), "carl")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.SetCohort(t.Context(), carl.ID, w.run.String(), "Blue"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.people.Enrol(t.Context(), carl.ID, w.run.String(), "honor"); err != nil {
		t.Fatal(err)
	}
	gone := w.learner("gone", "Gone Girl")
	if _, _, err := w.people.Unenrol(t.Context(), gone.ID, w.run.String()); err != nil {
		t.Fatal(err)
	}
	table := w.open()
	half, all := 0.5, 1.0
	for what, c := range map[string]struct {
		query gradebook.Query
		want  string
	}{
		"everybody":         {gradebook.Query{}, "zoe bob carl dora"},
		"down":              {gradebook.Query{Sort: gradebook.Sort{Down: true}}, "dora carl bob zoe"},
		"user names":        {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortUsername}}, "bob carl dora zoe"},
		"user names down":   {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortUsername, Down: true}}, "zoe dora carl bob"},
		"total":             {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortTotal}}, "dora carl bob zoe"},
		"exam":              {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortColumn, Name: "exam"}}, "carl zoe bob dora"},
		"exam down":         {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortColumn, Name: "exam", Down: true}}, "zoe bob carl dora"},
		"homework":          {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortType, Name: "Homework", Down: true}}, "zoe dora bob carl"},
		"what is not there": {gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortColumn, Name: "nothing"}}, "zoe bob carl dora"},
		"begin of a name":   {gradebook.Query{Search: " ANN "}, "zoe dora"},
		"begin of a word":   {gradebook.Query{Search: "zim"}, "zoe"},
		"not the middle":    {gradebook.Query{Search: "immer"}, ""},
		"a user name":       {gradebook.Query{Search: "car"}, "carl"},
		"an address":        {gradebook.Query{Search: "dora@ex"}, "dora"},
		"a cohort":          {gradebook.Query{Cohort: "Blue"}, "carl"},
		"a mode":            {gradebook.Query{Mode: "honor"}, "carl"},
		"passed":            {gradebook.Query{Passed: true}, "zoe bob"},
		"failed":            {gradebook.Query{Failed: true}, "carl dora"},
		"from":              {gradebook.Query{From: &half}, "zoe bob"},
		"up to":             {gradebook.Query{To: &half}, "bob carl dora"},
		"all of it":         {gradebook.Query{From: &all}, ""},
		"formerly":          {gradebook.Query{Formerly: true}, "gone"},
	} {
		if got := names(table.Select(c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	if fmt.Sprint(table.Cohorts, table.Modes) != "[Blue] [audit honor]" {
		t.Errorf("cohorts %v, modes %v", table.Cohorts, table.Modes)
	}
}

// What another process of the site writes shows within a second, whatever it is.
func TestWhatOthersWriteShows(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	ann := w.learner("ann", "Ann")
	other := w.start()
	other.open()
	run := w.run.String()
	tables := map[*gradebook.Table]bool{}
	for _, step := range []struct {
		what  string
		write func() error
		want  string
	}{
		{"nothing", func() error { return nil }, "ann: 0 audit  false"},
		{"points", func() error { w.points(ann, "exam", 8); return nil }, "ann: 0.4 audit  false"},
		{"more points", func() error { w.points(ann, "hw1", 8); return nil }, "ann: 0.6 audit  true"},
		{"an enrolment", func() error { w.learner("bob", "Bob"); return nil }, "ann: 0.6 audit  true, bob: 0 audit  false"},
		{"a mode", func() error { _, _, err := w.people.Enrol(t.Context(), ann.ID, run, "honor"); return err }, "ann: 0.6 honor  true, bob: 0 audit  false"},
		{"a cohort", func() error {
			return errors.Join(w.people.PutCohort(t.Context(), run, people.Cohort{Name: "Red"}), ignore(w.people.SetCohort(t.Context(), ann.ID, run, "Red")))
		}, "ann: 0.6 honor Red true, bob: 0 audit  false"},
		{"a name", func() error { return ignore(w.people.Rename(t.Context(), ann.ID, "anna")) }, "anna: 0.6 honor Red true, bob: 0 audit  false"},
		{"an erasure", func() error { return w.people.Erase(t.Context(), ann.ID) }, "bob: 0 audit  false"},
	} {
		if err := step.write(); err != nil {
			t.Fatal(err)
		}
		table := other.open()
		got := ""
		for i, row := range table.Select(gradebook.Query{Sort: gradebook.Sort{By: gradebook.SortUsername}}) {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s: %v %s %s %v", row.Username, row.Percent, row.Mode, row.Cohort, row.Passed)
		}
		if got != step.want {
			t.Errorf("after %s the other process shows %q, want %q", step.what, got, step.want)
		}
		if other.open() != table {
			t.Errorf("after %s nothing changes, and the table is made anew", step.what)
		}
		tables[table] = true
	}
	if len(tables) != 8 {
		t.Errorf("%d tables for 8 states", len(tables))
	}
}

func ignore[T any](_ T, err error) error { return err }

// Who tried things as staff and enrols afterwards is there with the grade from before.
func TestGradeFromBeforeTheEnrolment(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	w.learner("bob", "Bob")
	ann, err := w.people.Create(t.Context(), people.NewUser{Username: "ann", Email: "ann@example.org", Passwordless: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.Remember(t.Context(), ann.ID, w.run.String()); err != nil {
		t.Fatal(err)
	}
	w.points(ann, "exam", 8)
	if table := w.open(); table.Rows() != 1 {
		t.Errorf("%d rows before the enrolment", table.Rows())
	}
	w.pass(time.Minute)
	if _, _, err := w.people.Enrol(t.Context(), ann.ID, w.run.String(), ""); err != nil {
		t.Fatal(err)
	}
	if row := find(t, w.open(), "ann"); row.Percent != 0.4 {
		t.Errorf("Ann has %v", row.Percent)
	}
}

// A publish, a group and a cohort's group make grades stale; the gradebook says so, asks for the recount, and shows it done.
func TestStaleGrades(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	run := w.run.String()
	if err := w.people.PutCohort(t.Context(), run, people.Cohort{Name: "Red"}); err != nil {
		t.Fatal(err)
	}
	ann, bob := w.learner("ann", "Ann"), w.learner("bob", "Bob")
	w.learner("nil", "Nothing Done")
	for _, user := range []people.User{ann, bob} {
		w.points(user, "exam", 8)
	}
	if table := w.open(); table.Graded != 2 || table.Stale != 0 {
		t.Errorf("%d graded, %d stale", table.Graded, table.Stale)
	}
	if n := len(w.queue.Waiting()); n != 0 {
		t.Errorf("%d jobs wait and nothing is stale", n)
	}
	for _, step := range []struct {
		what  string
		make  func() error
		stale int
	}{
		{"a publish", func() error { w.publish(policy, subsections()[1:]...); return nil }, 2},
		{"a member's groups", func() error { return ignore(w.people.SetGroups(t.Context(), ann.ID, run, []string{"50:1"})) }, 1},
		{"a cohort", func() error { return ignore(w.people.SetCohort(t.Context(), bob.ID, run, "Red")) }, 0},
		{"a cohort's group", func() error {
			return w.people.PutCohort(t.Context(), run, people.Cohort{Name: "Red", Group: "50:2"})
		}, 1},
	} {
		if err := step.make(); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
		table := w.open()
		marked := 0
		for _, row := range table.Select(gradebook.Query{}) {
			if row.Stale {
				marked++
			}
		}
		if table.Stale != step.stale || marked != step.stale {
			t.Errorf("after %s %d are stale and %d marked, want %d", step.what, table.Stale, marked, step.stale)
		}
		if n := len(w.queue.Waiting()); n != min(1, step.stale) {
			t.Errorf("after %s %d jobs wait", step.what, n)
		}
		if _, err := w.queue.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if table := w.open(); table.Stale != 0 || table.Graded != 2 {
			t.Errorf("after %s and the recount %d of %d are stale", step.what, table.Stale, table.Graded)
		}
	}
}

// Who does not wait hears that the table is being read, and finds it there afterwards.
func TestNotThereYet(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	w.learner("ann", "Ann")
	reading, ready := make(chan struct{}), make(chan struct{})
	slow := w.over(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{{
		Ops: []faultstore.Op{faultstore.Find}, Collection: "people_members", Nth: 1,
		Meanwhile: func(context.Context, store.Store, faultstore.Point) error { close(reading); <-ready; return nil },
	}}}))
	published, err := slow.courses.Published(t.Context(), w.run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.book.Open(t.Context(), published, 0); !errors.Is(err, gradebook.ErrLoading) {
		t.Errorf("before it is read: %v", err)
	}
	<-reading
	close(ready)
	if table := slow.open(); table.Rows() != 1 {
		t.Errorf("%d rows", table.Rows())
	}
}

// A table that cannot be read, or cannot be brought to now, is an error and not what stood there before; the next one who
// opens it tries again.
func TestStoreIsAway(t *testing.T) {
	for what, nth := range map[string]int{"reading": 1, "looking for changes": 2} {
		w := newWorld(t)
		w.publish(policy, subsections()...)
		w.learner("ann", "Ann")
		p := w.over(faultstore.New(w.store, faultstore.Plan{Rules: []faultstore.Rule{{
			Ops: []faultstore.Op{faultstore.Find}, Collection: "grades", Nth: nth,
		}}}))
		published, err := p.courses.Published(t.Context(), w.run)
		if err != nil {
			t.Fatal(err)
		}
		for try := 1; try <= 3; try++ {
			table, err := p.book.Open(t.Context(), published, time.Minute)
			switch {
			case try == nth && !errors.Is(err, store.ErrUnavailable):
				t.Errorf("%s, try %d: %v", what, try, err)
			case try != nth && (err != nil || table.Rows() != 1):
				t.Errorf("%s, try %d: %v", what, try, err)
			}
			w.pass(gradebook.Fresh)
		}
	}
}

// What is kept in memory has a bound.
func TestMemoryHasABound(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	w.learner("ann", "Ann")
	w.open()
	if tables, bytes := w.book.Usage(); tables != 1 || bytes <= 0 {
		t.Errorf("%d tables of %d bytes", tables, bytes)
	}
	first := w.run
	small := gradebook.New(gradebook.Config{Scorer: w.scorer, People: w.people, ContentGroups: contentGroups, Memory: 1, Now: w.clock})
	w.book = small
	w.open()
	w.run.Run = "next"
	w.publish(policy, subsections()...)
	w.open()
	if tables, _ := small.Usage(); tables != 1 {
		t.Errorf("%d tables are kept where there is room for none but the newest", tables)
	}
	w.run = first
	w.open()
	w.pass(gradebook.Whole + time.Second)
	w.run.Run = "next"
	w.open()
	if tables, _ := small.Usage(); tables != 1 {
		t.Errorf("%d tables, one of which nobody has opened for long", tables)
	}
}

// A whole reading now and then finds what looking back by time has missed: a process whose clock is far behind.
func TestWrongClock(t *testing.T) {
	w := newWorld(t)
	w.publish(policy, subsections()...)
	ann := w.learner("ann", "Ann")
	w.pass(time.Hour)
	w.open()
	w.pass(-30 * time.Minute)
	w.points(ann, "exam", 8)
	w.pass(30 * time.Minute)
	if row := find(t, w.open(), "ann"); row.Percent != 0 {
		t.Fatalf("Ann has %v by a clock that is half an hour behind: this test tests nothing", row.Percent)
	}
	w.pass(gradebook.Whole + time.Second)
	w.open() // it is read beside
	w.book.Wait()
	if row := find(t, w.open(), "ann"); row.Percent != 0.4 {
		t.Errorf("what was written by a wrong clock never shows: %v", row.Percent)
	}
}

package gradebook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/gradebook"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// world is a course with people, and a clock that the test turns. Every process of the site shares store and queue.
type world struct {
	t     testing.TB
	store store.Store
	queue *portstest.Queue
	run   key.Course
	*process

	mu  sync.Mutex
	now time.Time
}

// process is what one process of the site has in memory.
type process struct {
	w       *world
	people  *people.People
	courses *course.Courses
	scorer  *scoring.Scorer
	book    *gradebook.Gradebook
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Facts implements course.Outliner: every problem is worth ten points.
func (w *world) Facts(_ context.Context, _ key.Course, _ string, r *course.Revision, _ []wire.Child) (wire.Facts, error) {
	possible := 10.0
	if r.Type == "problem" {
		return wire.Facts{MaxScore: &possible, Completion: wire.CompleteOnSubmit}, nil
	}
	return wire.Facts{}, nil
}

// contentGroups is as package site does it: groups are written "PARTITION:GROUP".
func contentGroups(own []string, brings string) map[string]int {
	groups := map[string]int{}
	for _, name := range append(slices.Clone(own), brings) {
		partition, group, _ := strings.Cut(name, ":")
		if n, err := strconv.Atoi(group); err == nil {
			groups[partition] = n
		}
	}
	return groups
}

// Person implements scoring.People.
func (p *process) Person(ctx context.Context, run key.Course, learner string) (*access.Person, error) {
	m, err := p.people.ByPseudonym(ctx, run.String(), learner)
	if err != nil {
		return nil, err
	}
	brings := ""
	if m.Cohort != "" {
		cohort, err := p.people.Cohort(ctx, run.String(), m.Cohort)
		if err != nil {
			return nil, err
		}
		brings = cohort.Group
	}
	return &access.Person{User: m.User, Run: run, Learner: learner, Enrolled: m.Enrolled, Groups: contentGroups(m.Groups, brings)}, nil
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{
		t: t, store: s, queue: &portstest.Queue{}, run: key.Course{Org: "Test", Number: "Book", Run: "now"},
		now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	w.queue.Now = w.clock
	specs := append(append(course.Specs(), scoring.Specs()...), people.Specs()...)
	if err := s.Ensure(t.Context(), append(specs, state.LearnerSpec(), state.CompletionSpec())...); err != nil {
		t.Fatal(err)
	}
	w.process = w.start()
	w.queue.Handle(scoring.RecountJob, func(ctx context.Context, job ports.Job) error { return w.scorer.Recount(ctx, job.Ref) })
	return w
}

// start is another process over the same store.
func (w *world) start() *process { return w.over(w.store) }

func (w *world) over(s store.Store) *process {
	w.t.Helper()
	p := &process{w: w}
	var err error
	p.people, err = people.New(people.Config{Store: s, Secret: []byte(strings.Repeat("s", 32)), Limiter: &portstest.Limiter{}, Now: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	p.courses = course.New(s, course.Config{Now: w.clock})
	p.scorer = scoring.New(scoring.Config{Store: s, Courses: p.courses, People: p, Queue: w.queue, Now: w.clock})
	p.book = gradebook.New(gradebook.Config{Scorer: p.scorer, People: p.people, ContentGroups: contentGroups, Now: w.clock})
	return p
}

// sub is a subsection of a test course, of one problem worth ten points.
type sub struct {
	id, format string
	fields     map[string]any
}

const policy = `{"GRADER": [
	{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 0.5},
	{"type": "Lab", "min_count": 1, "drop_count": 0, "weight": 0},
	{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.5}], "GRADE_CUTOFFS": {"A": 0.8, "Pass": 0.5}}`

func (w *world) publish(policy string, subs ...sub) {
	w.t.Helper()
	var all []*course.Revision
	add := func(blockType, id string, fields map[string]any, children ...course.ChildRef) course.ChildRef {
		r := &course.Revision{Type: blockType, Fields: store.Map[string]{}, Children: children}
		for name, value := range fields {
			encoded, err := json.Marshal(value)
			if err != nil {
				w.t.Fatal(err)
			}
			r.Fields[name] = string(encoded)
		}
		all = append(all, r)
		return course.ChildRef{Type: blockType, ID: id, Hash: r.Hash()}
	}
	var children []course.ChildRef
	for _, s := range subs {
		problem := add("problem", "p-"+s.id, map[string]any{"id": s.id})
		fields := map[string]any{"graded": s.format != "", "format": s.format, "display_name": "The " + s.id}
		for name, value := range s.fields {
			fields[name] = value
		}
		children = append(children, add("sequential", s.id, fields, add("vertical", "u-"+s.id, nil, problem)))
	}
	root := add("course", "course", map[string]any{"start": "2026-01-01T00:00:00Z"}, add("chapter", "section", nil, children...))
	if _, err := w.courses.AddRevisions(w.t.Context(), all...); err != nil {
		w.t.Fatal(err)
	}
	base := 0
	if run, err := w.courses.Run(w.t.Context(), w.run); err == nil {
		base = run.Head.Number
	}
	if _, broken, err := w.courses.Publish(w.t.Context(), w, course.Publication{
		Course: w.run, Root: root.Hash, Base: base, By: "test", Grading: policy,
	}); err != nil || len(broken) > 0 {
		w.t.Fatal(err, broken)
	}
	w.pass(time.Second) // processes look for the head again
}

// learner makes an account and enrols it.
func (w *world) learner(username, name string) people.User {
	w.t.Helper()
	user, err := w.people.Create(w.t.Context(), people.NewUser{
		Username: username, Email: username + "@example.org", Passwordless: true, Profile: people.Profile{Name: name},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, _, err := w.people.Enrol(w.t.Context(), user.ID, w.run.String(), ""); err != nil {
		w.t.Fatal(err)
	}
	return user
}

// points gives a learner so many of ten points in a subsection.
func (p *process) points(user people.User, subsection string, earned float64) {
	p.w.t.Helper()
	override := scoring.Override{Earned: earned, Possible: 10, By: "test", At: p.w.clock(), Stamp: fmt.Sprint(p.w.clock().UnixNano())}
	if err := p.scorer.Override(p.w.t.Context(), p.people.Pseudonym(user.ID, p.w.run.String()), p.w.run.Usage("problem", "p-"+subsection), override); err != nil {
		p.w.t.Fatal(err)
	}
}

// open gives the table as it is in this process once what it keeps has gone stale.
func (p *process) open() *gradebook.Table {
	p.w.t.Helper()
	p.w.pass(gradebook.Fresh)
	published, err := p.courses.Published(p.w.t.Context(), p.w.run)
	if err != nil {
		p.w.t.Fatal(err)
	}
	table, err := p.book.Open(p.w.t.Context(), published, time.Minute)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return table
}

// names writes the user names of rows.
func names(rows []*gradebook.Row) string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = row.Username
	}
	return strings.Join(list, " ")
}

// find gives a learner's row.
func find(t testing.TB, table *gradebook.Table, username string) *gradebook.Row {
	t.Helper()
	for _, row := range table.Select(gradebook.Query{}) {
		if row.Username == username {
			return row
		}
	}
	t.Fatalf("%s is not in the gradebook", username)
	return nil
}

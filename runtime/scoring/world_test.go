package scoring_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const ann = "ann"

// world is a course whose problems are graded by what their answers say, and a clock that the test turns.
type world struct {
	t       testing.TB
	store   store.Store
	courses *course.Courses
	scorer  *scoring.Scorer
	queue   *portstest.Queue
	bus     *portstest.Bus
	grader  *grader
	run     key.Course

	mu  sync.Mutex
	now time.Time
	// groups are learners' content groups, by partition; stuck are learners whom nothing can be asked about.
	groups map[string]map[string]int
	stuck  map[string]bool
}

// grader gives the verdict that an answer asks for.
type grader struct {
	mu      sync.Mutex
	ordered bool
	// before runs at the start of each grading; its error is the grading's.
	before func(ctx context.Context, id string) error
	graded map[string]int
	// previous is what each submission was told of the verdict before.
	previous map[string]*wire.Verdict
}

// answer is what the tests hand in: the verdict itself, and what it becomes once there is evidence.
type answer struct {
	wire.Verdict
	Then *wire.Verdict `json:"then,omitempty"`
}

func (g *grader) Grade(
	ctx context.Context, id string, s *scoring.Submission, evidence []wire.Evidence, previous *wire.Verdict,
) (scoring.Graded, error) {
	g.mu.Lock()
	before := g.before
	g.graded[id]++
	g.previous[id] = previous
	g.mu.Unlock()
	if before != nil {
		if err := before(ctx, id); err != nil {
			return scoring.Graded{}, err
		}
	}
	var a answer
	if err := json.Unmarshal([]byte(s.Answers), &a); err != nil {
		return scoring.Graded{}, err
	}
	if a.Then != nil && len(evidence) > 0 {
		a.Verdict = *a.Then
	}
	return scoring.Graded{Verdict: a.Verdict, Receipt: scoring.Receipt{Artifact: s.Artifact, Content: s.Content}}, nil
}

func (g *grader) InOrder(context.Context, *scoring.Submission) (bool, error) { return g.ordered, nil }

// times is how often a submission was graded.
func (g *grader) times(id string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.graded[id]
}

func (g *grader) whenGrading(before func(ctx context.Context, id string) error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = before
}

// Person implements scoring.People: everybody is an enrolled learner.
func (w *world) Person(_ context.Context, run key.Course, learner string) (*access.Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stuck[learner] {
		return nil, fmt.Errorf("%s is stuck", learner)
	}
	return &access.Person{User: "user-" + learner, Run: run, Learner: learner, Enrolled: true, Groups: w.groups[learner]}, nil
}

// Facts implements course.Outliner: a problem's facts stand in its fields.
func (w *world) Facts(_ context.Context, _ key.Course, _ string, r *course.Revision, _ []wire.Child) (wire.Facts, error) {
	var facts wire.Facts
	if r.Type != "problem" {
		return facts, nil
	}
	return facts, json.Unmarshal([]byte(r.Fields["facts"]), &facts)
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

func openStore(t testing.TB) store.Store {
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
	return s
}

// newWorld publishes the outline over a store.
func newWorld(t testing.TB, s store.Store, outline ...subsection) *world {
	t.Helper()
	w := &world{
		t: t, store: s, run: key.Course{Org: "Test", Number: "Score", Run: "now"}, queue: &portstest.Queue{}, bus: &portstest.Bus{},
		grader: &grader{graded: map[string]int{}, previous: map[string]*wire.Verdict{}},
		now:    time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	w.queue.Now = w.clock
	specs := append(append(course.Specs(), scoring.Specs()...), state.LearnerSpec(), state.CompletionSpec())
	if err := s.Ensure(t.Context(), specs...); err != nil {
		t.Fatal(err)
	}
	w.restart(s)
	w.publish(outline...)
	return w
}

// restart makes a scorer over s, as a process that starts would. What the queue held is gone.
func (w *world) restart(s store.Store) {
	w.queue.Forget()
	w.courses = course.New(s, course.Config{Now: w.clock})
	w.scorer = scoring.New(scoring.Config{
		Store: s, Grader: w.grader, Courses: w.courses, People: w, Queue: w.queue, Bus: w.bus, Now: w.clock,
	})
	w.queue.Handle(scoring.JobKind, func(ctx context.Context, job ports.Job) error {
		return w.scorer.Deliver(ctx, job.Ref, "worker")
	})
	w.queue.Handle(scoring.RecountJob, func(ctx context.Context, job ports.Job) error { return w.scorer.Recount(ctx, job.Ref) })
}

// subsection and problem are what a test course is made of.
type subsection struct {
	id, format string
	problems   []problem
}

type problem struct {
	id     string
	facts  wire.Facts
	fields map[string]any
}

func points(possible float64) wire.Facts {
	return wire.Facts{MaxScore: &possible, Completion: wire.CompleteOnSubmit}
}

// policy gives homework 60 % and the exam 40 %.
const policy = `{"GRADER": [
	{"type": "Homework", "min_count": 2, "drop_count": 0, "weight": 0.6},
	{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.4}], "GRADE_CUTOFFS": {"A": 0.8, "Pass": 0.5}}`

func (w *world) publish(outline ...subsection) { w.publishWith(policy, outline...) }

func (w *world) publishWith(policy string, outline ...subsection) {
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
	var subs []course.ChildRef
	for _, sub := range outline {
		var blocks []course.ChildRef
		for _, p := range sub.problems {
			fields := map[string]any{"facts": p.facts}
			for name, value := range p.fields {
				fields[name] = value
			}
			blocks = append(blocks, add("problem", p.id, fields))
		}
		unit := add("vertical", "unit-"+sub.id, nil, blocks...)
		subs = append(subs, add("sequential", sub.id, map[string]any{"graded": sub.format != "", "format": sub.format}, unit))
	}
	section := add("chapter", "section", nil, subs...)
	root := add("course", "course", map[string]any{"start": "2026-01-01T00:00:00Z"}, section)
	if _, err := w.courses.AddRevisions(w.t.Context(), all...); err != nil {
		w.t.Fatal(err)
	}
	base := 0
	if run, err := w.courses.Run(w.t.Context(), w.run); err == nil {
		base = run.Head.Number
	}
	_, broken, err := w.courses.Publish(w.t.Context(), w, course.Publication{
		Course: w.run, Root: root.Hash, Base: base, By: "test", Grading: policy,
	})
	if err != nil || len(broken) > 0 {
		w.t.Fatal(err, broken)
	}
}

// submission is a learner's n-th answer to a problem.
func (w *world) submission(learner, problem string, sequence int, a answer) (string, scoring.Submission) {
	w.t.Helper()
	encoded, err := json.Marshal(a)
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%s-%s-%d", learner, problem, sequence), scoring.Submission{
		Learner: learner, Run: w.run.String(), Usage: w.run.Usage("problem", problem).String(), Type: "problem", Sequence: sequence,
		Attempt: sequence, At: w.clock(), Answers: string(encoded), Sitting: "s", Artifact: "a", Content: "c",
	}
}

// submit hands in; it is graded when the queue runs.
func (w *world) submit(learner, problem string, sequence int, a answer) (id string) {
	w.t.Helper()
	id, body := w.submission(learner, problem, sequence, a)
	if err := w.scorer.Accept(w.t.Context(), id, body); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// work runs what the queue holds.
func (w *world) work() {
	w.t.Helper()
	if _, err := w.queue.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// sweep hands over what is due, and runs it.
func (w *world) sweep() (found int) {
	w.t.Helper()
	found, err := w.scorer.Due(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = w.queue.Run(w.t.Context()) // gradings that fail are tried again: what came of them is what tests look at
	return found
}

func (w *world) delivery(id string) scoring.Delivery {
	w.t.Helper()
	d, err := w.scorer.Delivery(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) score(learner, problem string) *scoring.Score {
	w.t.Helper()
	usage := w.run.Usage("problem", problem).String()
	scores, err := w.scorer.Scores(w.t.Context(), learner, []string{usage})
	if err != nil {
		w.t.Fatal(err)
	}
	return scores[usage]
}

// grade is the stored one.
func (w *world) grade(learner string) scoring.Grade {
	w.t.Helper()
	doc, err := store.Of[scoring.Grade](w.store, store.Spec{Name: "grades"}).Get(w.t.Context(), scoring.GradeID(learner, w.run.String()))
	if err != nil {
		w.t.Fatal(err)
	}
	return doc.Body
}

// verdicts counts the verdicts of a submission that the store holds.
func (w *world) verdicts(id string) int {
	w.t.Helper()
	n, err := store.Of[scoring.Judgement](w.store, store.Spec{Name: "verdicts"}).Count(w.t.Context(), store.Query{Prefix: store.ID(id)}, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func scored(earned, possible float64) answer {
	return answer{Verdict: wire.Verdict{Outcome: wire.OutcomeScored, Earned: earned, Possible: possible}}
}

func becomes(outcome wire.Outcome) answer { return answer{Verdict: wire.Verdict{Outcome: outcome}} }

// one is a course of one problem worth a point.
func one() subsection {
	return subsection{"hw", "Homework", []problem{{id: "p", facts: points(1)}}}
}

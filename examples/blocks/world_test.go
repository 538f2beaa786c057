package blocks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// blockRegistry holds the blocks, compiled for the sandbox once for all tests.
var blockRegistry *registry.Registry

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	if _, err := exec.LookPath("go"); err != nil {
		fmt.Fprintln(os.Stderr, "the go command is not there, so the blocks cannot be compiled")
		return 1
	}
	ctx := context.Background()
	e, err := wasm.New(ctx, wasm.Config{})
	if err == nil {
		blockRegistry, err = registry.Open(ctx, registry.Config{
			Engines: map[string]engine.Engine{"wasm": e}, Builder: &build.Builder{},
			Folders: []string{"scripted", "seats", "forum", "external", "likert", "cards", "equation", "crossword", "acid", "acid-ts"},
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := e.Close(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// world is a site with one course run, the real kernel on the embedded store, and a clock that the test turns.
type world struct {
	t      *testing.T
	store  store.Store
	kernel *kernel.Kernel
	run    key.Course
	queue  *jobs
	// moderators are pseudonyms with that course role.
	moderators map[string]bool
	requests   atomic.Int64

	mu  sync.Mutex
	now time.Time
}

// jobs keeps what was handed over until the test works.
type jobs struct {
	mu   sync.Mutex
	list []ports.Job
}

// Enqueue implements ports.Queue.
func (j *jobs) Enqueue(_ context.Context, job ports.Job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, job)
	return nil
}

func (j *jobs) take() []ports.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := j.list
	j.list = nil
	return list
}

// newWorld opens a world whose host has these services beside its own.
func newWorld(t *testing.T, more services.Table) *world {
	t.Helper()
	return newWorldOf(t, blockRegistry, more)
}

func newWorldOf(t *testing.T, blocks *registry.Registry, more services.Table) *world {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: s, run: key.Course{Org: "Test", Number: "Blocks", Run: "now"}, queue: &jobs{}, moderators: map[string]bool{}}
	w.now = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	w.kernel, err = kernel.Open(t.Context(), kernel.Config{
		Store: s, Registry: blocks, Courses: course.New(s, course.Config{Now: w.clock}), People: w, Secret: []byte("a secret of 16 b"),
		Queue: w.queue, Services: more, Now: w.clock, Address: func(usage string) string { return "https://quoin.example/" + usage },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.kernel.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
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

// Person implements scoring.People: everybody is an enrolled learner.
func (w *world) Person(_ context.Context, run key.Course, learner string) (*access.Person, error) {
	p := &access.Person{User: "user-" + learner, Run: run, Learner: learner, Username: learner, Enrolled: true, Locale: "en"}
	if w.moderators[learner] {
		p.Roles = []string{"moderator"}
	}
	return p, nil
}

func (w *world) person(name string) *access.Person {
	w.t.Helper()
	p, err := w.Person(w.t.Context(), w.run, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// publish makes a course of one unit that holds the block.
func (w *world) publish(blockType string, fields map[string]any) *course.Block {
	w.t.Helper()
	revision := func(blockType string, fields map[string]any, children ...course.ChildRef) *course.Revision {
		r := &course.Revision{Type: blockType, Fields: store.Map[string]{}, Children: children}
		for name, value := range fields {
			encoded, err := json.Marshal(value)
			if err != nil {
				w.t.Fatal(err)
			}
			r.Fields[name] = string(encoded)
		}
		return r
	}
	ref := func(r *course.Revision, id string) course.ChildRef {
		return course.ChildRef{Type: r.Type, ID: id, Hash: r.Hash()}
	}
	block := revision(blockType, fields)
	unit := revision("vertical", map[string]any{"display_name": "Unit"}, ref(block, "it"))
	sub := revision("sequential", map[string]any{"display_name": "Sub", "graded": true, "format": "Homework"}, ref(unit, "unit"))
	section := revision("chapter", map[string]any{"display_name": "Section"}, ref(sub, "sub"))
	root := revision("course", map[string]any{"display_name": "Course", "start": "2026-01-01T00:00:00Z"}, ref(section, "section"))
	hashes, err := w.kernel.Courses().AddRevisions(w.t.Context(), block, unit, sub, section, root)
	if err != nil {
		w.t.Fatal(err)
	}
	_, broken, err := w.kernel.Courses().Publish(w.t.Context(), w.kernel, course.Publication{
		Course: w.run, Root: hashes[len(hashes)-1], By: "test",
		Grading: `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 1}], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
	})
	if err != nil || len(broken) > 0 {
		w.t.Fatal(broken, err)
	}
	found, err := w.published().Find(w.t.Context(), w.run.Usage(blockType, "it"))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func (w *world) published() *course.Published {
	w.t.Helper()
	published, err := w.kernel.Courses().Published(w.t.Context(), w.run)
	if err != nil {
		w.t.Fatal(err)
	}
	return published
}

// show renders the learner's view.
func (w *world) show(name string, block *course.Block) *kernel.Shown {
	w.t.Helper()
	visit, err := w.kernel.Visit(w.t.Context(), w.person(name), w.published(), block)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.Render(w.t.Context(), block, wire.ViewLearner)
	if err != nil {
		w.t.Fatal(err)
	}
	return shown
}

// post calls a handler of a block that does not grade, so that there is no sitting to name.
func (w *world) post(name string, block *course.Block, handler string, form map[string]string) (*kernel.Response, error) {
	return w.send(name, block, "", handler, form)
}

// send calls a handler with form values, as a page would.
func (w *world) send(name string, block *course.Block, sitting, handler string, form map[string]string) (*kernel.Response, error) {
	published, err := w.kernel.Courses().Published(w.t.Context(), w.run)
	if err != nil {
		return nil, err
	}
	values := map[string][]string{}
	for input, value := range form {
		values[input] = []string{value}
	}
	encoded, err := json.Marshal(form)
	if err != nil {
		return nil, err
	}
	person, err := w.Person(w.t.Context(), w.run, name)
	if err != nil {
		return nil, err
	}
	return w.kernel.Handle(w.t.Context(), person, published, block, kernel.Request{
		Handler: handler, As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: values}, ID: fmt.Sprintf("%032x", w.requests.Add(1)),
		BodyHash: state.BodyHash([]byte(handler), encoded), Sitting: sitting,
	})
}

// taken looks at the page and posts its form, which must be taken.
func (w *world) taken(name string, block *course.Block, handler string, form map[string]string) *kernel.Response {
	w.t.Helper()
	response, err := w.send(name, block, w.show(name, block).Sitting, handler, form)
	if err != nil {
		w.t.Fatal(err)
	}
	return response
}

// work delivers every job that was handed over and is due, and those that follow from them. Several workers do so at once.
func (w *world) work() error {
	for jobs := w.queue.take(); len(jobs) > 0; jobs = w.queue.take() {
		var all sync.WaitGroup
		failures := make([]error, len(jobs))
		for i, job := range jobs {
			all.Go(func() {
				if job.Kind == kernel.TaskJob {
					failures[i] = w.kernel.RunTask(w.t.Context(), job.Ref)
					return
				}
				failures[i] = w.kernel.Scorer().Deliver(w.t.Context(), job.Ref, fmt.Sprint("worker ", i))
			})
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) works() {
	w.t.Helper()
	if err := w.work(); err != nil {
		w.t.Fatal(err)
	}
}

// score is what counts for a learner, nil when nothing does.
func (w *world) score(name string, block *course.Block) *float64 {
	w.t.Helper()
	scores, err := w.kernel.Scorer().Scores(w.t.Context(), name, []string{block.Usage.String()})
	if err != nil {
		w.t.Fatal(err)
	}
	score := scores[block.Usage.String()]
	if score == nil || !score.Scored {
		return nil
	}
	return &score.Earned
}

func refusedWith(err error, code wire.Code) bool { return errors.Is(err, &wire.Error{Code: code}) }

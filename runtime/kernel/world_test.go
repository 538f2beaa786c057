package kernel_test

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
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// world is a site with one course, a few blocks compiled into the test, and a clock that the test turns.
type world struct {
	t        *testing.T
	store    store.Store
	registry *registry.Registry
	kernel   *kernel.Kernel
	run      key.Course
	queue    *jobs

	// below are the children of the places to publish, by the id of the parent.
	below map[string][]place
	// tune changes the kernel's configuration before it is opened; nil leaves it.
	tune func(*kernel.Config)

	mu  sync.Mutex
	now time.Time
}

// jobs keeps what was handed over; the test delivers it when it likes.
type jobs struct {
	mu   sync.Mutex
	list []ports.Job
}

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

// people knows everybody as an enrolled learner of the world's run.
type people struct{ run key.Course }

func (p people) Person(_ context.Context, run key.Course, learner string) (*access.Person, error) {
	return &access.Person{User: "user-" + learner, Run: run, Learner: learner, Enrolled: true, Locale: "en"}, nil
}

func (w *world) learner(name string) *access.Person {
	p, err := people{w.run}.Person(w.t.Context(), w.run, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
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

// openStore opens a fresh embedded store.
func openStore(t *testing.T) store.Store {
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

// newWorld makes a world over a store; blocks are installed from their manifests and code.
func newWorld(t *testing.T, s store.Store, blocks map[string]sdk.Block) *world {
	t.Helper()
	w := &world{t: t, store: s, run: key.Course{Org: "Test", Number: "One", Run: "now"}, queue: &jobs{}}
	w.now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var err error
	if w.registry, err = registry.Open(t.Context(), registry.Config{}); err != nil {
		t.Fatal(err)
	}
	for name, block := range blocks {
		w.install(name, "1.0.0", block)
	}
	w.reopen()
	return w
}

// reopen makes the kernel anew, as a restarted process would.
func (w *world) reopen() {
	w.t.Helper()
	courses := course.New(w.store, course.Config{Now: w.clock})
	config := kernel.Config{
		Store: w.store, Registry: w.registry, Courses: courses, People: people{w.run}, Secret: []byte("a secret of 16 b"),
		Queue: w.queue, Now: w.clock,
	}
	if w.tune != nil {
		w.tune(&config)
	}
	k, err := kernel.Open(w.t.Context(), config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.kernel = k
	w.t.Cleanup(k.Wait)
}

func (w *world) install(name, version string, block sdk.Block) *registry.Version {
	w.t.Helper()
	m, err := manifest.Parse(fmt.Appendf(nil, `{"name": %q, "version": %q, "title": "T", "description": "D", "licence": "Apache-2.0",
		"permissions": [{"name": "documents", "reason": "r"}, {"name": "schedule", "reason": "r"}, {"name": "score", "reason": "r"},
			{"name": "users", "reason": "r"}, {"name": "mount", "reason": "r", "values": ["hook"]}, {"name": "scores", "reason": "r"}, {"name": "notify", "reason": "r"},
			{"name": "script", "reason": "r"}, {"name": "publish", "reason": "r"}, {"name": "enrol", "reason": "r"}, {"name": "index", "reason": "r"}]}`, name, version))
	if err != nil {
		w.t.Fatal(err)
	}
	v := registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
	if err := w.registry.Install(v); err != nil {
		w.t.Fatal(err)
	}
	return v
}

// place is one block of the course to publish.
type place struct {
	blockType, id string
	fields        map[string]any
}

// publish makes a course of one section, one graded subsection and one unit that holds the places.
func (w *world) publish(places ...place) *course.Published {
	w.t.Helper()
	if broken := w.publishLoosely(places...); len(broken) > 0 {
		w.t.Fatal(broken)
	}
	return w.published()
}

// publishLoosely is publish for content that may be broken; it tells why, by block id.
func (w *world) publishLoosely(places ...place) map[string]string {
	w.t.Helper()
	ref := func(r *course.Revision, id string) course.ChildRef {
		return course.ChildRef{Type: r.Type, ID: id, Hash: r.Hash()}
	}
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
	var all []*course.Revision
	var refs []course.ChildRef
	for _, p := range places {
		var below []course.ChildRef
		for _, child := range w.below[p.id] {
			r := revision(child.blockType, child.fields)
			all, below = append(all, r), append(below, ref(r, child.id))
		}
		r := revision(p.blockType, p.fields, below...)
		all, refs = append(all, r), append(refs, ref(r, p.id))
	}
	unit := revision("vertical", map[string]any{"display_name": "Unit"}, refs...)
	sub := revision("sequential", map[string]any{"display_name": "Sub", "graded": true, "format": "Homework"}, ref(unit, "unit"))
	section := revision("chapter", map[string]any{"display_name": "Section"}, ref(sub, "sub"))
	root := revision("course", map[string]any{"display_name": "Course", "start": "2026-01-01T00:00:00Z"}, ref(section, "section"))
	hashes, err := w.kernel.Courses().AddRevisions(w.t.Context(), append(all, unit, sub, section, root)...)
	if err != nil {
		w.t.Fatal(err)
	}
	base := 0
	if run, err := w.kernel.Courses().Run(w.t.Context(), w.run); err == nil {
		base = run.Head.Number
	}
	_, broken, err := w.kernel.Courses().Publish(w.t.Context(), w.kernel, course.Publication{
		Course: w.run, Root: hashes[len(hashes)-1], Base: base, By: "test",
		Grading: `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 1}], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return broken
}

func (w *world) published() *course.Published {
	w.t.Helper()
	published, err := w.kernel.Courses().Published(w.t.Context(), w.run)
	if err != nil {
		w.t.Fatal(err)
	}
	return published
}

func (w *world) block(blockType, id string) *course.Block {
	w.t.Helper()
	block, err := w.published().Find(w.t.Context(), w.run.Usage(blockType, id))
	if err != nil {
		w.t.Fatal(err)
	}
	return block
}

// show renders a block's learner view.
func (w *world) show(p *access.Person, block *course.Block) *kernel.Shown {
	w.t.Helper()
	visit, err := w.kernel.Visit(w.t.Context(), p, w.published(), block)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.Render(w.t.Context(), block, wire.ViewLearner)
	if err != nil {
		w.t.Fatal(err)
	}
	return shown
}

// post calls a handler with form values, as a page would. request "" makes a new id.
func (w *world) post(p *access.Person, block *course.Block, handler, request string, form map[string]string) (*kernel.Response, error) {
	w.t.Helper()
	shown := w.show(p, block)
	if request == "" {
		request = fmt.Sprintf("%032x", time.Now().UnixNano())
	}
	return w.send(p, block, shown.Sitting, handler, request, form)
}

func (w *world) send(
	p *access.Person, block *course.Block, sitting, handler, request string, form map[string]string,
) (*kernel.Response, error) {
	return w.sendTo(w.published(), p, block, sitting, handler, request, form)
}

// sendTo is send for a course that was read before.
func (w *world) sendTo(
	published *course.Published, p *access.Person, block *course.Block, sitting, handler, request string, form map[string]string,
) (*kernel.Response, error) {
	values := map[string][]string{}
	for name, value := range form {
		values[name] = []string{value}
	}
	encoded, err := json.Marshal(form)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.kernel.Handle(w.t.Context(), p, published, block, kernel.Request{
		Handler: handler, As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: values}, ID: request, Sitting: sitting,
		BodyHash: state.BodyHash([]byte(handler), encoded),
	})
}

// work delivers every job that was handed over, and those that follow from them.
func (w *world) work() {
	w.t.Helper()
	for jobs := w.queue.take(); len(jobs) > 0; jobs = w.queue.take() {
		for _, job := range jobs {
			var err error
			switch job.Kind {
			case "grade":
				err = w.kernel.Scorer().Deliver(w.t.Context(), job.Ref, "test-worker")
			case kernel.TaskJob:
				err = w.kernel.RunTask(w.t.Context(), job.Ref)
			}
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// score is what counts for a learner at a block, nil when nothing does.
func (w *world) score(learner string, block *course.Block) *float64 {
	w.t.Helper()
	scores, err := w.kernel.Scorer().Scores(w.t.Context(), learner, []string{block.Usage.String()})
	if err != nil {
		w.t.Fatal(err)
	}
	score := scores[block.Usage.String()]
	if score == nil || !score.Scored {
		return nil
	}
	return &score.Earned
}

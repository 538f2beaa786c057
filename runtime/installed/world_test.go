package installed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// cache keeps the compiled interpreter between tests; main_test removes it.
var cache string

func TestMain(m *testing.M) {
	var err error
	if cache, err = os.MkdirTemp("", "installed-*"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(cache); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// world is a site's store, files and course.
type world struct {
	t       testing.TB
	store   store.Store
	dir     string
	bus     ports.Bus
	run     key.Course
	sandbox engine.Engine

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	packagetest.NeedsInterpreter(t)
	w := &world{t: t, dir: t.TempDir(), run: key.Course{Org: "Test", Number: "One", Run: "now"}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(w.dir, "store")})
	if err != nil {
		t.Fatal(err)
	}
	w.store = s
	if err := s.Ensure(t.Context(), append(installed.Specs(), files.Specs()...)...); err != nil {
		t.Fatal(err)
	}
	e, err := wasm.New(t.Context(), wasm.Config{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	w.sandbox = e
	t.Cleanup(func() {
		if err := errors.Join(e.Close(context.Background()), s.Close()); err != nil {
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
	return &access.Person{User: "user-" + learner, Run: run, Learner: learner, Enrolled: true, Locale: "en"}, nil
}

// process is one process of the site.
type process struct {
	*world
	registry *registry.Registry
	kernel   *kernel.Kernel
	set      *installed.Set
	folder   string

	jobsMu sync.Mutex
	jobs   []ports.Job
}

// Enqueue implements ports.Queue.
func (p *process) Enqueue(_ context.Context, job ports.Job) error {
	p.jobsMu.Lock()
	defer p.jobsMu.Unlock()
	p.jobs = append(p.jobs, job)
	return nil
}

// open starts a process with a folder of its own; poll is how often it looks by itself.
func (w *world) open(poll time.Duration) *process {
	w.t.Helper()
	return w.openIn(w.t.TempDir(), w.store, poll)
}

func (w *world) openIn(folder string, s store.Store, poll time.Duration) *process {
	w.t.Helper()
	p, err := w.tryOpen(folder, s, poll)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) tryOpen(folder string, s store.Store, poll time.Duration) (*process, error) {
	ctx := w.t.Context()
	p := &process{world: w, folder: folder}
	var err error
	if p.registry, err = registry.Open(ctx, registry.Config{Engines: map[string]engine.Engine{"wasm": w.sandbox}, Now: w.clock}); err != nil {
		return nil, err
	}
	kept, err := files.Open(ctx, files.Config{URL: "file://" + filepath.ToSlash(filepath.Join(w.dir, "files")), Store: s, Now: w.clock})
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(func() { _ = kept.Close() })
	p.kernel, err = kernel.Open(ctx, kernel.Config{
		Store: s, Registry: p.registry, Courses: course.New(s, course.Config{Now: w.clock}), People: w, Secret: []byte("a secret of 16 b"), Queue: p, Now: w.clock,
	})
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(p.kernel.Wait)
	p.set, err = installed.Open(ctx, installed.Config{
		Store: s, Files: kept, Registry: p.registry, Kernel: p.kernel, Folder: filepath.Join(folder, "installed"), Temp: folder, Bus: w.bus, Poll: poll, Now: w.clock,
	})
	return p, err
}

// running follows the set until the test ends.
func (p *process) running() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.set.Run(ctx) }()
	p.t.Cleanup(func() { stop(); <-done })
}

func (p *process) add(archive []byte) string {
	p.t.Helper()
	name, err := p.set.Add(p.t.Context(), bytes.NewReader(archive))
	if err != nil {
		p.t.Fatal(err)
	}
	return name
}

// install installs an archive, which must be taken.
func (p *process) install(archive []byte, consent ...installed.Consent) *installed.Done {
	p.t.Helper()
	done, err := p.tryInstall(archive, consent...)
	if err != nil {
		p.t.Fatal(err)
	}
	if done.Trouble != "" {
		p.t.Fatal(done.Trouble)
	}
	return done
}

func (p *process) tryInstall(archive []byte, consent ...installed.Consent) (*installed.Done, error) {
	name, err := p.set.Add(p.t.Context(), bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	order := installed.Order{Archive: name}
	if len(consent) > 0 {
		order.Consent = consent[0]
	}
	return p.set.Install(p.t.Context(), order)
}

// current is the version that serves a type, "" for none.
func (p *process) current(blockType string) string {
	v, err := p.registry.LookupIn(blockType, p.run.String())
	if err != nil {
		return ""
	}
	return v.Manifest.Version
}

// publish makes a course with one block of a type.
func (p *process) publish(blockType string, fields ...map[string]any) {
	p.t.Helper()
	revision := func(blockType string, fields map[string]any, children ...course.ChildRef) *course.Revision {
		r := &course.Revision{Type: blockType, Fields: store.Map[string]{}, Children: children}
		for name, value := range fields {
			encoded, err := json.Marshal(value)
			if err != nil {
				p.t.Fatal(err)
			}
			r.Fields[name] = string(encoded)
		}
		return r
	}
	ref := func(r *course.Revision, id string) course.ChildRef {
		return course.ChildRef{Type: r.Type, ID: id, Hash: r.Hash()}
	}
	var set map[string]any
	if len(fields) > 0 {
		set = fields[0]
	}
	block := revision(blockType, set)
	unit := revision("vertical", nil, ref(block, "it"))
	sub := revision("sequential", map[string]any{"graded": true, "format": "Homework"}, ref(unit, "unit"))
	section := revision("chapter", nil, ref(sub, "sub"))
	root := revision("course", map[string]any{"display_name": "Course", "start": "2026-01-01T00:00:00Z"}, ref(section, "section"))
	hashes, err := p.kernel.Courses().AddRevisions(p.t.Context(), block, unit, sub, section, root)
	if err != nil {
		p.t.Fatal(err)
	}
	_, broken, err := p.kernel.Courses().Publish(p.t.Context(), p.kernel, course.Publication{
		Course: p.run, Root: hashes[len(hashes)-1], By: "test",
		Grading: `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 1}], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
	})
	if err != nil || len(broken) > 0 {
		p.t.Fatal(err, broken)
	}
}

// show gives the learner's view of the block.
func (p *process) show(learner, blockType string) (*kernel.Shown, error) {
	ctx := p.t.Context()
	published, err := p.kernel.Courses().Published(ctx, p.run)
	if err != nil {
		return nil, err
	}
	block, err := published.Find(ctx, p.run.Usage(blockType, "it"))
	if err != nil {
		return nil, err
	}
	person, err := p.Person(ctx, p.run, learner)
	if err != nil {
		return nil, err
	}
	visit, err := p.kernel.Visit(ctx, person, published, block)
	if err != nil {
		return nil, err
	}
	return visit.Render(ctx, block, wire.ViewLearner)
}

// answer hands a word in.
func (p *process) answer(learner, blockType, word string) error {
	ctx := p.t.Context()
	shown, err := p.show(learner, blockType)
	if err != nil {
		return err
	}
	if shown.Failure != nil {
		return shown.Failure
	}
	published, err := p.kernel.Courses().Published(ctx, p.run)
	if err != nil {
		return err
	}
	block, err := published.Find(ctx, p.run.Usage(blockType, "it"))
	if err != nil {
		return err
	}
	person, err := p.Person(ctx, p.run, learner)
	if err != nil {
		return err
	}
	_, err = p.kernel.Handle(ctx, person, published, block, kernel.Request{
		Handler: "answer", As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: map[string][]string{"word": {word}}},
		ID: fmt.Sprintf("%032x", time.Now().UnixNano()), Sitting: shown.Sitting, BodyHash: state.BodyHash([]byte("answer"), []byte(word)),
	})
	return err
}

// work grades what was handed over.
func (p *process) work() error {
	p.jobsMu.Lock()
	jobs := p.jobs
	p.jobs = nil
	p.jobsMu.Unlock()
	var failed []error
	for _, job := range jobs {
		if job.Kind == "grade" {
			failed = append(failed, p.kernel.Scorer().Deliver(p.t.Context(), job.Ref, "worker"))
		}
	}
	return errors.Join(failed...)
}

// score is what counts for a learner, "none" when nothing does.
func (p *process) score(learner, blockType string) string {
	p.t.Helper()
	usage := p.run.Usage(blockType, "it").String()
	scores, err := p.kernel.Scorer().Scores(p.t.Context(), learner, []string{usage})
	if err != nil {
		p.t.Fatal(err)
	}
	if s := scores[usage]; s != nil && s.Scored {
		return fmt.Sprintf("%v/%v", s.Earned, s.Possible)
	}
	return "none"
}

// rules lists the rules that an error names.
func rules(err error) map[packages.Rule]string {
	out := map[packages.Rule]string{}
	var list installed.Refusals
	if errors.As(err, &list) {
		for _, r := range list {
			out[r.Rule] = r.Error()
		}
		return out
	}
	if rule := packages.RuleOf(err); rule != "" {
		out[rule] = err.Error()
	}
	return out
}

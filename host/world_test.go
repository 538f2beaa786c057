package host_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/blocks/banks"
	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/sdk"
)

// world is a site in a folder of its own, served on a port of its own, with workers that grade in the background. Blocks are
// compiled into the test: what engines do to them is tested elsewhere.
type world struct {
	t      testing.TB
	site   *site.Site
	server *host.Server
	bus    *portstest.Bus
	url    string
	// held keeps jobs back while it is not nil, to look at pages that wait for a verdict.
	mu sync.Mutex
	// told counts the notices that the test posted.
	told    int
	held    []ports.Job
	holding bool
	working sync.WaitGroup
	log     *lines
	// tracer is the server's.
	tracer trace.Tracer
}

// options change what newWorld makes.
type options struct {
	config func(*host.Config)
	// public replaces the public URL, whatever the server listens on.
	public string
	// unlimited lets anybody do anything as often as he likes.
	unlimited bool
	// now is the site's clock; nil is the system's.
	now func() time.Time
}

// assets are bundled once: they do not depend on the test.
var assets = sync.OnceValues(web.Bundle)

func newWorld(t testing.TB, o options) *world {
	t.Helper()
	w := &world{t: t, bus: &portstest.Bus{}, log: &lines{}}
	logger := slog.New(host.LogHandler(slog.NewTextHandler(w.log, nil)))
	var limiter ports.Limiter = &portstest.Limiter{}
	if o.unlimited {
		limiter = nil
	}
	var err error
	w.site, err = site.Open(t.Context(), site.Config{
		Data: filepath.Join(t.TempDir(), "data"), Queue: ports.QueueFunc(w.enqueue), Bus: w.bus, Limiter: limiter, Log: logger, Now: o.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.working.Wait()
		if err := w.site.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w.install("../blocks/html", html.Block())
	w.install("../blocks/problem", problem.Block())
	w.install("../blocks/video", video.Block())
	w.install("../blocks/banks", banks.Block())
	w.installProbes()
	w.serve(o, logger)
	return w
}

// serve starts the server; it stops with the test, before the site closes.
func (w *world) serve(o options, logger *slog.Logger) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.url = "http://" + listener.Addr().String()
	bundle, err := assets()
	if err != nil {
		w.t.Fatal(err)
	}
	config := host.Config{Site: w.site, Assets: bundle, Bus: w.bus, PublicURL: w.url, Log: logger, VerdictWait: patience, Now: o.now}
	if o.public != "" {
		config.PublicURL = o.public
	}
	if o.config != nil {
		o.config(&config)
	}
	w.tracer = config.Tracer
	if config.Mailer != nil {
		letters, err := host.NewLetters(w.site, config.Mailer, config.PublicURL)
		if err != nil {
			w.t.Fatal(err)
		}
		w.site.Lists.Notify(letters)
	}
	if w.server, err = host.New(config); err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- w.server.Listen(listener) }()
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.server.Shutdown(ctx); err != nil {
			w.t.Error(err)
		}
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
}

// install puts a block of the project in, as the binary carries it.
func (w *world) install(dir string, block sdk.Block) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "block.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.installManifest(string(data), os.DirFS(dir), true, block)
}

func (w *world) installManifest(text string, files fs.FS, builtIn bool, block sdk.Block) *registry.Version {
	w.t.Helper()
	m, err := manifest.Parse([]byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	v := registry.Native(m, native.Engine{}, files, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
	v.BuiltIn = builtIn
	if err := w.site.Registry.Install(v); err != nil {
		w.t.Fatal(err)
	}
	return v
}

// enqueue hands a job to a worker of this process, or keeps it back.
func (w *world) enqueue(_ context.Context, job ports.Job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holding {
		w.held = append(w.held, job)
		return nil
	}
	w.work(job)
	return nil
}

func (w *world) work(job ports.Job) {
	w.working.Go(func() {
		work := func(ctx context.Context) error { return w.site.Kernel.Scorer().Deliver(ctx, job.Ref, "test") }
		if job.Kind == lists.JobKind {
			work = func(ctx context.Context) error { return w.site.Lists.Work(ctx, job.Ref, "test "+job.ID) }
		}
		if job.Kind == transfer.JobKind {
			work = func(ctx context.Context) error { return w.site.Transfers.Work(ctx, job.Ref, "test "+job.ID) }
		}
		if job.Kind == scoring.RecountJob {
			work = func(ctx context.Context) error { return w.site.Kernel.Scorer().Recount(ctx, job.Ref) }
		}
		if err := trace.Working(context.Background(), w.tracer, job, work); err != nil {
			w.t.Errorf("working on %s: %v", job.Ref, err)
		}
	})
}

// hold keeps answers ungraded until release.
func (w *world) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holding = true
}

func (w *world) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holding = false
	for _, job := range w.held {
		w.work(job)
	}
	w.held = nil
}

// importFolder brings a course in.
func (w *world) importFolder(dir string, target key.Course) importer.Report {
	w.t.Helper()
	archive, err := intake.Open(w.t.Context(), dir, intake.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer archive.Close()
	report, err := importer.Import(w.t.Context(), importer.Config{
		Courses: w.site.Courses, Blocks: w.site.Kernel, Files: site.Keeper{Files: w.site.Files},
	}, importer.Request{Course: target, Files: archive, By: "tester", Now: time.Now().UTC()})
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// course writes a course's files into a folder and imports it.
func (w *world) course(texts map[string]string) key.Course {
	w.t.Helper()
	dir := w.t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.importFolder(dir, key.Course{}).Course
}

const password = "correct horse battery"

// account makes an account; roles are course roles in the run, "" enrols.
func (w *world) account(name string, run key.Course, roles ...string) people.User {
	w.t.Helper()
	user, err := w.site.People.Create(w.t.Context(), people.NewUser{
		Username: name, Email: name + "@example.org", Password: password, Profile: people.Profile{Name: strings.ToUpper(name[:1]) + name[1:]},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, role := range roles {
		if role == "" {
			_, _, err = w.site.People.Enrol(w.t.Context(), user.ID, run.String(), "")
		} else {
			_, _, err = w.site.People.Grant(w.t.Context(), user.ID, run.String(), role, "tester")
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if user, err = w.site.People.User(w.t.Context(), user.ID); err != nil { // roles end sessions of the user as he was
		w.t.Fatal(err)
	}
	return user
}

// enter makes a browser that is signed in as the user, without the work of a password.
func (w *world) enter(user people.User) *browser {
	w.t.Helper()
	b := w.visitor()
	token, _, err := w.site.People.StartSession(w.t.Context(), user, people.Facts{Method: "test"}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	b.setCookie("quoin_session", token)
	return b
}

// member is account and enter in one.
func (w *world) member(name string, run key.Course, roles ...string) *browser {
	w.t.Helper()
	return w.enter(w.account(name, run, roles...))
}

// lines keeps what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func unitPath(run key.Course, id string) string { return fmt.Sprintf("/courses/%s/units/%s", run, id) }

func blockPath(run key.Course, blockType, id string) string {
	return fmt.Sprintf("/courses/%s/blocks/%s", run, run.Usage(blockType, id))
}

// shortWait lets the reply to a submit wait no longer than a moment.
func shortWait(c *host.Config) { c.VerdictWait = 50 * time.Millisecond }

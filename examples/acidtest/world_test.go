package acidtest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quoin-lms/quoin/examples/blocks/acid"
	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/workers"
	"github.com/quoin-lms/quoin/workers/queue"
)

// edition is the acid block in one language.
type edition struct {
	// name is the package's, types begins the names of its block types.
	name, types string
}

var (
	goEdition         = edition{"acid", "acid"}
	typescriptEdition = edition{"acid-ts", "acid_ts"}
)

func (e edition) folder() string { return filepath.Join("..", "blocks", e.name) }

// world is a whole site: web server, workers and queue in one process, with the acid block and a course of it.
type world struct {
	t      *testing.T
	site   *site.Site
	url    string
	course key.Course
	edition
}

// assets are bundled once.
var assets = sync.OnceValues(web.Bundle)

// cache keeps compiled blocks between the tests of a run.
var cache = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "quoin-acid-*") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := cache(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// need skips a test that needs a program which is not there, or fails it in CI.
func need(t *testing.T, program, packages string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		missing(t, fmt.Sprintf("%s is not installed (apt-get install %s)", program, packages))
	}
}

func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// startRedis starts a redis-server on a socket of its own.
func startRedis(t *testing.T) (url string) {
	t.Helper()
	need(t, "redis-server", "redis-server")
	dir, err := os.MkdirTemp("", "qa") // t.TempDir makes paths that are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	server := exec.CommandContext(context.Background(), "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it says that it was killed
		os.RemoveAll(dir)
	})
	for deadline := time.Now().Add(time.Minute); ; {
		if _, err := os.Stat(socket); err == nil {
			return "unix://" + socket
		}
		if time.Now().After(deadline) {
			t.Fatal("redis-server makes no socket")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// newWorld opens a site with an edition in a place, on the embedded queue or on redis.
func newWorld(t *testing.T, e edition, p place, redisURL string) *world {
	t.Helper()
	need(t, "go", "golang")
	w := &world{t: t, edition: e}
	log := slog.New(host.LogHandler(slog.NewTextHandler(w.written(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.url = "http://" + listener.Addr().String()
	q, err := queue.Open(t.Context(), queue.Config{RedisURL: redisURL, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := cache()
	if err != nil {
		t.Fatal(err)
	}
	config := site.Config{
		Data: filepath.Join(t.TempDir(), "data"), Cache: kept, Queue: q, Bus: q, Limiter: q, PrivateHosts: true, Log: log,
		Address: func(usage string) string { return w.url + host.MountPath(usage) },
	}
	if p == inFolder {
		config.Development, config.Folders = true, []string{e.folder()}
	}
	w.site, err = site.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.site.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	w.put(p)
	working, err := workers.Start(t.Context(), workers.Config{Site: w.site, Queue: q, SweepEvery: 200 * time.Millisecond, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := working.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	w.serve(listener, q, log)
	w.course = w.brought()
	return w
}

// written gives the log to the test.
func (w *world) written() *testLog { return &testLog{w.t} }

type testLog struct{ t *testing.T }

func (l *testLog) Write(p []byte) (int, error) {
	if os.Getenv("QUOIN_ACID_LOG") != "" {
		fmt.Fprint(os.Stderr, string(p))
	}
	return len(p), nil
}

// place is how the block comes to the site.
type place int

const (
	installedPackage place = iota // packed and installed, as a stranger's: its views are framed
	inBinary                      // compiled into this test: its views stand in the page
	inFolder                      // a source folder of a development site: its views stand in the page
)

// put brings the block in, and adds this site to the hosts that its manifest names: its tasks ask its own pages.
func (w *world) put(p place) {
	w.t.Helper()
	switch p {
	case installedPackage:
		packed, err := kernel.PackBlock(w.t.Context(), w.t.TempDir(), w.folder())
		if err != nil {
			w.t.Fatal(err)
		}
		archive, err := w.site.Blocks.Add(w.t.Context(), bytes.NewReader(packed.Data))
		if err != nil {
			w.t.Fatal(err)
		}
		done, err := w.site.Blocks.Install(w.t.Context(), installed.Order{Archive: archive, Consent: installed.Consent{Unsigned: true}})
		if err != nil || done.Trouble != "" {
			w.t.Fatal(done, err)
		}
	case inFolder: // the site watches the folder
	case inBinary:
		w.compiledIn()
	}
	version, err := w.site.Registry.Lookup(w.types)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range version.Manifest.Permissions {
		if permission := &version.Manifest.Permissions[i]; permission.Name == "http" {
			permission.Values = append(permission.Values, strings.TrimPrefix(w.url, "http://"))
		}
	}
	if err := w.site.Secrets.Set(w.t.Context(), w.name, "acid", strings.TrimPrefix(w.url, "http://"), "a-secret-of-the-site"); err != nil {
		w.t.Fatal(err)
	}
}

// compiledIn installs the Go edition as a binary carries its own blocks.
func (w *world) compiledIn() {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.folder(), manifest.FileName))
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		w.t.Fatal(err)
	}
	scripts, err := build.Browser(w.folder(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	files := fstest.MapFS{}
	for name, data := range scripts {
		files[name] = &fstest.MapFile{Data: data}
	}
	folder := os.DirFS(w.folder())
	err = fs.WalkDir(folder, m.Assets, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || build.BrowserSource(path) {
			return err
		}
		data, err := fs.ReadFile(folder, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	block := acid.Block()
	err = w.site.Registry.Install(registry.Native(m, native.Engine{}, files, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }))
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) serve(listener net.Listener, q *queue.Queue, log *slog.Logger) {
	w.t.Helper()
	bundle, err := assets()
	if err != nil {
		w.t.Fatal(err)
	}
	server, err := host.New(host.Config{Site: w.site, Assets: bundle, Bus: q, Limiter: q, PublicURL: w.url, Log: log})
	if err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Listen(listener) }()
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			w.t.Error(err)
		}
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
}

// brought imports a course with two places of the block, and a question.
func (w *world) brought() key.Course {
	w.t.Helper()
	texts := map[string]string{
		"course.xml":      `<course url_name="now" org="Acid" course="Test"/>`,
		"static/file.txt": "a course file\n",
		"course/now.xml": strings.ReplaceAll(`<course display_name="Acid" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Checks">
			<sequential url_name="s" display_name="Checks" graded="true" format="Homework" showanswer="always">
			<vertical url_name="checks" display_name="All checks"><TYPE url_name="main" place="there" typed="typed-by-the-author" course_file="file.txt">
			<TYPE_child url_name="one" name="one"/><TYPE_child url_name="two" name="two"/></TYPE></vertical>
			<vertical url_name="question" display_name="A question"><TYPE_question url_name="graded"/></vertical>
			<vertical url_name="second" display_name="Another place"><TYPE url_name="other"/></vertical></sequential></chapter></course>`, "TYPE", w.types),
	}
	dir := w.t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	archive, err := intake.Open(w.t.Context(), dir, intake.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer archive.Close()
	report, err := importer.Import(w.t.Context(), importer.Config{
		Courses: w.site.Courses, Blocks: w.site.Kernel, Files: site.Keeper{Files: w.site.Files},
	}, importer.Request{Files: archive, By: "test", Now: time.Now().UTC()})
	if err != nil {
		w.t.Fatal(err)
	}
	return report.Course
}

// enter makes an account that is enrolled, and gives the cookie of its session.
func (w *world) enter(name string) (token string) {
	w.t.Helper()
	user, err := w.site.People.Create(w.t.Context(), people.NewUser{
		Username: name, Email: name + "@example.org", Password: "correct horse battery", Profile: people.Profile{Name: name},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, _, err = w.site.People.Enrol(w.t.Context(), user.ID, w.course.String(), ""); err != nil {
		w.t.Fatal(err)
	}
	if user, err = w.site.People.User(w.t.Context(), user.ID); err != nil {
		w.t.Fatal(err)
	}
	token, _, err = w.site.People.StartSession(w.t.Context(), user, people.Facts{Method: "test"}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func (w *world) unit(id string) string { return fmt.Sprintf("/courses/%s/units/%s", w.course, id) }

func (w *world) block(kind, id string) string {
	return fmt.Sprintf("/courses/%s/blocks/%s", w.course, w.course.Usage(w.types+kind, id))
}

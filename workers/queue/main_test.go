package queue

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// roles are what this test binary does when a test starts it again, by the value of roleVariable.
const roleVariable = "QUOIN_QUEUE_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := playRole(role); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	stopSharedRedis()
	os.Exit(code)
}

// redisServer is a redis-server that a test has started, on a Unix socket of its own.
type redisServer struct {
	dir, url string
	args     []string
	process  *exec.Cmd
}

// startRedis starts a redis-server, or skips the test where there is none. more are its arguments.
func startRedis(t testing.TB, more ...string) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not on PATH")
	}
	// t.TempDir makes paths that are too long for a socket.
	dir, err := os.MkdirTemp("", "quoinq")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	r := &redisServer{dir: dir, url: "unix://" + socket}
	r.args = append([]string{"--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir}, more...)
	t.Cleanup(r.remove)
	r.start(t)
	return r
}

func (r *redisServer) start(t testing.TB) {
	t.Helper()
	r.process = exec.Command("redis-server", r.args...)
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	client := r.client(t)
	defer client.Close()
	wait(t, "redis-server answers", func() bool { return client.Ping(context.Background()).Err() == nil })
}

// kill ends the server as kill -9 does.
func (r *redisServer) kill() {
	if r.process != nil {
		r.process.Process.Kill()
		r.process.Wait()
		r.process = nil
	}
}

func (r *redisServer) remove() {
	r.kill()
	os.RemoveAll(r.dir)
}

func (r *redisServer) client(t testing.TB) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(r.url)
	if err != nil {
		t.Fatal(err)
	}
	return redis.NewClient(options)
}

var shared struct {
	sync.Mutex
	server *redisServer
}

// sharedRedis is a redis-server for all tests that neither stop nor fill it. Each takes a prefix of its own.
func sharedRedis(t testing.TB) *redisServer {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		shared.server = startRedis(noCleanup{t})
	}
	return shared.server
}

func stopSharedRedis() {
	if shared.server != nil {
		shared.server.remove()
	}
}

// noCleanup keeps what a test has made for the next tests.
type noCleanup struct{ testing.TB }

func (noCleanup) Cleanup(func()) {}

// prefix is one that no other test has.
func prefix(t testing.TB) string {
	t.Helper()
	name := strings.ToLower(t.Name())
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) {
			return r
		}
		return '-'
	}, name)
	return fmt.Sprintf("%.20s.%d", clean, time.Now().UnixNano()%1e12)
}

// open opens a queue for a test and closes it at its end.
func open(t testing.TB, config Config) *Queue {
	t.Helper()
	if config.Logger == nil {
		config.Logger = testLogger(t)
	}
	q, err := Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return q
}

// start starts workers for a test and stops them at its end.
func start(t testing.TB, q *Queue, handlers map[string]Handler) *Workers {
	t.Helper()
	w, err := q.Start(handlers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Logf("stopping: %v", err)
		}
	})
	return w
}

// testLogger writes to the test's log, as long as the test runs.
func testLogger(t testing.TB) *slog.Logger {
	w := &testWriter{t: t}
	t.Cleanup(w.end)
	return slog.New(slog.NewTextHandler(w, nil))
}

type testWriter struct {
	mu    sync.Mutex
	t     testing.TB
	ended bool
}

func (w *testWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.t.Logf("%s", strings.TrimSuffix(string(line), "\n"))
	}
	return len(line), nil
}

func (w *testWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// wait waits for what has to happen. Its patience is no measure of speed.
func wait(t testing.TB, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

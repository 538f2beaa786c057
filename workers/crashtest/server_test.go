package crashtest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is one process of a site, which a test starts, kills and starts again.
type server struct {
	t    *testing.T
	args []string

	mu      sync.Mutex
	process *exec.Cmd
	base    string
	log     []string
}

// listening is how a server tells where it listens: each start takes another free port.
var listening = regexp.MustCompile(`msg=ready .*listening=(\S+)`)

// serve starts a process of a site, and ends it with the test.
func serve(t *testing.T, data, role string, more ...string) *server {
	t.Helper()
	s := &server{t: t, args: append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--role", role}, more...)}
	s.start()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			s.mu.Lock()
			defer s.mu.Unlock()
			t.Logf("the last lines of %s:\n%s", role, strings.Join(s.log, "\n"))
		}
	})
	return s
}

// start returns when the process is ready.
func (s *server) start() {
	s.t.Helper()
	process := exec.CommandContext(context.Background(), binary(s.t), s.args...)
	process.SysProcAttr = diesWithUs()
	out, err := process.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go s.read(out, ready)
	s.mu.Lock()
	s.process = process
	s.mu.Unlock()
	select {
	case address := <-ready:
		s.mu.Lock()
		s.base = "http://" + address
		s.mu.Unlock()
	case <-time.After(time.Minute):
		s.t.Fatalf("it never got ready: %v", s.args)
	}
	wait(s.t, "a process says it is ready", func() bool {
		response, err := http.Get(s.address() + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

// read keeps the end of the log, and tells the address when it comes by.
func (s *server) read(out io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if found := listening.FindStringSubmatch(line); found != nil {
			ready <- found[1]
		}
		s.mu.Lock()
		s.log = append(s.log, line)
		s.log = s.log[max(0, len(s.log)-60):]
		s.mu.Unlock()
	}
}

func (s *server) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// kill is kill -9.
func (s *server) kill() {
	s.mu.Lock()
	process := s.process
	s.process = nil
	s.mu.Unlock()
	if process == nil {
		return
	}
	_ = process.Process.Kill()
	_ = process.Wait() // it says that it was killed
}

// redis is a redis-server of the test's own on a socket. It writes nothing down: what it holds dies with it.
type redis struct {
	t       *testing.T
	socket  string
	process *exec.Cmd
}

func startRedis(t *testing.T) *redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		absent(t, "redis-server is not on PATH: apt-get install redis-server")
	}
	dir, err := os.MkdirTemp("", "qr") // t.TempDir makes paths that are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	r := &redis{t: t, socket: filepath.Join(dir, "s")}
	r.start()
	t.Cleanup(func() {
		r.kill()
		os.RemoveAll(dir)
	})
	return r
}

func (r *redis) url() string { return "unix://" + r.socket }

func (r *redis) start() {
	r.process = exec.CommandContext(context.Background(), "redis-server", "--port", "0", "--unixsocket", r.socket, "--save", "", "--dir", filepath.Dir(r.socket))
	r.process.SysProcAttr = diesWithUs()
	out, err := r.process.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.process.Start(); err != nil {
		r.t.Fatal(err)
	}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				close(ready)
				break
			}
		}
		_, _ = io.Copy(io.Discard, out) // until it dies
	}()
	select {
	case <-ready:
	case <-time.After(time.Minute):
		r.t.Fatal("redis-server never got ready")
	}
}

func (r *redis) kill() {
	_ = r.process.Process.Kill()
	_ = r.process.Wait() // it says that it was killed
}

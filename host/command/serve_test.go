package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
)

// desk is a queue that is told what to do: it keeps no jobs, and can be shut.
type desk struct {
	mu     sync.Mutex
	shut   bool
	events []string
}

func (d *desk) note(event string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, event)
}

func (d *desk) Enqueue(context.Context, ports.Job) error     { return ports.ErrUnavailable }
func (d *desk) Publish(context.Context, ports.Message) error { return nil }
func (d *desk) Subscribe(context.Context, ...string) (<-chan ports.Message, error) {
	return nil, ports.ErrUnavailable
}

func (d *desk) Allow(context.Context, string, ports.Rate) (bool, time.Duration, error) {
	return true, 0, nil
}

func (d *desk) Ping(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return ports.ErrUnavailable
	}
	return nil
}

func (d *desk) Work(_ context.Context, _ *site.Site, role Role) (func(context.Context) error, error) {
	d.note("work " + string(role))
	return func(context.Context) error { d.note("stop"); return nil }, nil
}

func (d *desk) Close() error { d.note("close"); return nil }

func (d *desk) parts() Parts {
	return Parts{Background: func(context.Context, BackgroundConfig) (Background, error) { return d, nil }}
}

// serving is a server that runs in the test's process.
type serving struct {
	address string
	stop    context.CancelFunc
	// ended gets the exit status.
	ended chan int
	mu    sync.Mutex
	log   strings.Builder
}

func (s *serving) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

var listening = regexp.MustCompile(`msg=ready.* listening=(\S+)`)

// start runs a worker of a site, which serves health alone, until the test ends or stops it.
func start(t *testing.T, d *desk, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &serving{stop: cancel, ended: make(chan int, 1)}
	out, in := io.Pipe()
	parts := d.parts()
	parts.Err, parts.Out, parts.In = in, io.Discard, strings.NewReader("")
	ready := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			if found := listening.FindStringSubmatch(lines.Text()); found != nil {
				ready <- found[1]
			}
		}
	}()
	go func() {
		status := Run(ctx, parts, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
		_ = in.Close()
		<-read
		s.ended <- status
	}()
	t.Cleanup(func() {
		cancel()
		<-read
	})
	select {
	case s.address = <-ready:
	case status := <-s.ended:
		t.Fatalf("it ended with %d\n%s", status, s.logged())
	}
	return s
}

func (s *serving) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	response, err := http.Get("http://" + s.address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestWorkerProcess(t *testing.T) {
	d := &desk{}
	s := start(t, d, "--role", "worker", "--redis-url", "redis://:hunter2@queue:6379", "--data", filepath.Join(t.TempDir(), "data"))
	if status, body := s.get(t, "/healthz"); status != 200 || !strings.Contains(body, "ok") {
		t.Errorf("healthz: %d %s", status, body)
	}
	if status, body := s.get(t, "/readyz"); status != 200 || !strings.Contains(body, "ready") {
		t.Errorf("readyz: %d %s", status, body)
	}
	d.mu.Lock()
	d.shut = true
	d.mu.Unlock()
	if status, _ := s.get(t, "/readyz"); status != 503 {
		t.Errorf("readyz without a queue: %d", status)
	}
	if status, _ := s.get(t, "/healthz"); status != 200 {
		t.Errorf("healthz without a queue: %d", status)
	}
	if status, _ := s.get(t, "/"); status != 404 {
		t.Errorf("a worker serves pages: %d", status)
	}
	s.stop()
	if status := <-s.ended; status != 0 {
		t.Errorf("exit status %d\n%s", status, s.logged())
	}
	if got := strings.Join(d.events, ", "); got != "work worker, stop, close" {
		t.Errorf("what the queue saw: %s", got)
	}
	if log := s.logged(); strings.Contains(log, "hunter2") || !strings.Contains(log, "msg=starting") || !strings.Contains(log, "the queue: service unavailable") {
		t.Errorf("log:\n%s", log)
	}
}

// TestSignal ends a server as an operator does.
func TestSignal(t *testing.T) {
	s := start(t, &desk{}, "--role", "scheduler", "--redis-url", "redis://queue", "--data", filepath.Join(t.TempDir(), "data"))
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := <-s.ended; status != 0 || !strings.Contains(s.logged(), "running jobs may finish") {
		t.Errorf("exit status %d\n%s", status, s.logged())
	}
}

func TestServeRefuses(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := write(t, "file", "no folder")
	damaged := t.TempDir()
	inspectSite(t, damaged, func(context.Context, *site.Site) {})
	destroy(t, filepath.Join(damaged, "store"))
	emptySecret := t.TempDir()
	if err := os.WriteFile(filepath.Join(emptySecret, "secret"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want []string
	}{
		"port in use":          {[]string{"--listen", taken.Addr().String()}, []string{taken.Addr().String(), "address already in use", "choose another with --listen"}},
		"no address":           {[]string{"--listen", "8000"}, []string{"8000", "missing port", "--listen"}},
		"data is a file":       {[]string{"--data", file}, []string{file, "not a directory"}},
		"data below a file":    {[]string{"--data", filepath.Join(file, "deep")}, []string{file, "not a directory"}},
		"a damaged store":      {[]string{"--data", damaged}, []string{damaged, "backup"}},
		"a short secret":       {[]string{"--data", t.TempDir(), "--secret", "short"}, []string{"5 bytes", "32 or more"}},
		"a lost secret":        {[]string{"--data", emptySecret}, []string{filepath.Join(emptySecret, "secret"), "restore it from a backup"}},
		"development for all":  {[]string{"--listen", "0.0.0.0:0", "--development"}, []string{"listen on 127.0.0.1, not on", "this machine alone"}},
		"sources for all":      {[]string{"--blocks", "blocks"}, []string{"--development"}},
		"a role on its own":    {[]string{"--role", "worker"}, []string{"--redis-url"}},
		"a word":               {[]string{"now"}, []string{"usage: quoin serve"}},
		"a queue that is down": {[]string{"--redis-url", "redis://down"}, []string{"opening the queue", "no such host"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parts := (&desk{}).parts()
			if name == "a queue that is down" {
				parts.Background = func(context.Context, BackgroundConfig) (Background, error) { return nil, errors.New("no such host") }
			}
			args := append([]string{"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data")}, test.args...)
			got := callWith(t.Context(), t, parts, args...)
			if got.status == 0 {
				t.Error("it was served")
			}
			got.want(t, got.status, test.want...)
		})
	}
}

// destroy writes over every file of a folder.
func destroy(t *testing.T, dir string) {
	t.Helper()
	for name := range contents(t, dir) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat("rubbish ", 4096)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDemoAccounts checks that a site with accounts whose passwords everybody knows stays on this machine.
func TestDemoAccounts(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	inspectSite(t, data, func(ctx context.Context, opened *site.Site) {
		s := &server{settings: &settings{}, site: opened}
		for range 2 { // a second start finds them
			s.demo = nil
			if err := s.prepareDemo(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if len(s.demo) != 3 {
			t.Errorf("%d accounts", len(s.demo))
		}
	})
	callWith(t.Context(), t, (&desk{}).parts(), "serve", "--listen", "0.0.0.0:0", "--data", data).want(t, 1, "demo accounts", "another --data")
}

// TestSecondServer runs two servers without Redis on one folder: both serve, and the second says what that means.
func TestSecondServer(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	servers := make([]*server, 2)
	for i := range servers {
		servers[i] = &server{settings: &settings{Data: dir}, log: (&settings{LogLevel: "info"}).logger(&out)}
		release, err := servers[i].alone()
		if err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(out.String(), "another server works on this folder"); told != (i == 1) {
			t.Errorf("server %d: %s", i+1, &out)
		}
		defer release()
	}
	shared := &server{settings: &settings{Data: filepath.Join(dir, "none"), RedisURL: "redis://queue"}}
	release, err := shared.alone()
	if err != nil {
		t.Error(fmt.Errorf("servers with Redis need no claim: %w", err))
	}
	release()
}

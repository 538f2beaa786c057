package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Ledger stands for the store: it outlives all processes, knows what is to do, and gives leases.
type Ledger struct {
	mu    sync.Mutex
	jobs  []ledgerJob
	left  int
	begun int
	next  int // where the sweep goes on
}

type ledgerJob struct {
	done   bool
	try    int
	begun  bool      // this try has begun
	lease  time.Time // until then
	handed time.Time // when it was last handed over
}

// Try is one try of one job.
type Try struct{ Job, Try int }

const (
	testLease = 3 * time.Second
	handAgain = time.Second
)

// Sweep lists up to most tries to hand over: not begun yet, or begun by somebody whose lease has ended.
func (l *Ledger) Sweep(most int, tries *[]Try) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for range l.jobs {
		if len(*tries) == most {
			break
		}
		i := l.next
		l.next = (l.next + 1) % len(l.jobs)
		job := &l.jobs[i]
		if job.done || now.Before(job.lease) || now.Sub(job.handed) < handAgain {
			continue
		}
		if job.begun {
			job.try, job.begun = job.try+1, false
		}
		job.handed = now
		*tries = append(*tries, Try{i, job.try})
	}
	return nil
}

// Begin gives a lease on a try, once.
func (l *Ledger) Begin(try Try, ok *bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	job := &l.jobs[try.Job]
	if *ok = !job.done && !job.begun && job.try == try.Try; *ok {
		job.begun, job.lease = true, time.Now().Add(testLease)
		l.begun++
	}
	return nil
}

// Done notes the end of a try.
func (l *Ledger) Done(try Try, ok *bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	job := &l.jobs[try.Job]
	if *ok = !job.done && job.try == try.Try; *ok {
		job.done = true
		l.left--
	}
	return nil
}

func (l *Ledger) counts() (left, begun int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left, l.begun
}

// playRole is what a process does that a test has started: everything a server does, with the ledger of its parent.
func playRole(role string) error {
	if role != "worker" {
		return fmt.Errorf("no such role")
	}
	store, err := rpc.Dial("unix", os.Getenv("LEDGER"))
	if err != nil {
		return err
	}
	q, err := Open(context.Background(), Config{
		RedisURL: os.Getenv("REDIS"), AllowDown: true, Interactive: 8, Background: 4,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	var grade HandlerFunc = func(_ context.Context, job ports.Job) error {
		var try Try
		if _, err := fmt.Sscanf(job.Ref, "%d#%d", &try.Job, &try.Try); err != nil {
			return Archive(err)
		}
		var ok bool
		if err := store.Call("Ledger.Begin", try, &ok); err != nil || !ok {
			return err
		}
		time.Sleep(rand.N(8 * time.Millisecond))
		if rand.IntN(50) == 0 {
			return errors.New("no luck")
		}
		return store.Call("Ledger.Done", try, &ok)
	}
	if _, err := q.Start(map[string]Handler{"grade": grade}); err != nil {
		return err
	}
	for {
		var tries []Try
		if err := store.Call("Ledger.Sweep", 500, &tries); err != nil {
			return err
		}
		for _, try := range tries {
			ref := fmt.Sprintf("%d#%d", try.Job, try.Try)
			job := ports.Job{ID: ref, Kind: "grade", Lane: ports.LaneInteractive, Course: fmt.Sprint(try.Job % 7), Ref: ref}
			if try.Job%10 == 0 {
				job.Lane = ports.LaneBackground
			}
			if err := q.Enqueue(context.Background(), job); err != nil {
				break // full or away: a later sweep finds what is left
			}
		}
		if len(tries) < 500 {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// process is a child process of a test.
type process struct{ cmd *exec.Cmd }

func startWorker(t *testing.T, ledger, redisURL string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"=worker", "LEDGER="+ledger, "REDIS="+redisURL)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd}
	t.Cleanup(p.kill)
	return p
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	if p.cmd != nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		p.cmd = nil
	}
}

func openLedger(t *testing.T, jobs int) (*Ledger, string) {
	t.Helper()
	l := &Ledger{jobs: make([]ledgerJob, jobs), left: jobs}
	server := rpc.NewServer()
	if err := server.Register(l); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "quoinq")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "ledger")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go server.ServeConn(conn)
		}
	}()
	return l, socket
}

// TestNothingIsLostToKills hands 10,000 jobs through while whatever takes part is killed again and again.
func TestNothingIsLostToKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	const kills = 10
	// each runs the jobs while strike kills something, each time after another share of them is done.
	each := func(t *testing.T, ledger *Ledger, strike func(n int)) {
		jobs := len(ledger.jobs)
		for n := range kills {
			wait(t, "the work goes on", func() bool {
				left, _ := ledger.counts()
				return left <= jobs-(n+1)*jobs/(kills+2)
			})
			strike(n)
		}
		wait(t, "every job is done", func() bool {
			left, _ := ledger.counts()
			return left == 0
		})
		_, begun := ledger.counts()
		t.Logf("%d jobs took %d tries", jobs, begun)
	}
	t.Run("embedded", func(t *testing.T) {
		ledger, socket := openLedger(t, 10_000)
		server := startWorker(t, socket, "")
		each(t, ledger, func(int) {
			server.kill()
			server = startWorker(t, socket, "")
		})
	})
	for name, c := range map[string]struct {
		jobs int
		args []string
	}{
		"redis that remembers": {10_000, []string{"--appendonly", "yes", "--appendfsync", "everysec"}},
		"redis that forgets":   {4_000, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRedis(t, c.args...)
			ledger, socket := openLedger(t, c.jobs)
			servers := []*process{startWorker(t, socket, r.url), startWorker(t, socket, r.url)}
			each(t, ledger, func(n int) {
				if n%3 == 2 {
					r.kill()
					r.start(t)
					return
				}
				servers[n%2].kill()
				servers[n%2] = startWorker(t, socket, r.url)
			})
		})
	}
}

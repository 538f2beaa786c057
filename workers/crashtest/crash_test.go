package crashtest

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	learners = 8
	kills    = 20
	// between is how many acknowledged answers lie between two kills at least.
	between = 15
)

// TestServerIsKilled kills the one process of a site 20 times under load.
func TestServerIsKilled(t *testing.T) {
	t.Parallel()
	data := site(t)
	web := serve(t, data, "all")
	c := newClass(t, web, data)
	c.load(func() {
		for range kills {
			c.untilAnswered(between)
			web.kill()
			web.start()
		}
	})
	c.check()
}

// TestWebWorkerAndRedisAreKilled kills web, worker and redis-server by turns, 20 times in all. Web and worker share the store's
// file; redis-server forgets everything each time.
func TestWebWorkerAndRedisAreKilled(t *testing.T) {
	t.Parallel()
	data := site(t)
	r := startRedis(t)
	web := serve(t, data, "web", "--redis-url", r.url())
	worker := serve(t, data, "worker", "--redis-url", r.url())
	c := newClass(t, web, data)
	c.load(func() {
		for n := range kills {
			c.untilAnswered(between)
			switch n % 5 {
			case 0, 2:
				worker.kill()
				worker.start()
			case 1, 3:
				web.kill()
				web.start()
			case 4:
				r.kill()
				r.start()
			}
		}
	})
	c.check()
}

// site makes a data folder with the course in it.
func site(t *testing.T) string {
	t.Helper()
	data, source := t.TempDir(), t.TempDir()
	for name, content := range courseFiles() {
		path := filepath.Join(source, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "", "course", "import", "--data", data, source)
	return data
}

// class is learners who answer without a pause, each problem by a tab of its own.
type class struct {
	t        *testing.T
	data     string
	learners []*learner
	sittings [][problems]string

	answered atomic.Int64
	// retried counts POSTs without a reply, refused those that had to wait for a verdict, failed replies of 500 and more.
	retried, refused, failed atomic.Int64
	mu                       sync.Mutex
	answers                  []*answer
}

func newClass(t *testing.T, web *server, data string) *class {
	t.Helper()
	c := &class{t: t, data: data}
	for n := range learners {
		l := signUp(t, web, "learner"+strconv.Itoa(n))
		page := l.page(t, home+"/units/unit")
		var sittings [problems]string
		for p, found := range sittingFields(t, page) {
			sittings[p] = found
		}
		c.learners, c.sittings = append(c.learners, l), append(c.sittings, sittings)
	}
	return c
}

// load lets everybody answer while meanwhile runs; it returns when the last answer is acknowledged.
func (c *class) load(meanwhile func()) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	var tabs sync.WaitGroup
	for n, l := range c.learners {
		for p := range problems {
			tabs.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					c.acknowledged(l.answer(p, c.sittings[n][p], (i+n+p)%2 == 0))
				}
			})
		}
	}
	defer tabs.Wait()
	defer cancel()
	meanwhile()
}

// acknowledged sends an answer until it is acknowledged, as browsers do, and sometimes once more.
func (c *class) acknowledged(a *answer) {
	for start := time.Now(); ; {
		status, first, err := a.send()
		switch {
		case err != nil:
			c.retried.Add(1)
		case status == http.StatusOK:
			c.answered.Add(1)
			c.mu.Lock()
			c.answers = append(c.answers, a)
			c.mu.Unlock()
			if rand.IntN(4) == 0 {
				c.repeat(a, &first)
			}
			return
		case status == http.StatusForbidden: // the answer before has no verdict yet
			c.refused.Add(1)
		case status >= 500:
			c.failed.Add(1)
		default:
			c.t.Errorf("request %s: status %d", a.request(), status)
			return
		}
		if time.Since(start) > 2*time.Minute {
			c.t.Errorf("request %s was never acknowledged: %d %v", a.request(), status, err)
			return
		}
		time.Sleep(20 * time.Millisecond) // a browser's pause before it tries again
	}
}

// repeat sends an acknowledged answer again: it is told the same.
func (c *class) repeat(a *answer, first *reply) {
	status, again, err := a.send()
	if err != nil || status >= 500 {
		return // the server is being killed
	}
	if status != http.StatusOK || !first.Waiting && !again.Waiting && again.Message != first.Message {
		c.t.Errorf("request %s again: %d %q, first %q", a.request(), status, again.Message, first.Message)
	}
}

func (c *class) untilAnswered(more int64) {
	c.t.Helper()
	target := c.answered.Load() + more
	wait(c.t, "learners are answered", func() bool { return c.answered.Load() >= target })
	time.Sleep(rand.N(30 * time.Millisecond)) // to kill at any instant of a submission, not always after a reply
}

// last is each learner's last answer to each problem, and how many he gave.
func (c *class) last() map[*learner][problems][]*answer {
	by := map[*learner][problems][]*answer{}
	for _, a := range c.answers {
		list := by[a.learner]
		list[a.problem] = append(slices.Clone(list[a.problem]), a)
		by[a.learner] = list
	}
	return by
}

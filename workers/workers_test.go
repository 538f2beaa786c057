package workers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/workers/queue"
)

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		text                            string
		serves, works, sweeps, collects bool
	}{
		{"", true, true, true, true},
		{"all", true, true, true, true},
		{"web", true, false, false, false},
		{"worker", false, true, true, false},
		{"scheduler", false, false, true, true},
	} {
		role, err := ParseRole(c.text)
		if err != nil || role.Serves() != c.serves || role.Works() != c.works || role.Sweeps() != c.sweeps || role.Collects() != c.collects {
			t.Errorf("%q: %v %v %v %v, %v", c.text, role.Serves(), role.Works(), role.Sweeps(), role.Collects(), err)
		}
	}
	if _, err := ParseRole("wroker"); err == nil || !strings.Contains(err.Error(), "scheduler") {
		t.Errorf("a wrong word: %v", err)
	}
	if _, err := Start(t.Context(), Config{Role: "wroker"}); err == nil {
		t.Error("a wrong word starts")
	}
	if _, err := Start(t.Context(), Config{}); err == nil {
		t.Error("nothing to work on, and it starts")
	}
}

// TestAnswersAreGraded hands in at a web process and hears of the verdict there. With Redis, the worker is another process.
func TestAnswersAreGraded(t *testing.T) {
	for name, config := range backends {
		t.Run(name, func(t *testing.T) {
			settings, data := config(t), t.TempDir()
			web := open(t, data, settings, quizBlock(nil))
			published := web.publish(testRun, "quiz", nil, "q")
			if settings.RedisURL == "" {
				web.work(RoleAll)
			} else {
				web.work(RoleWeb)
				open(t, data, settings, quizBlock(nil)).work(RoleWorker)
			}
			heard, err := web.queue.Subscribe(t.Context(), scoring.LearnerTopic("ann"))
			if err != nil {
				t.Fatal(err)
			}
			id := web.submit(published, "q", "ann")
			if message := <-heard; message.Kind != "verdict" || !strings.HasSuffix(message.ID, id) {
				t.Errorf("heard %+v", message)
			}
			eventually(t, "the delivery is done", func() bool { return web.done(id) })
			scores, err := web.site.Kernel.Scorer().AllScores(t.Context(), "ann")
			if err != nil || len(scores) != 1 {
				t.Fatalf("%d scores, %v", len(scores), err)
			}
			for _, score := range scores {
				if score.Earned != 1 {
					t.Errorf("earned %v", score.Earned)
				}
			}
		})
	}
}

// TestSweeperFindsWhatNobodyHandedOver: the process that took the answer has another queue, as one whose Redis was away.
func TestSweeperFindsWhatNobodyHandedOver(t *testing.T) {
	data := t.TempDir()
	web := open(t, data, queue.Config{}, quizBlock(nil))
	published := web.publish(testRun, "quiz", nil, "q")
	web.work(RoleWeb)
	id := web.submit(published, "q", "ann")
	if d := web.delivery(id); d.State != scoring.StateWaiting {
		t.Fatalf("a web process graded: %+v", d)
	}
	worker := open(t, data, queue.Config{}, quizBlock(nil))
	worker.work(RoleWorker)
	eventually(t, "the sweeper finds it", func() bool { return worker.done(id) })
}

// TestSchedulerHandsOverOnly: it feeds the queue, and grades nothing itself.
func TestSchedulerHandsOverOnly(t *testing.T) {
	settings, data := backends["redis"](t), t.TempDir()
	web := open(t, data, queue.Config{}, quizBlock(nil))
	published := web.publish(testRun, "quiz", nil, "q")
	id := web.submit(published, "q", "ann")
	scheduler := open(t, data, settings, quizBlock(nil))
	scheduler.work(RoleScheduler)
	eventually(t, "the job waits on Redis", func() bool {
		stats, err := scheduler.queue.Stats(t.Context())
		return err == nil && stats.Interactive.Waiting+stats.Interactive.HandedOver > 0
	})
	if d := scheduler.delivery(id); d.State != scoring.StateWaiting {
		t.Errorf("a scheduler graded: %+v", d)
	}
}

func TestTasksRun(t *testing.T) {
	p := open(t, t.TempDir(), queue.Config{}, quizBlock(nil))
	published := p.publish(testRun, "quiz", nil, "q")
	p.work(RoleAll)
	b := block(t, published, "quiz", "q")
	if _, err := p.post(t.Context(), published, b, "ann", "remind", "r1", nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the task has run", func() bool {
		visit, err := p.site.Kernel.Visit(t.Context(), learner(testRun, "bob"), published, b)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := visit.Render(t.Context(), b, "learner")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(shown.HTML, "reminded=1")
	})
}

// TestStopLetsGradingsEnd: what runs when the process is asked to end gets its verdict.
func TestStopLetsGradingsEnd(t *testing.T) {
	g := newGate()
	p := open(t, t.TempDir(), queue.Config{}, quizBlock(g))
	published := p.publish(testRun, "quiz", nil, "q")
	w := p.work(RoleAll)
	id := p.submit(published, "q", "ann")
	<-g.entered
	stopped := make(chan error, 1)
	go func() { stopped <- w.Stop(t.Context()) }()
	select {
	case err := <-stopped:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(g.pass)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if !p.done(id) {
		t.Errorf("%+v", p.delivery(id))
	}
}

// TestCoursesTakeTurns: while one course's many answers are graded slowly, another course's one answer does not wait for all
// of them.
func TestCoursesTakeTurns(t *testing.T) {
	g := newGate()
	p := open(t, t.TempDir(), queue.Config{Interactive: 4}, quizBlock(g))
	crowd := p.publish(testRun, "quiz", nil, "q")
	other := key.Course{Org: "Test", Number: "Small", Run: "now"}
	small := p.publish(other, "quiz", nil, "q")
	var flood []string
	for n := range 100 {
		flood = append(flood, p.submit(crowd, "q", fmt.Sprint("l", n)))
	}
	p.work(RoleAll)
	<-g.entered
	one := p.submit(small, "q", "ann")
	before := 0
	for !p.done(one) {
		select {
		case g.pass <- struct{}{}:
			before++
		case <-time.After(time.Millisecond):
		}
	}
	if before > 30 {
		t.Errorf("%d of the crowd's 100 answers were graded before the one of the small course", before)
	}
	t.Logf("graded after %d others", before-1)
	close(g.pass)
	for _, id := range append(flood, one) {
		eventually(t, "everything is graded", func() bool { return p.done(id) })
	}
}

// later is a site's clock that is ahead by more than anything is kept.
type later struct{ ahead atomic.Int64 }

func (l *later) now() time.Time { return time.Now().UTC().Add(time.Duration(l.ahead.Load())) }

func TestWhatExpiredIsCollected(t *testing.T) {
	clock := &later{}
	q, err := queue.Open(t.Context(), queue.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	s, err := site.Open(t.Context(), site.Config{Data: t.TempDir(), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	user, err := s.People.Create(t.Context(), people.NewUser{Username: "ann", Email: "ann@example.com", Password: "a long password 1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.People.StartSession(t.Context(), user, people.Facts{Method: "password"}, ""); err != nil {
		t.Fatal(err)
	}
	put := func(text string) string {
		blob, err := s.Files.Put(t.Context(), strings.NewReader(text), 100)
		if err != nil {
			t.Fatal(err)
		}
		return blob.Hash
	}
	held, dropped := put("a picture of the course"), put("an upload that nobody handed in")
	if err := s.Courses.PutAsset(t.Context(), course.Asset{Course: testRun.String(), Name: "picture", Hash: held}); err != nil {
		t.Fatal(err)
	}
	rounds := func() map[string]int {
		found := map[string]int{}
		for _, c := range chores(&Config{Site: s, Queue: q, SweepEvery: time.Second}, RoleScheduler) {
			if found[c.name], err = c.round(t.Context()); err != nil {
				t.Fatal(c.name, err)
			}
		}
		return found
	}
	if found := rounds(); found["expired sessions"] != 0 || found["unused files"] != 0 || len(found) < 3 {
		t.Errorf("while all is fresh: %v", found)
	}
	clock.ahead.Store(int64(400 * 24 * time.Hour))
	if found := rounds(); found["expired sessions"] != 1 || found["unused files"] != 1 {
		t.Errorf("a year later: %v", found)
	}
	if _, err := s.Files.Read(t.Context(), held, 100); err != nil {
		t.Errorf("the course lost its picture: %v", err)
	}
	if _, err := s.Files.Read(t.Context(), dropped, 100); err == nil {
		t.Error("the upload is still there")
	}
}

// TestChoreTellsTroubleOnce: it goes on after a failure, and logs each trouble once, and its end.
func TestChoreTellsTroubleOnce(t *testing.T) {
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	rounds := 0
	chore{"test", time.Microsecond, time.Hour, func(ctx context.Context) (int, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a round has no end")
		}
		switch rounds++; {
		case rounds <= 3:
			return 0, errors.New("disk full")
		case rounds == 4:
			return 0, errors.New("disk gone")
		case rounds == 6:
			cancel()
		}
		return 0, nil
	}}.repeat(ctx, slog.New(slog.NewTextHandler(&log, nil)))
	if rounds != 6 {
		t.Errorf("%d rounds", rounds)
	}
	for text, times := range map[string]int{"disk full": 1, "disk gone": 1, "works again": 1} {
		if got := strings.Count(log.String(), text); got != times {
			t.Errorf("%q is logged %d times, want %d:\n%s", text, got, times, log.String())
		}
	}
}

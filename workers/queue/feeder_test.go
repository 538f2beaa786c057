package queue

import (
	"context"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// TestHoldsAreRefreshed: as long as a worker lives, the ids of what it runs and of what asynq has for it stay taken.
func TestHoldsAreRefreshed(t *testing.T) {
	q := open(t, Config{Interactive: 1, Background: -1})
	clock := portstest.NewClock(time.Now())
	q.lanes[ports.LaneInteractive].room = newMemoryRoom(clock.Now)
	started, release := make(chan string, 10), make(chan struct{})
	w := start(t, q, map[string]Handler{"k": HandlerFunc(func(_ context.Context, job ports.Job) error {
		started <- job.ID
		<-release
		return nil
	})})
	running, next := interactive("running", "k"), interactive("next", "k")
	next.Course = "another"
	mustEnqueue(t, q, running)
	<-started
	mustEnqueue(t, q, next)
	wait(t, "the next job waits in asynq", func() bool { return state(t, q, ports.LaneInteractive, "next") == "pending" })
	for range 5 {
		clock.Advance(holdTime * 2 / 3)
		w.lanes[0].feeder.beat(t.Context(), 1)
	}
	mustEnqueue(t, q, running, next)
	close(release)
	if id := <-started; id != "next" {
		t.Errorf("%s ran", id)
	}
	wait(t, "all is done", func() bool {
		s, err := q.Stats(t.Context())
		return err == nil && s.Interactive.HandedOver == 0 && s.Interactive.Waiting == 0
	})
	if s, err := q.Stats(t.Context()); err != nil || s.Interactive.Done != 2 || s.Interactive.Enqueued != 2 {
		t.Errorf("%d accepted, %d done, error %v; want 2 each", s.Interactive.Enqueued, s.Interactive.Done, err)
	}
}

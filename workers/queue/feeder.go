package queue

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/hibiken/asynq"
)

// Times of a feeder.
const (
	// feedEvery bounds how late a job is whose time has come.
	feedEvery = 200 * time.Millisecond
	// beatEvery is how often a worker says that it lives and what it runs. Holds last ten seconds (room.lua).
	beatEvery = 2 * time.Second
	// feedAtOnce is how many jobs are taken from the waiting room in one step.
	feedAtOnce = 32
)

// feeder moves jobs from the waiting room to asynq, for one lane of one worker.
type feeder struct {
	worker  *laneWorker
	id      string
	quit    context.CancelFunc
	stopped chan struct{}
}

func newFeeder(w *laneWorker) *feeder {
	ctx, quit := context.WithCancel(context.Background())
	f := &feeder{worker: w, id: rand.Text(), quit: quit, stopped: make(chan struct{})}
	go f.run(ctx)
	return f
}

func (f *feeder) run(ctx context.Context) {
	defer close(f.stopped)
	f.beat(ctx, f.worker.lane.slots)
	feed, beat := time.NewTicker(feedEvery), time.NewTicker(beatEvery)
	defer feed.Stop()
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			f.beat(context.WithoutCancel(ctx), 0)
			return
		case <-beat.C:
			f.beat(ctx, f.worker.lane.slots)
		case <-feed.C:
			f.feed(ctx)
		}
	}
}

func (f *feeder) stop() {
	f.quit()
	<-f.stopped
}

// beat says that the worker lives with so many slots, and refreshes the holds of what runs here and of what waits in asynq.
func (f *feeder) beat(ctx context.Context, slots int) {
	w := f.worker
	ctx, cancel := context.WithTimeout(ctx, shutdownPatience)
	defer cancel()
	entries, _ := w.now()
	// As many as can be handed over at a time, unless there are very many workers; then some holds lapse early, which is no harm.
	pending, err := w.queue.inspector.ListPendingTasks(w.lane.asynq, asynq.PageSize(1000))
	if err != nil {
		// Before its first job the lane does not exist for asynq. Whatever else it is, the next command meets it too.
		w.queue.log.Debug("pending jobs not listed", "lane", string(w.lane.name), "error", err)
	}
	for _, info := range pending {
		if t, err := decodeTask(info.Payload); err == nil {
			entries = append(entries, t.entry())
		}
	}
	if err := w.lane.room.beat(ctx, f.id, slots, w.lane.ahead(), entries); err != nil && ctx.Err() == nil {
		w.queue.log.Warn("worker's sign of life failed", "lane", string(w.lane.name), "error", err)
	}
}

// finished tells the waiting room that a job is over, and hands over what may follow.
func (f *feeder) finished(entry string) { f.feed(context.Background(), entry) }

// feed hands over what may run now. What is lost on the way, when Redis goes away between two commands, the store's sweeper
// finds.
func (f *feeder) feed(ctx context.Context, finished ...string) {
	w := f.worker
	ctx, cancel := context.WithTimeout(ctx, shutdownPatience)
	defer cancel()
	for {
		payloads, err := w.lane.room.feed(ctx, feedAtOnce, finished...)
		if err != nil {
			w.queue.log.Warn("waiting room not reached", "lane", string(w.lane.name), "error", err)
			return
		}
		if finished = f.hand(ctx, payloads); len(finished) > 0 {
			break
		}
		if len(payloads) < feedAtOnce {
			return
		}
	}
	// Something is wrong: let go of these, take no more.
	if _, err := w.lane.room.feed(ctx, 0, finished...); err != nil {
		w.queue.log.Warn("waiting room not reached", "lane", string(w.lane.name), "error", err)
	}
}

// hand gives payloads to asynq. It returns the entries of those that it could not give.
func (f *feeder) hand(ctx context.Context, payloads []string) (lost []string) {
	w := f.worker
	for _, payload := range payloads {
		t, err := decodeTask([]byte(payload))
		if err == nil {
			err = w.queue.hand(ctx, w.lane, t, []byte(payload))
		}
		if err != nil {
			w.queue.log.Warn("job lost on the way to a worker, the store decides on another try",
				"lane", string(w.lane.name), "job", t.ID, "error", err)
			lost = append(lost, t.entry())
		}
	}
	return lost
}

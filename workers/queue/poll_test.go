package queue

import (
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// TestPollsAreSaved fails if asynq asks for jobs in a way that pollSaver does not know.
func TestPollsAreSaved(t *testing.T) {
	q := open(t, Config{})
	var c runs
	start(t, q, map[string]Handler{"k": &c})
	for _, l := range q.order {
		wait(t, "asynq's questions are saved in lane "+string(l.name), func() bool { return l.polls.saved.Load() > 10 })
		if l.polls.asks(q.consumers.Ping(t.Context())) {
			t.Error("a ping is taken for a question")
		}
	}
	mustEnqueue(t, q, interactive("a", "k"), ports.Job{ID: "b", Kind: "k", Lane: ports.LaneBackground})
	wait(t, "both lanes work", func() bool { return c.of("a") == 1 && c.of("b") == 1 })
}

// TestPollsGoOnWithoutANudge puts a job where pollSaver does not see it.
func TestPollsGoOnWithoutANudge(t *testing.T) {
	q := open(t, Config{})
	var c runs
	start(t, q, map[string]Handler{"k": &c})
	l := q.lanes[ports.LaneInteractive]
	wait(t, "asynq's questions are saved", func() bool { return l.polls.saved.Load() > 10 })
	job, err := newTask(interactive("a", "k"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	payload, err := job.encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.tasks.Enqueue(asynq.NewTask("k", payload), asynq.Queue(l.asynq)); err != nil {
		t.Fatal(err)
	}
	wait(t, "the job runs", func() bool { return c.of("a") == 1 })
}

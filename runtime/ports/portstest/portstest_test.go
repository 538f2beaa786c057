package portstest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

func TestQueue(t *testing.T) {
	portstest.QueueSuite(t, func(t *testing.T) portstest.QueueRig {
		clock := portstest.NewClock(time.Now())
		queue := &portstest.Queue{Now: clock.Now}
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		t.Cleanup(wg.Wait)
		t.Cleanup(cancel)
		work := func(handlers map[string]portstest.Handler) {
			for kind, handler := range handlers {
				queue.Handle(kind, handler)
			}
			for range 16 {
				for _, lane := range []ports.Lane{ports.LaneInteractive, ports.LaneBackground} {
					wg.Go(func() {
						for ctx.Err() == nil {
							if ran, _ := queue.RunOne(ctx, lane); !ran {
								time.Sleep(time.Millisecond)
							}
						}
					})
				}
			}
		}
		return portstest.QueueRig{Queue: queue, Work: work, Pass: clock.Advance}
	})
}

func TestBus(t *testing.T) {
	portstest.BusSuite(t, func(*testing.T) portstest.BusRig {
		bus := &portstest.Bus{}
		return portstest.BusRig{Here: bus, There: bus}
	})
}

func TestLimiter(t *testing.T) {
	portstest.LimiterSuite(t, func(*testing.T) portstest.LimiterRig {
		clock := portstest.NewClock(time.Unix(1_700_000_000, 0))
		return portstest.LimiterRig{Limiter: &portstest.Limiter{Now: clock.Now}, Pass: clock.Advance}
	})
}

func job(id string) ports.Job {
	return ports.Job{ID: id, Kind: "k", Lane: ports.LaneBackground}
}

func TestRunRunsWhatJobsEnqueueToo(t *testing.T) {
	var queue portstest.Queue
	var order []string
	queue.Handle("k", func(ctx context.Context, j ports.Job) error {
		order = append(order, j.ID)
		if j.ID == "first" {
			return queue.Enqueue(ctx, job("second"))
		}
		return errors.New("no luck")
	})
	if err := queue.Enqueue(t.Context(), job("first")); err != nil {
		t.Fatal(err)
	}
	n, err := queue.Run(t.Context())
	if n != 2 || err == nil || len(order) != 2 || order[1] != "second" {
		t.Errorf("%d ran, in order %v, with error %v; want first, then second, which fails", n, order, err)
	}
	if len(queue.Accepted()) != 2 || len(queue.Waiting()) != 0 {
		t.Errorf("accepted %v, waiting %v", queue.Accepted(), queue.Waiting())
	}
}

func TestQueueFailsAndForgets(t *testing.T) {
	var queue portstest.Queue
	queue.Fail(ports.ErrUnavailable)
	if err := queue.Enqueue(t.Context(), job("a")); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	queue.Fail(nil)
	if err := queue.Enqueue(t.Context(), job("a")); err != nil {
		t.Fatal(err)
	}
	queue.Forget()
	if n, err := queue.Run(t.Context()); n != 0 || err != nil {
		t.Errorf("%d ran with error %v after everything was forgotten", n, err)
	}
	if err := queue.Enqueue(t.Context(), job("b")); err != nil {
		t.Fatal(err)
	}
	if n, err := queue.Run(t.Context()); n != 1 || err == nil {
		t.Errorf("%d ran with error %v, want one without a handler", n, err)
	}
}

func TestBusAndLimiterFail(t *testing.T) {
	var bus portstest.Bus
	bus.Fail(ports.ErrUnavailable)
	if err := bus.Publish(t.Context(), ports.Message{Topic: "a", Kind: "k"}); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	if _, err := bus.Subscribe(t.Context(), "a"); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	bus.Fail(nil)
	if err := bus.Publish(t.Context(), ports.Message{Topic: "a", Kind: "k"}); err != nil || len(bus.Published()) != 1 {
		t.Errorf("error %v, published %v", err, bus.Published())
	}
	var limiter portstest.Limiter
	limiter.Fail(ports.ErrUnavailable)
	if _, _, err := limiter.Allow(t.Context(), "k", ports.Rate{Events: 1, Period: time.Second}); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

func TestMailer(t *testing.T) {
	var mailer portstest.Mailer
	for _, mail := range []ports.Mail{{}, {To: "a@b\nBcc: c@d"}, {To: "a@b", Subject: "x\r\ny"}} {
		if err := mailer.Send(t.Context(), mail); !errors.Is(err, portstest.ErrInvalidMail) {
			t.Errorf("%+v: the error is %v", mail, err)
		}
	}
	for _, key := range []string{"1", "1", "2", "", ""} {
		if err := mailer.Send(t.Context(), ports.Mail{To: "a@b", Subject: "s", Key: key}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(mailer.Sent()); n != 4 {
		t.Errorf("%d mails, want 4: one per key and all without", n)
	}
	mailer.Fail(ports.ErrUnavailable)
	if err := mailer.Send(t.Context(), ports.Mail{To: "a@b"}); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

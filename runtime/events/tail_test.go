package events

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

func next(t *testing.T, tail *Tail, limit int) []string {
	t.Helper()
	events, err := tail.Next(context.Background(), limit)
	if err != nil {
		t.Fatal(err)
	}
	return names(events)
}

func TestTail(t *testing.T) {
	l, h := open(t)
	l.log(t, "before")
	h.pass(time.Minute)
	tail := l.Tail(At(h.time()))
	l.log(t, "one", "two")
	if got := next(t, tail, 10); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	h.pass(defaultLag + time.Second)
	l.log(t, "three")
	if got := next(t, tail, 1); !slices.Equal(got, []string{"one"}) {
		t.Errorf("after the lag: %v", got)
	}
	if got := next(t, tail, 10); !slices.Equal(got, []string{"two"}) {
		t.Errorf("then: %v", got)
	}
	if got := next(t, tail, 10); len(got) != 0 {
		t.Errorf("again: %v", got)
	}
	safe := tail.Safe()
	h.pass(time.Hour)
	if got := next(t, tail, 10); !slices.Equal(got, []string{"three"}) {
		t.Errorf("an hour later: %v", got)
	}
	if got := next(t, l.Tail(safe), 10); !slices.Contains(got, "three") {
		t.Errorf("started again: %v", got)
	}
	if got := next(t, l.Tail(""), 10); !slices.Equal(got, []string{"before", "one", "two", "three"}) {
		t.Errorf("from the beginning: %v", got)
	}
	if _, err := tail.Next(context.Background(), 0); !errors.Is(err, ErrInvalid) {
		t.Errorf("a limit of 0: %v", err)
	}
	if len(tail.seen) != 0 {
		t.Errorf("an hour later it remembers %v", tail.seen)
	}
}

// A process whose clock is behind writes into the past; a paused reader misses none of it.
func TestTailAndLateEvents(t *testing.T) {
	l, h := open(t)
	behind := New(Config{Store: l.config.Store, Now: func() time.Time { return h.time().Add(-10 * time.Second) }})
	tail := l.Tail(At(h.time().Add(-time.Minute)))
	l.log(t, "one")
	h.pass(4 * time.Second)
	if got := next(t, tail, 10); !slices.Equal(got, []string{"one"}) {
		t.Errorf("got %v", got)
	}
	behind.log(t, "late") // 6 s before "one"
	h.pass(time.Hour)     // the reader pauses
	l.log(t, "two")
	h.pass(4 * time.Second)
	if got := next(t, tail, 10); !slices.Equal(got, []string{"late", "two"}) {
		t.Errorf("got %v", got)
	}
}

func TestTailHammer(t *testing.T) {
	ctx := context.Background()
	l, h := open(t)
	const writers, each = 4, 60
	var wait sync.WaitGroup
	var still sync.RWMutex
	tail := l.Tail("")
	for writer := range writers {
		skew := time.Duration(writer) * 4 * time.Second
		log := New(Config{Store: l.config.Store, Now: func() time.Time { return h.time().Add(-skew) }})
		wait.Go(func() {
			for i := range each {
				e := wire.Event{ID: fmt.Sprint(writer, "-", i), Name: "e"}
				still.RLock() // time stands still while something is written
				if _, err := log.Append(ctx, e); err != nil {
					t.Error(err)
				}
				if i%5 == 0 {
					if _, err := log.Append(ctx, e); err != nil { // a step applied again
						t.Error(err)
					}
				}
				still.RUnlock()
			}
		})
	}
	finished := make(chan struct{})
	go func() { wait.Wait(); close(finished) }()
	got := map[string]int{}
	read := func() {
		events, err := tail.Next(ctx, 1+rand.IntN(40))
		if err != nil {
			t.Error(err)
		}
		for _, e := range events {
			got[e.ID]++
		}
	}
	for done := false; !done; {
		select {
		case <-finished:
			done = true
		default:
			still.Lock()
			h.pass(500 * time.Millisecond)
			still.Unlock()
			read()
		}
	}
	h.pass(time.Minute)
	for before := -1; before != len(got); {
		before = len(got)
		for range 10 {
			read()
		}
	}
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
	if len(got) != writers*each {
		t.Errorf("%d of %d events came", len(got), writers*each)
	}
}

package enginebench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Request is one of the measured requests.
type Request struct {
	Name  string
	Frame []byte
}

// Requests are the measured requests, in the order of a table's rows.
func Requests() []Request {
	return []Request{
		{"empty", requests.Empty()},
		{"echo 1 KB", requests.Echo(1 << 10)},
		{"grade a choice problem", requests.Grade()},
		{"render it", requests.Render()},
	}
}

// Timing is what many equal calls took.
type Timing struct {
	Calls    int
	P50, P99 time.Duration
	// Fuel is what each used. Unequal says that they did not all use the same.
	Fuel    int64
	Unequal bool
}

// Measure makes a call so many times, after a tenth as many that do not count, and wants an answer each time.
func Measure(ctx context.Context, conn engine.Conn, frame []byte, calls int) (Timing, error) {
	timing := Timing{Calls: calls}
	took := make([]time.Duration, 0, calls)
	for n := -calls / 10; n < calls; n++ {
		begun := time.Now()
		result, err := conn.Call(ctx, engine.Call{Frame: frame})
		elapsed := time.Since(begun)
		if err == nil {
			err = wire.DecodeReply(result.Frame, nil)
		}
		if err != nil {
			return timing, fmt.Errorf("measuring: %w", err)
		}
		if n < 0 {
			continue
		}
		took = append(took, elapsed)
		if n > 0 && result.Fuel != timing.Fuel {
			timing.Unequal = true
		}
		timing.Fuel = result.Fuel
	}
	slices.Sort(took)
	if len(took) > 0 {
		timing.P50, timing.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	return timing, nil
}

// InstanceStart measures how long a new instance takes: each follows a call that ended the one before.
func (b *Bench) InstanceStart(ctx context.Context, times int) (Timing, error) {
	timing := Timing{Calls: times}
	s, err := b.Subject(Wasm)
	if err != nil {
		return timing, err
	}
	var took []time.Duration
	for range times {
		if _, err := s.Conn.Call(ctx, engine.Call{Frame: requests.Empty(), Fuel: 1}); !errors.Is(err, &wire.Error{Code: wire.CodeFuel}) {
			return timing, fmt.Errorf("measuring starts: a call without fuel ended in %w", err)
		}
		result, err := s.Conn.Call(ctx, engine.Call{Frame: requests.Empty()})
		if err != nil {
			return timing, fmt.Errorf("measuring starts: %w", err)
		}
		took = append(took, result.Waited)
	}
	slices.Sort(took)
	timing.P50, timing.P99 = took[len(took)/2], took[len(took)*99/100]
	return timing, nil
}

// Stall is how late a heartbeat came.
type Stall struct {
	Guests, Beats int
	// Longest is the longest delay of a heartbeat of 1 ms beyond that millisecond; P99 is exceeded by one beat of a hundred.
	Longest, P99 time.Duration
}

// Stall lets so many guests loop, each in an artifact of its own, and watches a heartbeat of 1 ms meanwhile. An engine of its
// own runs them.
func (b *Bench) Stall(ctx context.Context, guests int, during time.Duration) (Stall, error) {
	stall := Stall{Guests: guests}
	e, err := wasm.New(ctx, wasm.Config{CacheDir: filepath.Join(b.dir, "wasm")})
	if err != nil {
		return stall, fmt.Errorf("measuring stalls: %w", err)
	}
	stop, cancel := context.WithCancel(ctx)
	var looping sync.WaitGroup
	for range guests {
		conn, err := e.Load(ctx, engine.Artifact{Name: requests.Block, Code: b.code})
		if err != nil {
			cancel()
			return stall, errors.Join(fmt.Errorf("measuring stalls: %w", err), e.Close(ctx))
		}
		looping.Go(func() {
			for stop.Err() == nil {
				_, _ = conn.Call(stop, engine.Call{Frame: requests.Loop(), Fuel: 1 << 60}) // it ends with the measurement
			}
		})
	}
	stall.beat(during)
	cancel()
	looping.Wait()
	if err := e.Close(ctx); err != nil {
		return stall, fmt.Errorf("measuring stalls: %w", err)
	}
	return stall, nil
}

// beat waits for a millisecond again and again.
func (s *Stall) beat(during time.Duration) {
	var late []time.Duration
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	last := time.Now()
	for end := last.Add(during); last.Before(end); {
		<-ticker.C
		now := time.Now()
		late = append(late, now.Sub(last)-time.Millisecond)
		last = now
	}
	slices.Sort(late)
	s.Beats = len(late)
	s.Longest, s.P99 = late[len(late)-1], late[len(late)*99/100]
}

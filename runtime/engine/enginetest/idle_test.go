package enginetest_test

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/registry"
)

func TestNothingIsLeftOfACall(t *testing.T) {
	enginetest.NothingIsLeft(t, openWasm(t, wasm.Config{Instances: 1}), code)
}

// An idle block gives everything back: the registry unloads it, and the next use loads it again.
func TestIdleBlocksAreUnloaded(t *testing.T) {
	e := openWasm(t, wasm.Config{})
	var now atomic.Int64
	r, err := registry.Open(t.Context(), registry.Config{
		Engines: map[string]engine.Engine{"wasm": e}, Idle: time.Minute, Poll: time.Millisecond,
		Now: func() time.Time { return time.Unix(now.Load(), 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	b := enginetest.Fixture(t, "bench")
	artifact, _ := code(t, "wasm", b)
	version := r.Wasm(b.Manifest, fstest.MapFS{}, true, artifact.Code)
	if err := r.Install(version); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for range 2 {
		conn, done, err := version.Use(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now.Add(120) // a block that is in use is not idle, however long that takes
		if _, err := conn.Call(t.Context(), engine.Call{Frame: requests.Grade()}); err != nil {
			t.Fatal(err)
		}
		done()
		now.Add(120)
		for e.Usage() != (wasm.Usage{Limit: e.Usage().Limit}) {
			if t.Context().Err() != nil {
				t.Fatalf("an idle block still holds %+v", e.Usage())
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// Many callers, few instances, and memory for two of three blocks: everybody is served, with the right reply.
func TestHammerThePool(t *testing.T) {
	e := openWasm(t, wasm.Config{Instances: 3, Memory: 36 << 20})
	var conns []engine.Conn
	artifact, _ := code(t, "wasm", enginetest.Fixture(t, "bench"))
	for range 3 { // one artifact three times: they share compiled code and nothing else
		conn, err := e.Load(t.Context(), artifact)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	frames := [][]byte{requests.Grade(), requests.Render(), requests.Echo(100), requests.Empty()}
	want := make([][]byte, len(frames))
	fuel := make([]int64, len(frames))
	for n, frame := range frames {
		result, err := conns[0].Call(t.Context(), engine.Call{Frame: frame})
		if err != nil {
			t.Fatal(err)
		}
		want[n], fuel[n] = result.Frame, result.Fuel
	}
	var callers sync.WaitGroup
	for caller := range 24 {
		callers.Go(func() {
			for turn := range 25 {
				n := (caller + turn) % len(frames)
				result, err := conns[(caller+turn/5)%len(conns)].Call(t.Context(), engine.Call{Frame: frames[n]})
				if err != nil || !bytes.Equal(result.Frame, want[n]) || result.Fuel != fuel[n] {
					t.Errorf("caller %d, turn %d: %v, %d units instead of %d", caller, turn, err, result.Fuel, fuel[n])
					return
				}
			}
		})
	}
	callers.Wait()
	if used := e.Usage(); used.Memory > used.Limit {
		t.Errorf("%+v is over the budget", used)
	}
}

// A block whose memory others hold is not starved by them.
func TestWhoWaitsForMemoryIsServed(t *testing.T) {
	e := openWasm(t, wasm.Config{Memory: 16 << 20}) // two images and one instance
	artifact, _ := code(t, "wasm", enginetest.Fixture(t, "bench"))
	load := func() engine.Conn {
		conn, err := e.Load(t.Context(), artifact)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	busy, quiet := load(), load()
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for ctx.Err() == nil {
				if _, err := busy.Call(t.Context(), engine.Call{Frame: requests.Grade()}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 20 {
		if _, err := quiet.Call(t.Context(), engine.Call{Frame: requests.Grade()}); err != nil {
			t.Error(err)
		}
	}
	cancel()
	callers.Wait()
}

// Closing while calls run: running calls end well or are stopped with a code, none hangs.
func TestHammerClosing(t *testing.T) {
	artifact, _ := code(t, "wasm", enginetest.Fixture(t, "bench"))
	for round := range 3 {
		e, err := wasm.New(t.Context(), wasm.Config{CacheDir: cacheDir, Memory: 64 << 20})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := e.Load(t.Context(), artifact)
		if err != nil {
			t.Fatal(err)
		}
		var callers sync.WaitGroup
		var served atomic.Int64
		for caller := range 8 {
			callers.Go(func() {
				frame := requests.Grade()
				if caller == 0 && round > 0 {
					frame = requests.Loop()
				}
				for {
					_, err := conn.Call(context.Background(), engine.Call{Frame: frame, Fuel: 1 << 50})
					if err == nil {
						served.Add(1)
						continue
					}
					if !stops(err) {
						t.Errorf("round %d: %v", round, err)
					}
					return
				}
			})
		}
		for served.Load() < 20 {
			time.Sleep(time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(round)*20*time.Millisecond)
		if err := e.Close(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		cancel()
		callers.Wait()
		if used := e.Usage(); used.Memory != 0 || used.Instances != 0 || used.Loaded != 0 {
			t.Errorf("round %d: the closed engine holds %+v", round, used)
		}
	}
}

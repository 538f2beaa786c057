package enginebench_test

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginebench"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/testdata/bench"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func open(t testing.TB) *enginebench.Bench {
	t.Helper()
	dir, err := os.MkdirTemp("", "q") // sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	block := bench.Block()
	b, err := enginebench.Open(t.Context(), enginebench.Config{
		Root: "../../..", Dir: dir, Serve: func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// Everything that is measured answers, and every subject the same.
func TestWhatIsMeasuredAnswers(t *testing.T) {
	b := open(t)
	if len(b.Subjects) != 6 {
		t.Errorf("%d subjects are measured", len(b.Subjects))
	}
	for _, request := range enginebench.Requests() {
		var first any
		for _, s := range b.Subjects {
			result, err := s.Conn.Call(t.Context(), engine.Call{Frame: request.Frame})
			if err != nil {
				t.Fatalf("%s, %s: %v", s.Name, request.Name, err)
			}
			if said := decoded(t, result.Frame); first == nil {
				first = said
			} else if !reflect.DeepEqual(first, said) {
				t.Errorf("%s, %s: %v and %v", s.Name, request.Name, first, said)
			}
			timing, err := enginebench.Measure(t.Context(), s.Conn, request.Frame, 20)
			metered := s.Name == enginebench.Wasm || s.Name == enginebench.Script || s.Name == enginebench.NotIsolated
			if err != nil || timing.P50 <= 0 || (timing.Fuel > 0) != metered {
				t.Errorf("%s, %s: %+v, %v", s.Name, request.Name, timing, err)
			}
			if (s.Name == enginebench.Wasm || s.Name == enginebench.Script) && timing.Unequal {
				t.Errorf("%s: equal calls used unequal fuel", request.Name)
			}
		}
	}
	if starts, err := b.InstanceStart(t.Context(), 5); err != nil || starts.P50 <= 0 {
		t.Errorf("starts: %+v, %v", starts, err)
	}
	if stall, err := b.Stall(t.Context(), 1, 50*time.Millisecond); err != nil || stall.Beats == 0 {
		t.Errorf("stalls: %+v, %v", stall, err)
	}
}

// decoded reads a frame's segments: languages write JSON with other orders.
func decoded(t *testing.T, frame []byte) any {
	t.Helper()
	segments, err := wire.Segments(frame)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]any, len(segments))
	for n, segment := range segments {
		if err := json.Unmarshal(segment, &all[n]); err != nil {
			all[n] = string(segment)
		}
	}
	return all
}

// One more block in TypeScript is loaded and measured.
func TestIdleScripts(t *testing.T) {
	idle, err := enginebench.IdleScripts(t.Context(), enginebench.Config{Root: "../../..", Dir: t.TempDir()}, 3)
	if err != nil || idle.Blocks != 3 || idle.Load <= 0 {
		t.Errorf("%+v, %v", idle, err)
	}
}

// The fuel of a call is the same ten thousand times over, whichever instance serves it and whatever ran there before.
func TestFuelIsEqualOverTenThousandCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand calls take some seconds")
	}
	s, err := open(t).Subject(enginebench.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	timing, err := enginebench.Measure(t.Context(), s.Conn, requests.Grade(), 10_000)
	if err != nil || timing.Unequal || timing.Fuel <= 0 {
		t.Errorf("%+v, %v", timing, err)
	}
	t.Logf("p50 %v, p99 %v, %d units", timing.P50, timing.P99, timing.Fuel)
}

func BenchmarkCall(b *testing.B) {
	all := open(b)
	for _, request := range enginebench.Requests() {
		for _, s := range all.Subjects {
			b.Run(request.Name+"/"+s.Name, func(b *testing.B) {
				var fuel int64
				for b.Loop() {
					result, err := s.Conn.Call(context.Background(), engine.Call{Frame: request.Frame})
					if err != nil {
						b.Fatal(err)
					}
					fuel = result.Fuel
				}
				b.ReportMetric(float64(fuel), "fuel/op")
			})
		}
	}
}

func BenchmarkInstanceStart(b *testing.B) {
	all := open(b)
	b.ResetTimer()
	starts, err := all.InstanceStart(b.Context(), b.N)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(starts.P50.Microseconds()), "p50-µs")
}

func BenchmarkStall(b *testing.B) {
	all := open(b)
	for _, guests := range []int{1, 2, 4} {
		b.Run(string(rune('0'+guests)), func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				stall, err := all.Stall(b.Context(), guests, 2*time.Second)
				if err != nil {
					b.Fatal(err)
				}
				longest = max(longest, stall.Longest)
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-ms")
		})
	}
}

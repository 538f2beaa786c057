package fuel

import (
	"sort"
	"testing"
	"time"
)

// BenchmarkRewrite measures the rewriter on a Go guest.
func BenchmarkRewrite(b *testing.B) {
	binary := goGuest(b)
	b.SetBytes(int64(len(binary)))
	b.ReportAllocs()
	for b.Loop() {
		mustRewrite(b, binary, Config{})
	}
}

// BenchmarkGoGrade compares a JSON grading in a Go guest, metered, with the same unmetered. Both go back to their image
// before each call, which is not measured. The slices: without end, about a millisecond, about six microseconds.
func BenchmarkGoGrade(b *testing.B) {
	binary := goGuest(b)
	r := mustRewrite(b, binary, Config{MinMemoryPages: 64})
	for name, slice := range map[string]int64{"unsliced": 1 << 60, "slices of 1 ms": 2_000_000, "slices of 6 us": 12_000} {
		b.Run(name, func(b *testing.B) {
			plain, metered := benchGuests(b, binary, r, slice)
			for _, g := range []*guest{plain, metered} {
				g.mustCall(b, "_initialize")
				g.grade(b) // so that the unmetered memory has grown, too
			}
			im, plainImage := metered.take(r), plain.take(Result{})
			compare(b, plain, metered, func(g *guest) time.Duration {
				if g == metered {
					g.restore(b, r, im)
				} else {
					g.Memory().Write(0, plainImage.memory)
				}
				start := time.Now()
				g.grade(b)
				return time.Since(start)
			})
		})
	}
}

// BenchmarkGoSpin compares the tightest loop that Go compiles.
func BenchmarkGoSpin(b *testing.B) {
	binary := goGuest(b)
	plain, metered := benchGuests(b, binary, mustRewrite(b, binary, Config{}), 2_000_000)
	for _, g := range []*guest{plain, metered} {
		g.mustCall(b, "_initialize")
	}
	compareExport(b, plain, metered, "spin", 200_000)
}

// BenchmarkC compares loops, calls and a state machine that clang compiled.
func BenchmarkC(b *testing.B) {
	binary := cGuest(b)
	plain, metered := benchGuests(b, binary, mustRewrite(b, binary, Config{}), 2_000_000)
	for export, n := range map[string]uint64{"hash": 200_000, "fib": 23, "sort": 10_000, "machine": 200_000} {
		b.Run(export, func(b *testing.B) { compareExport(b, plain, metered, export, n) })
	}
}

func benchGuests(b *testing.B, binary []byte, r Result, slice int64) (plain, metered *guest) {
	b.Helper()
	plain = newMachine(b, engines()["compiler"]).mustStart(b, binary)
	metered = newMachine(b, engines()["compiler"]).mustStart(b, r.Module)
	metered.tank.slice = slice
	return plain, metered
}

func compareExport(b *testing.B, plain, metered *guest, export string, n uint64) {
	b.Helper()
	compare(b, plain, metered, func(g *guest) time.Duration {
		start := time.Now()
		g.mustCall(b, export, n)
		return time.Since(start)
	})
}

// compare runs both in turns, in rounds that are long enough to warm the caches, and reports the median of their ratios:
// a busy machine then disturbs both alike.
func compare(b *testing.B, plain, metered *guest, call func(g *guest) time.Duration) {
	b.Helper()
	const warm, counted = 3, 10
	round := func(g *guest) float64 {
		var sum time.Duration
		for i := range warm + counted {
			if d := call(g); i >= warm {
				sum += d
			}
		}
		return float64(sum.Nanoseconds()) / counted
	}
	var ratios, times []float64
	var units, calls int64
	for b.Loop() {
		before, asked := metered.spent(), metered.tank.calls
		first, middle, last := round(plain), round(metered), round(plain)
		units, calls = (metered.spent()-before)/(warm+counted), int64(metered.tank.calls-asked)
		ratios = append(ratios, 2*middle/(first+last))
		times = append(times, middle)
	}
	sort.Float64s(ratios)
	sort.Float64s(times)
	b.ReportMetric(100*(ratios[len(ratios)/2]-1), "overhead-%")
	b.ReportMetric(times[len(times)/2]/1000, "us/call")
	b.ReportMetric(float64(units), "units/call")
	b.ReportMetric(float64(calls)/(warm+counted), "refuels/call")
	b.ReportMetric(0, "ns/op")
}

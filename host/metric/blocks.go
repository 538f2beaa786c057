package metric

import (
	"cmp"
	"slices"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// Blocks writes what the kernel did: calls of blocks, and renders that were remembered.
func Blocks(w *Writer, k *kernel.Kernel) {
	stats := k.Stats()
	slices.SortFunc(stats.Calls, func(a, b kernel.CallCount) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.Op, b.Op), cmp.Compare(a.Code, b.Code))
	})
	each := func(name string, kind Kind, help string, value func(*kernel.CallCount) float64) {
		for i := range stats.Calls {
			c := &stats.Calls[i]
			w.Sample(name, kind, help, value(c), "block", c.Block, "op", string(c.Op), "code", string(c.Code))
		}
	}
	each("quoin_block_calls_total", Counter, "Calls of blocks, by how they ended; no code is success.", func(c *kernel.CallCount) float64 { return float64(c.Calls) })
	each("quoin_block_call_seconds_total", Counter, "Time in calls of blocks.", func(c *kernel.CallCount) float64 { return c.Elapsed.Seconds() })
	each("quoin_block_call_longest_seconds", Gauge, "The longest call since the start.", func(c *kernel.CallCount) float64 { return c.Longest.Seconds() })
	each("quoin_block_fuel_total", Counter, "Fuel that calls of blocks used.", func(c *kernel.CallCount) float64 { return float64(c.Fuel) })
	for _, r := range []struct {
		result string
		n      int64
	}{{"remembered", stats.RenderHits}, {"made", stats.RenderMisses}, {"not to be remembered", stats.RenderSkipped}} {
		w.Sample("quoin_renders_total", Counter, "Renders that were remembered, made, or cannot be remembered.", float64(r.n), "result", r.result)
	}
	loaded, broken := 0, 0
	for _, status := range k.Blocks() {
		if status.Loaded {
			loaded++
		}
		if status.Broken != "" {
			broken++
		}
	}
	w.Sample("quoin_blocks_loaded", Gauge, "Packages whose code is in memory.", float64(loaded))
	w.Sample("quoin_blocks_broken", Gauge, "Packages that are broken.", float64(broken))
}

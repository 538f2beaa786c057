package kernel

import (
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// levelOf keeps a block's log level within those of slog.
func levelOf(level int) slog.Level {
	return slog.Level(max(int(slog.LevelDebug), min(int(slog.LevelError), level)))
}

// metrics counts calls by block and operation.
type metrics struct {
	mu    sync.Mutex
	calls map[callKey]*CallCount
	// hits and misses count remembered renders.
	hits, misses, skipped atomic.Int64
}

type callKey struct {
	block string
	op    wire.Op
	code  wire.Code
}

// CallCount sums the calls of one block and operation that ended with one code ("" is success).
type CallCount struct {
	Block   string
	Op      wire.Op
	Code    wire.Code
	Calls   int64
	Elapsed time.Duration
	Longest time.Duration
	Fuel    int64
	// Took counts calls by how long they took: Took[i] those of at most CallBound(i) and more than CallBound(i-1).
	Took [callBuckets]uint64
}

// callBuckets grow by the fourth root of two from 16 µs to beyond an hour, so that a quantile is right within a fifth.
const callBuckets = 4 * 28

// CallBound is the upper bound of a bucket of CallCount.Took; the last bucket counts all that took longer too.
func CallBound(i int) time.Duration {
	return time.Duration(float64(16*time.Microsecond) * math.Pow(2, float64(i)/4))
}

func callBucket(took time.Duration) int {
	if took <= 16*time.Microsecond {
		return 0
	}
	return min(int(math.Ceil(4*math.Log2(float64(took)/float64(16*time.Microsecond)))), callBuckets-1)
}

func (m *metrics) add(o Observation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls == nil {
		m.calls = map[callKey]*CallCount{}
	}
	at := callKey{o.Block, o.Op, o.Code}
	count := m.calls[at]
	if count == nil {
		count = &CallCount{Block: o.Block, Op: o.Op, Code: o.Code}
		m.calls[at] = count
	}
	count.Calls++
	count.Elapsed += o.Elapsed
	count.Longest = max(count.Longest, o.Elapsed)
	count.Fuel += o.Fuel
	count.Took[callBucket(o.Elapsed)]++
}

// Stats is what the kernel did since it was opened.
type Stats struct {
	Calls []CallCount
	// RenderHits and RenderMisses count renders that were remembered or made; RenderSkipped those that asked a service and
	// so cannot be remembered.
	RenderHits, RenderMisses, RenderSkipped int64
}

// Stats tells what the kernel did since it was opened.
func (k *Kernel) Stats() Stats {
	k.metrics.mu.Lock()
	defer k.metrics.mu.Unlock()
	s := Stats{RenderHits: k.metrics.hits.Load(), RenderMisses: k.metrics.misses.Load(), RenderSkipped: k.metrics.skipped.Load()}
	for _, count := range k.metrics.calls {
		s.Calls = append(s.Calls, *count)
	}
	return s
}

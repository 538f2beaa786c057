package queue

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogramBuckets double from 1 ms: the last finite bound is about 17 minutes.
const histogramBuckets = 21

// Histogram counts durations.
type Histogram struct {
	// Counts[i] is how many took at most Bound(i) and more than Bound(i-1); the last counts all that took longer.
	Counts [histogramBuckets + 1]uint64
	// Sum of all of them.
	Sum time.Duration
}

// Bound is the upper bound of bucket i: 1, 2, 4, ... ms.
func (Histogram) Bound(i int) time.Duration { return time.Millisecond << i }

// Count is how many there were.
func (h Histogram) Count() uint64 {
	var n uint64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// histogram is a Histogram that counts.
type histogram struct {
	counts [histogramBuckets + 1]atomic.Uint64
	sum    atomic.Int64
}

func (h *histogram) observe(d time.Duration) {
	d = max(d, 0)
	i := 0
	if d > time.Millisecond {
		// The number of binary digits of (d-1)/ms is the first i with d <= ms<<i.
		i = min(bits.Len64(uint64((d-1)/time.Millisecond)), histogramBuckets)
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(d))
}

func (h *histogram) snapshot() Histogram {
	var s Histogram
	for i := range h.counts {
		s.Counts[i] = h.counts[i].Load()
	}
	s.Sum = time.Duration(h.sum.Load())
	return s
}

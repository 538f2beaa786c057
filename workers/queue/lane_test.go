package queue

import (
	"testing"
	"time"
)

func TestAhead(t *testing.T) {
	for _, c := range []struct {
		runs []time.Duration
		want int
	}{
		{nil, 0},
		{[]time.Duration{0}, 16},
		{[]time.Duration{time.Millisecond}, 16},
		{[]time.Duration{20 * time.Millisecond}, 12},
		{[]time.Duration{time.Minute}, 0},
	} {
		l := newLane("interactive", "p", laneLimits{slots: 16, poll: 10 * time.Millisecond, maxAhead: 16})
		for _, d := range c.runs {
			l.ran(d)
		}
		if got := l.ahead(); got != c.want {
			t.Errorf("after runs of %v: %d ahead, want %d", c.runs, got, c.want)
		}
	}
	l := newLane("interactive", "p", laneLimits{slots: 16, poll: 10 * time.Millisecond, maxAhead: 16})
	for range 100 {
		l.ran(time.Millisecond)
	}
	for range 20 {
		l.ran(10 * time.Second)
	}
	if got := l.ahead(); got != 0 {
		t.Errorf("jobs have become slow, and %d are still handed over ahead", got)
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for _, d := range []time.Duration{-time.Second, 0, time.Millisecond, time.Millisecond + 1, 2 * time.Millisecond, 3 * time.Millisecond, time.Hour} {
		h.observe(d)
	}
	s := h.snapshot()
	if s.Counts[0] != 3 || s.Counts[1] != 2 || s.Counts[2] != 1 || s.Counts[histogramBuckets] != 1 || s.Count() != 7 {
		t.Errorf("%+v", s)
	}
	if want := time.Hour + 7*time.Millisecond + 1; s.Sum != want {
		t.Errorf("the sum is %s, want %s", s.Sum, want)
	}
	for i := range histogramBuckets {
		var one histogram
		one.observe(s.Bound(i))
		one.observe(s.Bound(i) + 1)
		if c := one.snapshot().Counts; c[i] != 1 || c[i+1] != 1 {
			t.Errorf("the bound %s falls into %v", s.Bound(i), c)
		}
	}
}

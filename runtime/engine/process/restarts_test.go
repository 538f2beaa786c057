package process

import (
	"slices"
	"testing"
	"time"
)

func TestRestartsBackOffAndGiveUp(t *testing.T) {
	r := restarts{crashes: 9, window: time.Minute, backoff: 100 * time.Millisecond}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var delays []time.Duration
	for broken := false; !broken; {
		broken = r.failed(now)
		delays = append(delays, r.next.Sub(now))
		now = r.next
	}
	var want []time.Duration
	for _, ms := range []int{0, 100, 200, 400, 800, 1600, 3200, 6400, 10000} {
		want = append(want, time.Duration(ms)*time.Millisecond)
	}
	if !slices.Equal(delays, want) {
		t.Errorf("delays %v, want %v", delays, want)
	}
}

func TestRestartsForgetWhatIsLongAgo(t *testing.T) {
	r := restarts{crashes: 2, window: time.Minute, backoff: time.Second}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 100 {
		if r.failed(now) {
			t.Fatal("broken by crashes that are more than the window apart")
		}
		if !r.next.Equal(now) {
			t.Fatal("a lone crash delays the next start")
		}
		now = now.Add(time.Minute)
	}
	if len(r.recent) > 2 {
		t.Errorf("%d crashes are remembered", len(r.recent))
	}
	if !r.failed(now.Add(-time.Second)) {
		t.Error("two crashes within the window do not break")
	}
}

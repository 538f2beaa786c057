package process

import (
	"slices"
	"time"
)

// restarts decides when a process that failed may start again, and when it is broken. It reads no clock.
type restarts struct {
	crashes int
	window  time.Duration
	backoff time.Duration
	recent  []time.Time
	// next is when the next start may be.
	next time.Time
}

// failed notes a failure at now and reports whether the process is broken.
func (r *restarts) failed(now time.Time) (broken bool) {
	r.recent = slices.DeleteFunc(r.recent, func(at time.Time) bool { return now.Sub(at) >= r.window })
	r.recent = append(r.recent, now)
	r.next = now
	if n := len(r.recent); n > 1 {
		r.next = now.Add(min(r.backoff<<min(n-2, 16), max(r.backoff, maxBackoff)))
	}
	return len(r.recent) >= r.crashes
}

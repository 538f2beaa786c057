package queue

import (
	"sync/atomic"
	"time"
)

// breaker spares callers the wait for a Redis that did not answer the last one: for a pause they are told so at once, then
// one of them tries again.
type breaker struct {
	// pause is how long; 0 is never.
	pause time.Duration
	// until is when the next caller may try, in nanoseconds since 1970; 0 while all is well.
	until atomic.Int64
}

// allow says whether this caller may try.
func (b *breaker) allow(now time.Time) bool {
	until := b.until.Load()
	if until == 0 {
		return true
	}
	return now.UnixNano() >= until && b.until.CompareAndSwap(until, now.Add(b.pause).UnixNano())
}

// report says how a try went.
func (b *breaker) report(now time.Time, worked bool) {
	if worked || b.pause == 0 {
		b.until.Store(0)
		return
	}
	b.until.Store(now.Add(b.pause).UnixNano())
}

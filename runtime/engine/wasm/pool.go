package wasm

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// room bounds the instances of one artifact and keeps the idle ones, the last used on top: its memory is warm.
type room struct {
	tickets chan struct{} // one per instance that exists or is being made and is in use
	mu      sync.Mutex
	idle    []*instance
}

func newRoom(size int) *room { return &room{tickets: make(chan struct{}, size)} }

// pop takes the idle instance that was used last, nil when none is idle.
func (r *room) pop() *instance {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.idle)
	if n == 0 {
		return nil
	}
	i := r.idle[n-1]
	r.idle[n-1] = nil
	r.idle = r.idle[:n-1]
	return i
}

// add puts an idle instance in.
func (r *room) add(i *instance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = append(r.idle, i)
}

// leave lets the next caller in.
func (r *room) leave() { <-r.tickets }

// remove takes out the idle instances that the test picks.
func (r *room) remove(pick func(*instance) bool) []*instance {
	r.mu.Lock()
	defer r.mu.Unlock()
	var removed []*instance
	kept := r.idle[:0]
	for _, i := range r.idle {
		if pick(i) {
			removed = append(removed, i)
		} else {
			kept = append(kept, i)
		}
	}
	clear(r.idle[len(kept):])
	r.idle = kept
	return removed
}

// oldest is when the idle instance was used that was used longest ago; ok is false when none is idle.
func (r *room) oldest() (used time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.idle) == 0 {
		return time.Time{}, false
	}
	return r.idle[0].used, true // the last used are taken first, so the first lies longest
}

// starving is how long a call may wait for memory before others give way.
const starving = 20 * time.Millisecond

// budget counts the memory of all instances and images in bytes.
type budget struct {
	limit int64
	// evict drops the idle instance that was used longest ago; false when none is idle.
	evict func(context.Context) bool

	mu    sync.Mutex
	used  int64
	count int
	// queue holds who waits for memory, the longest wait first.
	queue []*waiter
}

// waiter is a call that waits for memory.
type waiter struct {
	conn  *conn
	since time.Time
	// changed gets a token when memory was given back or an instance became idle.
	changed chan struct{}
}

func newBudget(limit int64, evict func(context.Context) bool) *budget {
	return &budget{limit: limit, evict: evict}
}

// reserve makes room for one more instance, dropping idle ones. ok is false when all memory is in use; self is the caller's
// place in the queue, nil before it waits. Whoever has waited for long goes first.
func (b *budget) reserve(ctx context.Context, size int64, self *waiter) (ok bool, err error) {
	if size > b.limit {
		return false, wire.Errorf(wire.CodeMemory, wire.BlameHost,
			"one instance needs %d MiB, all together may have %d: raise the memory budget", size>>20, b.limit>>20)
	}
	for {
		b.mu.Lock()
		if first := b.hungry(); first != nil && first != self {
			b.mu.Unlock()
			return false, nil
		}
		if b.used+size <= b.limit {
			b.used += size
			b.count++
			b.mu.Unlock()
			return true, nil
		}
		alone := b.count == 0
		b.mu.Unlock()
		if b.evict(ctx) {
			continue
		}
		if alone {
			return false, wire.Errorf(wire.CodeUnavailable, wire.BlameHost,
				"the images of loaded blocks leave no room for an instance of %d MiB: raise the memory budget", size>>20)
		}
		return false, nil
	}
}

// grow makes room for more of an instance that runs. It does not wait: the guest can be told.
func (b *budget) grow(by int64) bool {
	for {
		b.mu.Lock()
		if b.used+by <= b.limit {
			b.used += by
			b.mu.Unlock()
			return true
		}
		b.mu.Unlock()
		if !b.evict(context.Background()) {
			return false
		}
	}
}

// hungry is who waits for too long, nil when nobody does. b.mu is held.
func (b *budget) hungry() *waiter {
	if len(b.queue) > 0 && time.Since(b.queue[0].since) > starving {
		return b.queue[0]
	}
	return nil
}

// yields reports whether an instance of the artifact should be dropped, not kept, because somebody else waits for memory.
func (b *budget) yields(c *conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := b.hungry()
	return first != nil && first.conn != c
}

// wait enters the queue; leave must be called.
func (b *budget) wait(c *conn) *waiter {
	w := &waiter{conn: c, since: time.Now(), changed: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, w)
	return w
}

func (b *budget) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = slices.DeleteFunc(b.queue, func(other *waiter) bool { return other == w })
	b.signal()
}

// wake lets those try again who found no room.
func (b *budget) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.signal()
}

// signal wakes everybody in the queue. b.mu is held.
func (b *budget) signal() {
	for _, w := range b.queue {
		select {
		case w.changed <- struct{}{}:
		default: // it has a token already
		}
	}
}

// release gives an instance's memory back.
func (b *budget) release(size int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= size
	b.count--
	b.signal()
}

// adjust corrects the count by an image that was made or is gone.
func (b *budget) adjust(by int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used += by
	if by < 0 {
		b.signal()
	}
}

func (b *budget) usage() (used int64, instances int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used, b.count
}

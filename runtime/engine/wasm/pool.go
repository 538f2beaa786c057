package wasm

import (
	"context"
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

// enter waits for the right to use an instance.
func (r *room) enter(ctx context.Context) error {
	select {
	case r.tickets <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

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

// budget counts the memory of all instances and images in bytes.
type budget struct {
	limit int64
	// evict drops the idle instance that was used longest ago; false when none is idle.
	evict func(context.Context) bool

	mu    sync.Mutex
	used  int64
	count int
	freed chan struct{}
}

func newBudget(limit int64, evict func(context.Context) bool) *budget {
	return &budget{limit: limit, evict: evict, freed: make(chan struct{})}
}

// reserve makes room for one more instance, dropping idle ones of other blocks. When all memory is in use it says when to
// try again: changed is closed as soon as something was given back.
func (b *budget) reserve(ctx context.Context, size int64) (changed <-chan struct{}, err error) {
	if size > b.limit {
		return nil, wire.Errorf(wire.CodeMemory, wire.BlameHost, "one instance needs %d MiB, all together may have %d: raise the memory budget", size>>20, b.limit>>20)
	}
	for {
		b.mu.Lock()
		if b.used+size <= b.limit {
			b.used += size
			b.count++
			b.mu.Unlock()
			return nil, nil
		}
		freed := b.freed
		b.mu.Unlock()
		if !b.evict(ctx) {
			return freed, nil
		}
	}
}

// wake lets those try again who found no room.
func (b *budget) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.freed)
	b.freed = make(chan struct{})
}

// release gives an instance's memory back.
func (b *budget) release(size int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= size
	b.count--
	close(b.freed)
	b.freed = make(chan struct{})
}

// adjust corrects the count by what an instance or image turned out to need.
func (b *budget) adjust(by int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used += by
}

func (b *budget) usage() (used int64, instances int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used, b.count
}

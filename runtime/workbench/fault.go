package workbench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fault is something that goes wrong on purpose.
type Fault string

// The faults.
const (
	// FaultConflict lets somebody else be faster at the next write of a learner's state: the call runs again.
	FaultConflict Fault = "conflict"
	// FaultDeadline ends a call as if it had taken too long, FaultFuel as if it had taken too many steps.
	FaultDeadline Fault = "deadline"
	FaultFuel     Fault = "fuel"
	// FaultRefused refuses what the block asks of a service.
	FaultRefused Fault = "refused"
	// FaultSlow holds a call up for [Slowness].
	FaultSlow Fault = "slow"
)

// Slowness is how long a slow call is held up.
const Slowness = 2 * time.Second

// Faults lists them.
func Faults() []Fault {
	return []Fault{FaultConflict, FaultDeadline, FaultFuel, FaultRefused, FaultSlow}
}

// Often says how often a fault happens.
type Often string

// How often.
const (
	Never  Often = ""
	Once   Often = "once"
	Always Often = "always"
)

// Breaker lets faults happen. The zero value lets none happen; safe for concurrent use.
type Breaker struct {
	mu  sync.Mutex
	set map[Fault]Often
	// changed is told when a fault was set or has happened once, conflicted of the state that somebody else was faster at.
	changed    func()
	conflicted func(id string)
}

// Set says how often a fault happens from now on.
func (b *Breaker) Set(fault Fault, often Often) error {
	if !slices.Contains(Faults(), fault) || !slices.Contains([]Often{Never, Once, Always}, often) {
		return fmt.Errorf("there is no fault %q that happens %q", fault, often)
	}
	b.mu.Lock()
	if b.set == nil {
		b.set = map[Fault]Often{}
	}
	b.set[fault] = often
	changed := b.changed
	b.mu.Unlock()
	if changed != nil {
		changed()
	}
	return nil
}

// State tells how often each fault happens.
func (b *Breaker) State() map[Fault]Often {
	b.mu.Lock()
	defer b.mu.Unlock()
	state := map[Fault]Often{}
	for _, fault := range Faults() {
		state[fault] = b.set[fault]
	}
	return state
}

// OnChange names who is told when a fault was set or has happened.
func (b *Breaker) OnChange(changed func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = changed
}

// onConflict names who is told which state met a conflict. It is set up before anything happens.
func (b *Breaker) onConflict(conflicted func(id string)) { b.conflicted = conflicted }

// conflict reports whether a write to a collection meets a conflict now.
func (b *Breaker) conflict(collection, id string) bool {
	if collection != states || !b.take(FaultConflict) {
		return false
	}
	if b.conflicted != nil {
		b.conflicted(id)
	}
	return true
}

// take reports whether the fault happens now.
func (b *Breaker) take(fault Fault) bool {
	b.mu.Lock()
	often := b.set[fault]
	if often == Once {
		b.set[fault] = Never
	}
	changed := b.changed
	b.mu.Unlock()
	if often == Once && changed != nil {
		changed()
	}
	return often != Never
}

// met are the operations that a fault may befall: what people wait for. Publishing is left alone.
func met(op wire.Op) bool {
	switch op {
	case wire.OpRender, wire.OpHandle, wire.OpGrade, wire.OpReveal, wire.OpMount, wire.OpTask, wire.OpChoose:
		return true
	default:
		return false
	}
}

// before lets what is set happen to a call that is about to begin. The error is what the call ends with.
func (b *Breaker) before(ctx context.Context, op wire.Op) (Fault, error) {
	switch {
	case !met(op):
	case b.take(FaultSlow):
		timer := time.NewTimer(Slowness)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return FaultSlow, wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "the workbench held the call up until its time was over")
		case <-timer.C:
			return FaultSlow, nil
		}
	case b.take(FaultDeadline):
		return FaultDeadline, wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "the workbench ended the call as if it had taken too long")
	case b.take(FaultFuel):
		return FaultFuel, wire.Errorf(wire.CodeFuel, wire.BlameBlock, "the workbench ended the call as if it had taken too many steps")
	}
	return "", nil
}

// Store lets conflicts happen in a store.
func (b *Breaker) Store(inner store.Store) store.Store { return conflicting{inner, b} }

// conflicting is a store in which somebody else is faster when the breaker says so.
type conflicting struct {
	store.Store
	breaker *Breaker
}

// Insert implements store.Store.
func (c conflicting) Insert(ctx context.Context, collection string, record store.Record) error {
	if c.breaker.conflict(collection, record.ID) {
		return fmt.Errorf("the workbench: %w", store.ErrExists)
	}
	return c.Store.Insert(ctx, collection, record)
}

// Replace implements store.Store.
func (c conflicting) Replace(ctx context.Context, collection string, record store.Record) error {
	if c.breaker.conflict(collection, record.ID) {
		return fmt.Errorf("the workbench: %w", store.ErrConflict)
	}
	return c.Store.Replace(ctx, collection, record)
}

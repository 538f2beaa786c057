package wasm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// conn is a loaded artifact.
type conn struct {
	engine   *Engine
	artifact engine.Artifact
	limits   engine.Limits
	digest   [32]byte
	room     *room

	mu   sync.Mutex
	code *compiled
	// extra is the memory that the module was built with beyond what it asked for, in bytes. grown is the most that a call
	// left behind beyond that, growths how often one did; raising says that the module is being built anew.
	extra   int64
	grown   int64
	growths int
	raising bool
	running sync.WaitGroup
	closed  bool
	// freed is closed when nothing is left of the artifact.
	freed  chan struct{}
	failed error
}

// Call implements engine.Conn.
func (c *conn) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	if err := c.enter(); err != nil {
		return engine.Result{}, err
	}
	defer c.running.Done()
	start := time.Now()
	if len(call.Frame) > wire.MaxFrame {
		return engine.Result{}, wire.Errorf(wire.CodeTooLarge, wire.BlameHost,
			"the request has %d bytes, the limit is %d", len(call.Frame), wire.MaxFrame)
	}
	i, err := c.acquire(ctx)
	if err != nil {
		return engine.Result{Elapsed: time.Since(start)}, err
	}
	waited := time.Since(start)
	result, err := c.run(ctx, i, call)
	if err != nil {
		c.discard(ctx, i)
	} else {
		c.release(ctx, i, result.Fuel)
	}
	result.Elapsed, result.Waited = time.Since(start), waited
	return result, err
}

func (c *conn) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return wire.Errorf(wire.CodeStopping, wire.BlameHost, "block %s is being unloaded", c.artifact.Name)
	}
	c.running.Add(1)
	return nil
}

// acquire gives an idle instance, or makes one while there is room, or waits.
func (c *conn) acquire(ctx context.Context) (*instance, error) {
	select {
	case c.room.tickets <- struct{}{}:
	default:
		select {
		case c.room.tickets <- struct{}{}:
		case <-c.engine.halt.Done():
			return nil, stopping()
		case <-ctx.Done():
			return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameBlock, "block %s is busy with %d other calls: try again",
				c.artifact.Name, cap(c.room.tickets))
		}
	}
	i, err := c.find(ctx)
	if err != nil {
		c.room.leave()
	}
	return i, err
}

func (c *conn) find(ctx context.Context) (*instance, error) {
	c.mu.Lock()
	code := c.code
	c.mu.Unlock()
	i, err := c.await(ctx, code.need(), func() *instance {
		for i := c.room.pop(); i != nil; i = c.room.pop() {
			if c.current(i.code) {
				return i
			}
			c.drop(ctx, i)
		}
		return nil
	})
	if i != nil || err != nil {
		return i, err
	}
	return c.engine.start(ctx, c, code)
}

// await gives what idle gives, or reserves the memory of a new instance and gives nil.
func (c *conn) await(ctx context.Context, size int64, idle func() *instance) (*instance, error) {
	var place *waiter
	for {
		if i := idle(); i != nil {
			return i, nil
		}
		ok, err := c.engine.budget.reserve(ctx, size, place)
		if ok || err != nil {
			return nil, err
		}
		if place == nil { // from here on nothing that is given back goes unnoticed
			place = c.engine.budget.wait(c)
			defer c.engine.budget.leave(place)
			continue
		}
		select {
		case <-place.changed:
		case <-time.After(starving): // the time of the first in the queue may have come
		case <-c.engine.halt.Done():
			return nil, stopping()
		case <-ctx.Done():
			return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "all memory for blocks is in use: try again")
		}
	}
}

// current reports whether new calls use this code.
func (c *conn) current(code *compiled) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code == code
}

// run lets the guest handle one request.
func (c *conn) run(ctx context.Context, i *instance, call engine.Call) (engine.Result, error) {
	s := newState(c.engine, c, c.limits.Fuel)
	if call.Fuel > 0 {
		s.budget = call.Fuel
	}
	s.call, s.clock = call, call.Now.UnixNano()
	if call.Now.IsZero() {
		s.clock = 0
	}
	ctx = context.WithValue(ctx, stateKey{}, s)
	s.ctx, s.counter, s.memory = ctx, i.counter, i.linear
	i.linear.refused = notRefused
	if call.Long && !s.take() {
		return engine.Result{}, s.stop
	}
	defer s.give()
	if i.counter != nil {
		s.given = min(c.engine.config.Slice, s.budget)
		i.counter.Set(uint64(s.given))
	}
	frame, err := i.guest.handle(ctx, i, s, call.Frame)
	if err == nil && i.linear.refused == overBudget { // a guest may live with that, but what it says then depends on the host's load
		frame, err = nil, s.failure(nil, "")
	}
	result := engine.Result{Frame: frame, Fuel: s.spent(), Costs: i.code.info.CostVersion, Memory: int64(i.memory.Size())}
	return result, err
}

// release puts the instance back into the pool, as new; spent is the fuel of its last call.
func (c *conn) release(ctx context.Context, i *instance, spent int64) {
	grown := int64(i.memory.Size()) - i.code.size
	if (!c.engine.restores() && !i.code.info.SingleUse() || i.restore()) && c.current(i.code) && !c.engine.budget.yields(c) {
		if i.guest.deep(spent) {
			i.guest.bind(i.module)
		}
		i.used = time.Now()
		c.room.add(i)
		c.room.leave()
		c.engine.budget.wake()
		return
	}
	c.discard(ctx, i)
	c.noteGrowth(grown)
}

// discard drops an instance that its caller had taken.
func (c *conn) discard(ctx context.Context, i *instance) {
	c.drop(ctx, i)
	c.room.leave()
}

// drop closes an instance and gives its memory back.
func (c *conn) drop(ctx context.Context, i *instance) {
	ctx = context.WithoutCancel(ctx)
	_ = i.module.Close(ctx) // there is nothing in it to lose
	i.linear.Free()
	c.engine.budget.release(i.linear.counted)
	_ = i.code.letGo(ctx, c.engine) // closing code of a running engine never fails
}

// growthsSeen is how often instances must have been dropped for their size before the module gets more to spare.
const growthsSeen = 3

// noteGrowth remembers how much calls need, and initialises the module anew with that much to spare when it happens again and
// again: dropping an instance costs milliseconds.
func (c *conn) noteGrowth(extra int64) {
	if extra <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	total := c.extra + extra
	if total > mostSpare { // it will be used once each time
		return
	}
	c.grown = max(c.grown, extra)
	c.growths++
	if c.growths < growthsSeen || c.raising || c.closed || !c.engine.restores() {
		return
	}
	c.raising = true
	c.running.Add(1)
	go c.raise(c.extra + c.grown)
}

func (c *conn) raise(extra int64) {
	defer c.running.Done()
	ctx, cancel := context.WithTimeout(c.engine.halt, time.Minute)
	defer cancel()
	c.keepHint(extra)
	c.mu.Lock()
	code := c.code
	c.mu.Unlock()
	_ = c.serve(ctx, c.engine.modules.take(code.module.key), code.info, extra) // what runs stays as it is when this fails
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raising, c.growths, c.grown, c.extra = false, 0, 0, extra
}

// Close implements engine.Conn. When ctx ends first, what is loaded is freed as soon as the last call has ended.
func (c *conn) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		go func() {
			c.running.Wait()
			c.failed = c.free(context.WithoutCancel(ctx))
			close(c.freed)
		}()
	}
	c.mu.Unlock()
	select {
	case <-c.freed:
		return c.failed
	case <-ctx.Done():
		return fmt.Errorf("unloading %s: calls still run: %w", c.artifact.Name, ctx.Err())
	}
}

// free lets go of instances, image and code. Nothing runs any more.
func (c *conn) free(ctx context.Context) error {
	var failed []error
	for _, i := range c.room.remove(func(*instance) bool { return true }) {
		c.drop(ctx, i)
	}
	c.mu.Lock()
	if c.code != nil {
		failed = append(failed, c.code.letGo(ctx, c.engine))
		c.code = nil
	}
	c.mu.Unlock()
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	delete(c.engine.loaded, c)
	return errors.Join(failed...)
}

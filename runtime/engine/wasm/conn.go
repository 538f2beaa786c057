package wasm

import (
	"context"
	"errors"
	"fmt"
	"os"
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
}

// Call implements engine.Conn.
func (c *conn) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	if err := c.enter(); err != nil {
		return engine.Result{}, err
	}
	defer c.running.Done()
	start := time.Now()
	i, err := c.acquire(ctx)
	if err != nil {
		return engine.Result{Elapsed: time.Since(start)}, err
	}
	waited := time.Since(start)
	result, err := c.run(ctx, i, call)
	if err != nil {
		c.discard(ctx, i)
	} else {
		c.release(ctx, i)
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
	if err := c.room.enter(ctx); err != nil {
		return nil, ended(err)
	}
	i, err := c.find(ctx)
	if err != nil {
		c.room.leave()
	}
	return i, err
}

func (c *conn) find(ctx context.Context) (*instance, error) {
	for {
		c.mu.Lock()
		code := c.code
		c.mu.Unlock()
		if i := c.room.pop(); i != nil {
			if i.code == code {
				return i, nil
			}
			c.drop(ctx, i)
			continue
		}
		size := code.size()
		full, err := c.engine.budget.reserve(ctx, size)
		if err != nil {
			return nil, err
		}
		if full == nil {
			return c.engine.start(ctx, c, code, size)
		}
		select {
		case <-full:
		case <-ctx.Done():
			return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "all memory for blocks is in use: try again")
		}
	}
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
	s.ctx = ctx
	if call.Long && !s.take() {
		return engine.Result{}, s.stop
	}
	defer s.give()
	if i.counter != nil {
		s.given = min(c.engine.config.Slice, s.budget)
		i.counter.Set(uint64(s.given))
	}
	frame, err := i.handle(ctx, s, call.Frame)
	result := engine.Result{Frame: frame, Fuel: s.spent(i.counter), Costs: i.code.info.CostVersion, Memory: int64(i.memory.Size())}
	if err != nil && s.stop == nil && result.Memory >= c.limits.Memory {
		err = wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the call needs more than %d MiB of memory", c.limits.Memory>>20)
	}
	return result, err
}

// handle hands the frame over and copies the reply out.
func (i *instance) handle(ctx context.Context, s *state, frame []byte) ([]byte, error) {
	var stack [2]uint64
	stack[0] = uint64(len(frame))
	if err := i.alloc.CallWithStack(ctx, stack[:]); err != nil {
		return nil, s.failure(err, "the guest made no room for the request")
	}
	address := uint32(stack[0])
	if address == 0 || !i.memory.Write(address, frame) {
		return nil, wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the guest has no room for a request of %d bytes", len(frame))
	}
	stack[0], stack[1] = uint64(address), uint64(len(frame))
	if err := i.call.CallWithStack(ctx, stack[:]); err != nil {
		return nil, s.failure(err, "the guest failed")
	}
	place, length := uint32(stack[0]>>32), uint32(stack[0])
	if int64(length) > int64(s.limits.Reply) {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the reply has %d bytes, the limit is %d", length, s.limits.Reply)
	}
	reply, ok := i.memory.Read(place, length)
	if !ok {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the reply lies outside the guest's memory")
	}
	return append(make([]byte, 0, length), reply...), nil
}

// release puts the instance back into the pool, as new.
func (c *conn) release(ctx context.Context, i *instance) {
	if c.engine.config.NoRestore || i.restore() {
		i.used = time.Now()
		c.room.add(i)
		c.room.leave()
		c.engine.budget.wake()
		return
	}
	c.noteGrowth(int64(i.memory.Size()) - int64(i.code.pages)*pageSize)
	c.discard(ctx, i)
}

// discard drops an instance that its caller had taken.
func (c *conn) discard(ctx context.Context, i *instance) {
	c.drop(ctx, i)
	c.room.leave()
}

// drop closes an instance and gives its memory back.
func (c *conn) drop(ctx context.Context, i *instance) {
	_ = i.module.Close(context.WithoutCancel(ctx)) // there is nothing in it to lose
	c.engine.budget.release(i.size)
}

// growthsSeen is how often instances must have been dropped for their size before the module is built with more to spare.
const growthsSeen = 3

// noteGrowth remembers how much calls need, and builds the module anew with that much to spare when it happens again and
// again: dropping an instance costs milliseconds.
func (c *conn) noteGrowth(extra int64) {
	if extra <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grown = max(c.grown, extra)
	c.growths++
	total := c.extra + c.grown
	if c.growths < growthsSeen || c.raising || c.closed || total > mostSpare || c.engine.config.Unmetered {
		return
	}
	c.raising = true
	c.running.Add(1)
	go c.raise(total)
}

func (c *conn) raise(extra int64) {
	defer c.running.Done()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if path := c.hintFile(); path != "" {
		// Without the hint the next start learns it again.
		_ = os.WriteFile(path, fmt.Append(nil, extra), 0o600)
	}
	_ = c.build(ctx, extra) // the code that runs stays as it is when this fails
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raising, c.growths, c.grown, c.extra = false, 0, 0, extra
}

// Close implements engine.Conn.
func (c *conn) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.mu.Unlock()
	done := make(chan struct{})
	go func() { c.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("unloading %s: calls still run: %w", c.artifact.Name, ctx.Err())
	}
	c.engine.mu.Lock()
	delete(c.engine.loaded, c)
	c.engine.mu.Unlock()
	return c.free(ctx)
}

// free lets go of instances, image and code. Nothing runs any more.
func (c *conn) free(ctx context.Context) error {
	var failed []error
	for _, i := range c.room.remove(func(*instance) bool { return true }) {
		c.drop(ctx, i)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code != nil {
		c.engine.budget.adjust(-int64(len(c.code.memory)))
		failed = append(failed, c.code.module.Close(ctx))
		c.code = nil
	}
	return errors.Join(failed...)
}

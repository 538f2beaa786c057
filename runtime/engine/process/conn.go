package process

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Conn is one artifact's process, restarted when it ends by itself. Calls run side by side, up to Config.Calls.
type Conn struct {
	config   Config
	artifact engine.Artifact
	limits   engine.Limits
	// dir holds the copy of the code and the folders of processes; folder is where the artifact came from.
	dir, code, folder string
	user              uint32
	forget            func()
	// stop is closed when Close begins.
	stop chan struct{}
	// work counts the goroutines that start and follow processes.
	work sync.WaitGroup

	mu       sync.Mutex
	current  *instance
	alive    map[*instance]struct{}
	starting chan struct{}
	restarts restarts
	status   Status
	broken   *wire.Error
	running  int
	closing  bool
	// idle is closed when Close has begun and no call runs; closed when everything has ended.
	idle, closed chan struct{}
}

// Status tells how a process fares, for health pages.
type Status struct {
	// PID is the running process's number, 0 when none runs: the next call starts one.
	PID int
	// Memory is its private memory in bytes, 0 when unknown.
	Memory int64
	// Starts counts starts that succeeded, Failures how often a process ended unasked or had to be ended or did not start.
	Starts, Failures int
	// Reason says why the last one failed, with the last of what it printed; "" when none has.
	Reason string
	// Broken: no further start is tried. Loading the artifact again does.
	Broken bool
}

// Status reports the present state.
func (c *Conn) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.status
	if c.current != nil {
		s.PID, s.Memory = c.current.pid(), c.current.memory.Load()
	}
	s.Broken = c.broken != nil
	return s
}

// Call implements engine.Conn. Fuel, Now and Random are not used: a process is not metered, and the frame itself carries the
// call's clock and randomness. Beside the interface's codes: CodeTrap to every call that ran in a process when it ended,
// whichever call ended it, so that a caller may try again; CodeBroken once the process is given up.
func (c *Conn) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.config.Longest)
	defer cancel()
	if len(call.Frame) > wire.MaxFrame {
		return engine.Result{}, wire.Errorf(wire.CodeTooLarge, wire.BlameHost,
			"the request has %d bytes, the limit is %d", len(call.Frame), wire.MaxFrame)
	}
	if !c.begin() {
		return engine.Result{}, stopping()
	}
	defer c.end()
	if ctx.Err() != nil {
		return engine.Result{}, overdue(ctx)
	}
	i, release, failed := c.slot(ctx, call.Long)
	result := engine.Result{Waited: time.Since(begun)}
	if failed == nil {
		result.Frame, failed = c.run(ctx, i, release, call)
		result.Memory = i.memory.Load()
	}
	result.Elapsed = time.Since(begun)
	if failed != nil {
		return result, failed
	}
	return result, nil
}

// begin counts a call; false when the Conn closes.
func (c *Conn) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.running++
	return true
}

func (c *Conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
	c.settle()
}

func (c *Conn) settle() {
	if c.closing && c.running == 0 && !isClosed(c.idle) {
		close(c.idle)
	}
}

// slot waits for a process with room for one more call. release gives the room back.
func (c *Conn) slot(ctx context.Context, long bool) (i *instance, release func(), failed *wire.Error) {
	for {
		i, failed := c.instance(ctx)
		if failed != nil {
			return nil, nil, failed
		}
		release, ok := i.room(ctx, long)
		if ok && i.enter() {
			return i, release, nil
		}
		if ok {
			release()
		}
		if ctx.Err() != nil {
			return nil, nil, wire.Errorf(wire.CodeUnavailable, wire.BlameBlock, "the process of %s was busy with %d other calls",
				c.artifact.Name, c.config.Calls)
		}
	}
}

// room takes a place among the calls of this process; false when ctx or the process ended.
func (i *instance) room(ctx context.Context, long bool) (release func(), ok bool) {
	if long {
		select {
		case i.long <- struct{}{}:
		case <-i.retired:
			return nil, false
		case <-i.gone:
			return nil, false
		case <-ctx.Done():
			return nil, false
		}
	}
	giveLong := func() {
		if long {
			<-i.long
		}
	}
	select {
	case i.slots <- struct{}{}:
		return func() { <-i.slots; giveLong() }, true
	case <-i.retired:
	case <-i.gone:
	case <-ctx.Done():
	}
	giveLong()
	return nil, false
}

// run runs the call. When it returns before the call has ended, the lane and the room stay taken until it has.
func (c *Conn) run(ctx context.Context, i *instance, release func(), call engine.Call) ([]byte, *wire.Error) {
	defer i.leave()
	l, err := i.take()
	if err != nil {
		release()
		return nil, i.crash(ctx, err)
	}
	frame, failed, fate := l.talk(ctx, call, c.limits)
	switch fate {
	case reusable:
		i.put(l)
	case unusable:
		l.cancel()
	case lingering:
		go func() { // ends with the call or with the process
			defer release()
			if l.linger(c.config.Grace, func() { c.replace(i) }) {
				i.put(l)
			} else {
				l.cancel()
			}
		}()
		return nil, failed
	}
	release()
	return frame, failed
}

// replace retires a process in which a call does not end.
func (c *Conn) replace(i *instance) {
	cause := wire.Errorf(wire.CodeTrap, wire.BlameBlock,
		"the process of %s was replaced: a call went on for %v after it was given up%s", c.artifact.Name, c.config.Grace, lastWords(i.output))
	c.mu.Lock()
	if c.current == i {
		c.current = nil
		c.failed(cause)
	}
	c.mu.Unlock()
	i.retire(cause, c.config.Grace)
}

// failed notes why a process failed. c.mu is held.
func (c *Conn) failed(cause *wire.Error) {
	c.status.Failures++
	c.status.Reason = cause.Message
	if c.restarts.failed(time.Now()) {
		c.broken = wire.Errorf(wire.CodeBroken, wire.BlameBlock, "%s is switched off after %d failures within %v: %s",
			c.artifact.Name, len(c.restarts.recent), c.config.Window, cause.Message)
	}
	c.config.Logger.Warn("block process failed", "block", c.artifact.Name, "version", c.artifact.Version,
		"reason", cause.Message, "broken", c.broken != nil)
}

// Close implements engine.Conn. It may be called again to wait for a first Close.
func (c *Conn) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		select {
		case <-c.closed:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("closing %s: %w", c.artifact.Name, ctx.Err())
		}
	}
	c.closing = true
	close(c.stop)
	c.settle()
	c.mu.Unlock()
	defer close(c.closed)
	defer c.forget()
	err := c.finish(ctx)
	c.endAll(ctx, err != nil)
	c.work.Wait()
	if removed := os.RemoveAll(c.dir); err == nil && removed != nil {
		err = fmt.Errorf("closing %s: %w", c.artifact.Name, removed)
	}
	return err
}

// finish waits for the running calls.
func (c *Conn) finish(ctx context.Context) error {
	select {
	case <-c.idle:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == 0 {
		return nil
	}
	return fmt.Errorf("closing %s: %d calls were cut off: %w", c.artifact.Name, c.running, ctx.Err())
}

// endAll ends every process, at once when calls are to be cut off.
func (c *Conn) endAll(ctx context.Context, cut bool) {
	c.mu.Lock()
	var ending sync.WaitGroup
	for i := range c.alive {
		serving := i.serving
		ending.Go(func() {
			if cut || !serving {
				i.end(stopping())
			} else {
				i.dismiss(ctx)
			}
			<-i.gone
		})
	}
	c.mu.Unlock()
	ending.Wait()
}

func stopping() *wire.Error {
	return wire.Errorf(wire.CodeStopping, wire.BlameHost, "the server is shutting down")
}

// Compile-time guards.
var _ engine.Conn = (*Conn)(nil)

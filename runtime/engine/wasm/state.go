package wasm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// stateKey finds the running call's state in the context that host functions get.
type stateKey struct{}

// state is one running call, as the host's functions see it.
type state struct {
	ctx    context.Context //nolint:containedctx // one call's state lives as long as the call
	engine *Engine
	call   engine.Call
	limits engine.Limits
	// counter is the guest's fuel, nil when it is not metered; memory is its linear memory.
	counter api.MutableGlobal
	memory  *memory

	// budget is what the call may spend, used what it spent in slices that are over, given the current slice.
	budget, used, given int64
	slices              int
	// slots is where the call gets its slot from, slot that it has one.
	slots chan struct{}
	slot  bool
	// stop is why the host refused to go on.
	stop *wire.Error

	// clock is the guest's, in nanoseconds since 1970; it moves only when it is read or slept on.
	clock  int64
	random *rand.ChaCha8
	// reply waits for the guest to take it.
	reply    []byte
	services int
	logged   int
	// process is what a program has of a system; nil for other guests.
	process *process
	// tail is the end of what the guest wrote to its standard error, for messages.
	tail []byte
	// exit is the code that the guest ended with, exited that it did.
	exit   uint32
	exited bool
}

func newState(e *Engine, c *conn, budget int64) *state {
	return &state{engine: e, limits: c.limits, budget: budget, slots: e.slots}
}

func stateOf(ctx context.Context) *state {
	s, ok := ctx.Value(stateKey{}).(*state)
	if !ok {
		panic("wasm: a guest runs without a call") // a defect of this package
	}
	return s
}

// patience is how many slices a call may take before it needs a slot.
const patience = 4

// refuel grants the next slice, or refuses. It is where a guest meets its deadline and lets others run.
func (s *state) refuel(left int64) int64 {
	s.used += s.given - left
	s.given = 0
	if s.used >= s.budget {
		s.stop = s.overspent()
		return -1
	}
	if err := s.ctx.Err(); err != nil {
		s.stop = ended(err)
		return -1
	}
	if s.engine.halt.Err() != nil {
		s.stop = stopping()
		return -1
	}
	s.slices++
	if s.slices > patience && !s.take() {
		return -1
	}
	runtime.Gosched()
	s.given = min(s.engine.config.Slice, s.budget-s.used)
	return s.given
}

// ended says how a context ended.
func ended(err error) *wire.Error {
	if errors.Is(err, context.DeadlineExceeded) {
		return wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "the call was not ready in time")
	}
	return wire.Errorf(wire.CodeDeadline, wire.BlameHost, "the call was given up")
}

// take gets one of the slots for long calls.
func (s *state) take() bool {
	if s.slot {
		return true
	}
	select {
	case s.slots <- struct{}{}:
		s.slot = true
		return true
	case <-s.ctx.Done():
		s.stop = ended(s.ctx.Err())
	case <-s.engine.halt.Done():
		s.stop = stopping()
	}
	return false
}

// give lets go of the slot.
func (s *state) give() {
	if s.slot {
		s.slot = false
		<-s.slots
	}
}

// spent is what the call used so far.
func (s *state) spent() int64 {
	if s.counter == nil {
		return 0
	}
	return s.used + s.given - int64(s.counter.Get())
}

// charge takes from the guest's fuel what the host does for it, before the host does it: a host's function costs more the
// more bytes it is given. It ends the guest when that is more than its budget.
func (s *state) charge(units int64) {
	if s.counter == nil {
		return
	}
	if s.spent()+units > s.budget {
		s.stop = s.overspent()
		panic(trapped{s.stop.Message})
	}
	s.counter.Set(uint64(int64(s.counter.Get()) - units))
}

func (s *state) overspent() *wire.Error {
	return wire.Errorf(wire.CodeFuel, wire.BlameBlock, "the call needs more than %d steps", s.budget)
}

// service asks the host's services; the slot is free for others meanwhile.
func (s *state) service(frame []byte) []byte {
	if s.services++; s.services > s.limits.Services {
		s.stop = wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the call asked services more than %d times", s.limits.Services)
		return nil
	}
	if s.call.Service == nil {
		return engine.NoServices()
	}
	s.give()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	defer context.AfterFunc(s.engine.halt, cancel)()
	reply := s.call.Service(ctx, frame)
	if len(reply) > wire.MaxFrame {
		s.stop = wire.Errorf(wire.CodeTooLarge, wire.BlameHost, "the service's reply has %d bytes, the limit is %d", len(reply), wire.MaxFrame)
		return nil
	}
	if s.slices > patience && !s.take() {
		return nil
	}
	return reply
}

// lineCost is what a line counts beside its bytes, so that empty ones are bounded too.
const lineCost = 32

// levelWarn is that of log/slog.
const levelWarn = 4

// log takes one line.
func (s *state) log(level int, line string) {
	if s.call.Log == nil || s.logged > s.limits.Logs {
		return
	}
	if s.logged += len(line) + lineCost; s.logged > s.limits.Logs {
		level, line = levelWarn, fmt.Sprintf("the log of this call was cut at %d bytes", s.limits.Logs)
	}
	s.call.Log(level, line)
}

// maxTail bounds what is kept of standard error.
const maxTail = 4 << 10

func (s *state) stderr(data []byte) {
	data = data[max(0, len(data)-maxTail):]
	s.tail = append(s.tail[max(0, len(s.tail)+len(data)-maxTail):], data...)
}

// failure makes wazero's error one of the contract.
func (s *state) failure(err error, what string) *wire.Error {
	switch {
	case s.stop != nil:
		return s.stop
	case s.memory.refused == overLimit:
		return wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the call needs more than %d MiB of memory", s.limits.Memory>>20)
	case s.memory.refused == overBudget:
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "all memory for blocks is in use: try again")
	case s.exited:
		return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "%s: the guest ended with code %d%s", what, s.exit, s.said())
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "%s: %s%s", what, strings.TrimSuffix(reason, " (recovered by wazero)"), s.said())
}

// said is the first line of what the guest wrote to standard error.
func (s *state) said() string {
	line, _, _ := strings.Cut(strings.TrimSpace(strings.ToValidUTF8(string(s.tail), "?")), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", line[:min(len(line), 300)])
}

package wasm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// instance is one running copy of a module. One goroutine uses it at a time.
type instance struct {
	code    *compiled
	module  api.Module
	linear  *memory
	memory  api.Memory
	guest   guest
	counter api.MutableGlobal
	globals []api.MutableGlobal
	used    time.Time
}

// start makes an instance in the memory that was reserved for it. The first one of a module is initialised and makes the
// image; the others begin as copies of it.
func (e *Engine) start(ctx context.Context, c *conn, code *compiled) (*instance, error) {
	size := code.need()
	linear, err := newMemory(e.budget, size, code.starts(), c.limits.Memory)
	if err != nil {
		e.budget.release(size)
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	code.retain()
	i, err := e.instantiate(ctx, c, code, linear)
	if err != nil {
		linear.Free()
		e.budget.release(linear.counted)
		return nil, errors.Join(err, code.letGo(ctx, e))
	}
	return i, nil
}

func (e *Engine) instantiate(ctx context.Context, c *conn, code *compiled, linear *memory) (*instance, error) {
	call := newState(e, c, e.config.Init)
	call.slots = e.starts
	defer call.give()
	ctx = context.WithValue(ctx, stateKey{}, call) // fuel bounds it, so a slow or busy machine breaks no block
	call.ctx, call.memory = ctx, linear
	module, err := e.runtime.InstantiateModule(experimental.WithMemoryAllocator(ctx, linear), code.module.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, call.failure(err, "the module does not start")
	}
	i := &instance{code: code, module: module, linear: linear, memory: module.Memory(), guest: newGuest(c.artifact)}
	if err := i.bind(code); err != nil {
		return nil, errors.Join(err, module.Close(ctx))
	}
	call.counter = i.counter
	if code.image != nil && !code.info.SingleUse() {
		err = i.begin()
	} else if err = i.initialise(ctx, call); err == nil && code.size == 0 {
		code.entry = i.guest.entry()
		err = e.takeImage(i)
	}
	if err != nil {
		return nil, errors.Join(err, module.Close(ctx))
	}
	return i, nil
}

// begin makes a new instance a copy of the image, whose size its memory has.
func (i *instance) begin() error {
	if err := i.linear.area.adopt(i.code.image); err != nil {
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	i.setGlobals()
	i.guest.enter(i.code.entry)
	return nil
}

// initialise runs the module's own start, and what the guest needs before its first call.
func (i *instance) initialise(ctx context.Context, call *state) error {
	if initialize := i.module.ExportedFunction("_initialize"); initialize != nil {
		if _, err := initialize.Call(ctx); err != nil {
			return call.failure(err, "the module does not initialise")
		}
	}
	return i.guest.initialise(ctx, i, call)
}

// bind finds the exports that the engine needs.
func (i *instance) bind(code *compiled) error {
	if err := i.guest.check(i.module); err != nil {
		return err
	}
	if i.memory == nil {
		return wire.Errorf(wire.CodeABI, wire.BlameBlock, "the module has no memory")
	}
	i.guest.bind(i.module)
	var ok bool
	if counter := i.module.ExportedGlobal(fuel.CounterExport); counter != nil {
		if i.counter, ok = counter.(api.MutableGlobal); !ok {
			return wire.Errorf(wire.CodeTrap, wire.BlameHost, "the fuel counter is not mutable")
		}
	}
	for _, g := range code.info.Globals {
		global, ok := i.module.ExportedGlobal(g.Export).(api.MutableGlobal)
		if !ok {
			return wire.Errorf(wire.CodeTrap, wire.BlameHost, "the mutable global %s is not exported", g.Export)
		}
		i.globals = append(i.globals, global)
	}
	return nil
}

func signatureOf(d api.FunctionDefinition) string {
	names := func(types []api.ValueType) string {
		out := make([]string, len(types))
		for i, t := range types {
			out[i] = api.ValueTypeName(t)
		}
		return strings.Join(out, ", ")
	}
	return fmt.Sprintf("(%s) -> %s", names(d.ParamTypes()), names(d.ResultTypes()))
}

// takeImage keeps what the first instance looks like after initialisation.
func (e *Engine) takeImage(i *instance) error {
	i.code.size = int64(i.memory.Size())
	if !e.restores() || i.code.info.SingleUse() {
		return nil
	}
	view, _ := i.memory.Read(0, i.memory.Size()) // the whole memory is always readable
	made, err := newImage(view)
	if err != nil {
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	if err := i.linear.area.adopt(made); err != nil {
		made.free()
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	i.code.image = made
	e.budget.adjust(made.bytes())
	i.code.globals = make([]uint64, len(i.globals))
	for n, global := range i.globals {
		i.code.globals[n] = global.Get()
	}
	return nil
}

// restore puts the instance back to the image; false when it cannot be and must be dropped.
func (i *instance) restore() bool {
	if i.code.image == nil || int64(i.memory.Size()) != i.code.size || !i.linear.area.restore(i.code.image) {
		return false
	}
	i.setGlobals()
	return true
}

func (i *instance) setGlobals() {
	for n, global := range i.globals {
		global.Set(i.code.globals[n])
	}
}

package wasm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// instance is one running copy of a module. One goroutine uses it at a time.
type instance struct {
	code    *compiled
	module  api.Module
	memory  api.Memory
	alloc   api.Function
	call    api.Function
	counter api.MutableGlobal
	globals []api.MutableGlobal
	// size is what the budget counts for it, in bytes.
	size int64
	used time.Time
}

// size is what an instance takes at its start, in bytes.
func (c *compiled) size() int64 { return int64(max(c.pages, c.info.Memory.MinPages)) * pageSize }

// start makes an instance in the room that was reserved for it and initialises it. The first one of a module makes the image
// that all are put back to.
func (e *Engine) start(ctx context.Context, c *conn, code *compiled, size int64) (*instance, error) {
	i, err := e.instantiate(ctx, c, code)
	if err != nil {
		e.budget.release(size)
		return nil, err
	}
	i.size = size
	if now := int64(i.memory.Size()); now > size {
		e.budget.adjust(now - size)
		i.size = now
	}
	if code.memory == nil {
		e.image(i)
	}
	return i, nil
}

func (e *Engine) instantiate(ctx context.Context, c *conn, code *compiled) (*instance, error) {
	call := newState(e, c, e.config.Init)
	defer call.give()
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, stateKey{}, call), initTime)
	defer cancel()
	call.ctx = ctx
	module, err := e.runtime.InstantiateModule(ctx, code.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, call.failure(err, "the module does not start")
	}
	i := &instance{code: code, module: module, memory: module.Memory()}
	if err := i.bind(code); err != nil {
		return nil, errors.Join(err, module.Close(ctx))
	}
	if initialize := module.ExportedFunction("_initialize"); initialize != nil {
		if _, err := initialize.Call(ctx); err != nil {
			return nil, errors.Join(call.failure(err, "the module does not initialise"), module.Close(ctx))
		}
	}
	results, err := module.ExportedFunction(wire.ExportABI).Call(ctx)
	if err != nil {
		return nil, errors.Join(call.failure(err, wire.ExportABI+" failed"), module.Close(ctx))
	}
	if abi := int(int32(results[0])); abi != wire.ABI {
		return nil, errors.Join(wire.WrongABI(abi), module.Close(ctx))
	}
	return i, nil
}

// bind finds the exports that the contract asks for.
func (i *instance) bind(code *compiled) error {
	want := map[string]string{wire.ExportABI: "() -> i32", wire.ExportAlloc: "(i32) -> i32", wire.ExportCall: "(i32, i32) -> i64"}
	for name, signature := range want {
		f := i.module.ExportedFunction(name)
		if f == nil || signatureOf(f.Definition()) != signature {
			return wire.Errorf(wire.CodeABI, wire.BlameBlock, "the module does not export %s %s: build it with an SDK for ABI %d", name, signature, wire.ABI)
		}
	}
	if i.memory == nil {
		return wire.Errorf(wire.CodeABI, wire.BlameBlock, "the module has no memory")
	}
	i.alloc, i.call = i.module.ExportedFunction(wire.ExportAlloc), i.module.ExportedFunction(wire.ExportCall)
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

// image keeps what an initialised instance looks like.
func (e *Engine) image(i *instance) {
	size := i.memory.Size()
	view, _ := i.memory.Read(0, size) // the whole memory is always readable
	end := len(view)
	for end > 0 && view[end-1] == 0 {
		end--
	}
	i.code.memory = append([]byte(nil), view[:end]...)
	if i.code.memory == nil {
		i.code.memory = []byte{}
	}
	i.code.pages = size / pageSize
	i.code.globals = make([]uint64, len(i.globals))
	for n, global := range i.globals {
		i.code.globals[n] = global.Get()
	}
	e.budget.adjust(int64(len(i.code.memory)))
}

// restore puts the instance back to the image; false when it cannot be and must be dropped.
func (i *instance) restore() bool {
	size := i.memory.Size()
	if i.code.info.SingleUse() || size/pageSize != i.code.pages {
		return false
	}
	view, ok := i.memory.Read(0, size)
	if !ok {
		return false
	}
	n := copy(view, i.code.memory)
	clear(view[n:])
	for n, global := range i.globals {
		global.Set(i.code.globals[n])
	}
	return true
}

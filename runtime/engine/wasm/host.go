package wasm

import (
	"context"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

// hostModules defines what guests may import.
func (e *Engine) hostModules(ctx context.Context) error {
	refuel := api.GoFunc(func(ctx context.Context, stack []uint64) {
		stack[0] = uint64(stateOf(ctx).refuel(int64(stack[0])))
	})
	_, err := e.runtime.NewHostModuleBuilder(fuel.ImportModule).NewFunctionBuilder().
		WithGoFunction(refuel, []api.ValueType{i64}, []api.ValueType{i64}).Export(fuel.ImportName).Instantiate(ctx)
	if err != nil {
		return err
	}
	builder := e.runtime.NewHostModuleBuilder(wire.ImportModule)
	builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(service), []api.ValueType{i32, i32}, []api.ValueType{i32}).Export(wire.ImportService)
	builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(take), []api.ValueType{i32}, nil).Export(wire.ImportTake)
	builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(logLine), []api.ValueType{i32, i32, i32}, nil).Export(wire.ImportLog)
	if _, err := builder.Instantiate(ctx); err != nil {
		return err
	}
	if err := e.interpreterModule(ctx); err != nil {
		return err
	}
	return e.wasi(ctx)
}

// What host functions cost beside the call itself, in units of fuel: about two for a nanosecond.
const (
	costService  = 10_000 // a service reads a store
	costLine     = 2_000  // a line of the log, or a write to standard output
	costEvent    = 200    // a subscription of poll
	costRandom   = 2      // a random byte
	bytesPerUnit = 8      // bytes copied between guest and host
)

// text makes valid UTF-8 of at most so many of the bytes.
func text(data []byte, most int) string {
	return strings.ToValidUTF8(string(data[:min(len(data), most)]), "?")
}

// trapped ends the guest: wazero turns the panic into the call's error.
type trapped struct{ reason string }

// Error implements error.
func (t trapped) Error() string { return t.reason }

// bytes reads the guest's memory, or ends the guest when it named a place that it does not have.
func bytes(m api.Module, address, length uint64) []byte {
	data, ok := m.Memory().Read(uint32(address), uint32(length))
	if !ok {
		panic(trapped{"the guest named memory that it does not have"})
	}
	return data
}

func service(ctx context.Context, m api.Module, stack []uint64) {
	s := stateOf(ctx)
	asked := bytes(m, stack[0], stack[1])
	if len(asked) > wire.MaxFrame {
		panic(trapped{"the guest asked a service with more than a frame may have"})
	}
	s.charge(costService + int64(len(asked))/bytesPerUnit)
	reply := s.service(append([]byte(nil), asked...))
	if s.stop != nil {
		panic(trapped{s.stop.Message})
	}
	s.reply = reply
	stack[0] = uint64(uint32(len(reply)))
}

func take(ctx context.Context, m api.Module, stack []uint64) {
	s := stateOf(ctx)
	s.charge(int64(len(s.reply)) / bytesPerUnit)
	if !m.Memory().Write(uint32(stack[0]), s.reply) {
		panic(trapped{"the guest has no room for a service's reply where it said"})
	}
	s.reply = nil
}

func logLine(ctx context.Context, m api.Module, stack []uint64) {
	s, line := stateOf(ctx), bytes(m, stack[1], stack[2])
	level := levelWarn * int(max(-1, min(int32(stack[0]), 2)))
	s.charge(costLine)
	s.log(level, text(line, s.limits.Logs))
}

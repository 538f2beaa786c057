package wasm

import (
	"context"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// guest is how the engine talks with one instance: a module that speaks the contract, or an interpreter with a script. One
// goroutine uses it at a time.
type guest interface {
	// check says what the module lacks.
	check(module api.Module) error
	// bind takes the module's functions with fresh stacks: a stack that a deep recursion made large stays so.
	bind(module api.Module)
	// deep reports whether a call of so much fuel may have made its stacks too large to keep.
	deep(spent int64) bool
	// initialise does what every call builds on; the image is taken after it.
	initialise(ctx context.Context, i *instance, s *state) error
	// entry is what initialise found and calls start from, an address in the image; enter tells it to a copy of the image.
	entry() uint32
	enter(entry uint32)
	// handle hands the frame over and copies the reply out.
	handle(ctx context.Context, i *instance, s *state, frame []byte) ([]byte, error)
}

func newGuest(artifact engine.Artifact) guest {
	if artifact.Program != nil {
		return &programGuest{program: artifact.Program, code: artifact.Code}
	}
	if artifact.Script != nil {
		return &scriptGuest{script: artifact.Script, contract: artifact.Contract}
	}
	return &contractGuest{}
}

// contractGuest is a module that speaks the contract.
type contractGuest struct{ alloc, call api.Function }

// signatures are the functions of the contract that a module exports.
var signatures = map[string]string{wire.ExportABI: "() -> i32", wire.ExportAlloc: "(i32) -> i32", wire.ExportCall: "(i32, i32) -> i64"}

func (*contractGuest) check(module api.Module) error {
	for name, signature := range signatures {
		f := module.ExportedFunction(name)
		if f == nil || signatureOf(f.Definition()) != signature {
			return wire.Errorf(wire.CodeABI, wire.BlameBlock, "the module does not export %s %s: build it with an SDK for ABI %d", name, signature, wire.ABI)
		}
	}
	return nil
}

func (g *contractGuest) bind(module api.Module) {
	g.alloc, g.call = module.ExportedFunction(wire.ExportAlloc), module.ExportedFunction(wire.ExportCall)
}

// deep implements guest: a module may recurse with three units a step.
func (*contractGuest) deep(int64) bool { return true }

// initialise asks for the module's ABI.
func (*contractGuest) initialise(ctx context.Context, i *instance, s *state) error {
	results, err := i.module.ExportedFunction(wire.ExportABI).Call(ctx)
	if err != nil {
		return s.failure(err, wire.ExportABI+" failed")
	}
	if abi := int(int32(results[0])); abi != wire.ABI {
		return wire.WrongABI(abi)
	}
	return nil
}

func (*contractGuest) entry() uint32 { return 0 }

func (*contractGuest) enter(uint32) {}

func (g *contractGuest) handle(ctx context.Context, i *instance, s *state, frame []byte) ([]byte, error) {
	var stack [2]uint64
	stack[0] = uint64(len(frame))
	if err := g.alloc.CallWithStack(ctx, stack[:]); err != nil {
		return nil, s.failure(err, "the guest made no room for the request")
	}
	address := uint32(stack[0])
	if address == 0 || !i.memory.Write(address, frame) {
		return nil, wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the guest has no room for a request of %d bytes", len(frame))
	}
	stack[0], stack[1] = uint64(address), uint64(len(frame))
	if err := g.call.CallWithStack(ctx, stack[:]); err != nil {
		return nil, s.failure(err, "the guest failed")
	}
	return i.reply(s, uint32(stack[0]>>32), uint32(stack[0]))
}

// reply copies the reply out of the guest's memory.
func (i *instance) reply(s *state, place, length uint32) ([]byte, error) {
	if int64(length) > int64(s.limits.Reply) {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the reply has %d bytes, the limit is %d", length, s.limits.Reply)
	}
	reply, ok := i.memory.Read(place, length)
	if !ok {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the reply lies outside the guest's memory")
	}
	return append(make([]byte, 0, length), reply...), nil
}

// Compile-time guards.
var (
	_ guest = (*contractGuest)(nil)
	_ guest = (*scriptGuest)(nil)
	_ guest = (*programGuest)(nil)
)

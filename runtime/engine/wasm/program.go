package wasm

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A command of WASI is made to run once: it has one function, _start, which never comes back where the command ends early.
// Starting an interpreter takes a hundred times what a short script takes, so a prepared command is run once, ends itself by
// exit, and the image is taken of what that left in memory. A call copies the image and enters _start again. Only a guard of
// the C library is in the way, a word that says that the command was started: it is cleared in the image.

const exportStart = "_start"

// programGuest is a command.
type programGuest struct {
	program *engine.Program
	code    []byte
	start   api.Function
}

func (*programGuest) check(module api.Module) error {
	f := module.ExportedFunction(exportStart)
	if f == nil || signatureOf(f.Definition()) != "() -> " {
		return wire.Errorf(wire.CodeABI, wire.BlameHost, "the module does not export %s () -> : it is no command", exportStart)
	}
	return nil
}

func (g *programGuest) bind(module api.Module) { g.start = module.ExportedFunction(exportStart) }

func (*programGuest) deep(int64) bool { return true }

func (*programGuest) entry() uint32 { return 0 }

func (*programGuest) enter(uint32) {}

// initialise is the run that calls build on.
func (g *programGuest) initialise(ctx context.Context, i *instance, s *state) error {
	if g.program.Prepare == nil {
		return nil
	}
	guard, err := startGuard(g.code)
	if err != nil {
		return wire.Errorf(wire.CodeABI, wire.BlameHost, "the command cannot be prepared: %v", err)
	}
	if _, err := g.run(ctx, s, g.program.Prepare, nil); err != nil {
		return err
	}
	if !i.memory.WriteUint32Le(guard, 0) {
		return wire.Errorf(wire.CodeABI, wire.BlameHost, "the command cannot be prepared: its guard lies outside its memory")
	}
	g.bind(i.module)
	return nil
}

func (g *programGuest) handle(ctx context.Context, _ *instance, s *state, frame []byte) ([]byte, error) {
	return g.run(ctx, s, g.program.Run, frame)
}

// run runs the command to its end, which must be a good one.
func (g *programGuest) run(ctx context.Context, s *state, arguments []string, input []byte) ([]byte, error) {
	s.process = &process{arguments: arguments, files: g.program.Files, more: s.call.Files, input: input, most: s.limits.Reply}
	err := g.start.CallWithStack(ctx, nil)
	if s.stop != nil {
		return nil, s.stop
	}
	if err != nil && (!s.exited || s.exit != 0) {
		return nil, s.failure(err, "the program failed")
	}
	return s.process.output, nil
}

// print takes what the command writes to standard output.
func (s *state) print(data []byte) {
	if len(s.process.output)+len(data) > s.process.most {
		s.stop = wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the program wrote more than %d bytes", s.process.most)
		panic(trapped{s.stop.Message})
	}
	s.process.output = append(s.process.output, data...)
}

var errNoGuard = errors.New("its start does not look as the C library's does")

// startGuard finds the word in memory by which _start knows that it ran. Clang compiles the C library's
// "if (started) trap; started = 1" to a load of that word before anything else, in a block or not.
func startGuard(module []byte) (uint32, error) {
	body, err := startBody(module)
	if err != nil {
		return 0, err
	}
	r := &leb{data: body}
	for range r.count() { // the locals: how many of a type
		r.next()
		r.skip(1)
	}
	const opBlock, emptyType, opConst, opLoad, aligned = 0x02, 0x40, 0x41, 0x28, 2
	for len(r.data) > 0 && r.data[0] == opBlock {
		if !r.is(opBlock, emptyType) {
			return 0, errNoGuard
		}
	}
	if !r.is(opConst) {
		return 0, errNoGuard
	}
	address := r.next()
	if !r.is(opLoad, aligned) {
		return 0, errNoGuard
	}
	if address += r.next(); r.failed {
		return 0, errNoGuard
	}
	return address, nil
}

// startBody finds the code of _start in a module that was found valid.
func startBody(module []byte) ([]byte, error) {
	const sectionImports, sectionExports, sectionCode, header = 2, 7, 10, 8
	sections := map[byte][]byte{}
	for r := (&leb{data: module[min(header, len(module)):]}); len(r.data) > 0 && !r.failed; {
		id := r.skip(1)
		size := r.next()
		if content := r.skip(int(size)); len(id) == 1 {
			sections[id[0]] = content
		}
	}
	imported, ok := importedFunctions(sections[sectionImports])
	if !ok {
		return nil, errNoGuard
	}
	exports := &leb{data: sections[sectionExports]}
	for range exports.count() {
		name := string(exports.skip(int(exports.next())))
		kind, index := exports.skip(1), exports.next()
		if exports.failed {
			break
		}
		if name == exportStart && kind[0] == 0 && index >= imported {
			code := &leb{data: sections[sectionCode]}
			var body []byte
			for range min(code.count(), index-imported+1) {
				body = code.skip(int(code.next()))
			}
			if !code.failed {
				return body, nil
			}
		}
	}
	return nil, errNoGuard
}

// importedFunctions counts the functions that a command imports; it imports nothing else.
func importedFunctions(section []byte) (uint32, bool) {
	r := &leb{data: section}
	count := r.count()
	for range count {
		r.skip(int(r.next()))
		r.skip(int(r.next()))
		if kind := r.skip(1); r.failed || kind[0] != 0 {
			return 0, false
		}
		r.next()
	}
	return count, !r.failed
}

// leb reads a module; what cannot be read gives zeros and fails.
type leb struct {
	data   []byte
	failed bool
}

func (r *leb) next() uint32 {
	value, n := binary.Uvarint(r.data)
	if n <= 0 || value > 1<<32-1 {
		r.failed, r.data = true, nil
		return 0
	}
	r.data = r.data[n:]
	return uint32(value)
}

// count reads how many things follow, each of a byte at least.
func (r *leb) count() uint32 {
	n := r.next()
	if int64(n) > int64(len(r.data)) {
		r.failed, r.data = true, nil
		return 0
	}
	return n
}

func (r *leb) skip(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.failed, r.data = true, nil
		return nil
	}
	skipped := r.data[:n]
	r.data = r.data[n:]
	return skipped
}

// is reads bytes and tells whether they are these.
func (r *leb) is(want ...byte) bool { return string(r.skip(len(want))) == string(want) }

package enginetest

import (
	"encoding/binary"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Modules that no compiler would make, assembled by hand: they do what a guest can only do below its language.

// Types of functions in every module.
const (
	typeABI   = iota // () -> i32
	typeAlloc        // (i32) -> i32
	typeCall         // (i32, i32) -> i64
	typeNone         // () -> ()
	typePair         // (i32, i32) -> i32
	typeClock        // (i32, i64, i32) -> i32
)

// Module describes a small guest. A nil body is left out with its export.
type Module struct {
	// Imports name functions as module, name and a type above.
	Imports []Import
	// ABI, Alloc, Call and Init are function bodies without their final end.
	ABI, Alloc, Call, Init []byte
	// Start makes Init the module's start function.
	Start bool
	// Data stands at DataAt in the memory of 1 page; Globals are mutable i32 of value 0.
	Data    []byte
	Globals int
	// Padding is the size of a custom section.
	Padding int
}

// Import is an imported function.
type Import struct {
	Module, Name string
	Type         byte
}

// DataAt is where a module's data stands.
const DataAt = 1024

// Polite is a module that does nothing wrong: it answers every request with the frame.
func Polite(frame []byte) Module {
	return Module{
		ABI: constant(wire.ABI), Alloc: constant(32 << 10), Call: reply(DataAt, len(frame)), Data: frame,
	}
}

// Bytes assembles the module.
func (m Module) Bytes() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = section(out, 1, vector(
		[]byte{0x60, 0, 1, i32}, []byte{0x60, 1, i32, 1, i32}, []byte{0x60, 2, i32, i32, 1, i64}, []byte{0x60, 0, 0},
		[]byte{0x60, 2, i32, i32, 1, i32}, []byte{0x60, 3, i32, i64, i32, 1, i32},
	))
	var imports [][]byte
	for _, i := range m.Imports {
		imports = append(imports, append(append(text(i.Module), text(i.Name)...), 0, i.Type))
	}
	if len(imports) > 0 {
		out = section(out, 2, vector(imports...))
	}
	var types, exports, bodies [][]byte
	exports = append(exports, append(text("memory"), 2, 0))
	index := byte(len(m.Imports))
	start := index
	for _, f := range []struct {
		name string
		kind byte
		body []byte
	}{
		{"_initialize", typeNone, m.Init}, {wire.ExportABI, typeABI, m.ABI}, {wire.ExportAlloc, typeAlloc, m.Alloc}, {wire.ExportCall, typeCall, m.Call},
	} {
		if f.body == nil {
			continue
		}
		body := append(append([]byte{0}, f.body...), end)
		types, bodies = append(types, []byte{f.kind}), append(bodies, append(unsigned(len(body)), body...))
		exports = append(exports, append(text(f.name), 0, index))
		index++
	}
	out = section(out, 3, vector(types...))
	out = section(out, 5, []byte{1, 0, 1})
	var globals [][]byte
	for range m.Globals {
		globals = append(globals, []byte{i32, 1, opConst, 0, end})
	}
	if len(globals) > 0 {
		out = section(out, 6, vector(globals...))
	}
	out = section(out, 7, vector(exports...))
	if m.Start {
		out = section(out, 8, []byte{start})
	}
	out = section(out, 10, vector(bodies...))
	if len(m.Data) > 0 {
		data := append(append([]byte{0}, constant(DataAt)...), end)
		out = section(out, 11, vector(append(append(data, unsigned(len(m.Data))...), m.Data...)))
	}
	if m.Padding > 0 {
		out = section(out, 0, append(text("padding"), make([]byte, m.Padding)...))
	}
	return out
}

// Value types and opcodes.
const (
	i32      = 0x7f
	i64      = 0x7e
	end      = 0x0b
	opTrap   = 0x00
	opBlock  = 0x02
	opLoop   = 0x03
	opBr     = 0x0c
	opCall   = 0x10
	opDrop   = 0x1a
	opGet    = 0x23 // a global
	opSet    = 0x24
	opLoad   = 0x28
	opStore  = 0x36
	opGrow   = 0x40
	opConst  = 0x41
	opConst8 = 0x42 // i64
	opAdd    = 0x6a
	noValue  = 0x40
)

func section(out []byte, id byte, content []byte) []byte {
	return append(append(append(out, id), unsigned(len(content))...), content...)
}

func vector(items ...[]byte) []byte {
	out := unsigned(len(items))
	for _, item := range items {
		out = append(out, item...)
	}
	return out
}

func text(s string) []byte { return append(unsigned(len(s)), s...) }

func unsigned(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// signed is a signed LEB128 number.
func signed(n int64) []byte {
	var out []byte
	for {
		b := byte(n & 0x7f)
		n >>= 7
		if n == 0 && b&0x40 == 0 || n == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

// constant pushes an i32.
func constant(n int32) []byte { return append([]byte{opConst}, signed(int64(n))...) }

// reply pushes a place and a length as quoin_call returns them.
func reply(place uint32, length int) []byte {
	return append([]byte{opConst8}, signed(int64(uint64(place)<<32|uint64(uint32(length))))...)
}

// code joins instructions.
func code(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// forever repeats instructions without an end.
func forever(body ...[]byte) []byte {
	return code([]byte{opLoop, noValue}, code(body...), []byte{opBr, 0, end})
}

// count adds 1 to the i32 at an address.
func count(address int32) []byte {
	return code(constant(address), constant(address), []byte{opLoad, 2, 0}, constant(1), []byte{opAdd, opStore, 2, 0})
}

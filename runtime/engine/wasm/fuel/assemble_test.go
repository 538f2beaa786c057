package fuel

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// module is a small module under construction. Its fields are written in the order in which a module holds its sections.
type module struct {
	types    []FuncType
	imports  []testImport
	funcs    []testFunc
	tables   []testTable
	memory   *testLimits
	globals  []testGlobal
	exports  []testExport
	start    *uint32
	elements [][]byte // encoded segments
	count    bool     // write a data count section
	data     [][]byte // encoded segments
	names    map[int]string
}

type testImport struct {
	module, name string
	kind         byte
	desc         []byte // for a function: nil, typ is used
	typ          int
}

type testFunc struct {
	typ    int
	locals []ValueType
	code   string // see assemble
}

type testTable struct {
	kind ValueType
	testLimits
}

type testLimits struct {
	lowest, highest uint32 // highest 0: none
}

type testGlobal struct {
	kind    ValueType
	mutable bool
	init    string
}

type testExport struct {
	name  string
	kind  ExportKind
	index int
}

// function adds a function and, if export is not empty, exports it. It gives the function's index.
func (m *module) function(export string, params, results []ValueType, locals []ValueType, code string) int {
	m.funcs = append(m.funcs, testFunc{typ: m.typ(params, results), locals: locals, code: code})
	i := len(m.imports) + len(m.funcs) - 1
	if export != "" {
		m.exports = append(m.exports, testExport{export, ExportFunction, i})
	}
	return i
}

// typ gives the index of a function type, adding it if it is new.
func (m *module) typ(params, results []ValueType) int {
	for i, t := range m.types {
		if string(valueBytes(t.Params)) == string(valueBytes(params)) && string(valueBytes(t.Results)) == string(valueBytes(results)) {
			return i
		}
	}
	m.types = append(m.types, FuncType{params, results})
	return len(m.types) - 1
}

func valueBytes(types []ValueType) []byte {
	b := appendU32(nil, uint32(len(types)))
	for _, t := range types {
		b = append(b, byte(t))
	}
	return b
}

// encode writes the module.
func (m *module) encode() []byte {
	out := append([]byte(nil), header...)
	section := func(id byte, n int, each func(i int) []byte) {
		if n == 0 {
			return
		}
		body := appendU32(nil, uint32(n))
		for i := range n {
			body = append(body, each(i)...)
		}
		out = append(appendU32(append(out, id), uint32(len(body))), body...)
	}
	section(sectionType, len(m.types), func(i int) []byte {
		return append(append([]byte{0x60}, valueBytes(m.types[i].Params)...), valueBytes(m.types[i].Results)...)
	})
	section(sectionImport, len(m.imports), func(i int) []byte {
		im := m.imports[i]
		b := append(appendName(appendName(nil, im.module), im.name), im.kind)
		if im.desc != nil {
			return append(b, im.desc...)
		}
		return appendU32(b, uint32(im.typ))
	})
	section(sectionFunction, len(m.funcs), func(i int) []byte { return appendU32(nil, uint32(m.funcs[i].typ)) })
	section(sectionTable, len(m.tables), func(i int) []byte {
		return append([]byte{byte(m.tables[i].kind)}, m.tables[i].bytes()...)
	})
	if m.memory != nil {
		section(sectionMemory, 1, func(int) []byte { return m.memory.bytes() })
	}
	section(sectionGlobal, len(m.globals), func(i int) []byte {
		g := m.globals[i]
		mutable := byte(0)
		if g.mutable {
			mutable = 1
		}
		return append(append([]byte{byte(g.kind), mutable}, assemble(g.init)...), opEnd)
	})
	section(sectionExport, len(m.exports), func(i int) []byte {
		e := m.exports[i]
		return appendU32(append(appendName(nil, e.name), byte(e.kind)), uint32(e.index))
	})
	if m.start != nil {
		b := appendU32(nil, *m.start)
		out = append(append(out, sectionStart, byte(len(b))), b...)
	}
	section(sectionElement, len(m.elements), func(i int) []byte { return m.elements[i] })
	if m.count {
		b := appendU32(nil, uint32(len(m.data)))
		out = append(append(out, sectionDataCount, byte(len(b))), b...)
	}
	section(sectionCode, len(m.funcs), func(i int) []byte {
		f := m.funcs[i]
		b := appendU32(nil, uint32(len(f.locals)))
		for _, l := range f.locals {
			b = append(b, 1, byte(l))
		}
		b = append(append(b, assemble(f.code)...), opEnd)
		return append(appendU32(nil, uint32(len(b))), b...)
	})
	section(sectionData, len(m.data), func(i int) []byte { return m.data[i] })
	if m.names != nil {
		out = append(out, m.nameSection()...)
	}
	return out
}

func (m *module) nameSection() []byte {
	funcs := appendU32(nil, uint32(len(m.names)))
	for i := range len(m.imports) + len(m.funcs) {
		if n, ok := m.names[i]; ok {
			funcs = appendName(appendU32(funcs, uint32(i)), n)
		}
	}
	body := appendName(nil, "name")
	body = append(appendU32(append(body, nameFunctions), uint32(len(funcs))), funcs...)
	return append(appendU32([]byte{sectionCustom}, uint32(len(body))), body...)
}

func (l testLimits) bytes() []byte {
	if l.highest == 0 {
		return appendU32([]byte{0}, l.lowest)
	}
	return appendU32(appendU32([]byte{1}, l.lowest), l.highest)
}

// mnemonics are the instructions that assemble knows. Immediates are written behind the name, as plain numbers; a memory
// access takes alignment (as an exponent) and offset, br_table all its labels.
var mnemonics = map[string][]byte{
	"unreachable": {0x00}, "nop": {0x01}, "block": {0x02}, "loop": {0x03}, "if": {0x04}, "else": {0x05}, "end": {0x0b},
	"br": {0x0c}, "br_if": {0x0d}, "br_table": {0x0e}, "return": {0x0f}, "call": {0x10}, "call_indirect": {0x11},
	"return_call": {0x12}, "return_call_indirect": {0x13}, "drop": {0x1a}, "select": {0x1b}, "select_t": {0x1c},
	"local.get": {0x20}, "local.set": {0x21}, "local.tee": {0x22}, "global.get": {0x23}, "global.set": {0x24},
	"table.get": {0x25}, "table.set": {0x26},
	"i32.load": {0x28}, "i64.load": {0x29}, "f32.load": {0x2a}, "f64.load": {0x2b}, "i32.load8_u": {0x2d},
	"i32.store": {0x36}, "i64.store": {0x37}, "f32.store": {0x38}, "f64.store": {0x39}, "i32.store8": {0x3a},
	"memory.size": {0x3f, 0}, "memory.grow": {0x40, 0},
	"i32.const": {0x41}, "i64.const": {0x42}, "f32.const": {0x43}, "f64.const": {0x44},
	"i32.eqz": {0x45}, "i32.eq": {0x46}, "i32.ne": {0x47}, "i32.lt_s": {0x48}, "i32.lt_u": {0x49}, "i32.gt_s": {0x4a},
	"i32.ge_s": {0x4e}, "i32.ge_u": {0x4f}, "i64.eqz": {0x50}, "i64.eq": {0x51}, "i64.lt_s": {0x53},
	"i32.clz": {0x67}, "i32.popcnt": {0x69}, "i32.add": {0x6a}, "i32.sub": {0x6b}, "i32.mul": {0x6c}, "i32.div_s": {0x6d},
	"i32.div_u": {0x6e}, "i32.rem_s": {0x6f}, "i32.rem_u": {0x70}, "i32.and": {0x71}, "i32.or": {0x72}, "i32.xor": {0x73},
	"i32.shl": {0x74}, "i32.shr_u": {0x76}, "i32.rotl": {0x77},
	"i64.clz": {0x79}, "i64.add": {0x7c}, "i64.sub": {0x7d}, "i64.mul": {0x7e}, "i64.div_s": {0x7f}, "i64.div_u": {0x80},
	"i64.rem_u": {0x82}, "i64.and": {0x83}, "i64.xor": {0x85}, "i64.shl": {0x86}, "i64.rotl": {0x89},
	"f32.sqrt": {0x91}, "f32.add": {0x92}, "f32.div": {0x95}, "f64.ceil": {0x9b}, "f64.nearest": {0x9e}, "f64.sqrt": {0x9f},
	"f64.add": {0xa0}, "f64.mul": {0xa2}, "f64.div": {0xa3}, "f64.min": {0xa4},
	"i32.wrap_i64": {0xa7}, "i32.trunc_f64_s": {0xaa}, "i64.extend_i32_s": {0xac}, "i64.extend_i32_u": {0xad},
	"i64.trunc_f64_u": {0xb1}, "f64.convert_i32_s": {0xb7}, "f64.convert_i64_u": {0xba}, "f64.reinterpret_i64": {0xbf},
	"i32.extend8_s": {0xc0}, "i64.extend32_s": {0xc4},
	"ref.null": {0xd0}, "ref.is_null": {0xd1}, "ref.func": {0xd2},
	"i32.trunc_sat_f64_s": {0xfc, 2}, "i64.trunc_sat_f64_u": {0xfc, 7},
	"memory.init": {0xfc, 8}, "data.drop": {0xfc, 9}, "memory.copy": {0xfc, 10, 0, 0}, "memory.fill": {0xfc, 11, 0},
	"table.init": {0xfc, 12}, "elem.drop": {0xfc, 13}, "table.copy": {0xfc, 14}, "table.grow": {0xfc, 15},
	"table.size": {0xfc, 16}, "table.fill": {0xfc, 17},
	"v128.load": {0xfd, 0}, "v128.store": {0xfd, 11}, "i8x16.splat": {0xfd, 15}, "i32x4.splat": {0xfd, 17},
	"i32x4.extract_lane": {0xfd, 27}, "i32x4.add": {0xfd, 0xae, 1}, "i32x4.mul": {0xfd, 0xb5, 1}, "f64x2.div": {0xfd, 0xf3, 1},
	"f64x2.sqrt": {0xfd, 0xef, 1}, "i8x16.swizzle": {0xfd, 14}, "v128.any_true": {0xfd, 0x53},
}

// assemble turns instructions, separated by line breaks or semicolons, into bytes. "0x.." stands for raw bytes.
func assemble(code string) []byte {
	var out []byte
	for _, line := range strings.FieldsFunc(code, func(r rune) bool { return r == '\n' || r == ';' }) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if strings.HasPrefix(f[0], "0x") {
			for _, b := range f {
				out = append(out, byte(number(b)))
			}
			continue
		}
		op, ok := mnemonics[f[0]]
		if !ok {
			panic("assemble: unknown instruction " + line)
		}
		out = append(append(out, op...), immediates(f[0], f[1:])...)
	}
	return out
}

func immediates(name string, args []string) (out []byte) {
	switch name {
	case "block", "loop", "if":
		if len(args) == 0 {
			return []byte{blockEmpty}
		}
		if t, ok := typeNames[args[0]]; ok {
			return []byte{byte(t)}
		}
		return appendS64(nil, number(args[0]))
	case "i32.const", "i64.const":
		return appendS64(nil, number(args[0]))
	case "f32.const":
		f, _ := strconv.ParseFloat(args[0], 32)
		return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(f)))
	case "f64.const":
		f, _ := strconv.ParseFloat(args[0], 64)
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
	case "br_table":
		out = appendU32(nil, uint32(len(args)-1))
	case "select_t", "ref.null":
		if name == "select_t" {
			out = []byte{1}
		}
		return append(out, byte(typeNames[args[0]]))
	case "call_indirect", "return_call_indirect":
		if len(args) == 1 {
			args = append(args, "0")
		}
	case "memory.init":
		args = append(args, "0")
	}
	for _, a := range args {
		out = appendU32(out, uint32(number(a)))
	}
	return out
}

var typeNames = map[string]ValueType{
	"i32": I32, "i64": I64, "f32": F32, "f64": F64, "v128": V128, "funcref": FuncRef, "externref": ExternRef,
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		panic(fmt.Sprintf("assemble: %q is no number", s))
	}
	return n
}

// activeElements encodes an active segment of functions for table 0.
func activeElements(offset int, functions ...int) []byte {
	b := append([]byte{0}, assemble("i32.const "+strconv.Itoa(offset)+"; end")...)
	b = appendU32(b, uint32(len(functions)))
	for _, f := range functions {
		b = appendU32(b, uint32(f))
	}
	return b
}

// activeData encodes an active data segment.
func activeData(offset int, content string) []byte {
	b := append([]byte{0}, assemble("i32.const "+strconv.Itoa(offset)+"; end")...)
	return appendName(b, content)
}

// passiveData encodes a passive data segment.
func passiveData(content string) []byte {
	return appendName([]byte{1}, content)
}

// types is a short form of a list of value types.
func types(t ...ValueType) []ValueType {
	return t
}

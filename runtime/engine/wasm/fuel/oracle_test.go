package fuel

import (
	"encoding/binary"
)

// The oracle counts in the plainest way: it puts a charge before every single instruction and knows nothing of regions,
// paying ahead or checks. What it shares with the rewriter is the table of weights; it decodes by itself.

// oracleExport is the counter of an instrumented module. It counts upwards from zero.
const oracleExport = "oracle/count"

// oracle instruments a valid module.
func oracle(binary []byte) []byte {
	o := &oracleWriter{in: binary, pos: len(header)}
	out := append([]byte(nil), header...)
	bodies := o.sections()
	types, globals := vectorLength(bodies[sectionType]), vectorLength(bodies[sectionGlobal])
	imported := o.importedFunctions(bodies[sectionImport])
	o.imported, o.counter = imported, globals
	o.helpers = imported + vectorLength(bodies[sectionFunction])

	helperType := append([]byte{0x60}, append(valueBytes(types32()), valueBytes(types32())...)...)
	bodies[sectionType] = extend(bodies[sectionType], helperType)
	helper := appendU32(nil, uint32(types))
	bodies[sectionFunction] = extend(bodies[sectionFunction], helper, helper, helper)
	bodies[sectionGlobal] = extend(bodies[sectionGlobal], []byte{byte(I64), 1, opI64Const, 0, opEnd})
	export := append(appendName(nil, oracleExport), byte(ExportGlobal))
	bodies[sectionExport] = extend(bodies[sectionExport], appendU32(export, uint32(globals)))
	bodies[sectionCode] = o.code(bodies[sectionCode])

	for _, s := range sections {
		content, ok := bodies[s.id]
		if !ok {
			continue
		}
		out = append(appendU32(append(out, s.id), uint32(len(content))), content...)
	}
	return out
}

func types32() []ValueType { return []ValueType{I32} }

// vectorLength reads how many items a section's content announces.
func vectorLength(content []byte) int {
	if len(content) == 0 {
		return 0
	}
	n, _ := binary.Uvarint(content)
	return int(n)
}

// extend adds items to a section's content.
func extend(content []byte, items ...[]byte) []byte {
	n, size := 0, 0
	if len(content) > 0 {
		v, s := binary.Uvarint(content)
		n, size = int(v), s
	}
	out := append(appendU32(nil, uint32(n+len(items))), content[size:]...)
	for _, i := range items {
		out = append(out, i...)
	}
	return out
}

type oracleWriter struct {
	in                         []byte
	pos                        int
	imported, counter, helpers int
	out                        []byte
}

// sections splits the module, without custom sections.
func (o *oracleWriter) sections() map[byte][]byte {
	bodies := map[byte][]byte{}
	for o.pos < len(o.in) {
		id := o.in[o.pos]
		o.pos++
		n := int(o.leb())
		if id != sectionCustom {
			bodies[id] = o.in[o.pos : o.pos+n]
		}
		o.pos += n
	}
	return bodies
}

// leb reads an integer of either sign; of a signed one only the length matters.
func (o *oracleWriter) leb() uint64 {
	var v uint64
	for shift := 0; ; shift += 7 {
		b := o.in[o.pos]
		o.pos++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}

func (o *oracleWriter) importedFunctions(content []byte) int {
	return vectorLength(content) // every accepted import is a function
}

func (o *oracleWriter) code(content []byte) []byte {
	o.in, o.pos = content, 0
	n := 0
	if len(content) > 0 {
		n = int(o.leb())
	}
	items := make([][]byte, 0, n+3)
	for range n {
		size := int(o.leb())
		items = append(items, o.body(o.pos+size))
	}
	for _, scale := range [][]byte{
		assemble("i64.const 4; 0x88"), assemble("i64.const 4096; i64.mul"), assemble("i64.const 1; 0x88"),
	} {
		b := append([]byte{0, opGlobalGet}, appendU32(nil, uint32(o.counter))...)
		b = append(append(append(b, opLocalGet, 0, opI64ExtendI32U), scale...), opI64Add, opGlobalSet)
		b = append(appendU32(b, uint32(o.counter)), opLocalGet, 0, opEnd)
		items = append(items, append(appendU32(nil, uint32(len(b))), b...))
	}
	return extend(nil, items...)
}

// body instruments a function body that ends at offset end.
func (o *oracleWriter) body(end int) []byte {
	start := o.pos
	for range o.leb() {
		o.leb()
		o.pos++
	}
	o.out = append([]byte(nil), o.in[start:o.pos]...)
	for o.pos < end {
		at := o.pos
		units, helper := o.instruction()
		if units > 0 {
			o.out = appendU32(append(o.out, opGlobalGet), uint32(o.counter))
			o.out = append(appendS64(append(o.out, opI64Const), units), opI64Add)
			o.out = appendU32(append(o.out, opGlobalSet), uint32(o.counter))
		}
		if helper >= 0 {
			o.out = appendU32(append(o.out, opCall), uint32(o.helpers+helper))
		}
		o.out = append(o.out, o.in[at:o.pos]...)
	}
	return append(appendU32(nil, uint32(len(o.out))), o.out...)
}

// instruction skips one instruction and gives its cost, and the helper that charges its length or -1.
func (o *oracleWriter) instruction() (units int64, helper int) {
	op := o.in[o.pos]
	o.pos++
	units, helper = int64(plainWeight(op)), -1
	switch {
	case op >= opBlock && op <= opIf, op == opBr, op == opBrIf,
		op >= opLocalGet && op <= opTableSet, op == opMemorySize, op == opI32Const, op == opI64Const,
		op == opRefNull, op == opRefFunc:
		o.leb()
	case op == opMemoryGrow:
		o.leb()
		helper = 1
	case op == opCall, op == opReturnCall:
		units += callWeight(int(o.leb()) < o.imported)
	case op == opBrTable:
		for range o.leb() + 1 {
			o.leb()
		}
	case op == opCallIndirect, op == opReturnCallIndirect, op == opSelectTyped, op >= 0x28 && op <= 0x3e:
		o.leb()
		o.leb()
	case op == opF32Const:
		o.pos += 4
	case op == opF64Const:
		o.pos += 8
	case op == opMisc:
		code := uint32(o.leb())
		units += miscWeight(code)
		helper = o.miscOperands(code)
	case op == opVector:
		code := byte(o.leb())
		units += int64(vectorWeight(code))
		o.vectorOperands(code)
	}
	return units, helper
}

func (o *oracleWriter) miscOperands(code uint32) (helper int) {
	switch code {
	case miscMemoryInit, miscMemoryCopy:
		o.leb()
		o.leb()
		return 0
	case miscMemoryFill:
		o.leb()
		return 0
	case miscTableInit, miscTableCopy:
		o.leb()
		o.leb()
		return 2
	case miscTableGrow, miscTableFill:
		o.leb()
		return 2
	case miscDataDrop, miscElemDrop, miscTableSize:
		o.leb()
	}
	return -1
}

func (o *oracleWriter) vectorOperands(code byte) {
	switch {
	case code <= 0x0b, code == 0x5c, code == 0x5d:
		o.leb()
		o.leb()
	case code == vectorConst, code == vectorShuffle:
		o.pos += 16
	case code >= 0x15 && code <= 0x22:
		o.pos++
	case code >= 0x54 && code <= 0x5b:
		o.leb()
		o.leb()
		o.pos++
	}
}

package fuel

// immediate says what follows an instruction's opcode.
type immediate byte

const (
	immUnknown immediate = iota // no such instruction
	immSpecial                  // see bodyWriter.special
	immControl                  // see bodyWriter.control
	immNone
	immMemory // alignment and offset
	immLane   // a lane index
	immMemoryLane
)

// opcode is what table-driven instructions need: immediates, operands and result. Operands are listed as they are popped,
// the top of the stack first.
type opcode struct {
	imm    immediate
	weight uint16
	lanes  byte // lanes that a lane index may name
	align  byte // largest allowed alignment, as an exponent
	npop   byte
	pop    [3]ValueType
	push   ValueType // anyType: pushes nothing
}

// Opcodes that code names. The others stand in the tables only.
const (
	opUnreachable        = 0x00
	opNop                = 0x01
	opBlock              = 0x02
	opLoop               = 0x03
	opIf                 = 0x04
	opElse               = 0x05
	opEnd                = 0x0b
	opBr                 = 0x0c
	opBrIf               = 0x0d
	opBrTable            = 0x0e
	opReturn             = 0x0f
	opCall               = 0x10
	opCallIndirect       = 0x11
	opReturnCall         = 0x12
	opReturnCallIndirect = 0x13
	opDrop               = 0x1a
	opSelect             = 0x1b
	opSelectTyped        = 0x1c
	opLocalGet           = 0x20
	opLocalSet           = 0x21
	opLocalTee           = 0x22
	opGlobalGet          = 0x23
	opGlobalSet          = 0x24
	opTableGet           = 0x25
	opTableSet           = 0x26
	opMemorySize         = 0x3f
	opMemoryGrow         = 0x40
	opI32Const           = 0x41
	opI64Const           = 0x42
	opF32Const           = 0x43
	opF64Const           = 0x44
	opI64LtS             = 0x53
	opI64GeS             = 0x59
	opI64Add             = 0x7c
	opI64Sub             = 0x7d
	opI64Mul             = 0x7e
	opI64ShrU            = 0x88
	opI64ExtendI32U      = 0xad
	opRefNull            = 0xd0
	opRefIsNull          = 0xd1
	opRefFunc            = 0xd2
	opMisc               = 0xfc
	opVector             = 0xfd
	opAtomic             = 0xfe

	blockEmpty = 0x40
)

// Opcodes behind opMisc.
const (
	miscTruncLast  = 0x07
	miscMemoryInit = 0x08
	miscDataDrop   = 0x09
	miscMemoryCopy = 0x0a
	miscMemoryFill = 0x0b
	miscTableInit  = 0x0c
	miscElemDrop   = 0x0d
	miscTableCopy  = 0x0e
	miscTableGrow  = 0x0f
	miscTableSize  = 0x10
	miscTableFill  = 0x11
)

// Opcodes behind opVector that have immediates of their own.
const (
	vectorConst   = 0x0c
	vectorShuffle = 0x0d
)

// plainOps are the one-byte instructions.
var plainOps = buildPlainOps()

func buildPlainOps() (t [256]opcode) {
	for _, op := range []byte{
		opDrop, opSelect, opSelectTyped, opLocalGet, opLocalSet, opLocalTee, opGlobalGet, opGlobalSet, opTableGet, opTableSet,
		opMemorySize, opMemoryGrow, opI32Const, opI64Const, opF32Const, opF64Const, opRefNull, opRefIsNull, opRefFunc, opMisc,
		opVector, opAtomic,
	} {
		t[op].imm = immSpecial
	}
	for _, op := range []byte{
		opUnreachable, opNop, opBlock, opLoop, opIf, opElse, opEnd, opBr, opBrIf, opBrTable, opReturn, opCall, opCallIndirect,
		opReturnCall, opReturnCallIndirect,
	} {
		t[op].imm = immControl
	}
	load := func(op byte, align byte, push ValueType) {
		t[op] = opcode{imm: immMemory, align: align, npop: 1, pop: [3]ValueType{I32}, push: push}
	}
	store := func(op byte, align byte, value ValueType) {
		t[op] = opcode{imm: immMemory, align: align, npop: 2, pop: [3]ValueType{value, I32}}
	}
	unary := func(first, last byte, in, out ValueType) {
		for op := int(first); op <= int(last); op++ {
			t[op] = opcode{imm: immNone, npop: 1, pop: [3]ValueType{in}, push: out}
		}
	}
	binary := func(first, last byte, in, out ValueType) {
		for op := int(first); op <= int(last); op++ {
			t[op] = opcode{imm: immNone, npop: 2, pop: [3]ValueType{in, in}, push: out}
		}
	}
	load(0x28, 2, I32)
	load(0x29, 3, I64)
	load(0x2a, 2, F32)
	load(0x2b, 3, F64)
	for i, align := range []byte{0, 0, 1, 1} {
		load(0x2c+byte(i), align, I32)
	}
	for i, align := range []byte{0, 0, 1, 1, 2, 2} {
		load(0x30+byte(i), align, I64)
	}
	store(0x36, 2, I32)
	store(0x37, 3, I64)
	store(0x38, 2, F32)
	store(0x39, 3, F64)
	store(0x3a, 0, I32)
	store(0x3b, 1, I32)
	store(0x3c, 0, I64)
	store(0x3d, 1, I64)
	store(0x3e, 2, I64)

	unary(0x45, 0x45, I32, I32)  // i32.eqz
	binary(0x46, 0x4f, I32, I32) // i32 comparisons
	unary(0x50, 0x50, I64, I32)  // i64.eqz
	binary(0x51, 0x5a, I64, I32)
	binary(0x5b, 0x60, F32, I32)
	binary(0x61, 0x66, F64, I32)
	unary(0x67, 0x69, I32, I32) // clz, ctz, popcnt
	binary(0x6a, 0x78, I32, I32)
	unary(0x79, 0x7b, I64, I64)
	binary(0x7c, 0x8a, I64, I64)
	unary(0x8b, 0x91, F32, F32) // abs to sqrt
	binary(0x92, 0x98, F32, F32)
	unary(0x99, 0x9f, F64, F64)
	binary(0xa0, 0xa6, F64, F64)
	unary(0xa7, 0xa7, I64, I32) // i32.wrap_i64
	unary(0xa8, 0xa9, F32, I32) // i32.trunc
	unary(0xaa, 0xab, F64, I32)
	unary(0xac, 0xad, I32, I64) // i64.extend
	unary(0xae, 0xaf, F32, I64)
	unary(0xb0, 0xb1, F64, I64)
	unary(0xb2, 0xb3, I32, F32) // f32.convert
	unary(0xb4, 0xb5, I64, F32)
	unary(0xb6, 0xb6, F64, F32) // f32.demote
	unary(0xb7, 0xb8, I32, F64)
	unary(0xb9, 0xba, I64, F64)
	unary(0xbb, 0xbb, F32, F64) // f64.promote
	unary(0xbc, 0xbc, F32, I32) // reinterpretations
	unary(0xbd, 0xbd, F64, I64)
	unary(0xbe, 0xbe, I32, F32)
	unary(0xbf, 0xbf, I64, F64)
	unary(0xc0, 0xc1, I32, I32) // sign extension
	unary(0xc2, 0xc4, I64, I64)
	for op := range t {
		if t[op].imm != immUnknown {
			t[op].weight = plainWeight(byte(op))
		}
	}
	return t
}

// singles lets a block's only result be a slice without allocating it.
var singles = [...]ValueType{I32, I64, F32, F64, V128, FuncRef, ExternRef}

func single(t ValueType) []ValueType {
	for i := range singles {
		if singles[i] == t {
			return singles[i : i+1 : i+1]
		}
	}
	return nil
}

package fuel

// vectorOps are the instructions behind opVector (the fixed-width SIMD proposal; relaxed SIMD is not among them).
var vectorOps = buildVectorOps()

func buildVectorOps() (t [256]opcode) {
	set := func(o opcode, ops ...int) {
		for _, op := range ops {
			t[op] = o
		}
	}
	span := func(o opcode, first, last int) {
		for op := first; op <= last; op++ {
			t[op] = o
		}
	}
	unary := opcode{imm: immNone, npop: 1, pop: [3]ValueType{V128}, push: V128}
	binary := opcode{imm: immNone, npop: 2, pop: [3]ValueType{V128, V128}, push: V128}
	shift := opcode{imm: immNone, npop: 2, pop: [3]ValueType{I32, V128}, push: V128}
	test := opcode{imm: immNone, npop: 1, pop: [3]ValueType{V128}, push: I32}

	load := func(op int, align byte) {
		t[op] = opcode{imm: immMemory, align: align, npop: 1, pop: [3]ValueType{I32}, push: V128}
	}
	load(0x00, 4)
	for op := 0x01; op <= 0x06; op++ { // widening loads of 64 bits
		load(op, 3)
	}
	for i := range 4 { // splats of 8 to 64 bits, and single lanes
		align := byte(i)
		load(0x07+i, align)
		lanes := byte(16 >> i)
		t[0x54+i] = opcode{imm: immMemoryLane, align: align, lanes: lanes, npop: 2, pop: [3]ValueType{V128, I32}, push: V128}
		t[0x58+i] = opcode{imm: immMemoryLane, align: align, lanes: lanes, npop: 2, pop: [3]ValueType{V128, I32}}
	}
	load(0x5c, 2)
	load(0x5d, 3)
	t[0x0b] = opcode{imm: immMemory, align: 4, npop: 2, pop: [3]ValueType{V128, I32}}
	t[vectorConst] = opcode{imm: immSpecial, push: V128}
	t[vectorShuffle] = opcode{imm: immSpecial, npop: 2, pop: [3]ValueType{V128, V128}, push: V128}
	t[0x0e] = binary // i8x16.swizzle

	for i, lane := range []ValueType{I32, I32, I32, I64, F32, F64} {
		t[0x0f+i] = opcode{imm: immNone, npop: 1, pop: [3]ValueType{lane}, push: V128} // splats
	}
	extract := func(op int, lanes byte, lane ValueType) {
		t[op] = opcode{imm: immLane, lanes: lanes, npop: 1, pop: [3]ValueType{V128}, push: lane}
	}
	replace := func(op int, lanes byte, lane ValueType) {
		t[op] = opcode{imm: immLane, lanes: lanes, npop: 2, pop: [3]ValueType{lane, V128}, push: V128}
	}
	extract(0x15, 16, I32)
	extract(0x16, 16, I32)
	replace(0x17, 16, I32)
	extract(0x18, 8, I32)
	extract(0x19, 8, I32)
	replace(0x1a, 8, I32)
	for i, lane := range []ValueType{I32, I64, F32, F64} {
		lanes := []byte{4, 2, 4, 2}[i]
		extract(0x1b+2*i, lanes, lane)
		replace(0x1c+2*i, lanes, lane)
	}

	span(binary, 0x23, 0x4c) // comparisons
	set(unary, 0x4d)         // v128.not
	span(binary, 0x4e, 0x51) // and, andnot, or, xor
	t[0x52] = opcode{imm: immNone, npop: 3, pop: [3]ValueType{V128, V128, V128}, push: V128}
	set(test, 0x53)         // v128.any_true
	span(unary, 0x5e, 0x5f) // demote, promote

	// i8x16, with the rounding of f32x4 and f64x2 in its gaps.
	span(unary, 0x60, 0x62)
	set(test, 0x63, 0x64)
	set(binary, 0x65, 0x66)
	span(unary, 0x67, 0x6a)
	span(shift, 0x6b, 0x6d)
	span(binary, 0x6e, 0x73)
	set(unary, 0x74, 0x75)
	span(binary, 0x76, 0x79)
	set(unary, 0x7a)
	set(binary, 0x7b)
	span(unary, 0x7c, 0x7f) // pairwise additions
	// i16x8
	set(unary, 0x80, 0x81)
	set(binary, 0x82)
	set(test, 0x83, 0x84)
	set(binary, 0x85, 0x86)
	span(unary, 0x87, 0x8a)
	span(shift, 0x8b, 0x8d)
	span(binary, 0x8e, 0x93)
	set(unary, 0x94)
	span(binary, 0x95, 0x99)
	span(binary, 0x9b, 0x9f)
	// i32x4
	set(unary, 0xa0, 0xa1)
	set(test, 0xa3, 0xa4)
	span(unary, 0xa7, 0xaa)
	span(shift, 0xab, 0xad)
	set(binary, 0xae, 0xb1)
	span(binary, 0xb5, 0xba)
	span(binary, 0xbc, 0xbf)
	// i64x2
	set(unary, 0xc0, 0xc1)
	set(test, 0xc3, 0xc4)
	span(unary, 0xc7, 0xca)
	span(shift, 0xcb, 0xcd)
	set(binary, 0xce, 0xd1)
	span(binary, 0xd5, 0xdf)
	// f32x4, f64x2 and conversions
	set(unary, 0xe0, 0xe1, 0xe3)
	span(binary, 0xe4, 0xeb)
	set(unary, 0xec, 0xed, 0xef)
	span(binary, 0xf0, 0xf7)
	span(unary, 0xf8, 0xff)
	for op := range t {
		if t[op].imm != immUnknown {
			t[op].weight = vectorWeight(byte(op))
		}
	}
	return t
}

package fuel

// constant reads a constant expression of type want and appends it with function indexes shifted. Without imported
// globals only a single constant instruction is valid; the extended-const proposal is off in the runtime.
func (r *rewriter) constant(c *cursor, out []byte, want ValueType) []byte {
	start := c.pos
	var have ValueType
	switch op := c.byte(); op {
	case opI32Const:
		c.signed(32)
		have = I32
	case opI64Const:
		c.signed(64)
		have = I64
	case opF32Const:
		c.bytes(4)
		have = F32
	case opF64Const:
		c.bytes(8)
		have = F64
	case opVector:
		at := c.pos
		if sub := c.byte(); sub != vectorConst {
			c.fail(CodeInvalid, at, "vector opcode %#x in a constant expression", sub)
		}
		c.bytes(16)
		have = V128
	case opRefNull:
		have = c.refType()
	case opRefFunc:
		i := r.funcIndex(c)
		if c.err != nil {
			return out
		}
		r.declared[i] = true
		out = append(out, opRefFunc)
		out = appendU32(out, r.shift(i))
		start, have = c.pos, FuncRef
	case opGlobalGet:
		c.fail(CodeInvalid, start, "a constant expression may name imported globals only, and importing them is refused")
	default:
		c.fail(CodeInvalid, start, "opcode %#x in a constant expression", op)
	}
	if c.err == nil && have != want {
		c.fail(CodeInvalid, start, "constant expression gives %s, %s is wanted", have, want)
	}
	at := c.pos
	if op := c.byte(); c.err == nil && op != opEnd {
		c.fail(CodeInvalid, at, "opcode %#x after the value of a constant expression", op)
	}
	if c.err != nil {
		return out
	}
	return append(out, c.data[start:c.pos]...)
}

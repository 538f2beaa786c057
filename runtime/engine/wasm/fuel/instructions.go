package fuel

// special reads an instruction whose operands depend on its immediate.
func (b *bodyWriter) special(op byte) {
	switch op {
	case opLocalGet:
		i, t := b.local()
		b.push(t)
		b.recent.get(b.at, b.pos, i)
	case opLocalSet:
		i, t := b.local()
		b.pop(t)
		b.recent.set(b.at, b.pos, i)
	case opLocalTee:
		_, t := b.local()
		b.pop(t)
		b.push(t)
	case opI32Const:
		b.recent.constant = uint32(b.signed(32))
		b.recent.constEnd = b.pos
		b.push(I32)
	case opI64Const:
		b.signed(64)
		b.push(I64)
	case opF32Const:
		b.bytes(4)
		b.push(F32)
	case opF64Const:
		b.bytes(8)
		b.push(F64)
	case opGlobalGet:
		if i := b.index(len(b.r.globals), "global"); b.err == nil {
			b.push(b.r.globals[i].value)
		}
	case opGlobalSet:
		b.globalSet()
	case opDrop:
		b.pop(anyType)
	case opSelect:
		b.selectNumeric()
	case opSelectTyped:
		b.selectTyped()
	case opMemorySize:
		b.zeroMemory()
		b.push(I32)
	case opMemoryGrow:
		b.zeroMemory()
		b.chargeLength(helperPages)
		b.pop(I32)
		b.push(I32)
	case opTableGet:
		t := b.table()
		b.pop(I32)
		b.push(t)
	case opTableSet:
		b.pop(b.table())
		b.pop(I32)
		b.r.res.TableWrites = true
	case opRefNull:
		b.push(b.refType())
	case opRefIsNull:
		if t := b.pop(anyType); b.err == nil && t != anyType && !t.reference() {
			b.fail(CodeInvalid, b.at, "ref.is_null of %s", t)
		}
		b.push(I32)
	case opRefFunc:
		b.refFunc()
	case opMisc:
		b.misc()
	case opVector:
		b.vector()
	case opAtomic:
		b.fail(CodeSharedMemory, b.at, "atomic instruction")
	}
}

func (b *bodyWriter) local() (uint32, ValueType) {
	i := b.index(len(b.locals), "local")
	if b.err != nil {
		return 0, anyType
	}
	return i, b.locals[i]
}

func (b *bodyWriter) table() ValueType {
	i := b.index(len(b.r.tables), "table")
	if b.err != nil {
		return anyType
	}
	return b.r.tables[i]
}

func (b *bodyWriter) globalSet() {
	i := b.index(len(b.r.globals), "global")
	if b.err != nil {
		return
	}
	if !b.r.globals[i].mutable {
		b.fail(CodeInvalid, b.at, "global.set of global %d, which is constant", i)
	}
	b.pop(b.r.globals[i].value)
}

func (b *bodyWriter) selectNumeric() {
	b.pop(I32)
	t := b.pop(anyType)
	u := b.pop(anyType)
	if t == anyType {
		t = u
	}
	if b.err == nil && (t.reference() || u.reference() || u != anyType && t != u) {
		b.fail(CodeInvalid, b.at, "select between %s and %s", u, t)
	}
	b.push(t)
}

func (b *bodyWriter) selectTyped() {
	at := b.pos
	if n := b.byte(); b.err == nil && n != 1 {
		b.fail(CodeInvalid, at, "select with %d types", n)
	}
	t := b.valueType()
	b.pop(I32)
	b.pop(t)
	b.pop(t)
	b.push(t)
}

// zeroMemory reads the memory index of an instruction, one zero byte.
func (b *bodyWriter) zeroMemory() {
	at := b.pos
	if i := b.byte(); b.err == nil && i != 0 {
		b.fail(CodeMalformed, at, "memory index %#x", i)
	}
	if b.err == nil && !b.r.memory {
		b.fail(CodeInvalid, b.at, "access to a memory that is not there")
	}
}

func (b *bodyWriter) refFunc() {
	at := b.pos
	i := b.r.funcIndex(&b.cursor)
	if b.err == nil && !b.r.declared[i] {
		b.fail(CodeInvalid, at, "ref.func of function %d, which no export, global or element names", i)
	}
	b.replaceIndex(at, b.r.shift(i))
	b.push(FuncRef)
}

func (b *bodyWriter) vector() {
	at := b.pos
	code := b.u32()
	if n := b.pos - at; b.err == nil && n > 1 && code>>(7*(n-1)) == 0 {
		// wazero takes the first byte for the opcode. In the shortest form the second, if there is one, is 1: to wazero, a nop.
		b.fail(CodeMalformed, at, "vector opcode %#x in %d bytes", code, n)
	}
	if b.err == nil && (code > 0xff || vectorOps[code].imm == immUnknown) {
		b.fail(CodeUnknownOpcode, at, "vector opcode %#x", code)
	}
	if b.err != nil {
		return
	}
	o := &vectorOps[code]
	b.spend(int64(o.weight))
	switch code {
	case vectorConst:
		b.bytes(16)
	case vectorShuffle:
		for range 16 {
			b.lane(32)
		}
	}
	b.simple(o)
}

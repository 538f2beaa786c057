package fuel

// misc reads an instruction behind opMisc: saturating conversions and bulk operations.
func (b *bodyWriter) misc() {
	at := b.pos
	code := b.u32()
	if b.err != nil {
		return
	}
	b.spend(miscWeight(code))
	switch code {
	case miscMemoryInit:
		b.segment(b.r.data, "data segment")
		b.zeroMemory()
		b.bulk(helperBytes, I32)
	case miscMemoryCopy:
		b.zeroMemory()
		b.zeroMemory()
		b.bulk(helperBytes, I32)
	case miscMemoryFill:
		b.zeroMemory()
		b.bulk(helperBytes, I32)
	case miscDataDrop:
		b.segment(b.r.data, "data segment")
		b.r.res.SegmentDrops = true
	case miscElemDrop:
		b.index(len(b.r.elements), "element segment")
		b.r.res.SegmentDrops = true
	case miscTableInit:
		i := b.index(len(b.r.elements), "element segment")
		t := b.table()
		if b.err == nil && b.r.elements[i] != t {
			b.fail(CodeInvalid, at, "table.init of %s from a segment of %s", t, b.r.elements[i])
		}
		b.tableWrite(I32)
	case miscTableCopy:
		if to, from := b.table(), b.table(); b.err == nil && to != from {
			b.fail(CodeInvalid, at, "table.copy from %s to %s", from, to)
		}
		b.tableWrite(I32)
	case miscTableFill:
		b.tableWrite(b.table())
	case miscTableGrow:
		t := b.table()
		b.chargeLength(helperEntries)
		b.pop(I32)
		b.pop(t)
		b.push(I32)
		b.r.res.TableWrites = true
	case miscTableSize:
		b.table()
		b.push(I32)
	default:
		if code > miscTruncLast {
			b.fail(CodeUnknownOpcode, at, "opcode 0xfc %#x", code)
			return
		}
		in := []ValueType{F32, F64}[code>>1&1]
		out := []ValueType{I32, I64}[code>>2]
		b.pop(in)
		b.push(out)
	}
}

// segment reads the index of a data segment. Bodies stand before the data section, so the count must have been announced.
func (b *bodyWriter) segment(n int, what string) {
	if n < 0 {
		b.fail(CodeInvalid, b.at, "instruction on a %s without a data count section", what)
		return
	}
	b.index(n, what)
}

// bulk finishes an operation that takes destination, source (or value) and length.
func (b *bodyWriter) bulk(helper int, middle ValueType) {
	b.chargeLength(helper)
	b.pop(I32)
	b.pop(middle)
	b.pop(I32)
}

func (b *bodyWriter) tableWrite(middle ValueType) {
	b.bulk(helperEntries, middle)
	b.r.res.TableWrites = true
}

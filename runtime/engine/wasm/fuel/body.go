package fuel

// bodyWriter validates, measures and rewrites function bodies, one after the other, reusing its buffers.
type bodyWriter struct {
	operands
	meter
	r       *rewriter
	locals  []ValueType
	depths  []uint32 // the labels of a branch table
	edits   []edit
	out     []byte // the rewritten body
	weight  int    // of blocks, branches and calls so far, see Config.MaxComplexity
	targets int    // of branch tables so far

	called    bool // there was a call
	entryLoop bool // the first loop is reached from the entry without a call
	loopAt    int  // offset of the latest loop
	resumable bool // the function's type is that of a function that Go can resume
	recent    recent
}

func (r *rewriter) codeSection(c *cursor) {
	size := c.end - c.pos
	n := c.count(CodeFunctions, r.cfg.MaxFunctions, "bodies")
	if c.err == nil && n != len(r.funcs)-r.imported {
		c.fail(CodeMalformed, c.pos, "%d functions declared, %d bodies", len(r.funcs)-r.imported, n)
		return
	}
	r.bodies = n
	if n > 0 {
		r.res.CodeBytes = size
	}
	out, section := begin(r.out, sectionCode)
	r.out = appendU32(out, uint32(n+addedFunctions))
	b := &bodyWriter{r: r}
	for i := range n {
		at := c.pos
		size := int(c.u32())
		start := c.pos
		c.function = r.imported + i
		if c.err == nil && size > r.cfg.MaxFunctionBytes {
			c.fail(CodeFunctionSize, at, "%d bytes, at most %d are allowed", size, r.cfg.MaxFunctionBytes)
		}
		c.bytes(size)
		if c.err != nil {
			return
		}
		r.res.LargestFunction = max(r.res.LargestFunction, size)
		b.cursor = *c
		b.pos, b.end = start, c.pos
		b.rewrite(r.types[r.funcs[c.function]])
		if b.err != nil {
			c.err = b.err
			return
		}
		r.out = appendBody(r.out, b.out)
	}
	c.function = NoFunction
	r.out = r.appendHelpers(r.out)
	finish(r.out, section)
}

// rewrite leaves the rewritten body in b.out.
func (b *bodyWriter) rewrite(t FuncType) {
	start := b.pos
	b.readLocals(t)
	b.stack, b.frames, b.edits = b.stack[:0], b.frames[:0], b.edits[:0]
	b.weight, b.targets = 0, 0
	b.called, b.entryLoop = false, false
	b.resumable = resumableType(t)
	b.recent = recent{}
	b.reset()
	b.mark(pointEntry, b.pos, b.newLabel(false))
	b.frames = append(b.frames, frame{op: opBlock, end: t.Results})
	b.top = &b.frames[0]
	for b.err == nil && len(b.frames) > 0 {
		b.instruction()
	}
	if b.err == nil && b.pos != b.end {
		b.fail(CodeMalformed, b.pos, "%d bytes behind the function's end", b.end-b.pos)
	}
	b.limitComplexity(start)
	if b.err == nil {
		b.settle()
		b.emit(start)
	}
}

func (b *bodyWriter) limitComplexity(start int) {
	n := b.weight * (len(b.locals) + b.weight/64)
	b.r.res.Complexity += n
	if limit := b.r.cfg.MaxFunctionComplexity; b.err == nil && n > limit {
		b.fail(CodeComplexity, start, "complexity %d, at most %d is allowed: split the function", n, limit)
	}
	if total, limit := b.r.res.Complexity, b.r.cfg.MaxComplexity; b.err == nil && total > limit {
		b.fail(CodeComplexity, start, "complexity of the module over %d", limit)
	}
}

func (b *bodyWriter) readLocals(t FuncType) {
	b.locals = append(b.locals[:0], t.Params...)
	for range b.count(CodeLocals, b.r.cfg.MaxFunctionBytes, "groups of locals") {
		at := b.pos
		n := int64(b.u32())
		kind := b.valueType()
		if b.err == nil && n+int64(len(b.locals)) > int64(b.r.cfg.MaxLocals) {
			b.fail(CodeLocals, at, "%d parameters and locals, at most %d are allowed", n+int64(len(b.locals)), b.r.cfg.MaxLocals)
		}
		if b.err != nil {
			return
		}
		for range n {
			b.locals = append(b.locals, kind)
		}
	}
}

// instruction reads one instruction.
func (b *bodyWriter) instruction() {
	b.at = b.pos
	if b.tail > maxTail {
		b.checkHere(b.at)
	}
	op := b.byte()
	if b.err != nil {
		return
	}
	o := &plainOps[op]
	b.spend(int64(o.weight))
	switch o.imm {
	case immSpecial:
		b.special(op)
	case immControl:
		b.control(op)
	case immUnknown:
		b.failOpcode(op)
	default:
		b.simple(o)
	}
}

// simple runs an instruction that the tables describe in full.
func (b *bodyWriter) simple(o *opcode) {
	if o.imm == immMemory || o.imm == immMemoryLane {
		b.memoryArgument(o.align)
	}
	if o.imm == immLane || o.imm == immMemoryLane {
		b.lane(o.lanes)
	}
	for i := range o.npop {
		b.pop(o.pop[i])
	}
	if o.push != anyType {
		b.push(o.push)
	}
}

func (b *bodyWriter) memoryArgument(align byte) {
	if !b.r.memory {
		b.fail(CodeInvalid, b.at, "access to a memory that is not there")
	}
	at := b.pos
	if n := b.u32(); b.err == nil && n > uint32(align) {
		b.fail(CodeInvalid, at, "alignment 2^%d, at most 2^%d is allowed", n, align)
	}
	b.u32()
}

func (b *bodyWriter) lane(lanes byte) {
	at := b.pos
	if n := b.byte(); b.err == nil && n >= lanes {
		b.fail(CodeInvalid, at, "lane %d of %d", n, lanes)
	}
}

// failOpcode names the proposal that an opcode without table entry belongs to.
func (b *bodyWriter) failOpcode(op byte) {
	switch op {
	case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f:
		b.fail(CodeExceptions, b.at, "exception handling opcode %#x", op)
	case 0x14, 0x15, 0xd3, 0xd4, 0xd5, 0xd6, 0xfb:
		b.fail(CodeGC, b.at, "opcode %#x of typed references or garbage collection", op)
	default:
		b.fail(CodeUnknownOpcode, b.at, "opcode %#x", op)
	}
}

package fuel

import "slices"

func (b *bodyWriter) control(op byte) {
	switch op {
	case opNop:
	case opUnreachable:
		b.leave(pointLeave, 0)
	case opBlock:
		start, end := b.blockType()
		if b.recent.headerEnd == b.at {
			b.recent.headerEnd = b.pos
		}
		b.begin(frame{op: opBlock, start: start, end: end})
	case opLoop:
		b.beginLoop()
	case opIf:
		start, end := b.blockType()
		b.pop(I32)
		b.begin(frame{op: opIf, start: start, end: end})
		b.mark(pointIf, b.pos, b.top.label)
	case opElse:
		b.beginElse()
	case opEnd:
		b.endFrame()
	case opBr:
		f := b.branch()
		b.popAll(f.carries())
		b.branchAlways(f)
	case opBrIf:
		b.pop(I32)
		f := b.branch()
		b.keepAll(f.carries())
		b.arrive(f, false)
		b.mark(pointBranchIf, b.pos, f.label)
	case opBrTable:
		b.branchTable()
	case opReturn:
		b.popAll(b.frames[0].end)
		b.leave(pointLeave, 0)
	case opCall, opReturnCall:
		at := b.pos
		i := b.r.funcIndex(&b.cursor)
		if b.err == nil {
			own := int(i) >= b.r.imported
			b.spend(callWeight(!own))
			b.replaceIndex(at, b.r.shift(i))
			b.call(b.r.types[b.r.funcs[i]], op == opReturnCall, own)
		}
	case opCallIndirect, opReturnCallIndirect:
		i := b.r.typeIndex(&b.cursor)
		if t := b.table(); b.err == nil && t != FuncRef {
			b.fail(CodeInvalid, b.at, "call through a table of %s", t)
		}
		b.pop(I32)
		if b.err == nil {
			b.call(b.r.types[i], op == opReturnCallIndirect, true)
		}
	}
}

// leave ends the straight line: what follows runs only if a branch goes there.
func (b *bodyWriter) leave(kind pointKind, which int) {
	b.mark(kind, b.at, which)
	b.abandon()
	b.live = false
}

func (b *bodyWriter) begin(f frame) {
	if b.err == nil && len(b.frames) > b.r.cfg.MaxNesting {
		b.fail(CodeNesting, b.at, "blocks nested deeper than %d", b.r.cfg.MaxNesting)
	}
	f.loops = b.top.loops
	if f.op == opLoop {
		f.loops++
	}
	b.weigh(&f)
	f.label = b.newLabel(f.op == opLoop)
	b.open(f)
}

func (b *bodyWriter) beginLoop() {
	start, end := b.blockType()
	if b.tail != noTail {
		b.checkHere(b.at)
	}
	if b.live && len(b.points) == 1 && !b.called {
		b.entryLoop = true
	}
	b.recent.headerEnd, b.loopAt = b.pos, b.at
	b.begin(frame{op: opLoop, start: start, end: end})
	b.mark(pointLoop, b.pos, b.top.label)
}

// blockType reads a block's parameters and results.
func (b *bodyWriter) blockType() (start, end []ValueType) {
	at := b.pos
	i := b.signed(33)
	if b.err != nil {
		return nil, nil
	}
	if i >= 0 {
		if i >= int64(len(b.r.types)) {
			b.fail(CodeInvalid, at, "block of type %d of %d", i, len(b.r.types))
			return nil, nil
		}
		t := &b.r.types[i]
		return t.Params, t.Results
	}
	if b.pos != at+1 {
		b.fail(CodeMalformed, at, "block type in %d bytes", b.pos-at)
		return nil, nil
	}
	if b.data[at] == blockEmpty {
		return nil, nil
	}
	b.pos = at
	return nil, single(b.valueType())
}

func (b *bodyWriter) beginElse() {
	f := b.top
	if f.op != opIf {
		b.fail(CodeInvalid, b.at, "else without if")
		return
	}
	b.finishFrame()
	f.op = opElse
	f.unreached = false
	b.stack = append(b.stack[:f.height], f.start...)
	if f.label != noLabel {
		b.elseArm(b.pos, f.label)
	}
}

func (b *bodyWriter) endFrame() {
	if f := b.top; f.op == opIf && !slices.Equal(f.start, f.end) {
		b.fail(CodeInvalid, b.at, "if without else must leave the operands that it found")
	}
	f := b.closeFrame()
	if f.label == noLabel {
		return
	}
	b.labels[f.label].open = false
	if f.op != opLoop {
		b.endBlock(b.pos, f.label, f.op == opIf)
	}
}

func (b *bodyWriter) call(t FuncType, tail, own bool) {
	b.weight++
	b.called = true
	b.popAll(t.Params)
	if tail {
		if !slices.Equal(t.Results, b.frames[0].end) {
			b.fail(CodeInvalid, b.at, "tail call of a function with other results")
		}
		b.leave(pointLeave, 0)
		return
	}
	b.pushAll(t.Results)
	if own {
		b.returned(b.pos)
	}
}

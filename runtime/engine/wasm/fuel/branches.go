package fuel

// branch reads a label.
func (b *bodyWriter) branch() *frame {
	f := b.target(b.u32())
	b.weigh(f)
	return f
}

// loopWeight is how much more a loop and a branch to it weigh than another block or branch.
const loopWeight = 10

// weigh adds a block, or a branch to it, to the function's complexity.
func (b *bodyWriter) weigh(f *frame) {
	if f.op == opLoop {
		b.weight += loopWeight * f.loops
	} else {
		b.weight++
	}
}

// arrive notes that a branch which can run goes to f. A followed one comes to a loop, but its way on is known.
func (b *bodyWriter) arrive(f *frame, followed bool) {
	if !b.live {
		return
	}
	l := &b.labels[f.label]
	l.taken = true
	switch {
	case l.loop:
		l.checked = l.checked || !followed
	case b.top.loops > f.loops:
		// Out of a loop: who pays ahead for what follows the loop would pay it in every round.
		l.unpaid = true
	}
	l.tail = max(l.tail, b.tail)
}

// branchAlways finishes a br.
func (b *bodyWriter) branchAlways(f *frame) {
	if !b.live {
		b.leave(pointBranch, 0)
		return
	}
	to := b.jump(f)
	b.arrive(f, to != noLabel)
	b.mark(pointBranch, b.at, f.label)
	if to != noLabel {
		p := &b.points[len(b.points)-1]
		p.to, p.back = to, !b.labels[to].open
		b.labels[to].tail = max(b.labels[to].tail, b.tail)
	}
	b.abandon()
	b.live = false
}

func (b *bodyWriter) branchTable() {
	n := b.count(CodeBrTable, b.r.cfg.MaxBrTable, "targets of a branch table")
	b.targets += n + 1
	if b.err == nil && b.targets > b.r.cfg.MaxBrTable {
		b.fail(CodeBrTable, b.at, "%d targets of branch tables, at most %d are allowed", b.targets, b.r.cfg.MaxBrTable)
	}
	b.pop(I32)
	b.depths = b.depths[:0]
	for range n + 1 {
		b.depths = append(b.depths, b.u32())
		if b.err != nil {
			return
		}
	}
	last := b.target(b.depths[n])
	arity := len(last.carries())
	which := b.dispatch()
	for _, depth := range b.depths {
		f := b.target(depth)
		if b.err == nil && len(f.carries()) != arity {
			b.fail(CodeInvalid, b.at, "targets of a branch table take %d and %d operands", arity, len(f.carries()))
		}
		if b.err != nil {
			return
		}
		b.keepUnchanged(f.carries())
		b.arrive(f, false)
		if b.live && which == noLabel {
			b.labels[f.label].unpaid = true
		}
	}
	b.popAll(last.carries())
	b.leave(pointTable, max(which, 0))
}

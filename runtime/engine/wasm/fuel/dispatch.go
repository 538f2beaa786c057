package fuel

// dispatch describes a branch table over a local that stands where a function or a loop begins. Go compiles a function
// with calls or jumps to one: blocks, one for each place where it can go on, are opened; the table looks at PC_B, the
// function's parameter, and goes to the end of one of them. A jump sets PC_B to a constant and branches to the loop.
type dispatch struct {
	local   uint32
	targets []int // labels by the local's value, the last for all other values
	begin   int   // offset of the loop, or of the local.get of a table without loop
}

// recent remembers the latest instructions, as far as dispatches are recognised by them. Each end is the offset behind the
// instruction.
type recent struct {
	headerEnd int // a loop and the blocks right behind it

	getAt, getEnd int
	getLocal      uint32
	getHeader     bool // nothing but a loop and blocks stands before the local.get

	constEnd int
	constant uint32

	setEnd   int
	setLocal uint32
	setValue uint32 // the constant that stands before the local.set
}

func (r *recent) get(at, end int, local uint32) {
	r.getAt, r.getEnd, r.getLocal, r.getHeader = at, end, local, r.headerEnd == at
}

func (r *recent) set(at, end int, local uint32) {
	if r.constEnd == at {
		r.setEnd, r.setLocal, r.setValue = end, local, r.constant
	}
}

// dispatch recognises the br_table that is being read and gives the label that stands for it: that of its loop, or one of
// its own.
func (b *bodyWriter) dispatch() int {
	if b.err != nil || !b.live || b.recent.getEnd != b.at {
		return noLabel
	}
	last := len(b.points) - 1
	inLoop := b.points[last].kind == pointLoop && b.recent.getHeader
	atEntry := last == 0 && b.resumable && b.recent.getLocal == 0
	if !inLoop && !atEntry {
		return noLabel
	}
	d := &dispatch{local: b.recent.getLocal, targets: make([]int, len(b.depths)), begin: b.recent.getAt}
	for i, depth := range b.depths {
		f := b.target(depth)
		if b.err != nil || f.op == opLoop {
			return noLabel
		}
		d.targets[i] = f.label
	}
	which := b.points[last].label
	if inLoop {
		d.begin = b.loopAt
	} else {
		which = b.newLabel(false)
	}
	l := &b.labels[which]
	l.dispatch = d
	if inLoop {
		l.prepaid = b.points[last].cost
	}
	return which
}

// resumableType is the type of every function that Go compiles and can resume: from PC_B to whether it was unwound.
func resumableType(t FuncType) bool {
	return len(t.Params) == 1 && t.Params[0] == I32 && len(t.Results) == 1 && t.Results[0] == I32
}

// jump gives the label that a br to f comes to, if f is a dispatch loop and the br tells.
func (b *bodyWriter) jump(f *frame) int {
	d := b.labels[f.label].dispatch
	if d == nil || b.recent.setEnd != b.at || b.recent.setLocal != d.local {
		return noLabel
	}
	return d.targets[min(int(b.recent.setValue), len(d.targets)-1)]
}

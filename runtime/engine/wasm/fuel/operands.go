package fuel

// frame is an open block of the function being read, the function itself the outermost.
type frame struct {
	op         byte // opBlock, opLoop, opIf, opElse; opBlock for the function
	unreached  bool // what follows in this frame is never run: its operands are of any type
	height     int  // operands that belong to enclosing frames
	start, end []ValueType
	label      int // its label in meter.labels, or noLabel
	loops      int // loops that are open here, itself included
}

// carries gives the operands that a branch to the frame takes along.
func (f *frame) carries() []ValueType {
	if f.op == opLoop {
		return f.start
	}
	return f.end
}

// operands checks operand types by the specification's validation algorithm.
type operands struct {
	cursor
	at     int // where the current instruction begins
	stack  []ValueType
	frames []frame
	top    *frame // the innermost of frames
	kept   []ValueType
}

func (o *operands) push(t ValueType) {
	o.stack = append(o.stack, t)
}

func (o *operands) pushAll(types []ValueType) {
	o.stack = append(o.stack, types...)
}

// pop takes an operand of type want and gives the type found. anyType matches every other.
func (o *operands) pop(want ValueType) ValueType {
	n := len(o.stack)
	if n == o.top.height {
		if !o.top.unreached {
			o.fail(CodeInvalid, o.at, "no operand on the stack, %s wanted", want)
		}
		return anyType
	}
	have := o.stack[n-1]
	o.stack = o.stack[:n-1]
	if have != want && have != anyType && want != anyType {
		o.fail(CodeInvalid, o.at, "operand of type %s, %s wanted", have, want)
	}
	return have
}

func (o *operands) popAll(types []ValueType) {
	for i := len(types) - 1; i >= 0; i-- {
		o.pop(types[i])
	}
}

// keepAll demands operands and leaves them there as the types wanted.
func (o *operands) keepAll(types []ValueType) {
	o.popAll(types)
	o.pushAll(types)
}

// keepUnchanged demands operands and leaves them as they were.
func (o *operands) keepUnchanged(types []ValueType) {
	o.kept = o.kept[:0]
	for i := len(types) - 1; i >= 0; i-- {
		o.kept = append(o.kept, o.pop(types[i]))
	}
	for i := len(o.kept) - 1; i >= 0; i-- {
		o.push(o.kept[i])
	}
}

// abandon marks the rest of the frame as never run.
func (o *operands) abandon() {
	o.stack = o.stack[:o.top.height]
	o.top.unreached = true
}

// open begins a frame whose parameters are on the stack.
func (o *operands) open(f frame) {
	o.popAll(f.start)
	f.height = len(o.stack)
	o.frames = append(o.frames, f)
	o.top = &o.frames[len(o.frames)-1]
	o.pushAll(f.start)
}

// finishFrame demands exactly the frame's results.
func (o *operands) finishFrame() {
	o.popAll(o.top.end)
	if o.err == nil && len(o.stack) != o.top.height {
		o.fail(CodeInvalid, o.at, "%d operands left over at the end of a block", len(o.stack)-o.top.height)
	}
}

// closeFrame ends the innermost frame and gives it.
func (o *operands) closeFrame() frame {
	o.finishFrame()
	f := *o.top
	o.stack = append(o.stack[:f.height], f.end...)
	o.frames = o.frames[:len(o.frames)-1]
	if len(o.frames) > 0 {
		o.top = &o.frames[len(o.frames)-1]
	}
	return f
}

// target gives the frame that a label names.
func (o *operands) target(depth uint32) *frame {
	if o.err == nil && int64(depth) >= int64(len(o.frames)) {
		o.fail(CodeInvalid, o.at, "branch to label %d of %d", depth, len(o.frames))
	}
	if o.err != nil {
		return o.top
	}
	return &o.frames[len(o.frames)-1-int(depth)]
}

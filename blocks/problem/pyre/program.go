package pyre

type operation uint8

const (
	opSet operation = iota
	opSplit
	opJump
	opAssert
	opMatch
	// The rest needs backtracking.
	opSave
	opBackref
	opLook   // runs the instructions behind it up to opMatch; x is where to go on
	opAtomic // likewise
	opCond   // x when the group is not set
	opRound  // notes where a round of a loop begins, in slot n
	opProgress
)

type instruction struct {
	op       operation
	set      *set
	x, y     int
	n        int // slot or group
	assert   assertion
	ascii    bool
	fold     bool
	negative bool
	behind   int
	back     bool
}

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	root      *node
	program   []instruction
	irregular bool
	slots     int
}

// Compile reads a pattern; ignoreCase is re.IGNORECASE. Its error is an [*Error].
func Compile(pattern string, ignoreCase bool) (*Regexp, error) {
	return compile(pattern, ignoreCase, false)
}

func compile(pattern string, ignoreCase, backtracking bool) (*Regexp, error) {
	text := []rune(pattern)
	if len(text) > MaxPattern {
		return nil, &Error{Offset: MaxPattern, Reason: "the pattern is too long"}
	}
	root, p, err := parse(text, flags{fold: ignoreCase})
	if err != nil {
		return nil, err
	}
	c := &compiler{irregular: p.irregular || backtracking, slots: 2 * (p.groups + 1)}
	c.node(root)
	c.emit(instruction{op: opMatch})
	if len(c.program) > maxProgram {
		return nil, &Error{Reason: "the pattern repeats too much"}
	}
	return &Regexp{root: root, program: c.program, irregular: c.irregular, slots: c.slots}, nil
}

type compiler struct {
	program   []instruction
	irregular bool
	slots     int
}

func (c *compiler) emit(i instruction) int {
	if len(c.program) <= maxProgram {
		c.program = append(c.program, i)
	}
	return len(c.program) - 1
}

func (c *compiler) node(n *node) {
	if len(c.program) > maxProgram {
		return
	}
	switch n.kind {
	case kindSet:
		c.emit(instruction{op: opSet, set: n.set})
	case kindAssert:
		c.emit(instruction{op: opAssert, assert: n.assert, ascii: n.ascii})
	case kindCat:
		for _, kid := range n.kids {
			c.node(kid)
		}
	case kindAlt:
		c.alternatives(n.kids)
	case kindRepeat:
		c.repeat(n)
	case kindGroup:
		c.group(n)
	case kindBackref:
		c.emit(instruction{op: opBackref, n: n.group, fold: n.fold})
	case kindLook:
		c.enclosed(instruction{op: opLook, negative: n.negative, behind: n.behind, back: n.back}, n.kids[0])
	case kindAtomic:
		c.enclosed(instruction{op: opAtomic}, n.kids[0])
	case kindCond:
		c.condition(n)
	case kindEmpty:
	}
}

func (c *compiler) enclosed(i instruction, inner *node) {
	at := c.emit(i)
	c.node(inner)
	c.emit(instruction{op: opMatch})
	c.program[at].x = len(c.program)
}

func (c *compiler) group(n *node) {
	if !c.irregular {
		c.node(n.kids[0])
		return
	}
	c.emit(instruction{op: opSave, n: 2 * n.group})
	c.node(n.kids[0])
	c.emit(instruction{op: opSave, n: 2*n.group + 1})
}

func (c *compiler) condition(n *node) {
	at := c.emit(instruction{op: opCond, n: n.group})
	c.node(n.kids[0])
	jump := c.emit(instruction{op: opJump})
	c.program[at].x = len(c.program)
	c.node(n.kids[1])
	c.program[jump].x = len(c.program)
}

func (c *compiler) alternatives(kids []*node) {
	var jumps []int
	for i, kid := range kids {
		if i == len(kids)-1 {
			c.node(kid)
			break
		}
		split := c.emit(instruction{op: opSplit})
		c.program[split].x = len(c.program)
		c.node(kid)
		jumps = append(jumps, c.emit(instruction{op: opJump}))
		c.program[split].y = len(c.program)
	}
	for _, at := range jumps {
		c.program[at].x = len(c.program)
	}
}

func (c *compiler) repeat(n *node) {
	for range n.min {
		c.node(n.kids[0])
	}
	if n.max < 0 {
		c.loop(n)
		return
	}
	var splits []int
	for range n.max - n.min {
		if len(c.program) > maxProgram {
			return
		}
		split := c.emit(instruction{op: opSplit})
		c.branch(split, n.lazy, len(c.program))
		splits = append(splits, split)
		c.node(n.kids[0])
	}
	for _, split := range splits {
		c.branch(split, !n.lazy, len(c.program))
	}
}

// branch sets the first or second way of a split; the first is tried first.
func (c *compiler) branch(split int, second bool, target int) {
	if second {
		c.program[split].y = target
	} else {
		c.program[split].x = target
	}
}

func (c *compiler) loop(n *node) {
	split := c.emit(instruction{op: opSplit})
	c.branch(split, n.lazy, len(c.program))
	slot := c.slots
	guarded := c.irregular
	if guarded {
		c.slots++
		c.emit(instruction{op: opRound, n: slot})
	}
	c.node(n.kids[0])
	if guarded {
		c.emit(instruction{op: opProgress, n: slot})
	}
	c.emit(instruction{op: opJump, x: split})
	c.branch(split, !n.lazy, len(c.program))
}

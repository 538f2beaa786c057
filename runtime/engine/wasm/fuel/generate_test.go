package fuel

import (
	"fmt"
	"strings"
)

// generator makes a valid module out of arbitrary bytes: every byte is a choice, and when they are used up all choices are
// zero, which ends everything. Values are i32; control flow is what it is about.
type generator struct {
	choices []byte
	code    strings.Builder
	labels  []genLabel
	budget  int // instructions that may still be generated
	funcs   int
	locals  int
}

// genLabel is an open block: whether a branch to it carries an operand, and whether it is a dispatch loop.
type genLabel struct {
	carries  bool
	dispatch *genDispatch
}

type genDispatch struct {
	local, targets int
}

const (
	genFunctions = 4
	genLocals    = 6 // two parameters among them
)

func (g *generator) choose(n int) int {
	if len(g.choices) == 0 {
		return 0
	}
	c := int(g.choices[0])
	g.choices = g.choices[1:]
	return c % n
}

func (g *generator) emit(format string, args ...any) {
	fmt.Fprintf(&g.code, format+"\n", args...)
	g.budget--
}

// generate makes a module whose functions are exported as f0, f1 and so on; each takes and gives i32.
func generate(choices []byte) []byte {
	m := &module{memory: &testLimits{lowest: 1, highest: 2}, tables: []testTable{{FuncRef, testLimits{lowest: genFunctions}}}}
	m.globals = []testGlobal{{I32, true, "i32.const 0"}}
	g := &generator{choices: choices, funcs: genFunctions}
	var all []int
	for i := range genFunctions {
		g.code.Reset()
		g.budget, g.locals = 120, genLocals
		g.labels = append(g.labels[:0], genLabel{carries: true})
		g.statements(0)
		g.value(0)
		m.function(fmt.Sprintf("f%d", i), types(I32, I32), types(I32), types(I32, I32, I32, I32), g.code.String())
		all = append(all, i)
	}
	m.elements = [][]byte{activeElements(0, all...)}
	return m.encode()
}

// value makes code that leaves one operand.
func (g *generator) value(depth int) {
	switch c := g.choose(8); {
	case depth > 3 || g.budget <= 0 || c == 0:
		g.emit("i32.const %d", g.choose(7))
	case c <= 2:
		g.emit("local.get %d", g.choose(g.locals))
	case c == 3:
		g.value(depth + 1)
		g.value(depth + 1)
		g.emit("%s", []string{"i32.add", "i32.sub", "i32.mul", "i32.lt_s", "i32.and", "i32.rem_u"}[g.choose(6)])
	case c == 4:
		g.value(depth + 1)
		g.value(depth + 1)
		g.emit("call %d", g.choose(g.funcs))
	case c == 5:
		g.emit("global.get 0")
	case c == 6:
		g.block("block i32", true, depth)
	default:
		g.value(depth + 1)
		g.emit("if i32")
		g.arm(true, depth)
		g.emit("else")
		g.arm(true, depth)
		g.emit("end")
	}
}

func (g *generator) block(head string, carries bool, depth int) {
	g.emit("%s", head)
	g.arm(carries, depth)
	g.emit("end")
}

// arm makes the inside of a block.
func (g *generator) arm(carries bool, depth int) {
	g.labels = append(g.labels, genLabel{carries: carries})
	g.statements(depth + 1)
	if carries {
		g.value(depth + 1)
	}
	g.labels = g.labels[:len(g.labels)-1]
}

// statements makes code that leaves no operand.
func (g *generator) statements(depth int) {
	for range g.choose(5) {
		if depth > 6 || g.budget <= 0 {
			return
		}
		g.statement(depth)
	}
}

func (g *generator) statement(depth int) {
	switch g.choose(12) {
	case 0, 1:
		g.value(depth)
		g.emit("local.set %d", g.choose(g.locals))
	case 2:
		g.block("block", false, depth)
	case 3:
		g.emit("loop")
		g.labels = append(g.labels, genLabel{})
		g.statements(depth + 1)
		if g.choose(2) == 1 {
			g.value(depth)
			g.emit("br_if 0")
		}
		g.labels = g.labels[:len(g.labels)-1]
		g.emit("end")
	case 4:
		g.value(depth)
		g.emit("if")
		g.arm(false, depth)
		if g.choose(2) == 1 {
			g.emit("else")
			g.arm(false, depth)
		}
		g.emit("end")
	case 5:
		l := g.choose(len(g.labels))
		if g.carries(l) {
			g.value(depth)
		}
		g.value(depth)
		g.emit("br_if %d", l)
		if g.carries(l) {
			g.emit("drop")
		}
	case 6:
		g.jump(depth)
	case 7:
		g.table(depth)
	case 8:
		g.value(depth)
		g.value(depth)
		g.emit("i32.const %d", g.choose(5))
		g.emit("call_indirect 0")
		g.emit("global.set 0")
	case 9:
		g.emit("i32.const %d", g.choose(100))
		g.value(depth)
		g.value(depth)
		g.emit("i32.const 1023\ni32.and")
		g.emit("memory.fill")
	case 10:
		g.dispatch(depth)
	default:
		g.value(depth)
		g.emit("drop")
		if g.choose(9) == 8 {
			g.emit([]string{"unreachable", "i32.const 3\nreturn"}[g.choose(2)])
		}
	}
}

func (g *generator) carries(label int) bool {
	return g.labels[len(g.labels)-1-label].carries
}

// jump makes a br, to a dispatch loop as Go would write it if there is one.
func (g *generator) jump(depth int) {
	for i := range g.labels {
		l := g.labels[len(g.labels)-1-i]
		if l.dispatch != nil && g.choose(3) > 0 {
			g.emit("i32.const %d", g.choose(l.dispatch.targets+1))
			g.emit("local.set %d", l.dispatch.local)
			g.emit("br %d", i)
			return
		}
	}
	l := g.choose(len(g.labels))
	if g.carries(l) {
		g.value(depth)
	}
	g.emit("br %d", l)
}

// table makes a br_table whose targets all carry what the first does.
func (g *generator) table(depth int) {
	first := g.choose(len(g.labels))
	targets := []int{first}
	for range g.choose(4) {
		if l := g.choose(len(g.labels)); g.carries(l) == g.carries(first) {
			targets = append(targets, l)
		}
	}
	if g.carries(first) {
		g.value(depth)
	}
	g.value(depth)
	g.emit("br_table %s", strings.Trim(fmt.Sprint(targets), "[]"))
}

// dispatch makes a loop around a table over a local, begun at its first target, as Go does.
func (g *generator) dispatch(depth int) {
	d := &genDispatch{local: 2 + g.choose(g.locals-2), targets: 2 + g.choose(4)}
	g.emit("i32.const 0\nlocal.set %d", d.local)
	g.emit("loop")
	g.labels = append(g.labels, genLabel{dispatch: d})
	targets := ""
	for i := range d.targets {
		g.emit("block")
		g.labels = append(g.labels, genLabel{})
		targets += fmt.Sprint(i) + " "
	}
	g.emit("local.get %d", d.local)
	g.emit("br_table %s", targets)
	for range d.targets {
		g.emit("end")
		g.labels = g.labels[:len(g.labels)-1]
		g.statements(depth + 1)
		if g.choose(2) == 1 {
			g.jump(depth)
		}
	}
	g.labels = g.labels[:len(g.labels)-1]
	g.emit("end")
}

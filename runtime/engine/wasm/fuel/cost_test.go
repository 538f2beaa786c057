package fuel

import "testing"

// costVersion1 is what calls of the test programs cost by version 1 of the cost table. These numbers never change: whoever
// has to change one raises CostVersion and writes a table of its own.
var costVersion1 = []struct {
	program, export string
	args            []uint64
	units           int64
}{
	{"straight line", "f", []uint64{3, 4}, 5},
	{"loop", "sum", []uint64{1000}, 9001},
	{"loop with exits", "collatz", []uint64{27}, 1976},
	{"switch", "f", []uint64{1}, 13},
	{"interpreter", "run", []uint64{0, 2}, 185},
	{"dispatch loop", "f", []uint64{0, 9}, 171},
	{"calls", "fib", []uint64{12}, 5573},
	{"mutual recursion through a table", "even", []uint64{33}, 433},
	{"host functions", "f", []uint64{21}, 210},
	{"memory and globals", "grow", []uint64{1}, 4161},
	{"bulk operations", "fill", []uint64{0, 7, 1000}, 113},
	{"bulk operations", "copy", []uint64{0, 64, 1000}, 73},
	{"tables", "grow", []uint64{3}, 266},
	{"traps", "div", []uint64{7, 2}, 8},
	{"vectors", "div", []uint64{0}, 36},
}

// TestCostVersion: nothing changes the count without a new version.
func TestCostVersion(t *testing.T) {
	if CostVersion != 1 {
		t.Fatalf("write the table of version %d", CostVersion)
	}
	for _, c := range costVersion1 {
		m := &module{}
		programNamed(t, c.program).build(m)
		g := newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
		before := g.spent()
		g.mustCall(t, c.export, c.args...)
		if units := g.spent() - before; units != c.units {
			t.Errorf("{%q, %q, %#v, %d}: %d units", c.program, c.export, c.args, c.units, units)
		}
	}
}

func programNamed(t *testing.T, name string) program {
	t.Helper()
	for _, p := range programs {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("no program %q", name)
	return program{}
}

// TestAUnitIsAnInstruction: straight code costs one unit for each instruction that does something.
func TestAUnitIsAnInstruction(t *testing.T) {
	for code, units := range map[string]int64{
		"":                           0,
		"nop; block; end; loop; end": 0,
		"local.get 0; drop":          2,
		"i32.const 1; local.get 0; i32.add; drop":     4,
		"i32.const 1; if; nop; else; nop; end":        2,
		"i32.const 1; br_if 0; i32.const 2; drop":     2,
		"i32.const 0; br_if 0; i32.const 2; drop":     4,
		"block; br 0; end; i32.const 2; drop; return": 4,
	} {
		m := &module{}
		m.function("f", types(I32), nil, nil, code)
		g := newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
		g.mustCall(t, "f", 5)
		if got := g.spent(); got != units {
			t.Errorf("%q: %d units, want %d", code, got, units)
		}
	}
}

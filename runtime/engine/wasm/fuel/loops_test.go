package fuel

import (
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// endless are guests that never come back by themselves. Each exports "run".
var endless = map[string]func(m *module){
	"br": func(m *module) { m.function("run", nil, nil, nil, "loop; br 0; end") },
	"br_if": func(m *module) {
		m.function("run", nil, nil, nil, "loop; i32.const 1; br_if 0; end")
	},
	"br_table": func(m *module) {
		m.function("run", nil, nil, nil, "loop; i32.const 7; br_table 0 0 0; end")
	},
	"br_table to an outer loop": func(m *module) {
		m.function("run", nil, nil, nil, "loop; loop; i32.const 1; br_table 0 1; end; end")
	},
	"from an arm": func(m *module) {
		m.function("run", nil, nil, nil, "loop; i32.const 1; if; br 1; else; unreachable; end; end")
	},
	"nested": func(m *module) {
		m.function("run", nil, nil, types(I32), "loop; i32.const 3; local.set 0; loop; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end; br 0; end")
	},
	"with operands": func(m *module) {
		t := m.typ(types(I32), nil)
		m.function("run", nil, nil, nil, "i32.const 5; loop "+itoa(t)+"; i32.const 1; i32.add; br 0; end")
	},
	"dispatch backwards": func(m *module) {
		m.function("run", nil, nil, types(I32), `
			loop; block; block; local.get 0; br_table 0 1; end
			  i32.const 1; local.set 0; br 1
			end
			  i32.const 0; local.set 0; br 0
			end`)
	},
	"dispatch to itself": func(m *module) {
		m.function("run", nil, nil, types(I32), "loop; block; local.get 0; br_table 0; end; i32.const 0; local.set 0; br 0; end")
	},
	"dispatch whose local changes elsewhere": func(m *module) {
		m.function("run", nil, nil, types(I32), "loop; block; block; local.get 0; br_table 0 1; end; i32.const 1; local.set 0; i32.const 0; local.set 0; br 1; end; end")
	},
	"dispatch by another local": func(m *module) {
		m.function("run", nil, nil, types(I32, I32), "loop; block; block; local.get 0; br_table 0 1; end; i32.const 1; local.set 1; br 1; end; end")
	},
	"dispatch into an inner loop": func(m *module) {
		m.function("run", nil, nil, types(I32), `
			loop; block; block; local.get 0; br_table 0 1; end
			  loop; i32.const 1; local.set 0; br 2; end
			end
			  loop; i32.const 0; local.set 0; br 1; end
			end`)
	},
	"dispatch within a dispatch": func(m *module) {
		m.function("run", nil, nil, types(I32, I32), `
			loop; block; block; local.get 0; br_table 0 1; end
			  loop; block; block; local.get 1; br_table 0 1; end
			    i32.const 1; local.set 1; br 1
			  end
			    i32.const 1; local.set 0; br 2
			  end
			end
			  i32.const 0; local.set 1; i32.const 0; local.set 0; br 0
			end`)
	},
	"dispatch to a loop outside": func(m *module) {
		m.function("run", nil, nil, types(I32), "loop; loop; block; local.get 0; br_table 1 2 0; end; i32.const 1; local.set 0; br 0; end; end")
	},
	"recursion": func(m *module) { m.function("run", nil, nil, nil, "call 0; call 0") },
	"mutual recursion": func(m *module) {
		m.function("run", types(), nil, nil, "call 1; call 1")
		m.function("", types(), nil, nil, "call 0; call 0")
	},
	"recursion through a table": func(m *module) {
		m.tables = []testTable{{FuncRef, testLimits{lowest: 1}}}
		m.function("run", nil, nil, nil, "i32.const 0; call_indirect 0; i32.const 0; call_indirect 0")
		m.elements = [][]byte{activeElements(0, 0)}
	},
	"a tree of calls": func(m *module) {
		m.function("run", nil, nil, nil, "call 1; call 1")
		for i := range 60 {
			m.function("", nil, nil, nil, "call "+itoa(i+2)+"; call "+itoa(i+2))
		}
		m.function("", nil, nil, nil, "")
	},
	"tail calls": func(m *module) {
		m.function("run", nil, nil, nil, "return_call 1")
		m.function("", nil, nil, nil, "return_call 0")
	},
	"tail calls through a table": func(m *module) {
		m.tables = []testTable{{FuncRef, testLimits{lowest: 1}}}
		m.function("run", nil, nil, nil, "i32.const 0; return_call_indirect 0")
		m.elements = [][]byte{activeElements(0, 0)}
	},
	"nothing but fills": func(m *module) {
		m.memory = &testLimits{lowest: 1}
		m.function("run", nil, nil, nil, "loop; i32.const 0; i32.const 0; i32.const 65536; memory.fill; br 0; end")
	},
	"nothing but copies of tables": func(m *module) {
		m.tables = []testTable{{FuncRef, testLimits{lowest: 1000}}}
		m.function("run", nil, nil, nil, "loop; i32.const 0; i32.const 1; i32.const 999; table.copy 0 0; br 0; end")
	},
	"memory that does not grow": func(m *module) {
		m.memory = &testLimits{lowest: 1, highest: 1}
		m.function("run", nil, nil, nil, "loop; i32.const 1; memory.grow; br_if 0; end")
	},
	"nothing but calls of the host": func(m *module) {
		m.imports = []testImport{{module: "wasi_snapshot_preview1", name: "sched_yield", typ: m.typ(nil, types(I32))}}
		m.function("run", nil, nil, nil, "loop; call 0; i32.eqz; br_if 0; end")
	},
	"out of a block into the loop again": func(m *module) {
		m.function("run", nil, nil, nil, "loop; block; br 0; end; block; i32.const 1; br_if 1; end; end")
	},
}

// TestEverythingEnds: once the host refuses, every guest stops, soon after its budget.
func TestEverythingEnds(t *testing.T) {
	cfg := engines()["compiler"].WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall)
	for name, build := range endless {
		t.Run(name, func(t *testing.T) {
			m := &module{}
			build(m)
			mach := newMachine(t, cfg)
			mach.tank = tank{slice: 1000, budget: 1_000_000}
			g := mach.mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
			_, err := g.call(t, "run")
			if err == nil || !strings.Contains(err.Error(), "unreachable") {
				t.Fatalf("ended with %v", err)
			}
			if used := mach.tank.used; used < 1_000_000 || used > 1_010_000 {
				t.Errorf("stopped after %d units", used)
			}
			if mach.tank.calls < 150 {
				t.Errorf("asked only %d times", mach.tank.calls)
			}
		})
	}
}

// TestLengthsDoNotOverflow: lengths up to 2^32-1 are charged in full, before the operation, and never make the counter rise.
func TestLengthsDoNotOverflow(t *testing.T) {
	m := &module{memory: &testLimits{lowest: 1}, tables: []testTable{{FuncRef, testLimits{lowest: 1}}}}
	m.function("fill", types(I32), nil, nil, "i32.const 0; i32.const 0; local.get 0; memory.fill")
	m.function("copy", types(I32), nil, nil, "i32.const 0; i32.const 0; local.get 0; memory.copy")
	m.function("grow", types(I32), nil, nil, "local.get 0; memory.grow; drop")
	m.function("table", types(I32), nil, nil, "ref.null funcref; local.get 0; table.grow 0; drop")
	binary := mustRewrite(t, m.encode(), Config{}).Module
	for export, c := range map[string]struct{ want int64 }{
		"fill": {1<<28 - 1}, "copy": {1<<28 - 1}, "grow": {(1<<32 - 1) * unitsPerPage}, "table": {1<<31 - 1},
	} {
		for _, n := range []uint64{0, 1, 0x7fffffff, 0x80000000, 0xffffffff} {
			g := newMachine(t, engines()["compiler"]).mustStart(t, binary)
			g.tank.slice = 10
			_, _ = g.call(t, export, n) // out of bounds: a trap
			least := int64(float64(c.want) * (float64(n) / 0xffffffff))
			if units := g.spent(); units < least || units > least+200 {
				t.Errorf("%s of %d: %d units, want about %d", export, n, units, least)
			}
		}
	}

	// A host that refuses is asked before the memory is touched.
	mach := newMachine(t, engines()["compiler"])
	mach.tank = tank{slice: 1000, budget: 500}
	g := mach.mustStart(t, binary)
	g.mustCall(t, "fill", 1)
	g.Memory().Write(0, []byte("before"))
	if _, err := g.call(t, "fill", 60_000); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("a fill without fuel ended with %v", err)
	}
	if b, _ := g.Memory().Read(0, 6); string(b) != "before" {
		t.Errorf("the memory holds %q", b)
	}
}

// TestUnwindingAsks: a deep recursion whose code comes after the call asks for more on its way up, too. What it pays ahead
// on its way down is bounded for each frame, and each frame with a long way out has a check.
func TestUnwindingAsks(t *testing.T) {
	const depth, tail = 5000, 400
	m := &module{}
	m.function("run", types(I32), types(I32), nil, `
		local.get 0; if; local.get 0; i32.const 1; i32.sub; call 0; drop; end
		`+strings.Repeat("local.get 0; i32.const 1; i32.add; local.set 0;", tail/4)+"local.get 0")
	mach := newMachine(t, engines()["compiler"])
	mach.tank.slice = 0 // so that every check asks that follows a charge
	g := mach.mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
	g.mustCall(t, "run", depth)
	if down, up := depth+1, depth; mach.tank.calls != down+up {
		t.Errorf("asked %d times, want %d on the way down and %d on the way up", mach.tank.calls, down, up)
	}
}

// TestNoFuelNoStep: a guest that was refused does not run again until the host grants more.
func TestNoFuelNoStep(t *testing.T) {
	m := &module{}
	m.function("run", nil, nil, nil, "loop; br 0; end")
	m.function("add", types(I32), types(I32), nil, "local.get 0; i32.const 1; i32.add")
	mach := newMachine(t, engines()["compiler"])
	mach.tank = tank{slice: 100, budget: 50}
	g := mach.mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
	for range 3 {
		if _, err := g.call(t, "run"); err == nil {
			t.Fatal("an endless loop came back")
		}
		if _, err := g.call(t, "add", 1); err == nil {
			t.Fatal("a guest without fuel ran")
		}
	}
	mach.tank = tank{slice: 100}
	if got := g.mustCall(t, "add", 1); got != 2 {
		t.Errorf("with fuel again, 1+1 is %d", got)
	}
}

package fuel

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/sys"
)

func itoa(n int) string { return strconv.Itoa(n) }

// outcome is what a call came to, without what differs between an original and its rewritten form.
func outcome(results []uint64, err error) string {
	var exit *sys.ExitError
	switch {
	case err == nil:
		var b strings.Builder
		for _, r := range results {
			b.WriteString(strconv.FormatUint(r, 16) + " ")
		}
		return b.String()
	case errors.As(err, &exit):
		return "exit " + strconv.Itoa(int(exit.ExitCode()))
	default:
		return strings.SplitN(err.Error(), "\n", 2)[0]
	}
}

// TestProgramsBehaveAlike runs every program as it is and metered, in both engines: the results must agree, and the units
// must be what the oracle counts instruction by instruction.
func TestProgramsBehaveAlike(t *testing.T) {
	for _, p := range programs {
		m := &module{}
		p.build(m)
		binary := m.encode()
		for engine, cfg := range engines() {
			t.Run(p.name+"/"+engine, func(t *testing.T) {
				plain := newMachine(t, cfg).mustStart(t, binary)
				counted := newMachine(t, cfg).mustStart(t, oracle(binary))
				metered := newMachine(t, cfg).mustStart(t, mustRewrite(t, binary, Config{}).Module)
				for _, c := range p.calls {
					compareCall(t, p, c, plain, counted, metered)
				}
			})
		}
	}
}

func compareCall(t *testing.T, p program, c programCall, plain, counted, metered *guest) {
	t.Helper()
	before, spent := counted.ExportedGlobal(oracleExport).Get(), metered.spent()
	results, err := plain.call(t, c.export, c.args...)
	want := outcome(results, err)
	if results, err := counted.call(t, c.export, c.args...); outcome(results, err) != want {
		t.Fatalf("%v: the oracle's module gives %q, the original %q", c, outcome(results, err), want)
	}
	got, gotErr := metered.call(t, c.export, c.args...)
	if outcome(got, gotErr) != want {
		t.Errorf("%v: metered %q, original %q", c, outcome(got, gotErr), want)
	}
	units := metered.spent() - spent
	exact := int64(counted.ExportedGlobal(oracleExport).Get() - before)
	switch {
	case units < exact:
		t.Errorf("%v: %d units for %d instructions", c, units, exact)
	case units != exact && err == nil && !p.inexact:
		// A call that traps has paid ahead for what it did not come to.
		t.Errorf("%v: %d units, the oracle counts %d", c, units, exact)
	}
}

// TestDispatchFromItsFirstTarget: begun where Go begins its functions, a dispatch counts exactly.
func TestDispatchFromItsFirstTarget(t *testing.T) {
	m := &module{}
	m.function("f", types(I32, I32), types(I32), types(I32), dispatchLoop)
	binary := m.encode()
	plain, counted := newMachine(t, engines()["compiler"]).mustStart(t, binary), newMachine(t, engines()["compiler"]).mustStart(t, oracle(binary))
	metered := newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, binary, Config{}).Module)
	for n := range uint64(20) {
		compareCall(t, program{}, on("f", 0, n), plain, counted, metered)
	}
}

// TestTheCountDependsOnNothingElse: the same call costs the same whatever the slice, and ten thousand times over.
func TestTheCountDependsOnNothingElse(t *testing.T) {
	m := &module{}
	programs[slices.IndexFunc(programs, func(p program) bool { return p.name == "loop with exits" })].build(m)
	binary := mustRewrite(t, m.encode(), Config{}).Module
	var want int64
	for _, slice := range []int64{1, 7, 100, 1 << 20, 1 << 60} {
		mach := newMachine(t, engines()["compiler"])
		mach.tank.slice = slice
		g := mach.mustStart(t, binary)
		for i := range 10_000 / 5 {
			before := g.spent()
			g.mustCall(t, "collatz", 27)
			if units := g.spent() - before; want == 0 {
				want = units
			} else if units != want {
				t.Fatalf("call %d with slices of %d: %d units, before %d", i, slice, units, want)
			}
		}
		if slice == 1 && mach.tank.calls < 1000 {
			t.Errorf("slices of one unit: asked for more only %d times", mach.tank.calls)
		}
	}
}

// TestResult: what an engine is told about a module.
func TestResult(t *testing.T) {
	m := &module{}
	m.imports = []testImport{{module: "env", name: "log", typ: m.typ(types(I32, F32), nil)}}
	m.memory = &testLimits{lowest: 2, highest: 100}
	m.globals = []testGlobal{{I32, true, "i32.const 1"}, {I64, false, "i64.const 1"}, {F64, true, "f64.const 1"}}
	m.tables = []testTable{{FuncRef, testLimits{lowest: 7}}}
	m.function("run", types(I32), types(I64), nil, "i64.const 1")
	m.exports = append(m.exports, testExport{"memory", ExportMemory, 0}, testExport{"pi", ExportGlobal, 2}, testExport{"t", ExportTable, 0})
	r := mustRewrite(t, m.encode(), Config{MinMemoryPages: 10, MaxMemoryPages: 50})

	if want := (Memory{Present: true, MinPages: 10, MaxPages: 50, GuestMinPages: 2}); r.Memory != want {
		t.Errorf("memory %+v, want %+v", r.Memory, want)
	}
	if want := []Global{{"quoin.fuel/global/0", I32}, {"quoin.fuel/global/2", F64}}; !slices.Equal(r.Globals, want) {
		t.Errorf("globals %v, want %v", r.Globals, want)
	}
	if len(r.Imports) != 1 || r.Imports[0].Module != "env" || r.Imports[0].Name != "log" || !slices.Equal(r.Imports[0].Type.Params, types(I32, F32)) {
		t.Errorf("imports %v", r.Imports)
	}
	var names []string
	for _, e := range r.Exports {
		names = append(names, e.Name+":"+itoa(int(e.Kind)))
	}
	if want := []string{"run:0", "memory:2", "pi:3", "t:1"}; !slices.Equal(names, want) {
		t.Errorf("exports %v, want %v", names, want)
	}
	if e := r.Exports[0]; !slices.Equal(e.Type.Results, types(I64)) {
		t.Errorf("run is of type %v", e.Type)
	}
	if e := r.Exports[2]; e.GlobalType != F64 || !e.Mutable {
		t.Errorf("pi is %v, mutable %v", e.GlobalType, e.Mutable)
	}
	if r.Functions != 1 || r.TableEntries != 7 || r.CodeBytes != 6 || r.LargestFunction != 4 || r.CostVersion != CostVersion || r.SingleUse() {
		t.Errorf("%d functions, %d table entries, %d code bytes, largest %d, cost version %d, single use %v",
			r.Functions, r.TableEntries, r.CodeBytes, r.LargestFunction, r.CostVersion, r.SingleUse())
	}
}

// TestSingleUse: what cannot be put back makes an instance good for one call.
func TestSingleUse(t *testing.T) {
	table := func(m *module) { m.tables = []testTable{{FuncRef, testLimits{lowest: 2}}} }
	for name, c := range map[string]struct {
		build func(*module)
		code  string
		want  bool
	}{
		"table.get":  {table, "i32.const 0; table.get 0; drop", false},
		"table.size": {table, "table.size 0; drop", false},
		"table.set":  {table, "i32.const 0; ref.null funcref; table.set 0", true},
		"table.fill": {table, "i32.const 0; ref.null funcref; i32.const 1; table.fill 0", true},
		"table.copy": {table, "i32.const 0; i32.const 0; i32.const 1; table.copy 0 0", true},
		"table.grow": {table, "ref.null funcref; i32.const 1; table.grow 0; drop", true},
		"table.init": {func(m *module) { table(m); m.elements = [][]byte{append(assemble("0x01 0x00"), 0)} }, "i32.const 0; i32.const 0; i32.const 0; table.init 0 0", true},
		"elem.drop":  {func(m *module) { table(m); m.elements = [][]byte{append(assemble("0x01 0x00"), 0)} }, "elem.drop 0", true},
		"data.drop":  {func(m *module) { m.data, m.count = [][]byte{passiveData("x")}, true }, "data.drop 0", true},
		"v128 global": {func(m *module) {
			m.globals = []testGlobal{{V128, true, "0xfd 0x0c 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"}}
		}, "", true},
		"memory": {func(m *module) { m.memory = &testLimits{lowest: 1} }, "i32.const 1; memory.grow; drop", false},
	} {
		m := &module{}
		c.build(m)
		m.function("f", nil, nil, nil, c.code)
		if r := mustRewrite(t, m.encode(), Config{}); r.SingleUse() != c.want {
			t.Errorf("%s: single use %v", name, r.SingleUse())
		}
	}
}

// TestGlobalsCanBePutBack: the reserved exports reach the guest's own globals.
func TestGlobalsCanBePutBack(t *testing.T) {
	m := &module{}
	m.globals = []testGlobal{{I64, false, "i64.const 9"}, {I32, true, "i32.const 5"}}
	m.function("count", nil, types(I32), nil, "global.get 1; i32.const 1; i32.add; global.set 1; global.get 1")
	r := mustRewrite(t, m.encode(), Config{})
	g := newMachine(t, engines()["compiler"]).mustStart(t, r.Module)
	global, ok := g.ExportedGlobal(r.Globals[0].Export).(interface {
		Get() uint64
		Set(v uint64)
	})
	if !ok {
		t.Fatalf("%s is not a mutable global", r.Globals[0].Export)
	}
	image := global.Get()
	first := g.mustCall(t, "count")
	global.Set(image)
	if second := g.mustCall(t, "count"); first != 6 || second != first {
		t.Errorf("counted %d, then %d", first, second)
	}
}

// TestMemoryLimits: the minimum is raised and the maximum capped, the guest's own maximum holds.
func TestMemoryLimits(t *testing.T) {
	for name, c := range map[string]struct {
		guest    testLimits
		cfg      Config
		min, max uint32
		code     Code
	}{
		"defaults":           {testLimits{1, 0}, Config{}, 1, 4096, ""},
		"own maximum":        {testLimits{1, 5}, Config{}, 1, 5, ""},
		"raised":             {testLimits{1, 0}, Config{MinMemoryPages: 7}, 7, 4096, ""},
		"raised to own max":  {testLimits{1, 5}, Config{MinMemoryPages: 7}, 5, 5, ""},
		"not lowered":        {testLimits{9, 0}, Config{MinMemoryPages: 7}, 9, 4096, ""},
		"capped":             {testLimits{1, 1000}, Config{MaxMemoryPages: 20}, 1, 20, ""},
		"starts too large":   {testLimits{21, 0}, Config{MaxMemoryPages: 20}, 0, 0, CodeMemorySize},
		"minimum over cap":   {testLimits{1, 0}, Config{MinMemoryPages: 30, MaxMemoryPages: 20}, 0, 0, CodeConfig},
		"cap over 65536":     {testLimits{1, 0}, Config{MaxMemoryPages: 65537}, 0, 0, CodeConfig},
		"negative limit":     {testLimits{1, 0}, Config{MaxLocals: -1}, 0, 0, CodeConfig},
		"all there is":       {testLimits{1, 65536}, Config{MaxMemoryPages: 65536}, 1, 65536, ""},
		"more than there is": {testLimits{1, 65537}, Config{MaxMemoryPages: 65536}, 0, 0, CodeInvalid},
		"upside down":        {testLimits{3, 2}, Config{}, 0, 0, CodeInvalid},
	} {
		m := &module{memory: &c.guest}
		r, err := Rewrite(m.encode(), c.cfg)
		if codeOf(err) != c.code {
			t.Errorf("%s: %v, want code %q", name, err, c.code)
		} else if err == nil && (r.Memory.MinPages != c.min || r.Memory.MaxPages != c.max) {
			t.Errorf("%s: %+v, want %d to %d", name, r.Memory, c.min, c.max)
		}
	}
}

// TestTableMaximum: a table grows no further than the limit.
func TestTableMaximum(t *testing.T) {
	m := &module{tables: []testTable{{FuncRef, testLimits{lowest: 1}}}}
	m.function("grow", types(I32), types(I32), nil, "ref.null funcref; local.get 0; table.grow 0")
	g := newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, m.encode(), Config{MaxTableEntries: 10}).Module)
	if got := int32(g.mustCall(t, "grow", 9)); got != 1 {
		t.Errorf("growing to the limit gives %d", got)
	}
	if got := int32(g.mustCall(t, "grow", 1)); got != -1 {
		t.Errorf("growing beyond the limit gives %d", got)
	}
}

// TestStackTracesKeepTheirNames: function names move with their functions.
func TestStackTracesKeepTheirNames(t *testing.T) {
	m := &module{names: map[int]string{0: "yield", 1: "outer", 2: "inner"}}
	m.imports = []testImport{{module: "wasi_snapshot_preview1", name: "sched_yield", typ: m.typ(nil, types(I32))}}
	m.function("outer", nil, nil, nil, "call 2; call 0; drop")
	m.function("", nil, nil, nil, "unreachable")
	g := newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, m.encode(), Config{}).Module)
	_, err := g.call(t, "outer")
	if err == nil || !strings.Contains(err.Error(), "inner") || !strings.Contains(err.Error(), "outer") {
		t.Errorf("stack trace: %v", err)
	}
}

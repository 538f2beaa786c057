package fuel

// program is a module with calls to try on it.
type program struct {
	name  string
	build func(m *module)
	calls []programCall
	// inexact: metering may charge more than the instructions run, where Go's way to switch goroutines is recognised.
	inexact bool
}

type programCall struct {
	export string
	args   []uint64
}

func on(export string, args ...uint64) programCall {
	return programCall{export, args}
}

// programs exercise every construct that metering touches.
var programs = []program{
	{name: "empty", build: func(*module) {}},
	{
		name: "straight line", build: func(m *module) {
			m.function("f", types(I32, I32), types(I32), types(I64, F32), "local.get 0; local.get 1; i32.add; i32.const -7; i32.mul")
		},
		calls: []programCall{on("f", 3, 4), on("f", 0xffffffff, 1)},
	},
	{
		name: "loop", build: func(m *module) {
			m.function("sum", types(I32), types(I32), types(I32), `
				loop
				  local.get 1; local.get 0; i32.add; local.set 1
				  local.get 0; i32.const 1; i32.sub; local.tee 0
				  br_if 0
				end
				local.get 1`)
		},
		calls: []programCall{on("sum", 1), on("sum", 10), on("sum", 100000)},
	},
	{
		name: "loop with exits", build: func(m *module) {
			m.function("collatz", types(I32), types(I32), types(I32), `
				block
				  loop
				    local.get 0; i32.const 1; i32.eq; br_if 1
				    local.get 1; i32.const 1; i32.add; local.set 1
				    local.get 0; i32.const 1; i32.and
				    if
				      local.get 0; i32.const 3; i32.mul; i32.const 1; i32.add; local.set 0
				      br 1
				    end
				    local.get 0; i32.const 1; i32.shr_u; local.set 0
				    br 0
				  end
				end
				local.get 1; i32.const 1000; i32.add`)
		},
		calls: []programCall{on("collatz", 1), on("collatz", 6), on("collatz", 27), on("collatz", 837799)},
	},
	{
		name: "if with and without else", build: func(m *module) {
			m.function("f", types(I32), types(I32), nil, `
				local.get 0
				if i32
				  i32.const 10; i32.const 5; i32.mul
				else
				  i32.const 1
				end
				local.get 0; i32.const 3; i32.gt_s
				if
				  i32.const 7; local.set 0
				end
				local.get 0; i32.add
				local.get 0; i32.const 7; i32.eq
				if i32
				  i32.const 77; return
				else
				  i32.const 5; i32.const 6; i32.add; i32.const 2; i32.mul
				end
				i32.add`)
		},
		calls: []programCall{on("f", 0), on("f", 1), on("f", 2), on("f", 4), on("f", 7)},
	},
	{
		name: "nested arms that leave", build: func(m *module) {
			m.function("f", types(I32), types(I32), nil, `
				block i32
				  local.get 0; i32.const 1; i32.and
				  if
				    local.get 0; i32.const 2; i32.and
				    if
				      i32.const 100; br 2
				    else
				      local.get 0; i32.const 4; i32.and
				      if; i32.const 200; return; end
				    end
				    i32.const 1; i32.const 2; i32.add; drop
				  else
				    local.get 0; i32.const 8; i32.and
				    if; i32.const 300; br 2; else; i32.const 400; i32.const 1; i32.add; br 2; end
				  end
				  i32.const 500
				end
				i32.const 1; i32.add`)
		},
		calls: []programCall{on("f", 0), on("f", 1), on("f", 2), on("f", 3), on("f", 5), on("f", 8), on("f", 7)},
	},
	{
		name: "switch", build: func(m *module) {
			m.function("f", types(I32), types(I32), nil, `
				block; block; block; block
				  local.get 0; br_table 0 1 2 3
				end
				  i32.const 10; return
				end
				  i32.const 20; i32.const 2; i32.mul; local.set 0
				end
				  local.get 0; i32.const 3; i32.add; local.set 0
				end
				local.get 0; i32.const 1; i32.add`)
		},
		calls: []programCall{on("f", 0), on("f", 1), on("f", 2), on("f", 3), on("f", 99)},
		// Of the type that Go's functions have, and like them it begins with a table over its parameter.
		inexact: true,
	},
	{
		name: "switch with operands", build: func(m *module) {
			m.function("f", types(I32, I32), types(I32), nil, `
				block i32
				  block i32
				    i32.const 5; local.get 0; br_table 0 1 0 2
				  end
				  i32.const 100; i32.add
				end
				local.get 1; i32.add`)
		},
		calls: []programCall{on("f", 0, 1), on("f", 1, 1), on("f", 2, 1), on("f", 3, 1)},
	},
	{
		name: "interpreter", build: func(m *module) {
			// A loop around a table over a value that is computed: each arm goes back to the header.
			m.memory = &testLimits{lowest: 1}
			m.data = [][]byte{activeData(0, "\x01\x01\x02\x01\x00\x02\x03")}
			m.function("run", types(I32, I32), types(I32), types(I32), `
				loop
				  block; block; block; block
				    local.get 0; i32.load8_u 0 0
				    local.get 0; i32.const 1; i32.add; local.set 0
				    br_table 0 1 2 3
				  end
				    local.get 2; i32.const 100; i32.gt_s; if; br 3; end
				    i32.const 0; local.set 0; br 3
				  end
				    local.get 2; i32.const 3; i32.add; local.set 2; br 2
				  end
				    local.get 2; local.get 1; i32.mul; local.set 2; br 1
				  end
				end
				local.get 2`)
		},
		calls: []programCall{on("run", 0, 2), on("run", 2, 9), on("run", 6, 1)},
	},
	{
		name: "dispatch loop", build: func(m *module) { m.function("f", types(I32, I32), types(I32), types(I32), dispatchLoop) },
		calls: []programCall{
			on("f", 0, 0), on("f", 0, 1), on("f", 0, 5), on("f", 0, 1000), on("f", 1, 3), on("f", 2, 3), on("f", 3, 9), on("f", 77, 9),
		},
		inexact: true, // begun anywhere but at its first target, a dispatch pays for its longest way
	},
	{
		name: "dispatch loop with other branches", build: func(m *module) {
			m.function("f", types(I32, I32), types(I32), types(I32), `
				loop
				  block; block; block
				    local.get 0; br_table 0 1 2
				  end
				    local.get 1; i32.eqz; if; i32.const 2; local.set 0; br 3; end
				    local.get 1; i32.const 1; i32.sub; local.tee 1; br_if 2
				    i32.const 1; local.set 0; br 2
				  end
				    local.get 2; i32.const 5; i32.add; local.set 2
				    i32.const 2; local.set 0; br 1
				  end
				end
				local.get 2; i32.const 9; i32.add`)
		},
		calls: []programCall{on("f", 0, 0), on("f", 0, 1), on("f", 0, 10), on("f", 1, 2), on("f", 9, 2)},
	},
	{
		name: "calls", build: func(m *module) {
			fib := 0
			m.function("fib", types(I32), types(I32), nil, `
				local.get 0; i32.const 2; i32.lt_s
				if i32
				  local.get 0
				else
				  local.get 0; i32.const 1; i32.sub; call `+itoa(fib)+`
				  local.get 0; i32.const 2; i32.sub; call `+itoa(fib)+`
				  i32.add
				end`)
			m.function("many", types(I32), types(I32), nil, "local.get 0; call 0; local.get 0; call 0; i32.add; i32.const 0; call 0; i32.add")
		},
		calls: []programCall{on("fib", 0), on("fib", 1), on("fib", 15), on("many", 9)},
	},
	{
		name: "mutual recursion through a table", build: func(m *module) {
			t := m.typ(types(I32), types(I32))
			m.function("even", types(I32), types(I32), nil, "local.get 0; i32.eqz; if i32; i32.const 1; else; local.get 0; i32.const 1; i32.sub; i32.const 1; call_indirect "+itoa(t)+"; end")
			m.function("odd", types(I32), types(I32), nil, "local.get 0; i32.eqz; if i32; i32.const 0; else; local.get 0; i32.const 1; i32.sub; i32.const 0; call_indirect "+itoa(t)+"; end")
			m.tables = []testTable{{FuncRef, testLimits{lowest: 3, highest: 3}}}
			m.elements = [][]byte{activeElements(0, 0, 1)}
		},
		calls: []programCall{on("even", 100), on("even", 101), on("odd", 7)},
	},
	{
		name: "host functions", build: func(m *module) {
			m.imports = []testImport{
				{module: "wasi_snapshot_preview1", name: "sched_yield", typ: m.typ(nil, types(I32))},
				{module: "wasi_snapshot_preview1", name: "proc_exit", typ: m.typ(types(I32), nil)},
			}
			m.function("f", types(I32), types(I32), nil, "call 0; local.get 0; call 3; i32.add")
			m.function("", types(I32), types(I32), nil, "local.get 0; i32.const 2; i32.mul; call 0; i32.add")
			m.function("exit", types(I32), nil, nil, "local.get 0; call 1; call 0; drop")
			m.exports = append(m.exports, testExport{"yield", ExportFunction, 0})
			m.names = map[int]string{0: "yield", 1: "proc_exit", 2: "f", 3: "twice"}
		},
		calls: []programCall{on("f", 21), on("yield"), on("exit", 3)},
	},
	{
		name: "memory and globals", build: func(m *module) {
			m.memory = &testLimits{lowest: 1, highest: 3}
			m.globals = []testGlobal{{I32, true, "i32.const 5"}, {F64, false, "f64.const 2.5"}, {I64, true, "i64.const -1"}}
			m.exports = []testExport{{"memory", ExportMemory, 0}, {"g", ExportGlobal, 0}, {"c", ExportGlobal, 1}}
			m.data = [][]byte{activeData(16, "hello"), {2, 0, opI32Const, 32, opEnd, 1, 'x'}}
			m.function("load", types(I32), types(I32), nil, "local.get 0; i32.load8_u 0 0")
			m.function("count", nil, types(I32), nil, "global.get 0; i32.const 1; i32.add; global.set 0; global.get 0")
			m.function("grow", types(I32), types(I32), nil, "local.get 0; memory.grow")
			m.function("size", nil, types(I32), nil, "memory.size")
			m.function("store", types(I32, I32), nil, nil, "local.get 0; local.get 1; i32.store 2 4")
		},
		calls: []programCall{
			on("load", 16), on("load", 32), on("load", 65536), on("count"), on("count"), on("size"), on("grow", 1), on("size"),
			on("grow", 5), on("grow", 0), on("store", 100, 7), on("load", 104), on("store", 0xffffffff, 1), on("grow", 0xffffffff),
		},
	},
	{
		name: "bulk operations", build: func(m *module) {
			m.memory = &testLimits{lowest: 2}
			m.data = [][]byte{passiveData("0123456789abcdef0123456789abcdef"), activeData(8, "live")}
			m.count = true
			m.function("fill", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; memory.fill")
			m.function("copy", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; memory.copy")
			m.function("init", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; memory.init 0")
			m.function("drop", nil, nil, nil, "data.drop 0")
			m.function("load", types(I32), types(I64), nil, "local.get 0; i64.load 3 0")
		},
		calls: []programCall{
			on("fill", 0, 7, 100), on("load", 0), on("load", 96), on("init", 64, 3, 20), on("load", 64), on("copy", 70, 64, 16), on("load", 70),
			on("fill", 131072, 1, 0), on("fill", 131072, 1, 1), on("fill", 0, 1, 0xffffffff), on("copy", 0, 1, 0xffffffff),
			on("init", 0, 30, 3), on("drop"), on("init", 0, 0, 1), on("init", 0, 0, 0), on("copy", 65536, 0, 65536), on("load", 65536+64),
		},
	},
	{
		name: "tables", build: func(m *module) {
			m.tables = []testTable{{FuncRef, testLimits{lowest: 4, highest: 10}}, {ExternRef, testLimits{lowest: 2}}}
			m.globals = []testGlobal{{FuncRef, true, "ref.func 1"}, {ExternRef, true, "ref.null externref"}}
			t := m.typ(nil, types(I32))
			m.function("", nil, types(I32), nil, "i32.const 11")
			m.function("", nil, types(I32), nil, "i32.const 22")
			m.function("", nil, types(I32), nil, "i32.const 33")
			m.elements = [][]byte{
				activeElements(0, 0),                   // 0
				append(assemble("0x01 0x00"), 2, 1, 2), // 1: passive indexes
				append(append(assemble("0x02 0x00"), assemble("i32.const 1; end")...), 0, 1, 1), // 2: active, names table
				append(assemble("0x03 0x00"), 1, 2),                                             // 3: declarative indexes
				append(append([]byte{4}, assemble("i32.const 2; end")...), append([]byte{1}, assemble("ref.func 0; end")...)...),
				append(append([]byte{5, byte(FuncRef)}, 2), assemble("ref.null funcref; end; ref.func 2; end")...),
				append(append([]byte{6, 1}, assemble("i32.const 0; end")...), append([]byte{byte(ExternRef), 1}, assemble("ref.null externref; end")...)...),
				append([]byte{7, byte(FuncRef), 1}, assemble("ref.func 1; end")...),
			}
			m.function("call", types(I32), types(I32), nil, "local.get 0; call_indirect "+itoa(t))
			m.function("init", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; table.init 1 0")
			m.function("exprs", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; table.init 5 0")
			m.function("copy", types(I32, I32, I32), nil, nil, "local.get 0; local.get 1; local.get 2; table.copy 0 0")
			m.function("fill", types(I32, I32), nil, nil, "local.get 0; ref.func 2; local.get 1; table.fill 0")
			m.function("grow", types(I32), types(I32), nil, "ref.func 0; local.get 0; table.grow 0")
			m.function("growx", types(I32), types(I32), nil, "ref.null externref; local.get 0; table.grow 1")
			m.function("size", nil, types(I32), nil, "table.size 0")
			m.function("set", types(I32), nil, nil, "local.get 0; global.get 0; table.set 0")
			m.function("null", types(I32), types(I32), nil, "local.get 0; table.get 0; ref.is_null")
			m.function("drop", nil, nil, nil, "elem.drop 1")
			m.function("select", types(I32), types(I32), nil, "ref.func 0; ref.null funcref; local.get 0; select_t funcref; ref.is_null")
		},
		calls: []programCall{
			on("call", 0), on("call", 1), on("call", 2), on("call", 3), on("call", 9), on("init", 2, 0, 2), on("call", 2), on("call", 3),
			on("exprs", 0, 0, 2), on("null", 0), on("call", 1), on("copy", 0, 1, 2), on("call", 0), on("fill", 0, 4), on("call", 3),
			on("grow", 3), on("call", 6), on("size"), on("grow", 100), on("growx", 5), on("set", 5), on("call", 5),
			on("init", 0, 0, 3), on("drop"), on("init", 0, 0, 1), on("fill", 0, 0xffffffff), on("select", 0), on("select", 1),
		},
	},
	{
		name: "multiple values", build: func(m *module) {
			pair := m.typ(types(I32, I32), types(I32, I32))
			m.function("swap", types(I32, I32), types(I32, I32), nil, "local.get 1; local.get 0")
			m.function("f", types(I32, I32), types(I32, I32), nil, `
				local.get 0; local.get 1
				block `+itoa(pair)+`
				  loop `+itoa(pair)+`
				    call 0
				    local.get 0; i32.const 1; i32.sub; local.tee 0; i32.const 0; i32.gt_s; br_if 0
				  end
				  local.get 1; if `+itoa(pair)+`; call 0; else; call 0; call 0; end
				end`)
		},
		calls: []programCall{on("swap", 1, 2), on("f", 3, 4), on("f", 4, 0)},
	},
	{
		name: "dead code", build: func(m *module) {
			m.memory = &testLimits{lowest: 1}
			m.function("f", types(I32), types(I32), nil, `
				block i32
				  i32.const 1
				  br 0
				  drop; loop; br 0; end; block; i32.const 0; br_table 0; i32.add; drop; end
				  if; i32.const 1; call 0; drop; else; br 0; memory.fill; end
				  i32.const 4; memory.grow; drop
				  select; drop; i32.const 2
				end
				local.get 0; if; i32.const 8; return; i32.const 3; call 0; drop; else; unreachable; end
				unreachable
				block; end; loop; end; i32.const 7; i32.const 9; i32.add`)
		},
		calls: []programCall{on("f", 1), on("f", 0)},
	},
	{
		name: "traps", build: func(m *module) {
			m.function("div", types(I32, I32), types(I32), nil, "local.get 0; local.get 1; i32.div_s")
			m.function("trunc", types(F64), types(I32), nil, "local.get 0; i32.trunc_f64_s")
			m.function("stop", nil, nil, nil, "unreachable")
		},
		calls: []programCall{on("div", 7, 2), on("div", 7, 0), on("div", 0x80000000, 0xffffffff), on("trunc", 0x7ff8000000000000), on("stop")},
	},
	{
		name: "vectors", build: func(m *module) {
			m.memory = &testLimits{lowest: 1}
			m.globals = []testGlobal{{V128, true, "0xfd 0x0c 1 0 0 0 2 0 0 0 3 0 0 0 4 0 0 0"}}
			m.function("f", types(I32), types(I32), types(V128), `
				local.get 0; i32x4.splat; local.tee 1; local.get 1; i32x4.mul; global.get 0; i32x4.add; local.tee 1
				i32x4.extract_lane 2
				i32.const 16; local.get 1; v128.store 4 0
				i32.const 20; i32.load 2 0; i32.add`)
			m.function("div", types(F64), types(I32), nil, "i32.const 7; i8x16.splat; i32.const 3; i8x16.splat; f64x2.div; f64x2.sqrt; v128.any_true")
		},
		calls: []programCall{on("f", 5), on("div", 0)},
	},
	{
		name: "long tails", build: func(m *module) {
			m.function("", types(I32), types(I32), nil, "local.get 0; i32.const 1; i32.add")
			long := "local.get 0; i32.const 3; i32.mul; i32.const 1; i32.add; local.set 0;"
			for range 6 {
				long += long
			}
			m.function("f", types(I32), types(I32), nil, "local.get 0; call 0; local.set 0;"+long+"local.get 0; if;"+long+"end; block; local.get 0; br_if 0;"+long+"loop;"+long+"end; end; local.get 0; call 0")
		},
		calls: []programCall{on("f", 0), on("f", 1), on("f", 12345)},
	},
}

// dispatchLoop is shaped like a function that Go compiled: it counts parameter 1 down to zero in its second place.
const dispatchLoop = `
	loop
	  block; block; block; block
	    local.get 0; br_table 0 1 2 3
	  end
	    local.get 1; i32.eqz; if; i32.const 3; local.set 0; br 4; end
	    i32.const 2; local.set 0; br 3
	  end
	    local.get 2; local.get 1; i32.add; local.set 2
	    local.get 1; i32.const 1; i32.sub; local.set 1
	  end
	    local.get 1; i32.const 0; i32.gt_s; if; i32.const 1; local.set 0; br 2; end
	  end
	    local.get 2; i32.const 1; i32.add; return
	end
	unreachable`

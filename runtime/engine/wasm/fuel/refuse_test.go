package fuel

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// refused are modules that must not pass, with the reason.
var refused = []struct {
	name   string
	code   Code
	module func() []byte
}{
	{"nothing", CodeMalformed, func() []byte { return nil }},
	{"a component", CodeMalformed, func() []byte { return []byte("\x00asm\x0d\x00\x01\x00") }},
	{"cut off", CodeMalformed, func() []byte { b := body("i32.const 1; drop"); return b[:len(b)-3] }},
	{"rubbish behind", CodeMalformed, func() []byte { return append(body(""), 1) }},
	{"section of unknown id", CodeUnknownSection, func() []byte { return append(empty(), 14, 0) }},
	{"sections out of order", CodeMalformed, func() []byte { return append(body(""), sectionType, 1, 0) }},
	{"section twice", CodeMalformed, func() []byte { return append(empty(), sectionMemory, 1, 0, sectionMemory, 1, 0) }},
	{"section with rest", CodeMalformed, func() []byte { return append(empty(), sectionType, 2, 0, 0) }},
	{"section too long", CodeMalformed, func() []byte { return append(empty(), sectionType, 0x7f, 0) }},
	{"integer of six bytes", CodeMalformed, func() []byte { return append(empty(), sectionType, 0x80, 0x80, 0x80, 0x80, 0x80, 0) }},
	{"integer with stray bits", CodeMalformed, func() []byte { return bodyOf(0x41, 0xff, 0xff, 0xff, 0xff, 0x4f, opDrop) }},
	{"bodies without functions", CodeMalformed, func() []byte { return append(empty(), sectionCode, 1, 1, 2, 0, opEnd) }},
	{"functions without bodies", CodeMalformed, func() []byte {
		return append(empty(), sectionType, 4, 1, 0x60, 0, 0, sectionFunction, 2, 1, 0)
	}},
	{"custom section whose name is not UTF-8", CodeMalformed, func() []byte { return append(empty(), 0, 2, 1, 0xff) }},
	{"two name sections", CodeMalformed, func() []byte {
		return append(empty(), 0, 5, 4, 'n', 'a', 'm', 'e', 0, 5, 4, 'n', 'a', 'm', 'e')
	}},
	{"name of no function", CodeInvalid, func() []byte {
		return append(empty(), 0, 10, 4, 'n', 'a', 'm', 'e', nameFunctions, 3, 1, 9, 0)
	}},
	{"names with rest", CodeMalformed, func() []byte {
		return append(empty(), 0, 10, 4, 'n', 'a', 'm', 'e', nameFunctions, 3, 0, 9, 0)
	}},

	{"start function", CodeStart, built(func(m *module) { m.function("", nil, nil, nil, ""); m.start = new(uint32) })},
	{"imported memory", CodeImportKind, imported(2, 0, 1)},
	{"imported table", CodeImportKind, imported(1, byte(FuncRef), 0, 1)},
	{"imported global", CodeImportKind, imported(3, byte(I32), 0)},
	{"imported tag", CodeImportKind, imported(4, 0, 0)},
	{"import of unknown kind", CodeMalformed, imported(9)},
	{"import of refuel", CodeReservedName, built(func(m *module) {
		m.imports = []testImport{{module: ImportModule, name: ImportName, typ: m.typ(types(I64), types(I64))}}
	})},
	{"import from the reserved module", CodeReservedName, built(func(m *module) {
		m.imports = []testImport{{module: ImportModule, name: "other", typ: m.typ(nil, nil)}}
	})},
	{"export of the counter's name", CodeReservedName, built(func(m *module) { m.function(CounterExport, nil, nil, nil, "") })},
	{"export of a reserved name", CodeReservedName, built(func(m *module) { m.function(ReservedPrefix+"x", nil, nil, nil, "") })},
	{"export twice", CodeInvalid, built(func(m *module) { m.function("f", nil, nil, nil, ""); m.function("f", nil, nil, nil, "") })},
	{"two memories", CodeMemories, func() []byte { return append(empty(), sectionMemory, 5, 2, 0, 1, 0, 1) }},
	{"shared memory", CodeSharedMemory, func() []byte { return append(empty(), sectionMemory, 4, 1, 3, 1, 1) }},
	{"64-bit memory", CodeMemory64, func() []byte { return append(empty(), sectionMemory, 3, 1, 4, 1) }},
	{"64-bit table", CodeMemory64, func() []byte { return append(empty(), sectionTable, 4, 1, byte(FuncRef), 4, 1) }},
	{"limits of unknown kind", CodeMalformed, func() []byte { return append(empty(), sectionMemory, 3, 1, 8, 1) }},
	{"table with initial value", CodeGC, func() []byte {
		return append(empty(), sectionTable, 9, 1, 0x40, 0, byte(FuncRef), 0, 1, opRefNull, byte(FuncRef), opEnd)
	}},
	{"tag section", CodeExceptions, func() []byte { return append(empty(), sectionTag, 3, 1, 0, 0) }},
	{"recursive types", CodeGC, func() []byte { return append(empty(), sectionType, 6, 1, 0x4e, 1, 0x60, 0, 0) }},
	{"struct type", CodeGC, func() []byte { return append(empty(), sectionType, 3, 1, 0x5f, 0) }},
	{"typed reference", CodeGC, func() []byte { return append(empty(), sectionType, 6, 1, 0x60, 1, 0x63, 0, 0) }},
	{"exception reference", CodeExceptions, func() []byte { return append(empty(), sectionType, 5, 1, 0x60, 1, 0x69, 0) }},

	{"atomics", CodeSharedMemory, func() []byte { return bodyOf(opAtomic, 0x03, 0x00) }},
	{"try_table", CodeExceptions, func() []byte { return bodyOf(0x1f, blockEmpty, 0, opEnd) }},
	{"old try", CodeExceptions, func() []byte { return bodyOf(0x06, blockEmpty, opEnd) }},
	{"throw", CodeExceptions, func() []byte { return bodyOf(0x08, 0) }},
	{"call_ref", CodeGC, func() []byte { return bodyOf(0x14, 0) }},
	{"struct.new", CodeGC, func() []byte { return bodyOf(0xfb, 0, 0) }},
	{"unknown opcode", CodeUnknownOpcode, func() []byte { return bodyOf(0xff) }},
	{"unknown bulk opcode", CodeUnknownOpcode, func() []byte { return bodyOf(opMisc, 0x12) }},
	{"relaxed vectors", CodeUnknownOpcode, func() []byte { return bodyOf(opVector, 0x80, 0x02) }},
	{"hole in the vector opcodes", CodeUnknownOpcode, func() []byte { return bodyOf(opVector, 0x9a, 0x01) }},
	{"vector opcode in a longer form", CodeMalformed, func() []byte { return bodyOf(opVector, 0x8b, 0x00) }},
	{"block type in a longer form", CodeMalformed, func() []byte { return bodyOf(opBlock, 0xc0, 0x7f, opEnd) }},
	{"block of unknown type", CodeInvalid, func() []byte { return bodyOf(opBlock, 9, opEnd) }},
	{"memory index in two bytes", CodeMalformed, built(func(m *module) {
		m.memory = &testLimits{lowest: 1}
		m.function("", nil, nil, nil, "0x3f 0x80 0x00; drop")
	})},

	{"the counter", CodeInvalid, func() []byte { return body("i64.const 1; global.set 0") }},
	{"the counter, behind others", CodeInvalid, built(func(m *module) {
		m.globals = []testGlobal{{I64, true, "i64.const 0"}}
		m.function("", nil, nil, nil, "i64.const 1; global.set 1")
	})},
	{"reading the counter", CodeInvalid, func() []byte { return body("global.get 0; drop") }},
	{"the function behind the last", CodeInvalid, func() []byte { return body("call 1") }},
	{"refuel's new place", CodeInvalid, func() []byte { return body("i64.const 1; call 1; drop") }},
	{"ref.func of an added function", CodeInvalid, func() []byte { return body("ref.func 1; drop") }},
	{"an added type", CodeInvalid, func() []byte { return body("block 1; end") }},
	{"a function of an added type", CodeInvalid, func() []byte {
		return append(empty(), sectionType, 4, 1, 0x60, 0, 0, sectionFunction, 2, 1, 1, sectionCode, 4, 1, 2, 0, opEnd)
	}},
	{"export of an added function", CodeInvalid, built(func(m *module) {
		m.function("", nil, nil, nil, "")
		m.exports = []testExport{{"x", ExportFunction, 1}}
	})},
	{"export of the counter", CodeInvalid, built(func(m *module) { m.exports = []testExport{{"x", ExportGlobal, 0}} })},
	{"element of an added function", CodeInvalid, built(func(m *module) {
		m.tables = []testTable{{FuncRef, testLimits{lowest: 1}}}
		m.elements = [][]byte{activeElements(0, 0)}
	})},
	{"global with the value of another", CodeInvalid, built(func(m *module) {
		m.globals = []testGlobal{{I32, false, "i32.const 1"}, {I32, false, "global.get 0"}}
	})},
	{"ref.func not declared", CodeInvalid, built(func(m *module) {
		m.function("f", nil, nil, nil, "ref.func 1; drop")
		m.function("", nil, nil, nil, "")
	})},
	{"operand missing", CodeInvalid, func() []byte { return body("i32.add; drop") }},
	{"operand of another type", CodeInvalid, func() []byte { return body("i64.const 1; i32.eqz; drop") }},
	{"operands left over", CodeInvalid, func() []byte { return body("i32.const 1") }},
	{"operand of an outer block", CodeInvalid, func() []byte { return body("i32.const 1; block; drop; end") }},
	{"else without if", CodeInvalid, func() []byte { return body("block; else; end") }},
	{"branch too far", CodeInvalid, func() []byte { return body("br 1") }},
	{"code behind the end", CodeMalformed, func() []byte { return bodyOf(opEnd, opNop) }},
	{"set of a constant global", CodeInvalid, built(func(m *module) {
		m.globals = []testGlobal{{I32, false, "i32.const 0"}}
		m.function("", nil, nil, nil, "i32.const 1; global.set 0")
	})},
	{"access without memory", CodeInvalid, func() []byte { return body("i32.const 0; i32.load 2 0; drop") }},
	{"fill without memory", CodeInvalid, func() []byte { return body("i32.const 0; i32.const 0; i32.const 0; memory.fill") }},
	{"data without memory", CodeInvalid, built(func(m *module) { m.data = [][]byte{activeData(0, "x")} })},
	{"alignment too large", CodeInvalid, built(func(m *module) {
		m.memory = &testLimits{lowest: 1}
		m.function("", nil, nil, nil, "i32.const 0; i32.load 3 0; drop")
	})},
	{"data.drop without count", CodeInvalid, built(func(m *module) {
		m.data = [][]byte{passiveData("x")}
		m.function("", nil, nil, nil, "data.drop 0")
	})},
	{"select between types", CodeInvalid, func() []byte { return body("i32.const 0; i64.const 0; i32.const 0; select; drop") }},
	{"select of references", CodeInvalid, func() []byte {
		return body("ref.null funcref; ref.null funcref; i32.const 0; select; drop")
	}},
	{"wrongly typed select", CodeInvalid, func() []byte { return body("i32.const 0; i32.const 0; i32.const 0; select_t i64; drop") }},
}

func empty() []byte { return append([]byte(nil), header...) }

// body is a module with one function of that code.
func body(code string) []byte {
	return built(func(m *module) { m.function("", nil, nil, nil, code) })()
}

// bodyOf is body with bytes.
func bodyOf(code ...byte) []byte {
	m := append(empty(), sectionType, 4, 1, 0x60, 0, 0, sectionFunction, 2, 1, 0)
	b := append(append([]byte{0}, code...), opEnd)
	return append(append(m, sectionCode, byte(len(b)+2), 1, byte(len(b))), b...)
}

func built(build func(*module)) func() []byte {
	return func() []byte {
		m := &module{}
		build(m)
		return m.encode()
	}
}

func imported(kind byte, desc ...byte) func() []byte {
	return built(func(m *module) {
		m.typ(nil, nil)
		m.imports = []testImport{{module: "env", name: "x", kind: kind, desc: append(desc, []byte{}...)}}
	})
}

// TestRefused: each of these is refused with its code, and an error says where and what.
func TestRefused(t *testing.T) {
	for _, c := range refused {
		_, err := Rewrite(c.module(), Config{})
		if got := codeOf(err); got != c.code {
			t.Errorf("%s: %v, want code %q", c.name, err, c.code)
			continue
		}
		if !strings.HasPrefix(err.Error(), "metering module: ") || !strings.Contains(err.Error(), string(c.code)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestInvalidStaysRefused: what wazero refuses of these does not pass by being rewritten.
func TestInvalidStaysRefused(t *testing.T) {
	mach := newMachine(t, engines()["interpreter"])
	for _, c := range refused {
		if c.code == CodeInvalid || c.code == CodeMalformed {
			if _, err := mach.CompileModule(t.Context(), c.module()); err == nil {
				t.Logf("%s: wazero is less strict", c.name)
			}
		}
	}
}

// TestLimits: each limit lets its value pass and refuses one more.
func TestLimits(t *testing.T) {
	many := func(n int, each func(m *module, i int)) []byte {
		m := &module{memory: &testLimits{lowest: 1}}
		m.typ(nil, nil)
		for i := range n {
			each(m, i)
		}
		return m.encode()
	}
	code := func(s string) []byte { return many(1, func(m *module, _ int) { m.function("", nil, nil, nil, s) }) }
	global := func(m *module, _ int) { m.globals = append(m.globals, testGlobal{I32, false, "i32.const 0"}) }
	for name, c := range map[string]struct {
		code  Code
		limit func(cfg *Config, n int)
		make  func(n int) []byte
		n     int
	}{
		"module size": {CodeModuleSize, func(c *Config, n int) { c.MaxModuleBytes = n }, func(n int) []byte {
			return append(append(empty(), sectionCustom, byte(n-10), 1, 'x'), make([]byte, n-12)...)
		}, 100},
		"types": {CodeTypes, func(c *Config, n int) { c.MaxTypes = n }, func(n int) []byte {
			return many(n-1, func(m *module, i int) { m.types = append(m.types, FuncType{Params: make32(i % 5)}) })
		}, 50},
		"imports": {CodeImports, func(c *Config, n int) { c.MaxImports = n }, func(n int) []byte {
			return many(n, func(m *module, i int) { m.imports = append(m.imports, testImport{module: "env", name: itoa(i)}) })
		}, 20},
		"exports": {CodeExports, func(c *Config, n int) { c.MaxExports = n }, func(n int) []byte {
			return many(n, func(m *module, i int) { m.exports = append(m.exports, testExport{itoa(i), ExportMemory, 0}) })
		}, 20},
		"functions": {CodeFunctions, func(c *Config, n int) { c.MaxFunctions = n }, func(n int) []byte {
			return many(n, func(m *module, _ int) { m.function("", nil, nil, nil, "") })
		}, 30},
		"function size": {CodeFunctionSize, func(c *Config, n int) { c.MaxFunctionBytes = n }, func(n int) []byte {
			return code(strings.Repeat("nop;", n-2))
		}, 500},
		"locals": {CodeLocals, func(c *Config, n int) { c.MaxLocals = n }, func(n int) []byte {
			return many(1, func(m *module, _ int) { m.function("", types(I32, I32), nil, make32(n-2), "") })
		}, 40},
		"function complexity": {CodeComplexity, func(c *Config, n int) { c.MaxFunctionComplexity = n }, func(n int) []byte {
			return many(1, func(m *module, _ int) { m.function("", nil, nil, make32(10), strings.Repeat("block; end;", n/10)) })
		}, 200},
		"complexity of loops": {CodeComplexity, func(c *Config, n int) { c.MaxFunctionComplexity = n }, func(n int) []byte {
			return many(1, func(m *module, _ int) { m.function("", nil, nil, make32(1), strings.Repeat("loop; end;", n/10)) })
		}, 60},
		"complexity without locals": {CodeComplexity, func(c *Config, n int) { c.MaxFunctionComplexity = n * n / 64 }, func(n int) []byte {
			return many(1, func(m *module, _ int) { m.function("", nil, nil, nil, strings.Repeat("block; end;", n)) })
		}, 640},
		"complexity": {CodeComplexity, func(c *Config, n int) { c.MaxComplexity = n }, func(n int) []byte {
			return many(n/10, func(m *module, _ int) { m.function("", nil, nil, make32(10), "block; end") })
		}, 200},
		"nesting": {CodeNesting, func(c *Config, n int) { c.MaxNesting = n }, func(n int) []byte {
			return code(strings.Repeat("block;", n) + strings.Repeat("end;", n))
		}, 60},
		"branch tables": {CodeBrTable, func(c *Config, n int) { c.MaxBrTable = n }, func(n int) []byte {
			return code("i32.const 0; br_table 0 0; i32.const 0; br_table " + strings.Repeat("0 ", n-2))
		}, 70},
		"globals": {CodeGlobals, func(c *Config, n int) { c.MaxGlobals = n }, func(n int) []byte { return many(n, global) }, 20},
		"tables": {CodeTables, func(c *Config, n int) { c.MaxTables = n }, func(n int) []byte {
			return many(n, func(m *module, _ int) { m.tables = append(m.tables, testTable{FuncRef, testLimits{lowest: 1}}) })
		}, 8},
		"table entries": {CodeTableSize, func(c *Config, n int) { c.MaxTableEntries = n }, func(n int) []byte {
			return many(2, func(m *module, i int) {
				m.tables = append(m.tables, testTable{FuncRef, testLimits{lowest: uint32(n+i) / 2}})
			})
		}, 1000},
		"data segments": {CodeSegments, func(c *Config, n int) { c.MaxSegments = n }, func(n int) []byte {
			return many(n, func(m *module, _ int) { m.data = append(m.data, passiveData("x")) })
		}, 10},
		"announced data segments": {CodeSegments, func(c *Config, n int) { c.MaxSegments = n }, func(n int) []byte {
			return many(n, func(m *module, _ int) { m.data, m.count = append(m.data, passiveData("x")), true })
		}, 10},
		"element segments": {CodeSegments, func(c *Config, n int) { c.MaxSegments = n }, func(n int) []byte {
			return many(n, func(m *module, _ int) { m.elements = append(m.elements, []byte{1, 0, 0}) })
		}, 10},
		"names": {CodeNames, func(c *Config, n int) { c.MaxNameBytes = n }, func(n int) []byte {
			return append(empty(), append([]byte{sectionCustom, byte(n + 5), 4, 'n', 'a', 'm', 'e', 0, byte(n - 2), byte(n - 3)}, bytes.Repeat([]byte("x"), n-3)...)...)
		}, 60},
	} {
		var cfg Config
		c.limit(&cfg, c.n)
		if _, err := Rewrite(c.make(c.n), cfg); err != nil {
			t.Errorf("%s: %d is the limit: %v", name, c.n, err)
		}
		step := 1
		if c.code == CodeComplexity {
			step = 10
		}
		if _, err := Rewrite(c.make(c.n+step), cfg); codeOf(err) != c.code {
			t.Errorf("%s: one over the limit: %v, want code %q", name, err, c.code)
		}
	}
}

// make32 is a list of n times i32.
func make32(n int) []ValueType {
	return bytesToTypes(bytes.Repeat([]byte{byte(I32)}, n))
}

func bytesToTypes(b []byte) []ValueType {
	list := make([]ValueType, len(b))
	for i := range b {
		list[i] = ValueType(b[i])
	}
	return list
}

// TestErrorsSayWhere: section, function and offset point at the offending bytes of the original.
func TestErrorsSayWhere(t *testing.T) {
	m := &module{}
	m.imports = []testImport{{module: "env", name: "f", typ: m.typ(nil, nil)}}
	m.function("", nil, nil, nil, "nop")
	m.function("", nil, nil, nil, "nop; i64.const 7; global.set 0")
	binary := m.encode()
	_, err := Rewrite(binary, Config{})
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	if e.Section != "code" || e.Function != 2 || binary[e.Offset-1] != opGlobalSet {
		t.Errorf("%+v: at that offset stands %#x", *e, binary[e.Offset-1])
	}
}

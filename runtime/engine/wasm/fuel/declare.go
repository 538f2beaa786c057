package fuel

import "strings"

// Types that metering adds, in this order, after the guest's own.
const (
	typeNothing = iota // () -> (): exhausted
	typeCounter        // (i64) -> i64: refuel
	typeLength         // (i32) -> i32: the charges by length
	addedTypes
)

func (r *rewriter) typeSection(c *cursor) {
	n := c.count(CodeTypes, r.cfg.MaxTypes, "types")
	start := c.pos
	r.types = make([]FuncType, 0, n)
	for range n {
		at := c.pos
		switch form := c.byte(); form {
		case 0x60:
		case 0x4e, 0x4f, 0x50, 0x5e, 0x5f:
			c.fail(CodeGC, at, "type form %#x", form)
		default:
			c.fail(CodeMalformed, at, "type form %#x", form)
		}
		t := FuncType{Params: c.valueTypes(), Results: c.valueTypes()}
		if c.err != nil {
			return
		}
		r.types = append(r.types, t)
	}
	out, section := begin(r.out, sectionType)
	out = appendU32(out, uint32(n+addedTypes))
	out = append(out, c.data[start:c.pos]...)
	out = append(out,
		0x60, 0, 0,
		0x60, 1, byte(I64), 1, byte(I64),
		0x60, 1, byte(I32), 1, byte(I32))
	finish(out, section)
	r.out = out
}

func (c *cursor) valueTypes() []ValueType {
	n := c.count(CodeTypes, maxParamsResults, "values in a function type")
	if n == 0 {
		return nil
	}
	types := make([]ValueType, n)
	for i := range types {
		types[i] = c.valueType()
	}
	return types
}

// addedType is the index of a type that metering adds.
func (r *rewriter) addedType(which int) uint32 {
	return uint32(len(r.types) + which)
}

func (r *rewriter) importSection(c *cursor) {
	n := c.count(CodeImports, r.cfg.MaxImports, "imports")
	start := c.pos
	for range n {
		r.importOne(c)
		if c.err != nil {
			return
		}
	}
	r.imported = n
	out, section := begin(r.out, sectionImport)
	out = appendU32(out, uint32(n+1))
	out = append(out, c.data[start:c.pos]...)
	out = appendName(out, ImportModule)
	out = appendName(out, ImportName)
	out = append(out, byte(ExportFunction))
	out = appendU32(out, r.addedType(typeCounter))
	finish(out, section)
	r.out = out
}

func (r *rewriter) importOne(c *cursor) {
	at := c.pos
	module, name := c.name(), c.name()
	if c.err == nil && module == ImportModule {
		c.fail(CodeReservedName, at, "import from module %q", ImportModule)
	}
	if c.err == nil && module == "" {
		c.fail(CodeMalformed, at, "import from a module without name")
	}
	at = c.pos
	switch kind := c.byte(); kind {
	case byte(ExportFunction):
		r.funcs = append(r.funcs, r.typeIndex(c))
		if c.err == nil {
			r.res.Imports = append(r.res.Imports, Import{Module: module, Name: name, Type: r.types[r.funcs[len(r.funcs)-1]]})
		}
	case 1, 2, 3, 4:
		c.fail(CodeImportKind, at, "%s.%s is a %s; only functions may be imported", module, name,
			[]string{"table", "memory", "global", "tag"}[kind-1])
	default:
		c.fail(CodeMalformed, at, "import kind %#x", kind)
	}
}

// typeIndex reads an index into the guest's own types.
func (r *rewriter) typeIndex(c *cursor) uint32 {
	at := c.pos
	i := c.u32()
	if c.err == nil && int(i) >= len(r.types) {
		c.fail(CodeInvalid, at, "type %d of %d", i, len(r.types))
	}
	return i
}

// funcIndex reads an index into the guest's own functions.
func (r *rewriter) funcIndex(c *cursor) uint32 {
	at := c.pos
	i := c.u32()
	if c.err == nil && int(i) >= len(r.funcs) {
		c.fail(CodeInvalid, at, "function %d of %d", i, len(r.funcs))
	}
	return i
}

// shift gives a function's index in the rewritten module: refuel is the last import, so it stands before the defined
// functions.
func (r *rewriter) shift(function uint32) uint32 {
	if int(function) >= r.imported {
		function++
	}
	return function
}

func (r *rewriter) functionSection(c *cursor) {
	n := c.count(CodeFunctions, r.cfg.MaxFunctions, "functions")
	start := c.pos
	for range n {
		r.funcs = append(r.funcs, r.typeIndex(c))
		if c.err != nil {
			return
		}
	}
	r.res.Functions = n
	r.declared = make([]bool, len(r.funcs))
	out, section := begin(r.out, sectionFunction)
	out = appendU32(out, uint32(n+addedFunctions))
	out = append(out, c.data[start:c.pos]...)
	out = appendU32(out, r.addedType(typeNothing))
	for range addedFunctions - 1 {
		out = appendU32(out, r.addedType(typeLength))
	}
	finish(out, section)
	r.out = out
}

func (r *rewriter) globalSection(c *cursor) {
	n := c.count(CodeGlobals, r.cfg.MaxGlobals, "globals")
	out, section := begin(r.out, sectionGlobal)
	out = appendU32(out, uint32(n+1))
	for range n {
		start := c.pos
		g := globalType{value: c.valueType()}
		at := c.pos
		mutable := c.byte()
		if c.err == nil && mutable > 1 {
			c.fail(CodeMalformed, at, "mutability %#x", mutable)
		}
		g.mutable = mutable == 1
		out = append(out, c.data[start:c.pos]...)
		out = r.constant(c, out, g.value)
		if c.err != nil {
			return
		}
		r.globals = append(r.globals, g)
	}
	out = append(out, byte(I64), 1, opI64Const, 0, opEnd)
	finish(out, section)
	r.out = out
}

// counter is the index of the counter global.
func (r *rewriter) counter() uint32 {
	return uint32(len(r.globals))
}

func (r *rewriter) startSection(c *cursor) {
	c.fail(CodeStart, c.pos, "start function %d; export an initialisation function instead", c.u32())
}

// reserved reports whether an export's name belongs to metering.
func reserved(name string) bool {
	return strings.HasPrefix(name, ReservedPrefix)
}

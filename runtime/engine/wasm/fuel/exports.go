package fuel

import "strconv"

func (r *rewriter) exportSection(c *cursor) {
	n := c.count(CodeExports, r.cfg.MaxExports, "exports")
	mutable := r.mutableGlobals()
	out, section := begin(r.out, sectionExport)
	out = appendU32(out, uint32(n+1+len(mutable)))
	seen := make(map[string]bool, n)
	for range n {
		at := c.pos
		e := Export{Name: c.name()}
		switch {
		case c.err != nil:
			return
		case seen[e.Name]:
			c.fail(CodeInvalid, at, "two exports are named %q", e.Name)
			return
		case reserved(e.Name):
			c.fail(CodeReservedName, at, "export %q; names that begin with %q belong to metering", e.Name, ReservedPrefix)
			return
		}
		seen[e.Name] = true
		at = c.pos
		e.Kind = ExportKind(c.byte())
		index := r.exportIndex(c, at, &e)
		if c.err != nil {
			return
		}
		r.res.Exports = append(r.res.Exports, e)
		out = append(appendName(out, e.Name), byte(e.Kind))
		out = appendU32(out, index)
	}
	for _, i := range mutable {
		name := ReservedPrefix + "global/" + strconv.Itoa(i)
		r.res.Globals = append(r.res.Globals, Global{Export: name, Type: r.globals[i].value})
		if r.globals[i].value == V128 {
			r.res.VectorGlobals = true
		}
		out = append(appendName(out, name), byte(ExportGlobal))
		out = appendU32(out, uint32(i))
	}
	out = append(appendName(out, CounterExport), byte(ExportGlobal))
	out = appendU32(out, r.counter())
	finish(out, section)
	r.out = out
}

func (r *rewriter) mutableGlobals() []int {
	var indexes []int
	for i, g := range r.globals {
		if g.mutable {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// exportIndex reads what an export points at, describes it in e and gives its index in the rewritten module.
func (r *rewriter) exportIndex(c *cursor, at int, e *Export) uint32 {
	switch e.Kind {
	case ExportFunction:
		i := r.funcIndex(c)
		if c.err != nil {
			return 0
		}
		r.declared[i] = true
		e.Type = r.types[r.funcs[i]]
		return r.shift(i)
	case ExportTable:
		return c.index(len(r.tables), "table")
	case ExportMemory:
		memories := 0
		if r.memory {
			memories = 1
		}
		return c.index(memories, "memory")
	case ExportGlobal:
		i := c.index(len(r.globals), "global")
		if c.err != nil {
			return 0
		}
		e.GlobalType, e.Mutable = r.globals[i].value, r.globals[i].mutable
		return i
	case 4:
		c.fail(CodeExceptions, at, "export %q is a tag", e.Name)
	default:
		c.fail(CodeMalformed, at, "export kind %#x", byte(e.Kind))
	}
	return 0
}

// index reads an index below n.
func (c *cursor) index(n int, what string) uint32 {
	at := c.pos
	i := c.u32()
	if c.err == nil && int64(i) >= int64(n) {
		c.fail(CodeInvalid, at, "%s %d of %d", what, i, n)
	}
	return i
}

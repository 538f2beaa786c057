package fuel

// Subsections of the name section.
const (
	nameModule    = 0
	nameFunctions = 1
	nameLocals    = 2
)

// customSection keeps the name section for later, when all functions are known, and drops the others: their offsets
// into the code (DWARF) would be wrong, and nothing at run time reads them.
func (r *rewriter) customSection(c *cursor) {
	c.section = "custom"
	at := c.pos
	if name := c.name(); c.err != nil || name != "name" {
		return
	}
	switch {
	case r.names[1] != 0:
		c.fail(CodeMalformed, at, "two name sections")
	case c.end-c.pos > r.cfg.MaxNameBytes:
		c.fail(CodeNames, at, "%d bytes of names, at most %d are allowed", c.end-c.pos, r.cfg.MaxNameBytes)
	}
	r.names = [2]int{c.pos, c.end}
}

// nameSection writes the module's and functions' names, which stack traces show. Names of locals and of everything else
// are dropped.
func (r *rewriter) nameSection() {
	if r.in.err != nil || r.names[1] == 0 {
		return
	}
	c := r.in
	c.pos, c.end, c.section = r.names[0], r.names[1], "name"
	out, section := begin(r.out, sectionCustom)
	out = appendName(out, "name")
	for last := -1; c.pos < c.end && c.err == nil; {
		at := c.pos
		id := int(c.byte())
		size := int(c.u32())
		if c.err == nil && id <= last {
			c.fail(CodeMalformed, at, "name subsection %d repeated or out of order", id)
		}
		last = id
		sub := c
		c.bytes(size)
		if c.err != nil {
			break
		}
		sub.end = c.pos
		out = r.nameSubsection(&sub, id, out)
		if sub.err == nil && sub.pos != sub.end {
			sub.fail(CodeMalformed, sub.pos, "%d bytes left over", sub.end-sub.pos)
		}
		c.err = sub.err
	}
	finish(out, section)
	r.out, r.in.err = out, c.err
}

func (r *rewriter) nameSubsection(c *cursor, id int, out []byte) []byte {
	switch id {
	case nameModule:
		out, start := begin(out, nameModule)
		out = appendName(out, c.name())
		finish(out, start)
		return out
	case nameFunctions:
		return r.functionNames(c, out)
	case nameLocals:
		r.skipLocalNames(c)
	default:
		c.bytes(c.end - c.pos)
	}
	return out
}

func (r *rewriter) functionNames(c *cursor, out []byte) []byte {
	n := c.count(CodeNames, r.cfg.MaxNameBytes, "function names")
	out, start := begin(out, nameFunctions)
	out = appendU32(out, uint32(n))
	for range n {
		i, name := r.funcIndex(c), c.name()
		if c.err != nil {
			return out
		}
		out = appendName(appendU32(out, r.shift(i)), name)
	}
	finish(out, start)
	return out
}

func (r *rewriter) skipLocalNames(c *cursor) {
	for range c.count(CodeNames, r.cfg.MaxNameBytes, "functions with local names") {
		r.funcIndex(c)
		for range c.count(CodeNames, r.cfg.MaxNameBytes, "local names") {
			c.u32()
			c.name()
			if c.err != nil {
				return
			}
		}
	}
}

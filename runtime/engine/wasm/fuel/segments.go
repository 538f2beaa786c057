package fuel

// Bits of an element segment's flags.
const (
	elementNotActive   = 0x01 // passive, or declarative with the next bit
	elementExplicit    = 0x02 // active: names its table; else: declarative
	elementExpressions = 0x04
	elementFlags       = 0x07

	elementKindFunction = 0x00
)

func (r *rewriter) elementSection(c *cursor) {
	n := c.count(CodeSegments, r.cfg.MaxSegments, "element segments")
	out, section := begin(r.out, sectionElement)
	out = appendU32(out, uint32(n))
	for range n {
		out = r.elementSegment(c, out)
		if c.err != nil {
			return
		}
	}
	finish(out, section)
	r.out = out
}

func (r *rewriter) elementSegment(c *cursor, out []byte) []byte {
	at := c.pos
	flags := c.u32()
	if c.err == nil && flags > elementFlags {
		c.fail(CodeMalformed, at, "element segment flags %#x", flags)
	}
	if c.err != nil {
		return out
	}
	out = appendU32(out, flags)
	active := flags&elementNotActive == 0
	table := uint32(0)
	if active {
		table, out = r.elementTarget(c, out, flags)
	}
	segment := FuncRef
	if flags&(elementNotActive|elementExplicit) != 0 {
		at := c.pos
		if flags&elementExpressions != 0 {
			segment = c.refType()
		} else if kind := c.byte(); c.err == nil && kind != elementKindFunction {
			c.fail(CodeMalformed, at, "element kind %#x", kind)
		}
		if c.err != nil {
			return out
		}
		out = append(out, c.data[at:c.pos]...)
	}
	if active && c.err == nil && r.tables[table] != segment {
		c.fail(CodeInvalid, at, "segment of %s for a table of %s", segment, r.tables[table])
	}
	r.elements = append(r.elements, segment)

	n := c.count(CodeTableSize, r.cfg.MaxTableEntries, "elements")
	out = appendU32(out, uint32(n))
	for range n {
		if flags&elementExpressions != 0 {
			out = r.constant(c, out, segment)
		} else if i := r.funcIndex(c); c.err == nil {
			r.declared[i] = true
			out = appendU32(out, r.shift(i))
		}
		if c.err != nil {
			return out
		}
	}
	return out
}

// elementTarget reads the table and offset of an active segment.
func (r *rewriter) elementTarget(c *cursor, out []byte, flags uint32) (table uint32, _ []byte) {
	at := c.pos
	if flags&elementExplicit != 0 {
		table = c.u32()
		out = appendU32(out, table)
	}
	if c.err == nil && int64(table) >= int64(len(r.tables)) {
		c.fail(CodeInvalid, at, "table %d of %d", table, len(r.tables))
	}
	return table, r.constant(c, out, I32)
}

func (r *rewriter) dataCountSection(c *cursor) {
	at := c.pos
	n := c.u32()
	if c.err == nil && int64(n) > int64(r.cfg.MaxSegments) {
		c.fail(CodeSegments, at, "%d data segments, at most %d are allowed", n, r.cfg.MaxSegments)
	}
	r.data = int(n)
	out, section := begin(r.out, sectionDataCount)
	out = appendU32(out, n)
	finish(out, section)
	r.out = out
}

// dataSection copies the data segments, which name no function.
func (r *rewriter) dataSection(c *cursor) {
	start := c.pos
	n := c.count(CodeSegments, r.cfg.MaxSegments, "data segments")
	r.datas = n
	for range n {
		at := c.pos
		switch flags := c.u32(); flags {
		case 2:
			c.index(1, "memory")
			fallthrough
		case 0:
			if c.err == nil && !r.memory {
				c.fail(CodeInvalid, at, "data segment for a memory that is not there")
			}
			r.constant(c, nil, I32)
		case 1:
		default:
			c.fail(CodeMalformed, at, "data segment flags %#x", flags)
		}
		c.bytes(int(c.u32()))
		if c.err != nil {
			return
		}
	}
	out, section := begin(r.out, sectionData)
	out = append(out, c.data[start:c.pos]...)
	finish(out, section)
	r.out = out
}

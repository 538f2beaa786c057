package fuel

// Flags of limits.
const (
	limitMax    = 0x01
	limitShared = 0x02
	limit64     = 0x04
)

// limits reads the limits of a memory or table. Without a maximum it gives unlimited.
func (c *cursor) limits(unlimited uint32) (lowest, highest uint32) {
	at := c.pos
	flags := c.byte()
	switch {
	case flags > limitMax|limitShared|limit64:
		c.fail(CodeMalformed, at, "limits flag %#x", flags)
	case flags&limit64 != 0:
		c.fail(CodeMemory64, at, "64-bit limits")
	case flags&limitShared != 0:
		c.fail(CodeSharedMemory, at, "shared memory or table")
	}
	lowest, highest = c.u32(), unlimited
	if flags&limitMax != 0 {
		highest = c.u32()
	}
	if c.err == nil && lowest > highest {
		c.fail(CodeInvalid, at, "limits from %d to %d", lowest, highest)
	}
	return lowest, highest
}

func appendLimits(out []byte, lowest, highest uint32) []byte {
	out = append(out, limitMax)
	out = appendU32(out, lowest)
	return appendU32(out, highest)
}

func (r *rewriter) tableSection(c *cursor) {
	n := c.count(CodeTables, r.cfg.MaxTables, "tables")
	out, section := begin(r.out, sectionTable)
	out = appendU32(out, uint32(n))
	for range n {
		at := c.pos
		if at < c.end && c.data[at] == 0x40 {
			c.fail(CodeGC, at, "table with an initial value")
		}
		t := c.refType()
		lowest, highest := c.limits(^uint32(0))
		r.res.TableEntries += int(lowest)
		if c.err == nil && r.res.TableEntries > r.cfg.MaxTableEntries {
			c.fail(CodeTableSize, at, "%d table entries, at most %d are allowed", r.res.TableEntries, r.cfg.MaxTableEntries)
		}
		if c.err != nil {
			return
		}
		r.tables = append(r.tables, t)
		out = append(out, byte(t))
		out = appendLimits(out, lowest, min(highest, uint32(r.cfg.MaxTableEntries)))
	}
	finish(out, section)
	r.out = out
}

func (r *rewriter) memorySection(c *cursor) {
	at := c.pos
	n := c.u32()
	if c.err == nil && n > 1 {
		c.fail(CodeMemories, at, "%d memories", n)
	}
	if c.err != nil || n == 0 {
		return
	}
	at = c.pos
	lowest, highest := c.limits(pageLimit)
	switch {
	case c.err != nil:
		return
	case highest > pageLimit:
		c.fail(CodeInvalid, at, "memory of up to %d pages", highest)
		return
	case lowest > r.cfg.MaxMemoryPages:
		c.fail(CodeMemorySize, at, "memory starts with %d pages, at most %d are allowed", lowest, r.cfg.MaxMemoryPages)
		return
	}
	r.memory = true
	highest = min(highest, r.cfg.MaxMemoryPages)
	m := Memory{Present: true, GuestMinPages: lowest, MaxPages: highest}
	m.MinPages = max(lowest, min(r.cfg.MinMemoryPages, highest))
	r.res.Memory = m

	out, section := begin(r.out, sectionMemory)
	out = append(out, 1)
	out = appendLimits(out, m.MinPages, m.MaxPages)
	finish(out, section)
	r.out = out
}

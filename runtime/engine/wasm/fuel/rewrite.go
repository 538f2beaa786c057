package fuel

import "bytes"

// rewriter holds one module on its way through. Input is read once, front to back; output is appended as it goes.
type rewriter struct {
	cfg Config
	in  cursor
	out []byte
	res Result

	types    []FuncType
	funcs    []uint32 // each function's type, imports first
	imported int
	tables   []ValueType
	globals  []globalType
	memory   bool
	elements []ValueType // each element segment's type
	declared []bool      // functions that ref.func may name inside bodies
	data     int         // data segments announced by the data count section, or -1
	datas    int         // data segments found
	bodies   int
	names    [2]int // where the name section's content begins and ends; zero when there is none
}

type globalType struct {
	value   ValueType
	mutable bool
}

var header = []byte{0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}

// Section ids.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
	sectionTag       = 13
)

// sections lists the sections in the order in which a module holds them. An added section is written even when the
// original has none.
var sections = []struct {
	id      byte
	name    string
	added   bool
	rewrite func(*rewriter, *cursor)
}{
	{sectionType, "type", true, (*rewriter).typeSection},
	{sectionImport, "import", true, (*rewriter).importSection},
	{sectionFunction, "function", true, (*rewriter).functionSection},
	{sectionTable, "table", false, (*rewriter).tableSection},
	{sectionMemory, "memory", false, (*rewriter).memorySection},
	{sectionGlobal, "global", true, (*rewriter).globalSection},
	{sectionExport, "export", true, (*rewriter).exportSection},
	{sectionStart, "start", false, (*rewriter).startSection},
	{sectionElement, "element", false, (*rewriter).elementSection},
	{sectionDataCount, "data count", false, (*rewriter).dataCountSection},
	{sectionCode, "code", true, (*rewriter).codeSection},
	{sectionData, "data", false, (*rewriter).dataSection},
}

// Rewrite validates a module and returns it with metering built in. It does not keep or change module. Every error is an
// *Error. It is safe for concurrent use.
func Rewrite(module []byte, cfg Config) (Result, error) {
	r := &rewriter{cfg: cfg.withDefaults(), data: -1}
	r.in = cursor{data: module, end: len(module), function: NoFunction}
	r.run()
	if r.in.err != nil {
		return Result{}, r.in.err
	}
	r.res.Module = r.out
	r.res.CostVersion = CostVersion
	return r.res, nil
}

func (r *rewriter) run() {
	c := &r.in
	if why := r.cfg.contradiction(); why != "" {
		c.fail(CodeConfig, 0, "%s", why)
		return
	}
	if len(c.data) > r.cfg.MaxModuleBytes {
		c.fail(CodeModuleSize, 0, "%d bytes, at most %d are allowed", len(c.data), r.cfg.MaxModuleBytes)
		return
	}
	if !bytes.HasPrefix(c.data, header) {
		c.fail(CodeMalformed, 0, "not a core WebAssembly module of version 1")
		return
	}
	c.pos = len(header)
	r.out = append(make([]byte, 0, len(c.data)+len(c.data)/3+4096), header...)

	next := 0 // the first of sections that may still come
	for c.pos < c.end && c.err == nil {
		at := c.pos
		id := c.byte()
		size := int(c.u32())
		if c.err == nil && size > c.end-c.pos {
			c.fail(CodeMalformed, at, "section %d has %d bytes, %d are left", id, size, c.end-c.pos)
		}
		if c.err != nil {
			return
		}
		content := *c
		content.end = c.pos + size
		c.pos += size
		if id == sectionCustom {
			r.customSection(&content)
		} else {
			next = r.section(id, at, next, &content)
		}
		if c.err == nil {
			c.err = content.err
		}
	}
	if c.err == nil {
		r.absentSections(next, len(sections))
		r.checkCounts()
		r.nameSection()
	}
}

// section rewrites one section and gives the position after it.
func (r *rewriter) section(id byte, at, next int, content *cursor) int {
	i := 0
	for i < len(sections) && sections[i].id != id {
		i++
	}
	switch {
	case id == sectionTag:
		content.fail(CodeExceptions, at, "tag section")
		return next
	case i == len(sections):
		content.fail(CodeUnknownSection, at, "section id %d", id)
		return next
	case i < next:
		content.fail(CodeMalformed, at, "%s section repeated or out of order", sections[i].name)
		return next
	}
	r.absentSections(next, i)
	content.section = sections[i].name
	sections[i].rewrite(r, content)
	if content.err == nil && content.pos != content.end {
		content.fail(CodeMalformed, content.pos, "%d bytes left over", content.end-content.pos)
	}
	return i + 1
}

// absentSections writes those of sections[from:to] that metering adds to.
func (r *rewriter) absentSections(from, to int) {
	for _, s := range sections[from:to] {
		if s.added {
			empty := cursor{data: []byte{0}, end: 1, section: s.name, function: NoFunction}
			s.rewrite(r, &empty)
			if r.in.err == nil {
				r.in.err = empty.err
			}
		}
	}
}

// checkCounts compares what sections announced of each other.
func (r *rewriter) checkCounts() {
	c := &r.in
	if n := len(r.funcs) - r.imported; c.err == nil && n != r.bodies {
		c.fail(CodeMalformed, c.pos, "%d functions declared, %d bodies", n, r.bodies)
	}
	if c.err == nil && r.data >= 0 && r.data != r.datas {
		c.fail(CodeMalformed, c.pos, "%d data segments announced, %d found", r.data, r.datas)
	}
}

package fuel

// editKind says what is put into a function body besides charges and checks.
type editKind byte

const (
	editIndex editKind = iota // the index edit.value replaces edit.skip bytes
	editCall                  // a call of the function edit.value
)

// edit is one change to a function body, at a byte offset of the original module.
type edit struct {
	at    int
	skip  int
	value uint32
	kind  editKind
}

// replaceIndex puts a function's new index where the bytes since at hold the old one.
func (b *bodyWriter) replaceIndex(at int, index uint32) {
	b.edits = append(b.edits, edit{at: at, skip: b.pos - at, kind: editIndex, value: index})
}

// chargeLength puts the call of a helper before the current instruction. Every operation that is charged by length has
// the length on top of the stack, and the helper gives it back.
func (b *bodyWriter) chargeLength(helper int) {
	b.edits = append(b.edits, edit{at: b.at, kind: editCall, value: b.r.helper(helper)})
}

// emit writes the body that begins at offset start, with its edits, charges and checks.
func (b *bodyWriter) emit(start int) {
	b.out = b.out[:0]
	done := start
	edits := b.edits
	for i := range b.points {
		p := &b.points[i]
		check := b.checks(p)
		if p.units == 0 && !check {
			continue
		}
		at, resumed := b.place(p)
		for len(edits) > 0 && edits[0].at < at {
			done = b.apply(done, edits[0])
			edits = edits[1:]
		}
		b.out = append(b.out, b.data[done:at]...)
		done = at
		switch {
		case p.units != 0 && resumed:
			b.out = appendU32(append(b.out, opLocalGet), b.labels[p.label].dispatch.local)
			b.out = append(b.out, opIf, blockEmpty)
			b.out = b.r.appendCharge(b.out, p.units)
			b.out = append(b.out, opEnd)
		case p.units != 0:
			b.out = b.r.appendCharge(b.out, p.units)
		}
		if check {
			b.out = b.r.appendCheck(b.out)
		}
	}
	for _, e := range edits {
		done = b.apply(done, e)
	}
	b.out = append(b.out, b.data[done:b.end]...)
}

// apply writes up to and including an edit and gives the offset behind it.
func (b *bodyWriter) apply(done int, e edit) int {
	b.out = append(b.out, b.data[done:e.at]...)
	if e.kind == editCall {
		b.out = append(b.out, opCall)
	}
	b.out = appendU32(b.out, e.value)
	return e.at + e.skip
}

// checks reports whether the counter is looked at where p stands.
func (b *bodyWriter) checks(p *point) bool {
	l := &b.labels[p.label]
	switch p.kind {
	case pointEntry:
		return !b.entryLoop || !b.labels[b.points[1].label].checked
	case pointLoop:
		return l.checked
	case pointBranch:
		return p.back && l.follows()
	default:
		return p.kind == pointCheck
	}
}

// place gives the offset of p's code, and whether it is what a dispatch owes that does not begin with its first target.
func (b *bodyWriter) place(p *point) (at int, resumed bool) {
	if l := &b.labels[p.label]; (p.kind == pointLoop || p.kind == pointTable) && l.follows() {
		return l.dispatch.begin, true
	}
	return p.at, false
}

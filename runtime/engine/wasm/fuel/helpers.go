package fuel

// Functions that metering appends, in this order.
const (
	helperExhausted = iota // () -> (): asks the host for more
	helperBytes            // (i32) -> i32: charges a length in bytes
	helperPages            // (i32) -> i32: charges a length in pages
	helperEntries          // (i32) -> i32: charges a length in table entries
	addedFunctions
)

// helper is the index of an appended function in the rewritten module.
func (r *rewriter) helper(which int) uint32 {
	return uint32(len(r.funcs) + 1 + which)
}

// appendCharge takes units from the counter.
func (r *rewriter) appendCharge(out []byte, units int64) []byte {
	op := byte(opI64Sub)
	if units < 0 {
		// The compiler has no short form of subtracting a negative constant.
		op, units = opI64Add, -units
	}
	out = appendU32(append(out, opGlobalGet), r.counter())
	out = appendS64(append(out, opI64Const), units)
	return appendU32(append(out, op, opGlobalSet), r.counter())
}

// appendCheck calls exhausted if the counter is below zero. The empty first arm is there for wazero: it lays out and
// allocates registers by the first arm, so the call stands out of the way and spills nothing on the usual path.
func (r *rewriter) appendCheck(out []byte) []byte {
	out = appendU32(append(out, opGlobalGet), r.counter())
	out = append(out, opI64Const, 0, opI64GeS, opIf, blockEmpty, opElse, opCall)
	out = appendU32(out, r.helper(helperExhausted))
	return append(out, opEnd)
}

func (r *rewriter) appendHelpers(out []byte) []byte {
	out = appendBody(out, r.exhausted())
	out = appendBody(out, r.byLength(opI64ShrU, bytesPerUnitLog))
	out = appendBody(out, r.byLength(opI64Mul, unitsPerPage))
	return appendBody(out, r.byLength(opI64ShrU, entriesPerUnitLog))
}

func appendBody(out, body []byte) []byte {
	return append(appendU32(out, uint32(len(body))), body...)
}

// exhausted: counter = refuel(counter); if the counter is still below zero, trap.
func (r *rewriter) exhausted() []byte {
	b := appendU32([]byte{0, opGlobalGet}, r.counter())
	b = appendU32(append(b, opCall), uint32(r.imported))
	b = appendU32(append(b, opGlobalSet), r.counter())
	b = appendU32(append(b, opGlobalGet), r.counter())
	return append(b, opI64Const, 0, opI64LtS, opIf, blockEmpty, opUnreachable, opEnd, opEnd)
}

// byLength: counter -= length scaled; check; give the length back. The length is unsigned, so the charge is below 2^45.
func (r *rewriter) byLength(scale byte, by int64) []byte {
	b := appendU32([]byte{0, opGlobalGet}, r.counter())
	b = append(b, opLocalGet, 0, opI64ExtendI32U, opI64Const)
	b = appendS64(b, by)
	b = appendU32(append(b, scale, opI64Sub, opGlobalSet), r.counter())
	b = r.appendCheck(b)
	return append(b, opLocalGet, 0, opEnd)
}

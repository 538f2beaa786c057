package fuel

// CostVersion is the version of the cost table and of the rules by which it is applied. Whatever changes the count of any
// module raises it: receipts name it, and only counts of the same version compare.
const CostVersion = 1

// The cost table, version 1. A unit is one executed instruction of the guest, about half a nanosecond. Instructions that
// take much longer cost more, so that a slice is about as long whatever a guest does; what only structures the code
// costs nothing. Measured with wazero 1.12 on an AMD EPYC of 2021.
const (
	costStructure     = 0   // block, loop, else, end, nop
	costPlain         = 1   // everything not named here
	costDivide        = 6   // division, remainder, square root
	costTruncate      = 4   // trapping conversion of a float to an integer
	costVector        = 2   // a vector instruction
	costVectorDivide  = 14  // division and square root of vectors
	costTable         = 2   // table.get, table.set
	costCall          = 4   // a call of a function of the guest
	costCallIndirect  = 6   // a call through a table
	costHostCall      = 100 // a call of an import, besides what the host itself may take from the counter
	costRefFunc       = 200 // ref.func goes through the host
	costGrow          = 64  // memory.grow and table.grow go through the host, besides the length
	costCopy          = 8   // memory.copy, memory.init, table.copy, table.init, besides the length
	costFill          = 48  // memory.fill, table.fill, besides the length
	bytesPerUnitLog   = 4   // 16 bytes copied or filled are a unit
	entriesPerUnitLog = 1   // 2 table entries copied, filled or added are a unit
	unitsPerPage      = 4096
)

// maxAhead is the most units that may be paid before a call for code behind it. A deep recursion pays that for each frame
// on its way down, and on its way up runs that much without asking for more.
const maxAhead = 32

// maxTail is the most units that may be spent on the way from a call's return to a check or the next call. It bounds how
// long a deep recursion runs without a check while it unwinds, and does not change the count.
const maxTail = 128

// plainWeight is the cost of a one-byte instruction. Calls add what depends on the function called.
func plainWeight(op byte) uint16 {
	switch op {
	case opBlock, opLoop, opElse, opEnd, opNop:
		return costStructure
	case opMisc, opVector:
		return 0 // the opcode behind the prefix costs
	case opCall, opReturnCall:
		return 0 // see callWeight
	case opCallIndirect, opReturnCallIndirect:
		return costCallIndirect
	case opTableGet, opTableSet:
		return costTable
	case opRefFunc:
		return costRefFunc
	case opMemoryGrow:
		return costGrow
	case 0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, // integer division and remainder
		0x91, 0x95, 0x9f, 0xa3: // square root and division of floats
		return costDivide
	case 0xa8, 0xa9, 0xaa, 0xab, 0xae, 0xaf, 0xb0, 0xb1: // i32.trunc and i64.trunc
		return costTruncate
	default:
		return costPlain
	}
}

// callWeight is the cost of a direct call.
func callWeight(imported bool) int64 {
	if imported {
		return costHostCall
	}
	return costCall
}

// miscWeight is the cost of an instruction behind opMisc, without its length.
func miscWeight(code uint32) int64 {
	switch code {
	case miscMemoryInit, miscMemoryCopy, miscTableInit, miscTableCopy:
		return costCopy
	case miscMemoryFill, miscTableFill:
		return costFill
	case miscTableGrow:
		return costGrow
	default:
		return costPlain
	}
}

// vectorWeight is the cost of an instruction behind opVector.
func vectorWeight(op byte) uint16 {
	switch op {
	case 0xe3, 0xe7, 0xef, 0xf3: // square root and division
		return costVectorDivide
	default:
		return costVector
	}
}

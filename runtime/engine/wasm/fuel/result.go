package fuel

// The names that belong to metering. A module that uses them itself is refused.
const (
	// ImportModule and ImportName name the one import that Rewrite adds: refuel(counter i64) -> i64.
	ImportModule = "quoin.fuel"
	ImportName   = "refuel"
	// ReservedPrefix begins every export that Rewrite adds.
	ReservedPrefix = "quoin.fuel/"
	// CounterExport is the exported counter, a mutable i64 global that starts at zero.
	CounterExport = ReservedPrefix + "counter"
)

// Result is a metered module and what an engine needs to know about it.
type Result struct {
	// Module is the rewritten module. It shares no memory with the original.
	Module []byte
	// CostVersion is the version of the cost table that the module counts with.
	CostVersion int

	// Imports are the guest's own imports in order, refuel not among them. All are functions.
	Imports []Import
	// Exports are the guest's own exports in order.
	Exports []Export
	// Globals are the guest's mutable globals, each exported under a reserved name.
	Globals []Global
	// Memory is the guest's memory as the rewritten module declares it.
	Memory Memory

	// TableWrites: an instruction changes a table (table.set, fill, copy, init, grow).
	TableWrites bool
	// SegmentDrops: an instruction drops a data or element segment.
	SegmentDrops bool
	// VectorGlobals: a mutable global is a v128, half of which wazero's API cannot set.
	VectorGlobals bool

	// Functions and CodeBytes count the guest's defined functions and the bytes of its code section.
	Functions, CodeBytes int
	// LargestFunction is the size in bytes of the largest body.
	LargestFunction int
	// Complexity is the sum over all functions, see Config.MaxFunctionComplexity.
	Complexity int
	// TableEntries is the number of entries that all tables start with.
	TableEntries int
}

// SingleUse reports whether an instance can be told apart from a fresh one after its memory and mutable globals were put
// back, so that it must not serve a second call.
func (r Result) SingleUse() bool {
	return r.TableWrites || r.SegmentDrops || r.VectorGlobals
}

// Import is a function that the guest wants from the host.
type Import struct {
	Module, Name string
	Type         FuncType
}

// ExportKind is the kind of an export, numbered as in the binary format.
type ExportKind byte

// The kinds of exports.
const (
	ExportFunction ExportKind = iota
	ExportTable
	ExportMemory
	ExportGlobal
)

// Export is something that the guest offers to the host.
type Export struct {
	Name string
	Kind ExportKind
	// Type is a function's signature.
	Type FuncType
	// GlobalType and Mutable describe a global.
	GlobalType ValueType
	Mutable    bool
}

// Global is a mutable global of the guest.
type Global struct {
	// Export is the reserved name under which the rewritten module exports it.
	Export string
	Type   ValueType
}

// Memory describes the memory; sizes are pages of 64 KiB.
type Memory struct {
	// Present is false for a module without memory; everything else is then zero.
	Present bool
	// MinPages and MaxPages are what the rewritten module declares.
	MinPages, MaxPages uint32
	// GuestMinPages is the minimum of the original.
	GuestMinPages uint32
}

package fuel

import (
	"fmt"
	"strconv"
	"strings"
)

// Code says why a module was refused. The set is closed and append-only: pages, logs and stored reasons name these words.
type Code string

const (
	// CodeConfig means that the Config contradicts itself. The host is to blame, not the module.
	CodeConfig Code = "config"
	// CodeMalformed means that the bytes do not decode as a core WebAssembly module.
	CodeMalformed Code = "malformed"
	// CodeInvalid means that the module decodes, but breaks a validation rule of the specification.
	CodeInvalid Code = "invalid"
	// CodeUnknownOpcode is an instruction that no proposal we know of defines.
	CodeUnknownOpcode Code = "unknown_opcode"
	// CodeUnknownSection is a section id that the specification does not define.
	CodeUnknownSection Code = "unknown_section"
	// CodeReservedName means that an import or export uses the names that belong to metering.
	CodeReservedName Code = "reserved_name"
	// CodeStart means that the module has a start function, which would run before it has fuel.
	CodeStart Code = "start_function"
	// CodeImportKind means that the module imports a memory, table, global or tag; only functions may be imported.
	CodeImportKind Code = "import_kind"
	// CodeMemories is more than one memory.
	CodeMemories Code = "several_memories"
	// CodeSharedMemory is a shared memory or an atomic instruction (the threads proposal).
	CodeSharedMemory Code = "threads"
	// CodeMemory64 is the use of 64-bit memories or tables.
	CodeMemory64 Code = "memory64"
	// CodeExceptions is the use of the exception handling proposal, old or new form.
	CodeExceptions Code = "exceptions"
	// CodeGC is the use of typed function references and garbage collection.
	CodeGC Code = "gc"
	// CodeModuleSize means that the module is larger than Config.MaxModuleBytes.
	CodeModuleSize Code = "limit_module_bytes"
	// CodeTypes is more function types than Config.MaxTypes, or a type with too many parameters or results.
	CodeTypes Code = "limit_types"
	// CodeImports is more imports than Config.MaxImports.
	CodeImports Code = "limit_imports"
	// CodeExports is more exports than Config.MaxExports.
	CodeExports Code = "limit_exports"
	// CodeFunctions is more functions than Config.MaxFunctions.
	CodeFunctions Code = "limit_functions"
	// CodeFunctionSize is a function body larger than Config.MaxFunctionBytes.
	CodeFunctionSize Code = "limit_function_bytes"
	// CodeLocals is a function with more locals than Config.MaxLocals.
	CodeLocals Code = "limit_locals"
	// CodeComplexity means that a function exceeds Config.MaxFunctionComplexity, or the module Config.MaxComplexity.
	CodeComplexity Code = "limit_complexity"
	// CodeNesting is blocks nested deeper than Config.MaxNesting.
	CodeNesting Code = "limit_nesting"
	// CodeBrTable means that branch tables of one function hold more targets than Config.MaxBrTable.
	CodeBrTable Code = "limit_br_table"
	// CodeGlobals is more globals than Config.MaxGlobals.
	CodeGlobals Code = "limit_globals"
	// CodeTables is more tables than Config.MaxTables.
	CodeTables Code = "limit_tables"
	// CodeTableSize is a table that starts with more entries than Config.MaxTableEntries.
	CodeTableSize Code = "limit_table_entries"
	// CodeMemorySize is a memory that starts with more pages than Config.MaxMemoryPages.
	CodeMemorySize Code = "limit_memory_pages"
	// CodeSegments is more data or element segments than Config.MaxSegments.
	CodeSegments Code = "limit_segments"
	// CodeNames is a name section larger than Config.MaxNameBytes.
	CodeNames Code = "limit_name_bytes"
)

// NoFunction is Error.Function of an error outside every function body.
const NoFunction = -1

// Error is every error that Rewrite returns.
type Error struct {
	Code Code
	// Section is the section's name as the specification has it, empty when the error is in none.
	Section string
	// Offset is the byte offset in the original module.
	Offset int
	// Function is the function's index in the original module (imports first), or NoFunction.
	Function int
	// Detail says what was found and what is allowed.
	Detail string
}

// Error gives place and cause in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("metering module: ")
	if e.Section != "" {
		b.WriteString(e.Section + " section, ")
	}
	if e.Function != NoFunction {
		b.WriteString("function " + strconv.Itoa(e.Function) + ", ")
	}
	fmt.Fprintf(&b, "offset %#x: %s (%s)", e.Offset, e.Detail, e.Code)
	return b.String()
}

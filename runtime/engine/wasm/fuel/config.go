package fuel

import (
	"fmt"
	"math"
)

// Config bounds what Rewrite accepts and sizes the memory. The zero value works: each zero field means its default. The
// defaults let the largest interpreters pass that the project ships; an engine sets tighter ones for blocks.
type Config struct {
	// MinMemoryPages raises the memory's minimum, in pages of 64 KiB, so that a warm instance need not grow. The guest's
	// own maximum and MaxMemoryPages still hold. Zero leaves the guest's minimum.
	MinMemoryPages uint32
	// MaxMemoryPages caps the memory, in pages of 64 KiB, at most 65536. Default 4096 (256 MiB). A module that starts with
	// more is refused; memory.grow beyond it fails as the specification lets it.
	MaxMemoryPages uint32

	// MaxModuleBytes bounds the original module. Default 32 MiB.
	MaxModuleBytes int
	// MaxTypes bounds function types. Default 10 000.
	MaxTypes int
	// MaxImports bounds imports. Default 1000.
	MaxImports int
	// MaxExports bounds exports. Default 10 000.
	MaxExports int
	// MaxFunctions bounds defined functions. Default 100 000.
	MaxFunctions int
	// MaxFunctionBytes bounds one function's body, locals included. Default 512 KiB.
	MaxFunctionBytes int
	// MaxLocals bounds one function's parameters and locals together. Default 2000.
	MaxLocals int
	// MaxFunctionComplexity bounds a function's complexity w * (n + w/64), where n counts its parameters and locals, and w its
	// blocks, branches and calls, a loop and a branch to one for ten times the depth of loops there. The compiler's time
	// grows with it, to some ten seconds for ten million. Default 10 000 000: the largest function of PHP has 8 400 000, of
	// QuickJS 1 600 000, of a Go guest 300 000.
	MaxFunctionComplexity int
	// MaxComplexity bounds the sum over all functions. Default 200 000 000: clang has 160 000 000, QuickJS 3 600 000, a Go
	// guest of 3 MB 4 600 000.
	MaxComplexity int
	// MaxNesting bounds nested blocks. Default 10 000: Go opens one block per resume point.
	MaxNesting int
	// MaxBrTable bounds the targets of one function's branch tables together. Default 10 000.
	MaxBrTable int
	// MaxGlobals bounds globals. Default 10 000.
	MaxGlobals int
	// MaxTables bounds tables. Default 100.
	MaxTables int
	// MaxTableEntries bounds the entries a table starts with and may grow to. Default 1 000 000.
	MaxTableEntries int
	// MaxSegments bounds data segments, and element segments. Default 100 000.
	MaxSegments int
	// MaxNameBytes bounds the name section. Default 16 MiB.
	MaxNameBytes int
}

const (
	pageLimit        = 65536
	maxParamsResults = 1000
)

// withDefaults fills the zero fields.
func (c Config) withDefaults() Config {
	or := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	if c.MaxMemoryPages == 0 {
		c.MaxMemoryPages = 4096
	}
	or(&c.MaxModuleBytes, 32<<20)
	or(&c.MaxTypes, 10_000)
	or(&c.MaxImports, 1000)
	or(&c.MaxExports, 10_000)
	or(&c.MaxFunctions, 100_000)
	or(&c.MaxFunctionBytes, 512<<10)
	or(&c.MaxLocals, 2000)
	or(&c.MaxFunctionComplexity, 10_000_000)
	or(&c.MaxComplexity, 200_000_000)
	or(&c.MaxNesting, 10_000)
	or(&c.MaxBrTable, 10_000)
	or(&c.MaxGlobals, 10_000)
	or(&c.MaxTables, 100)
	or(&c.MaxTableEntries, 1_000_000)
	or(&c.MaxSegments, 100_000)
	or(&c.MaxNameBytes, 16<<20)
	return c
}

// contradiction says what is wrong with the values, or nothing.
func (c Config) contradiction() string {
	if c.MaxMemoryPages > pageLimit || c.MinMemoryPages > c.MaxMemoryPages {
		return fmt.Sprintf("memory of %d to %d pages; at most %d are possible", c.MinMemoryPages, c.MaxMemoryPages, pageLimit)
	}
	for _, limit := range []int{
		c.MaxModuleBytes, c.MaxTypes, c.MaxImports, c.MaxExports, c.MaxFunctions, c.MaxFunctionBytes, c.MaxLocals,
		c.MaxFunctionComplexity, c.MaxComplexity, c.MaxNesting, c.MaxBrTable, c.MaxGlobals, c.MaxTables, c.MaxTableEntries,
		c.MaxSegments, c.MaxNameBytes,
	} {
		if limit < 0 || limit > math.MaxInt32 {
			return fmt.Sprintf("a limit of %d", limit)
		}
	}
	return ""
}

package wasm

import (
	"github.com/tetratelabs/wazero/experimental"
)

// refusal says why a guest's memory did not grow.
type refusal int

const (
	notRefused refusal = iota
	// overLimit: the instance would be larger than its artifact may be.
	overLimit
	// overBudget: all blocks together have no more.
	overBudget
)

// memory is the linear memory of one instance. It grows within the artifact's limit and the engine's budget, and nowhere else:
// wazero asks it for every page. One goroutine uses it at a time.
type memory struct {
	area   *area
	budget *budget
	// counted is what the budget counts for it, in bytes; limit bounds it.
	counted, limit int64
	// begins is how large it is at once, whatever the module declares as its minimum, in bytes.
	begins  int64
	refused refusal
}

// newMemory makes memory for which the budget has reserved a size already, and which begins with no more than that.
func newMemory(b *budget, size, begins, limit int64) (*memory, error) {
	a, err := newArea(size, max(size, limit))
	if err != nil {
		return nil, err
	}
	return &memory{area: a, budget: b, counted: size, begins: begins, limit: max(size, limit)}, nil
}

// Allocate implements experimental.MemoryAllocator: each module has one memory, and it is this.
func (m *memory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate implements experimental.LinearMemory; nil lets the guest's memory.grow fail. The first call is for the module's
// minimum, of which wazero checks that it is there: more may be.
func (m *memory) Reallocate(size uint64) []byte {
	size = max(size, uint64(m.begins))
	if size > uint64(m.limit) {
		m.refused = overLimit
		return nil
	}
	if more := int64(size) - m.counted; more > 0 {
		if !m.budget.grow(more) {
			m.refused = overBudget
			return nil
		}
		m.counted += more
	}
	bytes := m.area.resize(int64(size))
	if bytes == nil {
		m.refused = overBudget
	}
	return bytes
}

// Free implements experimental.LinearMemory.
func (m *memory) Free() { m.area.free() }

// Compile-time guards.
var (
	_ experimental.MemoryAllocator = (*memory)(nil)
	_ experimental.LinearMemory    = (*memory)(nil)
)

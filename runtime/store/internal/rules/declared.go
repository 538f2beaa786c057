package rules

import (
	"fmt"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Declared holds the collections that were declared to a store. It is ready to use and safe for concurrent use.
type Declared struct {
	mutex       sync.RWMutex
	collections map[string]*Collection
}

// Lookup finds a collection, or returns ErrInvalid.
func (d *Declared) Lookup(name string) (*Collection, error) {
	d.mutex.RLock()
	defer d.mutex.RUnlock()
	if c, ok := d.collections[name]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("%w: the collection was not declared (Ensure)", store.ErrInvalid)
}

// Add declares a collection. Indexes that an earlier declaration has besides stay.
func (d *Declared) Add(c *Collection) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	merged := &Collection{Name: c.Name, Indexes: slices.Clone(c.Indexes)}
	if earlier := d.collections[c.Name]; earlier != nil {
		for _, index := range earlier.Indexes {
			if _, ok := c.Index(index.Name); !ok {
				merged.Indexes = append(merged.Indexes, index)
			}
		}
	}
	if d.collections == nil {
		d.collections = map[string]*Collection{}
	}
	d.collections[c.Name] = merged
}

// Has tells whether the collection and all its indexes were declared before.
func (d *Declared) Has(c *Collection) bool {
	d.mutex.RLock()
	defer d.mutex.RUnlock()
	known := d.collections[c.Name]
	if known == nil {
		return false
	}
	for _, index := range c.Indexes {
		if present, ok := known.Index(index.Name); !ok || !present.Same(index) {
			return false
		}
	}
	return true
}

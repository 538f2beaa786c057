// Package gate lets operations into a store until it closes, and closes it when the last one has left.
package gate

import (
	"fmt"
	"sync"

	"github.com/quoin-lms/quoin/runtime/store"
)

// ErrClosed is what operations on a closed store return.
var ErrClosed = fmt.Errorf("%w: the store is closed", store.ErrUnavailable)

// Gate is open in its zero value. An operation must not enter twice.
type Gate struct {
	inside sync.RWMutex
	closed bool
	once   sync.Once
}

// Enter lets an operation in, which must Leave, or returns ErrClosed.
func (g *Gate) Enter() error {
	g.inside.RLock()
	if g.closed {
		g.inside.RUnlock()
		return ErrClosed
	}
	return nil
}

// Leave ends what Enter began.
func (g *Gate) Leave() { g.inside.RUnlock() }

// Close lets nobody in any more, waits until all have left and calls last. Another Close waits for the first and does
// nothing.
func (g *Gate) Close(last func() error) (err error) {
	g.once.Do(func() {
		g.inside.Lock()
		g.closed = true
		g.inside.Unlock()
		err = last()
	})
	return err
}

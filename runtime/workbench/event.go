package workbench

import (
	"context"
	"sync"
)

// Event is what pages of the workbench hear.
type Event struct {
	// Name is call, faults, built, broken, scenarios or state.
	Name string
	// Data is what JSON can hold.
	Data any
}

// listeners hear events. One that is slow misses some: pages ask for what there is when they begin.
type listeners struct {
	mu    sync.Mutex
	next  int
	heard map[int]chan Event
}

// waiting bounds the events that wait for one listener.
const waiting = 256

// Listen gives the events from now on, until ctx ends.
func (b *Bench) Listen(ctx context.Context) <-chan Event {
	l := &b.listeners
	heard := make(chan Event, waiting)
	l.mu.Lock()
	id := l.next
	l.next++
	l.heard[id] = heard
	l.mu.Unlock()
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.heard, id)
		close(heard)
	})
	return heard
}

func (b *Bench) tell(name string, data any) {
	l := &b.listeners
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, heard := range l.heard {
		select {
		case heard <- Event{name, data}:
		default:
		}
	}
}

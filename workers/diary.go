package workers

import (
	"context"
	"slices"
	"sync"
	"time"
)

// ChoreState tells how a chore of this process goes.
type ChoreState struct {
	Name string
	// Every is the mean pause between rounds.
	Every time.Duration
	// Last is when the last round ended, zero before the first; Took is how long it took, Found how much there was to do.
	Last  time.Time
	Took  time.Duration
	Found int
	// Trouble is what went wrong in it, "" for nothing.
	Trouble string
}

// diary keeps the last round of each chore.
type diary struct {
	mu     sync.Mutex
	states []ChoreState
}

// keep gives the chore's round with its end written down.
func (d *diary) keep(c chore) func(ctx context.Context) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := len(d.states)
	d.states = append(d.states, ChoreState{Name: c.name, Every: c.every})
	return func(ctx context.Context) (int, error) {
		start := time.Now()
		found, err := c.round(ctx)
		d.mu.Lock()
		defer d.mu.Unlock()
		state := &d.states[at]
		state.Last, state.Took, state.Found, state.Trouble = time.Now(), time.Since(start), found, ""
		if err != nil {
			state.Trouble = err.Error()
		}
		return found, err
	}
}

// Chores tells how the chores of this process go.
func (w *Workers) Chores() []ChoreState {
	w.diary.mu.Lock()
	defer w.diary.mu.Unlock()
	return slices.Clone(w.diary.states)
}

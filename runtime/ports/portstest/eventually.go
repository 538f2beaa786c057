package portstest

import (
	"testing"
	"time"
)

// patience is when a suite gives up waiting for what has to happen. It is no measure of speed.
const patience = time.Minute

// eventually waits until happened.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("in %s it never happened that %s", patience, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// receive waits for a value.
func receive[T any](t *testing.T, what string, values <-chan T) T {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case v, open := <-values:
		if !open {
			t.Fatalf("waiting for %s: the channel is closed", what)
		}
		return v
	case <-timer.C:
		t.Fatalf("in %s there was no %s", patience, what)
	}
	panic("unreachable")
}

package gate_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/gate"
)

func TestCloseWaitsAndIsOnce(t *testing.T) {
	var g gate.Gate
	var inside atomic.Int64
	started := make(chan struct{}, 8)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for first := true; ; first = false {
				if err := g.Enter(); err != nil {
					if !errors.Is(err, gate.ErrClosed) || !errors.Is(err, store.ErrUnavailable) {
						t.Error(err)
					}
					return
				}
				inside.Add(1)
				if first {
					started <- struct{}{}
				}
				inside.Add(-1)
				g.Leave()
			}
		})
	}
	for range 8 {
		<-started
	}
	failure := errors.New("failure")
	if err := g.Close(func() error {
		if n := inside.Load(); n != 0 {
			t.Errorf("%d operations were inside while closing", n)
		}
		return failure
	}); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if err := g.Close(func() error { t.Error("closed twice"); return nil }); err != nil {
		t.Error(err)
	}
	wait.Wait()
}

package enginetest_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func stops(err error) bool { return errors.Is(err, &wire.Error{Code: wire.CodeStopping}) }

// While 16 learners keep answering, every hostile block runs beside them, several at a time; none of the learners sees an
// error or another verdict.
func TestLearnersKeepAnsweringBesideHostileBlocks(t *testing.T) {
	config := quick
	config.Memory = 160 << 20
	e := openWasm(t, config)
	hostiles := enginetest.Hostiles(t, "wasm", code)
	conn := enginetest.Load(t, e, code, enginetest.Fixture(t, "bench"))
	want, err := conn.Call(t.Context(), engine.Call{Frame: requests.Grade()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var learners, blocks sync.WaitGroup
	var answers atomic.Int64
	for learner := range 16 {
		learners.Go(func() {
			for ctx.Err() == nil {
				got, err := conn.Call(t.Context(), engine.Call{Frame: requests.Grade()})
				if err != nil || !bytes.Equal(got.Frame, want.Frame) || got.Fuel != want.Fuel {
					t.Errorf("learner %d: %v", learner, err)
					return
				}
				answers.Add(1)
			}
		})
	}
	next := make(chan enginetest.Hostile)
	for range 4 {
		blocks.Go(func() {
			for h := range next {
				if wrong := h.Contain(t.Context(), e, 3); wrong != "" {
					t.Errorf("%s: %s", h.Name, wrong)
				}
			}
		})
	}
	for _, h := range hostiles {
		next <- h
	}
	close(next)
	blocks.Wait()
	cancel()
	learners.Wait()
	if answers.Load() < 16 {
		t.Errorf("only %d answers were scored", answers.Load())
	}
	t.Logf("%d answers were scored beside %d hostile blocks", answers.Load(), len(hostiles))
}

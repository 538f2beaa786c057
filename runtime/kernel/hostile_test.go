package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sandboxed makes a world whose blocks are the engine tests' choice problem and hostile block, as WebAssembly.
func sandboxed(t *testing.T) *world {
	t.Helper()
	cache, err := os.MkdirTemp("", "quoin-kernel-wasm-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(cache) })
	e, err := wasm.New(t.Context(), wasm.Config{CacheDir: cache, Memory: 160 << 20, Init: 200_000_000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, store: openStore(t), run: key.Course{Org: "Test", Number: "One", Run: "now"}, queue: &jobs{}}
	w.now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if w.registry, err = registry.Open(t.Context(), registry.Config{Engines: map[string]engine.Engine{"wasm": e}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bench", "hostile"} {
		b := enginetest.Fixture(t, name)
		artifact, _ := enginetest.Built(t, "wasm", b)
		if name == "hostile" {
			b.Manifest.Limits = manifest.Limits{MemoryMB: 32, Fuel: 10_000_000}
		}
		if err := w.registry.Install(w.registry.Wasm(b.Manifest, nil, true, artifact.Code)); err != nil {
			t.Fatal(err)
		}
	}
	w.reopen()
	return w
}

// misdeeds are what the hostile block does when it is told to; in a handler it can forge effects besides, in grade verdicts.
var (
	misdeeds = []string{"loop", "memory", "recurse", "panic", "exit", "huge", "log", "print", "random", "services"}
	forged   = []string{"score", "enrol", "field"}
	verdicts = []string{"negative", "outcome"}
)

// try shows the block, hands in the form and grades what was submitted. The id is the request's.
func (w *world) try(ctx context.Context, learner, id string, block *course.Block, handler string, form map[string]string) error {
	p, err := people{w.run}.Person(ctx, w.run, learner)
	if err != nil {
		return err
	}
	published, err := w.kernel.Courses().Published(ctx, w.run)
	if err != nil {
		return err
	}
	visit, err := w.kernel.Visit(ctx, p, published, block)
	if err != nil {
		return err
	}
	shown, err := visit.Render(ctx, block, wire.ViewLearner)
	if err != nil {
		return fmt.Errorf("showing: %w", err)
	}
	if shown.Failure != nil {
		return shown.Failure
	}
	response, err := w.send(p, block, shown.Sitting, handler, id, form)
	if err != nil {
		return fmt.Errorf("handing in: %w", err)
	}
	if response.Submission == "" {
		return nil
	}
	return w.kernel.Scorer().Deliver(ctx, response.Submission, "worker of "+learner)
}

// While 16 learners keep answering, a block misbehaves beside them in its view, its handler and its grading. Each misdeed ends
// in an error of that block and changes nothing; no learner sees an error, and every answer is scored.
func TestLearnersKeepAnsweringBesideAHostileBlock(t *testing.T) {
	w := sandboxed(t)
	places := []place{{"bench", "choice", nil}, {"hostile", "calm", map[string]any{"how": "nothing"}}}
	for _, how := range misdeeds {
		places = append(places, place{"hostile", how, map[string]any{"how": how}})
	}
	w.publish(places...)
	choice, calm := w.block("bench", "choice"), w.block("hostile", "calm")
	shown := map[string]*course.Block{}
	for _, how := range misdeeds {
		shown[how] = w.block("hostile", how)
	}

	ctx, cancel := context.WithCancel(t.Context())
	var learners, others sync.WaitGroup
	var answers atomic.Int64
	for n := range 16 {
		learner := fmt.Sprintf("learner%d", n)
		learners.Go(func() {
			for turn := 0; turn < 2 || ctx.Err() == nil; turn++ {
				id := fmt.Sprintf("%016d%016d", n, turn)
				if err := w.try(t.Context(), learner, id, choice, "submit", map[string]string{"choice": "choice_1"}); err != nil {
					t.Errorf("%s, turn %d: %v", learner, turn, err)
					return
				}
				answers.Add(1)
			}
		})
	}
	others.Go(func() {
		for _, how := range misdeeds {
			contained(t, "view", how, w.try(t.Context(), "mallory", id("view", how), shown[how], "do", nil))
		}
	})
	others.Go(func() {
		for _, what := range append(append([]string{}, misdeeds...), forged...) {
			contained(t, "handler", what, w.try(t.Context(), "mallory", id("do", what), calm, "do", map[string]string{"what": what}))
		}
	})
	others.Go(func() {
		for _, what := range append(append([]string{}, misdeeds...), verdicts...) {
			// Grading that fails is tried again, and grading that takes too long gives the try back: neither is an error here.
			_ = w.try(t.Context(), "trudy", id("submit", what), calm, "submit", map[string]string{"what": what})
		}
	})
	others.Wait()
	cancel()
	learners.Wait()

	for n := range 16 {
		if score := w.score(fmt.Sprintf("learner%d", n), choice); score == nil || *score != 1 {
			t.Errorf("learner%d has the score %v", n, score)
		}
	}
	for _, name := range []string{"mallory", "trudy", "me"} {
		if score := w.score(name, calm); score != nil {
			t.Errorf("%s has the score %v of a block that only misbehaves", name, *score)
		}
	}
	if err := w.try(t.Context(), "mallory", id("do", "good"), calm, "do", map[string]string{"what": "good"}); err != nil {
		t.Errorf("the same block, when it behaves: %v", err)
	}
	t.Logf("%d answers were scored", answers.Load())
}

// id makes a request's id of words.
func id(words ...string) string {
	return fmt.Sprintf("%032x", strings.Join(words, "-"))
}

// contained checks that a misdeed ended in an error that blames the block.
func contained(t *testing.T, where, what string, err error) {
	t.Helper()
	var failure *wire.Error
	if !errors.As(err, &failure) || failure.Blame != wire.BlameBlock {
		t.Errorf("%s in a %s ended in %v", what, where, err)
	}
}

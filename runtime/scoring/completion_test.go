package scoring_test

import (
	"context"
	"testing"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// watchedBus looks around each time that somebody is told something.
type watchedBus struct {
	*portstest.Bus
	look func()
}

func (b *watchedBus) Publish(ctx context.Context, message ports.Message) error {
	b.look()
	return b.Bus.Publish(ctx, message)
}

// A page that is told of a verdict shows its unit as done, so the completion must stand there by then. A wrong answer
// completes like a right one, an invalid one does not.
func TestCompleteBeforeTold(t *testing.T) {
	w := newWorld(t, openStore(t), subsection{"hw1", "Homework", []problem{{id: "a", facts: points(1)}, {id: "b", facts: points(1)}}})
	completions := store.Of[state.Completion](w.store, state.CompletionSpec())
	var done map[string]float64
	bus := &watchedBus{Bus: w.bus, look: func() {
		docs, _, err := completions.Find(t.Context(), store.Query{Prefix: store.ID(ann)})
		if err != nil {
			t.Error(err)
		}
		done = map[string]float64{}
		for _, doc := range docs {
			for usage, fraction := range doc.Body.Blocks {
				done[usage] = fraction
			}
		}
	}}
	w.scorer = scoring.New(scoring.Config{
		Store: w.store, Grader: w.grader, Courses: w.courses, People: w, Queue: w.queue, Bus: bus, Now: w.clock,
	})
	for id, c := range map[string]struct {
		given answer
		want  float64
	}{"a": {scored(0, 1), 1}, "b": {becomes(wire.OutcomeInvalid), 0}} {
		done = nil
		w.submit(ann, id, 1, c.given)
		w.work()
		if got := done[w.run.Usage("problem", id).String()]; done == nil || got != c.want {
			t.Errorf("when %s is told of, the completion is %v, want %v", id, got, c.want)
		}
	}
}

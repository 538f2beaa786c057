package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
)

// perLearner is how many blocks each made-up learner has a state of.
const perLearner = 20

// fill brings the site to so many learners' states, of learners that nobody is. have is how many are there already.
func fill(ctx context.Context, data string, have, want int) (err error) {
	s, err := site.Open(ctx, site.Config{Data: data})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	states := store.Of[state.Learner](s.Store, state.LearnerSpec())
	now := time.Now().UTC().Truncate(time.Millisecond)
	var batch []store.Doc[state.Learner]
	for n := have; n < want; n++ {
		who := fmt.Sprintf("filler-%032x", n/perLearner)
		usage := fmt.Sprintf("block-v1:Quoin+Bench+1+type@problem+block@%032x", n%perLearner)
		doc := state.Learner{Learner: who, Run: courseKey, Usage: usage, Schema: 1, Sequence: 1}
		doc.Fields = store.Map[string]{"answers": `{"input_2_1":"choice_1"}`, "done": "true", "hints": "0"}
		doc.Sitting = &state.Sitting{ID: fmt.Sprintf("%032x", n), Number: 1, Opened: now, Artifact: fmt.Sprintf("%064x", 1), Content: fmt.Sprintf("%064x", 2), Seed: 1}
		doc.Tries = []state.Try{{Submission: fmt.Sprintf("%032x", n), Sequence: 1, Sitting: doc.Sitting.ID, At: now}}
		batch = append(batch, store.Doc[state.Learner]{ID: state.LearnerID(who, usage), Body: doc})
		if len(batch) == 500 || n+1 == want {
			if _, err := states.InsertMany(ctx, batch); err != nil {
				return fmt.Errorf("filling up to %d states: %w", want, err)
			}
			batch = batch[:0]
		}
	}
	return nil
}

package workbench

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// deed is one thing that a learner did, with what came of it.
type deed struct {
	persona *Persona
	call    *Call
	// verdict is what its submission was graded as, nil when it handed nothing in.
	verdict *wire.Verdict
}

// deeds are what the people have done at a scenario since its last reset, oldest first. complete is false where the record does
// not reach back so far.
func (b *Bench) deeds(_ context.Context, s *Scenario) (list []deed, complete bool) {
	complete = true
	var calls []*Call
	by := map[string]*Persona{}
	for _, p := range b.people {
		if p.Staff {
			continue
		}
		learner := p.at(s)
		by[learner] = p
		b.mu.Lock()
		since := b.since[store.ID(learner, s.Usage)]
		b.mu.Unlock()
		mine := b.config.Recorder.Calls(since, learner)
		complete = complete && len(mine) < kept
		calls = append(calls, mine...)
	}
	for _, call := range inOrder(calls) {
		if call.Usage != s.Usage {
			continue
		}
		switch {
		case call.Op == wire.OpHandle && call.handled != nil && !call.superseded && call.handled.Method == http.MethodPost:
			list = append(list, deed{persona: by[call.Learner], call: call})
		case call.Op == wire.OpGrade && call.verdict != nil:
			for i := len(list) - 1; i >= 0; i-- {
				if list[i].call.Learner == call.Learner && list[i].submits() {
					if list[i].verdict == nil {
						list[i].verdict = call.verdict
					}
					break
				}
			}
		}
	}
	return list, complete
}

func (d *deed) submits() bool {
	for _, kind := range d.call.Effects {
		if kind == wire.EffectSubmit {
			return true
		}
	}
	return false
}

// seed is the number that the call went by, nil where the block reads none.
func (d *deed) seed() *int {
	var c wire.Context
	if json.Unmarshal(d.call.Context, &c) != nil {
		return nil // it was encoded here
	}
	return c.Seed
}

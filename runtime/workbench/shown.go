package workbench

import (
	"cmp"
	"context"
	"slices"
)

func inOrder(calls []*Call) []*Call {
	slices.SortFunc(calls, func(a, b *Call) int { return cmp.Compare(a.ID, b.ID) })
	return calls
}

// Shown is a call with its learner under the name that pages use.
func (b *Bench) Shown(call *Call) *Call {
	out := *call
	for _, p := range b.people {
		if call.Learner == p.Learner || call.Learner != "" && call.Learner == p.siteLearner {
			out.Learner = p.ID
		}
	}
	return &out
}

// Calls gives the calls above a number that concern a person at a scenario, and those about nobody, such as outlines.
func (b *Bench) Calls(_ context.Context, after int64, persona, scenario string) ([]*Call, error) {
	p, err := b.persona(persona)
	if err != nil {
		return nil, err
	}
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	list := []*Call{}
	for _, call := range b.config.Recorder.Calls(after, p.at(s), "") {
		if call.Usage == s.Usage || call.Usage == "" && call.Package == s.Package {
			list = append(list, b.Shown(call))
		}
	}
	return list, nil
}

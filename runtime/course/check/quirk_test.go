package check_test

import (
	"encoding/json"
	"errors"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// quirk is a block that behaves as its mode says.
type quirk struct{}

type quirkFields struct {
	Mode string `quoin:"mode,content"`
}

type quirkValue struct{ Mode string }

func (quirk) Outline(_ *sdk.Call, f *quirkFields, _ []wire.Child) (sdk.Outline[quirkValue, quirkValue], error) {
	one := 1.0
	out := sdk.Outline[quirkValue, quirkValue]{Public: quirkValue{f.Mode}, Secret: quirkValue{f.Mode}}
	if f.Mode == "refuse" {
		return out, sdk.Refuse("the mode must not be %q", f.Mode)
	}
	out.Facts = wire.Facts{MaxScore: &one, Title: "Quirk " + f.Mode}
	return out, nil
}

func (quirk) Render(_ *sdk.Call, v sdk.View[quirkFields, quirkValue]) (sdk.Fragment, error) {
	if v.Public.Mode == "panic" {
		panic("on purpose")
	}
	if v.Public.Mode == "formulas" {
		return sdk.Fragment{HTML: `<p>\(x^2\) and \(\nosuch\), again \(x^2\) <input form="quoin:form" name="word"></p>`}, nil
	}
	return sdk.Fragment{HTML: `<p><input form="quoin:form" name="word"></p>`}, nil
}

func (quirk) Handle(_ *sdk.Call, r *sdk.Request[quirkFields, quirkValue]) (*sdk.Reply, error) {
	if r.Public.Mode == "mute" {
		return sdk.OK().Say("thank you"), nil
	}
	if r.Body.Data != nil {
		return sdk.OK().Submit(json.RawMessage(r.Body.Data)), nil
	}
	return sdk.OK().Submit(r.Form["word"][0]), nil
}

func (quirk) Grade(_ *sdk.Call, s sdk.Submission[quirkValue, quirkValue]) (wire.Verdict, error) {
	switch s.Secret.Mode {
	case "pending":
		return wire.Verdict{Outcome: wire.OutcomePending, Message: "the office"}, nil
	case "crash":
		return wire.Verdict{}, errors.New("the grader is out of order")
	case "invalid":
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "too short"}, nil
	}
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	if word == "right" {
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}, nil
	}
	return wire.Verdict{
		Outcome: wire.OutcomeScored, Possible: 1, Parts: []wire.Part{{ID: "word", Correctness: wire.Incorrect, Possible: 1}},
	}, nil
}

func (quirk) Solve(_ *sdk.Call, public, _ quirkValue) (wire.Solution, error) {
	input := &wire.Input{Handler: "submit", Form: map[string][]string{"word": {"right"}}}
	switch public.Mode {
	case "unknown":
		return wire.Solution{Unknown: "a function decides"}, nil
	case "unsupported":
		return wire.Solution{Unsupported: "telepathy"}, nil
	case "wrong":
		input.Form["word"][0] = "left"
	case "json":
		input = &wire.Input{Handler: "submit", JSON: json.RawMessage(`"right"`)}
	case "unsolvable":
		return wire.Solution{}, errors.New("no idea")
	}
	return wire.Solution{Input: input}, nil
}

func quirkBlock() sdk.Block {
	return sdk.New[quirkFields, quirkValue, quirkValue](quirk{}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
		Handlers: []wire.Handler{{Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true, Reads: wire.Reads{Prepared: true}}},
	})
}

// pool gives every learner its first child alone.
type pool struct{}

type poolFields struct{}

func (pool) Outline(*sdk.Call, *poolFields, []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{Chooses: true}}, nil
}

func (pool) Choose(_ *sdk.Call, _ *poolFields, request wire.ChooseRequest) ([]string, error) {
	return []string{request.Children[0].ID}, nil
}

func (pool) Render(*sdk.Call, sdk.View[poolFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>a pool</p>"}, nil
}

func poolBlock() sdk.Block {
	return sdk.New[poolFields, sdk.None, sdk.None](pool{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Children: true}}},
	})
}

func (quirk) Check(_ *sdk.Call, f *quirkFields, _ []wire.Child) ([]wire.Finding, error) {
	if f.Mode != "careless" {
		return []wire.Finding{{Level: wire.LevelHint, Message: "all is well"}}, nil
	}
	return []wire.Finding{{Level: wire.LevelError, Field: "mode", Line: 2, Message: "no answer is right", Fix: "mark one"}}, nil
}

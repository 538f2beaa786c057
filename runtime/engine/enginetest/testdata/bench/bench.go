// Package bench is a block that is measured: it echoes, shows a choice and scores it, and loops when it is told to.
package bench

import (
	"fmt"
	"html"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type fields struct{}

// Public is what the view needs.
type Public struct {
	Question string   `json:"question"`
	Choices  []string `json:"choices"`
}

// Secret is the key.
type Secret struct {
	Right    string            `json:"right"`
	Feedback map[string]string `json:"feedback"`
}

type block struct{}

// Block is the measured block.
func Block() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[fields, Public, Secret](block{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
		Handlers: []wire.Handler{
			{Name: "empty", Roles: learner}, {Name: "echo", Roles: learner}, {Name: "loop", Roles: learner},
			{Name: "submit", Roles: learner, Grades: true},
		},
	})
}

func (block) Outline(*sdk.Call, *fields, []wire.Child) (sdk.Outline[Public, Secret], error) {
	one := 1.0
	return sdk.Outline[Public, Secret]{
		Facts:  wire.Facts{Title: "Choice", MaxScore: &one, Completion: wire.CompleteOnSubmit},
		Public: Public{Question: "Which lake is the largest?", Choices: []string{"Erie", "Superior", "Huron", "Ontario"}},
		Secret: Secret{Right: "choice_1", Feedback: map[string]string{"choice_0": "Too small.", "choice_1": "Yes."}},
	}, nil
}

func (block) Render(_ *sdk.Call, v sdk.View[fields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	b.WriteString("<fieldset><legend>" + html.EscapeString(v.Public.Question) + "</legend>")
	for i, choice := range v.Public.Choices {
		fmt.Fprintf(&b, `<label><input type="radio" name="choice" value="choice_%d" form="quoin:form">%s</label>`, i, html.EscapeString(choice))
	}
	b.WriteString(`<button form="quoin:form" name="handler" value="submit">Submit</button></fieldset>`)
	return sdk.Fragment{HTML: b.String()}, nil
}

func (block) Grade(_ *sdk.Call, s sdk.Submission[Public, Secret]) (wire.Verdict, error) {
	answer := strings.Trim(string(s.Answers), `"`)
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1, Parts: []wire.Part{{
		ID: "2_1", Correctness: wire.Incorrect, Possible: 1, Feedback: s.Secret.Feedback[answer],
	}}}
	if answer == s.Secret.Right {
		verdict.Earned, verdict.Parts[0].Correctness, verdict.Parts[0].Earned = 1, wire.Correct, 1
	}
	return verdict, nil
}

func (block) Handle(_ *sdk.Call, r *sdk.Request[fields, Public]) (*sdk.Reply, error) {
	switch r.Handler {
	case "echo":
		return sdk.OK().Text("text/plain", string(r.Body.Data)), nil
	case "loop":
		for spin := 0; ; spin++ {
			turns = spin
		}
	case "submit":
		return sdk.OK().Submit(strings.Join(r.Form["choice"], "")), nil
	}
	return sdk.OK(), nil
}

// turns keeps the loop from being taken for nothing.
var turns int

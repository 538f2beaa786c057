package conform_test

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/conform"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// keyed has question and key in one text, as CAPA does: <q answer="KEY">TEXT</q>. The answer stands in the text too.
type keyed struct{ fault string }

type keyedFields struct {
	Data string `quoin:"data,content,xml,secret" default:"\"<q answer='swan'>Is it a swan, or a duck?</q>\""`
}

type keyedPublic struct{ Text, Hint string }

func (b keyed) Outline(_ *sdk.Call, f *keyedFields, _ []wire.Child) (sdk.Outline[keyedPublic, secret], error) {
	_, rest, found := strings.Cut(f.Data, "<q answer='")
	answer, rest, closed := strings.Cut(rest, "'>")
	text, _, ended := strings.Cut(rest, "</q>")
	if !found || !closed || !ended {
		return sdk.Outline[keyedPublic, secret]{}, sdk.Refuse("data is no question")
	}
	one := 1.0
	out := sdk.Outline[keyedPublic, secret]{Facts: wire.Facts{MaxScore: &one}, Public: keyedPublic{Text: text}, Secret: secret{Word: answer}}
	if b.fault == "public" {
		out.Public.Hint = answer
	}
	return out, nil
}

func (keyed) Render(_ *sdk.Call, v sdk.View[keyedFields, keyedPublic]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<label>" + html.EscapeString(v.Public.Text) + ` <input name="word" form="quoin:form"></label>` +
		`<button form="quoin:form" name="handler" value="submit">Send</button>`}, nil
}

func (keyed) Handle(_ *sdk.Call, r *sdk.Request[keyedFields, keyedPublic]) (*sdk.Reply, error) {
	return sdk.OK().Submit(strings.Join(r.Form["word"], "")), nil
}

func (b keyed) Grade(_ *sdk.Call, s sdk.Submission[keyedPublic, secret]) (wire.Verdict, error) {
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	v := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}
	if word == s.Secret.Word {
		v.Earned = 1
	} else if b.fault == "verdict" {
		v.Message = "It was " + s.Secret.Word
	}
	return v, nil
}

func (keyed) Solve(_ *sdk.Call, _ keyedPublic, s secret) (wire.Solution, error) {
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"word": {s.Word}}}}, nil
}

// TestKeysInsideATextAreFound: the key is told from the same word in the question, and searched for everywhere.
func TestKeysInsideATextAreFound(t *testing.T) {
	checks := conform.Checks()
	check := checks[slices.IndexFunc(checks, func(c conform.Check) bool { return c.Name == "secrets" })]
	for fault, says := range map[string]string{"": "", "public": "in the public value", "verdict": "in the verdict"} {
		b := sdk.New[keyedFields, keyedPublic, secret](keyed{fault}, sdk.Spec{
			Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
			Handlers: []wire.Handler{{Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true}},
		})
		findings := conform.Run(conform.Subject{Serve: b.Serve}, check)
		found := slices.ContainsFunc(findings, func(f conform.Finding) bool { return strings.Contains(f.Message, says) })
		if found != (fault != "") {
			t.Errorf("fault %q: %v", fault, findings)
		}
	}
}

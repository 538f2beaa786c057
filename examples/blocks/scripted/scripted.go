// Package scripted asks a question whose numbers an author's Python program draws. It shows how a block makes variants: the
// program runs once for a seed, in vary, and neither a page nor a grade waits for it again.
package scripted

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author sets, and what a learner typed last.
type Fields struct {
	DisplayName string  `quoin:"display_name,settings" default:"\"Scripted question\"" title:"Name"`
	Question    string  `quoin:"question,content,text" default:"\"What is $a + $b?\"" title:"Question" help:"$name stands for a value that the program sets."`
	Script      string  `quoin:"script,content,text,secret" default:"\"import random\\na = random.randint(2, 9)\\nb = random.randint(2, 9)\\nanswer = a + b\\n\"" title:"Program" help:"Python; it must set answer to a number."`
	Tolerance   float64 `quoin:"tolerance,content" default:"0" min:"0" title:"Tolerance"`
	Typed       string  `quoin:"typed,user_state"`
}

// Public is what the view needs: the question as this learner reads it.
type Public struct {
	Question string `json:"question"`
}

// Secret is what scoring needs. Answer is set in variants alone.
type Secret struct {
	Script    string  `json:"script,omitempty"`
	Tolerance float64 `json:"tolerance,omitempty"`
	Answer    float64 `json:"answer,omitempty"`
}

type block struct{}

// Block is the scripted question.
func Block() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[Fields, Public, Secret](block{}, sdk.Spec{
		Rerandomize: "per_student",
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{
			Seed: true, Prepared: true, Verdict: true, Access: true, Fields: []string{"typed"},
		}}},
		Handlers: []wire.Handler{{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{Fields: []string{"typed"}}}},
	})
}

// Outline implements sdk.Outliner. The program is not run here: what differs from learner to learner is vary's.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, Secret], error) {
	one := 1.0
	if strings.TrimSpace(f.Script) == "" {
		return sdk.Outline[Public, Secret]{}, sdk.Refuse("the program is missing: it must set answer")
	}
	return sdk.Outline[Public, Secret]{
		Facts: wire.Facts{
			Title: f.DisplayName, Icon: "problem", MaxScore: &one, Questions: 1, Completion: wire.CompleteOnSubmit, Varies: true,
			Search: f.Question,
		},
		Public: Public{f.Question}, Secret: Secret{Script: f.Script, Tolerance: f.Tolerance},
	}, nil
}

// Vary implements sdk.Varier.
func (block) Vary(c *sdk.Call, public Public, secret Secret) (Public, Secret, error) {
	values, err := run(c, secret.Script)
	if err != nil {
		return public, secret, err
	}
	answer, ok := values["answer"].(float64)
	if !ok {
		return public, secret, sdk.Refuse("the program must set answer to a number, not to %v", values["answer"])
	}
	return Public{fillIn(public.Question, values)}, Secret{Tolerance: secret.Tolerance, Answer: answer}, nil
}

// run runs the program by the call's seed and gives its values.
func run(c *sdk.Call, script string) (map[string]any, error) {
	done, err := c.Script(wire.ScriptRun{Language: "python", Code: script, Seed: c.Seed()})
	if err != nil {
		return nil, err
	}
	if done.Failed != nil {
		return nil, sdk.Refuse("the program failed in line %d: %s: %s", done.Failed.Line, done.Failed.Class, done.Failed.Message)
	}
	values := map[string]any{}
	if err := json.Unmarshal(done.Globals, &values); err != nil {
		return nil, fmt.Errorf("reading what the program left behind: %w", err)
	}
	return values, nil
}

// fillIn puts the program's values into the question. The answer is never one of them: an author who writes $answer by
// mistake would show it to everybody.
func fillIn(question string, values map[string]any) string {
	var b strings.Builder
	for i := 0; i < len(question); {
		end := i + 1
		for end < len(question) && (isLetter(question[end]) || question[end] >= '0' && question[end] <= '9') {
			end++
		}
		value, known := values[question[i+1:end]]
		if question[i] != '$' || !known || question[i+1:end] == "answer" {
			b.WriteByte(question[i])
			i++
			continue
		}
		fmt.Fprint(&b, value)
		i = end
	}
	return b.String()
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// Render implements sdk.Renderer.
func (block) Render(_ *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<p><label>%s <input name="number" inputmode="decimal" form="quoin:form" value="%s"></label></p>`,
		html.EscapeString(v.Public.Question), html.EscapeString(v.Fields.Typed))
	if v.Newest != nil {
		fmt.Fprintf(&b, `<p role="status">%s</p>`, html.EscapeString(inWords(v.Newest)))
	}
	if v.Access != nil && v.Access.Submit.Open {
		b.WriteString(`<button form="quoin:form" name="handler" value="submit">Submit</button>`)
	}
	return sdk.Fragment{HTML: b.String()}, nil
}

func inWords(v *wire.Verdict) string {
	switch {
	case v.Outcome == wire.OutcomeInvalid:
		return v.Message
	case v.Outcome != wire.OutcomeScored:
		return "Your answer was taken."
	case v.Earned >= v.Possible:
		return "That is right."
	}
	return "That is not right."
}

// Handle implements sdk.Handler.
func (block) Handle(_ *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	const longest = 100
	typed := strings.TrimSpace(strings.Join(r.Form["number"], ""))
	if len(typed) > longest {
		return nil, sdk.Refuse("a number has at most %d characters", longest)
	}
	r.Fields.Typed = typed
	return sdk.OK().Submit(typed), nil
}

// Grade implements sdk.Grader.
func (block) Grade(_ *sdk.Call, s sdk.Submission[Public, Secret]) (wire.Verdict, error) {
	var typed string
	if err := json.Unmarshal(s.Answers, &typed); err != nil {
		return wire.Verdict{}, fmt.Errorf("reading the answer: %w", err)
	}
	number, ok := parse(typed)
	if !ok {
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "type a number, such as 7 or 2.5"}, nil
	}
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1, Parts: []wire.Part{{ID: "number", Correctness: wire.Incorrect, Possible: 1}}}
	if math.Abs(number-s.Secret.Answer) <= s.Secret.Tolerance {
		verdict.Earned, verdict.Parts[0].Earned, verdict.Parts[0].Correctness = 1, 1, wire.Correct
	}
	return verdict, nil
}

// parse reads a typed number, with a point or a comma.
func parse(typed string) (float64, bool) {
	number, err := strconv.ParseFloat(strings.ReplaceAll(typed, ",", "."), 64)
	return number, err == nil && wire.Finite(number)
}

// Reveal implements sdk.Revealer.
func (block) Reveal(_ *sdk.Call, _ Public, secret Secret, _ json.RawMessage) (sdk.Revealed, error) {
	answer := number(secret.Answer)
	return sdk.Revealed{HTML: "<p>The answer is " + answer + ".</p>", Answers: map[string]string{"number": answer}}, nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// Solve implements sdk.Solver.
func (block) Solve(_ *sdk.Call, _ Public, secret Secret) (wire.Solution, error) {
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"number": {number(secret.Answer)}}}}, nil
}

// Check implements sdk.Checker: it tries the program once, so that its author hears of a mistake before a learner does.
func (block) Check(c *sdk.Call, f *Fields, _ []wire.Child) ([]wire.Finding, error) {
	done, err := c.Script(wire.ScriptRun{Language: "python", Code: f.Script, Seed: c.Seed()})
	switch {
	case err != nil:
		return nil, err
	case done.Failed != nil:
		return []wire.Finding{{
			Level: wire.LevelError, Field: "script", Line: done.Failed.Line, Message: done.Failed.Class + ": " + done.Failed.Message,
			Fix: "mend the program at this line",
		}}, nil
	}
	var values struct{ Answer *float64 }
	if err := json.Unmarshal(done.Globals, &values); err != nil || values.Answer == nil {
		return []wire.Finding{{Level: wire.LevelError, Field: "script", Message: "the program sets no answer", Fix: "set answer to a number"}}, nil //nolint:nilerr // what the program left behind is the finding
	}
	return nil, nil
}

// Samples implements sdk.Sampler: two learners get two variants of one content.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	answer := func(seed int, expect wire.Expectation, number string) wire.SampleAnswer {
		return wire.SampleAnswer{
			Seed: &seed, Expect: expect, Input: wire.Input{Handler: "submit", Form: map[string][]string{"number": {number}}},
		}
	}
	return []wire.Sample{{Name: "sum", Title: "A sum of two drawn numbers", Answers: []wire.SampleAnswer{
		answer(1, wire.ExpectFull, "7"), answer(7, wire.ExpectFull, "11"), answer(1, wire.ExpectZero, "11"),
		answer(7, wire.ExpectInvalid, "eleven"), answer(7, wire.ExpectInvalid, ""),
	}}}, nil
}

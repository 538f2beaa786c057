// Package external lets a grader outside score answers. It shows how an answer waits: submit hands the answer to a task, the
// task sends it out, a signed request brings the result back under the block's own path, and the first result alone settles
// the submission, whoever sends it again.
package external

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author sets, and what a learner wrote last.
type Fields struct {
	DisplayName string  `quoin:"display_name,settings" default:"\"Essay\"" title:"Name"`
	Task        string  `quoin:"task,content,text" default:"\"Write a program that sorts a list.\"" title:"Task"`
	Points      float64 `quoin:"points,settings" default:"10" min:"1" max:"1000" title:"Points"`
	// Grader is what this site and the grader share. The value reaches no call: the field's name is its handle.
	Grader string `quoin:"grader,settings,key" title:"Secret shared with the grader"`
	Text   string `quoin:"text,user_state"`
}

// Public is what the view and grade need.
type Public struct {
	Task   string  `json:"task"`
	Points float64 `json:"points"`
}

// Result is what the grader sends.
type Result struct {
	Submission string  `json:"submission"`
	Earned     float64 `json:"earned"`
	Feedback   string  `json:"feedback"`
}

const (
	// secret is the handle of what the grader and the site share, the name of the key field.
	secret = "grader"
	grader = "https://grader.example/submissions"
	// patience is how long the grader may take.
	patience = 7 * 24 * time.Hour
	maxText  = 100 << 10
	results  = "results"
	// signature is the header that carries the HMAC of the body.
	signature = "x-grader-signature"
)

type block struct{}

// Block is the external grader's.
func Block() sdk.Block {
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true, Verdict: true, Access: true, Fields: []string{"text"}}}},
		Handlers: []wire.Handler{{
			Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true, Reads: wire.Reads{Fields: []string{"text"}},
		}},
		Mounts:      []wire.Handler{{Name: "result", Roles: []wire.Role{wire.RoleOutside}}},
		Tasks:       []string{"send"},
		Collections: []wire.Collection{{Name: results}},
	})
}

// Outline implements sdk.Outliner. The points take part in the answer hash: another maximum is another content to grade.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	if !(f.Points > 0) || f.Points > wire.MaxPoints {
		return sdk.Outline[Public, sdk.None]{}, sdk.Refuse("points: give a number of points above 0")
	}
	return sdk.Outline[Public, sdk.None]{
		Facts:      wire.Facts{Title: f.DisplayName, Icon: "problem", MaxScore: &f.Points, Completion: wire.CompleteOnSubmit, Search: f.Task},
		AnswerHash: fmt.Sprintf("points %v", f.Points), Public: Public{f.Task, f.Points},
	}, nil
}

// Render implements sdk.Renderer.
func (block) Render(_ *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<p><label>%s <textarea name="text" form="quoin:form">%s</textarea></label></p>`,
		html.EscapeString(v.Public.Task), html.EscapeString(v.Fields.Text))
	switch {
	case v.Grading != nil && v.Grading.Failed:
		b.WriteString(`<p role="status">Grading did not work. Your answer is kept, and the course team was told.</p>`)
	case v.Grading != nil:
		fmt.Fprintf(&b, `<p role="status">Waiting for a grade. %s</p>`, html.EscapeString(v.Grading.Who))
	case v.Newest != nil && v.Newest.Outcome == wire.OutcomeScored:
		fmt.Fprintf(&b, `<p role="status">%v of %v points</p>%s`, v.Newest.Earned, v.Newest.Possible, v.Newest.Feedback)
	case v.Newest != nil:
		fmt.Fprintf(&b, `<p role="status">%s</p>`, html.EscapeString(v.Newest.Message))
	}
	if v.Access != nil && v.Access.Submit.Open {
		b.WriteString(`<button form="quoin:form" name="handler" value="submit">Submit</button>`)
	}
	return sdk.Fragment{HTML: b.String()}, nil
}

// Handle implements sdk.Handler: the task that sends the answer is handed the submission, id included.
func (block) Handle(_ *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	text := strings.Join(r.Form["text"], "")
	if len(text) > maxText {
		return nil, sdk.Refuse("an answer has at most %d bytes", maxText)
	}
	r.Fields.Text = text
	reply := sdk.OK().Submit(text)
	if strings.TrimSpace(text) != "" {
		reply.ScheduleSubmission("send", nil)
	}
	return reply, nil
}

// Task implements sdk.Worker. It may run again after a crash: the key makes the grader get an answer once.
func (block) Task(c *sdk.Call, f *Fields, task wire.TaskRequest) (*sdk.Reply, error) {
	if task.Submission == nil {
		return nil, sdk.Refuse("this task was handed no submission")
	}
	body, err := json.Marshal(map[string]any{
		"submission": task.Submission.ID, "task": f.Task, "points": f.Points, "text": task.Submission.Answers,
		"result": c.Context.Address + "/result",
	})
	if err != nil {
		return nil, err
	}
	done, err := c.HTTP(wire.HTTPDo{
		Method: http.MethodPost, URL: grader, Key: task.Key, Body: wire.Blob{Data: body},
		Headers: map[string]string{"content-type": "application/json", "authorization": "Bearer {{secret:" + secret + "}}"},
	})
	if err != nil {
		return nil, err
	}
	if done.Status < 200 || done.Status > 299 {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "the grader answered with status %d", done.Status)
	}
	return sdk.OK(), nil
}

// Mount implements sdk.Mounter: it takes the grader's result. The first one settles the submission, in the same write that
// notes it; what comes again is answered alike and changes nothing.
func (block) Mount(c *sdk.Call, _ *Fields, r wire.MountRequest) (*sdk.Reply, error) {
	proof, err := c.Verify(wire.KeyVerify{
		Secret: secret, Algorithm: "hmac-sha256", Payload: r.Body, Signature: strings.Join(r.Headers[signature], ""),
	})
	if err != nil {
		return nil, err
	}
	if !proof.Valid || r.Method != http.MethodPost {
		return nil, sdk.Forbid("only a POST that the grader signed is taken")
	}
	var result Result
	if err := json.Unmarshal(r.Body.Data, &result); err != nil || result.Submission == "" {
		return nil, sdk.Refuse("the body must be an object with submission, earned and feedback")
	}
	if !wire.Finite(result.Earned) || result.Earned < 0 {
		return nil, sdk.Refuse("earned must be a number from 0 on")
	}
	var earlier Result
	if _, found, err := c.Document(results, result.Submission, &earlier); err != nil || found {
		return sdk.JSON(map[string]bool{"known": true}), err
	}
	return sdk.JSON(map[string]bool{"known": false}).Create(results, result.Submission, result).Settle(result.Submission, result), nil
}

// Grade implements sdk.Grader.
func (block) Grade(_ *sdk.Call, s sdk.Submission[Public, sdk.None]) (wire.Verdict, error) {
	var text string
	if err := json.Unmarshal(s.Answers, &text); err != nil {
		return wire.Verdict{}, fmt.Errorf("reading the answer: %w", err)
	}
	switch {
	case strings.TrimSpace(text) == "":
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "Write something first."}, nil
	case len(s.Evidence) == 0:
		return wire.Verdict{
			Outcome: wire.OutcomePending, Message: "The grader of grader.example reads it.", Until: s.At + patience.Milliseconds(),
		}, nil
	}
	var result Result
	if err := json.Unmarshal(s.Evidence[0].Data, &result); err != nil {
		return wire.Verdict{}, fmt.Errorf("reading the grader's result: %w", err)
	}
	return wire.Verdict{
		Outcome: wire.OutcomeScored, Earned: math.Min(result.Earned, s.Public.Points), Possible: s.Public.Points,
		Feedback: "<p>" + html.EscapeString(result.Feedback) + "</p>",
	}, nil
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	answer := func(expect wire.Expectation, text string) wire.SampleAnswer {
		return wire.SampleAnswer{Expect: expect, Input: wire.Input{Handler: "submit", Form: map[string][]string{"text": {text}}}}
	}
	return []wire.Sample{{Name: "essay", Title: "An essay", Answers: []wire.SampleAnswer{
		answer(wire.ExpectPending, "Once upon a time."), answer(wire.ExpectInvalid, " "),
	}}}, nil
}

// Package judge lets a server outside run learners' programs: one that speaks as Judge0 does, with a token that this block never
// sees. It runs as a process of its own, as a grader would that needs native libraries, and shows what grade may ask outside:
// each request has a key, so that a grading that runs again after a failure asks for nothing twice.
package judge

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales
var locales embed.FS

const (
	// address is where programs go; block.json asks for its host.
	address = "https://judge.example/submissions?base64_encoded=false&wait=true"
	// token is the handle of the site's token there: `quoin secret set judge judge-token --host judge.example`.
	token   = "judge-token"
	maxText = 64 << 10
	// maxTests bounds the tests of a task: each is a request.
	maxTests = 20
)

// Fields are what an author sets, and what a learner wrote last.
type Fields struct {
	DisplayName string  `quoin:"display_name,settings" default:"\"Program\"" title:"Name"`
	Task        string  `quoin:"task,content,text" default:"\"Read a number and print its double.\"" title:"Task"`
	Language    int     `quoin:"language,settings" default:"71" min:"1" max:"1000" title:"Language" help:"The number that the server gives to the language: 71 is Python 3, 50 is C."`
	Points      float64 `quoin:"points,settings" default:"1" min:"0.01" max:"1000" title:"Points"`
	Tests       []Test  `quoin:"tests,content,secret" default:"[{\"input\": \"2\\n\", \"output\": \"4\\n\"}, {\"input\": \"-5\\n\", \"output\": \"-10\\n\"}]" title:"Tests" help:"What the program reads and what it must print. Learners see neither."`
	Program     string  `quoin:"program,user_state"`
}

// Test is one run of the program.
type Test struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

// Public is what the view needs.
type Public struct {
	Task string `json:"task"`
}

// Secret is what scoring needs.
type Secret struct {
	Language int     `json:"language"`
	Points   float64 `json:"points"`
	Tests    []Test  `json:"tests"`
}

type block struct{}

// Block is what the platform loads.
func Block() sdk.Block {
	return sdk.New[Fields, Public, Secret](block{}, sdk.Spec{
		Catalogue: sdk.Messages(locales),
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{
			Prepared: true, Verdict: true, Access: true, Locale: true, Fields: []string{"program"},
		}}},
		Handlers: []wire.Handler{{
			Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true, Reads: wire.Reads{Locale: true, Fields: []string{"program"}},
		}},
	})
}

// Outline implements sdk.Outliner.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, Secret], error) {
	switch {
	case len(f.Tests) == 0 || len(f.Tests) > maxTests:
		return sdk.Outline[Public, Secret]{}, sdk.Refuse("tests: give one to %d tests", maxTests)
	case !(f.Points > 0) || f.Points > wire.MaxPoints:
		return sdk.Outline[Public, Secret]{}, sdk.Refuse("points: give a number of points above 0")
	}
	return sdk.Outline[Public, Secret]{
		Facts:  wire.Facts{Title: f.DisplayName, Icon: "problem", MaxScore: &f.Points, Questions: 1, Completion: wire.CompleteOnSubmit, Search: f.Task},
		Public: Public{f.Task}, Secret: Secret{f.Language, f.Points, f.Tests},
	}, nil
}

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="stack"><div class="field"><label for="quoin:id/program">%s</label>`+
		`<textarea id="quoin:id/program" name="program" rows="12" spellcheck="false" dir="ltr" autocapitalize="none" form="quoin:form">%s</textarea></div>`,
		html.EscapeString(v.Public.Task), html.EscapeString(v.Fields.Program))
	if class, words := standing(c, v); words != "" {
		fmt.Fprintf(&b, `<p class="status %s" role="status">%s</p>`, class, html.EscapeString(words))
	}
	if v.Newest != nil && v.Newest.Outcome == wire.OutcomeScored && v.Newest.Feedback != "" {
		fmt.Fprintf(&b, `<div class="feedback">%s</div>`, v.Newest.Feedback) // made by Grade, which escapes
	}
	if v.Access != nil && v.Access.Submit.Open {
		fmt.Fprintf(&b, `<div class="submit-bar"><button class="button primary" form="quoin:form" name="handler" value="submit">%s</button></div>`,
			html.EscapeString(c.T("submit")))
	}
	b.WriteString("</div>")
	return sdk.Fragment{HTML: b.String()}, nil
}

// standing says what became of the program, as a class and in words.
func standing(c *sdk.Call, v sdk.View[Fields, Public]) (class, words string) {
	switch {
	case v.Grading != nil && v.Grading.Failed:
		return "submitted", c.T("failed")
	case v.Grading != nil:
		return "grading", c.T("running")
	case v.Newest == nil:
		return "", ""
	case v.Newest.Outcome == wire.OutcomeInvalid:
		return "submitted", c.T("empty")
	case v.Newest.Outcome != wire.OutcomeScored: // while the course hides what is right
		return "submitted", c.T("taken")
	case v.Newest.Earned >= v.Newest.Possible:
		return "correct", c.T("passed")
	}
	return "incorrect", c.T("points", v.Newest.Earned, v.Newest.Possible)
}

// Handle implements sdk.Handler.
func (block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	program := strings.ReplaceAll(strings.Join(r.Form["program"], ""), "\r\n", "\n")
	if len(program) > maxText {
		return nil, sdk.Refuse("%s", c.T("long", maxText))
	}
	r.Fields.Program = program
	return sdk.OK().Submit(program), nil
}

// Grade implements sdk.Grader. An error lets the platform grade again later; what the server answered before is given again then.
func (block) Grade(c *sdk.Call, s sdk.Submission[Public, Secret]) (wire.Verdict, error) {
	var program string
	if err := json.Unmarshal(s.Answers, &program); err != nil {
		return wire.Verdict{}, fmt.Errorf("reading the answer: %w", err)
	}
	if strings.TrimSpace(program) == "" {
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "Write a program first."}, nil
	}
	passed, feedback := 0, ""
	for n, test := range s.Secret.Tests {
		ran, err := ask(c, fmt.Sprintf("%s-%d", s.ID, n), s.Secret.Language, program, test)
		switch {
		case errors.Is(err, errNoResult):
			return wire.Verdict{Outcome: wire.OutcomeFailed, Message: errNoResult.Error()}, nil
		case err != nil:
			return wire.Verdict{}, err
		}
		if ran.Status.ID == compileError { // the same for every test
			feedback = "<pre>" + html.EscapeString(head(ran.Compiled)) + "</pre>"
			break
		}
		if ran.Status.ID == accepted {
			passed++
			continue
		}
		feedback += "<p>" + html.EscapeString(fmt.Sprintf("%d: %s", n+1, head(ran.Status.Description))) + "</p>"
	}
	return wire.Verdict{
		Outcome: wire.OutcomeScored, Earned: s.Secret.Points * float64(passed) / float64(len(s.Secret.Tests)), Possible: s.Secret.Points,
		Feedback: feedback,
	}, nil
}

// What became of a run, by the server's numbers. From 3 on it is over; other numbers are mistakes of the program.
const (
	accepted     = 3
	compileError = 6
	internal     = 13
)

// run is what the server answers.
type run struct {
	Status struct {
		ID          int    `json:"id"`
		Description string `json:"description"`
	} `json:"status"`
	Compiled string `json:"compile_output"`
}

// errNoResult is final: a reply of status 2xx is kept under its key, and asking again would give the same.
var errNoResult = errors.New("the server that runs programs gave no result")

// ask lets the server run the program on one test. That it is busy, down or talks nonsense is no fault of the learner's.
func ask(c *sdk.Call, key string, language int, program string, test Test) (*run, error) {
	body, err := json.Marshal(map[string]any{
		"source_code": program, "language_id": language, "stdin": test.Input, "expected_output": test.Output,
	})
	if err != nil {
		return nil, err
	}
	done, err := c.HTTP(wire.HTTPDo{
		Method: http.MethodPost, URL: address, Key: key, Body: wire.Blob{Data: body},
		Headers: map[string]string{"content-type": "application/json", "x-auth-token": "{{secret:" + token + "}}"},
	})
	if err != nil {
		return nil, err
	}
	if done.Status < 200 || done.Status > 299 {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "the server that runs programs answered with status %d", done.Status)
	}
	ran := &run{}
	if err := json.Unmarshal(done.Body.Data, ran); err != nil || ran.Status.ID < accepted || ran.Status.ID >= internal {
		return nil, errNoResult
	}
	return ran, nil
}

// head is what is shown of the server's words.
func head(words string) string {
	const most = 2000
	runes := []rune(words)
	return string(runes[:min(len(runes), most)])
}

// Samples implements sdk.Sampler. Without the server nothing but an empty program has an outcome; the stories bring one.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "double", Title: "Double a number", Fields: wire.Fields{}, Answers: []wire.SampleAnswer{
		{Expect: wire.ExpectInvalid, Input: wire.Input{Handler: "submit", Form: map[string][]string{"program": {" \n"}}}},
	}}}, nil
}

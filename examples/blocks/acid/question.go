package acid

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// QuestionFields are those of the question. Its results are preferences, since a reset takes the state of a question away.
type QuestionFields struct {
	Planted sdk.Opt[string]   `quoin:"planted,content,secret" default:"\"planted-by-the-author\"" title:"A key" help:"No learner may ever see it."`
	Draft   string            `quoin:"draft,user_state"`
	Results map[string]Result `quoin:"question_results,preferences"`
}

type asking struct{}

func question() sdk.Block {
	shows := wire.Reads{Locale: true, Prepared: true, Verdict: true, Access: true, Fields: []string{"question_results", "draft"}}
	return sdk.New[QuestionFields, Public, Secret](asking{}, sdk.Spec{
		Rerandomize: "onreset",
		Views:       []wire.View{{Name: wire.ViewLearner, Reads: shows}},
		Handlers: []wire.Handler{
			{Name: "run", Roles: learner, Grades: true, Reads: wire.Reads{
				User: true, Seed: true, Clock: true, Locale: true, Usage: true, Prepared: true, Verdict: true, Access: true,
				Fields: []string{"question_results", "draft"},
			}},
			{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{}},
			{Name: "note", Roles: learner, Reads: wire.Reads{Fields: []string{"question_results"}}},
		},
		Mounts: mounts(), Tasks: tasks, Collections: collections, Catalogue: catalogue,
	})
}

// possible are the question's points.
const possible = 2.0

// Outline implements sdk.Outliner.
func (asking) Outline(_ *sdk.Call, f *QuestionFields, _ []wire.Child) (sdk.Outline[Public, Secret], error) {
	most := possible
	return sdk.Outline[Public, Secret]{
		Facts: wire.Facts{
			Title: "Acid question", Icon: "problem", MaxScore: &most, Questions: 1, Completion: wire.CompleteOnSubmit, Counts: wire.CountHighest, Varies: true,
		},
		Public: Public{"drawn": -1}, Secret: Secret{Planted: f.Planted.Value},
	}, nil
}

// Vary implements sdk.Varier: the number drawn is public, what is made of it is secret.
func (asking) Vary(c *sdk.Call, _ Public, s Secret) (Public, Secret, error) {
	return Public{"drawn": c.Seed() * 3}, Secret{Planted: s.Planted, Sealed: c.Seed() * 7}, nil
}

// handed is an answer.
type handed struct {
	Do  string `json:"do"`
	Tag string `json:"tag"`
	// Address is where the question's own mounts are.
	Address string `json:"address,omitempty"`
}

// graded is what grade was told, as the verdict's data carries it.
type graded struct {
	Tag        string `json:"tag"`
	Submission string `json:"submission"`
	Attempt    int    `json:"attempt"`
	Digest     string `json:"digest"`
	// Planted says that grade got the author's key, Sealed is the variant's secret number.
	Planted  bool              `json:"planted"`
	Sealed   int               `json:"sealed"`
	Drawn    float64           `json:"drawn"`
	Evidence int               `json:"evidence"`
	Codes    map[string]string `json:"codes,omitempty"`
	Text     string            `json:"text,omitempty"`
}

// Grade implements sdk.Grader.
func (asking) Grade(c *sdk.Call, s sdk.Submission[Public, Secret]) (wire.Verdict, error) {
	var answer handed
	if json.Unmarshal(s.Answers, &answer) != nil {
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: c.T("invalid")}, nil //nolint:nilerr // what cannot be read is told as invalid
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s", s.ID, s.Attempt, s.At, s.Answers))
	drawn, _ := s.Public["drawn"].(float64)
	data := graded{
		Tag: answer.Tag, Submission: s.ID, Attempt: s.Attempt, Digest: hex.EncodeToString(sum[:]), Planted: s.Secret.Planted != "", Sealed: s.Secret.Sealed, Drawn: drawn, Evidence: len(s.Evidence),
	}
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Possible: possible}
	switch answer.Do {
	case "full":
		verdict.Earned = possible
	case "partial":
		verdict.Earned = 1
	case "zero":
	case "over":
		verdict.Earned = 5
	case "pending":
		if len(s.Evidence) == 0 {
			verdict.Outcome, verdict.Message = wire.OutcomePending, c.T("pending")
		}
	case "services", "script", "http", "file":
		gradeByServices(c, &data, answer, s.Files)
	default:
		verdict.Outcome, verdict.Message = wire.OutcomeInvalid, c.T("invalid")
	}
	var err error
	verdict.Data, err = json.Marshal(data)
	return verdict, err
}

// gradeByServices notes what services say while an answer is graded.
func gradeByServices(c *sdk.Call, data *graded, answer handed, files []wire.File) {
	data.Codes = map[string]string{}
	note := func(name string, err error) {
		if err != nil {
			data.Codes[name], data.Text = string(code(err)), err.Error()
		}
	}
	switch answer.Do {
	case "services":
		_, err := c.Documents(wire.DocumentFind{Collection: "things"})
		note("documents", err)
		_, err = c.Users("somebody")
		note("users", err)
		_, err = c.Scores([]string{"somebody"}, nil)
		note("scores", err)
		_, err = c.Search("anything", 1)
		note("search", err)
		_, err = c.Sign(wire.KeySign{Secret: secretName, Algorithm: "hmac-sha256"})
		note("keys", err)
	case "script":
		done, err := c.Script(wire.ScriptRun{Language: "python", Code: "x = 6 * 7", Want: []string{"x"}, Seed: 1})
		data.Text = string(done.Globals)
		note("script", err)
	case "http":
		done, err := c.HTTP(wire.HTTPDo{Method: "GET", URL: answer.Address + "/hook/graded", Key: "grade"})
		data.Text = string(done.Body.Data)
		note("http", err)
	case "file":
		for _, file := range files {
			_, content, err := c.File(wire.FileRead{Hash: file.Hash})
			data.Text = string(content)
			note("files", err)
		}
	}
}

// Solve implements sdk.Solver.
func (asking) Solve(*sdk.Call, Public, Secret) (wire.Solution, error) {
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"do": {"full"}}}}, nil
}

// Reveal implements sdk.Revealer.
func (asking) Reveal(*sdk.Call, Public, Secret, json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: "<p>full</p>", Answers: map[string]string{"do": "full"}}, nil
}

// Task implements sdk.Worker.
func (asking) Task(c *sdk.Call, f *QuestionFields, task wire.TaskRequest) (*sdk.Reply, error) {
	return work(c, task, ran{Secrets: f.Planted.Set})
}

// Mount implements sdk.Mounter.
func (asking) Mount(c *sdk.Call, _ *QuestionFields, r wire.MountRequest) (*sdk.Reply, error) {
	return block{}.Mount(c, &Fields{}, r)
}

// Handle implements sdk.Handler.
func (asking) Handle(c *sdk.Call, r *sdk.Request[QuestionFields, Public]) (*sdk.Reply, error) {
	if r.Fields.Results == nil {
		r.Fields.Results = map[string]Result{}
	}
	switch r.Handler {
	case "submit":
		do := ""
		if len(r.Form["do"]) > 0 {
			do = r.Form["do"][0]
		}
		return sdk.OK().Submit(handed{Do: do}), nil
	case "note":
		return takeNote(r.Fields.Results, "question", r.Body.Data)
	}
	ask, err := readAsked(r.Body.Data)
	if err != nil {
		return nil, err
	}
	t := &trial{
		c: c, asked: ask, q: r.Fields, public: r.Public, results: r.Fields.Results, settings: r.Settings,
		newest: r.Newest, counted: r.Counted, access: r.Access,
	}
	return t.run(questionChecks[ask.Row])
}

// Samples implements sdk.Sampler.
func (asking) Samples(*sdk.Call) ([]wire.Sample, error) {
	answer := func(expect wire.Expectation, do string) wire.SampleAnswer {
		return wire.SampleAnswer{Expect: expect, Input: wire.Input{Handler: "submit", Form: map[string][]string{"do": {do}}}}
	}
	return []wire.Sample{{Name: "question", Title: "A question", Fields: wire.Fields{}, Answers: []wire.SampleAnswer{
		answer(wire.ExpectFull, "full"), answer(wire.ExpectPartial, "partial"), answer(wire.ExpectZero, "zero"),
		answer(wire.ExpectInvalid, "nonsense"), answer(wire.ExpectPending, "pending"),
	}}}, nil
}

package inspect_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/inspect"
)

const goodManifest = `{"name": "word", "version": "1.0.0", "title": "Word", "description": "Asks for a word.", "licence": "MIT"}`

// wordBlock asks for a word; the tests change what stands in it.
const wordBlock = `package word

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type fields struct {
	Word string ` + "`quoin:\"word,content,secret\"`" + `
}

type secret struct{ Word string }

type block struct{}

func (block) Outline(_ *sdk.Call, f *fields, _ []wire.Child) (sdk.Outline[sdk.None, secret], error) {
	one := 1.0
	return sdk.Outline[sdk.None, secret]{Facts: wire.Facts{MaxScore: &one}, Secret: secret{f.Word}}, nil
}

func (block) Render(*sdk.Call, sdk.View[fields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>?</p>"}, nil
}

func (block) Handle(c *sdk.Call, r *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) {
	return sdk.OK().Submit(r.Form["word"][0]), nil
}

func (block) Grade(_ *sdk.Call, s sdk.Submission[sdk.None, secret]) (wire.Verdict, error) {
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	v := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}
	if word == s.Secret.Word {
		v.Earned = 1
	}
	return v, nil
}

func (block) Solve(_ *sdk.Call, _ sdk.None, s secret) (wire.Solution, error) {
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"word": {s.Word}}}}, nil
}

func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	answer := func(e wire.Expectation, word string) wire.SampleAnswer {
		return wire.SampleAnswer{Expect: e, Input: wire.Input{Handler: "submit", Form: map[string][]string{"word": {word}}}}
	}
	return []wire.Sample{{
		Name: "tide", Fields: wire.Fields{"word": json.RawMessage("\"tide\"")},
		Answers: []wire.SampleAnswer{answer(wire.ExpectFull, "tide"), answer(wire.ExpectZero, "moon")},
	}}, nil
}

func Block() sdk.Block {
	return sdk.New[fields, sdk.None, secret](block{}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner}},
		Handlers: []wire.Handler{{Name: "submit", Roles: []wire.Role{wire.RoleLearner}, Grades: true}},
	})
}
`

// folder writes a block's folder as a module of its own, as a block developer has it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	all := map[string]string{
		"go.mod": fmt.Sprintf("module example.org/word\n\ngo 1.26.0\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => %s\n", root),
	}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func look(t *testing.T, files map[string]string) *inspect.Report {
	t.Helper()
	report, err := inspect.Folder(t.Context(), inspect.Config{Cache: t.TempDir()}, folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func problems(r *inspect.Report) string {
	var lines []string
	for _, p := range r.Problems {
		if p.Message == "" || p.Fix == "" {
			lines = append(lines, "(a problem without message or fix)")
		}
		lines = append(lines, fmt.Sprintf("%s:%d: %s -> %s", p.File, p.Line, p.Message, p.Fix))
	}
	return strings.Join(lines, "\n")
}

// tells fails the test unless the report has exactly as many problems as wanted, each with its words.
func tells(t *testing.T, r *inspect.Report, wanted ...string) {
	t.Helper()
	text := problems(r)
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told", want)
		}
	}
	if len(r.Problems) != len(wanted) {
		t.Errorf("%d problems, want %d", len(r.Problems), len(wanted))
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestGoodBlock(t *testing.T) {
	r := look(t, map[string]string{"block.json": goodManifest, "word.go": wordBlock})
	tells(t, r)
	if r.Name != "word" || r.Version != "1.0.0" || r.Code == 0 || r.Samples != 1 || r.Answers != 2 || len(r.Notes) > 0 {
		t.Errorf("%+v", r)
	}
	for _, use := range r.Uses {
		if use.Calls == 0 || use.Fuel == 0 || use.Memory == 0 {
			t.Errorf("%+v", use)
		}
	}
	if len(r.Uses) != 6 {
		t.Errorf("operations %+v, want sample, outline, render, handle, grade, solve", r.Uses)
	}
}

func TestSamplesThatLie(t *testing.T) {
	tells(t, look(t, map[string]string{
		"block.json": goodManifest,
		"word.go":    strings.Replace(wordBlock, `if word == s.Secret.Word {`, `if word == "moon" {`, 1),
	}), "answer 1 (full) comes to scored with 0 of 1", "answer 2 (zero) comes to scored with 1 of 1", "solve comes to scored with 0 of 1")
	tells(t, look(t, map[string]string{
		"block.json": goodManifest,
		"word.go":    strings.Replace(wordBlock, `sdk.Fragment{HTML: "<p>?</p>"}, nil`, `sdk.Fragment{}, error(nil)`+"\n}\n\nfunc init() {\n\tpanic(\"on purpose\")", 1),
	}), "on purpose")
	tells(t, look(t, map[string]string{
		"block.json": goodManifest,
		"word.go":    strings.Replace(wordBlock, `return sdk.Fragment{HTML: "<p>?</p>"}, nil`, `panic("at the view")`, 1),
	}), "sample tide, view learner: ")
}

func TestManifest(t *testing.T) {
	tells(t, look(t, map[string]string{"word.go": wordBlock}), "block.json:0: the folder has none")
	tells(t, look(t, map[string]string{"block.json": strings.Replace(goodManifest, "title", "titel", 1), "word.go": wordBlock}), "titel")
	more := strings.TrimSuffix(goodManifest, "}") + `, "icon": "gone.svg", "assets": "word.go",
		"permissions": [{"name": "documents", "reason": "r"}, {"name": "mount", "reason": "r", "values": ["hook"]}]}`
	tells(t, look(t, map[string]string{"block.json": more, "word.go": wordBlock}),
		"icon names gone.svg, which is not there", "assets names word.go, which is of the other kind",
		"it asks for documents, but", `it asks for mount "hook", but`)
	tells(t, look(t, map[string]string{
		"block.json": strings.TrimSuffix(goodManifest, "}") + `, "types": [{"name": "word", "title": "W", "kind": "grader"}]}`, "word.go": wordBlock,
	}), `the code says kind "component", block.json says "grader"`)
}

func TestSources(t *testing.T) {
	r := look(t, map[string]string{
		"block.json": goodManifest, "word.go": wordBlock,
		"deep/deep.go": `package deep

import (
	"math/rand"
	own "math/rand/v2"

	"github.com/quoin-lms/quoin/runtime/store"
)

var _ store.Store

func draw() int {
	r := own.New(own.NewPCG(1, 2))
	return rand.Intn(3) + r.IntN(4) + own.N(5)
}

func shadow(rand interface{ Intn(int) int }) int { return rand.Intn(3) }
`,
		"deep/deep_test.go":  "package deep\n\nimport _ \"github.com/quoin-lms/quoin/runtime/kernel\"\n",
		"testdata/ignore.go": "package ignore\n\nimport _ \"github.com/quoin-lms/quoin/host\"\n",
	})
	tells(t, r, "deep/deep.go:7: it imports github.com/quoin-lms/quoin/runtime/store", "deep/deep.go:14: it uses rand.Intn", "deep/deep.go:14: it uses own.N:")
	tells(t, look(t, map[string]string{"block.json": goodManifest, "word.go": wordBlock + "\nvar x int = \"text\"\n"}), "word.go:")
}

func TestWithoutGo(t *testing.T) {
	_, err := inspect.Folder(t.Context(), inspect.Config{Cache: t.TempDir(), Go: "no-such-go-command"},
		folder(t, map[string]string{"block.json": goodManifest, "word.go": wordBlock}))
	if !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("got %v", err)
	}
}

package trials_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/packages/trials"
)

const starManifest = `{"name": "star", "version": "1.0.0", "title": "Star", "description": "Asks for stars.", "licence": "MIT", "source": "typescript"}`

const starBlock = `import { block, html, ok, refuse, summary, userState } from "@quoin/sdk";

export default block({
  fields: { stars: userState.integer({ default: 0 }), all: summary.counters() },
  views: { learner: { reads: { fields: ["stars"] }, render: (_call, { fields }) =>
    html` + "`<p>${fields.stars} stars</p><button form=\"quoin:form\" name=\"handler\" value=\"rate\">Rate</button>`" + ` } },
  handlers: { rate: { roles: ["learner"], reads: { fields: ["stars"] }, handle(_call, { fields }) {
    if (fields.stars !== 0) throw refuse("once is enough");
    fields.stars = 5;
    return ok().increment("all", 1, "5");
  } } },
  samples: () => [{ name: "stars", title: "Stars", fields: {} }],
});
`

const starStory = "view\n  contains 0 stars\npost rate\nview\n  contains 5 stars\n  golden after.html\npost rate\n  error bad_request once\n" +
	"-- after.html --\n<p>5 stars</p><button form=\"quoin:form\" name=\"handler\" value=\"rate\">Rate</button>\n"

// star makes a block's folder, with some of its files replaced.
func star(t *testing.T, replaced map[string]string) string {
	t.Helper()
	if _, err := npm.File(npm.Interpreter); errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip("the interpreter was not built in: run make web")
	} else if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "star")
	files := map[string]string{"block.json": starManifest, "block.ts": starBlock, "testdata/stories/once.txtar": starStory}
	for name, text := range replaced {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func try(t *testing.T, config trials.Config, dir string) *trials.Report {
	t.Helper()
	config.Cache, config.Go = t.TempDir(), filepath.Join(t.TempDir(), "no-go-command")
	report, err := trials.Folder(t.Context(), config, dir)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// failures lists what failed by the trials' names.
func failures(r *trials.Report) map[string]string {
	all := map[string]string{}
	for _, result := range r.Results {
		if len(result.Failures) > 0 {
			all[result.Name] = strings.Join(result.Failures, "\n")
		}
	}
	return all
}

func TestAGoodBlockIsTriedWithoutItsToolchain(t *testing.T) {
	var told []string
	r := try(t, trials.Config{Done: func(r trials.Result) { told = append(told, r.Name) }}, star(t, nil))
	if r.Failed() || r.Name != "star" || r.Version != "1.0.0" || r.Engine != "wasm" || r.Source != "typescript" {
		t.Errorf("%+v", r)
	}
	if len(told) != len(r.Results) || told[0] != "manifest" || told[len(told)-1] != "story/once" {
		t.Errorf("told of %q", told)
	}
}

// A block that does something else than its story fails there: with the story's line, the call and the difference.
func TestFailuresShowLineRequestAndDifference(t *testing.T) {
	dir := star(t, map[string]string{"block.ts": strings.Replace(starBlock, "stars</p>", "points</p>", 1)})
	story := filepath.Join(dir, "testdata", "stories", "once.txtar")
	got := failures(try(t, trials.Config{}, dir))
	if len(got) != 1 {
		t.Errorf("failed: %q", got)
	}
	for _, want := range []string{story + ":2: contains 0 stars", "0 points</p>", "the newest call: render", `"view":"learner"`} {
		if !strings.Contains(got["story/once"], want) {
			t.Errorf("%q is not told in\n%s", want, got["story/once"])
		}
	}
	dir = star(t, map[string]string{"testdata/stories/once.txtar": strings.Replace(starStory, "-- after.html --\n<p>5", "-- after.html --\n<p>6", 1)})
	if got := failures(try(t, trials.Config{}, dir))["story/once"]; !strings.Contains(got, "- <p>6 stars") || !strings.Contains(got, "+ <p>5 stars") {
		t.Errorf("the difference is not shown in\n%s", got)
	}
	if r := try(t, trials.Config{Update: true}, dir); r.Failed() {
		t.Errorf("after an update: %v", failures(r))
	}
	if r := try(t, trials.Config{}, dir); r.Failed() {
		t.Errorf("after the files were written: %v", failures(r))
	}
}

func TestTrialsAreChosenByName(t *testing.T) {
	r := try(t, trials.Config{Only: regexp.MustCompile("^(race|story/)")}, star(t, nil))
	if len(r.Results) != 2 || r.Failed() || r.Results[0].Name != "race" || r.Results[1].Name != "story/once" {
		t.Errorf("chosen: %+v", r.Results)
	}
}

func TestWhatCannotBeTriedSaysWhy(t *testing.T) {
	for want, replaced := range map[string]map[string]string{
		`block.json: line 1: json: unknown field "titel"`: {"block.json": strings.Replace(starManifest, "title", "titel", 1)},
		"block.json: licence is missing":                  {"block.json": strings.Replace(starManifest, `, "licence": "MIT"`, "", 1)},
		"block.ts:1:":                                     {"block.ts": "import {"},
		"on purpose":                                      {"block.ts": starBlock + "throw new Error('on purpose');"},
		"setup.txtar:1":                                   {"testdata/setup.txtar": "dance\n"},
		"artifact names block.wasm, which is not there":   {"block.json": strings.Replace(starManifest, `"typescript"`, `"file", "artifact": "block.wasm"`, 1)},
	} {
		r := try(t, trials.Config{}, star(t, replaced))
		if !r.Failed() || !strings.Contains(r.Problem, want) || len(r.Results) > 0 {
			t.Errorf("want %q, got %q and %d results", want, r.Problem, len(r.Results))
		}
	}
	if r := try(t, trials.Config{}, t.TempDir()); !strings.Contains(r.Problem, "quoin block new") {
		t.Errorf("an empty folder: %q", r.Problem)
	}
}

func TestStopping(t *testing.T) {
	dir := star(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	config := trials.Config{Cache: t.TempDir(), Done: func(trials.Result) { stop() }}
	if r, err := trials.Folder(ctx, config, dir); !errors.Is(err, context.Canceled) || len(r.Results) != 1 {
		t.Errorf("%d results, %v", len(r.Results), err)
	}
}

// fetchModules compiles a program that needs what a process needs: what modules say of each other is then on this machine, and
// the block can be compiled without a network, as it must be.
func fetchModules(t *testing.T, root string, sums []byte, env []string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.org/fetch\n\ngo 1.26.0\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => " + root + "\n",
		"go.sum":  string(sums),
		"main.go": "package main\n\nimport _ \"github.com/quoin-lms/quoin/sdk/process\"\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, ".")
	build.Dir, build.Env = dir, env
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// A block that is a process is tried in that engine.
func TestAProcessIsTried(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("a process block is compiled by the go command: %v", err)
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	online := append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	for name, value := range map[string]string{"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	fetchModules(t, root, sums, online)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module example.org/plain\n\ngo 1.26.0\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => " + root + "\n",
		"go.sum":     string(sums),
		"block.json": `{"name": "plain", "version": "1.0.0", "title": "Plain", "description": "A text.", "licence": "MIT", "engine": "process"}`,
		"plain.go": `package plain

import (
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type block struct{}

func (block) Render(*sdk.Call, sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>plain</p>"}, nil
}

func Block() sdk.Block {
	return sdk.New[sdk.None, sdk.None, sdk.None](block{}, sdk.Spec{Views: []wire.View{{Name: wire.ViewLearner}}})
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := trials.Folder(t.Context(), trials.Config{Cache: t.TempDir()}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed() || r.Engine != "process" || r.Source != "go" || len(r.Results) < 5 {
		t.Errorf("%+v %v", r, failures(r))
	}
}

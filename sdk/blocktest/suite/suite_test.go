package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// rating asks for stars, once.
type rating struct{ lies bool }

type ratingFields struct {
	Stars int            `quoin:"stars,user_state"`
	All   map[string]int `quoin:"all,user_state_summary,sum"`
}

func (b rating) Render(_ *sdk.Call, v sdk.View[ratingFields, sdk.None]) (sdk.Fragment, error) {
	asset := "rating.css"
	if b.lies {
		asset = "none.css"
	}
	return sdk.Fragment{Styles: []string{asset}, HTML: fmt.Sprintf(
		`<p>%d stars</p><button form="quoin:form" name="handler" value="rate">Rate</button>`, v.Fields.Stars,
	)}, nil
}

func (b rating) Handle(_ *sdk.Call, r *sdk.Request[ratingFields, sdk.None]) (*sdk.Reply, error) {
	if r.Fields.Stars != 0 {
		return nil, sdk.Refuse("once is enough")
	}
	r.Fields.Stars = 5
	if b.lies {
		return sdk.OK().Notify([]string{"bob"}, "Rated", "", ""), nil
	}
	return sdk.OK().Increment("all", "5", 1), nil
}

func (rating) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "stars"}}, nil
}

func ratingBlock(b rating) sdk.Block {
	reads := wire.Reads{Fields: []string{"stars"}}
	return sdk.New[ratingFields, sdk.None, sdk.None](b, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: reads}},
		Handlers: []wire.Handler{{Name: "rate", Roles: []wire.Role{wire.RoleLearner}, Reads: reads}},
	})
}

// folder makes a block's folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func goodFiles() map[string]string {
	return map[string]string{
		"block.json":                  `{"name": "rating", "icon": "icon.svg", "assets": "assets"}`,
		"icon.svg":                    "<svg/>",
		"assets/rating.css":           "",
		"testdata/setup.txtar":        "person bob\n",
		"testdata/stories/once.txtar": "view\n  contains 0 stars\npost rate\nview\n  contains 5 stars\npost rate\n  error bad_request once\n",
	}
}

// outcomes runs every trial and gives the failures by name.
func outcomes(t *testing.T, c Config) map[string]string {
	t.Helper()
	trials, err := Trials(c)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, trial := range trials {
		failures, notes := trial.Run()
		all[trial.Name] = strings.Join(append(failures, notes...), "\n")
	}
	return all
}

func TestAGoodFolderPasses(t *testing.T) {
	all := outcomes(t, Config{Serve: ratingBlock(rating{}).Serve, Dir: folder(t, goodFiles())})
	for name, text := range all {
		if text != "" {
			t.Errorf("%s: %s", name, text)
		}
	}
	for _, name := range []string{"manifest", "describe", "race", "story/once"} {
		if _, ok := all[name]; !ok {
			t.Errorf("there is no subtest %s among %d", name, len(all))
		}
	}
}

func TestWhatIsWrongFailsInItsSubtest(t *testing.T) {
	files := goodFiles()
	files["testdata/stories/wrong.txtar"] = "view\n  contains 7 stars\n"
	files["testdata/stories/garbled.txtar"] = "dance\n"
	files["block.json"] = `{"name": "rating", "icon": "none.svg", "assets": "assets", "types": [{"name": "rating", "kind": "app"}],
		"permissions": [{"name": "mount", "values": ["hook"], "reason": "it is nice"}, {"name": "documents"}]}`
	all := outcomes(t, Config{Serve: ratingBlock(rating{lies: true}).Serve, Dir: folder(t, files)})
	for name, says := range map[string]string{
		"manifest":      `block.json says "app"`,
		"views":         "none.css",
		"faults":        "",
		"strange":       `does not ask for the permission "notify"`,
		"story/wrong":   "7 stars",
		"story/garbled": "no command",
		"story/once":    "notify",
	} {
		if got := all[name]; !strings.Contains(got, says) {
			t.Errorf("%s should say %q, not %q", name, says, got)
		}
	}
	for _, says := range []string{"none.svg", "give the reason", `"hook" is asked for and not used`} {
		if !strings.Contains(all["manifest"], says) {
			t.Errorf("manifest should say %q, not %q", says, all["manifest"])
		}
	}
}

func TestAgreementWithTheManifest(t *testing.T) {
	roles := []wire.Role{wire.RoleOutside}
	greedy := sdk.New[sdk.None, sdk.None, sdk.None](greedy{}, sdk.Spec{
		Kind: wire.KindApp, Views: []wire.View{{Name: "tab", Slot: "course.tab"}}, Tasks: []string{"send"}, Subscribes: []string{"course.ended"},
		Mounts: []wire.Handler{{Name: "hook", Roles: roles}}, Collections: []wire.Collection{{Name: "things"}},
	})
	dir := folder(t, map[string]string{"block.json": `{"name": "greedy", "types": [{"name": "greedy", "kind": "app"}]}`})
	got := outcomes(t, Config{Serve: greedy.Serve, Dir: dir})["manifest"]
	for _, says := range []string{"documents", "schedule", "course.ended", "hook", "course.tab"} {
		if !strings.Contains(got, says) {
			t.Errorf("it should say %q: %s", says, got)
		}
	}
}

type greedy struct{}

func (greedy) Render(*sdk.Call, sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>x</p>"}, nil
}

func (greedy) Task(*sdk.Call, *sdk.None, wire.TaskRequest) (*sdk.Reply, error) { return sdk.OK(), nil }

func (greedy) Event(*sdk.Call, []wire.Event) (*sdk.Reply, error) { return sdk.OK(), nil }

func (greedy) Mount(*sdk.Call, *sdk.None, wire.MountRequest) (*sdk.Reply, error) {
	return sdk.OK(), nil
}

// TestTypesOfOnePackage: stories of the folder itself are the first type's, others stand in folders of their own.
func TestTypesOfOnePackage(t *testing.T) {
	files := goodFiles()
	files["block.json"] = `{"name": "pack", "assets": "assets", "types": [{"name": "one"}, {"name": "two"}]}`
	files["testdata/stories/two/second.txtar"] = "view\n  contains 0 stars\n"
	block := sdk.Types{"one": ratingBlock(rating{}), "two": ratingBlock(rating{})}
	all := outcomes(t, Config{Serve: block.Serve, Dir: folder(t, files)})
	names := make([]string, 0, len(all))
	for name, text := range all {
		if text != "" {
			t.Errorf("%s: %s", name, text)
		}
		names = append(names, name)
	}
	for _, name := range []string{"one/story/once", "two/story/second", "one/views", "two/views"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not among %q", name, names)
		}
	}
	if slices.Contains(names, "two/story/once") {
		t.Error("the first type's story is played on the second")
	}
}

func TestAFolderThatCannotBeTestedSaysWhy(t *testing.T) {
	for says, files := range map[string]map[string]string{
		"there is no block.json": {},
		"reading manifest":       {"block.json": "{"},
		"listing the assets":     {"block.json": `{"name": "x", "assets": "none"}`},
		"no command":             {"block.json": `{"name": "x"}`, "testdata/setup.txtar": "dance\n"},
	} {
		_, err := Trials(Config{Serve: ratingBlock(rating{}).Serve, Dir: folder(t, files)})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
}

// TestUpdateWritesGoldenFiles: what was shown stands in the story afterwards, and the story then passes.
func TestUpdateWritesGoldenFiles(t *testing.T) {
	files := goodFiles()
	files["testdata/stories/page.txtar"] = "view\n  golden page.html\n"
	dir := folder(t, files)
	if got := outcomes(t, Config{Serve: ratingBlock(rating{}).Serve, Dir: dir})["story/page"]; !strings.Contains(got, "-update") {
		t.Errorf("got %q", got)
	}
	for _, update := range []bool{true, false} {
		if got := outcomes(t, Config{Serve: ratingBlock(rating{}).Serve, Dir: dir, Update: update})["story/page"]; got != "" {
			t.Errorf("update %v: got %q", update, got)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "testdata", "stories", "page.txtar"))
	if err != nil || !strings.Contains(string(data), "0 stars") {
		t.Errorf("got %s, %v", data, err)
	}
}

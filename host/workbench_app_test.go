package host_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/command/scaffold"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/workbench"
)

// appTable serves a workbench of an app as `quoin block new --kind app` writes it, changed by replacing texts of its files.
func appTable(t *testing.T, changes ...string) *table {
	t.Helper()
	if _, err := npm.File("quickjs.wasm"); errors.Is(err, npm.ErrNotBuilt) {
		missing(t, err.Error())
	}
	folder := filepath.Join(t.TempDir(), "wall")
	if err := scaffold.Write(folder, scaffold.Block{Name: "wall", Language: "typescript", Kind: "app", SDK: os.DirFS("..")}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"block.ts", "block.json"} {
		path := filepath.Join(folder, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tableOf(t, "wall", folder)
}

// scene is the only scenario of the workbench.
func (b *table) scene(own *browser) workbench.Scenario {
	b.t.Helper()
	var all struct{ Scenarios []workbench.Scenario }
	own.get("/api/bench").must(200).json(&all)
	if len(all.Scenarios) != 1 {
		b.t.Fatalf("%+v", all.Scenarios)
	}
	return all.Scenarios[0]
}

// pinned pins a note as a person.
func (b *table) pinned(persona string, scene *workbench.Scenario, action, text string) {
	b.t.Helper()
	form := b.as(persona).get(scene.Unit).must(200, "Your note").form(action)
	form.values.Set("text", text)
	form.send("pin", nil).follow().must(200, text)
}

// An app is looked at where it shows itself; its calls, documents and stories are the workbench's like those of every block.
func TestWorkbenchShowsApps(t *testing.T) {
	b := appTable(t)
	own := b.own()
	scene := b.scene(own)
	if scene.Kind != workbench.KindApp || scene.Name != "course.tab" || scene.Problem != "" {
		t.Fatalf("%+v", scene)
	}
	action := "/courses/" + workbench.Course.String() + "/blocks/" + scene.Usage + "?view=%40course.tab"
	b.pinned("ada", &scene, action, "What is 7?")
	b.as("lea").get(scene.Unit).must(200, "What is 7?")
	own.get("/api/calls?persona=ada&scenario="+scene.ID).must(200, `"handle"`, `"insert"`)
	own.get("/api/stored?persona=ada&scenario="+scene.ID).must(200, "What is 7?", `"notes"`)
	own.get("/api/form?scenario="+scene.ID).must(200, `"wrong":false`).without("<")
	var saved workbench.Saved
	b.tell(own, "/api/story", map[string]string{"scenario": scene.ID, "name": "pinned"}, &saved)
	if saved.File == "" || !strings.Contains(saved.Text, `post pin "text=What is 7?"`) || strings.Contains(saved.Text, "content ") {
		t.Errorf("%+v", saved)
	}
	b.tell(own, "/api/reset", map[string]string{"persona": "ada", "scenario": scene.ID}, &struct{}{})
}

// An app of the site knows people by other pseudonyms than a course does.
func TestWorkbenchShowsAppsOfTheSite(t *testing.T) {
	b := appTable(t, `"run"`, `"site"`, "course.tab", "site.page")
	own := b.own()
	scene := b.scene(own)
	if scene.Unit != "/apps/wall" || scene.Problem != "" {
		t.Fatalf("%+v", scene)
	}
	b.pinned("ada", &scene, scene.Unit+"?view=%40site.page", "What is 7?")
	own.get("/api/calls?persona=ada&scenario="+scene.ID).must(200, `"handle"`, `"learner":"ada"`)
	own.get("/api/calls?persona=lea&scenario=" + scene.ID).must(200).without(`"handle"`)
	own.get("/api/stored?persona=ada&scenario="+scene.ID).must(200, "What is 7?")
}

// What shows itself beside units and on the first page has pages there.
func TestWorkbenchShowsPanels(t *testing.T) {
	for slot, page := range map[string]string{"unit.sidebar": "/courses/" + workbench.Course.String() + "/units/beside", "dashboard.card": "/"} {
		b := appTable(t, "course.tab", slot)
		scene := b.scene(b.own())
		if scene.Unit != page || scene.Name != slot {
			t.Errorf("%s: %+v", slot, scene)
		}
		b.as("ada").get(scene.Unit).must(200, "Wall")
	}
}

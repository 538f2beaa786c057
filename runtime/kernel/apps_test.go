package kernel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// wall is an app: a wall of notes that everybody of its owner writes on.
type wall struct{ graded bool }

type note struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

func (w wall) Outline(*sdk.Call, *sdk.None, []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	out := sdk.Outline[sdk.None, sdk.None]{}
	if w.graded {
		one := 1.0
		out.Facts.MaxScore = &one
	}
	return out, nil
}

func (wall) Render(c *sdk.Call, v sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	found, _, err := sdk.Find[note](c, wire.DocumentFind{Collection: "notes"})
	if err != nil {
		return sdk.Fragment{}, err
	}
	text := fmt.Sprintf("%s%s in %q:", v.Name, v.Path, c.Context.Run)
	for _, n := range found {
		text += " " + n.Body.By + "=" + n.Body.Text
	}
	return sdk.Fragment{HTML: text}, nil
}

func (wall) Handle(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	return sdk.OK().Insert("notes", note{c.Context.Subject, strings.Join(r.Form["text"], "")}).
		Schedule("tidy", "k", nil), nil
}

func (wall) Mount(c *sdk.Call, _ *sdk.None, _ wire.MountRequest) (*sdk.Reply, error) {
	return sdk.JSON(string(c.Context.Role)), nil
}

func (wall) Task(_ *sdk.Call, _ *sdk.None, r wire.TaskRequest) (*sdk.Reply, error) {
	return sdk.OK().Insert("notes", note{"task", r.Task}), nil
}

const wallManifest = `{"name": %q, "version": "1.0.0", "title": "Wall", "description": "Notes.", "licence": "Apache-2.0", "per": %q,
	"types": [{"name": %q, "title": "Wall", "kind": "app"}],
	"permissions": [{"name": "documents", "reason": "r"}, {"name": "schedule", "reason": "r"}, {"name": "notify", "reason": "r"},
		{"name": "mount", "reason": "r", "values": ["hook"]}, {"name": "slot", "reason": "r", "values": ["course.tab", "site.page", "dashboard.card"]}]}`

func wallBlock(slot string, graded bool) sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{User: true, Usage: true, Path: true}
	return sdk.New[sdk.None, sdk.None, sdk.None](wall{graded}, sdk.Spec{
		Kind:     wire.KindApp,
		Views:    []wire.View{{Name: "home", Slot: slot, Roles: learner, Reads: reads}, {Name: wire.ViewLearner, Reads: reads}, {Name: "open", Roles: []wire.Role{wire.RoleVisitor}}},
		Handlers: []wire.Handler{{Name: "write", Roles: learner, Reads: reads}}, Tasks: []string{"tidy"},
		Mounts:      []wire.Handler{{Name: "hook", Roles: []wire.Role{wire.RoleLearner, wire.RoleOutside}, Reads: wire.Reads{Role: true}}},
		Collections: []wire.Collection{{Name: "notes", Learners: "by"}},
	})
}

// addApp installs the wall under a name.
func (w *world) addApp(name, per string, block sdk.Block) {
	w.t.Helper()
	m, err := manifest.Parse(fmt.Appendf(nil, wallManifest, name, per, name))
	if err != nil {
		w.t.Fatal(err)
	}
	v := registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
	if err := w.registry.Install(v); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) appPage(p *access.Person, published *course.Published, name, view, path string) string {
	w.t.Helper()
	block, err := w.kernel.AppBlock(w.t.Context(), published, name)
	if err != nil {
		w.t.Fatal(err)
	}
	visit, err := w.kernel.Visit(w.t.Context(), p, published, block)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.RenderAt(w.t.Context(), block, view, path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if shown.Failure != nil {
		return string(shown.Failure.Code)
	}
	return shown.HTML
}

func (w *world) write(p *access.Person, published *course.Published, name, text string) error {
	block, err := w.kernel.AppBlock(w.t.Context(), published, name)
	if err != nil {
		return err
	}
	_, err = w.kernel.Handle(w.t.Context(), p, published, block, kernel.Request{
		Handler: "write", As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: map[string][]string{"text": {text}}},
		ID: fmt.Sprintf("%032x", len(text)), BodyHash: state.BodyHash([]byte(text)),
	})
	return err
}

// TestAnAppHasOneUsageInEachRun: it is found though it stands in no tree, its documents are the run's own, and its tasks run.
func TestAnAppHasOneUsageInEachRun(t *testing.T) {
	w := newWorld(t, openStore(t), nil)
	w.addApp("wall", "run", wallBlock(wire.SlotCourseTab, false))
	w.addApp("square", "site", wallBlock(wire.SlotSitePage, false))
	here := w.publish()
	w.run = key.Course{Org: "Test", Number: "Two", Run: "now"}
	there := w.publish()

	usage := here.Key.Usage("wall", "wall")
	block, err := w.kernel.Find(t.Context(), here, usage)
	if err != nil || block.Usage != usage || block.Title() != "Wall" || !kernel.IsApp(block) {
		t.Fatalf("%+v, %v", block, err)
	}
	for what, wrong := range map[string]key.Usage{
		"another id": here.Key.Usage("wall", "other"), "another run's": there.Key.Usage("wall", "wall"),
		"an app of the site": here.Key.Usage("square", "square"), "what is not installed": here.Key.Usage("gone", "gone"),
	} {
		if found, err := w.kernel.Find(t.Context(), here, wrong); !errors.Is(err, course.ErrNotFound) {
			t.Errorf("%s is found: %+v, %v", what, found, err)
		}
	}
	ann := w.learner("ann")
	ann.Run = here.Key
	if err := w.write(ann, here, "wall", "first"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.appPage(ann, here, "wall", "home", "/x"), fmt.Sprintf("home/x in %q: ann=first", here.Key); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := w.appPage(w.learner("bob"), there, "wall", "home", ""), fmt.Sprintf("home in %q:", there.Key); got != want {
		t.Errorf("the other run shows %s, want %s", got, want)
	}
	w.runTasks()
	if got := w.appPage(ann, here, "wall", "home", ""); !strings.Contains(got, "task=tidy") {
		t.Errorf("after the task: %s", got)
	}
	if view, err := w.kernel.SlotView(t.Context(), here, "wall", wire.SlotCourseTab); err != nil || view != "home" {
		t.Errorf("the tab shows %q, %v", view, err)
	}
	for _, slot := range []string{wire.SlotUnitSidebar, wire.SlotDashboardCard, "elsewhere"} {
		if view, err := w.kernel.SlotView(t.Context(), here, "wall", slot); !errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
			t.Errorf("%s shows %q, %v", slot, view, err)
		}
	}
}

// runTasks runs what was scheduled.
func (w *world) runTasks() {
	w.t.Helper()
	for _, job := range w.queue.take() {
		if job.Kind != kernel.TaskJob {
			continue
		}
		if err := w.kernel.RunTask(w.t.Context(), job.Ref); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestAnAppObeysItsCourse: who is not let into the course gets nothing of its apps, and nobody before it opens.
func TestAnAppObeysItsCourse(t *testing.T) {
	w := newWorld(t, openStore(t), nil)
	w.addApp("wall", "run", wallBlock(wire.SlotCourseTab, false))
	here := w.publish()
	visitor := &access.Person{Run: here.Key}
	elsewhere := w.learner("carl")
	elsewhere.Run = key.Course{Org: "Test", Number: "Two", Run: "now"}
	early := w.learner("early")
	early.At = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	stranger := &access.Person{User: "user-nils", Run: here.Key, Learner: "nils"}
	for what, p := range map[string]*access.Person{"a visitor": visitor, "a learner of another course": elsewhere, "who is not enrolled": stranger, "who is too early": early} {
		if err := w.write(p, here, "wall", "x"); !errors.Is(err, &wire.Error{Code: wire.CodeRefused}) && !errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
			t.Errorf("%s writes: %v", what, err)
		}
	}
	if got := w.appPage(visitor, here, "wall", "home", ""); got != string(wire.CodeRefused) {
		t.Errorf("a visitor sees a learner's view: %s", got)
	}
}

// TestACourseTeamSwitchesAnAppOff: it is gone in that run alone, its tasks rest, and what it stored is there when it is back.
func TestACourseTeamSwitchesAnAppOff(t *testing.T) {
	w := newWorld(t, openStore(t), nil)
	w.addApp("wall", "run", wallBlock(wire.SlotCourseTab, false))
	here := w.publish()
	w.run = key.Course{Org: "Test", Number: "Two", Run: "now"}
	there := w.publish()
	ann := w.learner("ann")
	ann.Run = here.Key
	if err := w.write(ann, here, "wall", "kept"); err != nil {
		t.Fatal(err)
	}
	names := func(run key.Course) (names string) {
		apps, err := w.kernel.Apps(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		for _, app := range apps {
			names += app.Type + " "
		}
		return names
	}
	if err := w.kernel.SwitchApp(t.Context(), here.Key, "wall", false); err != nil {
		t.Fatal(err)
	}
	if names(here.Key) != "" || names(there.Key) != "wall " {
		t.Errorf("here are %q, there %q", names(here.Key), names(there.Key))
	}
	if _, err := w.kernel.Find(t.Context(), here, here.Key.Usage("wall", "wall")); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("it is still found: %v", err)
	}
	w.runTasks()
	w.reopen() // another process hears of it, too
	if names(here.Key) != "" {
		t.Errorf("after a restart there is %q", names(here.Key))
	}
	if err := w.kernel.SwitchApp(t.Context(), here.Key, "wall", true); err != nil {
		t.Fatal(err)
	}
	if got, want := w.appPage(ann, here, "wall", "home", ""), fmt.Sprintf("home in %q: ann=kept", here.Key); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, wrong := range []string{"square", "vertical", ""} {
		if err := w.kernel.SwitchApp(t.Context(), here.Key, wrong, false); !errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
			t.Errorf("switching %q: %v", wrong, err)
		}
	}
}

// TestAnAppOfTheSite: everybody who is signed in uses it, its documents belong to no run, and a visitor sees what names visitors.
func TestAnAppOfTheSite(t *testing.T) {
	w := newWorld(t, openStore(t), nil)
	w.addApp("square", "site", wallBlock(wire.SlotSitePage, false))
	run := w.publish()
	if apps, err := w.kernel.Apps(t.Context(), run.Key); err != nil || len(apps) != 0 {
		t.Errorf("a run has it: %v, %v", apps, err)
	}
	ann := &access.Person{User: "user-ann", Learner: "ann", Enrolled: true}
	if err := w.write(ann, kernel.Site(), "square", "hello"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.appPage(ann, kernel.Site(), "square", "home", ""), `home in "": ann=hello`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	visitor := &access.Person{}
	for view, want := range map[string]string{"home": string(wire.CodeRefused), wire.ViewLearner: string(wire.CodeRefused), "open": `open in "": ann=hello`} {
		if got := w.appPage(visitor, kernel.Site(), "square", view, ""); got != want {
			t.Errorf("a visitor sees in %s %s, want %s", view, got, want)
		}
	}
	if err := w.write(visitor, kernel.Site(), "square", "x"); !errors.Is(err, &wire.Error{Code: wire.CodeRefused}) {
		t.Errorf("a visitor writes: %v", err)
	}
	w.runTasks()
	if got := w.appPage(ann, kernel.Site(), "square", "home", ""); !strings.Contains(got, "task=tidy") {
		t.Errorf("after the task: %s", got)
	}
}

// TestAnAppIsNotGraded: it stands in no subsection that its score could count in.
func TestAnAppIsNotGraded(t *testing.T) {
	w := newWorld(t, openStore(t), nil)
	w.addApp("wall", "run", wallBlock(wire.SlotCourseTab, true))
	here := w.publish()
	if got := w.appPage(w.learner("ann"), here, "wall", "home", ""); got != string(wire.CodeBroken) {
		t.Errorf("got %s", got)
	}
}

// TestSlotsAreDeclared: a view in a slot that block.json does not name, that is not the app's to stand in, or that another view
// has, keeps the app from being loaded (security R25).
func TestSlotsAreDeclared(t *testing.T) {
	for slot, per := range map[string]string{wire.SlotStudioPage: "run", wire.SlotUnitSidebar: "run", wire.SlotSitePage: "run", wire.SlotCourseTab: "site", "roof": "run"} {
		w := newWorld(t, openStore(t), nil)
		w.addApp("wall", per, wallBlock(slot, false))
		version, err := w.registry.Lookup("wall")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := version.Describe(t.Context(), "wall"); err == nil || !strings.Contains(err.Error(), "slot") {
			t.Errorf("an app per %s stands in %s: %v", per, slot, err)
		}
	}
}

package blocks_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// press posts a form of an app as a person.
func (w *world) press(p *access.Person, app *course.Block, handler string, form map[string]string) {
	w.t.Helper()
	values := map[string][]string{}
	for name, value := range form {
		values[name] = []string{value}
	}
	n := w.requests.Add(1)
	_, err := w.kernel.Handle(w.t.Context(), p, w.published(), app, kernel.Request{
		Handler: handler, As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: values}, ID: fmt.Sprintf("%032x", n), BodyHash: state.BodyHash(fmt.Append(nil, n)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) looks(p *access.Person, app *course.Block, view string) string {
	w.t.Helper()
	visit, err := w.kernel.Visit(w.t.Context(), p, w.published(), app)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.Render(w.t.Context(), app, view)
	if err != nil || shown.Failure != nil {
		w.t.Fatal(err, shown.Failure)
	}
	return html.UnescapeString(shown.HTML)
}

// TestCardsComeBackAndTell: a deck in the sandbox. What a learner knew comes back after its pause, he is told on that day once,
// and who has nothing due is told nothing.
func TestCardsComeBackAndTell(t *testing.T) {
	w := newWorld(t, services.Table{wire.ServiceUsers: directory})
	w.publish("seats", map[string]any{"seats": 1})
	app, err := w.kernel.AppBlock(t.Context(), w.published(), "cards")
	if err != nil {
		t.Fatal(err)
	}
	tina, ann, bob := w.person("tina"), w.person("ann"), w.person("bob")
	tina.Roles = []string{access.RoleStaff}
	w.press(tina, app, "add", map[string]string{"front": "What falls?", "back": "Everything"})
	page := w.looks(ann, app, "study")
	_, rest, found := strings.Cut(page, `name="card" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	if !found || !strings.Contains(page, "What falls?") {
		t.Fatalf("ann sees %s", page)
	}
	w.press(ann, app, "good", map[string]string{"card": id})
	w.press(bob, app, "easy", map[string]string{"card": id})
	if page := w.looks(ann, app, "due"); !strings.Contains(page, "Nothing is due") {
		t.Errorf("ann sees %s", page)
	}
	told := func(who string) int {
		t.Helper()
		list, _, err := w.kernel.Notices().Of(t.Context(), who, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	daily := func(days int) {
		t.Helper()
		for range days {
			w.pass(24 * time.Hour)
			if _, err := w.kernel.DueTasks(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
			w.works()
		}
	}
	daily(2)
	if told("ann") < 1 || told("ann") > 2 || told("bob") != 0 || told("tina") != 0 {
		t.Errorf("ann was told %d times, bob %d, tina %d", told("ann"), told("bob"), told("tina"))
	}
	before := told("ann")
	if _, err := w.kernel.DueTasks(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	w.works()
	if told("ann") != before {
		t.Errorf("ann was told %d times on one day", told("ann")-before+1)
	}
	if page := w.looks(ann, app, "due"); !strings.Contains(page, "1 card is due") {
		t.Errorf("ann sees %s", page)
	}
	daily(4)
	if told("bob") == 0 {
		t.Error("bob was never told")
	}
}

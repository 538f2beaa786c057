package acidtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/npm"
)

// unhosted are the rows that this platform has no host for yet, in every place; each is found out by asking.
var unhosted = []string{"effects.await", "effects.leave", "services.rs256", "services.keyset", "outside.nonce", "browser.event"}

// elsewhere are those that have none in one place alone.
var elsewhere = map[string][]string{
	"frame": {"children.shown"},
}

// cases are the editions in their places.
var cases = []struct {
	name string
	edition
	place
}{
	{"go framed", goEdition, installedPackage},
	{"go inline", goEdition, inBinary},
	{"typescript framed", typescriptEdition, installedPackage},
	{"typescript inline", typescriptEdition, inFolder},
}

// expected says what a row must be.
func expected(where, id string) string {
	switch {
	case slices.Contains(unhosted, id), slices.Contains(elsewhere[where], id), id == "question.script" && !python():
		return "none"
	}
	return "green"
}

// python reports whether this build carries the interpreter, which `make web` fetches.
var python = sync.OnceValue(func() bool {
	_, err := npm.File(npm.Python)
	return err == nil
})

// Every promise that has a host holds, for each edition in each place, on the embedded queue and on Redis.
func TestAcid(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some minutes")
	}
	for _, c := range cases {
		for _, queue := range []string{"embedded", "redis"} {
			t.Run(c.name+" "+queue, func(t *testing.T) {
				url := ""
				if queue == "redis" {
					url = startRedis(t)
				}
				newWorld(t, c.edition, c.place, url).acid(c.place)
			})
		}
	}
}

// acid is what the page's reader does: another learner and another place first, then every check, then what a row waits for.
func (w *world) acid(p place) {
	framed := p == installedPackage
	where := map[bool]string{true: "frame", false: "page"}[framed]
	view := func(unit, kind, id string) string {
		if framed {
			return w.block(kind, id) + "/frame"
		}
		return w.unit(unit)
	}
	bob := &learner{w, w.enter("bob")}
	ann := &learner{w, w.enter("ann")}
	ann.send(w.unit("second"), view("second", "", "other"), w.block("", "other"), "form")
	bob.send(w.unit("checks"), view("checks", "", "main"), w.block("", "main"), "form")
	for _, r := range bob.rows(view("checks", "", "main")) {
		if strings.HasPrefix(r.id, "form.") && r.id != "form.file" && r.id != "form.once" && r.state != "green" {
			w.t.Errorf("without scripts %s is %s: %s", r.id, r.state, r.note)
		}
	}

	b := w.tab(ann.token)
	b.open(fmt.Sprintf("/courses/%s/apps/%s_app", w.course, w.types))
	w.appLooked(ann)
	b.start(w.unit("checks"), framed, w.begun(ann, view("checks", "", "main"), "fields.user_state"))
	main := w.settled(ann, view("checks", "", "main"), "acid", where)
	b.start(w.unit("question"), framed, w.begun(ann, view("question", "_question", "graded"), "question.full"))
	question := w.settled(ann, view("question", "_question", "graded"), "question", where)

	t := w.t
	if i := slices.IndexFunc(main, func(r row) bool { return r.id == "effects.notify" }); main[i].state != "waits" {
		t.Errorf("effects.notify is %s before the bell: %s", main[i].state, main[i].note)
	} else {
		b.open("/notifications")
		b.until(`[...document.querySelectorAll("main a[href], main button")].some(e => e.textContent.includes("A notice of the acid test"))`)
		b.does(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("main a[href], main button")].find(e => e.textContent.includes("A notice of the acid test")).click()`))
		main = w.until(ann, view("checks", "", "main"), func(rows []row) bool { return rows[i].state != "waits" })
	}
	w.judge(where, append(main, question...))
	if !t.Failed() || os.Getenv("QUOIN_SCREENSHOTS") != "" {
		b.pictures(w, framed)
	}
}

// appLooked waits until the app's own script has stored what it found.
func (w *world) appLooked(l *learner) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		view := l.get(fmt.Sprintf("/courses/%s/blocks/%s/frame/@course.tab", w.course, w.course.Usage(w.types+"_app", w.types+"_app")))
		if slices.ContainsFunc(find(view, "p"), func(p *html.Node) bool { return attribute(p, "class") == "acid-seen" }) {
			return
		}
	}
	w.t.Error("the app did not store what it found")
}

// begun tells whether a row has an answer.
func (w *world) begun(l *learner, view, id string) func() bool {
	return func() bool {
		return slices.ContainsFunc(l.rows(view), func(r row) bool { return r.id == id && r.state != "idle" })
	}
}

// settled waits until every row that applies in the place has a state.
func (w *world) settled(l *learner, view, page, where string) []row {
	w.t.Helper()
	apply := w.applying(page, where)
	defer func(began time.Time) { w.t.Logf("the page %s took %v", page, time.Since(began).Round(time.Second)) }(time.Now())
	rows := w.until(l, view, func(rows []row) bool {
		return !slices.ContainsFunc(rows, func(r row) bool { return slices.Contains(apply, r.id) && r.state == "idle" })
	})
	for _, r := range rows {
		if slices.Contains(apply, r.id) && r.state == "idle" {
			w.judge(where, rows)
			w.t.FailNow()
		}
	}
	return rows
}

// until reads the rows until something holds of them, or for as long as the slowest of them may take.
func (w *world) until(l *learner, view string, holds func([]row) bool) []row {
	w.t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(300 * time.Millisecond) {
		rows := l.rows(view)
		if holds(rows) || time.Now().After(deadline) {
			return rows
		}
	}
}

// judge fails listing every row that is not as it should be.
func (w *world) judge(where string, rows []row) {
	w.t.Helper()
	apply := append(w.applying("acid", where), w.applying("question", where)...)
	counts := map[string]int{}
	var wrong []string
	for _, r := range rows {
		if !slices.Contains(apply, r.id) {
			continue
		}
		counts[r.state]++
		if want := expected(where, r.id); r.state != want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, not %s: %s", r.id, r.state, want, r.note))
		}
	}
	w.t.Logf("%s: %d green, %d red, %d without a host, %d waiting, %d not asked", where, counts["green"], counts["red"], counts["none"], counts["waits"], counts["idle"])
	if len(wrong) > 0 {
		w.t.Errorf("%d rows:\n%s", len(wrong), strings.Join(wrong, "\n"))
	}
}

// applying lists the rows of a page that can be asked in the place.
func (w *world) applying(page, where string) (ids []string) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.folder(), "rows.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	var all map[string][]struct {
		Rows []struct{ ID, Only string }
	}
	if err := json.Unmarshal(data, &all); err != nil {
		w.t.Fatal(err)
	}
	for _, group := range all[page] {
		for _, r := range group.Rows {
			if r.Only == "" || r.Only == where || r.Only == "sandbox" && where == "frame" {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}

// pictures are taken of every look.
func (b *tab) pictures(w *world, framed bool) {
	for _, look := range []struct {
		width            int64
		scheme, language string
	}{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}, {1280, "dark", "ar"}} {
		b.open("/nowhere?lang=" + look.language)
		b.like(look.width, look.scheme)
		for _, unit := range []string{"checks", "question"} {
			b.open(w.unit(unit))
			if framed {
				b.until(`document.querySelector("iframe[data-frame]")?.style.blockSize !== ""`)
			}
			b.picture(fmt.Sprintf("%s-%d-%s-%s-%v", unit, look.width, look.scheme, look.language, framed))
		}
	}
}

// Both editions have the same rows, words and script: what differs is the code that the platform runs.
func TestEditionsAreTheSame(t *testing.T) {
	files := []string{"rows.json", "locales/en.json", "locales/ar.json"}
	for _, e := range []edition{goEdition, typescriptEdition} {
		found, err := filepath.Glob(filepath.Join(e.folder(), "assets", "*"))
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		for _, path := range found {
			files = append(files, filepath.Join("assets", filepath.Base(path)))
		}
	}
	for _, file := range files {
		one, err := os.ReadFile(filepath.Join(goEdition.folder(), file))
		if err != nil {
			t.Error(err)
		}
		other, err := os.ReadFile(filepath.Join(typescriptEdition.folder(), file))
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(one, other) {
			t.Errorf("%s differs between the editions", file)
		}
	}
}

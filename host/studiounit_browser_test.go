package host_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// studioTab is a browser in which an author has a unit open.
func (w *world) studioTab(t *testing.T, run key.Course, name, unit string) *tab {
	t.Helper()
	b := w.newTab(t)
	b.signIn(name)
	b.open(studioPath(run) + "/units/" + unit)
	return b
}

func part(id string) string { return fmt.Sprintf(`[id=%q]`, "part-"+id) }

// edits opens a component's form.
func (b *tab) edits(id string) {
	b.t.Helper()
	b.click(part(id) + ` a[data-edit]`)
	b.visible(`.unit-sheet [data-edit-form]`)
}

func (b *tab) saved() {
	b.t.Helper()
	b.until(`document.querySelector("[data-saved]").dataset.state === "saved"`)
}

// seeIn waits for a text in a component as the editor shows it, also in its frame's place.
func (b *tab) seeIn(id, text string) {
	b.t.Helper()
	b.see(part(id)+" .part-body", text)
}

func withText(t *testing.T) {
	t.Helper()
	if _, err := npm.Module("prosemirror-model"); err != nil {
		missing(t, "the editor of texts was not built in: "+err.Error())
	}
}

// Texts are written in the unit: headings, marks, pictures with what they show, formulas. All of it is saved as it is typed, and
// comes back by undo.
func TestStudioTextInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.click(`.palette-one[value="html"]`)
	b.visible(`.unit-sheet .rich-text`)
	usage := b.text(`document.querySelector("[data-sheet]").dataset.sheet`)
	id := usage[strings.LastIndex(usage, "@")+1:]
	b.click(`.rich-text`)
	b.press("Energy is kept. ")
	b.click(`.rich-bar [data-does="math"]`)
	b.visible(`.rich-dialog`)
	b.press(`E = mc^2`)
	b.until(`!!document.querySelector(".rich-dialog .rich-shown math msup")`) // as learners will see it
	if shots := os.Getenv("QUOIN_SCREENSHOTS"); shots != "" {
		b.picture(filepath.Join(shots, "formula.png"))
	}
	b.eval(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}))`)
	b.until(`!document.querySelector(".rich-dialog")`)
	b.until(`document.querySelector('[data-does="math"]').getAttribute("aria-pressed") === "false"`)
	b.click(`.rich-bar [data-does="image"]`)
	b.visible(`.rich-dialog`)
	b.press(`/static/curve.png`)
	b.click(`.rich-dialog .primary`)
	b.see(`.rich-dialog .error`, "Fill this in")
	b.is("the focus is on what is missing", `document.activeElement.id`, "rich-alt")
	b.press(`A curve that falls`)
	b.click(`.rich-dialog .primary`)
	b.until(`document.querySelector(".rich-text img")?.alt === "A curve that falls"`)
	b.saved()
	b.until(fmt.Sprintf(`!!document.querySelector('%s .part-body math')`, part(id)))
	b.until(fmt.Sprintf(`document.querySelector('%s .part-body img')?.alt === "A curve that falls"`, part(id)))
	stored := b.text(`document.querySelector("textarea[name='f.data']").value`)
	if want := `<p>Energy is kept. \(E = mc^2\)<img src="/static/curve.png" alt="A curve that falls"></p>`; stored != want {
		t.Errorf("the text is %q, not %q", stored, want)
	}
	b.is("where the editor finds the picture", `new URL(document.querySelector(".rich-text img").src).pathname`, studioPath(run)+"/static/curve.png")
	b.eval(`document.querySelector(".rich-text").focus()`)
	b.press("\r")
	b.click(`.rich-bar [data-does="table"]`)
	b.click(`.rich-bar [data-does="caption"]`)
	b.visible(`.rich-dialog`)
	b.press(`Energy & height`)
	b.click(`.rich-dialog .primary`)
	b.see(".rich-text caption", "Energy & height")
	b.until(`document.querySelector("textarea[name='f.data']").value.includes("<table>\n<caption>Energy &amp; height</caption>\n<thead>")`)
	b.click(`.rich-bar [data-does="caption"]`)
	b.visible(`.rich-dialog`)
	b.is("the caption as it is", `document.querySelector("#rich-caption").value`, "Energy & height")
	b.click(`.rich-dialog button[value="remove"]`)
	b.until(`!document.querySelector(".rich-text caption")`)
	b.click(`.rich-bar [data-does="table_remove"]`)
	b.until(`!document.querySelector(".rich-text table")`)
	b.saved()
	b.press("\x1b") // the sheet closes, and the focus goes back
	b.until(`document.querySelector(".unit-sheet").hidden`)
	b.is("the focus is on what opened it", `String(document.activeElement.closest("[data-part]")?.id)`, "part-"+id)
	b.click(`[data-undo]`) // of the text
	b.until(fmt.Sprintf(`!document.querySelector('%s .part-body img')`, part(id)))
	b.click(`[data-undo]`) // of the component
	b.until(fmt.Sprintf(`!document.querySelector('%s')`, part(id)))
	b.click(`[data-redo]`)
	b.until(fmt.Sprintf(`!!document.querySelector('%s')`, part(id)))
	b.quiet()
}

// The unit editor in each of its states passes axe-core, and is no wider than the window.
func TestStudioUnitLooks(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	shots := os.Getenv("QUOIN_SCREENSHOTS")
	for _, look := range []struct {
		width        int64
		scheme, lang string
	}{{1280, "light", "en"}, {390, "light", "en"}, {1280, "dark", "ar"}, {390, "dark", "ar"}} {
		b.like(look.width, look.scheme)
		name := fmt.Sprintf("%d-%s-%s", look.width, look.scheme, look.lang)
		for _, state := range []struct {
			name, path, edit string
			ready            func()
		}{
			{"unit", "/units/read1", "", func() { b.visible(`[data-grip]`) }},
			{"text", "/units/read1", run.Usage("html", "text1").String(), func() { b.visible(`.unit-sheet .rich-text`) }},
			{"video", "/units/read1", run.Usage("video", "tube").String(), func() { b.visible(`.unit-sheet [data-edit-form]`) }},
			{"preview", "/units/read1/as/learner", "", func() { b.visible(`.preview iframe`) }},
		} {
			b.open(studioPath(run) + state.path + "?lang=" + look.lang + "&edit=" + url.QueryEscape(state.edit))
			state.ready()
			b.check(source, state.name+" "+name)
			if shots != "" {
				b.picture(filepath.Join(shots, "unit-"+state.name+"-"+name+".png"))
			}
		}
	}
	b.quiet()
}

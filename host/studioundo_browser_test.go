package host_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is typed is done before what is pressed after it, however soon: undo takes back the operation that came last, and typing
// that goes on after an operation is taken back alone.
func TestStudioUndoOrderInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	order := func(want string) {
		t.Helper()
		b.until(`[...document.querySelectorAll("[data-part]")].map(p => p.querySelector(".part-title").textContent).join(", ") === ` + "`" + want + "`")
	}
	undo := func() { b.eval(`document.querySelector("[data-undo]").click()`) }
	b.edits("text1")
	b.typeName(" of motion")
	b.eval(`document.querySelector('.palette-one[value="video"]').click()`) // within the pause of the save
	order("First law of motion, Probe, On YouTube, Video")
	b.until(`document.querySelector("[data-sheet]").dataset.sheet.includes("@video+")`) // the new component's form
	b.edits("text1")
	b.until(`document.querySelector("[data-sheet]").dataset.sheet.includes("@text1")`)
	b.typeName(" again")
	b.saved()
	order("First law of motion again, Probe, On YouTube, Video")
	undo()
	order("First law of motion, Probe, On YouTube, Video")
	undo()
	order("First law of motion, Probe, On YouTube")
	undo()
	order("First law, Probe, On YouTube")
	// A link that is pressed at once leads to a page that knows what was typed.
	b.until(`document.getElementById("sheet-display_name").value === "First law"`)
	b.eval(`(e => { e.value = "Law of inertia"; e.dispatchEvent(new Event("input", {bubbles: true})); document.querySelector('a[href*="/changes?"]').click() })(document.getElementById("sheet-display_name"))`)
	b.until(`location.pathname.endsWith("/changes") && document.querySelector(".differences")?.textContent.includes("Law of inertia")`)
	b.quiet()
}

// A page that was just opened offers what its author did last, by name, and says so where there is nothing.
func TestStudioUndoAfterReloadInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	name := w.account("sue", run, "staff").Username
	b := w.studioTab(t, run, name, "read1")
	is := func(what, off, title string) {
		t.Helper()
		b.until(`(e => e.getAttribute("aria-disabled") + " " + e.title)(document.querySelector("[data-` + what + `]")) === "` + off + " " + title + `"`)
	}
	is("undo", "true", "")
	b.edits("text1")
	b.typeName("s")
	b.saved()
	is("undo", "false", "Undo: Renamed “First law” to “First laws”")
	b.open(studioPath(run) + "/units/read1")
	is("undo", "false", "Undo: Renamed “First law” to “First laws”")
	b.click("[data-undo]")
	b.see(".toast", "Took back: Renamed “First law” to “First laws”")
	is("undo", "true", "")
	b.open(studioPath(run)) // the outline knows of it, too
	is("redo", "false", "Redo: Renamed “First law” to “First laws”")
	b.click("[data-redo]")
	b.see(".toast", "Did again: Renamed “First law” to “First laws”")
	is("undo", "false", "Undo: Renamed “First law” to “First laws”")
	b.quiet()
}

// Two versions stand side by side with the names of who wrote them, and are put together in an editor that begins with both.
func TestStudioTwoVersionsInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	ina, bob := w.member("ina", run, "instructor"), w.member("bob", run, "staff")
	text := component(run, "html", "text1")
	var sheet struct {
		Fields map[string]struct{ Base any } `json:"fields"`
	}
	ina.data(text+"/form", &sheet)
	base := sheet.Fields["data"].Base
	ina.asks(text+"/save", edits("data", base, "<p>Same.</p><p>The mean of Ina.</p>")).must(200)
	bob.asks(text+"/save", edits("data", base, "<p>Same.</p><p>The median of Bob.</p>")).must(200)
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.edits("text1")
	b.see("[data-conflict]", "What ina wrote, saved now")
	b.see("[data-conflict]", "bob changed this at")
	b.is("what differs", `[...document.querySelectorAll("[data-conflict] mark")].map(m => m.textContent).join(", ")`, "The mean of Ina., The median of Bob.")
	b.is("no tags", `String(/[<>]/.test(document.querySelector(".conflict-sides").textContent))`, "false")
	b.click("[data-merge]")
	b.see(".merge .rich-text", "The median of Bob.")
	b.see(".merge .rich-text", "The mean of Ina.")
	b.is("said once", `String(document.querySelector(".merge .rich-text").textContent.split("Same.").length)`, "2")
	b.is("the editor wraps", `String(document.querySelector(".conflict").scrollWidth <= document.querySelector(".conflict").clientWidth)`, "true")
	if source := axe(t); source != "" {
		b.check(source, "two versions")
	}
	if shots := os.Getenv("QUOIN_SCREENSHOTS"); shots != "" {
		b.picture(filepath.Join(shots, "two-versions.png"))
	}
	// What is typed into it stays while somebody else saves, after a reload, and when the others decide first.
	b.eval(`document.querySelector(".merge .rich-text p:last-of-type").textContent += " Minutes of work."; document.querySelector(".merge .rich-text").dispatchEvent(new InputEvent("input", {bubbles: true}))`)
	ina.data(text+"/form", &sheet)
	ina.asks(text+"/save", edits("data", sheet.Fields["data"].Base, strings.Replace(sheet.Fields["data"].Base.(string), "Same.", "Same, later.", 1))).must(200)
	b.see(part("text1"), "Same, later.")
	b.see(".merge .rich-text", "Minutes of work.")
	b.open(studioPath(run) + "/units/read1?edit=" + url.QueryEscape(run.Usage("html", "text1").String()))
	b.see(".merge .rich-text", "Minutes of work.")
	b.click(".conflict .button.primary")
	b.until(`!document.querySelector("[data-conflict]")`)
	ina.data(text+"/form", &sheet)
	if got, _ := sheet.Fields["data"].Base.(string); !strings.Contains(got, "Same, later.") || !strings.Contains(got, "Minutes of work.") {
		t.Errorf("put together while ina wrote it is %q", got)
	}
	if got, _ := sheet.Fields["data"].Base.(string); strings.Count(got, "Same") != 1 || !strings.Contains(got, "of Ina.") || !strings.Contains(got, "of Bob.") {
		t.Errorf("put together it is %q", got)
	}
	// The unit's own settings are those of the outline.
	b.click("[data-settings]")
	b.visible("dialog.sheet [name=title]")
	b.eval(`document.querySelector("dialog.sheet [name=title]").value = "Newton and more"`)
	b.click("dialog.sheet .button.primary")
	b.see("[data-unit-title]", "Newton and more")
	b.quiet()
}

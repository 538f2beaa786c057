package host_test

import "testing"

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

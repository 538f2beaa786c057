package host_test

import (
	"fmt"
	"testing"
)

// A component's element is saved as it is typed, also when its author leaves the sheet meanwhile; what the server has by then is not
// kept in the browser, to be put over what is changed later.
func TestStudioElementInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	name := w.account("sue", run, "staff").Username
	look := w.member("ina", run, "instructor")
	b := w.studioTab(t, run, name, "read1")
	b.edits("text1")
	b.click(`[role="tab"][data-for="olx"]`)
	// The answer of a save waits until it is let go.
	b.eval(`(fetch => { window.fetch = (...of) => String(of[0]).endsWith("/olx") ? fetch(...of).then(answer => new Promise(done => window.letGo = () => done(answer))) : fetch(...of) })(window.fetch)`)
	b.eval(`(area => { area.value = area.value.replace("First law", "Second law"); area.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[data-olx-form] textarea"))`)
	b.until(`window.letGo !== undefined`)
	if got := nameOfText(look, run); got != "Second law" {
		t.Errorf("the server has %q", got)
	}
	b.click(`[data-sheet-place] [data-close]`)
	b.until(`document.querySelector("[data-sheet-place]").hidden`)
	b.eval(`window.letGo()`)
	b.until(`!Object.keys(localStorage).some(key => key.startsWith("quoin-studio-olx:"))`)
	look.asks(component(run, "html", "text1")+"/save", edits("display_name", "Second law", "Third law")).must(200)
	b.edits("text1")
	b.click(`[role="tab"][data-for="olx"]`)
	b.until(`document.querySelector("[data-olx-form] textarea").value.includes("Third law")`)
	if got := nameOfText(look, run); got != "Third law" {
		t.Errorf("opened again, the server has %q", got)
	}
}

// An element that could not be read is shown again where it was typed, and is saved over what its author saw: what others changed
// since is not undone by it.
func TestStudioElementIsKeptWithItsBaseInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	name := w.account("sue", run, "staff").Username
	look := w.member("ina", run, "instructor")
	b := w.studioTab(t, run, name, "read1")
	types := func(from, to string) {
		b.eval(fmt.Sprintf(`(area => { area.value = area.value.replace(%q, %q); area.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[data-olx-form] textarea"))`, from, to))
	}
	b.edits("text1")
	b.click(`[role="tab"][data-for="olx"]`)
	types("<p>", "<p><b>Mine ")
	b.until(`document.querySelector("[data-olx-form] textarea").getAttribute("aria-invalid") === "true"`)
	b.click(`[data-sheet-place] [data-close]`)
	b.until(`document.querySelector("[data-sheet-place]").hidden`)
	look.asks(component(run, "html", "text1")+"/save", edits("display_name", "First law", "Third law")).must(200)
	b.open(studioPath(run) + "/units/read1")
	b.click(part("text1") + ` a[data-edit]`)
	b.until(`document.querySelector("[role=tab][data-for=olx]").getAttribute("aria-selected") === "true"`)
	b.is("what was typed", `String(document.querySelector("[data-olx-form] textarea").value.includes("<b>Mine "))`, "true")
	types("<b>Mine ", "<b>Mine</b> ")
	b.until(`!Object.keys(localStorage).some(key => key.startsWith("quoin-studio-olx:"))`)
	if got := nameOfText(look, run); got != "Third law" {
		t.Errorf("the name that ina gave meanwhile is %q", got)
	}
	look.get(studioPath(run)+"/units/read1").must(200, "<b>Mine</b>")
}

package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Tabs are ordered with the keyboard alone; a text is typed, kept in the browser while the page is away, and never written over
// another author's; the pages pass axe-core and are no wider than the window.
func TestStudioPagesInBrowser(t *testing.T) {
	withText(t)
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	ina := w.member("ina", run, "instructor")
	w.account("sue", run, "staff")
	handouts := pagesPath(run) + "/text/info/handouts"
	ina.get(handouts).must(200).save("text", "<p>A list.</p>").must(303)
	ina.get(pagesPath(run)+"/text/update/new").must(200).save("date", "1 May", "text", "<p>We have begun.</p>").must(200)
	ina.get(pagesPath(run)+"/books/new").must(200).save("title", "Mechanics", "f.chapters.0.title", "One", "f.chapters.0.url", "/static/one.pdf").must(200)
	made := ina.get(pagesPath(run)).formWith("do", "add").set("name", "Syllabus").press("").must(303).header.Get("Location")
	b := w.newTab(t)
	b.enterAs("sue")
	b.open(pagesPath(run))
	grip := `[data-tabs-list] > li:last-child [data-grip]`
	b.visible(grip)
	b.eval(`document.querySelector('` + grip + `').focus()`)
	for _, place := range []string{"4", "3"} {
		b.press(kb.ArrowUp)
		b.until(`[...document.querySelectorAll("[data-tabs-list] > li")].indexOf(document.activeElement.closest("li")) === ` + place + ` - 1`)
	}
	b.is("what is moved", `document.activeElement.closest("li").dataset.title`, "Syllabus")
	b.open(pagesPath(run))
	b.is("the order is kept", `[...document.querySelectorAll("[data-tabs-list] > li")].map((li) => li.dataset.title).indexOf("Syllabus") + ""`, "2")

	b.open(handouts)
	b.visible(".rich-text")
	b.click(".rich-text")
	b.press("Mine.")
	b.until(`document.querySelector("textarea").value.includes("Mine.")`)
	b.until(`Object.keys(localStorage).some((k) => k.startsWith("quoin-form:"))`)
	b.eval(`document.querySelector("form[data-studio-form]").remove()`) // nobody is asked whether to leave
	b.open("/nowhere")                                                  // the tab is closed before anything is saved
	ina.get(handouts).must(200).save("text", "<p>A list of hers.</p>").must(303)
	b.open(handouts)
	b.visible("[data-kept]")
	b.click("[data-kept] button")
	b.until(`document.querySelector(".rich-text").textContent.includes("Mine.")`)
	b.click("form[data-studio-form] .primary")
	b.see("[data-said]", "ina saved another version")
	b.see("[data-answer]", "A list of hers.")
	b.is("what was typed stays", `String(document.querySelector("textarea").value.includes("Mine."))`, "true")

	shots := os.Getenv("QUOIN_SCREENSHOTS")
	if shots != "" {
		b.picture(filepath.Join(shots, "pages-conflict.png"))
	}
	b.check(source, "a conflict")
	b.click("form[data-studio-form] .primary")
	b.see("[data-said]", "Saved")
	ina.upload(filesPath(run)+"/upload", "files", "application/json", attached{"map.png", pictureOf(t, 400, 300)}).must(200)
	ina.get(filesPath(run)+"/at/map.png").formWith("do", "describe").set("alt", "A map of the town").press("").must(303)
	b.open(handouts)
	b.visible(".rich-text")
	b.click(`.rich-bar [data-does="image"]`)
	b.visible(".rich-dialog")
	b.press("/static/map.png")
	b.until(`document.querySelector("#rich-alt").value === "A map of the town"`) // what the file itself says
	b.press("\x1b")
	b.until(`!document.querySelector(".rich-dialog")`)
	for _, l := range []look{{1280, "light", "en"}, {390, "light", "en"}, {390, "dark", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for name, path := range map[string]string{"list": pagesPath(run), "text": handouts, "page": made, "book": pagesPath(run) + "/books/0"} {
			b.open(path)
			b.visible("h1")
			if name == "text" || name == "page" {
				b.visible(".rich-text")
			}
			b.check(source, fmt.Sprintf("%s at %d px in %s", name, l.width, l.language))
			if shots != "" {
				b.picture(filepath.Join(shots, fmt.Sprintf("pages-%s-%d-%s.png", name, l.width, l.language)))
			}
		}
	}
	b.quiet()
}

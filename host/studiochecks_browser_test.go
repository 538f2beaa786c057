package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// What the checks found leads to its place by the keyboard, errors are said yes to before they are published, and the pages pass
// axe-core at both widths. QUOIN_SCREENSHOTS names a folder for pictures.
func TestStudioChecksInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run, text := w.faultyCourse()
	w.account("sue", run, "staff", "instructor")
	b := w.newTab(t)
	b.enterAs("sue")
	checks := studioPath(run) + "/checks"
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for name, path := range map[string]string{"checks": checks, "checks-none": checks + "?q=unheard", "changes": studioPath(run) + "/changes", "published": studioPath(run) + "/changes?did=published", "team": studioPath(run) + "/settings/team", "search": studioPath(run) + "/search?q=a&with=e", "blocks": studioPath(run) + "/blocks?type=html"} {
			b.open(path)
			b.visible("h1")
			b.check(source, fmt.Sprintf("%s at %d px, %s, %s", name, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s-%s.png", name, l.width, l.scheme, l.language)))
			}
		}
	}
	b.like(1280, "light")
	b.open(checks + "?kind=links")
	b.eval(`document.querySelector(".finding > .button").focus()`)
	b.press("\r")
	b.until(`location.pathname.endsWith("/units/u1")`)
	b.until(fmt.Sprintf(`[...document.querySelectorAll("[data-usage]")].some(e => e.dataset.usage === %q && e.contains(document.activeElement)) || !!document.querySelector("#sheet-display_name, .studio-edit, dialog[open]")`, text.String()))

	// The palette and the page of blocks agree.
	b.open(studioPath(run) + "/blocks")
	b.eval(`document.querySelector('form:has(input[value="video"]) button').focus()`)
	b.press("\r")
	b.see("main", "Not offered to authors")
	b.open(studioPath(run) + "/units/u1")
	b.is("the palette offers videos", `String(!!document.querySelector('[data-palette] [value="video"]'))`, "false")
	b.is("the palette offers texts", `String(!!document.querySelector('[data-palette] [value="html"]'))`, "true")

	b.open(studioPath(run) + "/changes")
	b.click("form[data-studio-form] .button.primary")
	b.is("the box is asked for", `String(document.querySelector("#anyway").validity.valueMissing)`, "true")
	b.click("#anyway")
	b.click("form[data-studio-form] .button.primary")
	b.see("main", "Learners see it now")
	if published, err := w.site.Courses.Newest(t.Context(), run); err != nil || published.Head.Number != 2 {
		t.Errorf("it is not published: %v", err)
	}
	b.quiet()
}

package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// An author who never heard of OLX fills in a list of choices by keyboard alone: adds, moves, removes and takes that back; what is
// wrong stands at its row, and what he saves is what a learner gets.
func TestRowsOfAFormInBrowser(t *testing.T) {
	source := axe(t)
	b := tableOf(t, "questions", filepath.Join("..", "blocks", "questions"))
	tab := b.newTab(t)
	tab.like(1280, "light")
	tab.open("/")
	planet := func() {
		tab.visible("#author-inputs .field")                                                               // the form of the first scenario, whichever it is
		if !strings.Contains(tab.text(`document.querySelector("#now").innerText`), "The largest planet") { // it is remembered
			tab.click(`[data-scenario="multiple-choice-sample-planet"]`)
		}
		tab.see("#now", "The largest planet")
		tab.until(`document.querySelector("#field-choices [data-row] textarea")?.value === "Mars"`)
	}
	planet()
	row := func(n int) string { return fmt.Sprintf(`#field-choices [data-row]:nth-child(%d)`, n) }
	first := func(n int) string {
		return tab.text(fmt.Sprintf(`document.querySelector(%q)?.querySelector("textarea")?.value ?? ""`, row(n)))
	}
	say := func(what string, n int, want string) {
		t.Helper()
		if got := first(n); got != want {
			t.Errorf("%s: row %d is %q, want %q", what, n, got, want)
		}
	}
	tab.is("no empty rows are left where scripts run", `String(document.querySelectorAll("#field-choices [data-rows] > [data-row]").length)`, "4")
	tab.focusOn(row(1) + " textarea")
	tab.within(chromedp.KeyEvent("\u0301", chromedp.KeyModifiers(chromedp.ModifierAlt)))
	say("moved by a key", 2, "Mars")
	tab.hears("Choices 1 is now number 2 of 4.")
	tab.is("the focus moved along", `String(document.activeElement === document.querySelector("#field-choices [data-row]:nth-child(2) textarea"))`, "true")
	tab.focusOn(row(2) + ` [data-move="-1"]`)
	tab.press("\r")
	say("moved back by a button", 1, "Mars")
	tab.focusOn(row(3) + " [data-remove]")
	tab.press("\r")
	say("removed", 3, "None of these")
	tab.focusOn("#field-choices [data-undo]")
	tab.press("\r")
	say("taken back", 3, "Saturn")
	tab.focusOn("#field-choices [data-add]")
	tab.press("\r")
	tab.press("Mars")
	tab.focusOn("#author .button.primary")
	tab.press("\r")
	tab.see("#author-said", "See what is marked above.")
	tab.see(row(5)+" .finding", "The same text stands in a row before")
	tab.is("the finding describes its input", `String(!!document.getElementById(document.querySelector("#field-choices [data-row]:nth-child(5) textarea").getAttribute("aria-describedby")))`, "true")
	tab.focusOn(row(5) + " textarea")
	tab.typeInto(row(5)+" textarea", "Pluto")
	tab.focusOn("#author .button.primary")
	tab.press("\r")
	tab.until(`!document.querySelector("#field-choices [data-row]:nth-child(5) .finding") && document.querySelector("#field-choices [data-row]:nth-child(5) textarea").value === "Pluto"`)
	b.as("ada").get("/courses/course-v1:workbench+blocks+scratch/units/multiple-choice-sample-planet").must(200, "Pluto")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}} {
		tab.like(l.width, l.scheme)
		tab.open("/?lang=" + l.language)
		tab.eval(`document.querySelectorAll("[data-show]").forEach(e => e.checked === (e.dataset.show === "author") || e.click())`)
		planet()
		tab.check(source, fmt.Sprintf("rows at %d px", l.width))
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			tab.eval(`document.querySelector("#field-choices").scrollIntoView()`)
			tab.picture(filepath.Join(pictures, fmt.Sprintf("rows-%d-%s.png", l.width, l.language)))
		}
	}
	tab.quiet()
}

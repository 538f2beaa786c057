package host_test

import (
	"strings"
	"testing"
)

// A key does what the list says, but not while somebody types, and not when the account page switched it off.
func TestShortcutsInBrowser(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	b.open(unitPath(run, "five"))
	b.press("?")
	b.visible("dialog.keys")
	if got := b.text(`document.querySelector("dialog.keys").innerText`); !strings.Contains(got, "Next page") || !strings.Contains(got, "Search this course") {
		t.Errorf("the list says %q", got)
	}
	b.click("dialog.keys button")
	b.until(`!document.querySelector("dialog.keys")`)
	b.press("b")
	b.visible(`.bookmark[aria-pressed="true"]`)
	if got := b.text(`document.querySelector(".bookmark").innerText`); got != "Bookmarked" {
		t.Errorf("the button says %q", got)
	}
	b.eval(`document.querySelector("#block-pword [name=input_2_1]").focus()`)
	b.press("nb?/")
	if got := b.text(`document.querySelector("#block-pword [name=input_2_1]").value + location.pathname`); got != "nb?/"+unitPath(run, "five") {
		t.Errorf("what was typed did something: %q", got)
	}
	b.eval(`document.activeElement.blur()`)
	arrive := func(heading string) { // keys do something when the page's scripts are there
		b.see("h1", heading)
		b.until(`document.readyState === "complete"`)
	}
	b.press("n")
	arrive("More")
	b.press("p")
	arrive("Five questions")
	b.press("/")
	arrive("Search this course")
	b.open("/account")
	b.click("[data-shortcuts] input")
	b.open(unitPath(run, "five"))
	b.press("n")
	b.press("?")
	if got := b.text(`String(!!document.querySelector("dialog")) + document.querySelector("h1").innerText`); got != "falseFive questions" {
		t.Errorf("switched off, the keys did something: %s", got)
	}
	b.quiet()
}

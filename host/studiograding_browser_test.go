package host_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/runtime/grading"
)

// The borders of the grade ranges are moved by keys and by pointer, no further than their neighbours, and what the bar shows is saved.
func TestStudioGradeRangesInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", twoKinds)
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run) + "/settings/grading")
	b.visible("[data-bar] .grade-border")
	b.focusOn(`.grade-border[aria-label="B"]`)
	b.press(kb.ArrowRight)
	b.is("B by a key", `document.querySelector("#c-1-from").value`, "66")
	b.press(kb.ArrowUp + kb.ArrowUp + kb.ArrowUp + kb.ArrowUp + kb.PageUp + kb.PageUp + kb.PageUp)
	b.is("B below A", `document.querySelector("#c-1-from").value`, "89")
	b.is("the focus", `document.activeElement.getAttribute("aria-label") + document.activeElement.getAttribute("aria-valuenow")`, "B89")
	b.eval(`document.querySelector("[data-bar]").scrollIntoView({block: "center"})`)
	fromX, y := b.place(`.grade-border[aria-label="C"]`, 0.5, 0.5)
	toX, _ := b.place("[data-bar]", 0.5, 0.5)
	b.within(
		chromedp.MouseEvent("mousePressed", fromX, y, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", (fromX+toX)/2, y, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", toX, y, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseReleased", toX, y, chromedp.ButtonLeft),
	)
	b.is("C by the pointer", `document.querySelector("#c-2-from").value`, "50")
	b.typeInto("#t-0-weight", "30")
	b.see("[data-weights].warn", "90 %")
	b.click("form[data-grades] .button.primary")
	b.see("[data-said].good", "Saved and live")
	there, err := w.site.Courses.Run(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	policy, _, err := grading.ParsePolicy([]byte(there.Grading))
	if err != nil || policy.Cutoffs[1].From != 0.89 || policy.Cutoffs[2].From != 0.5 || policy.Types[0].Weight != 0.3 {
		t.Errorf("%+v, %v", policy, err)
	}
	// A range that is taken away, and one that is put back, stand so in the bar.
	b.click(`[data-cutoff]:has(#c-1-letter) [data-remove]`)
	b.until(`!document.querySelector('.grade-border[aria-label="B"]')`)
	b.click(`quoin-rows:has([data-cutoff]) [data-undo]`)
	b.until(`!!document.querySelector('.grade-border[aria-label="B"]')`)
	b.quiet()
}

// The outline and the unit editor have one clipboard: it says what it holds, is off where that may not stand, and pastes where it may.
func TestStudioHasOneClipboard(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	sue.did(run, "/blocks", "parent", run.Usage("vertical", "u1").String(), "type", "html", "title", "A text")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.focusOn(`.o-row[data-usage$="@B"]`)
	b.chord("c", chromedp.ModifierCtrl)
	b.see("quoin-outline [data-paste]", "Paste: B")
	b.open(studioPath(run) + "/units/u1")
	b.visible("[data-palette] [data-paste]")
	b.is("a section in a unit", `String(document.querySelector("[data-palette] [data-paste]").disabled) + document.querySelector("[data-paste-note]").textContent`, "trueWhat is copied stands in the outline: paste it there.")
	b.focusOn("[data-part] [data-grip]")
	b.chord("c", chromedp.ModifierCtrl)
	b.see("[data-palette] [data-paste]", "Paste: A text")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.see("quoin-outline [data-paste]", "Paste: A text")
	b.focusOn(`.o-row[data-usage$="@A"]`)
	b.chord("v", chromedp.ModifierCtrl)
	b.see(".toast", "Go to the unit")
	b.focusOn(`.o-row[data-usage$="@u3"]`)
	b.chord("v", chromedp.ModifierCtrl)
	b.see(".toast", "Pasted")
	b.open(studioPath(run) + "/units/u3")
	b.see("[data-parts]", "A text")
	b.quiet()
}

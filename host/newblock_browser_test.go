package host_test

import (
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// The form of a block that its author only just wrote: a default stands grey where nothing is written, what is found about an entry
// stands at it, and rows say which ways they can move.
func TestStudioFormOfANewBlockInBrowser(t *testing.T) {
	withText(t)
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	private, _ := packagetest.Key(t)
	w.enter(w.administrator("boss")).bring(packagetest.Guess{
		Fields: `story: content.html({ default: "<p>Where is <b>seven</b>?</p>", title: "Story" }),
			labels: content.list<{ id: string; at: number; text: string }>({ title: "Labels",
				items: [{ name: "id", type: "id" }, { name: "at", type: "number", title: "At" }, { name: "text", type: "string", title: "Text" }] }),`,
		Definition: `check: (_call, f) => f.labels.flatMap((l, n) => [
			...(l.at > 10 ? [{ level: "warning" as const, field: "labels", line: n + 1, column: 2, message: "beyond the line" }] : []),
			...(l.text === "" || l.text === undefined ? [{ level: "warning" as const, field: "labels", line: n + 1, message: "says nothing" }] : []),
		]),`,
	}.Archive(t, private)).must(303)
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.click(`.palette-one[value="guess"]`)
	b.visible(`.unit-sheet .rich-text`)
	b.is("the default of a text", `document.querySelector(".rich-text").dataset.otherwise`, "Where is seven?")
	b.is("it is told", `document.querySelector(".rich-text").ariaPlaceholder ?? document.querySelector(".rich-text").getAttribute("aria-placeholder")`, "Where is seven?")
	b.click(`.unit-sheet .rich-text`)
	b.press("x")
	b.until(`!document.querySelector(".rich-text").dataset.otherwise`)
	b.press("\b")
	b.until(`document.querySelector(".rich-text").textContent === ""`)
	b.is("a text that was emptied has no default", `String(document.querySelector(".rich-text").dataset.otherwise)`, "undefined")

	row := func(n int) string { return fmt.Sprintf(`.unit-sheet [data-rows] > [data-row]:nth-child(%d)`, n) }
	add := func(at, text string) {
		b.click(`.unit-sheet [data-add]`)
		b.press(at + "\t" + text)
	}
	b.until(`document.querySelectorAll(".unit-sheet [data-rows] > [data-row]").length === 2`) // it begins with rows to write in
	add("5", "half")
	add("", "") // a row in which nobody wrote is no entry
	add("11", "far")
	add("7", "")
	b.saved()
	b.see(row(5)+` .form-row-parts > .field:first-child > .findings`, "Beyond the line.")
	b.see(row(6)+` > .findings`, "Says nothing.")
	b.is("findings in all", `String(document.querySelectorAll(".unit-sheet .form-list .finding").length)`, "2")
	b.is("ways to move", `[...document.querySelectorAll(".unit-sheet [data-move]")].map((e) => e.getAttribute("aria-disabled")).join()`,
		"true,false,false,false,false,false,false,false,false,false,false,true")
	b.is("room above a list", `String(parseFloat(getComputedStyle(document.querySelector(".unit-sheet .form-list")).marginBlockStart) > 0)`, "true")
	b.is("numbers in a page that runs the other way", `document.querySelector(".unit-sheet [type=number]").dir`, "ltr")
	b.quiet()
}

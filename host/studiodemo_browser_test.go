package host_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// sheetUsable is true once a control can be seen in the sheet, or the block's own editor in its frame says that it works.
const sheetUsable = `(sheet => {
	const own = sheet.querySelector("[data-own]");
	if (own?.checkVisibility()) return own.querySelector("[data-own-state]").hidden;
	return [...sheet.querySelectorAll("input, textarea, select, .rich-text")].some(e => e.type !== "hidden" && e.checkVisibility());
})(document.querySelector(".unit-sheet"))`

// Every unit of the demo course opens in its editor, and a component of each type in its sheet, and no script complains.
func TestStudioDemoCourseInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.demoCourse(t)
	contents, names := w.contents(run)
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	seen := map[string]bool{}
	units := 0
	for _, name := range names {
		unit := contents[name]
		if unit.Type != "vertical" {
			continue
		}
		units++
		b.open(studioPath(run) + "/units/" + unit.Usage.ID)
		b.visible("#palette-find")
		for _, c := range unit.Children {
			if seen[c.Type] {
				continue
			}
			seen[c.Type] = true
			b.click(part(c.Usage.ID) + ` a[data-edit]`)
			b.visible(fmt.Sprintf(`.unit-sheet [data-sheet=%q]`, c.Usage.String()))
			b.until(sheetUsable)
		}
		if text := b.logs.String(); text != "" {
			t.Fatalf("%s: the browser's console says: %s", unit.Title, text)
		}
	}
	if units == 0 || len(seen) == 0 {
		t.Error("nothing was opened")
	}
	t.Logf("%d units, sheets of %v", units, slices.Sorted(maps.Keys(seen)))
	b.quiet()
}

package host_test

import "testing"

// Two authors have the same component open, each in a browser with a profile of its own. They see each other; what one types while the
// network is away is kept beside what the other saved meanwhile, and both of them see both.
func TestStudioTwoBrowsers(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	var tabs []*tab
	for _, name := range []string{"sue", "tom"} {
		b := w.studioTab(t, run, w.account(name, run, "staff").Username, "read1")
		b.edits("text1")
		tabs = append(tabs, b)
	}
	sue, tom := tabs[0], tabs[1]
	for b, other := range map[*tab]string{sue: "tom", tom: "sue"} {
		b.until(`document.querySelector("[data-people]").textContent.toLowerCase().includes("` + other + `")`)
	}
	const name = `document.querySelector(".unit-sheet [name='f.display_name']")`
	types := func(b *tab, text string) {
		b.eval(`(e => { e.value = "` + text + `"; e.dispatchEvent(new Event("input", {bubbles: true})) })(` + name + `)`)
	}
	tom.offline(true)
	types(sue, "Law of Sue")
	sue.see(part("text1"), "Law of Sue") // it has arrived
	types(tom, "Law of Tom")
	tom.until(`document.querySelector("[data-saved]").dataset.state === "offline"`)
	tom.offline(false)
	for _, b := range tabs {
		b.see(".unit-sheet [data-conflicts]", "Law of Tom")
	}
	if title := nameOfText(w.member("ina", run, "staff"), run); title != "Law of Sue" {
		t.Errorf("what was saved first became %q", title)
	}
	sue.quiet()
}

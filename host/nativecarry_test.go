package host_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// place is where in the window a point of an element is, by shares of its width and height.
func (b *tab) place(selector string, right, down float64) (x, y float64) {
	b.t.Helper()
	at := b.text(fmt.Sprintf(`(r => (r.x + r.width * %f) + " " + (r.y + r.height * %f))(document.querySelector(%q).getBoundingClientRect())`, right, down, selector))
	if _, err := fmt.Sscan(at, &x, &y); err != nil {
		b.t.Fatalf("where is %s: %q: %v", selector, at, err)
	}
	return x, y
}

// carry drags one element onto another by mouse. Both are brought below the bar that stays at the head of the window.
func (b *tab) carry(from, to string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`(tops => scrollBy({top: (tops[0] + tops[1]) / 2 - (document.querySelector(".top").offsetHeight + innerHeight) / 2, behavior: "instant"}))([%q, %q].map(s => document.querySelector(s).getBoundingClientRect()).map(r => r.top + r.height / 2))`, from, to))
	x, y := b.place(from, 0.5, 0.5)
	toX, toY := b.place(to, 0.5, 0.5)
	b.within(chromedp.DragAndDropXY(x, y, toX, toY, 5))
}

// lift lifts, by the keyboard alone, the thing of a name, and presses an arrow until it is over a place that says so; then it is
// put down.
func (b *tab) lift(block, name, arrow, over string) {
	b.t.Helper()
	b.eval(`document.activeElement.blur()`) // from the beginning again
	b.tabTo(fmt.Sprintf(`%s .el-handle[aria-label=%q]`, block, "Move "+name))
	b.press(" ")
	for range 12 {
		b.press(arrow)
		if strings.Contains(b.text(fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, block+" .el-over")), over) {
			b.press(" ")
			return
		}
	}
	b.t.Errorf("%s does not reach %q", name, over)
}

// matchingWay carries what belongs to each.
var matchingWay = nativeWay{
	"signs",
	func(b *tab, block string) {
		for left, right := range map[string]string{"au": "Au", "fe": "Fe", "h": "H"} {
			b.carry(fmt.Sprintf(`%s .el-token[data-name=%q] button`, block, right), fmt.Sprintf(`%s li:has(> [name="pair-%s"])`, block, left))
		}
	},
	func(b *tab, block string) {
		for left, right := range map[string]string{"Gold": "Au", "Iron": "Fe", "Hydrogen": "H"} {
			b.lift(block, right, kb.ArrowDown, left)
		}
	},
}

// orderingWay moves the steps one after the other to their places.
var orderingWay = nativeWay{
	"tea",
	func(b *tab, block string) {
		for n, id := range []string{"water", "pour", "wait", "take"} {
			item := fmt.Sprintf(`%s .order > li:has([name="place-%s"])`, block, id)
			for range 4 {
				at := b.text(fmt.Sprintf(`document.querySelector(%q).value`, item+" select"))
				if at == strconv.Itoa(n+1) {
					break
				}
				b.carry(item+" .el-handle", fmt.Sprintf(`%s .order > li:nth-child(%d)`, block, n+1))
			}
		}
	},
	func(b *tab, block string) {
		for n, name := range []string{"Boil the water", "Pour it over the leaves", "Wait for four minutes", "Take the leaves out"} {
			b.eval(`document.activeElement.blur()`) // from the beginning again
			handle := fmt.Sprintf(`%s .el-handle[aria-label=%q]`, block, "Move "+name)
			b.tabTo(handle)
			b.press(" ")
			for range 4 {
				if b.text(fmt.Sprintf(`document.querySelector(%q).closest("li").querySelector("select").value`, handle)) == strconv.Itoa(n+1) {
					break
				}
				b.press(kb.ArrowUp)
			}
			b.press(" ")
		}
	},
}

// gridWay answers each row of a table.
var gridWay = nativeWay{
	"truths",
	func(b *tab, block string) {
		for id, column := range map[string]int{"ice": 0, "boil": 1, "salt": 0} {
			b.click(fmt.Sprintf(`%s label.cell-choice:has([name="row-%s"][value="%d"])`, block, id, column))
		}
	},
	func(b *tab, block string) {
		for id, column := range map[string]int{"ice": 0, "boil": 1, "salt": 0} {
			b.eval(`document.activeElement.blur()`) // from the beginning again
			b.tabTo(fmt.Sprintf(`%s [name="row-%s"]`, block, id))
			b.press(" ")
			if column == 1 {
				b.press(kb.ArrowDown)
			}
		}
	},
}

// blanksWay types and chooses.
var blanksWay = nativeWay{
	"paris",
	func(b *tab, block string) {
		b.click(block + ` [name="blank-1"]`)
		b.typeInto(block+` [name="blank-1"]`, "Paris")
		b.click(block + ` [name="blank-2"]`)
		b.typeInto(block+` [name="blank-2"]`, "2,1")
		b.pick(block, "Seine")
	},
	func(b *tab, block string) {
		for n, text := range []string{"paris", "2.1", "Seine"} {
			b.tabTo(fmt.Sprintf(`%s [name="blank-%d"]`, block, n+1))
			b.press(text)
		}
	},
}

// dragWay puts things onto a picture.
var dragWay = nativeWay{
	"house",
	func(b *tab, block string) {
		for id, zone := range map[string]string{"roof": "a", "door": "b", "window": "b", "tree": "c"} {
			b.carry(fmt.Sprintf(`%s li:has([name="item-%s"]) .el-handle`, block, id), fmt.Sprintf(`%s [data-place=%q]`, block, zone))
		}
		b.is("what lies in the wall", fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.textContent).sort().join()`, block+` [data-place="b"] .el-chip`), "door,window")
		b.carry(block+` [data-place="b"] .el-chip`, block+` [data-place="c"]`)
		b.is("what was moved on the picture", fmt.Sprintf(`String(document.querySelectorAll(%q).length)`, block+` [data-place="c"] .el-chip`), "2")
		for _, id := range []string{"door", "window"} {
			b.eval(fmt.Sprintf(`(s => { s.value = "b"; s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector(%q))`, fmt.Sprintf(`%s [name="item-%s"]`, block, id)))
		}
	},
	func(b *tab, block string) {
		for thing, zone := range map[string]string{"roof": "A, on top", "door": "B, below it", "window": "A, on top", "tree": "C, beside it"} {
			b.lift(block, thing, kb.ArrowRight, zone)
		}
	},
}

// point presses the picture of a block, by shares of its width and height.
func (b *tab) point(block string, right, down float64) {
	b.t.Helper()
	picture := block + " .picture-board"
	b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"})`, picture))
	x, y := b.place(picture+" img", right, down)
	b.within(chromedp.MouseClickXY(x, y))
}

// spotsWay marks the door and the trunk; at first the roof, which is taken back.
var spotsWay = nativeWay{
	"house",
	func(b *tab, block string) {
		places := fmt.Sprintf(`[...document.querySelectorAll(%q)].map(f => f.value).join(" ")`, block+` .spots input`)
		b.point(block, 160.0/400, 60.0/300)
		b.is("the roof is marked where it was pressed", fmt.Sprintf(`(([x, y]) => String(Math.abs(x - 160) < 3 && Math.abs(y - 60) < 3))(document.querySelector(%q).value.split(","))`, block+` [name="place-1"]`), "true")
		b.point(block, 338.0/400, 240.0/300)
		before := b.text(places)
		b.point(block, 160.0/400, 230.0/300)
		b.see(block+" .el-note", "All places are marked. Remove one first.")
		b.is("no place is left", places, before)
		b.click(block + ` button[aria-label="Remove place 1"]`)
		b.point(block, 160.0/400, 230.0/300)
		b.is("two marks on the picture", fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.textContent).join()`, block+` .el-spot`), "1,2")
	},
	func(b *tab, block string) {
		at := func() (x, y int) {
			if _, err := fmt.Sscanf(b.text(fmt.Sprintf(`document.querySelector(%q).getAttribute("aria-label")`, block+" .el-cross")), "Crosshair, %d from the left, %d from the top", &x, &y); err != nil {
				b.t.Fatal(err)
			}
			return x, y
		}
		b.tabTo(block + " .el-cross")
		for n, to := range [][2]int{{160, 230}, {340, 240}} {
			for range 80 {
				x, y := at()
				key := ""
				switch {
				case x < to[0]-5:
					key = kb.ArrowRight
				case x > to[0]+5:
					key = kb.ArrowLeft
				case y < to[1]-5:
					key = kb.ArrowDown
				case y > to[1]+5:
					key = kb.ArrowUp
				}
				if key == "" {
					break
				}
				b.press(key)
			}
			x, y := at()
			b.press(" ")
			b.hears(fmt.Sprintf("Place %d is marked at %d, %d.", n+1, x, y))
		}
	},
}

// After each thing that a learner does with a picture, the fresh view stands there whole: the picture, his marks, what was said of
// them, and in the end the right regions.
func TestHotSpotsInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, _ := w.natives(t)
	b := w.newTab(t)
	w.account("ann", run, "")
	b.signIn("ann")
	b.open(unitPath(run, "unit-hot-spots"))
	const block = "#block-hot-spots-house"
	b.until(`!!document.querySelector("` + block + ` .el-spots")`)
	whole := func(after string, marks int) {
		t.Helper()
		b.is(after+": the picture", `(b => String(b.naturalWidth > 0 && b.getBoundingClientRect().height > 100))(document.querySelector("`+block+` .picture-board img"))`, "true")
		b.is(after+": marks", `String(document.querySelectorAll("`+block+` .el-spot").length)`, strconv.Itoa(marks))
		b.is(after+": what can be pressed", `[...document.querySelectorAll("`+block+` .spots .el-remove:not([hidden])")].length + " of " + document.querySelectorAll("`+block+` .spots .el-remove").length`, fmt.Sprintf("%d of 2", marks))
	}
	submit := func(class string) {
		t.Helper()
		b.eval(`document.querySelector("` + block + ` [data-result]")?.remove()`)
		b.click(block + ` button[value="submit"]`)
		b.visible(block + ` [data-result] .status.` + class)
		b.until(`document.querySelector("` + block + ` .picture-board img").complete`)
	}
	b.point(block, 160.0/400, 60.0/300)
	whole("one mark", 1)
	submit("incorrect")
	whole("a wrong answer", 1)
	b.see(block+" .feedback", "The roof has tiles of clay.")
	b.point(block, 338.0/400, 240.0/300)
	submit("partially-correct")
	whole("a partly right answer", 2)
	b.click(block + ` button[value="hint"]`)
	b.see(block+" .question-hints", "One of them grows.")
	whole("a hint", 2)
	b.click(block + ` button[aria-label="Remove place 1"]`)
	b.point(block, 160.0/400, 230.0/300)
	submit("correct")
	whole("a right answer", 2)
	b.pictureOf(block, "hot-spots-right")
	b.eval(`[...document.querySelectorAll("` + block + ` button, ` + block + ` a")].find(e => e.textContent.trim() === "Show answer").click()`)
	b.see(block+" [data-answer]", "The door (160, 225)")
	b.is("the right regions", `[...document.querySelector("`+block+` [data-answer] .spot-areas").children].map(e => e.localName).join()`, "rect,rect")
	b.until(`document.querySelector("` + block + ` [data-answer] img").complete`)
	b.pictureOf(block+" [data-answer]", "hot-spots-answer")
	b.quiet()
}

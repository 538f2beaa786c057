package host_test

import (
	"fmt"
	"strconv"
	"strings"

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

// carry drags one element onto another by mouse.
func (b *tab) carry(from, to string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`(tops => scrollBy({top: (tops[0] + tops[1]) / 2 - innerHeight / 2, behavior: "instant"}))([%q, %q].map(s => document.querySelector(s).getBoundingClientRect()).map(r => r.top + r.height / 2))`, from, to))
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

// houseSVG is the picture of the samples that ask about one.
const houseSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" viewBox="0 0 400 300"><rect width="400" height="300" fill="#dbeafe"/>
<rect y="260" width="400" height="40" fill="#86c06c"/><path d="M50 120L160 20L270 120Z" fill="#b45309"/><rect x="70" y="120" width="180" height="140" fill="#fde68a"/>
<rect x="140" y="190" width="40" height="70" fill="#7c4a21"/><rect x="330" y="200" width="14" height="60" fill="#7c4a21"/><circle cx="337" cy="185" r="34" fill="#3f8f4f"/></svg>`

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

package host_test

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
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
	b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"})`, to))
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
			b.lift(block, right, "\u0301", left)
		}
	},
}

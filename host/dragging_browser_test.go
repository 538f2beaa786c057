package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// presses holds the mouse down on what a selector finds, and moves it far enough that it is a drag.
func (b *tab) presses(selector string, toward float64) {
	b.t.Helper()
	x, y := b.place(selector, 0.5, 0.5)
	held := func(p *input.DispatchMouseEventParams) { p.Button, p.Buttons = input.MouseButtonLeft, 1 }
	b.within(chromedp.MouseEvent(chromedp.MousePressed, x, y, held, chromedp.ClickCount(1)), chromedp.MouseEvent(chromedp.MouseMoved, x, y+toward*10, held))
}

// moves takes what is held to a place in the window.
func (b *tab) moves(x, y float64) {
	b.t.Helper()
	b.within(chromedp.MouseEvent(chromedp.MouseMoved, x, y, func(p *input.DispatchMouseEventParams) { p.Button, p.Buttons = input.MouseButtonLeft, 1 }))
}

func (b *tab) letsGo(x, y float64) {
	b.t.Helper()
	b.within(chromedp.MouseEvent(chromedp.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// A learner on a small screen carries a thing to a place that is further away than the window is high: the page comes along. What is
// let go over no place stays where it was.
func TestCarryingOnLongPageInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, _ := w.natives(t)
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	b.within(chromedp.EmulateViewport(390, 500))
	b.open(unitPath(run, "unit-drag-and-drop"))
	const block = "#block-drag-and-drop-house"
	const last = block + ` .el-things > li:last-child` // each learner has the things in another order
	handle := last + ` .el-handle`
	b.until(fmt.Sprintf(`!!document.querySelector(%q) && document.querySelector(%q).complete`, handle, block+" .picture-board img"))
	value := fmt.Sprintf(`document.querySelector(%q).value`, last+` select`)
	bring := fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "end", behavior: "instant"})`, handle)
	place := block + ` [data-place="a"]`
	far := fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().bottom < document.querySelector(".top").offsetHeight`, place)

	b.eval(bring)
	b.is("the place is out of sight", "String("+far+")", "true")
	b.presses(handle, -1)
	b.moves(200, 20)
	b.until(fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().top > 120`, place))
	b.moves(200, 250) // the page stands still
	x, y := b.place(place, 0.5, 0.5)
	b.moves(x, y)
	b.letsGo(x, y)
	b.is("where it was put", value, "a")

	b.within(chromedp.EmulateViewport(390, 844))
	b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"})`, block+" .picture-board"))
	b.presses(place+" .el-chip", 1)
	x, y = b.place(block+` [data-place="b"]`, 0.5, 0.5)
	b.moves(x, y)
	b.visible(block + ` [data-place="b"].el-over`)
	if dir := os.Getenv("QUOIN_SCREENSHOTS"); dir != "" {
		data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "carried.png"), data, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	b.moves(2, y) // beside the picture
	b.letsGo(2, y)
	b.is("after it was let go over no place", value, "a")
	b.is("what is selected", `String(getSelection())`, "")
	b.is("what is marked", fmt.Sprintf(`String(document.querySelectorAll(%q).length)`, block+" .el-over"), "0")

	b.presses(place+" .el-chip", 1)
	b.moves(x, y)
	b.visible(block + ` [data-place="b"].el-over`)
	b.press(kb.Escape)
	b.letsGo(x, y)
	b.is("after Escape", value, "a")
	b.quiet()
}

// Components are put in another order by mouse, past frames and past the end of the window.
func TestStudioDragInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "odd")
	order := `[...document.querySelectorAll("[data-parts] > [data-part]")].map(p => p.id.slice(5)).join()`
	b.visible(part("odd1") + " [data-grip]")
	b.is("at first", order, "odd1,odd2,scripted,odd3,plain")
	b.within(chromedp.EmulateViewport(1280, 420))
	b.eval(`document.querySelector("#part-plain [data-grip]").scrollIntoView({block: "end", behavior: "instant"})`)
	b.is("the first is out of sight", `String(document.querySelector("#part-odd1").getBoundingClientRect().bottom < 0)`, "true")
	b.presses(part("plain")+" [data-grip]", -1)
	b.moves(500, 10)
	b.until(`document.querySelector("#part-odd1").getBoundingClientRect().top > 90`)
	b.moves(500, 210) // the page stands still
	x, y := b.place(part("odd1"), 0.5, 0.9)
	b.moves(x, y)
	b.letsGo(x, y)
	b.until(order + ` === "odd1,plain,odd2,scripted,odd3"`)
	b.until(`document.activeElement.closest("[data-part]")?.id === "part-plain"`)
	if got := w.orderOf(run, "odd"); got != "odd1,plain,odd2,scripted,odd3" {
		t.Errorf("the course has %s", got)
	}

	b.within(chromedp.EmulateViewport(1280, 844))
	b.eval(`document.querySelector("#part-odd1").scrollIntoView({block: "center", behavior: "instant"})`)
	b.presses(part("odd1")+" [data-grip]", 1)
	x, y = b.place(part("odd2"), 0.5, 0.9)
	b.moves(x, y)
	b.visible(".part-line")
	b.press(kb.Escape)
	b.letsGo(x, y)
	b.is("after Escape", order, "odd1,plain,odd2,scripted,odd3")
	b.click("[data-undo]")
	b.until(order + ` === "odd1,odd2,scripted,odd3,plain"`)
	b.quiet()
}

// orderOf are the components of a unit as the course has them.
func (w *world) orderOf(run key.Course, unit string) string {
	w.t.Helper()
	content, err := w.site.Authoring.Unit(w.t.Context(), run, run.Usage("vertical", unit))
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []string
	for _, child := range content.Children {
		ids = append(ids, child.Usage.ID)
	}
	return strings.Join(ids, ",")
}

package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// The form of a question begins with what its author needs: rows to write in, buttons that name what they add, the rest folded. What is
// wrong in a row stands beside the input that it is about, at once; and no message lies over the form.
func TestStudioFormInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.forces()
	sue := w.member("sue", run, "staff")
	b := w.studioTab(t, run, "sue", "read1")
	b.like(1280, "light")
	b.adds("numeric")
	b.visible(`.toast`)
	b.is("the message stands beside the form",
		`String(document.querySelector(".toast").getBoundingClientRect().right <= document.querySelector(".unit-sheet").getBoundingClientRect().left)`, "true")
	const rows = `document.querySelectorAll("#sheet-numbers [data-rows] > [data-row]").length`
	b.is("rows to write in", "String("+rows+")", "2")
	b.is("the button", `document.querySelector("#sheet-numbers [data-add]").textContent`, "Add an answer")
	b.is("the rest", `String(document.querySelector("[data-more]").open)+document.querySelector("[data-more] > summary").textContent`, "falseMore settings")
	b.fills(map[string]any{"display_name": "Fall", "numbers": []map[string]any{{"value": "9.81", "tolerance": "abc", "correct": true}}})
	const beside = `document.querySelector('[name="f.numbers.0.tolerance"]').closest(".field").querySelector(".finding")?.textContent`
	b.until(beside + ` === "This is no tolerance. Write 0.05, or 2%."`)
	b.fills(map[string]any{"numbers": []map[string]any{{"tolerance": "2%"}}})
	b.until(beside + ` === undefined`)
	b.fills(map[string]any{"showanswer": "always"})
	b.click(`[data-part]:last-child [data-edit]`)
	b.until(`document.querySelector("[data-more] > summary")?.textContent === "More settings (1 set)"`)
	id := b.adds("multiple-choice")
	b.is("a choice is small", `String(document.querySelector("#sheet-choices [data-row]").offsetHeight <= 200)`, "true")
	b.fills(map[string]any{"display_name": "Planets", "choices": []map[string]any{{"text": "Mars"}, {"text": "Mars", "correct": true, "feedback": "<p>Right.</p>"}}})
	b.until(`document.querySelector("#sheet-choices [data-row]:nth-child(2) .finding")?.textContent.startsWith("The same text stands in a row before.")`)
	b.boxes(sue, run)
	for _, l := range []look{{1280, "light", "en"}, {390, "light", "en"}, {390, "dark", "ar"}} {
		b.like(l.width, l.scheme)
		b.open(studioPath(run) + "/units/read1?lang=" + l.language)
		b.click(part(id) + ` [data-edit]`)
		b.visible(`#sheet-choices [data-row] textarea`)
		b.check(source, fmt.Sprintf("the form at %d px in %s", l.width, l.language))
		if shots := os.Getenv("QUOIN_SCREENSHOTS"); shots != "" {
			b.picture(filepath.Join(shots, fmt.Sprintf("form-%d-%s.png", l.width, l.language)))
		}
	}
	b.quiet()
}

// boxes makes a question on a picture: its size is read from the file, places are drawn on it by pointer and by keys, and things belong
// to places that are ticked.
func (b *tab) boxes(sue *browser, run key.Course) {
	b.t.Helper()
	sue.upload(filesPath(run)+"/upload", "files", "application/json", attached{"map.png", pictureOf(b.t, 400, 300)}).must(200)
	id := b.adds("drag-and-drop")
	b.fills(map[string]any{"display_name": "Map", "alt": "A map", "picture": "/static/map.png"})
	b.until(`document.querySelector("[name='f.width']").value === "400" && document.querySelector("[name='f.height']").value === "300"`)
	b.fills(map[string]any{"zones": []map[string]any{{"label": "North", "x": 10, "y": 10, "width": 100, "height": 50}, {"label": "South", "x": 10, "y": 200, "width": 100, "height": 50}}})
	b.until(`document.querySelectorAll(".form-box:not([hidden])").length === 2`)
	b.focusOn(`.form-box`)
	b.within(chromedp.KeyEvent("\u0303")) // right
	b.until(`document.querySelector("[name='f.zones.0.x']").value === "14"`)
	b.is("the focus stays", `String(document.activeElement.matches(".form-box"))`, "true")
	b.eval(`(box => {
		const at = box.getBoundingClientRect(), say = (to, kind, x, y) => to.dispatchEvent(new PointerEvent(kind, {clientX: x, clientY: y, bubbles: true, cancelable: true}));
		say(box, "pointerdown", at.left + 8, at.top + 8); say(window, "pointermove", at.left + 48, at.top + 8); say(window, "pointerup", at.left + 48, at.top + 8);
	})(document.querySelectorAll(".form-box")[1])`)
	b.until(`Number(document.querySelector("[name='f.zones.1.x']").value) > 40`)
	b.is("Escape puts a box back that is dragged, and leaves the sheet open", `(box => {
		const at = box.getBoundingClientRect(), x = document.querySelector("[name='f.zones.1.x']"), before = x.value;
		const say = (to, kind, x, y) => to.dispatchEvent(new PointerEvent(kind, {clientX: x, clientY: y, bubbles: true, cancelable: true}));
		say(box, "pointerdown", at.left + 8, at.top + 8); say(window, "pointermove", at.left + 28, at.top + 8);
		const moved = x.value !== before;
		box.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true, cancelable: true}));
		return String([moved, x.value === before, document.querySelector("[data-sheet-place]").hidden]);
	})(document.querySelectorAll(".form-box")[1])`, "true,true,false")
	b.is("a press on the picture makes no place", `(board => {
		const at = board.getBoundingClientRect(), rows = () => document.querySelectorAll("#sheet-zones [data-rows] > [data-row]").length, before = rows();
		const say = (to, kind) => to.dispatchEvent(new PointerEvent(kind, {clientX: at.right - 4, clientY: at.bottom - 4, bubbles: true, cancelable: true}));
		say(board.querySelector("img"), "pointerdown"); say(window, "pointerup");
		return String([before > 0, rows() === before]);
	})(document.querySelector(".form-board"))`, "true,true")
	b.fills(map[string]any{"items": []map[string]any{{"text": "Bear"}}})
	b.click(`#sheet-items [data-row] [data-choices] label:nth-child(2) input`)
	b.until(`document.querySelector("[name='f.items.0.zones']").value === "South"`)
	b.saved()
	if shots := os.Getenv("QUOIN_SCREENSHOTS"); shots != "" {
		b.picture(filepath.Join(shots, "form-boxes.png"))
	}
	var sheet struct {
		Fields map[string]struct{ Base json.RawMessage }
	}
	sue.data(studioPath(run)+"/components/"+run.Usage("drag-and-drop", id).String()+"/form", &sheet)
	if got := string(sheet.Fields["zones"].Base); !strings.Contains(got, `"x":14`) {
		b.t.Errorf("the places are %s", got)
	}
	if got := string(sheet.Fields["items"].Base); !strings.Contains(got, `"zones":"South"`) {
		b.t.Errorf("the things are %s", got)
	}
}

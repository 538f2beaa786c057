package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chord presses a key with Alt (1), Control (2) or Shift (8).
func (b *tab) chord(key string, modifiers chromedp.Modifier) {
	b.t.Helper()
	b.within(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers)))
}

// rowFocused waits until the outline's row of a title has the focus.
func (b *tab) rowFocused(title string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.activeElement?.getAttribute("role") === "row" && document.activeElement.querySelector(".o-title").innerText.trim() === %q`, title))
}

// outlineIs waits until the rows read so, by level and title.
func (b *tab) outlineIs(want string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(".o-row")].map(r => r.getAttribute("aria-level") + r.querySelector(".o-title").textContent.trim()).join(" ") === %q`, want))
}

// What is shut is reached by its row above, a filter without a find says so, and dates that come later are the reader's too.
func TestStudioOutlineStaysWithinReachInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.focusOn(`.o-row[tabindex="0"]`)
	b.press(kb.ArrowDown + kb.ArrowDown)
	b.rowFocused("1")
	b.click("[data-shut-all]")
	b.is("who is reached by Tab", `document.querySelector('.o-row[tabindex="0"] .o-title').innerText.trim() + document.querySelector('.o-row[tabindex="0"]').hidden`, "Afalse")
	b.typeInto("#o-q", "nowhere")
	b.see("[data-empty]", "Nothing in the outline is what you look for.")
	b.quiet()
}

// The whole outline can be worked by keys alone, and what is done is on the server.
func TestStudioOutlineByKeys(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.outlineIs("1A 2a 31 32 2b 33 1B 2c")
	b.focusOn(`.o-row[tabindex="0"]`)
	b.rowFocused("A")
	b.press(kb.ArrowDown + kb.ArrowDown)
	b.rowFocused("1")
	b.press(kb.F2)
	b.until(`document.activeElement.matches(".o-rename")`)
	b.press("First unit\r")
	b.outlineIs("1A 2a 3First unit 32 2b 33 1B 2c")
	b.rowFocused("First unit")
	b.chord(kb.ArrowDown, chromedp.ModifierAlt)
	b.outlineIs("1A 2a 32 3First unit 2b 33 1B 2c")
	b.rowFocused("First unit")
	b.chord(kb.ArrowDown, chromedp.ModifierAlt) // across the end of its subsection
	b.outlineIs("1A 2a 32 2b 3First unit 33 1B 2c")
	b.chord("z", chromedp.ModifierCtrl)
	b.outlineIs("1A 2a 32 3First unit 2b 33 1B 2c")
	b.chord("y", chromedp.ModifierCtrl)
	b.outlineIs("1A 2a 32 2b 3First unit 33 1B 2c")
	b.rowFocused("First unit")
	b.press("n")
	b.until(`document.activeElement.matches(".o-rename")`)
	b.press("Added\r")
	b.outlineIs("1A 2a 32 2b 3First unit 3Added 33 1B 2c")
	b.rowFocused("Added")
	b.press(kb.Delete)
	b.outlineIs("1A 2a 32 2b 3First unit 33 1B 2c")
	b.visible(".toast button")
	b.click(".toast button")
	b.outlineIs("1A 2a 32 2b 3First unit 3Added 33 1B 2c")
	// Shutting and opening, and going in and out.
	b.eval(`document.querySelector('.o-row[data-usage$="@A"]').focus()`)
	b.press(kb.ArrowLeft)
	b.until(`document.querySelector('.o-row[data-usage$="@a"]').hidden && document.activeElement.getAttribute("aria-expanded") === "false"`)
	b.press(kb.ArrowDown)
	b.rowFocused("B")
	b.press("a")
	b.until(`document.activeElement.matches(".o-rename")`)
	b.press(kb.Escape)
	b.rowFocused("New subsection")
	// Several at once: two subsections get a date by the sheet.
	b.press(" ")
	b.press(kb.ArrowUp)
	b.rowFocused("c")
	b.press(" ")
	b.visible("[data-bulk]")
	b.press("s")
	b.visible("dialog.sheet")
	b.until(`document.querySelectorAll("dialog.sheet input[name=usage]").length === 2`)
	b.eval(`document.querySelector('dialog.sheet input[name=has][value=timed]').focus()`)
	b.press(" ")
	b.until(`document.querySelector("#set-timed").checkVisibility()`)
	b.eval(`document.querySelector("#set-timed").focus()`)
	b.press("e\r") // which is no number
	b.visible("dialog.sheet [data-marked]")
	b.press(kb.Backspace + "30\r")
	b.until(`!document.querySelector("dialog.sheet")`)
	b.until(`[...document.querySelectorAll(".chip.timed")].filter(c => c.innerText.includes("30 minutes")).length === 2`)
	b.press("?")
	b.see("dialog.keys", "Move it up or down")
	b.press(kb.Escape)
	b.quiet()
	if got := w.titles(run); !strings.Contains(got, "b(First unit Added 3)") || !strings.Contains(got, "B(c New subsection)") {
		t.Errorf("the server has %s", got)
	}
}

// A title that could not be sent stays in its field, and goes out when the connection is back.
func TestStudioOutlineLosesNothingOffline(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.focusOn(`.o-row[tabindex="0"]`)
	b.offline(true)
	b.press(kb.F2)
	b.press("Typed on a train\r")
	b.see(".toast.bad", "not saved yet")
	b.is("what was typed", `document.querySelector(".o-rename").value`, "Typed on a train")
	b.offline(false)
	b.click(".toast.bad button")
	b.outlineIs("1Typed on a train 2a 31 32 2b 33 1B 2c")
	b.open(studioPath(run) + "/blocks/" + run.Usage("sequential", "a").String() + "/settings")
	b.typeInto("#set-timed", "25")
	b.offline(true)
	b.click("form[data-studio-form] .button.primary")
	b.see("[data-said].bad", "still here")
	b.is("what was typed", `document.querySelector("#set-timed").value`, "25")
	b.offline(false)
	b.click("form[data-studio-form] .button.primary")
	b.see("[data-said].good", "Settings saved")
}

// Rows are carried to another place by their handles.
func TestStudioOutlineByDragging(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	drag := func(from, to string, share float64) {
		b.eval(fmt.Sprintf(`{
			const row = id => document.querySelector('.o-row[data-usage$="@' + id + '"]'), data = new DataTransfer(), box = row(%q).getBoundingClientRect();
			row(%q).querySelector(".o-handle").dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
			const fire = (at, type) => at.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data, clientY: box.top + box.height * %v}));
			fire(row(%q), "dragstart"); fire(row(%q), "dragover"); fire(row(%q), "drop"); fire(row(%q), "dragend"); }`, to, from, share, from, to, to, from))
	}
	drag("u1", "u2", 0.9)
	b.outlineIs("1A 2a 32 31 2b 33 1B 2c")
	drag("u1", "c", 0.5)
	b.outlineIs("1A 2a 32 2b 33 1B 2c 31")
	drag("B", "A", 0.1)
	b.outlineIs("1B 2c 31 1A 2a 32 2b 33")
	drag("u1", "A", 0.5) // a unit stands in no section
	b.is("the outline", `[...document.querySelectorAll(".o-row")].map(r => r.querySelector(".o-title").textContent.trim()).join("")`, "Bc1Aa2b3")
	b.quiet()
}

// clocks lets a test tell when ten seconds are over, as long as what is said of a deed stays.
const clocks = `{ const start = window.setTimeout, stop = window.clearTimeout; let last = 0; window.clocks = new Map();
	window.setTimeout = (act, after, ...more) => after === 10000 ? (clocks.set(--last, act), last) : start(act, after, ...more);
	window.clearTimeout = (id) => { clocks.delete(id); stop(id); }; }`

// What is said of a deed stays for its ten seconds, however soon after another it was done: the way to take it back stands there.
func TestStudioToastStaysInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: clocks}); err != nil {
		t.Fatal(err)
	}
	b.signIn("sue")
	b.open(studioPath(run))
	b.visible("quoin-outline[data-ready]")
	b.focusOn(`.o-row[data-usage$="@u1"]`)
	b.chord(kb.ArrowDown, chromedp.ModifierAlt)
	b.visible(".toast button")
	before := b.text(`document.querySelector(".toast p").textContent`)
	b.rowFocused("1")
	b.press(kb.Delete)
	b.until(fmt.Sprintf(`![%q, undefined].includes(document.querySelector(".toast p")?.textContent)`, before))
	b.is("how many clocks run", `String(clocks.size)`, "1")
	b.eval(`document.querySelector(".toast button").focus()`)
	b.is("how many run while it has the focus", `String(clocks.size)`, "0")
	b.eval(`document.activeElement.blur(); clocks.forEach((act) => act())`)
	b.is("the toast, after its time", `String(document.querySelector(".toast"))`, "null")
	b.quiet()
}

// Studio's pages pass axe-core in every state, wide and narrow, light and dark, in both languages. QUOIN_SCREENSHOTS names a folder
// for pictures.
func TestStudioLooksInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	big := w.bigCourse(12, 5, 8, 0)
	sueUser := w.account("sue", run, "staff")
	if _, _, err := w.site.People.Grant(t.Context(), sueUser.ID, big.String(), "staff", "tester"); err != nil {
		t.Fatal(err)
	}
	b := w.newTab(t)
	b.open("/nowhere?lang=en")
	b.signIn("sue")
	usage := run.Usage("sequential", "a").String()
	b.open(studioPath(run) + "/blocks/" + usage + "/settings")
	b.typeInto("#set-timed", "45")
	b.eval(`document.querySelector("#set-due").value = "2031-02-03T04:05"; document.querySelector("#set-format").value = "Homework"; document.querySelector("#set-visibility").value = "staff"`)
	b.click("form[data-studio-form] .button.primary")
	b.see("[data-said].good", "Settings saved")
	ready := func(b *tab) { b.visible("quoin-outline[data-ready]") }
	sights := append([]sight{
		{"studio-home", "/studio", nil},
		{"studio-home-none", "/studio?q=nothing", nil},
		{"studio-outline", studioPath(run), ready},
		{"studio-outline-big", studioPath(big), ready},
		{"studio-outline-none", studioPath(run) + "?q=nothing", ready},
		{"studio-outline-menu", studioPath(run), func(b *tab) {
			ready(b)
			b.click(`.o-row[tabindex="0"] [data-menu]`)
			b.visible(".o-menu")
		}},
		{"studio-outline-selected", studioPath(run), func(b *tab) {
			ready(b)
			b.eval(`document.querySelectorAll(".o-2 .o-pick").forEach(e => e.click())`)
			b.visible("[data-bulk]")
		}},
		{"studio-outline-sheet", studioPath(run), func(b *tab) {
			ready(b)
			b.click(`.o-2 [data-sheet-link]`)
			b.visible("dialog.sheet")
		}},
		{"studio-settings", studioPath(run) + "/blocks/" + usage + "/settings", nil},
		{"studio-bulk", studioPath(run) + "/bulk?usage=" + strings.ReplaceAll(usage, "+", "%2B"), nil},
		{"studio-move", studioPath(run) + "/move?usage=" + strings.ReplaceAll(run.Usage("vertical", "u1").String(), "+", "%2B"), nil},
	}, studioMoreSights(w, run)...)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = []look{{1280, "light", "en"}, {390, "light", "en"}, {1280, "dark", "ar"}, {390, "dark", "ar"}}
	}
	for _, l := range looks {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for _, s := range sights {
			b.open(s.path)
			if s.before != nil {
				s.before(b)
			}
			b.check(source, fmt.Sprintf("%s at %d px, %s, %s", s.name, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s-%s.png", s.name, l.width, l.scheme, l.language)))
			}
		}
	}
	b.quiet()
}

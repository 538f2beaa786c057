package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	program  = "#gallery-code-1-program"
	backTab  = `((f) => f.dispatchEvent(new KeyboardEvent("keydown", {key: "Tab", shiftKey: true, bubbles: true, cancelable: true})))(document.activeElement)`
	itsValue = `document.querySelector("` + program + `").value`
)

// A program is indented by keys, undone by the browser, coloured and numbered, and nobody who works by keyboard is caught in it.
func TestCodeElementInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	b.open("/docs/gallery")
	b.until(`!!document.querySelector("quoin-code .el-code-lines span")`)
	write := func(text string, from, to int) {
		b.eval(fmt.Sprintf(`(f => { f.focus(); f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); f.setSelectionRange(%d, %d) })(document.querySelector(%q))`, text, from, to, program))
	}

	t.Log("the next stop, a deeper line, lines in and out, and undo")
	write("if x:", 5, 5)
	b.press("\r")
	b.is("after a colon", itsValue, "if x:\n    ")
	b.press("y\t")
	b.is("tab goes to the stop", itsValue, "if x:\n    y   ")
	b.press("\r")
	b.is("as deep as before", itsValue, "if x:\n    y   \n    ")
	write("a\nb\n\nc", 0, 6)
	b.press("\t")
	b.is("three lines in", itsValue, "    a\n    b\n\n    c")
	b.eval(backTab)
	b.is("and out", itsValue, "a\nb\n\nc")
	b.eval(backTab)
	b.is("and no further", itsValue, "a\nb\n\nc")
	b.eval(`document.execCommand("undo")`)
	b.is("undone", itsValue, "    a\n    b\n\n    c")

	write("a\n\n", 0, 3)
	b.press("\t")
	b.is("an empty line stays empty", itsValue, "    a\n\n")

	t.Log("numbers and colours are those of the text, and hidden from screen readers")
	write("# <b>\nx = 'a' if 1.5 else None\n", 0, 0)
	b.is("the layer", `document.querySelector("#gallery-code-1 .el-code-colours, quoin-code .el-code-colours").textContent`, "# <b>\nx = 'a' if 1.5 else None\n\n")
	b.is("the kinds", `[...document.querySelectorAll("quoin-code")][0].querySelectorAll(".el-code-colours span").length + [...document.querySelector(".el-code-colours").children].map(s => s.className.slice(3) + ":" + s.textContent).join()`,
		"6comment:# <b>,string:'a',word:if,number:1.5,word:else,word:None")
	b.is("the lines", `[...document.querySelector(".el-code-lines").children].map(s => s.textContent).join() + document.querySelector(".el-code-lines").getAttribute("aria-hidden")`, "1,2,3true")
	b.is("a marked line", `document.querySelector("quoin-code[mark] .el-marked").textContent`, "2")
	b.is("the letters lie on their colours", `(() => { const f = document.querySelector(".el-code textarea"), c = document.querySelector(".el-code-colours");
		return ["fontFamily", "fontSize", "lineHeight", "letterSpacing", "paddingLeft", "paddingTop", "tabSize", "whiteSpace"].filter(n => getComputedStyle(f)[n] !== getComputedStyle(c)[n]).join() })()`, "")
	b.is("the colours can be seen", `getComputedStyle(document.querySelector(".el-code-colours")).overflow`, "visible") // it has no height of its own
	b.is("and begin at the same place", `(() => { const f = document.querySelector(".el-code textarea").getBoundingClientRect(), c = document.querySelector(".el-code-colours").getBoundingClientRect();
		return String(Math.abs(f.top - c.top) < 1 && Math.abs(f.left + 1 - c.left) <= 1) })()`, "true")

	t.Log("no trap")
	b.is("what describes it", `document.getElementById(document.querySelector("`+program+`").getAttribute("aria-describedby")).textContent`,
		"Tab indents, Shift and Tab goes back. To leave with the keyboard, press Escape and then Tab.")
	write("z", 1, 1)
	b.press(kb.Escape)
	b.hears("Tab leaves the editor now.")
	b.press("\t")
	b.until(`document.activeElement !== document.querySelector("` + program + `")`)
	b.is("nothing was typed", itsValue, "z")
	write("z", 1, 1)
	b.press(kb.Escape)
	b.press("w\t")
	b.is("typing goes on, so tab indents again", itsValue, "zw  ")
	b.focusOn("#gallery-code-2-query")
	b.press("\t")
	b.until(`document.activeElement !== document.querySelector("#gallery-code-2-query")`) // what cannot be written in needs no key to leave

	t.Log("long lines scroll with their colours")
	write(fmt.Sprintf("x = %0300d", 7), 304, 304)
	b.eval(`document.querySelector("` + program + `").scrollLeft = 500`)
	b.until(`document.querySelector(".el-code-colours").style.translate.startsWith("-500px")`)
	write("# Greets whoever is there.\ndef greet(names):\n    for name in names:\n        print(f'Hello, {name}!', 3)\n", 0, 0)
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "en"}} {
		b.like(l.width, l.scheme)
		b.pictureOf("article[aria-labelledby=code]", fmt.Sprintf("code-%d-%s", l.width, l.scheme))
	}
	b.quiet()
}

// Without scripts a program is typed and sent all the same.
func TestCodeElementWithoutScripts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.open("/docs/gallery")
	b.typeInto(program, "print(1)")
	b.is("what is sent", `new FormData(document.querySelector("#gallery-code-1-form")).get("program")`, "print(1)")
	b.is("the letters can be seen", `String(getComputedStyle(document.querySelector("`+program+`")).color === "rgba(0, 0, 0, 0)")`, "false")
}

// pictureOf keeps how one element looks, where somebody asks for pictures.
func (b *tab) pictureOf(selector, name string) {
	b.t.Helper()
	folder := os.Getenv("QUOIN_SCREENSHOTS")
	if folder == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

package host_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const sumProgram = "print(sum(map(int, input().split())))"

// codeWay writes a program in place of what stands there.
var codeWay = nativeWay{
	"sum",
	func(b *tab, block string) {
		b.click(block + " textarea")
		b.eval(`document.activeElement.select()`)
		b.press(sumProgram)
	},
	func(b *tab, block string) {
		b.tabTo(block + " textarea")
		b.press(kb.Escape) // the next tab leaves the editor
		b.eval(`document.activeElement.select()`)
		b.press(sumProgram + kb.Escape)
	},
}

// A program is tried against the tests that are seen, by keyboard: what came out stands line by line beside what was expected, no
// attempt is used, and what was typed is there as it was typed. Then a mistake is shown at its line, and hidden tests tell nothing.
func TestCodeQuestionInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run, _ := w.natives(t)
	w.account("ada", run, "")
	b := w.newTab(t)
	b.signIn("ada")
	b.like(1280, "light")
	b.open(unitPath(run, "unit-code"))
	block := "#block-code-sum"
	b.until(fmt.Sprintf(`!!document.querySelector("%s quoin-code textarea")`, block))
	b.is("the code to start with", fmt.Sprintf(`document.querySelector("%s textarea").value`, block), "numbers = input().split()\n")
	write := func(program string) {
		b.tabTo(block + " textarea")
		b.eval(fmt.Sprintf(`(f => { f.value = %q; f.dispatchEvent(new InputEvent("input", {bubbles: true})) })(document.activeElement)`, program))
		b.press(kb.Escape)
	}
	odd := "if True:\n\tx = '<b>&amp;'  \n\nprint(5)\nprint('  odd ')\n"
	write(odd)
	b.tabTo(block + ` button[value="try"]`)
	b.press("\r")
	b.visible(block + " .diff")
	b.is("the program as it was typed", fmt.Sprintf(`document.querySelector("%s textarea").value`, block), odd)
	for _, want := range []string{"0 of 2 tests that you can see passed", "Nothing was submitted", "− Expected", "+ Yours", "Not run yet"} {
		if said := b.text(fmt.Sprintf(`document.querySelector("%s").innerText`, block)); !strings.Contains(said, want) {
			t.Errorf("a try does not say %q: %s", want, said)
		}
	}
	b.looks(source, "code", run)
	b.like(1280, "light")
	b.open(unitPath(run, "unit-code"))
	b.until(fmt.Sprintf(`!!document.querySelector("%s quoin-code textarea")`, block))
	write("import sys\nraise Exception(input())\n")
	b.tabTo(block + ` button[value="submit"]`)
	b.press("\r")
	b.visible(block + " .test-error")
	b.is("the marked line", fmt.Sprintf(`document.querySelector("%s .el-marked")?.textContent`, block), "2")
	said := b.text(fmt.Sprintf(`document.querySelector("%s").innerText`, block))
	if strings.Count(said, "Exception: ") != 2 || !strings.Contains(said, "Hidden test 1") {
		t.Errorf("mistakes of the tests that are seen, and no others: %s", said)
	}
	b.looks(source, "code", run)
	b.quiet()
}

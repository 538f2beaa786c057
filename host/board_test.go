package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// dwelling is a picture of 400 by 300 pixels.
const dwelling = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" viewBox="0 0 400 300"><rect width="400" height="300" fill="#eef"/>
<path d="M60 110 160 20 260 110z" fill="#c66"/><rect x="80" y="110" width="160" height="150" fill="#dca"/><rect x="280" y="260" width="110" height="10" fill="#6a6"/></svg>`

// handingCourse has a board with targets, one without, a program and files for a grader that is not there.
func handingCourse() map[string]string {
	return map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Handing"/>`,
		"course/now.xml": `<course display_name="Handing" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1">
			<sequential url_name="s" display_name="Work"><vertical url_name="house" display_name="House"><problem url_name="parts"/></vertical>
			<vertical url_name="anywhere" display_name="Anywhere"><problem url_name="free"/></vertical>
			<vertical url_name="programs" display_name="Programs"><problem url_name="program"/><problem url_name="files"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`,
		"static/house.svg":         dwelling,
		"problem/parts.xml": `<problem display_name="Parts of a house" max_attempts="9"><customresponse><label>Put the words where they belong.</label>
			<drag_and_drop_input img="/static/house.svg" alt="A house: place 1 is the roof, place 2 the wall, place 3 is beside the house.">
			<draggable id="roof" label="roof"/><draggable id="brick" label="brick" can_reuse="true"/><draggable id="picture" icon="/static/house.svg" label="picture"/><draggable id="sail" label="sail"/>
			<target id="top" x="60" y="20" w="200" h="90"/><target id="wall" x="60" y="120" w="200" h="150"/><target id="side" x="280" y="150" w="110" h="120"/>
			</drag_and_drop_input><answer type="loncapa/python">
want = [{'draggables': ['roof'], 'targets': ['top'], 'rule': 'exact'}, {'draggables': ['brick'], 'targets': ['wall', 'side'], 'rule': 'unordered_equal'}]
correct = ['correct' if draganddrop.grade(submission[0], want) else 'incorrect']
</answer></customresponse></problem>`,
		"problem/free.xml": `<problem display_name="Anywhere" max_attempts="9"><customresponse><label>Put the chimney on the roof.</label>
			<drag_and_drop_input img="/static/house.svg" alt="A house with a roof at 160 from the left and 65 from the top."><draggable id="chimney" label="chimney"/><draggable id="tree" label="tree"/></drag_and_drop_input>
			<answer type="loncapa/python">correct = ['correct' if draganddrop.grade(submission[0], {'chimney': [[160, 65], 40]}) else 'incorrect']</answer></customresponse></problem>`,
		"problem/program.xml": `<problem display_name="A program" max_attempts="3"><coderesponse queuename="q"><label>Write a function that adds.</label><textbox rows="6" mode="python"/>
			<codeparam><initial_display>def add(a, b):</initial_display><grader_payload>CANARY</grader_payload></codeparam></coderesponse></problem>`,
		"problem/files.xml": `<problem display_name="Files"><coderesponse queuename="q"><label>Hand in your work.</label><filesubmission allowed_files="a.py b.py" required_files="a.py"/>
			<codeparam><grader_payload>CANARY</grader_payload></codeparam></coderesponse></problem>`,
	}
}

// Things are put onto a picture by mouse and by keyboard alone, on its targets and anywhere; the module draganddrop judges them.
func TestBoardInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	run := w.course(handingCourse())
	row := func(n int) string { return fmt.Sprintf(`#block-parts li:has([name="input_2_1_%d"])`, n) }
	for _, name := range []string{"mouse", "keyboard"} {
		t.Run(name, func(t *testing.T) {
			w.account(name, run, "")
			b := w.newTab(t)
			b.signIn(name)
			b.open(unitPath(run, "house"))
			ready := func() {
				b.until(`!!document.querySelector("#block-parts .picture-board[data-width]") && !!document.querySelector("#block-parts .el-handle")`)
			}
			b.high("1400") // no bar covers what is carried to
			ready()
			b.is("copies that are needed", `String([...document.querySelectorAll("#block-parts li[data-copy]")].filter(e => e.checkVisibility()).length)`, "1")
			submit := `#block-parts button[value="submit"]`
			if name == "mouse" {
				b.carry(row(5)+" .el-handle", `#block-parts [data-place="0"]`)
				b.carry(row(0)+" .el-handle", `#block-parts [data-place="0"]`) // one lies there: it makes room
				b.is("what gave way", `document.querySelector("#block-parts [name=input_2_1_5]").value`, "")
				b.carry(row(1)+" .el-handle", `#block-parts [data-place="1"]`)
				b.carry(row(2)+" .el-handle", `#block-parts [data-place="2"]`)
				b.click(submit)
			} else {
				b.lift("#block-parts", "roof", kb.ArrowRight, "1")
				b.lift("#block-parts", "brick", kb.ArrowRight, "2")
				b.eval(`document.activeElement.blur()`)
				b.tabTo(row(2) + " select")
				b.press(kb.ArrowDown + kb.ArrowDown + kb.ArrowDown)
				b.tabTo(submit)
				b.press("\r")
			}
			b.visible("#block-parts .status.correct:not([hidden])")
			b.is("what was sent fills in the rows", `[0, 1, 2, 3].map(n => document.querySelector("#block-parts [name=input_2_1_" + n + "]").value).join()`, "0,1,2,")
			b.seen(source, "board-"+name, unitPath(run, "house"), ready)

			b.open(unitPath(run, "anywhere"))
			b.until(`!!document.querySelector("#block-free .picture-board[data-width]")`)
			submit = `#block-free button[value="submit"]`
			if name == "mouse" {
				b.eval(`document.querySelector("#block-free .capa-free").scrollIntoView({block: "center", behavior: "instant"})`)
				x, y := b.place(`#block-free li:has([name="input_2_1_0x"]) .match-left`, 0.1, 0.5)
				toX, toY := b.place("#block-free .picture-board", 0.4, 65.0/300)
				b.within(chromedp.DragAndDropXY(x, y, toX, toY, 5))
				b.until(`document.querySelector("#block-free [name=input_2_1_0x]").value !== ""`)
				b.click(submit)
			} else {
				b.tabTo(`#block-free [name="input_2_1_0x"]`)
				b.press("150\t70")
				b.tabTo(submit)
				b.press("\r")
			}
			b.visible("#block-free .status.correct:not([hidden])")
			b.seen(source, "board-free-"+name, unitPath(run, "anywhere"), func() { b.visible("#block-free .capa-chip") })
			b.quiet()
		})
	}
}

// A program and files are handed in and wait for a grader that is not there: the learner reads so, sees what he sent, and loses
// nothing, whatever he does meanwhile.
func TestHandedInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.course(handingCourse())
	folder := t.TempDir()
	for _, name := range []string{"a.py", "b.py", "c.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("print(1)\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	choose := func(b *tab, names ...string) {
		for i, name := range names {
			names[i] = filepath.Join(folder, name)
		}
		b.within(chromedp.SetUploadFiles(chromedp.CSS(`#block-files [type="file"]`), names))
	}
	for _, name := range []string{"mouse", "keyboard"} {
		t.Run(name, func(t *testing.T) {
			w.account(name, run, "")
			b := w.newTab(t)
			b.signIn(name)
			b.open(unitPath(run, "programs"))
			b.until(`!!document.querySelector("#block-program quoin-submit") && !!document.querySelector("#block-files quoin-submit")`)
			submit := func(block string) {
				if name == "mouse" {
					b.click(block + ` button[value="submit"]`)
					return
				}
				b.tabTo(block + ` button[value="submit"]`)
				b.press("\r")
			}
			area := `#block-program textarea[name="input_2_1"]`
			b.is("what stands there at first", fmt.Sprintf(`document.querySelector(%q).value`, area), "def add(a, b):")
			if name == "mouse" {
				b.click(area)
			} else {
				b.tabTo(area)
			}
			b.within(chromedp.KeyEvent(kb.End))
			b.press(" return a + b")
			b.within(chromedp.KeyEvent(kb.Escape)) // the editor lets the tab key go
			submit("#block-program")
			b.see("#block-program [data-result]", "Your answer is kept and waits")
			b.is("what was sent", fmt.Sprintf(`document.querySelector(%q).value`, area), "def add(a, b): return a + b")

			if name == "keyboard" {
				b.tabTo(`#block-files [type="file"]`)
			}
			submit("#block-files")
			b.see("#block-files", "Choose your files before you submit.")
			choose(b, "b.py", "c.txt")
			submit("#block-files")
			b.see("#block-files", "These files are missing: a.py")
			b.is("the files are still chosen", `String(document.querySelector("#block-files [type=file]").files.length)`, "2")
			choose(b, "a.py", "b.py")
			submit("#block-files")
			b.see("#block-files [data-result]", "Your answer is kept and waits")
			b.see("#block-files .capa-handed", "a.py")
			b.open(unitPath(run, "programs"))
			b.see("#block-files .capa-handed", "b.py")
			b.see("#block-program", "Your answer is kept and waits")
			b.seen(source, "handed-"+name, unitPath(run, "programs"), func() { b.visible("#block-files .capa-handed") })
			b.quiet()
		})
	}
}

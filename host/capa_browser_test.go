package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// capaWay is how a learner answers a problem of the sample course right: by mouse, by keyboard alone, and by a form that no script
// touched, names and values in turn.
type capaWay struct {
	unit, problem string
	mouse, keys   func(b *tab, block string)
	form          []string
}

// ticked chooses values of a group by their labels, or by tabs and arrows.
func ticked(name string, values ...string) (mouse, keys func(b *tab, block string)) {
	at := func(value string) string { return fmt.Sprintf(`input[name=%q][value=%q]`, name, value) }
	mouse = func(b *tab, block string) {
		for _, value := range values {
			b.click(fmt.Sprintf(`%s label:has(%s)`, block, at(value)))
		}
	}
	keys = func(b *tab, block string) {
		for _, value := range values {
			b.eval(`document.activeElement.blur()`) // from the beginning again
			radio := b.text(fmt.Sprintf(`document.querySelector(%q).type`, block+" "+at(value))) == "radio"
			if !radio {
				b.tabTo(block + " " + at(value))
				b.press(" ")
				continue
			}
			b.tabTo(fmt.Sprintf(`%s input[name=%q]`, block, name))
			b.press(" ")
			for n := 0; n < 8 && b.text(fmt.Sprintf(`String(document.querySelector(%q).checked)`, block+" "+at(value))) != "true"; n++ {
				b.press(kb.ArrowDown)
			}
		}
	}
	return mouse, keys
}

// writing types into fields, names and texts in turn.
func writing(pairs ...string) (mouse, keys func(b *tab, block string)) {
	field := func(block, name string) string { return fmt.Sprintf(`%s [name=%q]`, block, name) }
	mouse = func(b *tab, block string) {
		for i := 0; i < len(pairs); i += 2 {
			b.click(field(block, pairs[i]))
			b.typeInto(field(block, pairs[i]), pairs[i+1])
		}
	}
	keys = func(b *tab, block string) {
		for i := 0; i < len(pairs); i += 2 {
			b.tabTo(field(block, pairs[i]))
			b.press(pairs[i+1])
		}
	}
	return mouse, keys
}

// then does one thing after the other.
func then(steps ...func(b *tab, block string)) func(b *tab, block string) {
	return func(b *tab, block string) {
		for _, step := range steps {
			step(b, block)
		}
	}
}

func capaWays() []capaWay {
	way := func(unit, problem string, form ...string) capaWay {
		return capaWay{unit: unit, problem: problem, form: form}
	}
	boxes := way("two_bulges", "bulge_sides", "input_2_1[]", "choice_0", "input_2_1[]", "choice_1")
	boxes.mouse, boxes.keys = ticked("input_2_1[]", "choice_0", "choice_1")

	truths := way("capa_choose", "capa_true", "input_2_1[]", "choice_lunar", "input_2_1[]", "choice_neap")
	truths.mouse, truths.keys = ticked("input_2_1[]", "choice_lunar", "choice_neap")

	radio := way("answers", "try_one", "input_2_1", "choice_0")
	radio.mouse, radio.keys = ticked("input_2_1", "choice_0")

	list := way("line_up", "spring_phases", "input_2_1", "new and full moon")
	list.mouse = func(b *tab, block string) { b.pick(block, "new and full moon") }
	list.keys = func(b *tab, block string) {
		b.tabTo(block + " select")
		b.press("new")
	}

	word := way("line_up", "spring_name", "input_2_1", "Neap tide")
	word.mouse, word.keys = writing("input_2_1", "Neap tide")

	number := way("day", "hours_between", "input_2_1", "24.83/2")
	number.mouse, number.keys = writing("input_2_1", "24.83/2")
	number.mouse, number.keys = then(number.mouse, set("{24.83/2}")), then(number.keys, set("{24.83/2}"))

	force := way("capa_reckon", "capa_force", "input_2_1", "2*G*M*R/d^3")
	force.mouse, force.keys = writing("input_2_1", "2*G*M*R/d^3")
	force.mouse, force.keys = then(force.mouse, set("{2·G·M·R/{d^3}}")), then(force.keys, set("{2·G·M·R/{d^3}}"))

	where := way("capa_point", "capa_where", "input_2_1_x", "240", "input_2_1_y", "60")
	where.mouse = func(b *tab, block string) {
		b.point(block, 240.0/640, 60.0/260)
		b.is("one mark", fmt.Sprintf(`String(document.querySelectorAll(%q).length)`, block+" .el-spot"), "1")
		b.point(block, 240.0/640, 200.0/260) // another press moves it
		b.is("one mark still", fmt.Sprintf(`String(document.querySelectorAll(%q).length)`, block+" .el-spot"), "1")
	}
	where.keys = func(b *tab, block string) {
		b.tabTo(block + " .el-cross")
		b.press(strings.Repeat(kb.ArrowLeft, 5) + strings.Repeat(kb.ArrowUp, 5) + "\r")
		b.is("the place", fmt.Sprintf(`[...document.querySelectorAll(%q)].map(f => f.value).join()`, block+" .capa-place input"), "240,50")
	}

	passage := way("capa_point", "capa_passage", "input_2_1_comment", "A chance", "input_2_1_tag", "2")
	comment, commentKeys := writing("input_2_1_comment", "A chance")
	tag, tagKeys := ticked("input_2_1_tag", "2")
	passage.mouse, passage.keys = then(comment, tag), then(commentKeys, tagKeys)

	within := way("capa_choose", "capa_within", "input_2_1", "2_1_choiceinput_0bc", "input_2_1_choiceinput_0_numtolerance_input_0", "12.42",
		"input_3_1[]", "3_1_choiceinput_0bc", "input_3_1_choiceinput_0_numtolerance_input_0", "24.83", "input_3_1[]", "3_1_choiceinput_1bc", "input_3_1_choiceinput_1_numtolerance_input_0", "14.8")
	within.mouse = func(b *tab, block string) { // whoever clicks a sentence chooses it
		b.click(block + ` [value="2_1_choiceinput_0bc"] ~ .capa-choice-text`)
		for _, n := range []string{"0", "1"} {
			b.click(block + ` [value="3_1_choiceinput_` + n + `bc"] ~ .capa-choice-text`)
		}
		numbers, _ := writing("input_2_1_choiceinput_0_numtolerance_input_0", "12.42", "input_3_1_choiceinput_0_numtolerance_input_0", "24.83", "input_3_1_choiceinput_1_numtolerance_input_0", "14.8")
		numbers(b, block)
	}
	within.keys = func(b *tab, block string) { // whoever writes a number chooses the sentence around it
		_, numbers := writing("input_2_1_choiceinput_0_numtolerance_input_0", "12.42", "input_3_1_choiceinput_0_numtolerance_input_0", "24.83", "input_3_1_choiceinput_1_numtolerance_input_0", "14.8")
		numbers(b, block)
	}

	program := way("capa_script", "capa_program", "input_2_1", "def tide_range(heights):\n    return max(heights) - min(heights)")
	program.mouse = func(b *tab, block string) {
		b.click(block + " textarea")
		b.press("def tide_range(heights):\rreturn max(heights) - min(heights)")
		b.is("what was typed", fmt.Sprintf(`document.querySelector(%q).value`, block+" textarea"), program.form[1])
	}
	program.keys = func(b *tab, block string) {
		b.tabTo(block + " textarea")
		b.press("def tide_range(heights):\rreturn max(heights) - min(heights)" + kb.Escape) // and escape lets go
	}
	return []capaWay{boxes, truths, radio, list, word, number, force, where, passage, within, program}
}

// set waits for the formula as it is shown.
func set(want string) func(b *tab, block string) {
	return func(b *tab, block string) {
		b.is("the formula as it is shown", fmt.Sprintf(mathOf, block), want)
	}
}

// tides makes the sample course with all that it needs.
func tides(t *testing.T) (*world, key.Course) {
	t.Helper()
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	w.install("../blocks/questions", questions.Block())
	return w, w.importFolder(filepath.Join("..", "examples", "course"), key.Course{}).Course
}

// Each of CAPA's inputs in the sample course is answered right by mouse and by keyboard alone; what a learner sees before and after
// passes axe-core, and fits the window.
func TestCapaInputsInBrowser(t *testing.T) {
	source := axe(t)
	w, run := tides(t)
	for _, name := range []string{"mouse", "keyboard"} {
		t.Run(name, func(t *testing.T) {
			b := w.newTab(t)
			w.account(name, run, "")
			b.signIn(name)
			for _, way := range capaWays() {
				t.Run(way.problem, func(t *testing.T) {
					b.t = t
					block := "#block-" + way.problem
					b.like(1280, "light")
					b.open(unitPath(run, way.unit))
					b.until(fmt.Sprintf(`!!document.querySelector("%s quoin-submit")`, block))
					b.check(source, way.problem+" before an answer")
					if name == "mouse" {
						way.mouse(b, block)
						b.click(block + ` button[value="submit"]`)
					} else {
						way.keys(b, block)
						b.tabTo(block + ` button[value="submit"]`)
						b.press("\r")
					}
					b.visible(block + " [data-result] .status.correct")
					b.until(fmt.Sprintf(`document.querySelector(%q).contains(document.activeElement)`, block))
					if name == "mouse" {
						b.capaLooks(source, way, run)
					}
				})
			}
			b.t = t
			b.quiet()
		})
	}
}

func (b *tab) capaLooks(source string, way capaWay, run key.Course) {
	b.t.Helper()
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(unitPath(run, way.unit))
		b.until(`!!document.querySelector("quoin-submit")`)
		what := fmt.Sprintf("%s-%d-%s", way.problem, l.width, l.scheme)
		b.check(source, what)
		b.is(what+" is no wider than the window", `String(document.documentElement.scrollWidth <= innerWidth)`, "true")
		b.is(what+": every field lies in the window", `[...document.querySelectorAll("main :is(input, select, textarea, button)")].map(e => [e, e.getBoundingClientRect()])
			.filter(([, r]) => r.width > 1 && (r.right > innerWidth || r.left < 0)).map(([e]) => e.outerHTML.slice(0, 120)).join()`, "")
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			b.picture(filepath.Join(pictures, "capa-"+what+".png"))
		}
	}
	b.open("/nowhere?lang=en")
}

// The same answers are sent by forms that no script touched.
func TestCapaInputsWithoutScripts(t *testing.T) {
	w, run := tides(t)
	b := w.member("ann", run, "")
	for _, way := range capaWays() {
		address := blockPath(run, "problem", way.problem)
		b.get(unitPath(run, way.unit)).form(address).set(way.form...).press("submit").must(303)
		if view := b.get(address + "/view").must(200).asked(); !strings.Contains(view.HTML, "status correct") {
			t.Errorf("%s: after %v: %s", way.problem, way.form, view.HTML)
		}
	}
}

// What the sample course has besides, in pages that nobody answers here, passes axe-core as well and stays in the window.
func TestSampleUnitsInBrowser(t *testing.T) {
	source := axe(t)
	w, run := tides(t)
	b := w.newTab(t)
	w.account("ann", run, "")
	b.signIn("ann")
	for _, unit := range []string{"capa_outside", "capa_editors", "ways_arrange", "ways_write"} {
		b.capaLooks(source, capaWay{unit: unit, problem: "unit-" + unit}, run)
	}
	b.quiet()
}

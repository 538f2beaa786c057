package host_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// nobody is the host of calls that need none.
type nobody struct{}

func (nobody) Service([]byte) []byte { return nil }
func (nobody) Log(int, string)       {}

// nativeSamples are the samples of a native type, as it gives them.
func nativeSamples(t *testing.T, blockType string) []wire.Sample {
	t.Helper()
	return samplesOf(t, questions.Block(), blockType)
}

// installQuestions puts the native types in, and warms the interpreters: an answer is judged at once only where they are warm.
func (w *world) installQuestions(t *testing.T) {
	t.Helper()
	w.install("../blocks/questions", questions.Block())
	for language, interpreter := range w.site.Scripts {
		if err := interpreter.Start(t.Context()); errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
			t.Skip(err)
		} else if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
	}
}

// samplesOf are the samples of a type, as its block gives them.
func samplesOf(t *testing.T, block sdk.Block, blockType string) []wire.Sample {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpSample, Context: wire.Context{Block: blockType}}, wire.SampleRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var reply wire.SampleReply
	if err := wire.DecodeReply(block.Serve(nobody{}, frame), &reply); err != nil {
		t.Fatal(err)
	}
	return reply.Samples
}

// nativeOLX is a sample as an archive holds it: fields as attributes, by the rules that hold for every block.
func nativeOLX(blockType string, s wire.Sample) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<%s url_name="%s-%s"`, blockType, blockType, s.Name)
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		value := string(s.Fields[name])
		var text string
		if json.Unmarshal(s.Fields[name], &text) == nil {
			value = text
		}
		fmt.Fprintf(&b, ` %s="%s"`, name, strings.ReplaceAll(html.EscapeString(value), "\n", "&#10;"))
	}
	b.WriteString("/>")
	return b.String()
}

// sampleFile is a course file that a block's samples name.
func sampleFile(t *testing.T, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "blocks", folder, "testdata", "static", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// natives makes a course with a unit for each native type, which holds its samples.
func (w *world) natives(t *testing.T) (key.Course, []string) {
	t.Helper()
	w.installQuestions(t)
	types := slices.Sorted(maps.Keys(questions.Block().(sdk.Types)))
	units := ""
	for _, blockType := range types {
		units += fmt.Sprintf(`<vertical url_name="unit-%s" display_name="%s">`, blockType, blockType)
		for _, s := range nativeSamples(t, blockType) {
			units += nativeOLX(blockType, s)
		}
		units += "</vertical>"
	}
	return w.course(map[string]string{
		"static/house.svg": sampleFile(t, "questions", "house.svg"),
		"course.xml":       `<course url_name="now" org="Org" course="Natives"/>`,
		"course/now.xml":   `<course display_name="Natives" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s">` + units + `</sequential></chapter></course>`,
	}), types
}

// nativeWay is how a learner answers a sample of a type right: by mouse, and by keyboard alone.
type nativeWay struct {
	sample      string
	mouse, keys func(b *tab, block string)
}

// tabTo moves the focus forward until an element has it: a keyboard alone reaches it.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 200 {
		if b.text(fmt.Sprintf(`String(document.activeElement?.matches(%q) ?? false)`, selector)) == "true" {
			return
		}
		b.press("\t")
	}
	b.t.Fatalf("no tab leads to %s: %s", selector, b.text(`document.activeElement.outerHTML.slice(0, 300)`))
}

// pick chooses the entry of a text in whichever drop-down list has it.
func (b *tab) pick(block, text string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`(o => { o.closest("select").value = o.value; o.closest("select").dispatchEvent(new Event("change", {bubbles: true})) })(
		[...document.querySelectorAll(%q)].find(o => o.text === %q))`, block+" option", text))
}

// typed answers a field by typing, by mouse and by keyboard.
func typed(sample, text string) nativeWay {
	return nativeWay{
		sample,
		func(b *tab, block string) {
			b.click(block + ` [name="answer"]`)
			b.typeInto(block+` [name="answer"]`, text)
		},
		func(b *tab, block string) {
			b.tabTo(block + ` [name="answer"]`)
			b.press(text)
		},
	}
}

// journey reckons what the drawn numbers come to.
func (b *tab) journey(block string) string {
	b.t.Helper()
	return b.text(fmt.Sprintf(`(([, s, t]) => (s / t).toFixed(3))(/goes ([0-9.]+) km in ([0-9.]+) h/.exec(document.querySelector(%q).innerText))`, block))
}

// nativeWays has every native type.
var nativeWays = map[string]nativeWay{
	"blanks":        blanksWay,
	"code":          codeWay,
	"drag-and-drop": dragWay,
	"grid":          gridWay,
	"hot-spots":     spotsWay,
	"matching":      matchingWay,
	"ordering":      orderingWay,
	"calculated": {
		"journey",
		func(b *tab, block string) { typed("journey", b.journey(block)).mouse(b, block) },
		func(b *tab, block string) { typed("journey", b.journey(block)).keys(b, block) },
	},
	"dropdown": {
		"capitals",
		func(b *tab, block string) {
			for _, text := range []string{"Canberra", "Brasília"} {
				b.pick(block, text)
			}
		},
		func(b *tab, block string) {
			for name, text := range map[string]string{"answer-au": "Canberra", "answer-br": "Brasília"} {
				b.eval(`document.activeElement.blur()`) // from the beginning again
				b.tabTo(block + fmt.Sprintf(` [name=%q]`, name))
				b.press(text)
			}
		},
	},
	"multiple-select": {
		"mammals",
		func(b *tab, block string) {
			for _, id := range []string{"whale", "seal", "dolphin"} {
				b.click(block + fmt.Sprintf(` label.choice:has([value=%q])`, id))
			}
		},
		func(b *tab, block string) {
			for range 5 {
				b.tabTo(block + ` .choice input:not([data-seen])`)
				if id := b.text(`document.activeElement.dataset.seen = document.activeElement.value`); id == "whale" || id == "seal" || id == "dolphin" {
					b.press(" ")
				}
			}
		},
	},
	"file-upload": {
		"report",
		func(b *tab, block string) {
			b.click(block + ` [name="text"]`)
			b.typeInto(block+` [name="text"]`, "The tide was low at noon.")
		},
		func(b *tab, block string) {
			b.tabTo(block + ` [name="text"]`)
			b.press("The tide was low at noon.")
		},
	},
	"math-expression": typed("cone", "1/3 pi r^2 h"),
	"numeric":         typed("speed", "19,6"),
	"short-text":      typed("lake", "michigan"),
	"multiple-choice": {
		"planet",
		func(b *tab, block string) { b.click(block + ` label.choice:has([value="jup"])`) },
		func(b *tab, block string) {
			b.tabTo(block + " .choice input")
			for range 8 {
				b.press("\u0301") // the down arrow
				if b.text(fmt.Sprintf(`String(document.querySelector(%q)?.value)`, block+" .choice input:checked")) == "jup" {
					return
				}
			}
			b.t.Error("the arrows do not reach the choice")
		},
	},
}

// Each native type is answered right by mouse and by keyboard alone; the focus goes to the verdict, and what it shows then passes
// axe-core in every look, once.
func TestNativeTypesInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run, types := w.natives(t)
	for name, act := range map[string]func(nativeWay) func(*tab, string){
		"mouse":    func(n nativeWay) func(*tab, string) { return n.mouse },
		"keyboard": func(n nativeWay) func(*tab, string) { return n.keys },
	} {
		t.Run(name, func(t *testing.T) {
			b := w.newTab(t)
			w.account(name, run, "")
			b.signIn(name)
			for _, blockType := range types {
				t.Run(blockType, func(t *testing.T) {
					b.t = t
					way, ok := nativeWays[blockType]
					if !ok {
						t.Fatalf("nobody says how to answer %s", blockType)
					}
					block := fmt.Sprintf("#block-%s-%s", blockType, way.sample)
					b.like(1280, "light")
					b.open(unitPath(run, "unit-"+blockType))
					b.until(fmt.Sprintf(`!!document.querySelector("%s quoin-submit")`, block))
					b.check(source, blockType+" before an answer")
					act(way)(b, block)
					if name == "mouse" {
						b.click(block + ` button[value="submit"]`)
					} else {
						b.tabTo(block + ` button[value="submit"]`)
						b.press("\r")
					}
					verdict := "correct"
					if blockType == "file-upload" {
						verdict = "grading" // by a person, later: see TestHandInAndGrade
					}
					b.visible(block + " .status." + verdict + ":not([hidden])")
					b.until(fmt.Sprintf(`document.querySelector(%q).contains(document.activeElement)`, block))
					if name == "mouse" { // an answer does not show how it was given
						b.looks(source, blockType, run)
					}
				})
			}
			b.t = t
			b.quiet()
		})
	}
}

// looks checks and pictures an answered unit.
func (b *tab) looks(source, blockType string, run key.Course) {
	b.t.Helper()
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}, {320, "light", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(unitPath(run, "unit-"+blockType))
		b.until(`!!document.querySelector("quoin-submit")`)
		what := fmt.Sprintf("%s-%d-%s-%s", blockType, l.width, l.scheme, l.language)
		b.check(source, what)
		b.is(what+" is no wider than the window", `String(document.documentElement.scrollWidth <= innerWidth)`, "true")
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			b.picture(filepath.Join(pictures, "native-"+what+".png"))
		}
	}
	b.open("/nowhere?lang=en")
}

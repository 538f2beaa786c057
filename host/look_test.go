package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// axe gives the source of axe-core, which `make web` fetches.
func axe(t *testing.T) string {
	t.Helper()
	source, err := npm.File(npm.Axe)
	if err != nil {
		missing(t, err.Error())
	}
	return string(source)
}

// sight is a page in some state, for eyes and for axe-core.
type sight struct {
	name, path string
	// before is done after the page was opened.
	before func(b *tab)
}

// visitorSights are what people see who are not signed in, learnerSights what a learner of the course sees.
func visitorSights(run key.Course) []sight {
	course := "/courses/" + run.String()
	return []sight{
		{"catalogue", "/", nil},
		{"about", course + "/about", nil},
		{"signin", "/signin", nil},
		{"signin-wrong", "/signin", func(b *tab) {
			b.typeInto("#login", "ann")
			b.typeInto("#password", "wrong")
			b.click("main form .button.primary")
			b.visible(`[role="alert"]`)
		}},
		{"signup", "/signup", nil},
		{"signup-wrong", "/signup", func(b *tab) {
			b.typeInto("#username", "a")
			b.typeInto("#email", "nonsense")
			b.click("main form .button.primary")
			b.visible(`[role="alert"]`)
		}},
		{"not-found", "/nowhere", nil},
	}
}

func learnerSights(run key.Course) []sight {
	course := "/courses/" + run.String()
	return []sight{
		{"home", "/", nil},
		{"about-enrolled", course + "/about", nil},
		{"outline", course, nil},
		{"dates", course + "/dates", nil},
		{"reading", course + "/units/read1", nil},
		{"search-empty", course + "/search", nil},
		{"search", course + "/search?q=question", nil},
		{"search-none", course + "/search?q=zebra", nil},
		{"search-wrong", course + "/search?q=%3F", nil},
		{"bookmarks-empty", course + "/bookmarks", func(b *tab) { b.see("main", " ") }},
		{"bookmarks", course + "/units/five", func(b *tab) {
			if b.text(`document.querySelector(".bookmark").value`) == "add" {
				b.click(".bookmark")
				b.visible(`.bookmark[aria-pressed="true"]`)
			}
			b.open(course + "/bookmarks")
			b.see("main", "")
		}},
		{"textbooks-none", course + "/textbooks", nil},
		{"menu", course, func(b *tab) { b.eval(`document.querySelector(".menu").open = true`) }},
		{"keys", course + "/units/five", func(b *tab) {
			b.press("?")
			b.visible("dialog.keys")
		}},
		{"odd", course + "/units/odd", nil},
		{"five", course + "/units/five", nil},
		{"answered", course + "/units/more", nil},
		{"answer-shown", course + "/units/more", func(b *tab) {
			b.click(`button[value="@reveal"]`)
			b.visible("[data-answer]")
			b.until(`document.activeElement.matches("[data-answer]")`)
		}},
		{"closed", course + "/units/notyet", nil},
		{"progress", course + "/progress", nil},
	}
}

// Every page in every state passes axe-core, wide and narrow, light and dark, in English and in Arabic, and none is wider
// than the window. QUOIN_SCREENSHOTS names a folder for pictures; then all widths, colours and languages are gone through.
func TestAccessibleInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	user := w.account("ann", run, "")
	w.answerSome(w.enter(user), run)
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = nil
		for _, language := range []string{"en", "ar"} {
			for _, width := range []int64{1280, 390} {
				looks = append(looks, look{width, "light", language}, look{width, "dark", language})
			}
		}
	}
	for _, signedIn := range []bool{false, true} {
		sights := visitorSights(run)
		if signedIn {
			b.open("/nowhere?lang=en")
			b.signIn("ann")
			sights = learnerSights(run)
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
	}
	b.quiet()
}

// look is a reader's window, colours and language.
type look struct {
	width            int64
	scheme, language string
}

// answerSome leaves right, wrong and half answers behind, so that pages have something to show.
func (w *world) answerSome(b *browser, run key.Course) {
	w.t.Helper()
	for i, a := range answers[:4] {
		fields := a.right
		if i%2 == 1 {
			fields = a.wrong
		}
		b.get(unitPath(run, "five")).form(blockPath(run, "problem", a.id)).set(fields...).press("submit").must(303)
	}
	b.get(unitPath(run, "more")).form(blockPath(run, "problem", "tries")).set("input_2_1", "12").press("submit").must(303)
}

// like sets the window's width and the colours that the reader wants.
func (b *tab) like(width int64, scheme string) {
	b.t.Helper()
	b.within(chromedp.EmulateViewport(width, 844))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// high sets the window's height in pixels and leaves its width.
func (b *tab) high(height string) {
	b.t.Helper()
	h, err := strconv.ParseInt(height, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	w, err := strconv.ParseInt(b.text(`String(innerWidth)`), 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.within(chromedp.EmulateViewport(w, max(h, 844)))
}

// check runs axe-core and looks for what is wider than the window.
func (b *tab) check(axe, what string) {
	b.t.Helper()
	// A window as high as the page: what a bar covers for the moment is no fault, since one can scroll.
	b.high(b.text(`String(document.documentElement.scrollHeight)`))
	defer b.high("844")
	b.eval(axe + "; void 0")
	report, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + (n.any[0]?.message ?? ""))}))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail(err)
	}
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(report), &violations); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range violations {
		b.t.Errorf("%s: %s: %s: %s", what, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
	if wide := b.text(`String(document.documentElement.scrollWidth - document.documentElement.clientWidth)`); wide != "0" {
		b.t.Errorf("%s: %s px wider than the window: %s", what, wide, b.text(`[...document.querySelectorAll("main *, header *, footer *")]
			.filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1).slice(0, 3).map(e => e.outerHTML.slice(0, 150)).join("\n")`))
	}
}

// picture keeps the whole page. The window is made as high as the page: Chromium's own way of taking what lies beyond the
// window shows pages that are written from the right moved aside.
func (b *tab) picture(path string) {
	b.t.Helper()
	size := strings.Fields(b.text("`${innerWidth} ${Math.max(844, document.scrollingElement.scrollHeight)}`"))
	width, err := strconv.ParseInt(size[0], 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	height, err := strconv.ParseInt(size[1], 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.within(chromedp.EmulateViewport(width, height))
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.within(chromedp.EmulateViewport(width, 844))
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// The whole way can be gone by keyboard: skip link, form, answer, focus on the verdict.
func TestKeyboardInBrowser(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.newTab(t)
	w.account("ann", run, "")
	b.open("/signin?next=" + url.QueryEscape(unitPath(run, "five")))
	b.press("\t")
	if got := b.text(`document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q", got)
	}
	b.eval(`document.querySelector("#login").focus()`)
	b.press("ann\t" + password + "\r")
	b.see("h1", "Five questions")
	b.until(`document.readyState === "complete"`)
	b.eval(`document.querySelector("#block-pchoice input[type=radio]").focus()`)
	b.press(" ")
	b.eval(`document.querySelector('#block-pchoice button[value="submit"]').focus()`)
	b.press("\r")
	b.visible("#block-pchoice .status.incorrect:not([hidden])")
	b.until(`document.activeElement.matches("#block-pchoice [data-result]")`)
	b.quiet()
}

func (b *tab) press(keys string) {
	b.t.Helper()
	b.within(chromedp.KeyEvent(keys))
}

// pressAway presses a key that takes the focused frame away. The browser may then never say that the key has arrived, so what came of
// it is for the caller to see.
func (b *tab) pressAway(key string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience/20)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.KeyEvent(key)); err != nil && ctx.Err() == nil {
		b.fail(err)
	}
}

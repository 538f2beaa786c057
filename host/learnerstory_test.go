package host_test

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// hands are what a reader works a page with.
type hands interface {
	// press follows a link, sends a form by a button, opens a summary, ticks a box.
	press(selector string)
	// fill puts a text in the place of what a field holds.
	fill(selector, text string)
	// pick chooses an option of a select.
	pick(selector, value string)
}

// byMouse clicks.
type byMouse struct{ *tab }

func (m byMouse) press(selector string)      { m.t.Helper(); m.click(selector) }
func (m byMouse) fill(selector, text string) { m.t.Helper(); m.typeInto(selector, text) }
func (m byMouse) pick(selector, value string) {
	m.t.Helper()
	m.within(chromedp.SetValue(chromedp.CSS(selector), value))
}

// byKeyboard never clicks: it goes from stop to stop, and each stop must show that it has the focus.
type byKeyboard struct{ *tab }

// mostStops is how often Tab may be pressed on the way to anything.
const mostStops = 90

// focusShown tells what stands at the focus unless it can be seen there.
const focusShown = `(e => {
	if (!e || e === document.body || e === document.documentElement) return "";
	// A card shows the focus of the link that stands for it.
	const s = getComputedStyle(e.closest(".card") ?? e), r = e.getBoundingClientRect();
	if (e.localName === "iframe" || e.localName === "video") return ""; // what is inside shows it, and not to us
	if (!e.checkVisibility()) return "hidden: " + e.outerHTML.slice(0, 150);
	if ((s.outlineStyle === "none" || s.outlineWidth === "0px") && s.boxShadow === "none") return "no outline: " + e.outerHTML.slice(0, 150);
	if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) return "outside of the window: " + e.outerHTML.slice(0, 150);
	return "";
})(document.activeElement)`

func (k byKeyboard) reach(selector string) {
	k.t.Helper()
	k.visible(selector)
	for range mostStops {
		if k.text(fmt.Sprintf(`String(document.activeElement.matches(%q))`, selector)) == "true" {
			return
		}
		k.tab.press("\t")
		if lost := k.text(focusShown); lost != "" {
			k.t.Errorf("the focus cannot be seen at %s: %s", k.text("location.pathname"), lost)
		}
	}
	k.t.Fatalf("Tab does not reach %s at %s", selector, k.text("location.pathname"))
}

func (k byKeyboard) press(selector string) {
	k.t.Helper()
	k.reach(selector)
	if k.text(`document.activeElement.type ?? ""`) == "checkbox" {
		k.tab.press(" ")
		return
	}
	k.tab.press("\r")
}

func (k byKeyboard) fill(selector, text string) {
	k.t.Helper()
	k.reach(selector)
	k.eval(`document.activeElement.select()`) // which is what Tab into a field of text does, but not into one of e-mail
	k.tab.press(text)
}

func (k byKeyboard) pick(selector, value string) {
	k.t.Helper()
	k.reach(selector)
	k.tab.press(kb.Home) // Home, then down
	for range 20 {
		if k.text(`document.activeElement.value`) == value {
			return
		}
		k.tab.press(kb.ArrowDown)
	}
	k.t.Fatalf("the arrow keys do not reach %q of %s", value, selector)
}

// telling is one way of going through the story.
type telling struct {
	name    string
	look    look
	scripts bool
	hands   func(*tab) hands
	axe     string
	// theme and language are changed to these in the end.
	theme, language string
}

// chapter is the story as it is being told.
type chapter struct {
	*tab
	hands hands
	how   telling
	run   key.Course
	files string
	step  int
}

// arrive waits for what shows that a page is there, and looks at the page.
func (c *chapter) arrive(name, selector string) {
	c.t.Helper()
	c.visible(selector)
	c.until(`document.readyState === "complete"`)
	if stopped := c.text(`(window.refused ?? []).join("\n")`); stopped != "" {
		c.t.Errorf("%s: the policy refused %s", name, stopped)
	}
	if c.how.axe != "" {
		c.check(c.how.axe, c.how.name+", "+name)
	}
	c.step++
	if dir := os.Getenv("QUOIN_SCREENSHOTS"); dir != "" {
		c.picture(filepath.Join(dir, fmt.Sprintf("story-%s-%02d-%s.png", strings.ReplaceAll(c.how.name, " ", "-"), c.step, name)))
	}
}

// courseLink follows a link of the course's bar, which stands behind a button where the window is narrow.
func (c *chapter) courseLink(page string) {
	c.t.Helper()
	link := `.course-nav > ul > li > a[href$="` + page + `"]`
	if c.text(fmt.Sprintf(`String(!!document.querySelector(%q)?.checkVisibility())`, link)) != "true" {
		c.hands.press(".course-nav .menu summary")
		link = `.course-nav .menu a[href$="` + page + `"]`
	}
	c.hands.press(link)
}

// join goes from the first page to a confirmed account.
func (c *chapter) join(name string) {
	c.t.Helper()
	c.open("/")
	if c.how.look.language != "en" {
		c.hands.press(`.languages a[hreflang="` + c.how.look.language + `"]`)
		c.until(`document.documentElement.lang === "` + c.how.look.language + `"`)
	}
	c.arrive("front", `header a[href="/signup"]`)
	c.hands.press(`header a[href="/signup"]`)
	c.arrive("signup", "#username")
	c.hands.fill("#username", name)
	c.hands.fill("#email", "nowhere")
	c.hands.fill("#name", "New Learner")
	c.hands.fill("#password", password)
	c.hands.press("main form .button.primary")
	c.arrive("signup-wrong", `[role="alert"]`)
	c.until(`document.activeElement.matches('[role="alert"]')`)
	c.hands.fill("#email", name+"@example.org")
	c.hands.fill("#password", password)
	c.hands.press("main form .button.primary")
	c.arrive("newcomer", `main a[href="/courses"]`)
	// The mail goes out after the answer; until it is there, the page begins with somebody else's.
	c.open("/development/mails")
	for c.text(`document.querySelector("main article bdi")?.textContent ?? ""`) != name+"@example.org" {
		c.open("/development/mails")
	}
	c.arrive("mails", "main article a.button")
	c.hands.press("main article a.button")
	c.arrive("confirm", `form[action="/confirm"]`)
	c.hands.press(`form[action="/confirm"] button`)
	c.arrive("confirmed", ".notice.good")
}

// enrol finds the course and joins it.
func (c *chapter) enrol() {
	c.t.Helper()
	c.hands.press(`main a[href="/"]`)
	c.visible(`main a[href="/courses"]`)
	c.hands.press(`main a[href="/courses"]`)
	c.visible("#q")
	c.hands.fill("#q", "tides")
	c.hands.press(".finder .button.primary")
	c.until(`location.search.includes("q=tides")`)
	c.arrive("found", ".cards a")
	c.hands.press(".cards a")
	c.arrive("about", `form[action$="/enrol"]`)
	c.hands.press(`form[action$="/enrol"] button`)
	c.arrive("course", ".resume .button.primary")
}

// work answers a question wrong and right, reads on, and leaves.
func (c *chapter) work() {
	c.t.Helper()
	const section = ".outline > li:nth-child(2) "
	if c.text(fmt.Sprintf(`String(document.querySelector(%q).open)`, section+"details")) != "true" {
		c.hands.press(section + "summary")
	}
	c.hands.press(section + "li:first-child a.outline-link")
	c.arrive("unit", "#block-bulge_sides")
	for _, choice := range []string{"choice_2", "choice_3"} {
		c.hands.press(`#block-bulge_sides [value="` + choice + `"]`)
	}
	c.answer("bulge_sides", "incorrect")
	for _, choice := range []string{"choice_0", "choice_1", "choice_2", "choice_3"} {
		c.hands.press(`#block-bulge_sides [value="` + choice + `"]`)
	}
	c.answer("bulge_sides", "correct")
	c.arrive("answered", "#block-bulge_sides [data-result] .status.correct")
	c.read()
	c.hands.press(`.turn [rel="next"]`)
	c.until(`location.pathname.endsWith("/units/day")`)
	c.arrive("video", "#block-hours_between")
	c.hands.press(`form[action="/signout"] button`)
	c.arrive("left", `header a[href="/signin"]`)
}

// read stays with a text until the site knows that it was read, or says so where no script does.
func (c *chapter) read() {
	c.t.Helper()
	if !c.how.scripts {
		c.hands.press(`form[action$="/completion"] button`)
		c.visible("#block-bulge_sides")
		return
	}
	c.until(`performance.getEntriesByType("resource").some(e => e.name.endsWith("/completion") && e.responseEnd > 0)`)
}

// answer sends a question; the verdict takes the focus where scripts show it without a new page.
func (c *chapter) answer(id, verdict string) {
	c.t.Helper()
	block := "#block-" + id
	c.hands.press(block + ` button[value="submit"]`)
	c.visible(block + ` [data-result] .status.` + verdict)
	c.until(`document.readyState === "complete"`)
	if c.how.scripts {
		c.until(fmt.Sprintf(`document.activeElement.matches(%q)`, block+" [data-result]"))
	}
}

// resume comes back to where work left off, goes on there, and looks at the progress.
func (c *chapter) resume(name string) {
	c.t.Helper()
	c.hands.press(`header a[href="/signin"]`)
	c.signInAs(name)
	c.arrive("dashboard", ".resume .button.primary")
	c.hands.press(".resume .button.primary")
	c.until(`location.pathname.endsWith("/units/day")`)
	c.visible("#block-hours_between")
	c.hands.fill(`#block-hours_between [name="input_2_1"]`, "12.42")
	c.answer("hours_between", "correct")
	c.courseLink("/progress")
	c.arrive("progress", "main h1")
	c.until(`location.pathname.endsWith("/progress") && document.querySelector("main").innerText.includes("Two bulges")`)
}

func (c *chapter) signInAs(name string) {
	c.t.Helper()
	c.visible("#login")
	c.hands.fill("#login", name)
	c.hands.fill("#password", password)
	c.hands.press("main form .button.primary")
}

// leave changes how pages look, takes the data along and has the account erased; after that nobody gets in by its password.
func (c *chapter) leave(name string) {
	c.t.Helper()
	c.hands.press(`header a[href="/account"]`)
	c.arrive("account", "#theme")
	c.hands.pick("#language", c.how.language)
	c.hands.pick("#theme", c.how.theme)
	c.hands.press(`form[action="/account/profile"] button`)
	c.arrive("account-saved", ".notice.good")
	c.until(fmt.Sprintf(`document.documentElement.dataset.theme === %q && document.documentElement.lang === %q`, c.how.theme, c.how.language))
	c.hands.press(`a[href="/account/export"]`)
	c.exported(name)
	c.hands.press(`details:has(form[action="/account/erase"]) > summary`)
	c.hands.fill("#erase_name", name)
	c.hands.fill("#erase_password", password)
	c.hands.press(`form[action="/account/erase"] button`)
	c.arrive("erased", `header a[href="/signin"]`)
	c.hands.press(`header a[href="/signin"]`)
	c.signInAs(name)
	c.arrive("gone", `[role="alert"]`)
	if c.text(`String(!!document.querySelector('form[action="/signout"]'))`) != "false" {
		c.t.Error("an erased account can sign in")
	}
}

// exported waits for the download and opens it.
func (c *chapter) exported(name string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	var found []string
	for len(found) == 0 {
		if err := chromedp.Do(ctx, chromedp.Sleep(20*time.Millisecond)); err != nil {
			c.fail(fmt.Errorf("waiting for the download: %w", err))
		}
		var err error
		if found, err = filepath.Glob(filepath.Join(c.files, "*.zip")); err != nil {
			c.t.Fatal(err)
		}
	}
	archive, err := zip.OpenReader(found[0])
	if err != nil {
		c.t.Fatal(err)
	}
	defer archive.Close()
	var all strings.Builder
	for _, file := range archive.File {
		all.WriteString(contents(c.t, file))
	}
	for _, want := range []string{name + "@example.org", "bulge_sides", "hours_between"} {
		if !strings.Contains(all.String(), want) {
			c.t.Errorf("%q is not in the export", want)
		}
	}
}

// A learner's whole way, from the first page to an erased account, by mouse, on a phone, by keyboard alone and without scripts.
// QUOIN_SCREENSHOTS names a folder for pictures of each step.
func TestLearnersStoryInBrowser(t *testing.T) {
	mouse := func(b *tab) hands { return byMouse{b} }
	keyboard := func(b *tab) hands { return byKeyboard{b} }
	source := axe(t)
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.Mailer, c.Development = &mail.Kept{}, true }})
	run := w.importFolder(filepath.Join("..", "examples", "course"), key.Course{}).Course
	for i, how := range []telling{
		{"mouse", look{1280, "light", "en"}, true, mouse, source, "dark", "ar"},
		{"phone", look{390, "dark", "ar"}, true, mouse, source, "light", "en"},
		{"keyboard", look{1280, "light", "en"}, true, keyboard, "", "dark", "ar"},
		{"no scripts", look{390, "light", "en"}, false, mouse, "", "dark", "ar"},
	} {
		t.Run(how.name, func(t *testing.T) {
			c := &chapter{tab: w.newTab(t), how: how, run: run, files: t.TempDir()}
			c.hands = how.hands(c.tab)
			c.prepare()
			name := fmt.Sprintf("newcomer%d", i)
			c.join(name)
			c.enrol()
			c.work()
			c.resume(name)
			c.leave(name)
			c.quiet()
		})
	}
}

// prepare sets the window, where downloads go, and what the page's policy is watched by.
func (c *chapter) prepare() {
	c.t.Helper()
	c.like(c.how.look.width, c.how.look.scheme)
	_, err := chromedp.Call(c.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: c.files,
	})
	if err == nil {
		_, err = chromedp.Call(c.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{
			Source: `window.refused = []; addEventListener("securitypolicyviolation", e => refused.push(e.effectiveDirective + " " + e.blockedURI))`,
		})
	}
	if err == nil && !c.how.scripts {
		_, err = chromedp.Call(c.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

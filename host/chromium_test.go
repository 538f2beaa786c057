package host_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what comes in its own time. A machine that does other work beside takes many times as long
// as one that does not, and whoever waits for too short a time fails by chance.
const patience = 2 * time.Minute

// tab is a page of Debian's chromium, with a profile of its own. The driver makes its folder and removes it by as many tries as that
// takes: helper processes of the browser may outlive it by a moment and write there.
type tab struct {
	t    *testing.T
	w    *world
	ctx  context.Context
	logs *lines
}

// newTab starts a browser, with more flags where they are given; the test is skipped where there is none, but not in CI.
func (w *world) newTab(t *testing.T, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "chromium is not installed (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost"), chromedp.Flag("lang", "en"))
	options = append(options, more...)
	ctx, cancel := context.WithTimeout(context.Background(), 10*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, w: w, ctx: ctx, logs: &lines{}}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	go b.listen(chromedp.Console(ctx))
	return b
}

// listen keeps what scripts and the page's policy complain of.
func (b *tab) listen(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for message, err := range messages {
		if err != nil {
			return
		}
		if message.Type == chromedp.ConsoleException || message.Type == chromedp.ConsoleError && !strings.Contains(message.Text, "Failed to load resource") {
			fmt.Fprintln(b.logs, message.Text)
		}
	}
}

// missing skips a test that needs something from outside, or fails it in CI.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// within does steps one after the other. A page that never comes fails the test with what stands there instead.
func (b *tab) within(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.fail(err)
	}
}

func (b *tab) fail(err error) {
	b.t.Helper()
	at, _ := chromedp.Run(b.ctx, chromedp.Location())
	text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
	b.t.Fatalf("%v at %s: %.1500s\n%s", err, at, text, b.logs)
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.within(chromedp.Navigate(b.w.url+path), chromedp.WaitReady(chromedp.CSS("body")))
}

// click presses what a selector finds, in the middle of the window: bars at its ends may cover what stands there.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`(e => { e?.scrollIntoView({block: "center", behavior: "instant"}); return !!e })([...document.querySelectorAll(%q)].find(e => e.checkVisibility()))`, selector))
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
		if err == nil {
			return
		}
		// What was found and then drawn anew was not pressed.
		if ctx.Err() != nil || !strings.Contains(err.Error(), "Could not find node with given id") {
			b.fail(err)
		}
	}
}

// see waits for an element that holds the text.
func (b *tab) see(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text))
}

// until asks a page again and again, across navigations and with the page's own scripts off, until it says true.
func (b *tab) until(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if done {
			return
		}
		if ctx.Err() != nil {
			b.fail(fmt.Errorf("waiting for %s: %w", condition, errors.Join(ctx.Err(), err)))
		}
		if err := chromedp.Do(ctx, chromedp.Sleep(20*time.Millisecond)); err != nil {
			b.fail(err)
		}
	}
}

// visible waits for an element that can be seen.
func (b *tab) visible(selector string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`!!document.querySelector(%q)?.checkVisibility()`, selector))
}

func (b *tab) eval(script string) {
	b.t.Helper()
	b.within(chromedp.Evaluate[chromedp.Void](script))
}

func (b *tab) text(script string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
	if err != nil {
		b.fail(err)
	}
	return text
}

func (b *tab) typeInto(selector, text string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`document.querySelector(%q).value = ""`, selector))
	b.within(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// quiet fails the test if the pages' scripts failed.
func (b *tab) quiet() {
	b.t.Helper()
	if text := b.logs.String(); text != "" {
		b.t.Errorf("the browser's console says: %s", text)
	}
}

// signUp makes an account through the pages.
func (b *tab) signUp(name string) {
	b.t.Helper()
	b.open("/signup")
	for field, value := range map[string]string{"username": name, "email": name + "@example.org", "name": "New Learner", "password": password} {
		b.typeInto("#"+field, value)
	}
	b.click("main form .button.primary")
	b.see("h1", "Your courses")
}

// choose answers a problem: the control of a name with the value, clicked or typed.
func (b *tab) choose(block string, fields []string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`document.querySelectorAll('[id=%q] input:checked').forEach(e => e.checked = e.type === "radio" ? e.checked : false)`, block))
	for i := 0; i+1 < len(fields); i += 2 {
		control := fmt.Sprintf(`[id=%q] [name=%q]`, block, fields[i])
		switch b.text(fmt.Sprintf(`(e => e.localName === "select" ? "select" : e.type)(document.querySelector(%q))`, control)) {
		case "radio", "checkbox":
			b.click(control + fmt.Sprintf(`[value=%q]`, fields[i+1]))
		case "select":
			b.within(chromedp.SetValue(chromedp.CSS(control), fields[i+1]))
		default:
			b.typeInto(control, fields[i+1])
		}
	}
}

// question is a problem with what is right and wrong of it.
type question struct {
	unit, block  string
	right, wrong []string
}

// story is the third criterion: sign up, enrol, read, answer each type right and wrong, see verdict and grade.
func (b *tab) story(course, title, reading, text string, questions []question, scripts bool) {
	b.t.Helper()
	if !scripts {
		_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	b.signUp("newcomer")
	b.click(`main a[href="/courses"]`)
	b.see("h1", "Courses")
	b.click(fmt.Sprintf(`main a[href=%q]`, course+"/about"))
	b.see("h1", title)
	b.click(`form[action$="/enrol"] button`)
	b.see("main .button.primary", "Start")
	b.open(course + "/units/" + reading)
	b.see("main", text)
	for _, q := range questions {
		b.open(course + "/units/" + q.unit)
		if scripts {
			b.eval(`window.marker = "the same page"`)
		}
		for _, try := range []struct {
			fields []string
			class  string
		}{{q.wrong, "incorrect"}, {q.right, "correct"}} {
			b.choose(q.block, try.fields)
			b.click(fmt.Sprintf(`[id=%q] button[value="submit"]`, q.block))
			b.visible(fmt.Sprintf(`[id=%q] [data-result] .status.%s`, q.block, try.class))
			if scripts && b.text(`String(window.marker)`) != "the same page" {
				b.t.Errorf("%s: the page was loaded again to show the verdict", q.block)
			}
		}
	}
	b.click(`header a[href$="/progress"]`)
	b.see("h1", "Your progress")
	b.quiet()
}

func forcesQuestions() []question {
	var list []question
	for _, a := range answers {
		list = append(list, question{"five", "block-" + a.id, a.right, a.wrong})
	}
	return list
}

func TestLearnerInBrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{})
			run := w.forces()
			b := w.newTab(t)
			b.story("/courses/"+run.String(), "Forces and motion", "read1", "A body at rest", forcesQuestions(), scripts)
			b.see("main", "5 of 6 points")
			b.see("main", "83%")
		})
	}
}

// A verdict that takes longer than the reply waits comes by the stream, and one tab's stream serves the others.
func TestVerdictByStreamInBrowser(t *testing.T) {
	w := newWorld(t, options{config: shortWait})
	run := w.forces()
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	b.open(unitPath(run, "five"))
	b.eval(`window.marker = "the same page"`)
	w.hold()
	b.choose("block-pword", []string{"input_2_1", "michigan"})
	b.click(`#block-pword button[value="submit"]`)
	b.visible(`#block-pword[data-waiting] .status.grading`)
	w.release()
	b.visible(`#block-pword .status.correct:not([hidden])`)
	if b.text(`String(window.marker)`) != "the same page" {
		t.Error("the page was loaded again")
	}
	if got := b.text(`String(document.querySelector("#block-pword").hasAttribute("data-waiting"))`); got != "false" {
		t.Error("the block still says that it waits")
	}
	b.quiet()
}

func (b *tab) signIn(name string) {
	b.t.Helper()
	b.open("/signin")
	b.typeInto("#login", name)
	b.typeInto("#password", password)
	b.click("main form .button.primary")
	b.see("h1", "Your courses")
}

// What was typed and not sent survives a reload.
func TestDraftInBrowser(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	b.open(unitPath(run, "five"))
	b.choose("block-pword", []string{"input_2_1", "half an ans"})
	b.open(unitPath(run, "five"))
	b.see("#block-pword", "was brought back")
	if got := b.text(`document.querySelector("#block-pword [name=input_2_1]").value`); got != "half an ans" {
		t.Errorf("the draft is %q", got)
	}
	b.click(`#block-pword button[value="submit"]`)
	b.visible(`#block-pword .status.incorrect:not([hidden])`)
	if got := b.text(`String(localStorage.length)`); got != "0" {
		t.Errorf("%s drafts are left after the answer was sent", got)
	}
	b.quiet()
}

// A built-in block's script loads under the page's policy and calls its handlers; a foreign block's runs in its frame, calls
// through the port, and gets at nothing of the page.
func TestScriptsOfBlocksInBrowser(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	b.open(unitPath(run, "read1"))
	b.until(`document.documentElement.dataset.echo === '{"n":1}'`)
	if got := b.text(`document.documentElement.dataset.init`); got != "</script><b>hello" {
		t.Errorf("the script's data is %q", got)
	}
	if got := b.text(`getComputedStyle(document.querySelector("probe-box")).letterSpacing`); got != "3px" {
		t.Errorf("the block's style makes it %s", got)
	}
	// The video's player comes after a click, and the page's policy lets it in: the name is not found, but not refused.
	b.click("quoin-video [data-load]")
	b.visible("quoin-video iframe")
	if got := b.text(`new URL(document.querySelector("quoin-video iframe").src).host`); got != "www.youtube-nocookie.com" {
		t.Errorf("the player is from %s", got)
	}
	b.open(unitPath(run, "odd"))
	// The author's script ran in its frame: the page cannot look in, but the frame told its height.
	b.until(`[...document.querySelectorAll("iframe[data-frame]")].every(f => f.style.blockSize !== "")`)
	if got := b.text(`[...document.querySelectorAll("iframe[data-frame]")].map(f => String(f.contentDocument)).join()`); got != "null,null" {
		t.Errorf("the page sees its frames' documents: %s", got)
	}
	b.quiet()
}

// Whatever a block, an author or a learner made has an opaque origin and no session when it is opened by itself (security R1).
func TestForeignFilesInBrowser(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.newTab(t)
	b.signIn(w.account("ann", run, "").Username)
	for _, path := range foreign("/courses/"+run.String(), blockPath(run, "probe", "plain")) {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		err := chromedp.Do(ctx, chromedp.Navigate(w.url+path))
		cancel()
		if err != nil {
			if strings.Contains(err.Error(), "ERR_ABORTED") || strings.Contains(err.Error(), "ERR_BLOCKED") {
				continue // a download, or nothing at all
			}
			t.Fatalf("%s: %v", path, err)
		}
		if at := b.text(`location.pathname`); at != path && at != strings.ReplaceAll(path, "+", "%2B") {
			continue // it was saved, and the tab stayed where it was
		}
		if got := b.text(`self.origin`); got != "null" && strings.Contains(b.text(`document.contentType`), "html") {
			t.Errorf("%s has the origin %s", path, got)
		}
		cookie := b.text(`(() => { try { return document.cookie } catch { return "none" } })()`)
		if strings.Contains(cookie, "quoin") {
			t.Errorf("%s reads the cookies %s", path, cookie)
		}
	}
}

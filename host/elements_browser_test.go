package host_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

func escapeAttribute(text string) string { return html.EscapeString(text) }

// focusOn gives the focus to what a selector finds.
func (b *tab) focusOn(selector string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`document.querySelector(%q).focus()`, selector))
}

// is fails the test unless a script says the text.
func (b *tab) is(what, script, want string) {
	b.t.Helper()
	if got := b.text(script); got != want {
		b.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// hears waits for what screen readers are told.
func (b *tab) hears(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector("#announcer").textContent === %q`, text))
}

// Each element can be used by keyboard alone, says what it does, and sends what it shows.
func TestElementsByKeyboardInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	b.open("/docs/gallery")
	b.until(`!!document.querySelector("quoin-order .el-handle")`)

	t.Log("choices: letters, clearing, a bound")
	b.focusOn("#gallery-choices-1 input")
	b.press("c")
	b.is("the letter", `[...document.querySelectorAll("[name=planet]:checked")].map(i => i.value).join()`, "venus")
	b.is("the focus", `document.activeElement.value`, "venus")
	b.is("the name", `document.activeElement.labels[0].textContent.replace(/\s+/g, " ").trim()`, "C Venus")
	b.focusOn("#gallery-choices-1 .el-clear")
	b.press(" ")
	b.is("after clearing", `String(document.querySelectorAll("[name=planet]:checked").length) + document.activeElement.value`, "0venus")
	b.hears("Your choice was cleared.")
	b.focusOn("#gallery-choices-2 input")
	b.press("abc")
	b.is("two of three", `[...document.querySelectorAll("[name=fruit]:checked")].map(i => i.value).join()`, "apple,carrot")
	b.hears("Choose at most 2.")

	t.Log("text: counter, error")
	b.within(chromedp.SendKeys(chromedp.CSS("#gallery-text-1-summary"), "Short"))
	b.is("the counter", `document.querySelector("#gallery-text-1 .el-counter").textContent`, "Characters left: 135")
	b.within(chromedp.SendKeys(chromedp.CSS("#gallery-text-2-year"), "soon\t"))
	b.see("#gallery-text-2 .error", "Write a year such as 1969.")
	b.is("what describes it", `(e => e.getAttribute("aria-invalid") + document.getElementById(e.getAttribute("aria-describedby")).textContent)(document.querySelector("#gallery-text-2-year"))`, "trueWrite a year such as 1969.")
	b.typeInto("#gallery-text-2-year", "1969")
	b.until(`!document.querySelector("#gallery-text-2-year").hasAttribute("aria-invalid")`)

	t.Log("math: brackets, palette")
	b.see("#gallery-math-1 .el-hint", "A bracket is open that never closes: (")
	b.eval(`(f => f.setSelectionRange(f.value.length, f.value.length))(document.querySelector("#gallery-math-1-area"))`)
	b.focusOn("#gallery-math-1 .el-symbol")
	b.press(kb.End)
	b.press(" ")
	b.until(`document.querySelector("#gallery-math-1-area").value === "π · (r^2)" && document.querySelector("#gallery-math-1 .el-hint").textContent === ""`)
	b.is("the palette's stops", `String(document.querySelectorAll("#gallery-math-1 .el-symbol[tabindex='0']").length)`, "1")

	t.Log("submit: once, its states")
	b.focusOn("#gallery-submit-1 button")
	b.press("\r\r")
	b.see("#gallery-submit-1 .el-state", "Sending …")
	b.is("the focus while it is sent", `document.activeElement.textContent`, "Submit")
	b.until(`document.querySelector("[aria-labelledby=gallery-submit-1-title] output").textContent.includes("handler=submit")`)
	b.see("#gallery-submit-1 .tries, [aria-labelledby=gallery-submit-1-title] .tries", "Attempts left: 2")

	t.Log("hints")
	b.focusOn("quoin-hints .button")
	b.press("\r")
	b.is("the first hint", `document.activeElement.localName + [...document.querySelectorAll("quoin-hints details:not([hidden])")].length`, "summary1")
	b.see("quoin-hints .button", "Hint 2 of 3")

	t.Log("tabs")
	b.focusOn("quoin-tabs [aria-selected=true]")
	b.press(kb.ArrowRight)
	b.is("the second tab", `document.activeElement.textContent + document.querySelector("quoin-tabs section:not([hidden]) h3").textContent`, "In stepsIn steps")
	b.press(kb.End + kb.ArrowRight)
	b.is("round to the first", `document.activeElement.textContent + document.activeElement.getAttribute("role")`, "In wordstab")

	t.Log("dialog")
	b.focusOn("quoin-dialog > button")
	b.press("\r")
	b.until(`document.querySelector("quoin-dialog dialog").open && document.querySelector("quoin-dialog dialog").contains(document.activeElement)`)
	b.press(kb.Escape)
	b.until(`!document.querySelector("quoin-dialog dialog").open && document.activeElement.matches("quoin-dialog > button")`)

	t.Log("order")
	places := `[...document.querySelectorAll("quoin-order select")].map(s => s.name.slice(6) + s.value).join()`
	b.focusOn("quoin-order li:first-child .el-handle")
	b.is("the handle's name", `document.activeElement.getAttribute("aria-label")`, "Move Boil the water")
	b.press(" ")
	b.hears("Boil the water lifted, place 1 of 3.")
	b.press(kb.ArrowDown)
	b.hears("Boil the water, place 2 of 3.")
	b.is("the places", places, "tea1,water2,wait3")
	b.press(kb.Escape)
	b.hears("Boil the water is back at place 1.")
	b.is("after escape", places, "water1,tea2,wait3")
	b.press(" " + kb.ArrowDown + kb.ArrowDown + kb.ArrowDown + " ")
	b.hears("Boil the water dropped at place 3 of 3.")
	b.is("after dropping", places, "tea1,wait2,water3")
	b.is("the focus stays", `document.activeElement.getAttribute("aria-label") + document.activeElement.getAttribute("aria-pressed")`, "Move Boil the waterfalse")
	b.focusOn("quoin-order li:last-child .el-up")
	b.press("\r\r\r")
	b.is("after three presses up", places, "water1,tea2,wait3")
	b.is("the focus stays at the end of the list", `document.activeElement.getAttribute("aria-label") + document.activeElement.getAttribute("aria-disabled")`, "Move Boil the water uptrue")
	b.eval(`(s => { s.value = "3"; s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("[name=place-tea]"))`)
	b.is("by the list of places", places, "water1,wait2,tea3")

	t.Log("bins")
	inBins := `[...document.querySelectorAll("quoin-bins .el-bin")].map(b => [...b.querySelectorAll("select")].map(s => s.name + "=" + s.value).join()).join(";")`
	b.is("at first", inBins, "whale=,bat=;;shark=fish")
	b.focusOn("quoin-bins [name=whale]")
	b.eval(`document.activeElement.closest("li").querySelector(".el-handle").focus()`)
	b.press(" ")
	b.hears("Whale lifted from Not sorted yet.")
	b.press(kb.ArrowRight)
	b.hears("Whale, over Mammal.")
	b.press(" ")
	b.hears("Whale dropped in Mammal.")
	b.is("after dropping", inBins, "bat=;whale=mammal;shark=fish")
	b.is("the focus stays", `document.activeElement.getAttribute("aria-label")`, "Move Whale")
	b.press(" " + kb.ArrowRight + kb.Escape)
	b.hears("Whale is back in Mammal.")
	b.is("after escape", inBins, "bat=;whale=mammal;shark=fish")
	b.quiet()
}

// Dragging by pointer does what the keyboard does.
func TestElementsByPointerInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	b.open("/docs/gallery")
	b.until(`!!document.querySelector("quoin-order .el-handle")`)
	drag := func(from, to string) {
		b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"})`, from))
		at := strings.Fields(b.text(fmt.Sprintf(`[%q, %q].map(s => document.querySelector(s).getBoundingClientRect()).map(r => (r.x + r.width / 2) + " " + (r.y + r.height * 0.8)).join(" ")`, from, to)))
		var x, y, toX, toY float64
		for n, value := range []*float64{&x, &y, &toX, &toY} {
			if _, err := fmt.Sscan(at[n], value); err != nil {
				t.Fatal(err)
			}
		}
		b.eval(fmt.Sprintf(`(h => { const e = (k, x, y) => h.dispatchEvent(new PointerEvent(k, {bubbles: true, pointerId: 1, clientX: x, clientY: y, button: 0}));
			e("pointerdown", %[1]f, %[2]f); e("pointermove", %[1]f, %[2]f + 20); e("pointermove", %[3]f, %[4]f); e("pointerup", %[3]f, %[4]f) })(document.querySelector(%[5]q))`, x, y, toX, toY, from))
	}
	drag("quoin-order li:first-child .el-handle", "quoin-order li:last-child")
	b.until(`[...document.querySelectorAll("quoin-order select")].map(s => s.name.slice(6) + s.value).join() === "tea1,wait2,water3"`)
	drag("quoin-bins .el-pool li:first-child .el-handle", "quoin-bins .el-bin:nth-child(2)")
	b.until(`document.querySelector("[name=whale]").value === "mammal" && !!document.querySelector("quoin-bins .el-bin:nth-child(2) [name=whale]")`)
	b.quiet()
}

// Files are looked over in words before they travel; an upload shows how far it is, and can be stopped and tried again.
func TestUploadElementInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	b.open("/docs/gallery")
	b.until(`!!document.querySelector("quoin-upload .el-files")`)
	drop := func(files string) {
		b.eval(`(zone => { const data = new DataTransfer(); for (const [name, type, size] of ` + files + `) data.items.add(new File([new Uint8Array(size)], name, {type}));
			zone.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data})) })(document.querySelector("quoin-upload .el-zone"))`)
	}
	drop(`[["a.png", "image/png", 1000000], ["big.png", "image/png", 3000000], ["notes.txt", "text/plain", 10]]`)
	b.see("quoin-upload .error", "big.png is too large: 3.0 MB. The most is 2.0 MB.")
	b.see("quoin-upload .error", "notes.txt is of a kind that is not taken here.")
	b.is("what is taken", `[...document.querySelector("quoin-upload input").files].map(f => f.name).join()`, "a.png")
	drop(`[["b.png", "image/png", 1000000]]`)
	b.hears("a.png was added. b.png was added.")
	b.click(`quoin-upload .el-files button[aria-label="Remove a.png"]`)
	b.hears("a.png was removed.")
	b.click(`quoin-upload button[value="submit"]`)
	b.see("quoin-upload .el-way", "MB")
	b.click("quoin-upload .el-way button")
	b.see("quoin-upload .error", "The upload was stopped. Nothing was handed in.")
	b.click("quoin-upload .el-zone > button:not([hidden])")
	b.until(`document.querySelector("article[aria-labelledby=upload] output").textContent.includes("photos=b.png")`)
	b.quiet()
}

// The gallery passes axe-core in every look, and its pictures are taken.
func TestGalleryInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}, {1280, "dark", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open("/docs/gallery")
		b.until(`!!document.querySelector("quoin-order .el-handle") && document.querySelector("iframe[data-frame]").style.blockSize !== ""`)
		b.eval(`document.querySelector("quoin-hints .button").click(); document.querySelector("quoin-order .el-handle").click()`)
		b.check(source, fmt.Sprintf("the gallery at %d px, %s, %s", l.width, l.scheme, l.language))
		if pictures != "" {
			b.picture(filepath.Join(pictures, fmt.Sprintf("gallery-%d-%s-%s.png", l.width, l.scheme, l.language)))
		}
	}
	b.quiet()
}

func (w *world) tallyCourse(blocks string) key.Course {
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="El"/>`,
		"course/now.xml": `<course display_name="El" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">` +
			blocks + `</vertical></sequential></chapter></course>`,
	})
}

// A form made of elements sends the same values with scripts and without.
func TestElementsSendTheSameInBrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{unlimited: true})
			b := w.newTab(t)
			if !scripts {
				if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
					t.Fatal(err)
				}
			}
			b.open("/docs/gallery")
			if scripts {
				b.until(`!!document.querySelector("quoin-bins .el-handle")`)
			}
			for form, want := range map[string]string{
				"choices-1": "planet=jupiter", "order-1": "place-tea=2,place-wait=3,place-water=1", "bins-1": "bat=,shark=fish,whale=", "math-1": "area=π · (r^2",
			} {
				b.is(form, fmt.Sprintf(`[...new FormData(document.querySelector("#gallery-%s-form"))].map(([n, v]) => n + "=" + v).sort().join()`, form), want)
			}
		})
	}
}

// offline takes the page's network away, or gives it back.
func (b *tab) offline(off bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	if err == nil {
		_, err = chromedp.Call(b.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// What is sent without a network is kept, survives a reload, and is done exactly once, even if only the reply was lost. Another
// person who signs in on the same browser sends none of it.
func TestQueueInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	run := w.tallyCourse(`<tally url_name="mine"/>`)
	path := blockPath(run, "tally", "mine")
	b := w.newTab(t)
	user := w.account("ann", run, "")
	ann := w.enter(user)
	w.account("eve", run, "")
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	b.until(`document.readyState === "complete"`)
	send := `window.said = window.said ?? []; window.quoin.of(document.querySelector("[data-usage]")).send("add", %q, s => said.push(s)).then(n => said.push("reply " + n), e => said.push(e.message))`
	b.offline(true)
	b.eval(fmt.Sprintf(send, "one") + "; void 0")
	b.eval(fmt.Sprintf(send, "two") + "; void 0")
	b.until(`window.said.includes("kept")`)
	b.offline(false)
	b.until(`window.said.includes("reply 1") && window.said.includes("reply 2")`)
	if state := ann.awaitTally(path, 2); state.Count != 2 || !slices.Equal(state.Words, []string{"one", "two"}) {
		t.Errorf("the block counted %+v", state)
	}

	t.Log("the reply is lost: the same request comes again, under the same id")
	b.eval(`(real => { let lost = 0; window.tries = []; window.fetch = async (address, how) => {
		if (String(address).endsWith("/add")) tries.push(how.headers["X-Quoin-Request"]);
		const reply = await real(address, how); if (String(address).endsWith("/add") && lost++ < 2) throw new TypeError("lost"); return reply; } })(window.fetch)`)
	b.eval(fmt.Sprintf(send, "three") + "; void 0")
	b.until(`window.said.includes("reply 3")`)
	b.is("the tries", `tries.length + " " + new Set(tries).size`, "3 1")
	if state := ann.tallied(path); state.Count != 3 {
		t.Errorf("a repeated request was counted: %+v", state)
	}

	t.Log("a reload, and somebody else at the same browser")
	b.eval(`window.fetch = () => Promise.reject(new TypeError("away"))`)
	b.eval(fmt.Sprintf(send, "four") + "; void 0")
	b.until(`JSON.parse(localStorage.getItem("quoin-queue")).length === 1`)
	b.open("/courses")
	b.until(`localStorage.getItem("quoin-queue") === null`)
	if state := ann.awaitTally(path, 4); state.Count != 4 {
		t.Errorf("after a reload: %+v", state)
	}
	b.open(unitPath(run, "v"))
	b.eval(`window.fetch = () => Promise.reject(new TypeError("away"))`)
	b.eval(fmt.Sprintf(send, "five") + "; void 0")
	b.until(`JSON.parse(localStorage.getItem("quoin-queue")).length === 1`)
	b.eval(`window.kept = localStorage.getItem("quoin-queue"); [...document.querySelectorAll("form")].find(f => f.action.endsWith("/signout")).submit()`)
	b.until(`!document.body.dataset.reader`)
	// Signing out happened in the same browser, so its script may have sent the last one before: only what is left counts.
	if b.text(`String(localStorage.getItem("quoin-queue"))`) == "null" {
		t.Fatal("the entry is gone before anybody signed in")
	}
	b.signIn("eve")
	b.open(unitPath(run, "v"))
	b.until(`document.readyState === "complete"`)
	b.eval(`new Promise(done => setTimeout(done, 0))`)
	if b.text(`String(localStorage.getItem("quoin-queue"))`) == "null" {
		t.Error("eve sent what ann had kept")
	}
	if state := ann.tallied(path); state.Count != 4 {
		t.Errorf("ann's block counted %+v while eve was there", state)
	}
	b.quiet()
}

// inFrame is the script of a foreign block that uses the elements and the runtime in its frame.
const inFrame = sorting + `<script>addEventListener("load", async () => {
  const order = document.querySelector("quoin-order .el-down");
  order?.click();
  const places = [...document.querySelectorAll("quoin-order select")].map(s => s.name + s.value).join();
  const first = await quoin.call("add", "elements " + places + " " + getComputedStyle(document.body).direction);
  const states = [];
  await quoin.send("add", "sent", s => states.push(s));
  await quoin.call("add", "states " + states.join());
  const refused = await quoin.call("refuse", 1).catch(e => e.message);
  await quoin.call("add", "refused " + refused);
  new MutationObserver(() => quoin.call("add", "theme " + document.documentElement.dataset.theme)).observe(document.documentElement, {attributeFilter: ["data-theme"]});
  await quoin.call("add", "ready");
});</script>`

// A foreign block has the elements and the runtime in its frame, and follows the page's colours.
func TestElementsInFrameInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	run := w.tallyCourse(`<foreign url_name="mine" html="` + html.EscapeString(inFrame) + `"/>`)
	path := blockPath(run, "foreign", "mine")
	b := w.newTab(t)
	ann := w.enter(w.account("ann", run, ""))
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	ann.awaitTally(path, 5)
	b.eval(`document.documentElement.dataset.theme = "dark"`)
	state := ann.awaitTally(path, 6)
	want := []string{"elements place-b1,place-a2 ltr", "sent", "states sending,sent", "refused not like this", "ready", "theme dark"}
	if !slices.Equal(state.Words, want) {
		t.Errorf("the frame says\n%q, want\n%q", state.Words, want)
	}
	b.quiet()
}

// misuse is the script of a foreign block that sends through its port what it should not; %s is the other block's key. Its ids are
// none of those that the frame's runtime gives (from 1 on), or the page's refusals would pass for answers of the true calls.
const misuse = `<script>
const [taken] = [new Promise(done => addEventListener("message", e => { if (e.ports[0]) done(e.ports[0]); }, true))];
addEventListener("load", async () => {
  const port = await taken;
  const other = %[1]q, out = %[2]q;
  const post = m => { try { port.postMessage(m); } catch {} };
  const circle = {}; circle.self = circle;
  for (const handler of ["../" + other + "/handlers/add", "..", ".", "", "add/../add", "add?x=1", "add%%2f", {toString: () => "add"}, ["add"], null, "a".repeat(200)]) {
    post({kind: "call", id: 900001, handler, body: "stolen"}); post({kind: "send", id: 900002, handler, body: "stolen"});
    post({kind: "form", handler, fields: [["word", "stolen"]]});
  }
  for (const id of ["1", NaN, {}, undefined, 1.5]) post({kind: "call", id, handler: "add", body: "stolen"});
  for (const body of [circle, "x".repeat(2 << 20), 10n]) post({kind: "call", id: 900003, handler: "add", body});
  for (const fields of [null, {}, "ab", [["a"]], [["a", 1]], [["a".repeat(300), "b"]], Array(2000).fill(["a", "b"]), [["a", "x".repeat(9 << 20)]]]) post({kind: "form", handler: "add", fields});
  for (const height of ["9999", NaN, Infinity, -1, 1e9, {}]) post({kind: "height", height});
  for (const href of [out, "javascript:top.stolen=1", "//" + new URL(out).host + "/go", "/courses", location.pathname.replace(/blocks.*/, "blocks/" + other + "/frame"), {}, "/".repeat(3000)]) post({kind: "go", href});
  for (const topic of ["", "*", other, "grades", {}]) post({kind: "live", topic});
  for (const m of [null, 1, "call", [], {}, {kind: "__proto__"}, {kind: "constructor"}, {kind: "look", theme: "dark"}, {kind: "answered"}, {kind: "say", text: "<img src=" + out + ">"}]) post(m);
  await quoin.call("add", "tried all").catch(() => {});
  // More than the rate lets through is answered with an error and reaches no handler.
  const many = await Promise.allSettled(Array.from({length: 300}, () => quoin.call("add", "flood")));
  await new Promise(done => setTimeout(done, 1000));
  await quoin.call("add", "refused " + (many.filter(m => m.status === "rejected").length > 150));
});</script>`

// Whatever a frame sends through its port that is not exactly what it may is dropped: no other block is reached, nothing goes out,
// the page stays, and a flood stops at the page (security R3).
func TestMisuseOfPortInBrowser(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	outside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, r.URL.String())
	}))
	defer outside.Close()
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	victim := key.Course{Org: "Org", Number: "El", Run: "now"}.Usage("foreign", "victim").String()
	run := w.tallyCourse(`<foreign url_name="bad" html="` + html.EscapeString(fmt.Sprintf(misuse, victim, outside.URL)) + `"/><foreign url_name="victim" html="&lt;p&gt;victim&lt;/p&gt;"/>`)
	if run.Usage("foreign", "victim").String() != victim {
		t.Fatalf("the victim is %s", run.Usage("foreign", "victim"))
	}
	b := w.newTab(t)
	ann := w.enter(w.account("ann", run, ""))
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	b.eval(`window.marker = "the same page"; window.sources = () => [...document.querySelectorAll("iframe[data-frame]")].map(f => f.src).join()`)
	before := b.text(`sources()`)
	bad, other := blockPath(run, "foreign", "bad"), blockPath(run, "foreign", "victim")
	var state tallied
	for len(state.Words) == 0 || !strings.HasPrefix(state.Words[len(state.Words)-1], "refused") {
		state = ann.awaitTally(bad, state.Count+1)
	}
	if state.Words[0] != "tried all" || state.Words[len(state.Words)-1] != "refused true" || strings.Contains(strings.Join(state.Words, " "), "stolen") {
		t.Errorf("the bad block's own handler was asked for %q", state.Words)
	}
	if hit := ann.tallied(other); hit.Count != 0 {
		t.Errorf("the other block was reached: %+v", hit)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(heard) > 0 {
		t.Errorf("the outside heard %v", heard)
	}
	b.is("the page", `String(window.marker) + String(window.stolen) + location.pathname`, "the same pageundefined"+unitPath(run, "v"))
	b.is("the frames' addresses", `sources()`, before)
	b.until(`[...document.querySelectorAll("iframe[data-frame]")].every(f => { const h = parseInt(f.style.blockSize); return h >= 40 && h <= 20000 })`)
}

// A problem of the binary answers to letters, is sent once however often one presses, and says that it is sent; its fresh view has
// the elements again.
func TestQuestionElementInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.newTab(t)
	w.account("ann", run, "")
	b.signIn("ann")
	b.open(unitPath(run, "five"))
	b.until(`!!document.querySelector("#block-pchoice quoin-choices .el-badge")`)
	b.focusOn("#block-pchoice input[type=radio]")
	b.press("b")
	b.is("the letter", `document.querySelector("#block-pchoice input:checked").value`, "choice_1")
	b.is("no bookmark was set by it", `document.querySelector("[data-bookmark] button").getAttribute("aria-pressed")`, "false")
	b.eval(`(real => { window.sent = 0; window.fetch = (address, how) => { if (how?.method === "POST") sent++; return real(address, how) } })(window.fetch)`)
	b.focusOn(`#block-pchoice button[value="submit"]`)
	b.press("\r\r\r")
	b.visible("#block-pchoice .status.correct:not([hidden])")
	b.is("how often it was sent", `String(sent)`, "1")
	b.is("the fresh view", `String(document.querySelectorAll("#block-pchoice quoin-choices .el-badge").length)`, "2")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(unitPath(run, "five"))
		b.until(`!!document.querySelector("#block-pchoice .el-badge")`)
		b.check(source, fmt.Sprintf("questions at %d px, %s", l.width, l.scheme))
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			b.picture(filepath.Join(pictures, fmt.Sprintf("questions-%d-%s-%s.png", l.width, l.scheme, l.language)))
		}
	}
	b.quiet()
}

// news is the script of a foreign block that listens for verdicts, and one that does not.
const news = `<script>addEventListener("load", () => { quoin.of().live("verdict", () => quoin.call("add", "told")); quoin.call("add", "listening"); });</script>`

// News of a block are told to its frame when it listens, and only to its own; who does not listen is shown anew.
func TestNewsInFrameInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	run := w.tallyCourse(`<foreign url_name="mine" html="` + html.EscapeString(news) + `"/><foreign url_name="other" html="` + html.EscapeString(news) + `"/>`)
	b := w.newTab(t)
	user := w.account("ann", run, "")
	ann := w.enter(user)
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	mine, other := blockPath(run, "foreign", "mine"), blockPath(run, "foreign", "other")
	ann.awaitTally(mine, 1)
	ann.awaitTally(other, 1)
	// What the stream tells of a verdict, another tab passes on.
	b.eval(fmt.Sprintf(`new BroadcastChannel("quoin-live").postMessage(%q); void 0`, run.Usage("foreign", "mine").String()))
	if state := ann.awaitTally(mine, 2); state.Words[1] != "told" {
		t.Errorf("the frame says %q", state.Words)
	}
	if state := ann.tallied(other); state.Count != 1 {
		t.Errorf("the other frame heard of it: %q", state.Words)
	}
	b.quiet()
}

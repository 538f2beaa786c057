package host_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// door stands between a browser and the server: shut, it is as if the server had died.
type door struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	shut     bool
	open     map[net.Conn]bool
}

// behindDoor is a world whose server is reached through a door.
func behindDoor(t *testing.T) (*world, *door) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener, open: map[net.Conn]bool{}}
	w := newWorld(t, options{unlimited: true, public: "http://" + listener.Addr().String()})
	d.to, w.url = strings.TrimPrefix(w.url, "http://"), "http://"+listener.Addr().String()
	go d.serve()
	t.Cleanup(func() {
		d.set(true)
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, d
}

func (d *door) serve() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return // it was closed
		}
		go d.carry(conn)
	}
}

func (d *door) carry(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer to.Close()
	d.mu.Lock()
	shut := d.shut
	if !shut { // looked at together with what is open: whoever shuts it meets every connection that goes through
		d.open[from], d.open[to] = true, true
	}
	d.mu.Unlock()
	if shut {
		return
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(way[1], way[0]) // a connection that breaks is what the test is about
			done <- struct{}{}
		}()
	}
	<-done
	d.mu.Lock()
	delete(d.open, from)
	delete(d.open, to)
	d.mu.Unlock()
}

// set shuts the door, breaking what goes through it, or opens it.
func (d *door) set(shut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = shut
	if shut {
		for conn := range d.open {
			_ = conn.Close() // the other side closes it, too
		}
	}
}

// nameOfText is the name of a text as the server has it.
func nameOfText(b *browser, run key.Course) string {
	var sheet struct {
		Fields map[string]struct{ Base any } `json:"fields"`
	}
	b.data(component(run, "html", "text1")+"/form", &sheet)
	name, _ := sheet.Fields["display_name"].Base.(string)
	return name
}

// typeName types at the end of the name in the open form.
func (b *tab) typeName(text string) {
	b.t.Helper()
	b.eval(`(e => { e.focus(); e.setSelectionRange(e.value.length, e.value.length) })(document.getElementById("sheet-display_name"))`)
	b.press(text)
}

// Nothing that was typed is lost: when the server dies between keystroke and save, when the tab is closed while it is dead, and when
// the session ends meanwhile.
func TestStudioNothingLostInBrowser(t *testing.T) {
	w, d := behindDoor(t)
	run := w.forces()
	name := w.account("sue", run, "staff").Username
	look := w.member("ina", run, "instructor")
	b := w.studioTab(t, run, name, "read1")
	b.edits("text1")
	b.typeName(" A")
	b.saved()
	if got := nameOfText(look, run); got != "First law A" {
		t.Errorf("the server has %q", got)
	}
	d.set(true)
	b.typeName("B")
	b.until(`document.querySelector("[data-saved]").dataset.state === "offline"`)
	b.see("[data-saved]", "Offline, kept here")
	b.typeName("C")
	d.set(false)
	b.saved()
	if got := nameOfText(look, run); got != "First law ABC" {
		t.Errorf("after the server came back it has %q", got)
	}
	// The tab is closed while the server is away.
	d.set(true)
	b.typeName("D")
	b.until(`document.querySelector("[data-saved]").dataset.state === "offline"`)
	b.within(chromedp.Navigate("about:blank"))
	d.set(false)
	if got := nameOfText(look, run); got != "First law ABC" {
		t.Errorf("a closed tab has sent %q", got)
	}
	b.open(studioPath(run) + "/units/read1")
	b.saved()
	if got := nameOfText(look, run); got != "First law ABCD" {
		t.Errorf("a new tab brought %q", got)
	}
	b.seeIn("text1", "First law ABCD")
	// The session ends, and somebody signs in again in another window.
	b.edits("text1")
	b.eval(`fetch("/signout", {method: "POST", body: new URLSearchParams({token: document.body.dataset.token})}).then(() => document.body.dataset.out = "1")`)
	b.until(`document.body.dataset.out === "1"`)
	b.typeName("E")
	b.see("[data-away]", "kept here")
	b.see("[data-away] a", "Sign in again")
	b.eval(`fetch("/signin").then(r => r.text()).then(t => new DOMParser().parseFromString(t, "text/html").querySelector("main form [name=token]").value)
		.then(token => fetch("/signin", {method: "POST", body: new URLSearchParams({token, login: "` + name + `", password: "` + password + `"})})).then(() => document.body.dataset.back = "1")`)
	b.until(`document.body.dataset.back === "1"`)
	b.saved()
	b.until(`document.querySelector("[data-away]").hidden`)
	if got := nameOfText(look, run); got != "First law ABCDE" {
		t.Errorf("after a new sign-in the server has %q", got)
	}
}

// standing lets the page's clock stand, and holds back the first answer to a save.
const standing = `{ const real = window.fetch; let saves = 0; Date.now = () => 1.8e12;
	window.fetch = async (address, how) => {
		const answer = await real(address, how);
		if (String(address).endsWith("/save") && ++saves === 1) await new Promise((go) => (window.go = go));
		return answer;
	}; }`

// What is typed while a save is under way is saved after it, also where the clock has not gone on: some browsers let it stand for a
// while, so that nobody is known by it.
func TestStudioClockStandsInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	look := w.member("ina", run, "instructor")
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.edits("text1")
	b.eval(standing)
	b.typeName(" A")
	b.until(`!!window.go`)
	b.typeName("B")
	b.eval(`go()`)
	b.saved()
	if got := nameOfText(look, run); got != "First law AB" {
		t.Errorf("the server has %q", got)
	}
	b.quiet()
}

// Two authors at one component see each other and what each saves; where both changed the same, both are shown and one decides.
func TestStudioTwoAuthorsInBrowser(t *testing.T) {
	w, d := behindDoor(t)
	run := w.forces()
	sue, ina := w.account("sue", run, "staff").Username, w.member("ina", run, "instructor")
	b := w.studioTab(t, run, sue, "read1")
	text := component(run, "html", "text1")
	b.edits("text1")
	ina.data(studioPath(run)+"/units/read1/state?at="+strings.NewReplacer("+", "%2B", "@", "%40").Replace(run.Usage("html", "text1").String()), &struct{}{})
	b.see("[data-people]", "ina")
	b.see(part("text1")+" [data-people-at]", "ina")
	ina.asks(text+"/save", edits("display_name", "First law", "Second law")).must(200)
	b.seeIn("text1", "Second law")
	b.until(`document.getElementById("sheet-display_name").value === "Second law"`)
	d.set(true)
	b.typeName(" of mine")
	b.until(`document.querySelector("[data-saved]").dataset.state === "offline"`)
	ina.base = "http://" + d.to // she needs no door, and comes first
	ina.asks(text+"/save", edits("display_name", "Second law", "Third law")).must(200)
	d.set(false)
	b.see("[data-conflict]", "Second law of mine")
	b.see("[data-conflict]", "Third law")
	b.is("who types keeps his own", `document.activeElement.value`, "Second law of mine")
	b.eval(`document.activeElement.blur()`)
	b.until(`document.getElementById("sheet-display_name").value === "Third law"`) // what is stored, until somebody decides
	b.click(`[data-conflict] button[value*="of mine"]`)
	b.until(`document.getElementById("sheet-display_name").value === "Second law of mine"`)
	b.until(`!document.querySelector("[data-conflict]")`)
	if got := nameOfText(ina, run); got != "Second law of mine" {
		t.Errorf("what was decided for is %q", got)
	}
}

// The unit is worked by keys alone: components move, are copied, found in the palette, and all of it is undone.
func TestStudioUnitByKeysInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	order := func(want string) {
		t.Helper()
		b.until(`[...document.querySelectorAll("[data-part]")].map(p => p.querySelector(".part-title").textContent).join(", ") === ` + "`" + want + "`")
	}
	order("First law, Probe, On YouTube")
	b.visible(part("text1") + " [data-grip]")
	b.focusOn(part("text1") + " [data-grip]")
	b.press(kb.ArrowDown)
	order("Probe, First law, On YouTube")
	b.until(`document.activeElement.closest("[data-part]")?.id === "part-text1"`)
	b.press(kb.ArrowDown)
	order("Probe, On YouTube, First law")
	b.eval(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "z", ctrlKey: true, bubbles: true}))`)
	order("Probe, First law, On YouTube")
	b.focusOn(part("text1") + " [data-grip]")
	for _, key := range []string{"c", "v"} {
		b.eval(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "` + key + `", ctrlKey: true, bubbles: true}))`)
	}
	order("Probe, First law, First law, On YouTube")
	b.eval(`document.querySelector("[data-undo]").click()`)
	order("Probe, First law, On YouTube")
	b.focusOn("#palette-find")
	b.press("vid")
	b.press(kb.Enter)
	order("Probe, First law, On YouTube, Video")
	b.visible(`.unit-sheet [data-edit-form]`)
	b.press(kb.Escape)
	b.click(`.part:last-child details.menu summary`)
	b.click(`.part:last-child .menu-list .danger`)
	order("Probe, First law, On YouTube")
	b.quiet()
}

// A text that the editor knows comes back as it was, but for what was typed; of one that it does not know all of nothing is lost.
func TestStudioTextKeepsInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("ina", run, "instructor")
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	text := component(run, "html", "text1")
	base := any(nil)
	for _, c := range []struct {
		name, html string
		known      bool
	}{
		{"structure", "<h2 id=\"a\">Title</h2>\n<p class=\"lead\">Some <strong>bold <em>and</em></strong> <a href=\"/jump_to_id/five\" target=\"_blank\">link</a> &amp; x &lt; y</p>\n<ul>\n<li>one</li>\n<li>two\n<ol start=\"3\">\n<li>deep</li>\n</ol></li>\n</ul>", true},
		{"table", "<table class=\"wide\">\n<thead>\n<tr><th scope=\"col\">A</th><th>B</th></tr>\n</thead>\n<tbody>\n<tr><td colspan=\"2\">1 &amp; 2</td></tr>\n</tbody>\n</table>", true},
		{"pieces", "<p>Before <svg width=\"1\"></svg> after \\(x^2\\)</p>\n<dl><dt>a</dt><dd>b</dd></dl>\n<iframe src=\"https://example.org/\" title=\"x\"></iframe>\n<pre><code class=\"py\">if a:\n  b</code></pre>", true},
		{"boxes", "<div style=\"color: red\">\n<p>in</p>\n<blockquote>\n<p>out</p>\n</blockquote>\n</div>", true},
		{"foster", "<p>a</p><table><tr><td>1</td></tr><tr><td>2</td></tr></table><!-- kept -->", true},
		{"odd list", "<ul><p>no item</p><li>item</li></ul>", true},
	} {
		if base == nil {
			var sheet struct {
				Fields map[string]struct{ Base any } `json:"fields"`
			}
			sue.data(text+"/form", &sheet)
			base = sheet.Fields["data"].Base
		}
		sue.asks(text+"/save", edits("data", base, c.html)).must(200)
		base = c.html
		b.open(studioPath(run) + "/units/read1")
		b.edits("text1")
		if !c.known {
			b.visible(`textarea[name="f.data"]`)
			continue
		}
		b.visible(`.rich-text`)
		b.click(`.rich-bar [data-does="source"]`)
		b.visible(`textarea[name="f.data"]`)
		if got := b.text(`document.querySelector('textarea[name="f.data"]').value`); got != c.html {
			t.Errorf("%s: opening it made it %q", c.name, got)
		}
		b.eval(`(e => { e.value += "\n<p>more</p>"; e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector('textarea[name="f.data"]'))`)
		b.saved()
		var sheet struct {
			Fields map[string]struct{ Base any } `json:"fields"`
		}
		sue.data(text+"/form", &sheet)
		if base = sheet.Fields["data"].Base; base != c.html+"\n<p>more</p>" {
			t.Errorf("%s: saved it is %q", c.name, base)
		}
		b.eval(`[...document.querySelectorAll(".unit-sheet .button")].find(e => e.textContent === "Edit as text").click()`)
		b.visible(`.rich-text`)
		b.eval(`(e => { e.focus(); const s = getSelection(); s.selectAllChildren(e.lastElementChild); s.collapseToEnd() })(document.querySelector(".rich-text"))`)
		b.press("!")
		b.saved()
		sue.data(text+"/form", &sheet)
		if base = sheet.Fields["data"].Base; !strings.HasSuffix(base.(string), "<p>more!</p>") || strings.ReplaceAll(base.(string), "\n", "") != strings.ReplaceAll(c.html, "\n", "")+"<p>more!</p>" {
			t.Logf("%s: written by the editor it is %q", c.name, base)
		}
	}
	b.quiet()
}

// How long an author waits is told, not judged: the machine is anybody's.
func TestStudioUnitSpeed(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	text, last := component(run, "html", "text1"), "First law"
	var saves, forms, pages time.Duration
	const n = 20
	for i := range n {
		next := last + "x"
		began := time.Now()
		sue.asks(text+"/save", edits("display_name", last, next)).must(200)
		saves += time.Since(began)
		last = next
		began = time.Now()
		sue.get(text + "/form").must(200)
		forms += time.Since(began)
		if i < 5 {
			began = time.Now()
			sue.get(studioPath(run) + "/units/read1").must(200)
			pages += time.Since(began)
		}
	}
	t.Logf("a save %v, a form %v, a unit's page %v", saves/n, forms/n, pages/5)
}

// A problem is made by keys alone: found in the palette, its fields filled, saved as it is typed, and left.
func TestStudioProblemByKeysInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.focusOn("#palette-find")
	b.press("multiple choice")
	b.press(kb.Enter)
	b.visible(`.unit-sheet [data-edit-form]`)
	usage := b.text(`document.querySelector("[data-sheet]").dataset.sheet`)
	b.tabTo(`[name="f.display_name"]`)
	b.press(kb.End + " by keys")
	b.tabTo(`.unit-sheet .rich-text`)
	b.press("Which is right?")
	b.tabTo(`.unit-sheet button[data-add]`)
	b.press(kb.Enter)
	b.until(`document.activeElement.matches(".unit-sheet [data-row] textarea, .unit-sheet [data-row] input, .unit-sheet [data-row] .rich-text")`)
	b.press("This one")
	b.tabTo(`.unit-sheet [data-row] input[type="checkbox"]`)
	b.press(" ")
	b.saved()
	b.press(kb.Escape)
	b.until(`document.querySelector(".unit-sheet").hidden && document.activeElement.closest("[data-part]") !== null`)
	b.seeIn(usage[strings.LastIndex(usage, "@")+1:], "Which is right?")
	b.seeIn(usage[strings.LastIndex(usage, "@")+1:], "This one")
	b.quiet()
}

// What an author wrote is drawn in the editor and nowhere over it, and holds nothing that Studio takes for its own (security R20).
func TestStudioMarkupStaysInItsPlaceInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ina := w.member("sue", run, "staff"), w.account("ina", run, "instructor").Username
	text := component(run, "html", "text1")
	var sheet struct {
		Fields map[string]struct{ Base any } `json:"fields"`
	}
	sue.data(text+"/form", &sheet)
	wild := `<p style="position:fixed;inset:0;background:url(https://example.org/x) red;z-index:99999;color:rgb(1, 2, 3)" class="sheet" data-edit="x">over</p>
<p style="margin:-900px;transform:scale(40);display:grid;border:400px solid red"><span class="dialog" data-part="y" style="position:absolute;top:-500px;left:-500px;font-size:900px">all</span></p>
<div data-usage="x" class="sheet" tabindex="0" popover>
<p>in</p>
</div>`
	sue.asks(text+"/save", edits("data", sheet.Fields["data"].Base, wild)).must(200)
	b := w.studioTab(t, run, ina, "read1")
	b.edits("text1")
	b.visible(`.rich-text`)
	b.is("the author's colour is shown", `getComputedStyle(document.querySelector(".rich-text p")).color`, "rgb(1, 2, 3)")
	b.is("attributes that are Studio's", `[...document.querySelectorAll(".rich-text *")].flatMap(e => [...e.attributes]).map(a => a.name + "=" + a.value)
		.filter(a => /^(data-|popover|tabindex)|class=(sheet|dialog)|position|url|transform|inset/.test(a)).join()`, "")
	b.is("what lies over the page around it", `(() => {
		const editor = document.querySelector(".rich-text"), box = editor.getBoundingClientRect(), over = [];
		for (let x = 5; x < innerWidth; x += 40) for (let y = 5; y < innerHeight; y += 20)
			if (x < box.left - 1 || x > box.right + 1 || y < box.top - 1 || y > box.bottom + 1)
				if (editor.contains(document.elementFromPoint(x, y))) over.push([x, y]);
		return over.join(" ");
	})()`, "")
	b.quiet()
}

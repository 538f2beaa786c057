package host_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
)

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
	// Signing in again ends the session that the browser had.
	form.values.Set("token", b.token())
	form.press("").must(303)
	old.setCookie("quoin_session", token)
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

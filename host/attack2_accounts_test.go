package host_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// bothWays is a world that sends mail, beside another site to sign in with.
func bothWays(t *testing.T) (*world, *issuer, postbox) {
	t.Helper()
	i, box := newIssuer(t), make(postbox, 50)
	w := newWorld(t, options{config: func(c *host.Config) {
		c.Mailer, c.Limiter = box, &portstest.Limiter{}
		c.SignWith = []oidc.Config{{Name: "uni", Title: "Example University", Issuer: i.URL, ClientID: "client", ClientSecret: "client-secret", Private: true}}
	}})
	return w, i, box
}

// Somebody signs up with the address of another person, who has no account yet, and prepares ways in that need no password:
// his account at another site, a calendar's secret address, a change of the address on its way. Once the address's owner takes
// the account by a link to it, none of them leads anywhere.
func TestAnAccountTakenBackIsItsOwnersAlone(t *testing.T) {
	w, i, box := bothWays(t)
	run := w.dated()
	eve := w.visitor()
	eve.get("/signup").form("/signup").set("username", "victim", "email", "victim@example.org", "name", "Eve", "password", password).press("").must(303)
	<-box // it asks the victim to confirm, who never asked for it and does not
	i.who = map[string]any{"sub": "eve", "email": "eve@evil.example"}
	to := eve.get("/account").form("/account/links").set("provider", "uni", "link_password", password).press("").must(200)
	eve.get(i.visit(attributeOf(to, "a", "rel", "noreferrer", "href"))).must(303)
	user, err := w.site.People.FindUser(t.Context(), "victim")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.site.People.Enrol(t.Context(), user.ID, run.String(), ""); err != nil {
		t.Fatal(err)
	}
	dates := "/courses/" + run.String()
	feed, err := url.Parse(attributeOf(eve.get(dates+"/dates").form(dates+"/calendar").set("scope", "all", "do", "make").press(""), "input", "id", "feed", "value"))
	if err != nil {
		t.Fatal(err)
	}
	eve.get("/account").form("/account/email").set("email", "eve@evil.example", "email_password", password).press("").must(303)
	_, change := link(t, <-box)

	victim := w.visitor()
	victim.get("/forgot").form("/forgot").set("login", "victim@example.org").press("").must(200)
	_, reset := link(t, <-box)
	victim.get(reset).form("/reset").set("password", "another horse battery").press("").must(303)
	victim.get("/account").must(200).without("eve@evil.example")

	eve.get("/account").must(303)
	w.visitor().get(change).must(410)
	if p := i.through(w.visitor(), "/"); p.status != http.StatusForbidden {
		t.Errorf("another site's account still leads in: %d", p.status)
	}
	if p := w.visitor().get(feed.Path); p.status != http.StatusNotFound {
		t.Errorf("a calendar's address of before still tells: %d", p.status)
	}
}

// Whose address was confirmed keeps his other ways in when he forgets his password.
func TestAForgottenPasswordLosesNothing(t *testing.T) {
	w, i, box := bothWays(t)
	user := w.account("ann", w.forces(), "")
	user, err := w.site.People.SetEmail(t.Context(), user.ID, user.Email, true)
	if err != nil {
		t.Fatal(err)
	}
	i.who = map[string]any{"sub": "ann"}
	i.info = map[string]any{"sub": "ann"}
	if err := w.site.People.Link(t.Context(), user.ID, people.Identity{Provider: "uni", Issuer: i.URL, Subject: "ann"}); err != nil {
		t.Fatal(err)
	}
	ann := w.visitor()
	ann.get("/forgot").form("/forgot").set("login", "ann").press("").must(200)
	_, reset := link(t, <-box)
	ann.get(reset).form("/reset").set("password", "another horse battery").press("").must(303)
	i.through(w.visitor(), "/").must(303)
}

// Of several addresses that somebody asked to change to, the one asked for last is his: a mistyped one is a stranger's.
func TestAMistypedAddressIsForgotten(t *testing.T) {
	w, box := mailed(t, "")
	ann := w.member("ann", w.forces(), "")
	change := func(address string) string {
		ann.get("/account").form("/account/email").set("email", address, "email_password", password).press("").must(303)
		m := <-box
		if m.To != address {
			t.Fatalf("the mail went to %s", m.To)
		}
		_, path := link(t, m)
		return path
	}
	wrong := change("amn@example.org")
	right := change("ann@example.org") // her own again: she has seen the mistake
	w.visitor().get(wrong).must(410)
	w.visitor().get(right).must(200).form("/confirm").press("").must(200)
	user, err := w.site.People.FindUser(t.Context(), "ann")
	if err != nil || user.Email != "ann@example.org" || !user.Confirmed {
		t.Errorf("%+v, %v", user, err)
	}
}

// What another site calls an address finds accounts by their addresses alone, never by a user name.
func TestAnotherSitesAddressIsNoUserName(t *testing.T) {
	w, i := signedWith(t, func(c *oidc.Config) { c.LinkEmail, c.Create = true, true })
	root := w.administrator("ada")
	if _, err := w.site.People.SetEmail(t.Context(), root.ID, root.Email, true); err != nil {
		t.Fatal(err)
	}
	for n, email := range []string{"ada", " ada ", "ada@", "ADA", strings.Repeat("a", 5000)} {
		i.who = map[string]any{"sub": "eve" + string(rune('a'+n)), "email": email, "email_verified": true}
		b := w.visitor()
		i.through(b, "/")
		if b.get("/admin").status == http.StatusOK {
			t.Errorf("the address %.20q leads into an administrator's account", email)
		}
	}
}

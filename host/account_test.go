package host_test

import (
	"archive/zip"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// postbox gives mails to the test as they are sent.
type postbox chan ports.Mail

func (p postbox) Send(_ context.Context, m ports.Mail) error {
	p <- m
	return nil
}

// mailed is a world that sends mail.
func mailed(t *testing.T, public string) (*world, postbox) {
	box := make(postbox, 50)
	w := newWorld(t, options{public: public, config: func(c *host.Config) { c.Mailer, c.Limiter = box, &portstest.Limiter{} }})
	return w, box
}

var linkPattern = regexp.MustCompile(`(https?://[^/\s]+)(/(reset|confirm)\?link=[A-Za-z0-9_-]+)`)

// link is the address that a mail leads to: origin and path.
func link(t *testing.T, m ports.Mail) (origin, path string) {
	t.Helper()
	found := linkPattern.FindStringSubmatch(m.Text)
	if found == nil {
		t.Fatalf("no link in %q", m.Text)
	}
	return found[1], found[2]
}

// No address of an account opens without a login, and none that sends something is taken without a token (security R18).
func TestAccountNeedsLogin(t *testing.T) {
	w, _ := mailed(t, "")
	run := w.forces()
	ann := w.member("ann", run, "")
	before := w.stored()
	found := 0
	for _, route := range w.server.Routes() {
		if !strings.HasPrefix(route.Path, "/account") {
			continue
		}
		found++
		visitor := w.visitor()
		p := visitor.knock(route, route.Path, "", visitor.token())
		if !refused(p) {
			t.Errorf("a visitor gets at %s %s: %d", route.Method, route.Path, p.status)
		}
		if route.Method != http.MethodGet {
			if p := ann.knock(route, route.Path, "", "forged"); p.status != http.StatusForbidden {
				t.Errorf("%s takes a forged form: %d", route.Path, p.status)
			}
		}
	}
	if found < 11 {
		t.Errorf("%d addresses of an account", found)
	}
	if after := w.stored(); before != after {
		t.Errorf("something changed from %s to %s", before, after)
	}
}

func TestProfile(t *testing.T) {
	w := newWorld(t, options{})
	b := w.member("ann", w.forces(), "")
	profile := func() *form { return b.get("/account").must(200).form("/account/profile") }
	profile().set("name", "Ann Other", "zone", "Mars/Olympus", "theme", "dark").press("").must(422, "Ann Other", "Mars/Olympus", "zone-error")
	profile().set("theme", "pink").press("").must(422)
	profile().set("name", "Ann Other", "zone", "Europe/Berlin", "theme", "dark", "language", "ar").press("").must(303).
		follow().must(200, `data-theme="dark"`, `dir="rtl"`, `data-zone="Europe/Berlin"`, `value="Ann Other"`)
	profile().set("theme", "", "language", "").press("").must(303).follow().must(200, `dir="ltr"`).without("data-theme")
	b.get("/account?saved=<script>").must(200).without("<script>x", `class="notice good"`)
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t, options{})
	user := w.account("ann", w.forces(), "")
	b, other := w.enter(user), w.enter(user)
	change := func(old, next string) *page {
		return b.get("/account").form("/account/password").set("password", old, "new_password", next).press("")
	}
	change("wrong wrong", "another horse battery").must(422, "password-error")
	other.get("/account").must(200)
	change(password, "x").must(422, "new_password-error")
	change(password, "another horse battery").must(303).follow().must(200, "Your password was changed")
	other.get("/account").must(303)
	sign := func(secret string) *page {
		return w.visitor().get("/signin").form("/signin").set("login", "ann", "password", secret).press("")
	}
	sign(password).must(422)
	sign("another horse battery").must(303)
}

// Sessions end one by one and all together; nobody ends somebody else's.
func TestSessionsList(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	user := w.account("ann", run, "")
	b, other := w.enter(user), w.enter(user)
	bert := w.member("bert", run, "")
	end := b.get("/account").must(200, "This browser", "Another browser").form("/account/sessions/end")
	stolen := bert.get("/account").must(200).without("Another browser").form("/account/profile")
	stolen.action = "/account/sessions/end"
	stolen.set("session", end.values.Get("session")).press("").must(404)
	other.get("/account").must(200)
	end.press("").must(303)
	other.get("/account").must(303)
	other = w.enter(user)
	b.get("/account").form("/account/sessions/end-all").press("").must(303)
	b.get("/account").must(303)
	other.get("/account").must(303)
	bert.get("/account").must(200)
}

// A person gets all that is theirs and nothing of others.
func TestExportMine(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Limiter = &portstest.Limiter{} }})
	run := w.forces()
	ann, bert := w.member("ann", run, ""), w.member("bert", run, "")
	for who, b := range map[string]*browser{"ann": ann, "bert": bert} {
		b.get(unitPath(run, "odd")).form(blockPath(run, "probe", "plain")).set("word", who+"sownword").press("set").must(303)
	}
	p := ann.get("/account/export").must(200)
	archive, err := zip.NewReader(strings.NewReader(p.body), int64(len(p.body)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range archive.File {
		all.WriteString(contents(t, file))
	}
	for _, want := range []string{"ann@example.org", "annsownword"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not in the export: %.2000s", want, all.String())
		}
	}
	for _, foreign := range []string{"bert", "argon2"} {
		if strings.Contains(all.String(), foreign) {
			t.Errorf("%q is in Ann's export", foreign)
		}
	}
	if !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") || !strings.Contains(p.header.Get("Cache-Control"), "no-store") {
		t.Error(p.header)
	}
	for range 4 {
		ann.get("/account/export").must(200)
	}
	ann.get("/account/export").must(429)
	bert.get("/account/export").must(200)
}

func TestCloseAndErase(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	ann, bert := w.member("ann", run, ""), w.member("bert", run, "")
	ann.get("/account").form("/account/close").set("close_password", "wrong").press("").must(422, "close_password-error")
	ann.get("/account").form("/account/close").set("close_password", password).press("").must(303)
	ann.get("/account").must(303)
	w.visitor().get("/signin").form("/signin").set("login", "ann", "password", password).press("").must(403)

	erase := func(name, secret string) *page {
		return bert.get("/account").form("/account/erase").set("erase_name", name, "erase_password", secret).press("")
	}
	erase("ann", password).must(422, "erase_name-error")
	erase("bert", "wrong").must(422, "erase_password-error")
	bert.get("/account").must(200)
	erase("bert", password).must(303)
	bert.get("/account").must(303)
	if user, err := w.site.People.FindUser(t.Context(), "bert"); err == nil {
		t.Errorf("bert is still there: %v", user)
	}
	if _, err := w.site.People.FindUser(t.Context(), "ann"); err != nil {
		t.Errorf("ann is gone: %v", err)
	}
	last := w.account("olga", run)
	if _, err := w.site.People.SetSiteRole(t.Context(), last.ID, people.SiteAdmin, true); err != nil {
		t.Fatal(err)
	}
	last, err := w.site.People.User(t.Context(), last.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(last).get("/account").form("/account/erase").set("erase_name", "olga", "erase_password", password).press("").must(409, "only administrator")
}

// A forgotten password: the same answer for everybody, a link from the public URL that works once (security R17).
func TestForgotten(t *testing.T) {
	w, box := mailed(t, "")
	user := w.account("ann", w.forces(), "")
	old := w.enter(user)
	ask := func(login string) *page {
		return w.visitor().get("/forgot").must(200).form("/forgot").set("login", login).send("", map[string]string{"X-Forwarded-Host": "evil.example"})
	}
	unknown, known := ask("zoe@example.org").must(200), ask("ann@example.org").must(200)
	if unknown.words() != known.words() {
		t.Errorf("%s is not %s", unknown.words(), known.words())
	}
	m := <-box // the only one: nobody writes to zoe
	origin, path := link(t, m)
	if origin != w.url || m.To != "ann@example.org" {
		t.Errorf("a mail to %s leads to %s", m.To, origin)
	}
	b := w.visitor()
	first := b.get(path).must(200).form("/reset")
	second := w.visitor().get(path).must(200).form("/reset")
	again := first.set("password", "x").press("").must(422, "password-error").form("/reset")
	second.set("password", "stolen horse battery").press("").must(410)
	again.set("password", "another horse battery").press("").must(303).follow().must(200)
	b.get("/account").must(200)
	again.press("").must(403, "") // the form belonged to the visit before signing in
	old.get("/account").must(303)
	w.visitor().get(path).must(410)
	w.visitor().get("/reset?link=nonsense").must(410)
	fresh, err := w.site.People.User(t.Context(), user.ID)
	if err != nil || !fresh.Confirmed {
		t.Errorf("%v %v", fresh, err)
	}
	for range 6 { // three an hour for each account, by whatever name
		ask("ann").must(200)
	}
	slow := false
	for range 30 {
		slow = slow || ask("zoe").status == http.StatusTooManyRequests
	}
	if !slow {
		t.Error("anybody may ask for mails without end")
	}
	if n := len(box); n > 2 {
		t.Errorf("%d more mails were sent", n)
	}
}

// An address is the account's when its owner followed the link, and the old one stays until then.
func TestConfirmation(t *testing.T) {
	w, box := mailed(t, "")
	run := w.forces()
	b := w.visitor()
	b.get("/signup").form("/signup").set("username", "ann", "email", "ann@example.org", "name", "Ann", "password", password).press("").must(303)
	m := <-box
	_, path := link(t, m)
	b.get("/account").must(200, `action="/account/confirm"`)
	user := func() people.User {
		u, err := w.site.People.FindUser(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	form := b.get(path).must(200, "ann@example.org").form("/confirm")
	if user().Confirmed {
		t.Error("looking at the link confirmed it")
	}
	form.press("").must(200, "confirmed")
	form.press("").must(410, "used already", "This address is confirmed", "ann@example.org") // pressed twice
	w.visitor().get(path).must(410).without("ann@example.org")
	if !user().Confirmed {
		t.Error("not confirmed")
	}
	b.get("/account").must(200).without(`action="/account/confirm"`)

	change := func(address, secret string) *page {
		return b.get("/account").form("/account/email").set("email", address, "email_password", secret).press("")
	}
	change("new@example.org", "wrong").must(422, "email_password-error")
	change("nonsense", password).must(422, "email-error")
	change("x@example.org\r\nBcc: y@example.org", password).must(422)
	change("new@example.org", password).must(303)
	m = <-box
	if m.To != "new@example.org" || user().Email != "ann@example.org" {
		t.Errorf("to %s; the account has %s", m.To, user().Email)
	}
	_, path = link(t, m)
	// A link to confirm an address is none to reset a password.
	w.visitor().get("/reset" + strings.TrimPrefix(path, "/confirm")).must(410)
	w.visitor().get(path).must(200).form("/confirm").press("").must(200)
	if u := user(); u.Email != "new@example.org" || !u.Confirmed {
		t.Errorf("%v", u)
	}
	w.account("bert", run, "")
	change("bert@example.org", password).must(303)
	_, path = link(t, <-box)
	w.visitor().get(path).must(200).form("/confirm").press("").must(410)
	if u := user(); u.Email != "new@example.org" {
		t.Errorf("took the address of somebody else: %v", u)
	}
}

// Sign-ups are bounded by client.
func TestSignUpIsBounded(t *testing.T) {
	w, _ := mailed(t, "")
	b := w.visitor()
	form := b.get("/signup").form("/signup").set("username", "a")
	for range 60 {
		form.press("").must(422)
	}
	form.press("").must(429)
}

// Kept mails are shown in development alone, to its own name alone; a site without mail has none of this (security R16).
func TestKeptMails(t *testing.T) {
	kept := &mail.Kept{}
	w := newWorld(t, options{config: func(c *host.Config) { c.Mailer, c.Development = kept, true }})
	if err := kept.Send(t.Context(), ports.Mail{To: "a@example.org", Subject: "Hi <b>", Text: "see " + w.url + "/reset?link=abc"}); err != nil {
		t.Fatal(err)
	}
	w.visitor().get("/development/mails").must(200, "Hi &lt;b&gt;", `href="/reset?link=abc"`)
	w.visitor().send("GET", "/development/mails", map[string]string{"Host": "evil.example"}, "").must(421)

	production := newWorld(t, options{config: func(c *host.Config) { c.Mailer = kept }})
	none := newWorld(t, options{config: func(c *host.Config) { c.Development = true }})
	for _, route := range append(production.server.Routes(), none.server.Routes()...) {
		if strings.HasPrefix(route.Path, "/development") {
			t.Errorf("%s is there", route.Path)
		}
	}
	production.visitor().get("/development/mails").must(404)
	production.visitor().get("/signin").must(200, "/forgot")
	none.visitor().get("/signin").must(200).without("/forgot")
	none.visitor().get("/forgot").must(404)
}

// Links come from the public URL, whatever the request called the site.
func TestLinksByPublicURL(t *testing.T) {
	w, box := mailed(t, "https://learn.example.org")
	w.account("ann", w.forces(), "")
	b := w.visitor()
	p := b.get("/forgot").must(200)
	token := p.form("/forgot").values.Get("token")
	header := map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://learn.example.org", "X-Forwarded-Host": "evil.example",
		"Host": "evil.example", "Cookie": strings.Split(p.header.Get("Set-Cookie"), ";")[0],
	}
	b.send("POST", "/forgot", header, url.Values{"login": {"ann"}, "token": {token}}.Encode()).must(200)
	if origin, _ := link(t, <-box); origin != "https://learn.example.org" {
		t.Errorf("the link leads to %s", origin)
	}
}

func contents(t *testing.T, file *zip.File) string {
	t.Helper()
	opened, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	data, err := io.ReadAll(opened)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

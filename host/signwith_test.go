package host_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// issuer is another site that people sign in with. who is whom it lets in next; change spoils its id token.
type issuer struct {
	*httptest.Server
	t      testing.TB
	key    *rsa.PrivateKey
	mu     sync.Mutex
	who    map[string]any
	info   map[string]any
	change func(claims map[string]any)
	signer func(payload []byte) string
	// asked are the parameters of the last way to it, by code.
	asked map[string]url.Values
	down  bool
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, asked: map[string]url.Values{}}
	i.signer = func(payload []byte) string { return sign(t, key, payload) }
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(value); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if i.down {
			http.Error(w, "<b>broken</b>", http.StatusInternalServerError)
			return
		}
		answer(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"userinfo_endpoint": i.URL + "/me", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) { i.token(w, r, answer) })
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) { answer(w, i.info) })
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func sign(t testing.TB, key any, payload []byte) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// token exchanges a code once, for whoever knows the client's secret and the verifier of the challenge.
func (i *issuer) token(w http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, any)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	asked := i.asked[r.FormValue("code")]
	delete(i.asked, r.FormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if asked == nil || id != "client" || secret != "client-secret" || asked.Get("code_challenge_method") != "S256" ||
		asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || asked.Get("redirect_uri") != r.FormValue("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{
		"iss": i.URL, "aud": "client", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "nonce": asked.Get("nonce"),
	}
	for name, value := range i.who {
		claims[name] = value
	}
	if i.change != nil {
		i.change(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Error(err)
	}
	answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": i.signer(payload)})
}

// visit is what the person does at the other site: it gives the address that the site sends him back to.
func (i *issuer) visit(address string) string {
	i.t.Helper()
	to, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, i.URL+"/authorize?") {
		i.t.Fatalf("the way to the other site is %q: %v", address, err)
	}
	asked := to.Query()
	if asked.Get("response_type") != "code" || len(asked.Get("state")) < 40 || len(asked.Get("nonce")) < 40 || !strings.Contains(asked.Get("scope"), "openid") {
		i.t.Fatalf("the way to the other site is %q", address)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	code := people.NewToken()
	i.asked[code] = asked
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil {
		i.t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode()
	return back.RequestURI()
}

// signedWith is a world beside another site; change sets what that one may do here.
func signedWith(t *testing.T, change func(*oidc.Config)) (*world, *issuer) {
	t.Helper()
	i := newIssuer(t)
	config := oidc.Config{Name: "uni", Title: "Example University", Issuer: i.URL, ClientID: "client", ClientSecret: "client-secret", Private: true}
	if change != nil {
		change(&config)
	}
	return newWorld(t, options{config: func(c *host.Config) { c.SignWith = []oidc.Config{config} }}), i
}

// through goes the whole way with a browser and returns what it finds on coming back.
func (i *issuer) through(b *browser, next string) *page {
	i.t.Helper()
	begun := b.get("/signin/with/uni?next=" + url.QueryEscape(next)).must(303)
	return b.get(i.visit(begun.header.Get("Location")))
}

func TestSignInWithAnotherSite(t *testing.T) {
	w, i := signedWith(t, func(c *oidc.Config) { c.Create = true })
	run := w.forces()
	b := w.visitor()
	b.get("/signin").must(200, "Sign in with Example University", `/signin/with/uni?next=`)
	b.get("/signup").must(200, "Sign in with Example University")
	i.who = map[string]any{"sub": "1", "email": "Ada@example.edu", "email_verified": true, "name": "Ada Lovelace", "preferred_username": "ada.l"}
	planted := b.cookie("quoin_session")
	back := i.through(b, unitPath(run, "five")).must(303)
	if got := back.header.Get("Location"); got != unitPath(run, "five") {
		t.Errorf("leads to %q", got)
	}
	if b.cookie("quoin_session") == planted || b.cookie("quoin_flow") != "" {
		t.Error("the session did not rotate, or the flow is still there")
	}
	account := b.get("/account").must(200, "ada.l", "Example University", "Ada@example.edu", "Set a password")
	user, err := w.site.People.FindUser(t.Context(), "ada.l")
	if err != nil || !user.Passwordless || !user.Confirmed || user.Name != "Ada Lovelace" {
		t.Fatalf("%+v, %v", user, err)
	}
	sessions, err := w.site.People.Sessions(t.Context(), user.ID)
	if err != nil || len(sessions) != 1 || sessions[0].Method != "oidc" {
		t.Errorf("%+v, %v", sessions, err)
	}
	// The only way to sign in stays; with a password it may go.
	account.form("/account/links/remove").press("").must(409, "the only way in which you can sign in")
	b.get("/account").form("/account/password").set("new_password", password).press("").must(303)
	b.get("/account").form("/account/links/remove").press("").must(303).follow().must(200, "no longer sign in with that account")
	// The same person comes again: an account has his address now, so none is made and none is entered.
	i.through(w.visitor(), "/").must(403, "There is an account here with the address")
	// Where the other site asks for somebody who was here before, it is the same account.
	i.who = map[string]any{"sub": "2", "email": "bo@example.edu", "email_verified": false, "preferred_username": "bo@example.edu"}
	first := w.visitor()
	i.through(first, "//evil.example/").must(303)
	first.get("/account").must(200, "learner-")
	second := w.visitor()
	if got := i.through(second, "/").must(303).header.Get("Location"); got != "/" {
		t.Errorf("leads to %q", got)
	}
	other, err := w.site.People.FindIdentity(t.Context(), i.URL, "2")
	if err != nil || other.Confirmed {
		t.Errorf("%+v, %v", other, err)
	}
	if _, err := w.site.People.SetDisabled(t.Context(), other.ID, true); err != nil {
		t.Fatal(err)
	}
	i.through(w.visitor(), "/").must(403, "This account is closed")
}

// Without the configuration's word nobody gets an account, and no address opens one that there is.
func TestOtherSitesVouchForNobody(t *testing.T) {
	for _, c := range []struct {
		name             string
		change           func(*oidc.Config)
		confirmed        bool
		email            string
		verified         any
		status           int
		says             string
		theirs, entering bool
	}{
		{name: "nobody here", email: "new@example.edu", verified: true, status: 403, says: "No account here goes with"},
		{name: "an account with the address", email: "ann@example.org", verified: true, confirmed: true, status: 403, says: "There is an account here"},
		{name: "an address that the other site did not verify", change: linkEmail, email: "ann@example.org", verified: false, confirmed: true, status: 403, says: "There is an account here"},
		{name: "an address that was not confirmed here", change: linkEmail, email: "ann@example.org", verified: true, status: 403, says: "There is an account here"},
		{name: "an address that both know", change: linkEmail, email: "ANN@example.org", verified: "true", confirmed: true, status: 303, entering: true},
		{name: "no address", change: func(c *oidc.Config) { c.Create = true }, status: 403, says: "told us no e-mail address"},
		{name: "an address that is none", change: func(c *oidc.Config) { c.Create = true }, email: "nonsense", status: 403, says: "told us no e-mail address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, i := signedWith(t, c.change)
			ann := w.account("ann", w.forces(), "")
			if c.confirmed {
				if _, err := w.site.People.SetEmail(t.Context(), ann.ID, ann.Email, true); err != nil {
					t.Fatal(err)
				}
			}
			i.who = map[string]any{"sub": "9", "email_verified": c.verified}
			i.info = map[string]any{"sub": "9"}
			if c.email != "" {
				i.who["email"] = c.email
			}
			b := w.visitor()
			i.through(b, "/").must(c.status, c.says)
			if got := b.get("/account").status == 200; got != c.entering {
				t.Errorf("signed in: %t, want %t", got, c.entering)
			}
		})
	}
}

func linkEmail(c *oidc.Config) { c.LinkEmail = true }

// What is missing in the token comes from the other site's page about the person, if it is about him.
func TestUserInfo(t *testing.T) {
	w, i := signedWith(t, func(c *oidc.Config) { c.Create = true })
	i.who = map[string]any{"sub": "1"}
	i.info = map[string]any{"sub": "2", "email": "eve@example.edu", "email_verified": true}
	i.through(w.visitor(), "/").must(403, "took too long or began in another browser")
	i.info = map[string]any{"sub": "1", "email": "ann@example.edu", "email_verified": true}
	b := w.visitor()
	i.through(b, "/").must(303)
	b.get("/account").must(200, "ann@example.edu")
}

// An answer counts in the browser that began, once, with everything that it must carry.
func TestAnswersOfOtherSites(t *testing.T) {
	w, i := signedWith(t, func(c *oidc.Config) { c.Create = true })
	i.who = map[string]any{"sub": "1", "email": "ann@example.edu", "email_verified": true}
	begin := func(b *browser) string {
		return i.visit(b.get("/signin/with/uni").must(303).header.Get("Location"))
	}
	foreign := "took too long or began in another browser"
	b := w.visitor()
	back := begin(b)
	w.visitor().get(back).must(403, foreign, `href="/signin?lang=ar"`).without("state=", "code=")
	b.get(strings.Replace(back, "state=", "state=x", 1)).must(403, foreign)
	b.get(back).must(403, foreign) // the flow was used up
	b.get(begin(b)+"&iss="+url.QueryEscape("https://evil.example")).must(403, foreign)
	b.get(begin(b)+"&error=access_denied").must(403, "without signing in")
	spoilt := begin(b)
	b.setCookie("quoin_flow", b.cookie("quoin_flow")+"x")
	b.get(spoilt).must(403, foreign)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	honest := i.signer
	for name, spoil := range map[string]func(){
		"another nonce":    func() { i.change = func(c map[string]any) { c["nonce"] = "other" } },
		"another audience": func() { i.change = func(c map[string]any) { c["aud"] = "somebody else" } },
		"another issuer":   func() { i.change = func(c map[string]any) { c["iss"] = "https://evil.example" } },
		"an old token":     func() { i.change = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() } },
		"nobody":           func() { i.change = func(c map[string]any) { delete(c, "sub") } },
		"another key":      func() { i.signer = func(payload []byte) string { return sign(t, other, payload) } },
		"no signature": func() {
			i.signer = func(payload []byte) string {
				return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
			}
		},
		"no token": func() { i.signer = func([]byte) string { return "" } },
	} {
		i.change, i.signer = nil, honest
		spoil()
		if p := i.through(b, "/"); p.status != 403 && p.status != 502 {
			t.Errorf("%s: %d", name, p.status)
		}
		if b.get("/account").status == 200 {
			t.Fatalf("%s lets somebody in", name)
		}
	}
	i.change, i.signer = nil, honest
	i.through(b, "/").must(303)
	if strings.Contains(w.log.String(), "client-secret") {
		t.Error("the log tells the secret")
	}
	w.visitor().get("/signin/with/nobody").must(404)
	w.visitor().get("/signin/with/nobody/back").must(404)
}

func TestOtherSiteIsAway(t *testing.T) {
	w, i := signedWith(t, nil)
	i.down = true
	w.visitor().get("/signin/with/uni").must(502, "could not be reached").without("broken")
	i.down = false
	w.visitor().get("/signin/with/uni").must(303)
	// A private address is refused unless the operator says otherwise.
	refused := newWorld(t, options{config: func(c *host.Config) {
		c.SignWith = []oidc.Config{{Name: "uni", Issuer: strings.Replace(i.URL, "http:", "https:", 1), ClientID: "client"}}
	}})
	refused.visitor().get("/signin/with/uni").must(502)
	if !strings.Contains(refused.log.String(), "private network") {
		t.Error(refused.log.String())
	}
}

func TestLinkAnotherSite(t *testing.T) {
	w, i := signedWith(t, nil)
	run := w.forces()
	ann, ben := w.member("ann", run, ""), w.member("ben", run, "")
	i.who = map[string]any{"sub": "1", "email": "ann@elsewhere.example"}
	ann.get("/account").must(200, "Link Example University")
	form := func() *form { return ann.get("/account").form("/account/links").set("provider", "uni") }
	form().set("link_password", "wrong").press("").must(422, "This is not your password")
	form().set("link_password", password, "provider", "nobody").press("").must(404)
	link := func(b *browser) string {
		p := b.get("/account").form("/account/links").set("provider", "uni", "link_password", password).press("").must(200, "Go on to Example University")
		return i.visit(attributeOf(p, "a", "rel", "noreferrer", "href"))
	}
	// Somebody else's browser cannot bring the answer back, nor can a browser that changed its user meanwhile.
	back := link(ann)
	ben.get(back).must(403)
	before := ann.cookie("quoin_session")
	ann.get(link(ann)).must(303).follow().must(200, "Linked. You can sign in with it", "ann@elsewhere.example")
	if ann.cookie("quoin_session") == before {
		t.Error("the session did not rotate")
	}
	ben.get(link(ben)).must(403, "belongs to another account here")
	visitor := w.visitor()
	i.through(visitor, "/").must(303)
	visitor.get("/account").must(200, "ann@example.org")
	ann.get("/account").form("/account/links/remove").press("").must(303)
	i.through(w.visitor(), "/").must(403, "No account here goes with")
}

func TestSignInWithIsBounded(t *testing.T) {
	i := newIssuer(t)
	w := newWorld(t, options{config: func(c *host.Config) {
		c.Limiter = &portstest.Limiter{}
		c.SignWith = []oidc.Config{{Name: "uni", Issuer: i.URL, ClientID: "client", Private: true}}
	}})
	b := w.visitor()
	for range 60 {
		b.get("/signin/with/uni").must(303)
	}
	b.get("/signin/with/uni").must(429, "Too many tries")
}

package host

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// signWithRoutes let people sign in with an account of another site.
func signWithRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/signin/with/:provider", Who: Anyone, Kind: Page, Handle: (*request).signWith, Free: true},
		{Method: "GET", Path: "/signin/with/:provider/back", Who: Anyone, Kind: Page, Handle: (*request).signWithBack, Free: true},
		{Method: "POST", Path: "/account/links", Who: SignedIn, Kind: Page, Handle: (*request).linkWith},
		{Method: "POST", Path: "/account/links/remove", Who: SignedIn, Kind: Page, Handle: (*request).unlink},
	}
}

// flowCookie holds a sign-in at another site while it is on its way, signed for this browser.
const flowCookie = "quoin_flow"

// signsWith bounds how often one client may begin or end a sign-in at another site: each makes us ask that site.
var signsWith = ports.Rate{Events: 60, Period: 10 * time.Minute}

// flow is a sign-in on its way. User is whose account is being linked, "" for signing in.
type flow struct {
	oidc.Flow
	Next, User string
}

// signButton is a way to sign in.
type signButton struct{ Name, Label, Link string }

// openProviders prepares the other sites.
func (s *Server) openProviders() error {
	for _, config := range s.config.SignWith {
		if s.provider(config.Name) != nil {
			return fmt.Errorf("sign-in by %s is configured twice", config.Name)
		}
		p, err := oidc.New(config, s.origin()+"/signin/with/"+config.Name+"/back", s.config.Now)
		if err != nil {
			return err
		}
		s.providers = append(s.providers, p)
	}
	return nil
}

func (s *Server) provider(name string) *oidc.Provider {
	for _, p := range s.providers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// signButtons are the other sites, to sign in with and then go to next.
func (r *request) signButtons(next string) []signButton {
	var buttons []signButton
	for _, p := range r.server.providers {
		buttons = append(buttons, signButton{p.Name, p.Label(), "/signin/with/" + p.Name + "?next=" + escapeNext(next, fiber.MethodGet)})
	}
	return buttons
}

// signWith sends the browser to another site.
func (r *request) signWith() error {
	p, next := r.server.provider(r.param("provider")), localPath(r.Query("next"))
	switch {
	case p == nil:
		return errNotFound
	case r.user != nil:
		return r.Redirect(next, fiber.StatusSeeOther)
	}
	address, err := r.beginFlow(p, flow{Next: next})
	if err != nil {
		return r.signWithFailed(p, next, err)
	}
	return r.Redirect(address, fiber.StatusSeeOther)
}

// beginFlow gives the address at the other site, and the browser what it must bring back.
func (r *request) beginFlow(p *oidc.Provider, f flow) (string, error) {
	if err := r.slowed("signwith:"+people.ClientKey(r.client()), signsWith); err != nil {
		return "", err
	}
	address, begun, err := p.Begin(r.ctx())
	if err != nil {
		return "", err
	}
	f.Flow = begun
	data, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	r.token() // which gives a visitor's browser something to bind the flow to
	payload := base64.RawURLEncoding.EncodeToString(data)
	r.setCookie(flowCookie, payload+"."+r.site().People.CSRF(r.flowBinding(payload)), time.Time{})
	return address, nil
}

func (r *request) flowBinding(payload string) string { return r.binding + "\nflow\n" + payload }

// endFlow takes the flow out of the browser, if it is this browser's.
func (r *request) endFlow() (flow, error) {
	payload, mac, _ := strings.Cut(r.Cookies(r.server.cookieName(flowCookie)), ".")
	r.setCookie(flowCookie, "", time.Unix(1, 0))
	var f flow
	if r.binding == "" || !r.site().People.CheckCSRF(r.flowBinding(payload), mac) {
		return f, oidc.ErrForeign
	}
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(data, &f) != nil {
		return f, oidc.ErrForeign
	}
	return f, nil
}

// signWithBack is where the other site sends the browser back to.
func (r *request) signWithBack() error {
	p := r.server.provider(r.param("provider"))
	if p == nil {
		return errNotFound
	}
	f, err := r.endFlow()
	if err != nil {
		return r.signWithFailed(p, "/", err)
	}
	if err := r.slowed("signwith:"+people.ClientKey(r.client()), signsWith); err != nil {
		return r.signWithFailed(p, f.Next, err)
	}
	identity, err := p.Finish(r.ctx(), f.Flow, oidc.Answer{
		State: r.Query("state"), Code: r.Query("code"), Error: r.Query("error"), Issuer: r.Query("iss"),
	})
	if err != nil {
		return r.signWithFailed(p, f.Next, err)
	}
	if f.User != "" {
		return r.linked(p, f, identity)
	}
	user, err := r.identified(p, identity)
	if err != nil {
		return r.signWithFailed(p, f.Next, err)
	}
	return r.enterBy(user, localPath(f.Next), "oidc")
}

// Errors of people whom the other site let in and this one does not.
var (
	errNoAccount = errors.New("nobody here has this identity")
	errHasOne    = errors.New("an account here has the same address")
	errNoEmail   = errors.New("the other site told no address")
)

// identified finds whose identity it is, or makes him an account where the configuration says so.
func (r *request) identified(p *oidc.Provider, identity oidc.Identity) (people.User, error) {
	user, err := r.site().People.FindIdentity(r.ctx(), identity.Issuer, identity.Subject)
	if err == nil || !errors.Is(err, people.ErrNotFound) {
		return user, err
	}
	// What is no address could be somebody's user name, which the other site says nothing about.
	if identity.Email, err = people.ParseEmail(identity.Email); err != nil {
		identity.Email = ""
	}
	if identity.Email != "" {
		user, err = r.site().People.FindUser(r.ctx(), identity.Email)
		switch {
		case err == nil && p.LinkEmail && identity.Verified && user.Confirmed && !user.Disabled:
			// Both sites know that the address is his. One that was never confirmed here may be anybody's.
			return user, r.site().People.Link(r.ctx(), user.ID, linkOf(p, identity))
		case err == nil:
			return people.User{}, errHasOne
		case !errors.Is(err, people.ErrNotFound):
			return people.User{}, err
		}
	}
	switch {
	case !p.Create:
		return people.User{}, errNoAccount
	case identity.Email == "":
		return people.User{}, errNoEmail
	}
	return r.createFor(p, identity)
}

func linkOf(p *oidc.Provider, identity oidc.Identity) people.Identity {
	label := identity.Email
	if label == "" {
		label = identity.Username
	}
	return people.Identity{Provider: p.Name, Issuer: identity.Issuer, Subject: identity.Subject, Label: clip(label, 254)}
}

// createFor makes an account for somebody who comes from another site. What is asked of everybody is asked on his first page.
func (r *request) createFor(p *oidc.Provider, identity oidc.Identity) (people.User, error) {
	fresh := people.NewUser{
		Email: identity.Email, Confirmed: identity.Verified, Passwordless: true,
		Profile: people.Profile{Name: identity.Name, Locale: r.words.Language},
	}
	const tries = 5
	var last error
	for _, name := range append([]string{usernameFrom(identity.Username)}, guestNames(tries)...) {
		fresh.Username = name
		user, err := r.site().People.Create(r.ctx(), fresh)
		var problems people.Problems
		if !errors.As(err, &problems) {
			if err != nil {
				return user, err
			}
			if err := r.site().People.Link(r.ctx(), user.ID, linkOf(p, identity)); err != nil {
				return user, err
			}
			if !user.Confirmed && r.server.config.Mailer != nil {
				r.post(user, people.PurposeConfirm, user.Email, user.Email, confirmLasts)
			}
			return user, nil
		}
		last = err
		for _, problem := range problems {
			switch problem.Field {
			case people.FieldEmail:
				if problem.Code == people.CodeTaken {
					return people.User{}, errHasOne
				}
				return people.User{}, errNoEmail
			case people.FieldName:
				fresh.Name = ""
			default: // what the other site says of the rest can be left out
			}
		}
	}
	return people.User{}, last
}

// usernameFrom makes a name that may be had out of what somebody is called elsewhere. An address is no name: others see it.
func usernameFrom(name string) string {
	if strings.Contains(name, "@") {
		return ""
	}
	return strings.Trim(strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			return c
		}
		return -1
	}, clip(name, 30)), "._-")
}

// guestNames are names for those who bring none.
func guestNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "learner-" + strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(people.NewToken())[:8])
	}
	return names
}

// signWithFailed says on the sign-in page what went wrong at the other site or on the way. Once somebody is signed in he is
// told on his account page.
func (r *request) signWithFailed(p *oidc.Provider, next string, err error) error {
	status := fiber.StatusForbidden
	var text string
	var known *fiber.Error
	switch {
	case errors.As(err, &known):
		status, text = known.Code, known.Message
	case errors.Is(err, oidc.ErrDenied):
		text = r.words.T("with.denied", p.Label())
	case errors.Is(err, oidc.ErrForeign):
		text = r.words.T("with.foreign", p.Label())
	case errors.Is(err, errNoAccount):
		text = r.words.T("with.no_account", p.Label())
	case errors.Is(err, errHasOne):
		text = r.words.T("with.has_one", p.Label())
	case errors.Is(err, errNoEmail):
		text = r.words.T("with.no_email", p.Label())
	case errors.Is(err, people.ErrLinked):
		text = r.words.T("with.linked_elsewhere", p.Label())
	case errors.Is(err, people.ErrDisabled):
		text = r.words.T("signin.disabled")
	default:
		r.server.config.Log.WarnContext(r.ctx(), "signing in at another site failed", "provider", p.Name, "error", err)
		status, text = fiber.StatusBadGateway, r.words.T("with.failed", p.Label())
	}
	if r.user != nil {
		return r.showAccount(&accountForm{notice: text, status: status})
	}
	return r.showSignIn(status, &account{Next: localPath(next), Summary: text})
}

// linked lets the reader sign in with what he has shown to be his at the other site.
func (r *request) linked(p *oidc.Provider, f flow, identity oidc.Identity) error {
	if r.user == nil || r.user.ID != f.User {
		return r.signWithFailed(p, "/account", oidc.ErrForeign)
	}
	if err := r.site().People.Link(r.ctx(), r.user.ID, linkOf(p, identity)); err != nil {
		return r.signWithFailed(p, "/account", err)
	}
	return r.enterBy(*r.user, "/account?saved=linked", r.session.Method)
}

// linkWith asks for the password and shows the way to the other site. It is a form of ours, so that nobody else can begin it.
func (r *request) linkWith() error {
	p := r.server.provider(r.form("provider"))
	if p == nil {
		return errNotFound
	}
	if ok, err := r.prove("link_password", nil); !ok {
		return err
	}
	address, err := r.beginFlow(p, flow{Next: "/account", User: r.user.ID})
	if err != nil {
		return r.signWithFailed(p, "/account", err)
	}
	return r.show("goto.html", page{Title: r.words.T("with.goto", p.Label()), Body: &signButton{p.Name, p.Label(), address}})
}

func (r *request) unlink() error {
	err := r.site().People.Unlink(r.ctx(), r.user.ID, clip(r.form("identity"), 100))
	switch {
	case errors.Is(err, people.ErrNotFound):
		return errNotFound
	case errors.Is(err, people.ErrLastWay):
		return r.showAccount(&accountForm{notice: r.words.T("with.last_way"), status: fiber.StatusConflict})
	case err != nil:
		return err
	}
	return r.saved("unlinked")
}

// linksPart is what the account page shows of other sites.
type linksPart struct {
	Linked []linkedPart
	// More are the sites that are not linked yet.
	More []signButton
}

type linkedPart struct {
	ID, Site, Label string
	Made            *instant
}

// links lists the reader's identities; nil on a site without any.
func (r *request) links() (*linksPart, error) {
	identities, err := r.site().People.Identities(r.ctx(), r.user.ID)
	if err != nil || len(identities) == 0 && len(r.server.providers) == 0 {
		return nil, err
	}
	part, has := &linksPart{}, map[string]bool{}
	for _, identity := range identities {
		site := identity.Provider
		if p := r.server.provider(identity.Provider); p != nil {
			site = p.Label()
		}
		has[identity.Issuer] = true
		part.Linked = append(part.Linked, linkedPart{identity.ID, site, identity.Label, r.instant(identity.Made)})
	}
	for _, p := range r.server.providers {
		if !has[p.Issuer] {
			part.More = append(part.More, signButton{Name: p.Name, Label: p.Label()})
		}
	}
	return part, nil
}

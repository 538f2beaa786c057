// Package oidc lets people sign in with an account of another site (OpenID Connect, authorization code with PKCE). Discovery,
// keys and tokens come from github.com/coreos/go-oidc; what is here is which sites, through which client, and what is asked
// of an answer.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is one site that people may sign in with.
type Config struct {
	// Name stands in addresses: small letters, digits and hyphens. Title is what the button says; "" is Name.
	Name, Title string
	// Issuer is the site's own name, an https address; ClientID and ClientSecret are what it gave us.
	Issuer, ClientID, ClientSecret string
	// Scopes are asked for beside "openid"; none is "email" and "profile".
	Scopes []string
	// Create makes accounts for people who have none here.
	Create bool
	// LinkEmail lets somebody in whose address the other site has verified, and this one has confirmed, without being asked
	// for his password first. Whoever runs the other site can then enter every account that has such an address.
	LinkEmail bool
	// Private allows addresses of private networks and of this machine, and http, for a site of one's own.
	Private bool
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Check says what is wrong with a configuration.
func (c *Config) Check() error {
	issuer, err := url.Parse(c.Issuer)
	switch {
	case !namePattern.MatchString(c.Name):
		return fmt.Errorf("sign-in by %q: a name has small letters, digits and hyphens, 32 at most", c.Name)
	case err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "":
		return fmt.Errorf("sign-in by %s: issuer %q must look like https://accounts.example.org", c.Name, c.Issuer)
	case issuer.Scheme != "https" && (issuer.Scheme != "http" || !c.Private):
		return fmt.Errorf("sign-in by %s: issuer %q must begin with https; http is for private_addresses alone", c.Name, c.Issuer)
	case c.ClientID == "":
		return fmt.Errorf("sign-in by %s: client_id is missing; the other site gives it", c.Name)
	}
	return nil
}

// Label is what a button says of the site.
func (c *Config) Label() string {
	if c.Title != "" {
		return c.Title
	}
	return c.Name
}

// Errors, always wrapped. What else goes wrong is an error of the other site or of the way to it.
var (
	// ErrDenied: the person, or the other site, did not want to.
	ErrDenied = errors.New("the other site did not let the person in")
	// ErrForeign: the answer belongs to no sign-in that this browser began, or not to this site.
	ErrForeign = errors.New("the answer does not belong to this sign-in")
)

// Flow is one sign-in on its way. It belongs into the browser that began it, unreadable to others.
type Flow struct {
	Provider, State, Nonce, Verifier string
	Begun                            time.Time
}

// flowTime is how long somebody may take at the other site.
const flowTime = 15 * time.Minute

// Identity is who somebody is on the other site.
type Identity struct {
	Issuer, Subject string
	// Email is "" when the site did not tell one; Verified says that it knows that the address is the person's.
	Email    string
	Verified bool
	Name     string
	// Username is what the person would like to be called.
	Username string
}

// Provider is one site. Safe for concurrent use.
type Provider struct {
	Config
	client   *http.Client
	redirect string
	now      func() time.Time

	mu    sync.Mutex
	found *oidc.Provider
	at    time.Time
}

// rediscover is how long what the site says of itself is believed.
const rediscover = 12 * time.Hour

// New prepares a site; nothing is asked of it yet. redirect is the absolute address that it sends people back to; now may be
// nil.
func New(config Config, redirect string, now func() time.Time) (*Provider, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	if len(config.Scopes) == 0 {
		config.Scopes = []string{"email", "profile"}
	}
	if now == nil {
		now = time.Now
	}
	return &Provider{Config: config, client: newClient(config.Private), redirect: redirect, now: now}, nil
}

// discover asks the site what it is like, now and then. One that cannot be asked again is believed a while longer.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && p.now().Sub(p.at) < rediscover {
		return p.found, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err == nil {
		err = p.endpoints(found)
	}
	if err != nil {
		if p.found != nil {
			return p.found, nil
		}
		return nil, fmt.Errorf("asking %s what it is like: %w", p.Name, short(err))
	}
	p.found, p.at = found, p.now()
	return found, nil
}

// endpoints refuses addresses that no browser and no secret should be sent to.
func (p *Provider) endpoints(found *oidc.Provider) error {
	for _, address := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL} {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host == "" || parsed.Scheme != "https" && (parsed.Scheme != "http" || !p.Private) {
			return fmt.Errorf("it names the address %.100q", address)
		}
	}
	return nil
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	scopes := append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(p.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...)
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.redirect, Scopes: scopes}
}

func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Begin gives the address at the other site to send the browser to, and what the browser must bring back.
func (p *Provider) Begin(ctx context.Context) (string, Flow, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow := Flow{Provider: p.Name, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Begun: p.now().UTC()}
	return p.oauth(found).AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Answer is what the other site sent the browser back with.
type Answer struct{ State, Code, Error, Issuer string }

// Finish turns an answer into who the person is.
func (p *Provider) Finish(ctx context.Context, flow Flow, answer Answer) (Identity, error) {
	age := p.now().Sub(flow.Begun)
	switch {
	case flow.Provider != p.Name || flow.State == "" || subtle.ConstantTimeCompare([]byte(flow.State), []byte(answer.State)) != 1:
		return Identity{}, fmt.Errorf("signing in by %s: %w", p.Name, ErrForeign)
	case age < 0 || age > flowTime:
		return Identity{}, fmt.Errorf("signing in by %s: %w: it began %s ago", p.Name, ErrForeign, age)
	case answer.Issuer != "" && answer.Issuer != p.Issuer: // RFC 9207
		return Identity{}, fmt.Errorf("signing in by %s: %w: it is from another site", p.Name, ErrForeign)
	case answer.Error != "" || answer.Code == "":
		return Identity{}, fmt.Errorf("signing in by %s: %w: %.100q", p.Name, ErrDenied, answer.Error)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := p.oauth(found).Exchange(oidc.ClientContext(ctx, p.client), answer.Code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, fmt.Errorf("exchanging the code of %s: %w", p.Name, short(err))
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, fmt.Errorf("signing in by %s: the answer has no id_token", p.Name)
	}
	proof, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("checking the id_token of %s: %w", p.Name, short(err))
	}
	if subtle.ConstantTimeCompare([]byte(proof.Nonce), []byte(flow.Nonce)) != 1 {
		return Identity{}, fmt.Errorf("signing in by %s: %w: another nonce", p.Name, ErrForeign)
	}
	return p.identity(ctx, found, proof, token)
}

// claims are what is read of a person. Some sites write verified as a text.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"`
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
}

// identity reads who the person is from the token, and what is missing there from the site's own address for it.
func (p *Provider) identity(ctx context.Context, found *oidc.Provider, proof *oidc.IDToken, token *oauth2.Token) (Identity, error) {
	if proof.Subject == "" || len(proof.Subject) > 255 {
		return Identity{}, fmt.Errorf("signing in by %s: the id_token names nobody", p.Name)
	}
	var c claims
	if err := proof.Claims(&c); err != nil {
		return Identity{}, fmt.Errorf("reading the id_token of %s: %w", p.Name, short(err))
	}
	if c.Email == "" && found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(oidc.ClientContext(ctx, p.client), oauth2.StaticTokenSource(token))
		switch {
		case err != nil:
			return Identity{}, fmt.Errorf("asking %s about a person: %w", p.Name, short(err))
		case info.Subject != proof.Subject:
			return Identity{}, fmt.Errorf("asking %s about a person: %w: it tells of another one", p.Name, ErrForeign)
		}
		if err := info.Claims(&c); err != nil {
			return Identity{}, fmt.Errorf("asking %s about a person: %w", p.Name, short(err))
		}
	}
	return Identity{
		Issuer: p.Issuer, Subject: proof.Subject, Email: c.Email, Verified: c.Verified == true || c.Verified == "true",
		Name: c.Name, Username: c.Username,
	}, nil
}

// short bounds an error's text: libraries quote the other site's answers.
func short(err error) error {
	const most = 300
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, err.Error())
	if len(text) <= most {
		return err
	}
	return errors.New(strings.ToValidUTF8(text[:most], "") + "...")
}

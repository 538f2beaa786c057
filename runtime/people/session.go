package people

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Session is one browser's.
type Session struct {
	// ID names it to its user; it is not the token.
	ID   string
	User string
	// Method says how it began: "password", "oidc", "cli".
	Method  string
	Created time.Time
	// Seen is when it was last used, to some minutes.
	Seen    time.Time
	Expires time.Time
	// Agent is what the browser called itself, Client the network that it came from.
	Agent, Client string
}

// Facts are what is remembered of a new session.
type Facts struct {
	Method string
	Agent  string
	Client netip.Addr
}

// sessionDoc's id is the token's digest.
type sessionDoc struct {
	User    string    `bson:"user"`
	Epoch   int64     `bson:"epoch"`
	Method  string    `bson:"method"`
	Created time.Time `bson:"created"`
	Seen    time.Time `bson:"seen"`
	Expires time.Time `bson:"expires"`
	Agent   string    `bson:"agent,omitempty"`
	Client  string    `bson:"client,omitempty"`
}

func (d *sessionDoc) session(id string) Session {
	return Session{id, d.User, d.Method, d.Created, d.Seen, d.Expires, d.Agent, d.Client}
}

const (
	tokenBytes = 32
	maxAgent   = 200
	// maxSessions of one user are kept; the oldest ends when another begins.
	maxSessions = 50
	// touchEvery bounds how often a session's use is written.
	touchEvery = 5 * time.Minute
)

// NewToken makes 256 random bits for a cookie. A visitor's browser may hold one that is stored nowhere, to bind a form to it
// with [People.CSRF].
func NewToken() string { return base64.RawURLEncoding.EncodeToString(randomBytes(tokenBytes)) }

func wellFormed(token string) bool { return len(token) == base64.RawURLEncoding.EncodedLen(tokenBytes) }

// StartSession begins a session for a user that [People.SignIn] returned, under a new token, and ends the one that the
// browser had (old, "" for none). When password or roles have changed since the user was read, the session is over before
// it begins.
func (p *People) StartSession(ctx context.Context, user User, facts Facts, old string) (token string, s Session, err error) {
	if user.epoch == 0 {
		return "", Session{}, fmt.Errorf("starting session: %w: the user was not read from here", ErrInvalid)
	}
	if err := p.dropOldest(ctx, user.ID); err != nil {
		return "", Session{}, fmt.Errorf("starting session: %w", err)
	}
	if _, err := p.Accept(ctx, user); err != nil {
		return "", Session{}, fmt.Errorf("starting session: %w", err)
	}
	now := p.now()
	token = NewToken()
	doc := sessionDoc{
		User: user.ID, Epoch: user.epoch, Method: facts.Method, Created: now, Seen: now, Agent: agentOf(facts.Agent),
	}
	doc.Expires = p.expiry(&doc, now)
	if facts.Client.IsValid() {
		doc.Client = clientArea(facts.Client)
	}
	if err := p.sessions.Insert(ctx, digest(token), doc); err != nil {
		return "", Session{}, fmt.Errorf("starting session: %w", err)
	}
	if err := p.EndSession(ctx, old); err != nil {
		return "", Session{}, fmt.Errorf("starting session: %w", err)
	}
	return token, doc.session(digest(token)), nil
}

func (p *People) expiry(d *sessionDoc, now time.Time) time.Time {
	idle, end := now.Add(p.config.SessionIdle), d.Created.Add(p.config.SessionMax)
	if end.Before(idle) {
		return end
	}
	return idle
}

func (p *People) dropOldest(ctx context.Context, user string) error {
	docs, _, err := p.sessions.Find(ctx, store.Query{Index: "user", Equal: []any{user}, Reverse: true, Limit: 10 * maxSessions})
	if err != nil {
		return err
	}
	for i := maxSessions - 1; i < len(docs); i++ {
		if err := p.dropSession(ctx, docs[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// FindSession returns the session that a token names and its user, or ErrNoSession. It notes the use, at most every few
// minutes.
func (p *People) FindSession(ctx context.Context, token string) (Session, User, error) {
	if !wellFormed(token) {
		return Session{}, User{}, fmt.Errorf("finding session: %w", ErrNoSession)
	}
	doc, err := p.sessions.Get(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNoSession
	}
	if err != nil {
		return Session{}, User{}, fmt.Errorf("finding session: %w", err)
	}
	user, err := p.sessionUser(ctx, &doc.Body)
	if err != nil {
		return Session{}, User{}, fmt.Errorf("finding session: %w", err)
	}
	if now := p.now(); now.Sub(doc.Body.Seen) >= touchEvery {
		doc.Body.Seen, doc.Body.Expires = now, p.expiry(&doc.Body, now)
		if _, err := p.sessions.Replace(ctx, doc); errors.Is(err, store.ErrNotFound) {
			return Session{}, User{}, fmt.Errorf("finding session: %w", ErrNoSession) // ended this moment
		} else if err != nil && !errors.Is(err, store.ErrConflict) {
			return Session{}, User{}, fmt.Errorf("finding session: %w", err)
		}
	}
	return doc.Body.session(doc.ID), user, nil
}

// CheckSession reports whether a session that was found earlier still holds: nil or ErrNoSession. Streams ask now and then.
func (p *People) CheckSession(ctx context.Context, id string) error {
	doc, err := p.sessions.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNoSession
	}
	if err == nil {
		_, err = p.sessionUser(ctx, &doc.Body)
	}
	if err != nil {
		return fmt.Errorf("checking session: %w", err)
	}
	return nil
}

// sessionUser says whose session it is, if it holds.
func (p *People) sessionUser(ctx context.Context, d *sessionDoc) (User, error) {
	if !p.now().Before(d.Expires) {
		return User{}, ErrNoSession
	}
	user, err := p.User(ctx, d.User)
	if errors.Is(err, ErrNotFound) {
		return User{}, ErrNoSession
	}
	if err != nil {
		return User{}, err
	}
	if user.Disabled || user.epoch != d.Epoch {
		return User{}, ErrNoSession
	}
	return user, nil
}

// Sessions lists a user's sessions that hold, newest first.
func (p *People) Sessions(ctx context.Context, user string) ([]Session, error) {
	account, err := p.User(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	docs, _, err := p.sessions.Find(ctx, store.Query{Index: "user", Equal: []any{user}, Reverse: true, Limit: 10 * maxSessions})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	var sessions []Session
	for i := range docs {
		if d := &docs[i].Body; d.Epoch == account.epoch && p.now().Before(d.Expires) {
			sessions = append(sessions, d.session(docs[i].ID))
		}
	}
	return sessions, nil
}

// EndSession signs a browser out. A token that names no session is no error.
func (p *People) EndSession(ctx context.Context, token string) error {
	if !wellFormed(token) {
		return nil
	}
	doc, err := p.sessions.Get(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = p.dropSession(ctx, doc.ID)
	}
	if err != nil {
		return fmt.Errorf("ending session: %w", err)
	}
	p.config.Ended(ctx, doc.Body.User)
	return nil
}

// EndOne signs out one of a user's sessions by its id, or returns ErrNotFound when it is not theirs.
func (p *People) EndOne(ctx context.Context, user, id string) error {
	doc, err := p.sessions.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Body.User != user) {
		err = ErrNotFound
	}
	if err == nil {
		err = p.dropSession(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("ending session: %w", err)
	}
	p.config.Ended(ctx, user)
	return nil
}

// EndAll signs a user out everywhere.
func (p *People) EndAll(ctx context.Context, user string) error {
	_, err := p.update(ctx, "ending sessions", user, func(d *userDoc) (bool, error) {
		d.Epoch++
		return true, nil
	})
	return err
}

func (p *People) dropSession(ctx context.Context, id string) error {
	if err := p.sessions.Delete(ctx, id, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// Sweep deletes sessions, one-use tokens and invitations that expired, and returns how many; a daily job.
func (p *People) Sweep(ctx context.Context) (int, error) {
	swept := 0
	query := store.Query{Index: "expires", To: p.now(), Limit: 1000}
	err := p.sessions.Each(ctx, query, func(doc store.Doc[sessionDoc]) error {
		swept++
		return p.dropSession(ctx, doc.ID)
	})
	if err != nil {
		return swept, fmt.Errorf("sweeping sessions: %w", err)
	}
	err = p.tokens.Each(ctx, query, func(doc store.Doc[tokenDoc]) error {
		swept++
		return p.dropToken(ctx, doc.ID)
	})
	if err != nil {
		return swept, fmt.Errorf("sweeping tokens: %w", err)
	}
	if err := p.dropInvitations(ctx, query, &swept); err != nil {
		return swept, fmt.Errorf("sweeping invitations: %w", err)
	}
	return swept, nil
}

// agentOf keeps a browser's own description printable and short.
func agentOf(agent string) string {
	agent = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(agent, ""))
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "")
	}
	return agent
}

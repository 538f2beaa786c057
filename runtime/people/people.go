package people

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors, always wrapped with the operation. Test with errors.Is; what a form can mend is a [Problems] instead.
var (
	// ErrNotFound: no such person, member, cohort or role.
	ErrNotFound = errors.New("not found")
	// ErrCredentials: no such account, or another password. The two are not told apart.
	ErrCredentials = errors.New("wrong name or password")
	// ErrDisabled: the password was right, but the account is closed.
	ErrDisabled = errors.New("account disabled")
	// ErrBusy: too many passwords are being checked; try again shortly.
	ErrBusy = errors.New("too many sign-ins at once")
	// ErrNoSession: the token names no session, or one that has ended.
	ErrNoSession = errors.New("no session")
	// ErrToken: a one-use token is unknown, used, expired or for something else.
	ErrToken = errors.New("link expired or used")
	// ErrLastAdmin: the site would be left without an administrator.
	ErrLastAdmin = errors.New("the site needs an administrator")
	// ErrInUse: a cohort that has members.
	ErrInUse = errors.New("in use")
	// ErrInvalid: a malformed role, run, mode, group or filter.
	ErrInvalid = errors.New("invalid request")
)

// Config says how people are kept. Store, Secret and Limiter must be set.
type Config struct {
	Store store.Store
	// Secret is the site's, at least 32 bytes. It must never change; see the package comment.
	Secret []byte
	// Limiter counts attempts to sign in.
	Limiter ports.Limiter
	// Rates bound attempts to sign in.
	Rates Rates
	// Cost is the work of a password hash; hashes made with less are renewed when their owner signs in.
	Cost Cost
	// Hashes is how many passwords are hashed at once, each with Cost.Memory; 0 is the number of processors. HashQueue is
	// how many more may wait before ErrBusy; 0 is 256.
	Hashes, HashQueue int
	// MinPassword is the shortest password in characters; 0 is 8.
	MinPassword int
	// SessionIdle ends a session that was not used for so long; 0 is 14 days. SessionMax ends it in any case; 0 is 90 days.
	SessionIdle, SessionMax time.Duration
	// Ended, when not nil, hears of a user whose sessions have ended, so that open streams can be closed. It is called
	// after the fact and must not block; streams look for themselves now and then, since a process may die in between.
	Ended func(ctx context.Context, user string)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// People gives access to everything about persons. It is safe for concurrent use, also by several processes.
type People struct {
	config     Config
	keys       keys
	hasher     *hasher
	credits    *credits
	users      store.Collection[userDoc]
	sessions   store.Collection[sessionDoc]
	tokens     store.Collection[tokenDoc]
	members    store.Collection[memberDoc]
	cohorts    store.Collection[cohortDoc]
	words      store.Collection[wordDoc]
	invited    store.Collection[invitationDoc]
	erasures   store.Collection[erasureDoc]
	feeds      store.Collection[feedDoc]
	identities store.Collection[identityDoc]
}

var (
	userSpec = store.Spec{Name: "people_users", Indexes: []store.Index{
		{Name: "username", Fields: []string{"username_key"}, Unique: true},
		{Name: "email", Fields: []string{"email_key"}, Unique: true},
		{Name: "created", Fields: []string{"created"}},
		{Name: "role", Fields: []string{"roles"}, Multi: true},
		{Name: "erasing", Fields: []string{"erasing"}},
		{Name: "changed", Fields: []string{"changed"}},
		{Name: "unlisted", Fields: []string{"unlisted"}},
	}}
	sessionSpec = store.Spec{Name: "people_sessions", Indexes: []store.Index{
		{Name: "user", Fields: []string{"user", "created"}},
		{Name: "expires", Fields: []string{"expires"}},
	}}
	tokenSpec = store.Spec{Name: "people_tokens", Indexes: []store.Index{
		{Name: "user", Fields: []string{"user", "purpose", "expires"}},
		{Name: "expires", Fields: []string{"expires"}},
	}}
	memberSpec = store.Spec{Name: "people_members", Learners: "pseudonym", Indexes: []store.Index{
		{Name: "run", Fields: []string{"run", "enrolled"}},
		{Name: "user", Fields: []string{"user", "run"}},
		{Name: "group", Fields: []string{"group_keys"}, Multi: true},
		{Name: "changed", Fields: []string{"run", "changed"}},
		{Name: "by_name", Fields: []string{"lists", "name_key"}, Multi: true},
		{Name: "by_date", Fields: []string{"lists", "listed_at"}, Multi: true},
	}}
	cohortSpec  = store.Spec{Name: "people_cohorts", Indexes: []store.Index{{Name: "run", Fields: []string{"run", "name"}}}}
	wordSpec    = store.Spec{Name: "people_words", Learners: "pseudonym", Indexes: []store.Index{{Name: "user", Fields: []string{"user"}}}}
	invitedSpec = store.Spec{Name: "people_invitations", Indexes: []store.Index{
		{Name: "run", Fields: []string{"run", "email"}},
		{Name: "email", Fields: []string{"email_key"}},
		{Name: "expires", Fields: []string{"expires"}},
	}}
	erasureSpec = store.Spec{Name: "people_erasures"}
)

// Specs are the collections of this package.
func Specs() []store.Spec {
	return []store.Spec{userSpec, sessionSpec, tokenSpec, memberSpec, cohortSpec, wordSpec, invitedSpec, erasureSpec, feedSpec, identitySpec}
}

const minSecret = 32

// New prepares access; it does no I/O.
func New(config Config) (*People, error) {
	if len(config.Secret) < minSecret {
		return nil, fmt.Errorf("setting up people: the site secret has %d bytes, it needs at least %d", len(config.Secret), minSecret)
	}
	if config.Store == nil || config.Limiter == nil {
		return nil, errors.New("setting up people: store or limiter is missing")
	}
	config.fill()
	if err := config.Cost.check(); err != nil {
		return nil, fmt.Errorf("setting up people: %w", err)
	}
	derived, err := deriveKeys(config.Secret)
	if err != nil {
		return nil, fmt.Errorf("setting up people: %w", err)
	}
	return &People{
		config:     config,
		keys:       derived,
		hasher:     newHasher(config.Cost, config.Hashes, config.HashQueue),
		credits:    &credits{},
		users:      store.Of[userDoc](config.Store, userSpec),
		sessions:   store.Of[sessionDoc](config.Store, sessionSpec),
		tokens:     store.Of[tokenDoc](config.Store, tokenSpec),
		members:    store.Of[memberDoc](config.Store, memberSpec),
		cohorts:    store.Of[cohortDoc](config.Store, cohortSpec),
		words:      store.Of[wordDoc](config.Store, wordSpec),
		invited:    store.Of[invitationDoc](config.Store, invitedSpec),
		erasures:   store.Of[erasureDoc](config.Store, erasureSpec),
		feeds:      store.Of[feedDoc](config.Store, feedSpec),
		identities: store.Of[identityDoc](config.Store, identitySpec),
	}, nil
}

const (
	defaultHashQueue   = 256
	defaultMinPassword = 8
	defaultSessionIdle = 14 * 24 * time.Hour
	defaultSessionMax  = 90 * 24 * time.Hour
)

func (c *Config) fill() {
	c.Rates.fill()
	c.Cost.fill()
	if c.Hashes <= 0 {
		c.Hashes = runtime.GOMAXPROCS(0)
	}
	if c.HashQueue <= 0 {
		c.HashQueue = defaultHashQueue
	}
	if c.MinPassword <= 0 {
		c.MinPassword = defaultMinPassword
	}
	if c.SessionIdle <= 0 {
		c.SessionIdle = defaultSessionIdle
	}
	if c.SessionMax <= 0 {
		c.SessionMax = defaultSessionMax
	}
	if c.Ended == nil {
		c.Ended = func(context.Context, string) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// now has the store's precision.
func (p *People) now() time.Time { return p.config.Now().UTC().Truncate(time.Millisecond) }

// keys are made from the site's secret, one for each use.
type keys struct{ pseudonym, csrf, device, login, cohort []byte }

func deriveKeys(secret []byte) (k keys, err error) {
	for name, key := range map[string]*[]byte{
		"pseudonym": &k.pseudonym, "csrf": &k.csrf, "device": &k.device, "login": &k.login, "cohort": &k.cohort,
	} {
		if *key, err = hkdf.Key(sha256.New, secret, nil, "quoin people "+name+" 1", sha256.Size); err != nil {
			return k, err
		}
	}
	return k, nil
}

// letters writes random bits in lower case, without padding and without letters that look alike in bad type.
var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// randomID is 128 random bits in 26 letters.
func randomID() string {
	var bits [16]byte
	io.ReadFull(rand.Reader, bits[:]) //nolint:errcheck // crypto/rand never fails
	return letters.EncodeToString(bits[:])
}

// credits remembers attempts that succeeded: the next of the same kind is free, so that only failures count. It is kept per
// process; an attempt that finds no credit is merely counted.
type credits struct {
	mu   sync.Mutex
	free map[string]int
}

const maxCredits = 10_000

func (c *credits) give(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.free == nil || len(c.free) >= maxCredits {
		c.free = map[string]int{}
	}
	c.free[key]++
}

func (c *credits) take(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.free[key] {
	case 0:
		return false
	case 1:
		delete(c.free, key)
	default:
		c.free[key]--
	}
	return true
}

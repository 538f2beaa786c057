// Package secrets keeps what packages use and never see: keys of outside services. An administrator sets one by the command
// line for one package and one host; it is encrypted with the site's secret and never shown again. A block names its handle.
package secrets

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Secret is one secret without its value.
type Secret struct {
	Package string `bson:"package"`
	// Handle is what the block calls it.
	Handle string `bson:"handle"`
	// Host is the only one that it may be sent to, with a port that is not https' own; "" for one that only signs and verifies.
	Host string `bson:"host,omitempty"`
	// Sealed is the value, encrypted and bound to the other fields.
	Sealed []byte    `bson:"sealed"`
	At     time.Time `bson:"at"`
}

// Spec is the collection of secrets, by package and handle.
func Spec() store.Spec { return store.Spec{Name: "secrets"} }

// MaxValue bounds a secret in bytes.
const MaxValue = 16 << 10

// Errors.
var (
	ErrNotFound = errors.New("there is no such secret")
	ErrInvalid  = errors.New("that cannot be a secret")
	// ErrSealed means that the site's secret is another one than when the value was set.
	ErrSealed = errors.New("the secret cannot be opened: the site's own secret was another one when it was set")
)

// Secrets gives access to the secrets of a store, whose collection must have been ensured. Safe for concurrent use.
type Secrets struct {
	docs store.Collection[Secret]
	seal cipher.AEAD
	now  func() time.Time
}

// New gives access to secrets; site is the site's secret, 16 bytes or more.
func New(s store.Store, site []byte, now func() time.Time) (*Secrets, error) {
	key, err := hkdf.Key(sha256.New, site, nil, "quoin secrets of packages", 32)
	if err != nil {
		return nil, fmt.Errorf("opening secrets: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("opening secrets: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("opening secrets: %w", err)
	}
	return &Secrets{store.Of[Secret](s, Spec()), seal, now}, nil
}

var (
	packagePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	handlePattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// Set stores a secret in place of what was there.
func (s *Secrets) Set(ctx context.Context, pack, handle, host, value string) error {
	switch {
	case !packagePattern.MatchString(pack) || !handlePattern.MatchString(handle):
		return fmt.Errorf("%w: name it PACKAGE/HANDLE, the handle in lower-case letters, digits and underscores", ErrInvalid)
	case value == "" || len(value) > MaxValue:
		return fmt.Errorf("%w: it needs 1 to %d bytes", ErrInvalid, MaxValue)
	case host != "" && !plainHost(host):
		return fmt.Errorf("%w: the host is a name such as api.example.org, with a port where it is another than 443", ErrInvalid)
	}
	nonce := make([]byte, s.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := s.seal.Seal(nonce, nonce, []byte(value), bound(pack, handle, host))
	_, err := s.docs.Update(ctx, id(pack, handle), func(secret *Secret) (bool, error) {
		*secret = Secret{Package: pack, Handle: handle, Host: host, Sealed: sealed, At: s.now().UTC()}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("storing a secret: %w", err)
	}
	return nil
}

func plainHost(host string) bool {
	parsed, err := url.Parse("https://" + host)
	return err == nil && parsed.Host == host && parsed.Hostname() != "" && parsed.Port() != "443"
}

// Open gives a secret's value and the host that it is for. It is for the services that use it, and goes no further.
func (s *Secrets) Open(ctx context.Context, pack, handle string) (value []byte, host string, err error) {
	doc, err := s.docs.Get(ctx, id(pack, handle))
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", ErrNotFound
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading a secret: %w", err)
	}
	body := &doc.Body
	if len(body.Sealed) < s.seal.NonceSize() {
		return nil, "", ErrSealed
	}
	nonce, text := body.Sealed[:s.seal.NonceSize()], body.Sealed[s.seal.NonceSize():]
	value, err = s.seal.Open(nil, nonce, text, bound(pack, handle, body.Host))
	if err != nil {
		return nil, "", ErrSealed
	}
	return value, body.Host, nil
}

// Remove takes a secret away; ErrNotFound when there is none.
func (s *Secrets) Remove(ctx context.Context, pack, handle string) error {
	err := s.docs.Delete(ctx, id(pack, handle), 0)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// List gives every secret without its value, in the order of packages.
func (s *Secrets) List(ctx context.Context) ([]Secret, error) {
	var list []Secret
	err := s.docs.Each(ctx, store.Query{Limit: 500}, func(doc store.Doc[Secret]) error {
		doc.Body.Sealed = nil
		list = append(list, doc.Body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing secrets: %w", err)
	}
	return list, nil
}

func id(pack, handle string) string { return store.ID(pack, handle) }

// bound is what a value is sealed to: moved to another package, handle or host it does not open.
func bound(pack, handle, host string) []byte { return []byte(store.ID(pack, handle, host)) }

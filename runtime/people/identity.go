package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Identity is an account of another site that a person signs in with.
type Identity struct {
	// ID names it to its user.
	ID string
	// Provider is the configured name of the other site; Issuer and Subject are its own names for itself and for the person.
	Provider, Issuer, Subject string
	// Label is how the person is called there, an address as a rule.
	Label string
	Made  time.Time
}

// identityDoc's id is made of issuer and subject: an account of another site belongs to one person.
type identityDoc struct {
	User     string    `bson:"user"`
	Provider string    `bson:"provider"`
	Issuer   string    `bson:"issuer"`
	Subject  string    `bson:"subject"`
	Label    string    `bson:"label,omitempty"`
	Made     time.Time `bson:"made"`
}

var identitySpec = store.Spec{Name: "people_identities", Indexes: []store.Index{{Name: "user", Fields: []string{"user", "made"}}}}

// Errors of identities.
var (
	// ErrLinked: the account of the other site belongs to somebody else here.
	ErrLinked = errors.New("linked to another account")
	// ErrLastWay: the person could not sign in any more.
	ErrLastWay = errors.New("the last way to sign in")
)

// maxIdentities of one person.
const maxIdentities = 20

func identityID(issuer, subject string) string { return digest(store.ID(issuer, subject)) }

// Link lets a person sign in with an account of another site. That it is linked to him already is no error; ErrLinked when
// it belongs to somebody else.
func (p *People) Link(ctx context.Context, user string, identity Identity) error {
	if identity.Issuer == "" || identity.Subject == "" {
		return fmt.Errorf("linking identity: %w: issuer or subject is missing", ErrInvalid)
	}
	if _, err := p.User(ctx, user); err != nil {
		return fmt.Errorf("linking identity: %w", err)
	}
	has, err := p.Identities(ctx, user)
	if err != nil {
		return fmt.Errorf("linking identity: %w", err)
	}
	if len(has) >= maxIdentities {
		return fmt.Errorf("linking identity: %w: at most %d of one person", ErrInvalid, maxIdentities)
	}
	id := identityID(identity.Issuer, identity.Subject)
	err = p.identities.Insert(ctx, id, identityDoc{user, identity.Provider, identity.Issuer, identity.Subject, identity.Label, p.now()})
	if errors.Is(err, store.ErrExists) {
		doc, readErr := p.identities.Get(ctx, id)
		switch {
		case readErr != nil:
			err = readErr
		case doc.Body.User == user:
			err = nil
		default:
			err = ErrLinked
		}
	}
	if err != nil {
		return fmt.Errorf("linking identity: %w", err)
	}
	return nil
}

// FindIdentity tells whose an account of another site is, or returns ErrNotFound. A closed account is ErrDisabled.
func (p *People) FindIdentity(ctx context.Context, issuer, subject string) (User, error) {
	doc, err := p.identities.Get(ctx, identityID(issuer, subject))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, fmt.Errorf("finding identity: %w", err)
	}
	user, err := p.User(ctx, doc.Body.User)
	if err != nil {
		return User{}, fmt.Errorf("finding identity: %w", err)
	}
	if user.Disabled {
		return User{}, fmt.Errorf("finding identity: %w", ErrDisabled)
	}
	return user, nil
}

// Identities lists the accounts of other sites that a person signs in with, the oldest first.
func (p *People) Identities(ctx context.Context, user string) ([]Identity, error) {
	docs, _, err := p.identities.Find(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 2 * maxIdentities})
	if err != nil {
		return nil, fmt.Errorf("listing identities: %w", err)
	}
	list := make([]Identity, len(docs))
	for i := range docs {
		d := &docs[i].Body
		list[i] = Identity{docs[i].ID, d.Provider, d.Issuer, d.Subject, d.Label, d.Made}
	}
	return list, nil
}

// Unlink takes one of a person's identities away, by its id: ErrNotFound when it is not his, ErrLastWay when he has neither a
// password nor another one. Of two that go at the same moment one comes back rather than none staying.
func (p *People) Unlink(ctx context.Context, user, id string) error {
	doc, err := p.identities.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.User != user {
		err = ErrNotFound
	}
	if err == nil {
		err = p.identities.Delete(ctx, id, doc.Version)
	}
	if err == nil {
		err = p.keepWay(ctx, doc)
	}
	if err != nil {
		return fmt.Errorf("unlinking identity: %w", err)
	}
	return nil
}

// keepWay puts an identity back whose owner has no other way to sign in.
func (p *People) keepWay(ctx context.Context, doc store.Doc[identityDoc]) error {
	account, err := p.User(ctx, doc.Body.User)
	if err != nil || !account.Passwordless {
		return err
	}
	left, err := p.Identities(ctx, account.ID)
	if err == nil && len(left) > 0 {
		return nil
	}
	return errors.Join(ErrLastWay, err, p.identities.Insert(ctx, doc.ID, doc.Body))
}

// DropWays takes away what leads into a person's account or tells of it without his password: identities of other sites and
// the addresses of calendars. It is for an account that passes to the owner of its address, who may be another person than
// the one who made it.
func (p *People) DropWays(ctx context.Context, user string) error {
	if err := errors.Join(p.eraseIdentities(ctx, user), p.eraseFeeds(ctx, user)); err != nil {
		return fmt.Errorf("dropping ways into an account: %w", err)
	}
	return nil
}

func (p *People) eraseIdentities(ctx context.Context, user string) error {
	query := store.Query{Index: "user", Equal: []any{user}, Limit: 1000}
	return p.identities.Each(ctx, query, func(doc store.Doc[identityDoc]) error {
		if err := p.identities.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}

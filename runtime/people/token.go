package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Purpose says what a one-use token is for.
type Purpose string

// The purposes.
const (
	PurposeConfirm Purpose = "confirm" // an address belongs to the account: the data is the address
	PurposeReset   Purpose = "reset"   // a new password may be set
)

// tokenDoc's id is the token's digest.
type tokenDoc struct {
	User    string    `bson:"user"`
	Purpose string    `bson:"purpose"`
	Data    string    `bson:"data,omitempty"`
	Epoch   int64     `bson:"epoch"`
	Email   string    `bson:"email"`
	Expires time.Time `bson:"expires"`
}

// maxTokens of one purpose wait for a user; the one that expires first is dropped when another is issued.
const maxTokens = 5

// IssueToken makes a token to be mailed to a user. It can be spent once, before it expires, and only while the account has
// the password, roles and address that it has now. Those of the same purpose with other data end: of two addresses that
// somebody asked to have confirmed, the first was a mistake and may be a stranger's.
func (p *People) IssueToken(ctx context.Context, user string, purpose Purpose, data string, lasting time.Duration) (string, error) {
	account, err := p.User(ctx, user)
	if err != nil {
		return "", fmt.Errorf("issuing token: %w", err)
	}
	docs, _, err := p.tokens.Find(ctx, store.Query{Index: "user", Equal: []any{user, string(purpose)}, Reverse: true, Limit: 100})
	if err != nil {
		return "", fmt.Errorf("issuing token: %w", err)
	}
	for i := range docs {
		if i < maxTokens-1 && docs[i].Body.Data == data {
			continue
		}
		if err := p.dropToken(ctx, docs[i].ID); err != nil {
			return "", fmt.Errorf("issuing token: %w", err)
		}
	}
	token := NewToken()
	doc := tokenDoc{user, string(purpose), data, account.epoch, account.Email, p.now().Add(lasting)}
	if err := p.tokens.Insert(ctx, digest(token), doc); err != nil {
		return "", fmt.Errorf("issuing token: %w", err)
	}
	return token, nil
}

// PeekToken tells whose a token is and what its data are without using it up, or returns ErrToken: for a page that asks
// something first.
func (p *People) PeekToken(ctx context.Context, purpose Purpose, token string) (User, string, error) {
	user, doc, err := p.readToken(ctx, purpose, token)
	if err != nil {
		return User{}, "", fmt.Errorf("reading token: %w", err)
	}
	return user, doc.Body.Data, nil
}

// SpendToken uses a token up and tells whose it is and what its data are, or returns ErrToken. Of any number of callers at
// once, one succeeds.
func (p *People) SpendToken(ctx context.Context, purpose Purpose, token string) (User, string, error) {
	user, doc, err := p.readToken(ctx, purpose, token)
	if err != nil {
		return User{}, "", fmt.Errorf("spending token: %w", err)
	}
	if err := p.tokens.Delete(ctx, doc.ID, doc.Version); err != nil {
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
			err = ErrToken
		}
		return User{}, "", fmt.Errorf("spending token: %w", err)
	}
	return user, doc.Body.Data, nil
}

func (p *People) readToken(ctx context.Context, purpose Purpose, token string) (User, store.Doc[tokenDoc], error) {
	if !wellFormed(token) {
		return User{}, store.Doc[tokenDoc]{}, ErrToken
	}
	doc, err := p.tokens.Get(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) || (err == nil && (doc.Body.Purpose != string(purpose) || !p.now().Before(doc.Body.Expires))) {
		err = ErrToken
	}
	if err != nil {
		return User{}, doc, err
	}
	user, err := p.User(ctx, doc.Body.User)
	if errors.Is(err, ErrNotFound) || (err == nil && (user.epoch != doc.Body.Epoch || user.Email != doc.Body.Email || user.Disabled)) {
		err = ErrToken
	}
	return user, doc, err
}

func (p *People) dropToken(ctx context.Context, id string) error {
	if err := p.tokens.Delete(ctx, id, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Feed is a secret address under which a calendar reads a person's dates without a login.
type Feed struct {
	// Run is the course run that it is about, "" for all of the person's.
	Run  string
	Made time.Time
}

// feedDoc's id is the digest of the address's secret.
type feedDoc struct {
	User string    `bson:"user"`
	Run  string    `bson:"run"`
	Made time.Time `bson:"made"`
}

var feedSpec = store.Spec{Name: "people_feeds", Indexes: []store.Index{{Name: "user", Fields: []string{"user", "run"}}}}

// maxFeeds bounds the feeds of one person: one for each run and one for all of them.
const maxFeeds = 1000

// NewFeed makes a feed of a run ("" for all runs) and returns its secret, which is kept nowhere. The one before stops.
func (p *People) NewFeed(ctx context.Context, user, run string) (string, error) {
	if _, err := p.User(ctx, user); err != nil {
		return "", fmt.Errorf("making feed: %w", err)
	}
	if err := p.DropFeed(ctx, user, run); err != nil {
		return "", fmt.Errorf("making feed: %w", err)
	}
	secret := NewToken()
	if err := p.feeds.Insert(ctx, digest(secret), feedDoc{user, run, p.now()}); err != nil {
		return "", fmt.Errorf("making feed: %w", err)
	}
	return secret, nil
}

// FindFeed tells whose a feed is, or returns ErrToken. The feeds of a closed account are silent.
func (p *People) FindFeed(ctx context.Context, secret string) (User, Feed, error) {
	if !wellFormed(secret) {
		return User{}, Feed{}, fmt.Errorf("finding feed: %w", ErrToken)
	}
	doc, err := p.feeds.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrToken
	}
	if err != nil {
		return User{}, Feed{}, fmt.Errorf("finding feed: %w", err)
	}
	user, err := p.User(ctx, doc.Body.User)
	if errors.Is(err, ErrNotFound) || err == nil && user.Disabled {
		err = ErrToken
	}
	if err != nil {
		return User{}, Feed{}, fmt.Errorf("finding feed: %w", err)
	}
	return user, Feed{doc.Body.Run, doc.Body.Made}, nil
}

// Feeds lists a person's feeds.
func (p *People) Feeds(ctx context.Context, user string) ([]Feed, error) {
	docs, _, err := p.feeds.Find(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: maxFeeds})
	if err != nil {
		return nil, fmt.Errorf("listing feeds: %w", err)
	}
	feeds := make([]Feed, len(docs))
	for i := range docs {
		feeds[i] = Feed{docs[i].Body.Run, docs[i].Body.Made}
	}
	return feeds, nil
}

// DropFeed stops a person's feed of a run. That there is none is no error.
func (p *People) DropFeed(ctx context.Context, user, run string) error {
	err := p.dropFeeds(ctx, store.Query{Index: "user", Equal: []any{user, run}, Limit: maxFeeds})
	if err != nil {
		return fmt.Errorf("stopping feed: %w", err)
	}
	return nil
}

func (p *People) dropFeeds(ctx context.Context, query store.Query) error {
	return p.feeds.Each(ctx, query, func(doc store.Doc[feedDoc]) error {
		if err := p.feeds.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}

func (p *People) eraseFeeds(ctx context.Context, user string) error {
	return p.dropFeeds(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: maxFeeds})
}

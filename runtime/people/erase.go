package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Erasure remembers that somebody was erased, without saying who: Key is a hash of the random id.
type Erasure struct {
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

// erasureDoc's id is the key.
type erasureDoc struct {
	At time.Time `bson:"at"`
}

// Erase takes a person's identity away: account, password, sessions, links, roles, and the way from each pseudonym to a
// person. It is final. Documents of other packages under the person's pseudonyms stay as they are: whoever wants them gone
// walks them first, with the pseudonyms of [People.Runs].
//
// It may be called again until it succeeds; an account that is half erased cannot sign in and is found by nobody. The last
// administrator cannot be erased (ErrLastAdmin).
func (p *People) Erase(ctx context.Context, user string) error {
	doc, err := p.users.Get(ctx, user)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	if err == nil {
		err = p.keepAdmin(ctx, user)
	}
	if err != nil {
		return fmt.Errorf("erasing person: %w", err)
	}
	// First of all, so that a restored backup knows of it.
	err = p.erasures.Insert(ctx, digest(user), erasureDoc{p.now()})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("erasing person: %w", err)
	}
	if doc.Body.Confirmed && doc.Body.EmailKey != "" {
		if err := p.forgetInvitations(ctx, doc.Body.EmailKey); err != nil {
			return fmt.Errorf("erasing person: %w", err)
		}
	}
	if err := p.closeAccount(ctx, doc); err != nil {
		return fmt.Errorf("erasing person: %w", err)
	}
	for _, step := range []func(context.Context, string) error{p.eraseSessions, p.eraseTokens, p.eraseFeeds, p.eraseIdentities, p.eraseMembers, p.eraseWords} {
		if err := step(ctx, user); err != nil {
			return fmt.Errorf("erasing person: %w", err)
		}
	}
	if err := p.users.Delete(ctx, user, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("erasing person: %w", err)
	}
	return nil
}

// closeAccount takes what names the person off the account at once and ends the sessions.
func (p *People) closeAccount(ctx context.Context, doc store.Doc[userDoc]) error {
	_, err := p.users.Update(ctx, doc.ID, func(d *userDoc) (bool, error) {
		if d.Created.IsZero() || d.Erasing != nil { // gone, or closed by an earlier call
			return false, nil
		}
		now := p.now()
		*d = userDoc{
			Username: "erased", UsernameKey: "erased " + digest(doc.ID), Created: d.Created, Disabled: true, Epoch: d.Epoch + 1,
			Changed: &now, Erasing: &now,
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	p.config.Ended(ctx, doc.ID)
	return nil
}

func (p *People) eraseSessions(ctx context.Context, user string) error {
	return p.sessions.Each(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 1000}, func(doc store.Doc[sessionDoc]) error {
		return p.dropSession(ctx, doc.ID)
	})
}

func (p *People) eraseTokens(ctx context.Context, user string) error {
	return p.tokens.Each(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 1000}, func(doc store.Doc[tokenDoc]) error {
		return p.dropToken(ctx, doc.ID)
	})
}

// eraseMembers leaves of each membership the pseudonym and since when it was there, so that lists stay countable.
func (p *People) eraseMembers(ctx context.Context, user string) error {
	return p.members.Each(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 1000}, func(doc store.Doc[memberDoc]) error {
		_, err := p.members.Update(ctx, doc.ID, func(d *memberDoc) (bool, error) {
			if d.Pseudonym == "" || d.User == "" {
				return false, nil
			}
			var enrolled *bool
			if d.Enrolled != nil {
				enrolled = new(bool)
			}
			*d = memberDoc{Run: d.Run, Pseudonym: d.Pseudonym, Enrolled: enrolled, Mode: d.Mode, Since: d.Since, Changed: p.changed()}
			return true, nil
		})
		return err
	})
}

func (p *People) eraseWords(ctx context.Context, user string) error {
	return p.dropWords(ctx, user, func(string) bool { return true })
}

// ResumeErasures finishes what a crash interrupted; a job for the sweeper.
func (p *People) ResumeErasures(ctx context.Context) (int, error) {
	resumed := 0
	err := p.users.Each(ctx, store.Query{Index: "erasing", To: p.now().Add(time.Millisecond)}, func(doc store.Doc[userDoc]) error {
		resumed++
		return p.Erase(ctx, doc.ID)
	})
	if err != nil {
		return resumed, fmt.Errorf("resuming erasures: %w", err)
	}
	return resumed, nil
}

// Erasures lists who was erased, by hash: what an operator keeps beside backups.
func (p *People) Erasures(ctx context.Context) ([]Erasure, error) {
	var erasures []Erasure
	err := p.erasures.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[erasureDoc]) error {
		erasures = append(erasures, Erasure{doc.ID, doc.Body.At})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing erasures: %w", err)
	}
	return erasures, nil
}

// ApplyErasures erases whom a restored backup brought back, and ends everybody's sessions, links and feeds, which a backup must not
// revive. walk gets the pseudonyms of each such person first, to do in other collections what was done there. It returns how
// many were erased again.
func (p *People) ApplyErasures(ctx context.Context, erasures []Erasure, walk func(ctx context.Context, pseudonyms []string) error) (int, error) {
	erased := map[string]bool{}
	for _, e := range erasures {
		erased[e.Key] = true
	}
	applied := 0
	err := p.users.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[userDoc]) error {
		if !erased[digest(doc.ID)] {
			_, err := p.users.Increment(ctx, doc.ID, store.Increment{Path: "epoch", By: 1})
			return err
		}
		members, err := p.Runs(ctx, doc.ID)
		if err != nil {
			return err
		}
		pseudonyms := make([]string, len(members))
		for i, m := range members {
			pseudonyms[i] = m.Pseudonym
		}
		if err := walk(ctx, pseudonyms); err != nil {
			return err
		}
		applied++
		return p.Erase(ctx, doc.ID)
	})
	if err == nil {
		err = p.dropFeeds(ctx, store.Query{Limit: 1000})
	}
	if err != nil {
		return applied, fmt.Errorf("applying erasures: %w", err)
	}
	return applied, nil
}

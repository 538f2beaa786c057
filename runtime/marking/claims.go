// Package marking says who is grading which submission by hand just now, so that two people never do the same one unknowingly.
//
// A claim is a courtesy, not a lock: it ends by itself, and whoever wants to may take it over, knowing from whom. That nobody's
// mark overwrites another unseen is kernel.ActStale's business.
package marking

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Claim is one submission being graded.
type Claim struct {
	// Run, Usage and Learner are whose submission it is, By who grades: pseudonyms of the run.
	Run     string    `bson:"run"`
	Usage   string    `bson:"usage"`
	Learner string    `bson:"learner"`
	By      string    `bson:"by"`
	Until   time.Time `bson:"until"`
}

// Lease is how long a claim lasts after its page was last heard of.
const Lease = 5 * time.Minute

// maxClaims bounds how many claims of a run are looked at.
const maxClaims = 2000

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{spec()} }

func spec() store.Spec {
	return store.Spec{Name: "grading_claims", Learners: "learner", Indexes: []store.Index{{Name: "run", Fields: []string{"run", "until"}}}}
}

// Claims keeps them. Safe for concurrent use.
type Claims struct {
	claims store.Collection[Claim]
	now    func() time.Time
}

// New makes Claims; Specs must have been ensured. now nil is the system's clock.
func New(s store.Store, now func() time.Time) *Claims {
	if now == nil {
		now = time.Now
	}
	return &Claims{store.Of[Claim](s, spec()), now}
}

// Take claims a submission for wanted.By, or renews the claim. Where somebody else holds it, that claim is returned and stands,
// unless over says to take it over. The result is the claim that holds.
func (c *Claims) Take(ctx context.Context, submission string, wanted Claim, over bool) (Claim, error) {
	var holds Claim
	_, err := c.claims.Update(ctx, submission, func(held *Claim) (bool, error) {
		now := c.now()
		if held.By != "" && held.By != wanted.By && held.Until.After(now) && !over {
			holds = *held
			return false, nil
		}
		*held = wanted
		held.Until = now.Add(Lease)
		holds = *held
		return true, nil
	})
	if err != nil {
		return Claim{}, fmt.Errorf("claiming %s: %w", submission, err)
	}
	return holds, nil
}

// Release ends somebody's claim; another one's stays.
func (c *Claims) Release(ctx context.Context, submission, by string) error {
	doc, err := c.claims.Get(ctx, submission)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.By != by {
		return nil
	}
	if err == nil {
		err = c.claims.Delete(ctx, submission, doc.Version)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) { // taken over meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("releasing %s: %w", submission, err)
	}
	return nil
}

// Of gives a run's live claims, by submission.
func (c *Claims) Of(ctx context.Context, run string) (map[string]Claim, error) {
	docs, _, err := c.claims.Find(ctx, store.Query{Index: "run", Equal: []any{run}, From: c.now(), Limit: maxClaims})
	if err != nil {
		return nil, fmt.Errorf("looking who is grading: %w", err)
	}
	live := map[string]Claim{}
	for _, doc := range docs {
		live[doc.ID] = doc.Body
	}
	return live, nil
}

// Sweep removes claims that ended long ago, a few hundred at most.
func (c *Claims) Sweep(ctx context.Context, run string) error {
	docs, _, err := c.claims.Find(ctx, store.Query{Index: "run", Equal: []any{run}, To: c.now().Add(-24 * time.Hour), Limit: 200})
	if err != nil {
		return fmt.Errorf("removing old claims: %w", err)
	}
	for _, doc := range docs {
		err := c.claims.Delete(ctx, doc.ID, doc.Version)
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("removing old claims: %w", err)
		}
	}
	return nil
}

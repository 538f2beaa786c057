package people

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// changed stamps what is written now.
func (p *People) changed() *time.Time {
	now := p.now()
	return &now
}

// MembersSince lists a run's members that were written at an instant or later, the erased included: for who keeps a list of
// them in memory. The instants are those of the processes that wrote, so ask from somewhat before the last look.
func (p *People) MembersSince(ctx context.Context, run string, since time.Time) ([]Member, error) {
	var members []Member
	query := store.Query{Index: "changed", Equal: []any{run}, From: since, Limit: 1000}
	err := p.members.Each(ctx, query, func(doc store.Doc[memberDoc]) error {
		members = append(members, doc.Body.member())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing changed members: %w", err)
	}
	return members, nil
}

// AccountsSince lists the accounts of the site that were changed at an instant or later; those that are being erased are left
// out, and whoever keeps names hears of them by [People.MembersSince].
func (p *People) AccountsSince(ctx context.Context, since time.Time) ([]User, error) {
	var users []User
	err := p.users.Each(ctx, store.Query{Index: "changed", From: since, Limit: 1000}, func(doc store.Doc[userDoc]) error {
		if doc.Body.Erasing == nil {
			users = append(users, doc.Body.user(doc.ID))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing changed accounts: %w", err)
	}
	return users, nil
}

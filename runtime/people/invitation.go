package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Invitation keeps an enrolment for an address that no confirmed account has yet.
type Invitation struct {
	Run, Email string
	// Mode and Cohort are those of the enrolment to be; "" is the default mode, and no cohort.
	Mode, Cohort string
	// By is the user who invited, At when; it is void at Expires.
	By          string
	At, Expires time.Time
}

// invitationDoc's id is (run, folded address).
type invitationDoc struct {
	Run      string    `bson:"run"`
	Email    string    `bson:"email"`
	EmailKey string    `bson:"email_key"`
	Mode     string    `bson:"mode,omitempty"`
	Cohort   string    `bson:"cohort,omitempty"`
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Expires  time.Time `bson:"expires"`
}

func (d *invitationDoc) invitation() Invitation {
	return Invitation{d.Run, d.Email, d.Mode, d.Cohort, d.By, d.At, d.Expires}
}

// InvitationLasts is how long an invitation holds: an address is kept no longer than it may be of use.
const InvitationLasts = 180 * 24 * time.Hour

// ParseEmail brings an address into the form in which it is kept, or returns [Problems].
func ParseEmail(typed string) (string, error) {
	email, problems := emailOf(typed)
	if len(problems) > 0 {
		return "", problems
	}
	return email, nil
}

// CheckMode refuses a mode that no enrolment can have (ErrInvalid); "" is the default.
func CheckMode(mode string) error {
	if mode == "" {
		return nil
	}
	return checkName("mode", mode)
}

// Invite keeps an invitation and says whether there was none for the address yet. One that is there takes the new mode and
// cohort. The address must be as [ParseEmail] gives it.
func (p *People) Invite(ctx context.Context, in Invitation) (created bool, err error) {
	if err := errors.Join(checkRun(in.Run), CheckMode(in.Mode)); err != nil || in.Run == "" {
		return false, fmt.Errorf("inviting: %w", errors.Join(err, ErrInvalid))
	}
	now := p.now()
	_, err = p.invited.Update(ctx, store.ID(in.Run, emailKey(in.Email)), func(d *invitationDoc) (bool, error) {
		created = d.Run == "" || !now.Before(d.Expires)
		if !created && d.Mode == in.Mode && d.Cohort == in.Cohort {
			return false, nil
		}
		*d = invitationDoc{in.Run, in.Email, emailKey(in.Email), in.Mode, in.Cohort, in.By, now, now.Add(InvitationLasts)}
		return true, nil
	})
	if err != nil {
		return false, fmt.Errorf("inviting: %w", err)
	}
	return created, nil
}

// Invitation returns the one for an address, or ErrNotFound.
func (p *People) Invitation(ctx context.Context, run, email string) (Invitation, error) {
	doc, err := p.invited.Get(ctx, store.ID(run, emailKey(email)))
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.now().Before(doc.Body.Expires) {
		err = ErrNotFound
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("looking up invitation: %w", err)
	}
	return doc.Body.invitation(), nil
}

// Invitations lists a run's by address, a page at a time.
func (p *People) Invitations(ctx context.Context, run string, limit int, after store.Cursor) ([]Invitation, store.Cursor, error) {
	docs, next, err := p.invited.Find(ctx, store.Query{Index: "run", Equal: []any{run}, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing invitations: %w", err)
	}
	invitations := make([]Invitation, 0, len(docs))
	for i := range docs {
		if p.now().Before(docs[i].Body.Expires) {
			invitations = append(invitations, docs[i].Body.invitation())
		}
	}
	return invitations, next, nil
}

// Uninvite takes an invitation back and says whether there was one.
func (p *People) Uninvite(ctx context.Context, run, email string) (bool, error) {
	err := p.invited.Delete(ctx, store.ID(run, emailKey(email)), 0)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("taking invitation back: %w", err)
	}
	return true, nil
}

// Accept turns the invitations for an account's address into enrolments, if the account has confirmed that it is its own, and
// says how many there were. Confirming an address and signing in do it; it may be called again.
func (p *People) Accept(ctx context.Context, user User) (int, error) {
	if !user.Confirmed || user.Email == "" || user.Disabled {
		return 0, nil
	}
	accepted := 0
	query := store.Query{Index: "email", Equal: []any{emailKey(user.Email)}}
	err := p.invited.Each(ctx, query, func(doc store.Doc[invitationDoc]) error {
		if in := &doc.Body; p.now().Before(in.Expires) {
			if err := p.accept(ctx, user.ID, in); err != nil {
				return err
			}
			accepted++
		}
		if err := p.invited.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
	if err != nil {
		return accepted, fmt.Errorf("accepting invitations: %w", err)
	}
	return accepted, nil
}

// accept enrols as an invitation says. Who enrolled by himself meanwhile keeps his mode, and his cohort if he has one; a
// cohort that is gone counts as none.
func (p *People) accept(ctx context.Context, user string, in *invitationDoc) error {
	m, err := p.Member(ctx, user, in.Run)
	if err != nil {
		return err
	}
	if !m.Enrolled {
		if m, _, err = p.Enrol(ctx, user, in.Run, in.Mode); err != nil {
			return err
		}
	}
	if in.Cohort != "" && m.Cohort == "" {
		if _, err := p.SetCohort(ctx, user, in.Run, in.Cohort); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	_, err = p.DrawCohort(ctx, user, in.Run)
	return err
}

// forgetInvitations drops those that an account's address was invited with.
func (p *People) forgetInvitations(ctx context.Context, email string) error {
	return p.dropInvitations(ctx, store.Query{Index: "email", Equal: []any{emailKey(email)}, Limit: 1000}, nil)
}

func (p *People) dropInvitations(ctx context.Context, query store.Query, dropped *int) error {
	return p.invited.Each(ctx, query, func(doc store.Doc[invitationDoc]) error {
		if err := p.invited.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if dropped != nil {
			*dropped++
		}
		return nil
	})
}

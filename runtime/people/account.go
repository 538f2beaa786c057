package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
)

// update changes an account that exists. When change raises the epoch, all its sessions are over.
func (p *People) update(ctx context.Context, operation, id string, change func(*userDoc) (bool, error)) (User, error) {
	ended, renamed := false, false
	doc, err := p.users.Update(ctx, id, func(d *userDoc) (bool, error) {
		if d.Created.IsZero() || d.Erasing != nil {
			return false, ErrNotFound
		}
		before := *d
		write, err := change(d)
		ended = write && d.Epoch != before.Epoch
		renamed = write && (d.Name != before.Name || d.Username != before.Username || d.Email != before.Email)
		if write {
			d.Changed = p.changed()
		}
		if renamed {
			d.Unlisted = d.Changed
		}
		return write, err
	})
	if err != nil {
		return User{}, fmt.Errorf("%s: %w", operation, err)
	}
	if ended {
		p.config.Ended(ctx, id)
	}
	if renamed {
		if err := p.relist(ctx, id); err != nil {
			return User{}, fmt.Errorf("%s: %w", operation, err)
		}
	}
	return doc.Body.user(id), nil
}

// SetProfile changes what a person says of themselves, or returns [Problems].
func (p *People) SetProfile(ctx context.Context, id string, profile Profile) (User, error) {
	if problems := profile.check(); len(problems) > 0 {
		return User{}, problems
	}
	return p.update(ctx, "changing profile", id, func(d *userDoc) (bool, error) {
		before := Profile{d.Name, d.Locale, d.Zone, d.Theme}
		d.setProfile(profile)
		return before != profile, nil
	})
}

// Rename gives an account another user name, or returns [Problems].
func (p *People) Rename(ctx context.Context, id, username string) (User, error) {
	name, problems := usernameOf(username)
	key := usernameKey(name)
	if len(problems) == 0 && reserved[key] {
		problems.add(FieldUsername, CodeReserved, "%q could be taken for the site's own", name)
	}
	if len(problems) > 0 {
		return User{}, problems
	}
	user, err := p.update(ctx, "renaming user", id, func(d *userDoc) (bool, error) {
		same := d.Username == name
		d.Username, d.UsernameKey = name, key
		return !same, nil
	})
	if errors.Is(err, store.ErrTaken) {
		return User{}, p.whoseIsIt(ctx, err, key, "")
	}
	return user, err
}

// SetEmail gives an account another address, or returns [Problems]. Confirmed says that its owner followed a link there.
// Another address ends the user's one-use tokens: they were sent to the old one. Invitations to a confirmed address become
// enrolments.
func (p *People) SetEmail(ctx context.Context, id, address string, confirmed bool) (User, error) {
	email, problems := emailOf(address)
	if len(problems) > 0 {
		return User{}, problems
	}
	user, err := p.update(ctx, "changing address", id, func(d *userDoc) (bool, error) {
		if d.Email == email && d.Confirmed == confirmed {
			return false, nil
		}
		d.Email, d.EmailKey, d.Confirmed = email, emailKey(email), confirmed
		return true, nil
	})
	if errors.Is(err, store.ErrTaken) {
		return User{}, p.whoseIsIt(ctx, err, "", emailKey(email))
	}
	if err == nil {
		_, err = p.Accept(ctx, user)
	}
	return user, err
}

// SetPassword gives an account a new password, or returns [Problems]. Every session and every link that was sent ends;
// the caller starts a new session for who is here.
func (p *People) SetPassword(ctx context.Context, id, password string) (User, error) {
	user, err := p.User(ctx, id)
	if err != nil {
		return User{}, fmt.Errorf("setting password: %w", err)
	}
	if problems := p.checkPassword(password, user.Username, user.Email); len(problems) > 0 {
		return User{}, problems
	}
	hash, err := p.hasher.hash(ctx, password)
	if err != nil {
		return User{}, fmt.Errorf("setting password: %w", err)
	}
	return p.update(ctx, "setting password", id, func(d *userDoc) (bool, error) {
		d.Password = hash
		d.Epoch++
		return true, nil
	})
}

// AcceptTerms records that a version of the terms was accepted.
func (p *People) AcceptTerms(ctx context.Context, id, version string) (User, error) {
	return p.update(ctx, "accepting terms", id, func(d *userDoc) (bool, error) {
		if d.Terms == version {
			return false, nil
		}
		d.Terms, d.TermsAt = version, p.now()
		return true, nil
	})
}

// SetDisabled closes an account and ends its sessions, or opens it again. The last administrator's cannot be closed
// (ErrLastAdmin).
func (p *People) SetDisabled(ctx context.Context, id string, disabled bool) (User, error) {
	if disabled {
		if err := p.keepAdmin(ctx, id); err != nil {
			return User{}, fmt.Errorf("closing account: %w", err)
		}
	}
	return p.update(ctx, "closing account", id, func(d *userDoc) (bool, error) {
		if d.Disabled == disabled {
			return false, nil
		}
		d.Disabled = disabled
		d.Epoch++
		return true, nil
	})
}

// SetSiteRole grants or revokes a site role and ends the user's sessions. The last administrator stays one (ErrLastAdmin);
// two who step down at the same moment may still leave none, which the command line mends.
func (p *People) SetSiteRole(ctx context.Context, id, role string, granted bool) (User, error) {
	if !slices.Contains(SiteRoles(), role) {
		return User{}, fmt.Errorf("changing site role: %w: there is no site role %q", ErrInvalid, role)
	}
	if role == SiteAdmin && !granted {
		if err := p.keepAdmin(ctx, id); err != nil {
			return User{}, fmt.Errorf("changing site role: %w", err)
		}
	}
	return p.update(ctx, "changing site role", id, func(d *userDoc) (bool, error) {
		has := slices.Contains(d.Roles, role)
		switch {
		case has == granted:
			return false, nil
		case granted:
			d.Roles = append(d.Roles, role)
			slices.Sort(d.Roles)
		default:
			d.Roles = slices.DeleteFunc(d.Roles, func(r string) bool { return r == role })
		}
		d.Epoch++
		return true, nil
	})
}

// keepAdmin refuses to lose the only administrator who can sign in.
func (p *People) keepAdmin(ctx context.Context, id string) error {
	const enough = 100
	admins, err := p.WithSiteRole(ctx, SiteAdmin, enough)
	if err != nil {
		return err
	}
	others := 0
	is := false
	for _, admin := range admins {
		switch {
		case admin.ID == id:
			is = !admin.Disabled
		case !admin.Disabled:
			others++
		}
	}
	if is && others == 0 {
		return ErrLastAdmin
	}
	return nil
}

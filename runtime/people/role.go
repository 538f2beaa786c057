package people

import (
	"context"
	"fmt"
	"regexp"
	"slices"
)

// Course roles, by Open edX's names. A package may declare others as "PACKAGE/NAME".
const (
	RoleInstructor  = "instructor"      // the course's administrators
	RoleStaff       = "staff"           // LMS and Studio
	RoleLimited     = "limited_staff"   // LMS alone
	RoleBetaTester  = "beta_testers"    // learners who see things some days earlier
	RoleDataScience = "data_researcher" // reports
)

// CourseRoles lists them.
func CourseRoles() []string {
	return []string{RoleInstructor, RoleStaff, RoleLimited, RoleBetaTester, RoleDataScience}
}

// declared is a role of a package. The slash keeps packages from naming one of ours.
var declared = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,47}/[a-z][a-z0-9_-]{0,47}$`)

func checkRole(role string) error {
	if slices.Contains(CourseRoles(), role) || declared.MatchString(role) {
		return nil
	}
	return fmt.Errorf("%w: %.100q is no course role", ErrInvalid, role)
}

// Grant gives a user a course role and says whether they did not have it. by is the user who grants it, "" for the command
// line. The user's sessions end, as with every change of rights.
func (p *People) Grant(ctx context.Context, user, run, role, by string) (Member, bool, error) {
	return p.setRole(ctx, "granting role", user, run, role, func(d *memberDoc) (bool, error) {
		if slices.ContainsFunc(d.Roles, func(r roleDoc) bool { return r.Name == role }) {
			return false, nil
		}
		if len(d.Roles) >= maxRoles {
			return false, fmt.Errorf("%w: more than %d roles", ErrInvalid, maxRoles)
		}
		d.Roles = append(d.Roles, roleDoc{Name: role, By: by, At: p.now()})
		return true, nil
	})
}

// Revoke takes a course role away and says whether the user had it. The user's sessions end.
func (p *People) Revoke(ctx context.Context, user, run, role string) (Member, bool, error) {
	return p.setRole(ctx, "revoking role", user, run, role, func(d *memberDoc) (bool, error) {
		n := len(d.Roles)
		d.Roles = slices.DeleteFunc(d.Roles, func(r roleDoc) bool { return r.Name == role })
		return len(d.Roles) != n, nil
	})
}

// setRole ends the sessions before and after: before, so that a crash in between leaves nobody signed in with new rights;
// after, for a session that began in between. Rights themselves are read with every request.
func (p *People) setRole(ctx context.Context, operation, user, run, role string, change func(*memberDoc) (bool, error)) (Member, bool, error) {
	if err := checkRole(role); err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	if run == "" {
		return Member{}, false, fmt.Errorf("%s: %w: a course role needs a course", operation, ErrInvalid)
	}
	m, err := p.Member(ctx, user, run)
	if err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	trial := memberDoc{}
	for _, held := range m.Roles {
		trial.Roles = append(trial.Roles, roleDoc(held))
	}
	if would, err := change(&trial); err != nil || !would {
		return m, false, err
	}
	if err := p.EndAll(ctx, user); err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	m, changed, err := p.changeMember(ctx, operation, user, run, change)
	if err != nil || !changed {
		return m, changed, err
	}
	if err := p.EndAll(ctx, user); err != nil {
		return m, true, fmt.Errorf("%s: %w", operation, err)
	}
	return m, true, nil
}

// RolesIn lists a user's course roles in a run.
func (p *People) RolesIn(ctx context.Context, user, run string) ([]string, error) {
	m, err := p.Member(ctx, user, run)
	if err != nil {
		return nil, err
	}
	return m.RoleNames(), nil
}

package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// DefaultMode is the mode of an enrolment that names none, as in Open edX.
const DefaultMode = "audit"

// Enrol makes a user a learner of a run in a mode ("" is DefaultMode) and says whether that changed anything. Who is
// enrolled already only changes the mode; who was before begins anew, with the cohort and groups that were left. Whether
// the run is open for enrolment is decided elsewhere.
func (p *People) Enrol(ctx context.Context, user, run, mode string) (Member, bool, error) {
	if mode == "" {
		mode = DefaultMode
	}
	if err := checkName("mode", mode); err != nil {
		return Member{}, false, fmt.Errorf("enrolling: %w", err)
	}
	if run == "" {
		return Member{}, false, fmt.Errorf("enrolling: %w: nobody enrols in the site", ErrInvalid)
	}
	return p.changeMember(ctx, "enrolling", user, run, func(d *memberDoc) (bool, error) {
		enrolled := d.Enrolled != nil && *d.Enrolled
		if enrolled && d.Mode == mode {
			return false, nil
		}
		if !enrolled {
			d.Since = p.now()
		}
		yes := true
		d.Enrolled, d.Mode = &yes, mode
		return true, nil
	})
}

// Unenrol ends an enrolment and says whether there was one. The person's work, cohort, groups and roles stay.
func (p *People) Unenrol(ctx context.Context, user, run string) (Member, bool, error) {
	m, err := p.Member(ctx, user, run)
	if err != nil || !m.Enrolled {
		return m, false, err
	}
	return p.changeMember(ctx, "unenrolling", user, run, func(d *memberDoc) (bool, error) {
		if d.Enrolled == nil || !*d.Enrolled {
			return false, nil
		}
		no := false
		d.Enrolled = &no
		return true, nil
	})
}

// SetGroups replaces a member's groups.
func (p *People) SetGroups(ctx context.Context, user, run string, groups []string) (Member, error) {
	groups = slices.Clone(groups)
	slices.Sort(groups)
	groups = slices.Compact(groups)
	if len(groups) > maxGroups {
		return Member{}, fmt.Errorf("setting groups: %w: more than %d", ErrInvalid, maxGroups)
	}
	for _, group := range groups {
		if err := checkName("group", group); err != nil {
			return Member{}, fmt.Errorf("setting groups: %w", err)
		}
	}
	m, _, err := p.changeMember(ctx, "setting groups", user, run, func(d *memberDoc) (bool, error) {
		same := slices.Equal(d.Groups, groups)
		d.Groups = groups
		return !same, nil
	})
	return m, err
}

// Filter chooses members of a run. The zero value is everybody who is enrolled.
type Filter struct {
	// Formerly chooses those whose enrolment ended instead.
	Formerly bool
	// Group chooses those of one role, cohort, group or mode, enrolled or not; Kind says which of these, "" is GroupAny.
	Group, Kind string
}

// Members lists a run's people, at most limit (0 is 100), in an order that is always the same.
func (p *People) Members(ctx context.Context, run string, filter Filter, limit int, after store.Cursor) ([]Member, store.Cursor, error) {
	query := filter.query(run)
	query.Limit, query.After = limit, after
	docs, next, err := p.members.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("listing members: %w", err)
	}
	members := make([]Member, len(docs))
	for i := range docs {
		members[i] = docs[i].Body.member()
	}
	return members, next, nil
}

// CountMembers counts them up to limit.
func (p *People) CountMembers(ctx context.Context, run string, filter Filter, limit int) (int, error) {
	n, err := p.members.Count(ctx, filter.query(run), limit)
	if err != nil {
		return 0, fmt.Errorf("counting members: %w", err)
	}
	return n, nil
}

func (f Filter) query(run string) store.Query {
	if f.Group != "" {
		kind := f.Kind
		if kind == "" {
			kind = GroupAny
		}
		return store.Query{Index: "group", Equal: []any{groupKey(run, kind, f.Group)}}
	}
	return store.Query{Index: "run", Equal: []any{run, !f.Formerly}}
}

// Accounts returns the users behind members, by user id. Erased ones are left out.
func (p *People) Accounts(ctx context.Context, members []Member) (map[string]User, error) {
	var ids []string
	for _, m := range members {
		if m.User != "" {
			ids = append(ids, m.User)
		}
	}
	docs, err := p.users.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("looking up users: %w", err)
	}
	users := make(map[string]User, len(docs))
	for id, doc := range docs {
		if doc.Body.Erasing == nil {
			users[id] = doc.Body.user(id)
		}
	}
	return users, nil
}

// Users tells what a block may know of people of a run, by pseudonym; unknown and erased ones are left out.
func (p *People) Users(ctx context.Context, run string, pseudonyms []string) ([]wire.User, error) {
	ids := make([]string, len(pseudonyms))
	for i, pseudonym := range pseudonyms {
		ids[i] = memberID(run, pseudonym)
	}
	docs, err := p.members.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("looking up pseudonyms: %w", err)
	}
	var members []Member
	for _, id := range ids {
		if doc, ok := docs[id]; ok {
			members = append(members, doc.Body.member())
			delete(docs, id)
		}
	}
	accounts, err := p.Accounts(ctx, members)
	if err != nil {
		return nil, err
	}
	var users []wire.User
	for _, m := range members {
		if account, ok := accounts[m.User]; ok {
			users = append(users, wire.User{
				ID: m.Pseudonym, Username: account.Username, Name: account.Name, Groups: m.GroupNames(),
				Locale: account.Locale, Zone: account.Zone,
			})
		}
	}
	return users, nil
}

// maxEnrolments bounds one page for a block.
const maxEnrolments = 1000

// Enrolments lists a run's people for a block: those who are enrolled, or who are of a group, or one person.
func (p *People) Enrolments(ctx context.Context, run string, find wire.EnrolmentsFind) (wire.EnrolmentsFound, error) {
	if find.Learner != "" {
		m, err := p.ByPseudonym(ctx, run, find.Learner)
		if errors.Is(err, ErrNotFound) || (err == nil && !m.enrolment() && !slices.Contains(m.GroupNames(), find.Group)) ||
			(err == nil && find.Group != "" && !slices.Contains(m.GroupNames(), find.Group)) {
			return wire.EnrolmentsFound{}, nil
		}
		if err != nil {
			return wire.EnrolmentsFound{}, err
		}
		return wire.EnrolmentsFound{Enrolments: []wire.Enrolment{m.wire()}}, nil
	}
	members, next, err := p.Members(ctx, run, Filter{Group: find.Group}, min(max(find.Limit, 0), maxEnrolments), store.Cursor(find.After))
	if err != nil {
		return wire.EnrolmentsFound{}, err
	}
	found := wire.EnrolmentsFound{Next: string(next)}
	for _, m := range members {
		found.Enrolments = append(found.Enrolments, m.wire())
	}
	return found, nil
}

// enrolment reports whether the member is or was enrolled.
func (m Member) enrolment() bool { return m.Enrolled || !m.Since.IsZero() }

func (m Member) wire() wire.Enrolment {
	e := wire.Enrolment{Learner: m.Pseudonym, Mode: m.Mode, Active: m.Enrolled}
	if !m.Since.IsZero() {
		e.Since = m.Since.UnixMilli()
	}
	return e
}

// Restore puts an enrolment back as it was, date and all: for what is undone. A zero since was never enrolled. Cohort, groups
// and roles stay.
func (p *People) Restore(ctx context.Context, user, run string, was Member) (Member, error) {
	m, _, err := p.changeMember(ctx, "restoring enrolment", user, run, func(d *memberDoc) (bool, error) {
		if was.enrolment() {
			d.Enrolled = &was.Enrolled
		} else {
			d.Enrolled = nil
		}
		d.Mode, d.Since = was.Mode, was.Since
		return true, nil
	})
	return m, err
}

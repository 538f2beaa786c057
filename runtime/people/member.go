package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Pseudonym names a user in a course run, in 26 letters and digits. run is the course's key, or "" for blocks of the whole
// site. It does no I/O and needs no document; the way back does (see [People.Remember]).
func (p *People) Pseudonym(user, run string) string {
	mac := hmac.New(sha256.New, p.keys.pseudonym)
	mac.Write([]byte(store.ID(user, run)))
	return letters.EncodeToString(mac.Sum(nil)[:16])
}

// Member is what a course run knows of a person: enrolment, groups and roles.
type Member struct {
	// User is "" once the person was erased.
	User      string
	Run       string
	Pseudonym string
	// Enrolled says that the person is a learner of the run now; Since when, and Mode how ("audit", "honor", "verified").
	// Who was enrolled before keeps both.
	Enrolled bool
	Mode     string
	Since    time.Time
	// Cohort is at most one; Groups are content groups and the like.
	Cohort string
	Groups []string
	Roles  []Role
}

// Role is a course role that somebody holds.
type Role struct {
	Name string
	// By is the user who granted it, "" for the command line.
	By string
	At time.Time
}

// RoleNames lists the roles by name.
func (m Member) RoleNames() []string {
	names := make([]string, len(m.Roles))
	for i, role := range m.Roles {
		names[i] = role.Name
	}
	return names
}

// Has reports whether the member holds one of the roles.
func (m Member) Has(roles ...string) bool {
	return slices.ContainsFunc(m.Roles, func(r Role) bool { return slices.Contains(roles, r.Name) })
}

// GroupNames are what a block sees as groups: roles, cohort and groups.
func (m Member) GroupNames() []string {
	names := m.RoleNames()
	if m.Cohort != "" {
		names = append(names, m.Cohort)
	}
	names = append(names, m.Groups...)
	slices.Sort(names)
	return slices.Compact(names)
}

// memberDoc's id is (run, pseudonym).
type memberDoc struct {
	User      string `bson:"user,omitempty"`
	Run       string `bson:"run"`
	Pseudonym string `bson:"pseudonym"`
	// Enrolled is nil for somebody who never was.
	Enrolled *bool     `bson:"enrolled,omitempty"`
	Mode     string    `bson:"mode,omitempty"`
	Since    time.Time `bson:"since,omitempty"`
	Cohort   string    `bson:"cohort,omitempty"`
	Groups   []string  `bson:"groups,omitempty"`
	Roles    []roleDoc `bson:"roles,omitempty"`
	// GroupKeys find members by role, cohort, group and mode; see groupKey.
	GroupKeys []string `bson:"group_keys,omitempty"`
	// Lists are those of the run in which the person stands, in the order of NameKey or ListedAt; see Listing.
	Lists    []string   `bson:"lists,omitempty"`
	NameKey  string     `bson:"name_key,omitempty"`
	ListedAt *time.Time `bson:"listed_at,omitempty"`
	// Changed is when it was written last; see MembersSince.
	Changed *time.Time `bson:"changed,omitempty"`
}

type roleDoc struct {
	Name string    `bson:"name"`
	By   string    `bson:"by,omitempty"`
	At   time.Time `bson:"at"`
}

func (d *memberDoc) member() Member {
	m := Member{
		User: d.User, Run: d.Run, Pseudonym: d.Pseudonym, Enrolled: d.Enrolled != nil && *d.Enrolled, Mode: d.Mode,
		Since: d.Since, Cohort: d.Cohort, Groups: d.Groups,
	}
	for _, role := range d.Roles {
		m.Roles = append(m.Roles, Role(role))
	}
	return m
}

// Kinds of groups in the index. A name is found under GroupAny whatever kind it is.
const (
	GroupAny    = "any"
	GroupRole   = "role"
	GroupCohort = "cohort"
	GroupMode   = "mode"
)

func groupKey(run, kind, name string) string { return store.ID(run, kind, name) }

// index makes the group keys and lists anew.
func (d *memberDoc) index() {
	d.Lists, d.ListedAt = d.lists(), d.listedAt()
	d.GroupKeys = nil
	m := d.member()
	for _, role := range m.Roles {
		d.GroupKeys = append(d.GroupKeys, groupKey(d.Run, GroupRole, role.Name))
	}
	if d.Cohort != "" {
		d.GroupKeys = append(d.GroupKeys, groupKey(d.Run, GroupCohort, d.Cohort))
	}
	if m.Enrolled && d.Mode != "" {
		d.GroupKeys = append(d.GroupKeys, groupKey(d.Run, GroupMode, d.Mode))
	}
	for _, name := range m.GroupNames() {
		d.GroupKeys = append(d.GroupKeys, groupKey(d.Run, GroupAny, name))
	}
}

func memberID(run, pseudonym string) string { return store.ID(run, pseudonym) }

// Limits of what stands in a member's document.
const (
	maxGroupName = 100
	maxGroups    = 200
	maxRoles     = 50
)

// checkRun wants the key of a course run, or "" for the site.
func checkRun(run string) error {
	if run == "" {
		return nil
	}
	if course, err := key.ParseCourse(run); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	} else if course.String() != run {
		return fmt.Errorf("%w: %.200q is not how its key is written", ErrInvalid, run)
	}
	return nil
}

// checkName wants a printable name of 1 to 100 bytes without spaces around it.
func checkName(what, name string) error {
	if name == "" || len(name) > maxGroupName || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unprintable) {
		return fmt.Errorf("%w: %s %.100q needs 1 to %d bytes of printable text", ErrInvalid, what, name, maxGroupName)
	}
	return nil
}

// Member returns what a run knows of a user. Somebody without a document is a member without anything, not an error.
func (p *People) Member(ctx context.Context, user, run string) (Member, error) {
	pseudonym := p.Pseudonym(user, run)
	doc, err := p.members.Get(ctx, memberID(run, pseudonym))
	if errors.Is(err, store.ErrNotFound) {
		return Member{User: user, Run: run, Pseudonym: pseudonym}, nil
	}
	if err != nil {
		return Member{}, fmt.Errorf("looking up member: %w", err)
	}
	return doc.Body.member(), nil
}

// ByPseudonym returns the member behind a pseudonym of a run, or ErrNotFound. An erased person is a Member without a User.
func (p *People) ByPseudonym(ctx context.Context, run, pseudonym string) (Member, error) {
	doc, err := p.members.Get(ctx, memberID(run, pseudonym))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("looking up pseudonym: %w", err)
	}
	return doc.Body.member(), nil
}

// Remember makes sure that a user's pseudonym in a run leads back to them: for staff who act in a run without being enrolled.
// Enrolling and granting do it too.
func (p *People) Remember(ctx context.Context, user, run string) (Member, error) {
	m, _, err := p.changeMember(ctx, "remembering member", user, run, func(*memberDoc) (bool, error) { return false, nil })
	return m, err
}

// changeMember changes the document of a user who exists, and says whether anything changed. A document that is not there
// yet is made.
func (p *People) changeMember(ctx context.Context, operation, user, run string, change func(*memberDoc) (bool, error)) (m Member, changed bool, err error) {
	if err := checkRun(run); err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	account, err := p.User(ctx, user)
	if err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	pseudonym := p.Pseudonym(user, run)
	if err := p.findable(ctx, &account, run, pseudonym); err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	doc, err := p.members.Update(ctx, memberID(run, pseudonym), func(d *memberDoc) (bool, error) {
		created := d.Pseudonym == ""
		if created {
			*d = memberDoc{User: user, Run: run, Pseudonym: pseudonym}
		}
		if d.User == "" { // erased between the look at the user and here
			return false, ErrNotFound
		}
		var err error
		if changed, err = change(d); err != nil {
			return false, err
		}
		if changed || d.NameKey == "" {
			d.NameKey = nameKey(&account)
			d.index()
		}
		if changed || created {
			d.Changed = p.changed()
		}
		return changed || created, nil
	})
	if err != nil {
		return Member{}, false, fmt.Errorf("%s: %w", operation, err)
	}
	return doc.Body.member(), changed, nil
}

// Runs lists a user's memberships in all runs: their courses, roles and pseudonyms.
func (p *People) Runs(ctx context.Context, user string) ([]Member, error) {
	var members []Member
	err := p.members.Each(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 1000}, func(doc store.Doc[memberDoc]) error {
		members = append(members, doc.Body.member())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	return members, nil
}

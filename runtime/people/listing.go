package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Listing chooses people of a run for a page that shows who they are. The zero value is everybody who is enrolled, by name.
type Listing struct {
	// Formerly chooses those whose enrolment ended instead of those who are enrolled.
	Formerly bool
	// Team chooses those who hold a role, Role those who hold this one, enrolled or not; Formerly plays no part then.
	Team bool
	Role string
	// Mode and Cohort choose among them, "" is any; Uncohorted chooses those who are in no cohort.
	Mode, Cohort string
	Uncohorted   bool
	// ByDate sorts by the date of enrolment, or of the first role, instead of by name; Reverse turns the order around.
	ByDate, Reverse bool
}

// Person is a member with his account.
type Person struct {
	Member
	Account User
}

// The lists that a member stands in; see memberDoc.Lists.
const (
	listEnrolled = "enrolled"
	listFormerly = "formerly"
	listRole     = "role"
	listTeam     = "team"
)

// lists names every list of the run in which somebody looks: one for each combination of what a page may choose, so that
// none is filtered by reading it.
func (d *memberDoc) lists() []string {
	if d.User == "" {
		return nil
	}
	var lists []string
	if d.Enrolled != nil {
		status := listFormerly
		if *d.Enrolled {
			status = listEnrolled
		}
		for _, mode := range []string{"*", "=" + d.Mode} {
			for _, cohort := range []string{"*", "=" + d.Cohort} {
				lists = append(lists, store.ID(d.Run, status, mode, cohort))
			}
		}
	}
	for _, role := range d.Roles {
		lists = append(lists, store.ID(d.Run, listRole, role.Name))
	}
	if len(d.Roles) > 0 {
		lists = append(lists, store.ID(d.Run, listTeam))
	}
	return lists
}

// listedAt is the date that lists sort by.
func (d *memberDoc) listedAt() *time.Time {
	at := d.Since
	for _, role := range d.Roles {
		if at.IsZero() || d.Since.IsZero() && role.At.Before(at) {
			at = role.At
		}
	}
	if at.IsZero() {
		return nil
	}
	return &at
}

func (l *Listing) query(run string) store.Query {
	q := store.Query{Index: "by_name", Reverse: l.Reverse}
	if l.ByDate {
		q.Index = "by_date"
	}
	switch {
	case l.Role != "":
		q.Equal = []any{store.ID(run, listRole, l.Role)}
	case l.Team:
		q.Equal = []any{store.ID(run, listTeam)}
	default:
		status, mode, cohort := listEnrolled, "*", "*"
		if l.Formerly {
			status = listFormerly
		}
		if l.Mode != "" {
			mode = "=" + l.Mode
		}
		if l.Cohort != "" || l.Uncohorted {
			cohort = "=" + l.Cohort
		}
		q.Equal = []any{store.ID(run, status, mode, cohort)}
	}
	return q
}

// fits applies what the index of a list does not: of a role's list, mode and cohort; of a search, everything.
func (l *Listing) fits(m *Member) bool {
	switch {
	case l.Role != "" && !m.Has(l.Role), l.Team && len(m.Roles) == 0:
		return false
	case l.Role == "" && !l.Team && (m.Enrolled == l.Formerly || !m.enrolment()):
		return false
	}
	return (l.Mode == "" || m.Mode == l.Mode) && (l.Cohort == "" || m.Cohort == l.Cohort) && (!l.Uncohorted || m.Cohort == "")
}

// List gives one page of a listing, at most limit people (0 is 100). A page of a role's holders in one mode or cohort may be
// shorter: only the cursor tells whether there are more.
func (p *People) List(ctx context.Context, run string, l Listing, limit int, after store.Cursor) ([]Person, store.Cursor, error) {
	q := l.query(run)
	q.Limit, q.After = limit, after
	docs, next, err := p.members.Find(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("listing people: %w", err)
	}
	var members []Member
	for i := range docs {
		if m := docs[i].Body.member(); l.fits(&m) {
			members = append(members, m)
		}
	}
	persons, err := p.persons(ctx, members)
	return persons, next, err
}

// CountListed counts a listing's people up to limit; of a role's holders the others than those of the mode or cohort too.
func (p *People) CountListed(ctx context.Context, run string, l Listing, limit int) (int, error) {
	n, err := p.members.Count(ctx, l.query(run), limit)
	if err != nil {
		return 0, fmt.Errorf("counting people: %w", err)
	}
	return n, nil
}

// persons finds the accounts of members. Who is being erased is left out.
func (p *People) persons(ctx context.Context, members []Member) ([]Person, error) {
	accounts, err := p.Accounts(ctx, members)
	if err != nil {
		return nil, err
	}
	persons := make([]Person, 0, len(members))
	for _, m := range members {
		if account, found := accounts[m.User]; found {
			persons = append(persons, Person{m, account})
		}
	}
	return persons, nil
}

// fold brings a text into the form in which names are compared: without case, accents and vowel signs.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(b.String()))), " ")
}

// nameKey is what lists sort an account by: the name, or the user name where there is none.
func nameKey(user *User) string {
	if key := fold(user.Name); key != "" {
		return key
	}
	return fold(user.Username)
}

// sortPersons puts what a search found into a listing's order.
func sortPersons(persons []Person, l *Listing) {
	slices.SortStableFunc(persons, func(a, b Person) int {
		order := strings.Compare(nameKey(&a.Account), nameKey(&b.Account))
		if l.ByDate {
			order = a.Since.Compare(b.Since)
		}
		if order == 0 {
			order = strings.Compare(a.Pseudonym, b.Pseudonym)
		}
		if l.Reverse {
			return -order
		}
		return order
	})
}

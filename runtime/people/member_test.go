package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const (
	demo  = "course-v1:OpenedX+DemoX+DemoCourse"
	other = "course-v1:OpenedX+DemoX+Other"
)

var everything = store.Query{}

func TestPseudonyms(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	seen := map[string]bool{}
	for _, user := range []string{ann.ID, bob.ID} {
		for _, run := range []string{demo, other, ""} {
			pseudonym := r.Pseudonym(user, run)
			if len(pseudonym) != 26 || seen[pseudonym] || strings.Contains(pseudonym, user) || pseudonym != r.Pseudonym(user, run) {
				t.Errorf("%q in %q is %q", user, run, pseudonym)
			}
			seen[pseudonym] = true
		}
	}
	// Parts that could be joined in two ways stay apart.
	if r.Pseudonym("ab", "c") == r.Pseudonym("a", "bc") {
		t.Error("two pairs have one pseudonym")
	}
	config := r.config
	config.Secret = []byte("another secret that has at least 32 bytes")
	if p, err := New(config); err != nil || p.Pseudonym(ann.ID, demo) == r.Pseudonym(ann.ID, demo) {
		t.Errorf("the secret plays no part, %v", err)
	}
	if _, err := r.ByPseudonym(ctx, demo, r.Pseudonym(ann.ID, demo)); !errors.Is(err, ErrNotFound) {
		t.Errorf("before anything happened: %v", err)
	}
	if m, err := r.Remember(ctx, ann.ID, demo); err != nil || m.User != ann.ID || m.Enrolled {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := r.ByPseudonym(ctx, demo, r.Pseudonym(ann.ID, demo)); err != nil || m.User != ann.ID {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := r.ByPseudonym(ctx, other, r.Pseudonym(ann.ID, demo)); !errors.Is(err, ErrNotFound) {
		t.Errorf("in another run: %v", err)
	}
	if n, err := r.CountMembers(ctx, demo, Filter{}, 10); err != nil || n != 0 {
		t.Errorf("who is remembered is counted as enrolled: %d, %v", n, err)
	}
}

// A pseudonym is part of what is stored for years: it must not change with the code.
func TestPseudonymIsForEver(t *testing.T) {
	r := open(t)
	const want = "ci5thqdpbhzhcabrwvxzd9adds"
	if got := r.Pseudonym("user", demo); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnrol(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	m, changed, err := r.Enrol(ctx, ann.ID, demo, "")
	if err != nil || !changed || !m.Enrolled || m.Mode != DefaultMode || !m.Since.Equal(r.now()) || m.Pseudonym != r.Pseudonym(ann.ID, demo) {
		t.Errorf("%+v, %v, %v", m, changed, err)
	}
	since := m.Since
	r.pass(time.Hour)
	if again, changed, err := r.Enrol(ctx, ann.ID, demo, DefaultMode); err != nil || changed || !again.Since.Equal(since) {
		t.Errorf("again: %+v, %v, %v", again, changed, err)
	}
	if m, changed, err := r.Enrol(ctx, ann.ID, demo, "verified"); err != nil || !changed || m.Mode != "verified" || !m.Since.Equal(since) {
		t.Errorf("another mode: %+v, %v, %v", m, changed, err)
	}
	if m, changed, err := r.Unenrol(ctx, ann.ID, demo); err != nil || !changed || m.Enrolled || m.Mode != "verified" {
		t.Errorf("unenrolled: %+v, %v, %v", m, changed, err)
	}
	if _, changed, err := r.Unenrol(ctx, ann.ID, demo); err != nil || changed {
		t.Errorf("again: %v, %v", changed, err)
	}
	if n, err := r.CountMembers(ctx, demo, Filter{Formerly: true}, 10); err != nil || n != 1 {
		t.Errorf("%d formerly enrolled, %v", n, err)
	}
	if m, changed, err := r.Enrol(ctx, ann.ID, demo, ""); err != nil || !changed || !m.Since.After(since) {
		t.Errorf("back: %+v, %v, %v", m, changed, err)
	}
	if _, changed, err := r.Unenrol(ctx, ann.ID, other); err != nil || changed {
		t.Errorf("never enrolled: %v, %v", changed, err)
	}
	for _, c := range []struct {
		user, run, mode string
		want            error
	}{{"nobody", demo, "", ErrNotFound}, {ann.ID, "demo", "", ErrInvalid}, {ann.ID, "", "", ErrInvalid}, {ann.ID, demo, "a\nb", ErrInvalid}, {ann.ID, demo, strings.Repeat("x", 101), ErrInvalid}} {
		if _, _, err := r.Enrol(ctx, c.user, c.run, c.mode); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestEnrolHammer(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 10 {
				var err error
				switch (i + j) % 4 {
				case 0:
					_, _, err = r.Enrol(ctx, ann.ID, demo, "")
				case 1:
					_, _, err = r.Grant(ctx, ann.ID, demo, RoleStaff, "")
				case 2:
					_, err = r.SetGroups(ctx, ann.ID, demo, []string{"g"})
				case 3:
					_, _, err = r.Revoke(ctx, ann.ID, demo, RoleStaff)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	m, err := r.Member(ctx, ann.ID, demo)
	if err != nil || !m.Enrolled || !slices.Equal(m.Groups, []string{"g"}) || len(m.Roles) > 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if n, err := r.members.Count(ctx, everything, 10); err != nil || n != 1 {
		t.Errorf("%d documents, %v", n, err)
	}
}

func TestMembers(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	var users []User
	for i := range 7 {
		user := r.user(t, fmt.Sprint("user", i))
		users = append(users, user)
		if _, _, err := r.Enrol(ctx, user.ID, demo, []string{"audit", "verified"}[i%2]); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := r.Enrol(ctx, users[0].ID, other, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Grant(ctx, users[6].ID, demo, RoleBetaTester, users[0].ID); err != nil {
		t.Fatal(err)
	}
	var all []Member
	var after store.Cursor
	for pages := 0; ; pages++ {
		page, next, err := r.Members(ctx, demo, Filter{}, 3, after)
		if err != nil || pages > 3 {
			t.Fatal(pages, err)
		}
		all = append(all, page...)
		if after = next; next == "" {
			break
		}
	}
	if len(all) != 7 || !slices.IsSortedFunc(all, func(a, b Member) int { return strings.Compare(a.Pseudonym, b.Pseudonym) }) {
		t.Errorf("%d members", len(all))
	}
	accounts, err := r.Accounts(ctx, all)
	if err != nil || len(accounts) != 7 {
		t.Errorf("%d accounts, %v", len(accounts), err)
	}
	for filter, want := range map[Filter]int{
		{}: 7, {Formerly: true}: 0, {Group: RoleBetaTester}: 1, {Group: RoleBetaTester, Kind: GroupRole}: 1, {Group: RoleBetaTester, Kind: GroupCohort}: 0,
		{Group: "verified", Kind: GroupMode}: 3, {Group: "verified"}: 0, {Group: "none"}: 0,
	} {
		if n, err := r.CountMembers(ctx, demo, filter, 100); err != nil || n != want {
			t.Errorf("%+v: %d, %v, want %d", filter, n, err, want)
		}
	}
	if runs, err := r.Runs(ctx, users[0].ID); err != nil || len(runs) != 2 {
		t.Errorf("%v, %v", runs, err)
	}
	m, err := r.Member(ctx, users[6].ID, demo)
	if err != nil || !m.Has(RoleStaff, RoleBetaTester) || m.Has(RoleStaff) || m.Roles[0].By != users[0].ID {
		t.Errorf("%+v, %v", m, err)
	}
	if roles, err := r.RolesIn(ctx, users[6].ID, demo); err != nil || !slices.Equal(roles, []string{RoleBetaTester}) {
		t.Errorf("%v, %v", roles, err)
	}
	if roles, err := r.RolesIn(ctx, users[6].ID, other); err != nil || len(roles) != 0 {
		t.Errorf("in another run: %v, %v", roles, err)
	}
}

func TestRoles(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	for _, role := range []string{RoleInstructor, "forum/moderator", "forum/community_ta"} {
		if _, changed, err := r.Grant(ctx, ann.ID, demo, role, ""); err != nil || !changed {
			t.Errorf("%s: %v, %v", role, changed, err)
		}
	}
	for _, role := range []string{"", "learner", "admin", "Staff", "staff ", "forum/", "/staff", "a/b/c", "x/y\n", strings.Repeat("a", 60) + "/b"} {
		if _, _, err := r.Grant(ctx, ann.ID, demo, role, ""); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", role, err)
		}
	}
	if _, _, err := r.Grant(ctx, ann.ID, "", RoleStaff, ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("on the site: %v", err)
	}
	if _, changed, err := r.Revoke(ctx, ann.ID, demo, RoleInstructor); err != nil || !changed {
		t.Errorf("%v, %v", changed, err)
	}
	if m, err := r.Member(ctx, ann.ID, demo); err != nil || !slices.Equal(m.RoleNames(), []string{"forum/moderator", "forum/community_ta"}) || m.Enrolled {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestCohorts(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	if m, err := r.DrawCohort(ctx, ann.ID, demo); err != nil || m.Cohort != "" {
		t.Errorf("without cohorts: %+v, %v", m, err)
	}
	for _, cohort := range []Cohort{{"red", true, "group 1"}, {"blue", true, ""}, {"hand-picked", false, ""}} {
		if err := r.PutCohort(ctx, demo, cohort); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.PutCohort(ctx, demo, Cohort{Name: "red", Automatic: true, Group: "group 2"}); err != nil {
		t.Fatal(err)
	}
	list, err := r.Cohorts(ctx, demo)
	if err != nil || !slices.Equal(list, []Cohort{{"blue", true, ""}, {"hand-picked", false, ""}, {"red", true, "group 2"}}) {
		t.Errorf("%v, %v", list, err)
	}
	drawn := map[string]int{}
	for i := range 20 {
		m, err := r.DrawCohort(ctx, r.user(t, fmt.Sprint("user", i)).ID, demo)
		if err != nil {
			t.Fatal(err)
		}
		drawn[m.Cohort]++
	}
	if drawn["red"] == 0 || drawn["blue"] == 0 || len(drawn) != 2 {
		t.Errorf("drawn %v", drawn)
	}
	if m, err := r.SetCohort(ctx, ann.ID, demo, "hand-picked"); err != nil || m.Cohort != "hand-picked" || !slices.Contains(m.GroupNames(), "hand-picked") {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := r.DrawCohort(ctx, ann.ID, demo); err != nil || m.Cohort != "hand-picked" {
		t.Errorf("who is in one: %+v, %v", m, err)
	}
	if err := r.DeleteCohort(ctx, demo, "hand-picked"); !errors.Is(err, ErrInUse) {
		t.Errorf("with members: %v", err)
	}
	if _, err := r.SetCohort(ctx, ann.ID, demo, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteCohort(ctx, demo, "hand-picked"); err != nil {
		t.Error(err)
	}
	if err := r.DeleteCohort(ctx, demo, "hand-picked"); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if _, err := r.SetCohort(ctx, ann.ID, demo, "hand-picked"); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is gone: %v", err)
	}
	if _, err := r.SetCohort(ctx, ann.ID, other, "red"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another run's: %v", err)
	}
}

func TestDirectory(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	for _, user := range []User{ann, bob} {
		if _, _, err := r.Enrol(ctx, user.ID, demo, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := r.Grant(ctx, bob.ID, demo, RoleStaff, ""); err != nil {
		t.Fatal(err)
	}
	a, b := r.Pseudonym(ann.ID, demo), r.Pseudonym(bob.ID, demo)
	users, err := r.Users(ctx, demo, []string{b, "unknown", a, b, r.Pseudonym(ann.ID, other)})
	if err != nil || len(users) != 2 || users[0].ID != b || users[0].Username != "bob" || users[1].Username != "ann" || !slices.Equal(users[0].Groups, []string{RoleStaff}) {
		t.Errorf("%+v, %v", users, err)
	}
	for _, c := range []struct {
		find wire.EnrolmentsFind
		want int
	}{
		{wire.EnrolmentsFind{}, 2},
		{wire.EnrolmentsFind{Group: RoleStaff}, 1},
		{wire.EnrolmentsFind{Learner: a}, 1},
		{wire.EnrolmentsFind{Learner: a, Group: RoleStaff}, 0},
		{wire.EnrolmentsFind{Learner: b, Group: RoleStaff}, 1},
		{wire.EnrolmentsFind{Learner: "unknown"}, 0},
		{wire.EnrolmentsFind{Limit: 1}, 1},
		{wire.EnrolmentsFind{Limit: -5}, 2},
	} {
		found, err := r.Enrolments(ctx, demo, c.find)
		if err != nil || len(found.Enrolments) != c.want {
			t.Errorf("%+v: %+v, %v", c.find, found, err)
		}
		for _, e := range found.Enrolments {
			if !e.Active || e.Mode != DefaultMode || e.Since != r.now().UnixMilli() {
				t.Errorf("%+v", e)
			}
		}
	}
	first, err := r.Enrolments(ctx, demo, wire.EnrolmentsFind{Limit: 1})
	if err != nil || first.Next == "" {
		t.Fatal(first, err)
	}
	if second, err := r.Enrolments(ctx, demo, wire.EnrolmentsFind{Limit: 1, After: first.Next}); err != nil || len(second.Enrolments) != 1 || second.Enrolments[0] == first.Enrolments[0] {
		t.Errorf("%+v, %v", second, err)
	}
}

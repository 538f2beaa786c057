package people

import (
	"context"
	"testing"
	"time"
)

// Whoever keeps a list of a run's people hears of everything that changes in it: enrolments, cohorts, names, erasures.
func TestSince(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	for _, user := range []User{ann, bob} {
		if _, _, err := r.Enrol(ctx, user.ID, demo, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := r.Enrol(ctx, bob.ID, other, ""); err != nil {
		t.Fatal(err)
	}
	names := func(since time.Time) (members, accounts []string) {
		t.Helper()
		changed, err := r.MembersSince(ctx, demo, since)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range changed {
			members = append(members, m.User)
		}
		users, err := r.AccountsSince(ctx, since)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			accounts = append(accounts, u.Username)
		}
		return members, accounts
	}
	if members, accounts := names(r.now()); len(members) != 2 || len(accounts) != 0 {
		t.Errorf("after enrolling: %q, %q", members, accounts)
	}
	r.pass(time.Hour)
	began := r.now()
	if members, accounts := names(began); len(members)+len(accounts) != 0 {
		t.Errorf("nothing happened: %q, %q", members, accounts)
	}
	if _, err := r.SetGroups(ctx, ann.ID, demo, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SetProfile(ctx, bob.ID, Profile{Name: "Robert"}); err != nil {
		t.Fatal(err)
	}
	if members, accounts := names(began); len(members) != 1 || members[0] != ann.ID || len(accounts) != 1 || accounts[0] != "bob" {
		t.Errorf("after a group and a name: %q, %q", members, accounts)
	}
	r.pass(time.Hour)
	if err := r.Erase(ctx, bob.ID); err != nil {
		t.Fatal(err)
	}
	if members, accounts := names(r.now()); len(members) != 1 || members[0] != "" || len(accounts) != 0 {
		t.Errorf("after an erasure: %q, %q", members, accounts)
	}
}

package people

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestIdentities(t *testing.T) {
	ctx, r := context.Background(), open(t)
	ann, ben := r.user(t, "ann"), r.user(t, "ben")
	google := Identity{Provider: "google", Issuer: "https://a.example", Subject: "1", Label: "ann@a.example"}
	if err := r.Link(ctx, ann.ID, google); err != nil {
		t.Fatal(err)
	}
	if err := r.Link(ctx, ann.ID, google); err != nil {
		t.Errorf("linking again: %v", err)
	}
	if err := r.Link(ctx, ben.ID, google); !errors.Is(err, ErrLinked) {
		t.Errorf("somebody else's: %v", err)
	}
	for _, bad := range []Identity{{Issuer: "https://a.example"}, {Subject: "1"}} {
		if err := r.Link(ctx, ann.ID, bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if found, err := r.FindIdentity(ctx, "https://a.example", "1"); err != nil || found.ID != ann.ID {
		t.Errorf("%v, %v", found.Username, err)
	}
	// Issuer and subject are apart, however they are cut.
	if _, err := r.FindIdentity(ctx, "https://a.example1", ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("another cut: %v", err)
	}
	list, err := r.Identities(ctx, ann.ID)
	if err != nil || len(list) != 1 || list[0].Label != "ann@a.example" {
		t.Fatalf("%v, %v", list, err)
	}
	if err := r.Unlink(ctx, ben.ID, list[0].ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Ben unlinks Ann's: %v", err)
	}
	if _, err := r.SetDisabled(ctx, ann.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := r.FindIdentity(ctx, google.Issuer, google.Subject); !errors.Is(err, ErrDisabled) {
		t.Errorf("a closed account: %v", err)
	}
	if export, err := r.Export(ctx, ann.ID); err != nil || len(export.Identities) != 1 {
		t.Errorf("%v, %v", export.Identities, err)
	}
	if err := r.Erase(ctx, ann.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.Link(ctx, ben.ID, google); err != nil {
		t.Errorf("after the erasure: %v", err)
	}
	// Who has a password may do without.
	list, _ = r.Identities(ctx, ben.ID)
	if err := r.Unlink(ctx, ben.ID, list[0].ID); err != nil {
		t.Error(err)
	}
}

// Whoever has no password keeps one way to sign in, also when two are taken away at the same moment.
func TestLastWayStays(t *testing.T) {
	ctx, r := context.Background(), open(t)
	user, err := r.Create(ctx, NewUser{Username: "ann", Email: "ann@example.org", Passwordless: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"1", "2"} {
		if err := r.Link(ctx, user.ID, Identity{Issuer: "https://a.example", Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.Identities(ctx, user.ID)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	var both sync.WaitGroup
	for _, identity := range list {
		both.Go(func() {
			if err := r.Unlink(ctx, user.ID, identity.ID); err != nil && !errors.Is(err, ErrLastWay) {
				t.Error(err)
			}
		})
	}
	both.Wait()
	left, err := r.Identities(ctx, user.ID)
	if err != nil || len(left) == 0 {
		t.Fatalf("%d ways are left, %v", len(left), err)
	}
	for _, identity := range left[1:] {
		if err := r.Unlink(ctx, user.ID, identity.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Unlink(ctx, user.ID, left[0].ID); !errors.Is(err, ErrLastWay) {
		t.Errorf("the last: %v", err)
	}
	if _, err := r.FindIdentity(ctx, left[0].Issuer, left[0].Subject); err != nil {
		t.Errorf("the last way is gone: %v", err)
	}
}

func TestPublicProfile(t *testing.T) {
	ctx, r := context.Background(), open(t)
	ann := r.user(t, "ann")
	user, err := r.SetPublic(ctx, ann.ID, Public{VisibleEverybody, true, " Line one\r\nline two ", "de", []string{"en", "EN", "ar"}})
	if err != nil {
		t.Fatal(err)
	}
	if p := user.Public; p.Bio != "Line one\nline two" || p.Country != "DE" || len(p.Languages) != 2 || user.Shown(r.now()) != VisibleEverybody {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct {
		public Public
		code   string
	}{
		{Public{Bio: strings.Repeat("é", 1001)}, "bio too_long"},
		{Public{Bio: "a\u202eb"}, "bio unprintable"},
		{Public{Bio: "\xff"}, "bio not_utf8"},
		{Public{Country: "XX9"}, "country unknown"},
		{Public{Country: "001"}, "country unknown"},
		{Public{Languages: []string{"not a language"}}, "languages unknown"},
		{Public{Languages: strings.Split("aa,ab,af,am,an,ar,as,az,ba,be,bg", ",")}, "languages too_long"},
		{Public{Visibility: "world"}, "visibility unknown"},
	} {
		_, err := r.SetPublic(ctx, ann.ID, c.public)
		if got := strings.Join(codes(err), " "); got != c.code {
			t.Errorf("%.40v: %s, want %s", c.public, got, c.code)
		}
	}
	// The clock says March 2026: who was born in 2012 is 13 or 14, in 2013 12 or 13.
	for year, want := range map[int]Visibility{2012: VisibleEverybody, 2013: VisiblePrivate, 2020: VisiblePrivate, 1950: VisibleEverybody} {
		user, err := r.SetBirthYear(ctx, ann.ID, year)
		if err != nil || user.Shown(r.now()) != want {
			t.Errorf("born in %d: %q, %v", year, user.Shown(r.now()), err)
		}
	}
	for _, year := range []int{1899, 2027, -1} {
		if _, err := r.SetBirthYear(ctx, ann.ID, year); err == nil {
			t.Errorf("%d is taken", year)
		}
	}
	if got := YoungestAge(2013, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)); got != 12 {
		t.Error(got)
	}
}

func TestTogether(t *testing.T) {
	ctx, r := context.Background(), open(t)
	ann, ben, sue := r.user(t, "ann"), r.user(t, "ben"), r.user(t, "sue")
	const run = "course-v1:A+B+C"
	for _, user := range []User{ann, ben} {
		if _, _, err := r.Enrol(ctx, user.ID, run, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := r.Grant(ctx, sue.ID, run, "staff", "tester"); err != nil {
		t.Fatal(err)
	}
	check := func(a, b User, want bool) {
		t.Helper()
		if got, err := r.Together(ctx, a.ID, b.ID); err != nil || got != want {
			t.Errorf("%s and %s: %t, %v", a.Username, b.Username, got, err)
		}
	}
	check(ann, ben, true)
	check(ann, sue, true)
	if _, _, err := r.Unenrol(ctx, ben.ID, run); err != nil {
		t.Fatal(err)
	}
	check(ann, ben, false)
	check(ben, ann, false)
}

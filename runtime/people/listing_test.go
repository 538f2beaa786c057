package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

func names(persons []Person) string {
	list := make([]string, len(persons))
	for i, person := range persons {
		list[i] = person.Account.Username
	}
	return strings.Join(list, " ")
}

// crowd is a run with people of every kind.
func crowd(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	r := open(t)
	for _, cohort := range []string{"red", "blue"} {
		if err := r.PutCohort(ctx, demo, Cohort{Name: cohort}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ username, name, mode, cohort, role string }{
		{"zed", "Ann Abel", "audit", "red", ""},
		{"ben", "Émile Zola", "verified", "blue", ""},
		{"cat", "محمد علي", "verified", "red", ""},
		{"dan", "", "audit", "", "beta_testers"},
		{"eve", "Eve Smith", "", "", "staff"},
		{"fay", "Bob Young", "audit", "blue", "staff"},
	} {
		user, err := r.Create(ctx, NewUser{Username: c.username, Email: c.username + "@example.org", Password: password, Profile: Profile{Name: c.name}})
		if err == nil && c.mode != "" {
			_, _, err = r.Enrol(ctx, user.ID, demo, c.mode)
		}
		if err == nil && c.cohort != "" {
			_, err = r.SetCohort(ctx, user.ID, demo, c.cohort)
		}
		if err == nil && c.role != "" {
			_, _, err = r.Grant(ctx, user.ID, demo, c.role, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		r.pass(time.Minute)
	}
	fay, err := r.FindUser(ctx, "fay")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Unenrol(ctx, fay.ID, demo); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestListing(t *testing.T) {
	ctx := context.Background()
	r := crowd(t)
	for _, c := range []struct {
		listing Listing
		want    string
	}{
		{Listing{}, "zed dan ben cat"},
		{Listing{Reverse: true}, "cat ben dan zed"},
		{Listing{ByDate: true}, "zed ben cat dan"},
		{Listing{ByDate: true, Reverse: true}, "dan cat ben zed"},
		{Listing{Formerly: true}, "fay"},
		{Listing{Mode: "verified"}, "ben cat"},
		{Listing{Mode: "audit", Cohort: "red"}, "zed"},
		{Listing{Cohort: "red"}, "zed cat"},
		{Listing{Uncohorted: true}, "dan"},
		{Listing{Mode: "verified", Uncohorted: true}, ""},
		{Listing{Formerly: true, Cohort: "blue"}, "fay"},
		{Listing{Role: "staff"}, "fay eve"},
		{Listing{Role: "staff", Cohort: "blue"}, "fay"},
		{Listing{Team: true}, "fay dan eve"},
		{Listing{Team: true, ByDate: true}, "dan eve fay"},
		{Listing{Cohort: "green"}, ""},
	} {
		persons, next, err := r.List(ctx, demo, c.listing, 10, "")
		if got := names(persons); got != c.want || next != "" || err != nil {
			t.Errorf("%+v: %q, want %q; %q, %v", c.listing, got, c.want, next, err)
		}
		paged, after := []Person{}, store.Cursor("")
		for more := true; more; more = after != "" {
			if persons, after, err = r.List(ctx, demo, c.listing, 1, after); err != nil {
				t.Fatal(err)
			}
			paged = append(paged, persons...)
		}
		if got := names(paged); got != c.want {
			t.Errorf("%+v page by page: %q, want %q", c.listing, got, c.want)
		}
		if persons, _, err := r.List(ctx, other, c.listing, 10, ""); len(persons) > 0 || err != nil {
			t.Errorf("%+v in another run: %s, %v", c.listing, names(persons), err)
		}
	}
	if n, err := r.CountListed(ctx, demo, Listing{}, 100); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func TestFind(t *testing.T) {
	ctx := context.Background()
	r := crowd(t)
	look := func(text string, l Listing, want string) {
		t.Helper()
		found, more, err := r.Find(ctx, demo, text, l, 10)
		if got := names(found); got != want || more || err != nil {
			t.Errorf("%q finds %q, want %q; %v, %v", text, got, want, more, err)
		}
	}
	look("emile", Listing{}, "ben")
	look("ZOL", Listing{}, "ben")
	look("zola Émi", Listing{}, "ben")
	look("zola x", Listing{}, "")
	look("ola", Listing{}, "") // the middle of a word
	look("مُحَمَّد", Listing{}, "cat")
	look("cat@example", Listing{}, "cat")
	look("da", Listing{}, "dan")
	look("z", Listing{}, "zed ben")
	look("z", Listing{Reverse: true}, "ben zed")
	look("z", Listing{Cohort: "blue"}, "ben")
	look("y", Listing{}, "")
	look("y", Listing{Formerly: true}, "fay")
	look("e", Listing{Role: "staff"}, "eve")
	for _, text := range []string{"", " ", "\x00", "̈", strings.Repeat("x", 5000), "\xff"} {
		look(text, Listing{}, "")
	}
	if found, more, err := r.Find(ctx, demo, "z", Listing{}, 1); len(found) != 1 || !more || err != nil {
		t.Errorf("%s, %v, %v", names(found), more, err)
	}
	if found, _, err := r.Find(ctx, other, "zola", Listing{}, 10); len(found) != 0 || err != nil {
		t.Errorf("in another run: %s, %v", names(found), err)
	}

	// A new name and address find him, the old ones do not, and lists are sorted by the new name.
	ben, err := r.FindUser(ctx, "ben")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.SetProfile(ctx, ben.ID, Profile{Name: "Aaron Zorn"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SetEmail(ctx, ben.ID, "new@example.org", false); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rename(ctx, ben.ID, "quentin"); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"emile", "zola", "ben"} {
		look(gone, Listing{}, "")
	}
	for _, text := range []string{"aaron", "new@example.org", "quentin"} {
		look(text, Listing{}, "quentin")
	}
	if persons, _, err := r.List(ctx, demo, Listing{}, 1, ""); names(persons) != "quentin" || err != nil {
		t.Errorf("%s, %v", names(persons), err)
	}

	// A process that died between the account and its lists left a mark, which the sweeper finds.
	now := r.People.now()
	if _, err := r.users.Update(ctx, ben.ID, func(d *userDoc) (bool, error) {
		d.Name, d.Unlisted = "Zacharias", &now
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	look("zach", Listing{}, "")
	if n, err := r.Relist(ctx); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	look("zach", Listing{}, "quentin")
	if n, err := r.Relist(ctx); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}

	// Who is erased leaves no word behind.
	if err := r.Erase(ctx, ben.ID); err != nil {
		t.Fatal(err)
	}
	look("zach", Listing{}, "")
	err = r.words.Each(ctx, store.Query{}, func(doc store.Doc[wordDoc]) error {
		if doc.Body.User == ben.ID {
			t.Errorf("%q is left", doc.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if persons, _, err := r.List(ctx, demo, Listing{}, 10, ""); names(persons) != "zed dan cat" || err != nil {
		t.Errorf("%s, %v", names(persons), err)
	}
}

func TestInvitations(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	if err := r.PutCohort(ctx, demo, Cohort{Name: "red"}); err != nil {
		t.Fatal(err)
	}
	invite := func(run, email string) {
		t.Helper()
		in := Invitation{Run: run, Email: email, Mode: "verified", Cohort: "red", By: "somebody"}
		if created, err := r.Invite(ctx, in); !created || err != nil {
			t.Fatalf("%v, %v", created, err)
		}
		if created, err := r.Invite(ctx, in); created || err != nil {
			t.Fatalf("again: %v, %v", created, err)
		}
	}
	invite(demo, "Ann@example.org")
	invite(other, "ann@example.org")
	invite(demo, "zoe@example.org")
	list, _, err := r.Invitations(ctx, demo, 10, "")
	if err != nil || len(list) != 2 || list[0].Email != "Ann@example.org" || list[0].By != "somebody" {
		t.Fatalf("%+v, %v", list, err)
	}
	if taken, err := r.Uninvite(ctx, other, "ANN@example.org"); !taken || err != nil {
		t.Errorf("%v, %v", taken, err)
	}
	if taken, err := r.Uninvite(ctx, other, "ann@example.org"); taken || err != nil {
		t.Errorf("%v, %v", taken, err)
	}

	// An address that was not confirmed is anybody's.
	ann := r.user(t, "ann")
	enrolled := func(want bool) Member {
		t.Helper()
		m, err := r.Member(ctx, ann.ID, demo)
		if err != nil || m.Enrolled != want {
			t.Fatalf("%+v, %v", m, err)
		}
		return m
	}
	if _, _, err := r.StartSession(ctx, ann, Facts{Method: "password"}, ""); err != nil {
		t.Fatal(err)
	}
	enrolled(false)
	if _, err := r.SetEmail(ctx, ann.ID, "ann@example.org", true); err != nil {
		t.Fatal(err)
	}
	if m := enrolled(true); m.Mode != "verified" || m.Cohort != "red" {
		t.Errorf("%+v", m)
	}
	if m, err := r.Member(ctx, ann.ID, other); err != nil || m.Enrolled {
		t.Errorf("what was taken back: %+v, %v", m, err)
	}
	if _, err := r.Invitation(ctx, demo, "ann@example.org"); err == nil {
		t.Error("an invitation that was accepted is still there")
	}

	// Signing in does it too, and one that is too old is nothing.
	zoe, err := r.Create(ctx, NewUser{Username: "zoe", Email: "zoe@example.org", Password: password, Confirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	r.pass(InvitationLasts)
	if _, _, err := r.StartSession(ctx, zoe, Facts{Method: "password"}, ""); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Member(ctx, zoe.ID, demo); err != nil || m.Enrolled {
		t.Errorf("%+v, %v", m, err)
	}
	invite(demo, "zoe@example.org")
	if _, _, err := r.StartSession(ctx, zoe, Facts{Method: "password"}, ""); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Member(ctx, zoe.ID, demo); err != nil || !m.Enrolled {
		t.Errorf("%+v, %v", m, err)
	}
	invite(demo, "old@example.org")
	r.pass(InvitationLasts + time.Second)
	if n, err := r.Sweep(ctx); err != nil || n == 0 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := r.invited.Count(ctx, everything, 10); n != 0 || err != nil {
		t.Errorf("%d are left, %v", n, err)
	}
}

// BenchmarkPeople looks among many: neither a page of a list nor a search may grow with them.
func BenchmarkPeople(b *testing.B) {
	ctx := context.Background()
	r := open(b)
	const many = 20_000
	for from := 0; from < many; from += 1000 {
		var members []store.Doc[memberDoc]
		var users []store.Doc[userDoc]
		var words []store.Doc[wordDoc]
		for i := from; i < from+1000; i++ {
			id := fmt.Sprintf("user%06d", i)
			d := userDoc{Username: id, UsernameKey: id, Email: id + "@example.org", EmailKey: id + "@example.org", Name: fmt.Sprintf("Given%d Family%d", i%500, i), Created: r.now(), Epoch: 1}
			user := d.user(id)
			users = append(users, store.Doc[userDoc]{ID: id, Body: d})
			yes := true
			m := memberDoc{User: id, Run: demo, Pseudonym: id, Enrolled: &yes, Mode: []string{"audit", "verified"}[i%2], Cohort: fmt.Sprint(i % 10), Since: r.now(), NameKey: nameKey(&user)}
			m.index()
			members = append(members, store.Doc[memberDoc]{ID: memberID(demo, id), Body: m})
			for _, word := range slices.Compact(wordsOf(&user)) {
				words = append(words, store.Doc[wordDoc]{ID: wordID(demo, word, id), Body: wordDoc{id, demo, id}})
			}
		}
		for _, err := range []error{
			func() error { _, err := r.users.InsertMany(ctx, users); return err }(),
			func() error { _, err := r.members.InsertMany(ctx, members); return err }(),
			func() error { _, err := r.words.InsertMany(ctx, words); return err }(),
		} {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, look := range map[string]func() (int, error){
		"page": func() (int, error) {
			found, _, err := r.List(ctx, demo, Listing{Mode: "verified", Cohort: "3"}, 50, "")
			return len(found), err
		},
		"search": func() (int, error) {
			found, _, err := r.Find(ctx, demo, "family1234", Listing{}, 50)
			return len(found), err
		},
		"wide": func() (int, error) { found, _, err := r.Find(ctx, demo, "g", Listing{}, 50); return len(found), err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := look(); n == 0 || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

package command

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
)

// inspectSite opens a site that a command left, and lets the test look into it.
func inspectSite(t *testing.T, data string, look func(ctx context.Context, s *site.Site)) {
	t.Helper()
	s, err := site.Open(t.Context(), site.Config{Data: data, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	look(t.Context(), s)
}

const password = "a long enough password 17\n"

func TestUserCreate(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	create := func(input string, args ...string) outcome {
		return call(t, input, append([]string{"user", "create", "--data", data}, args...)...)
	}
	create(password, "--email", "lea@example.org", "--name", "Lea", "lea").want(t, 0, "created lea <lea@example.org>\n")
	create(password, "boss", "--email", "boss@example.org", "--admin").want(t, 0, "created boss <boss@example.org>, site administrator")
	create(password, "lea", "--email", "other@example.org").want(t, 1, "username")
	create(password, "lee", "--email", "lea@example.org").want(t, 1, "email")
	create(password, "lee", "--email", "no address").want(t, 1, "email")
	create("short\n", "lee", "--email", "lee@example.org").want(t, 1, "password")
	create("", "lee", "--email", "lee@example.org").want(t, 1, "first line of the input must be the password")
	create("\n", "lee", "--email", "lee@example.org").want(t, 1, "first line of the input must be the password")
	create(password, "lee").want(t, 2, "usage: quoin user create")
	create(password, "--email", "lee@example.org").want(t, 2, "usage: quoin user create")
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		user, err := s.People.FindUser(ctx, "lea")
		if err != nil || user.Name != "Lea" || user.Has(people.SiteAdmin) {
			t.Errorf("%+v, %v", user, err)
		}
		if user, err = s.People.FindUser(ctx, "boss"); err != nil || !user.Has(people.SiteAdmin) || user.Name != "boss" {
			t.Errorf("%+v, %v", user, err)
		}
		if _, err := s.People.FindUser(ctx, "lee"); err == nil {
			t.Error("a refused account is there")
		}
	})
}

func TestUserGrant(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	call(t, password, "user", "create", "--data", data, "lea", "--email", "lea@example.org").want(t, 0)
	callShipped(t, "course", "import", "--data", data, courseArchive(t, nil)).want(t, 0, "imported course-v1:Org+Num+now")
	grant := func(args ...string) outcome {
		return call(t, "", append([]string{"user", "grant", "--data", data}, args...)...)
	}
	const run = "course-v1:Org+Num+now"
	grant("lea", "staff", "--course", run).want(t, 0, "lea: staff")
	grant("lea@example.org", "admin").want(t, 0, "lea: admin")
	grant("lea", "instructor", "--course", run, "--revoke").want(t, 0)
	grant("lea", "king", "--course", run).want(t, 1, "king", "course roles are", "staff")
	grant("lea", "staff").want(t, 1, "site roles are", "admin", "course roles need --course")
	grant("leo", "staff", "--course", run).want(t, 1, "leo")
	grant("lea", "staff", "--course", "no key").want(t, 1, "no key")
	grant("lea", "staff", "--course", "course-v1:Org+Num+never").want(t, 1, "course-v1:Org+Num+never", "quoin course import")
	grant("lea").want(t, 2, "usage: quoin user grant")
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		user, err := s.People.FindUser(ctx, "lea")
		if err != nil || !user.Has(people.SiteAdmin) {
			t.Errorf("%+v, %v", user, err)
		}
		member, err := s.People.Member(ctx, user.ID, run)
		if err != nil || !slices.Contains(member.RoleNames(), people.RoleStaff) || len(member.RoleNames()) != 1 {
			t.Errorf("%+v, %v", member, err)
		}
	})
	grant("lea", "admin", "--revoke").want(t, 1, "the site needs an administrator")
	call(t, password, "user", "create", "--data", data, "--admin", "boss", "--email", "boss@example.org").want(t, 0)
	grant("lea", "admin", "--revoke").want(t, 0)
	grant("lea", "staff", "--course", run, "--revoke").want(t, 0)
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		user, err := s.People.FindUser(ctx, "lea")
		if err != nil || user.Has(people.SiteAdmin) {
			t.Errorf("%+v, %v", user, err)
		}
		if member, err := s.People.Member(ctx, user.ID, run); err != nil || len(member.RoleNames()) > 0 {
			t.Errorf("%+v, %v", member, err)
		}
	})
}

package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// demoPeople are the accounts of a development site. Their passwords are known to everybody, so nothing but a server that
// listens on this machine alone makes them.
var demoPeople = []struct {
	host.Demo
	name, role string
	admin      bool
}{
	{host.Demo{Username: "lea", Password: "quoin-demo-learner", Role: "learner"}, "Lea Learner", "", false},
	{host.Demo{Username: "sam", Password: "quoin-demo-staff", Role: "course staff"}, "Sam Staff", people.RoleStaff, false},
	{host.Demo{Username: "ada", Password: "quoin-demo-admin", Role: "site administrator"}, "Ada Admin", "", true},
}

// prepareDemo imports the sample course into an empty site and makes the demo accounts.
func (s *server) prepareDemo(ctx context.Context) error {
	var run key.Course
	if s.settings.Sample != "" {
		runs, _, err := s.site.Courses.Runs(ctx, "", 1)
		if err != nil {
			return err
		}
		if len(runs) == 0 {
			s.log.Info("importing the sample course; the first time its blocks are compiled, which takes a while")
			report, err := importCourse(ctx, s.site, s.settings.Sample, key.Course{}, nil)
			if err != nil {
				return fmt.Errorf("importing the sample course: %w", err)
			}
			run = report.Course
			s.log.Info("imported the sample course", "course", run.String())
		} else if run, err = key.ParseCourse(runs[0].Key); err != nil {
			return err
		}
	}
	for _, person := range demoPeople {
		user, err := s.site.People.FindUser(ctx, person.Username)
		if errors.Is(err, people.ErrNotFound) {
			user, err = s.makeDemo(ctx, person.Demo, person.name, person.admin)
		}
		if err != nil {
			return fmt.Errorf("making the demo account %s: %w", person.Username, err)
		}
		if person.role != "" && !run.IsZero() {
			if _, _, err := s.site.People.Grant(ctx, user.ID, run.String(), person.role, ""); err != nil {
				return fmt.Errorf("making %s %s: %w", person.Username, person.role, err)
			}
		}
		s.demo = append(s.demo, person.Demo)
	}
	return nil
}

func (s *server) makeDemo(ctx context.Context, demo host.Demo, name string, admin bool) (people.User, error) {
	user, err := s.site.People.Create(ctx, people.NewUser{
		Username: demo.Username, Email: demoEmail(demo.Username), Password: demo.Password, Profile: people.Profile{Name: name},
	})
	if err == nil && admin {
		user, err = s.site.People.SetSiteRole(ctx, user.ID, people.SiteAdmin, true)
	}
	return user, err
}

// refuseDemo keeps a site that was made for development from being served to others: everybody knows its accounts' passwords.
func (s *server) refuseDemo(ctx context.Context) error {
	if !s.role().Serves() {
		return nil
	}
	for _, person := range demoPeople {
		user, err := s.site.People.FindUser(ctx, person.Username)
		if errors.Is(err, people.ErrNotFound) || err == nil && user.Email != demoEmail(person.Username) {
			continue
		}
		if err != nil {
			return fmt.Errorf("looking for demo accounts: %w", err)
		}
		if !loopback(s.listener) {
			return fmt.Errorf("this site has demo accounts of development, such as %s, whose passwords everybody knows: "+
				"serve another --data folder, or listen on 127.0.0.1", user.Username)
		}
		s.log.Warn("this site has demo accounts of development, whose passwords everybody knows", "account", user.Username)
		return nil
	}
	return nil
}

func demoEmail(name string) string { return name + "@demo.example" }

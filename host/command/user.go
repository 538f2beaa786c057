package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// userCreate makes an account. The password comes from the first line of the input, so that no list of processes shows it.
func userCreate(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "user create")
	s.siteFlags(set)
	email := set.String("email", "", "the person's `address`")
	name := set.String("name", "", "how the person wants to be called; the user name when empty")
	admin := set.Bool("admin", false, "make a site administrator")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 || *email == "" {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	fmt.Fprint(p.Err, "password (first line of the input): ")
	password, err := firstLine(p.In)
	fmt.Fprintln(p.Err)
	if err != nil {
		return err
	}
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	if *name == "" {
		*name = words[0]
	}
	user, err := site.People.Create(ctx, people.NewUser{
		Username: words[0], Email: *email, Password: password, Profile: people.Profile{Name: *name},
	})
	if err != nil {
		return err
	}
	if *admin {
		if user, err = site.People.SetSiteRole(ctx, user.ID, people.SiteAdmin, true); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.Out, "created %s <%s>%s\n", user.Username, user.Email, map[bool]string{true: ", site administrator"}[*admin])
	return nil
}

// maxPassword bounds what is read as a password, in bytes; package people has the rules.
const maxPassword = 4096

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("the first line of the input must be the password, as in: printf '%s\\n' \"$PASSWORD\" | quoin user create NAME")
	}
	return line, nil
}

// userGrant gives somebody a role in a course, or on the site where no course is named. The person's sessions end.
func userGrant(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "user grant")
	s.siteFlags(set)
	course := set.String("course", "", "the course `key`, such as course-v1:Org+Number+Run; a site role when empty")
	revoke := set.Bool("revoke", false, "take the role away instead")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 2 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	if *course != "" {
		if _, err := key.ParseCourse(*course); err != nil {
			return err
		}
	}
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	if *course != "" {
		run, err := key.ParseCourse(*course)
		if err == nil {
			_, err = site.Courses.Run(ctx, run)
		}
		if err != nil {
			return fmt.Errorf("%w; quoin course import brings one in", err)
		}
	}
	user, err := site.People.FindUser(ctx, words[0])
	if err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	known := "site roles are " + strings.Join(people.SiteRoles(), ", ") + "; course roles need --course"
	switch {
	case *course == "":
		_, err = site.People.SetSiteRole(ctx, user.ID, words[1], !*revoke)
	case *revoke:
		_, _, err = site.People.Revoke(ctx, user.ID, *course, words[1])
	default:
		_, _, err = site.People.Grant(ctx, user.ID, *course, words[1], "")
	}
	if *course != "" {
		known = "course roles are " + strings.Join(people.CourseRoles(), ", ")
	}
	if errors.Is(err, people.ErrInvalid) || errors.Is(err, people.ErrNotFound) {
		return fmt.Errorf("%w; %s", err, known)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s: %s\n", user.Username, words[1])
	return nil
}

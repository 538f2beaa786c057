package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
)

// userExport writes everything that is held about a person.
func userExport(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "user export")
	s.siteFlags(set)
	out := set.String("out", "", "the zip `file`, which must not exist; it gets mode 0600")
	name, err := oneName(s, set, args)
	if err != nil {
		return err
	}
	if *out == "" {
		return errUsage
	}
	if err := checkNewFile(*out); err != nil {
		return err
	}
	opened, user, err := s.openFor(ctx, p, name)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	err = writeNew(*out, func(to io.Writer) error { return opened.ExportPerson(ctx, user.ID, to) })
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "exported what is held about %s to %s\n", user.Username, *out)
	return nil
}

// userErase erases a person after his name was typed once more.
func userErase(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "user erase")
	s.siteFlags(set)
	yes := set.String("yes", "", "the user `name` once more, instead of typing it")
	name, err := oneName(s, set, args)
	if err != nil {
		return err
	}
	opened, user, err := s.openFor(ctx, p, name)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	typed := *yes
	if typed == "" {
		fmt.Fprintf(p.Err, "This erases %s <%s> and all work of this person. It cannot be undone.\nType the user name to go on: ", user.Username, user.Email)
		if typed, err = bufio.NewReader(io.LimitReader(p.In, maxPassword)).ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		fmt.Fprintln(p.Err)
	}
	if strings.TrimSpace(typed) != user.Username {
		return fmt.Errorf("nothing was erased: the name typed is not %s", user.Username)
	}
	erased, err := opened.ErasePerson(ctx, user.ID)
	if errors.Is(err, people.ErrLastAdmin) {
		return fmt.Errorf("%w: make another one first, with quoin user grant NAME %s", err, people.SiteAdmin)
	}
	if err != nil {
		return fmt.Errorf("%w; run the command again, it goes on where it stopped", err)
	}
	fmt.Fprintf(p.Out, "erased %s and %d documents\n", user.Username, erased.Total())
	for _, collection := range slices.Sorted(maps.Keys(erased)) {
		fmt.Fprintf(p.Out, "  %-20s %d\n", collection, erased[collection])
	}
	fmt.Fprintln(p.Out, "files that nobody else has handed in go within a day; backups hold the person until they are removed, "+
		"and quoin restore erases whom quoin user erasures lists")
	return nil
}

// userErasures lists who was erased, for restores of older backups.
func userErasures(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "user erasures")
	s.siteFlags(set)
	out := set.String("out", "", "the `file`, which is replaced; keep it beside the backups, and make it anew after each erasure")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 0 || *out == "" {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	if err := s.there(); err != nil {
		return err
	}
	opened, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	list, err := opened.People.Erasures(ctx)
	if err != nil {
		return err
	}
	next := *out + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := writeNew(next, func(to io.Writer) error { return json.NewEncoder(to).Encode(list) }); err != nil {
		return err
	}
	if err := os.Rename(next, *out); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%d erasures listed in %s; it names nobody\n", len(list), *out)
	return nil
}

func readErasures(path string) ([]people.Erasure, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []people.Erasure
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s is no list of erasures as quoin user erasures writes it: %w", path, err)
	}
	return list, nil
}

// oneName reads flags and the one word that commands about a person have.
func oneName(s *settings, set *flag.FlagSet, args []string) (string, error) {
	words, err := parse(set, args)
	if err != nil {
		return "", err
	}
	if len(words) != 1 {
		return "", errUsage
	}
	return words[0], s.complete(set)
}

// openFor opens the site that is there and finds a person in it. The caller closes the site.
func (s *settings) openFor(ctx context.Context, p *Parts, name string) (*site.Site, people.User, error) {
	if err := s.there(); err != nil {
		return nil, people.User{}, err
	}
	opened, err := s.openSite(ctx, p)
	if err != nil {
		return nil, people.User{}, err
	}
	user, err := opened.People.FindUser(ctx, name)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		closeSite(opened, &err)
		return nil, people.User{}, err
	}
	return opened, user, nil
}

// writeNew makes a file with mode 0600, whole or not at all.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(file)
	err = write(buffered)
	if err = errors.Join(err, buffered.Flush(), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

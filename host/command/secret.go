package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// secretSet keeps a secret for a package. The value is the first line of the input, so that no list of processes shows it.
func secretSet(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "secret set")
	s.siteFlags(set)
	host := set.String("host", "", "the only `host` that it may be sent to; empty for one that only signs and verifies")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	fmt.Fprint(p.Err, "secret (first line of the input): ")
	value, err := firstLine(p.In)
	fmt.Fprintln(p.Err)
	if err != nil {
		return errors.New("the first line of the input must be the secret, as in: printf '%s\\n' \"$TOKEN\" | quoin secret set PACKAGE/HANDLE --host HOST")
	}
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	pack, handle, _ := strings.Cut(words[0], "/")
	*host = strings.ToLower(*host)
	if err := site.Secrets.Set(ctx, pack, handle, *host, value); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "kept %s%s; it is never shown again\n", words[0], forHost(*host))
	return nil
}

func forHost(host string) string {
	if host == "" {
		return ", to sign and verify with"
	}
	return " for " + host
}

// secretList tells which secrets there are, never what they are.
func secretList(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "secret list")
	s.siteFlags(set)
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 0 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	list, err := site.Secrets.List(ctx)
	if err != nil {
		return err
	}
	for _, secret := range list {
		fmt.Fprintf(p.Out, "%s/%s%s, set %s\n", secret.Package, secret.Handle, forHost(secret.Host), secret.At.Format("2006-01-02"))
	}
	if len(list) == 0 {
		fmt.Fprintln(p.Out, "no secrets are set")
	}
	return nil
}

// secretRemove takes a secret away.
func secretRemove(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "secret remove")
	s.siteFlags(set)
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	pack, handle, _ := strings.Cut(words[0], "/")
	if err := site.Secrets.Remove(ctx, pack, handle); err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	fmt.Fprintf(p.Out, "removed %s\n", words[0])
	return nil
}

package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/site"
)

// secretSet keeps a secret for a package. The value is the first line of the input, so that no list of processes shows it.
func secretSet(ctx context.Context, p *Parts, args []string) error {
	var host string
	return onSite(ctx, p, args, "secret set", 1, func(set *flag.FlagSet) {
		set.StringVar(&host, "host", "", "the only `host` that it may be sent to; empty for one that only signs and verifies")
	}, func(s *site.Site, words []string) error {
		fmt.Fprint(p.Err, "secret (first line of the input): ")
		value, err := firstLine(p.In)
		fmt.Fprintln(p.Err)
		if err != nil {
			return errors.New("the first line of the input must be the secret, as in: printf '%s\\n' \"$TOKEN\" | quoin secret set PACKAGE/HANDLE --host HOST")
		}
		pack, handle, _ := strings.Cut(words[0], "/")
		host = strings.ToLower(host)
		if err := s.Secrets.Set(ctx, pack, handle, host, value); err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "kept %s%s; it is never shown again\n", words[0], forHost(host))
		return nil
	})
}

func forHost(host string) string {
	if host == "" {
		return ", to sign and verify with"
	}
	return " for " + host
}

// secretList tells which secrets there are, never what they are.
func secretList(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "secret list", 0, nil, func(s *site.Site, _ []string) error {
		list, err := s.Secrets.List(ctx)
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
	})
}

// secretRemove takes a secret away.
func secretRemove(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "secret remove", 1, nil, func(s *site.Site, words []string) error {
		pack, handle, _ := strings.Cut(words[0], "/")
		if err := s.Secrets.Remove(ctx, pack, handle); err != nil {
			return fmt.Errorf("%s: %w", words[0], err)
		}
		fmt.Fprintf(p.Out, "removed %s\n", words[0])
		return nil
	})
}

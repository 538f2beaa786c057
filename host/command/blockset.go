package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/site"
)

// stands tells how a block stands after a change.
func stands(w io.Writer, b *installed.Block) {
	state := whereOn(b)
	if b.Removed != nil {
		state = ", and removed"
	}
	version := "?"
	if now := b.Now(); now != nil {
		version = now.Version
	}
	fmt.Fprintf(w, "%s: version %s is current%s; a server that runs follows within two seconds\n", b.Name, version, state)
}

func blockRollback(ctx context.Context, p *Parts, args []string) error {
	var to string
	var consent installed.Consent
	return onSite(ctx, p, args, "block rollback", 1, func(set *flag.FlagSet) {
		set.StringVar(&to, "to", "", "`version` to make current; the one before when empty")
		set.BoolVar(&consent.Broken, "allow-broken", false, "go back though it cannot read all that learners stored since with a newer version")
	}, func(s *site.Site, words []string) error {
		b, err := s.Blocks.Rollback(ctx, words[0], to, consent)
		if err == nil {
			stands(p.Out, &b)
		}
		return err
	})
}

func blockRemove(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "block remove", 1, nil, func(s *site.Site, words []string) error {
		b, err := s.Blocks.Remove(ctx, words[0])
		if err != nil {
			return err
		}
		stands(p.Out, &b)
		fmt.Fprintf(p.Out, "its content stays and shows a placeholder; answers wait until quoin block restore %s brings it back\n", b.Name)
		return nil
	})
}

func blockRestore(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "block restore", 1, nil, func(s *site.Site, words []string) error {
		b, err := s.Blocks.Restore(ctx, words[0])
		if err == nil {
			stands(p.Out, &b)
		}
		return err
	})
}

func blockEnable(ctx context.Context, p *Parts, args []string) error {
	var courses list
	return onSite(ctx, p, args, "block enable", 1, func(set *flag.FlagSet) {
		set.Var(&courses, "course", "`key` of a course that shall have it; may be repeated; the whole site when empty")
	}, func(s *site.Site, words []string) error {
		b, err := s.Blocks.Enable(ctx, words[0], courses...)
		if err == nil {
			stands(p.Out, &b)
		}
		return err
	})
}

func blockDisable(ctx context.Context, p *Parts, args []string) error {
	var courses list
	var why string
	return onSite(ctx, p, args, "block disable", 1, func(set *flag.FlagSet) {
		set.Var(&courses, "course", "`key` of a course that shall have it no more; may be repeated; everywhere when empty")
		set.StringVar(&why, "reason", "", "why, for those who see it switched off")
	}, func(s *site.Site, words []string) error {
		b, err := s.Blocks.Disable(ctx, words[0], why, courses...)
		if err == nil {
			stands(p.Out, &b)
		}
		return err
	})
}

// blockList tells which blocks the site has.
func blockList(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "block list", 0, nil, func(s *site.Site, _ []string) error {
		blocks, err := s.Blocks.List(ctx)
		if err != nil {
			return err
		}
		trouble := s.Blocks.Trouble()
		for i := range blocks {
			b := &blocks[i]
			showBlock(p.Out, b, trouble[b.Name])
		}
		var shipped []string
		for _, status := range s.Kernel.Blocks() {
			if slices.ContainsFunc(blocks, func(b installed.Block) bool { return b.Name == status.Name && b.Removed == nil }) && trouble[status.Name] == "" {
				continue
			}
			if status.Version != nil && status.Version.BuiltIn {
				shipped = append(shipped, status.Name+" "+status.Version.Manifest.Version)
			}
		}
		if len(blocks) == 0 {
			fmt.Fprintln(p.Out, "no block is installed: quoin block install FILE brings one in")
		}
		fmt.Fprintf(p.Out, "part of this program: %s\n", strings.Join(shipped, ", "))
		revoked, err := s.Blocks.Revoked(ctx)
		for _, r := range revoked {
			fmt.Fprintf(p.Out, "key believed no more: %s (%s)\n", r.Key, r.Reason)
		}
		return err
	})
}

func showBlock(w io.Writer, b *installed.Block, trouble string) {
	now := b.Now()
	if now == nil {
		return
	}
	state := "on"
	switch {
	case b.Removed != nil:
		state = "removed"
	case trouble != "":
		state = "cannot be served: " + trouble
	case b.Off != "":
		state = "off: " + b.Off
	case b.Only:
		state = "on for " + strings.Join(b.Courses, ", ")
	}
	fmt.Fprintf(w, "%s %s (%s): %s\n", b.Name, now.Version, now.Digest[:12], state)
	key := "nobody signed it"
	if b.Key != "" {
		key = "publisher " + string(b.Key)
	}
	fmt.Fprintf(w, "  %s; engine %s; allowed on %s\n", key, now.Engine, now.At.Format("2006-01-02 15:04 UTC"))
	var earlier []string
	for i := len(b.Earlier) - 1; i >= 0; i-- {
		if v := b.Version(b.Earlier[i]); v != nil {
			earlier = append(earlier, v.Version)
		}
	}
	if len(earlier) > 0 {
		fmt.Fprintf(w, "  before it: %s\n", strings.Join(earlier, ", "))
	}
}

// blockWhy tells why a block is off. Its status is 1 when it is.
func blockWhy(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "block why", 1, nil, func(s *site.Site, words []string) error {
		reasons, err := s.Blocks.Why(ctx, words[0])
		if err != nil {
			return err
		}
		if err := unheard(ctx, p, s, words[0]); err != nil {
			return err
		}
		if len(reasons) == 0 {
			fmt.Fprintf(p.Out, "%s is on: it loads, and every course has it\n", words[0])
			return nil
		}
		for _, r := range reasons {
			fmt.Fprintf(p.Out, "%s: %s\n  -> %s\n", words[0], r.What, r.Mend)
		}
		return errFailed
	})
}

// unheard tells of events that a block could not take in lately.
func unheard(ctx context.Context, p *Parts, s *site.Site, name string) error {
	list, err := s.Listening.Troubled(ctx, 1000)
	if err != nil {
		return err
	}
	for _, l := range list {
		version, err := s.Registry.Lookup(l.Type)
		if l.Type != name && (err != nil || version.Manifest.Name != name) {
			continue
		}
		if l.Failure != "" {
			fmt.Fprintf(p.Out, "%s fails at events and hears them again soon: %s\n", l.Usage, l.Failure)
		}
		for _, skip := range l.Skipped {
			fmt.Fprintf(p.Out, "%s: %d events were left out on %s, the first %s: %s\n", l.Usage, skip.Events,
				skip.At.UTC().Format("2006-01-02 15:04 UTC"), skip.First, skip.Failure)
		}
	}
	return nil
}

func keysRevoke(ctx context.Context, p *Parts, args []string) error {
	var why string
	return onSite(ctx, p, args, "block keys revoke", 1, func(set *flag.FlagSet) {
		set.StringVar(&why, "reason", "", "why, for those who see its blocks switched off")
	}, func(s *site.Site, words []string) error {
		key, err := readKey(words[0])
		if err == nil {
			err = s.Blocks.Revoke(ctx, key, why, "")
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "%s is believed no more; a server that runs follows within two seconds\n", key)
		return nil
	})
}

func keysBelieve(ctx context.Context, p *Parts, args []string) error {
	return onSite(ctx, p, args, "block keys believe", 1, nil, func(s *site.Site, words []string) error {
		key, err := readKey(words[0])
		if err == nil {
			err = s.Blocks.Believe(ctx, key)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "%s is believed again\n", key)
		return nil
	})
}

// blockLock writes the site's set of blocks to a file, or makes the site's set what a file says.
func blockLock(ctx context.Context, p *Parts, args []string) error {
	var out, apply, from string
	var yes, process bool
	return onSite(ctx, p, args, "block lock", 0, func(set *flag.FlagSet) {
		set.StringVar(&out, "out", "", "`file` to write; to the output when empty")
		set.StringVar(&apply, "apply", "", "`file` to make the site's set of blocks from")
		set.StringVar(&from, "from", ".", "`folder` with the archives of blocks that the site does not know yet")
		set.BoolVar(&yes, "yes", false, "apply without asking")
		set.BoolVar(&process, "allow-process", false, "let blocks run as processes: they can read all this server can")
	}, func(s *site.Site, _ []string) error {
		if apply != "" {
			return applyLock(ctx, p, s, apply, from, yes, process)
		}
		lock, err := s.Blocks.Lock(ctx, func(user string) string {
			if found, err := s.People.User(ctx, user); err == nil {
				return found.Username
			}
			return user
		})
		if err != nil {
			return err
		}
		text, err := lock.Encode()
		if err != nil {
			return err
		}
		if out != "" {
			return writeWhole(out, text, 0o644)
		}
		_, err = p.Out.Write(text)
		return err
	})
}

func applyLock(ctx context.Context, p *Parts, s *site.Site, file, from string, yes, process bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lock, err := installed.ParseLock(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	steps, err := s.Blocks.Plan(ctx, lock)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		fmt.Fprintln(p.Out, "the site's blocks are what the file says already")
		return nil
	}
	for _, step := range steps {
		fmt.Fprintf(p.Out, "%s: %s\n", step.Name, step.What)
	}
	if !yes {
		fmt.Fprint(p.Err, "Do this? [y/N] ")
		line, err := readLine(p.In)
		if err != nil {
			return err
		}
		if line = strings.ToLower(line); line != "y" && line != "yes" {
			fmt.Fprintln(p.Out, "nothing was changed")
			return nil
		}
	}
	err = s.Blocks.Apply(ctx, steps, func(digest string) (io.ReadCloser, error) { return findArchive(ctx, from, digest) }, process)
	if err == nil {
		fmt.Fprintln(p.Out, "done; a server that runs follows within two seconds")
	}
	return err
}

// findArchive looks in a folder for the archive of a package.
func findArchive(ctx context.Context, folder, digest string) (io.ReadCloser, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*"+packages.Extension))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		opened, err := packages.OpenFile(ctx, name, "")
		if err != nil {
			continue // another file of that ending is no obstacle
		}
		same := opened.Digest == digest
		if err := opened.Close(); err != nil {
			return nil, err
		}
		if same {
			return os.Open(name)
		}
	}
	return nil, errors.Join(fmt.Errorf("no archive in %s holds the package %s: name the folder with --from", folder, digest), ctx.Err())
}

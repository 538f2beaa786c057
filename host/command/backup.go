package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/runtime/backup"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// backupSite writes the whole site into one archive while servers go on working.
func backupSite(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "backup")
	s.siteFlags(set)
	out := set.String("out", "", "the archive's `file`, which must not exist; it gets mode 0600")
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
	if err := checkNewFile(*out); err != nil {
		return err
	}
	if err := s.there(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	opened, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	embedded, ok := opened.Store.(*sqlitestore.Store)
	if !ok {
		return errors.New("this site's store is in MongoDB: back it up with mongodump, and the data folder and the files beside it")
	}
	start := time.Now()
	source := backup.Source{Store: embedded, Files: opened.Files, Data: s.Data}
	if s.Secret != "" {
		source.Secret = []byte(s.Secret)
	}
	info, err := backup.Create(ctx, source, *out)
	if err != nil {
		return err
	}
	if err := noteBackup(s.Data, *out, len(info.Damaged)); err != nil {
		fmt.Fprintf(p.Err, "quoin backup: %v; the backup itself is complete\n", err)
	}
	return showBackup(p.Out, info, *out, time.Since(start), s.Secret == "")
}

func showBackup(w io.Writer, info backup.Info, out string, took time.Duration, secret bool) error {
	size := int64(0)
	if made, err := os.Stat(out); err == nil {
		size = made.Size()
	}
	fmt.Fprintf(w, "backed up to %s in %.1f s: %.1f MB, %d files; restored into a scratch store and compared\n",
		out, took.Seconds(), float64(size)/1e6, info.Files)
	if secret {
		fmt.Fprintln(w, "it holds the site's secret and everybody's data: keep it where nobody else reads it")
	} else {
		fmt.Fprintln(w, "the site's secret is in the configuration and not in the backup: keep it too, without it nobody's work is found")
	}
	for _, hash := range info.Damaged {
		fmt.Fprintf(w, "NOT in it, because it is lost or damaged on the site: file %s\n", hash)
	}
	if len(info.Damaged) > 0 {
		return errFailed
	}
	return nil
}

// checkNewFile finds early what would stop the writing of a file in the end.
func checkNewFile(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fmt.Errorf("%s is there already: remove it, or choose another --out", path)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// there checks that a folder holds a site, for commands that must not make one.
func (s *settings) there() error {
	if s.MongoURL != "" {
		return nil
	}
	if _, err := os.Stat(s.Data); err != nil {
		return fmt.Errorf("there is no site in %s: name its folder with --data (%w)", s.Data, err)
	}
	if _, err := os.Stat(storeFile(s.Data)); err != nil {
		return fmt.Errorf("there is no site in %s: name its folder with --data (%w)", s.Data, err)
	}
	return nil
}

// restoreSite puts a site together from a backup in an empty folder.
func restoreSite(ctx context.Context, p *Parts, args []string) error {
	s := &settings{}
	set := newFlags(p, "restore")
	s.siteFlags(set)
	list := set.String("erasures", "", "`file` that quoin user erasures wrote later than the backup: who is in it is erased again")
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
	if s.MongoURL != "" {
		return errors.New("a backup is of a site with the embedded store: restore it without --mongo-url")
	}
	request := backup.Request{Archive: words[0], Data: s.Data, Open: func(ctx context.Context, data string) (*site.Site, error) {
		inside := *s
		inside.Data = data
		return inside.openSite(ctx, p)
	}}
	if s.Secret != "" {
		request.Secret = []byte(s.Secret)
	}
	if *list != "" {
		if request.Erasures, err = readErasures(*list); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	restored, err := backup.Restore(ctx, request)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "restored the site of %s into %s: %d files; everybody must sign in again\n",
		restored.At.Format(time.RFC3339), s.Data, restored.Files)
	if restored.Erased > 0 {
		fmt.Fprintf(p.Out, "%d people who had been erased were erased again\n", restored.Erased)
	}
	if *list == "" {
		fmt.Fprintln(p.Out, "whoever was erased after the backup is back: give their list with --erasures, see quoin user erasures --help")
	}
	return nil
}

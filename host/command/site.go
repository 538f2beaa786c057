package command

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// siteConfig says what the settings mean for the site; ports and callbacks are added by who opens it.
func (s *settings) siteConfig(p *Parts, log *slog.Logger) site.Config {
	return site.Config{
		Data: s.Data, MongoURL: s.MongoURL, FilesURL: s.FilesURL, Secret: []byte(s.Secret), Shipped: p.Shipped, Folders: s.Blocks,
		Development: s.Development || len(s.Blocks) > 0, BlockMemory: s.Memory << 20, NoRenderCache: s.NoCache, Log: log,
	}
}

// openSite opens the site for a command that runs beside a server, or without one: what it hands to workers waits in the store.
func (s *settings) openSite(ctx context.Context, p *Parts) (*site.Site, error) {
	config := s.siteConfig(p, s.logger(p.Err))
	config.Queue = ports.QueueFunc(func(context.Context, ports.Job) error { return ports.ErrUnavailable })
	return site.Open(ctx, config)
}

// closeGrace is how long a closing site may take.
const closeGrace = 20 * time.Second

// closeSite closes it even where ctx has ended, and adds what went wrong to err.
func closeSite(s *site.Site, err *error) {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if closed := s.Close(ctx); closed != nil && *err == nil {
		*err = fmt.Errorf("closing the site: %w", closed)
	}
}

// storeFile is where the embedded store is in a data folder.
func storeFile(data string) string { return filepath.Join(data, "store", sqlitestore.FileName) }

// onSite makes a command that works on a site: more adds flags of its own, and do does the work with the words that were given.
func onSite(
	ctx context.Context, p *Parts, args []string, name string, words int, more func(*flag.FlagSet), do func(*site.Site, []string) error,
) (err error) {
	s := &settings{}
	set := newFlags(p, name)
	s.siteFlags(set)
	if more != nil {
		more(set)
	}
	found, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(found) != words {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	opened, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	return do(opened, found)
}

package sqlitestore

import (
	"context"
	"log/slog"
	"sync"
)

const (
	// pageSize is that of the database, in bytes.
	pageSize = 4096
	// restartPages is how long the log (SQLite's WAL) may get before writers are held up to let it start from its
	// beginning. Under steady writing it never starts there by itself, because there is always something that was not
	// copied into the database file yet. At a quarter of it, copying begins; at an eighth of it, the log is looked at.
	restartPages = 4 << 10
)

// checkpointer keeps the log short. It has a connection and a goroutine of its own, so that no commit waits for the
// copying: only the little that was written meanwhile is copied while writers wait.
type checkpointer struct {
	store   *Store
	signal  chan struct{}
	quit    chan struct{}
	stopped chan struct{}

	running sync.Mutex
	// hold is the length under which a restart is not tried again, because a long read (a backup) prevented the last one.
	hold int
}

func newCheckpointer(s *Store) *checkpointer {
	return &checkpointer{
		store: s, signal: make(chan struct{}, 1), quit: make(chan struct{}), stopped: make(chan struct{}), hold: s.config.logLimit(),
	}
}

// wake asks for a look at the log; it never waits.
func (c *checkpointer) wake() {
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// wait looks at the log before it returns. Writers that are faster than the copying call it.
func (c *checkpointer) wait(ctx context.Context) {
	if err := c.run(ctx); err != nil {
		c.store.config.logger().Error(logGrows, slog.Any("error", err))
	}
}

const logGrows = "moving the store's log into its file failed, the log grows"

func (c *checkpointer) stop() {
	close(c.quit)
	<-c.stopped
}

func (c *checkpointer) loop(ctx context.Context) {
	defer close(c.stopped)
	for {
		select {
		case <-c.quit:
			return
		case <-c.signal:
		}
		c.wait(ctx)
	}
}

func (c *checkpointer) run(ctx context.Context) error {
	c.running.Lock()
	defer c.running.Unlock()
	_, pages, err := c.checkpoint(ctx, "NOOP")
	if err != nil || pages < c.store.config.logLimit()/4 {
		return err
	}
	if _, pages, err = c.checkpoint(ctx, "PASSIVE"); err != nil || pages < c.hold {
		return err
	}
	prevented, pages, err := c.checkpoint(ctx, "RESTART")
	if err != nil {
		return err
	}
	c.hold = c.store.config.logLimit()
	if prevented {
		c.hold += pages
	}
	return nil
}

// checkpoint runs SQLite's checkpoint and returns how long the log is. prevented says that another connection's read or
// checkpoint kept it from finishing.
func (c *checkpointer) checkpoint(ctx context.Context, mode string) (prevented bool, pages int, err error) {
	var copied int
	err = c.store.upkeep.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&prevented, &pages, &copied)
	if isBusy(err) {
		return true, 0, nil
	}
	return prevented, pages, err
}

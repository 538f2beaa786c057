package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/gate"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"modernc.org/sqlite"
)

// Store is a store.Store in an SQLite file. See the package comment.
type Store struct {
	config Config
	path   string

	writes *sql.DB // one connection, the writer's
	reads  *sql.DB
	upkeep *sql.DB // checkpoints and backups
	// reading has room for as many as may read at a time; it lets a waiting reader's context end the wait.
	reading chan struct{}
	queries statements // on reads

	turn        *turn
	writer      *writer
	checkpoints *checkpointer
	catalog     atomic.Pointer[catalog]
	declared    rules.Declared
	gate        gate.Gate
}

// Open opens the store of a data folder, and makes both if they are missing. The caller must Close it.
func Open(ctx context.Context, config Config) (*Store, error) {
	s, err := open(ctx, config)
	if err != nil {
		if known := cause(err); known != nil {
			err = fmt.Errorf("%w (%w)", known, err)
		}
		return nil, fmt.Errorf("opening the store in %q: %w", config.Dir, err)
	}
	return s, nil
}

func open(ctx context.Context, config Config) (*Store, error) {
	path, err := prepareFolder(config.Dir)
	if err != nil {
		return nil, err
	}
	// A process-wide switch of the driver. fdatasync leaves out the file's times, and nothing else that a commit needs:
	// it makes a commit a quarter faster.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return nil, err
	}
	s := &Store{config: config, path: path, reading: make(chan struct{}, readers)}
	for _, pool := range []struct {
		into    **sql.DB
		size    int
		pragmas []string
	}{
		// What is deleted is overwritten with zeros: whoever was erased is not in the file. Changes of documents under a page's
		// 4 KB write no more for it, changes of longer ones a quarter.
		{&s.writes, 1, append([]string{"synchronous(full)", "cache_size(-8192)", "secure_delete(1)"}, config.writerPragmas...)},
		{&s.reads, readers, []string{"query_only(1)"}},
		{&s.upkeep, 2, []string{"synchronous(full)", "busy_timeout(200)"}},
	} {
		if *pool.into, err = openPool(path, pool.size, pool.pragmas...); err != nil {
			return nil, errors.Join(err, s.closePools())
		}
	}
	if s.turn, err = openTurn(filepath.Join(filepath.Dir(path), turnFile)); err != nil {
		return nil, errors.Join(err, s.closePools())
	}
	s.queries = statements{pool: s.reads, byQuery: map[string]*sql.Stmt{}}
	if err := s.setUp(ctx); err != nil {
		return nil, errors.Join(err, s.closePools())
	}
	// Both outlive the context that opened the store, and end with Close.
	background := context.WithoutCancel(ctx)
	s.writer = &writer{store: s, queue: make(chan *job, queueLength), stopped: make(chan struct{})}
	go s.writer.loop(background)
	s.checkpoints = newCheckpointer(s)
	go s.checkpoints.loop(background)
	return s, nil
}

// openPool returns a pool of at most size connections, of which none is opened yet.
func openPool(path string, size int, pragmas ...string) (*sql.DB, error) {
	return openDSN(path, size, url.Values{
		"_busy_timeout": {"10000"},
		"_defensive":    {"1"},
		"_dqs":          {"0"},
		"_pragma": append([]string{
			"journal_mode(wal)", "wal_autocheckpoint(0)", "journal_size_limit(33554432)", "trusted_schema(0)", "cell_size_check(1)",
		}, pragmas...),
	})
}

func openDSN(path string, size int, options url.Values) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// setUp checks that the file is ours and makes an empty one ours.
func (s *Store) setUp(ctx context.Context) (err error) {
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := checkFormat(ctx, conn); err != nil {
		_, rollbackErr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, rollbackErr)
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	c, err := loadCatalog(ctx, conn)
	if err != nil {
		return err
	}
	s.catalog.Store(c)
	return nil
}

func checkFormat(ctx context.Context, conn *sql.Conn) error {
	var id, version, objects int64
	err := conn.QueryRowContext(ctx, `SELECT a.application_id, u.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id AS a, pragma_user_version AS u`).Scan(&id, &version, &objects)
	switch {
	case err != nil:
		return err
	case id == 0 && version == 0 && objects == 0:
		for _, statement := range []string{
			fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", format), createMeta,
		} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	case id != applicationID:
		return fmt.Errorf("%w (application id %d)", ErrForeign, id)
	case version > format:
		return fmt.Errorf("%w (its format is %d, this program knows up to %d)", ErrNewer, version, format)
	}
	return nil
}

// enter begins an operation on a declared collection; gate.Leave must follow if there was no error.
func (s *Store) enter(collection string) (*rules.Collection, error) {
	if err := s.gate.Enter(); err != nil {
		return nil, err
	}
	c, err := s.declared.Lookup(collection)
	if err != nil {
		s.gate.Leave()
	}
	return c, err
}

// Close implements store.Store.
func (s *Store) Close() error {
	err := s.gate.Close(func() error {
		close(s.writer.queue)
		<-s.writer.stopped
		s.checkpoints.stop()
		return errors.Join(s.queries.close(), s.closePools())
	})
	if err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}

// closePools closes the connections, and the turn. SQLite moves the log into the file when the last one of all processes closes.
func (s *Store) closePools() (err error) {
	for _, pool := range []*sql.DB{s.reads, s.upkeep, s.writes} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	if s.turn != nil {
		err = errors.Join(err, s.turn.close())
	}
	return err
}

var _ store.Store = (*Store)(nil)

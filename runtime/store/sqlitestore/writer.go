package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	// maxBatch and batchTime bound one transaction, so that a write waits for a bounded number of others.
	maxBatch  = 256
	batchTime = 20 * time.Millisecond
	// queueLength is how many writes may wait before further callers wait outside the queue.
	queueLength = 1024
	// patience is how long another process's transaction may take before the lock is looked at less often.
	patience = 10 * time.Millisecond
	// writeCost is what a write adds to the log beyond its body: the pages that it touches.
	writeCost = 12 << 10
)

// work is one write. prepare does what needs no database, at first in the caller's goroutine and again if the
// collection's table has changed since; run does the rest inside the transaction.
type work interface {
	collection() string
	prepare(*table) error
	run(context.Context, *tx) error
	// size is about how many bytes are written.
	size() int
}

// job is a work in the queue.
type job struct {
	work
	table *table
	state atomic.Int32
	done  chan error
}

const (
	jobWaiting int32 = iota
	jobTaken
	jobWithdrawn
)

func (j *job) take() bool     { return j.state.CompareAndSwap(jobWaiting, jobTaken) }
func (j *job) withdraw() bool { return j.state.CompareAndSwap(jobWaiting, jobWithdrawn) }

// writer is the goroutine that owns the connection that writes.
type writer struct {
	store *Store
	queue chan *job
	conn  *sql.Conn // nil after a failure, until the next batch
	stmts map[string]*sql.Stmt
	// stopped is closed when the goroutine has ended.
	stopped chan struct{}
	// unseen is about how many bytes went into the log since the checkpointer was told, unchecked since the writer waited
	// for it.
	unseen, unchecked int
}

// do queues a write and waits for its result.
func (s *Store) do(ctx context.Context, w work) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := s.catalog.Load().tables[w.collection()]
	if err := w.prepare(t); err != nil {
		return err
	}
	j := &job{work: w, table: t, done: make(chan error, 1)}
	select {
	case s.writer.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.withdraw() {
			return ctx.Err()
		}
		return <-j.done
	}
}

// loop serves the queue until it is closed.
func (w *writer) loop(ctx context.Context) {
	defer close(w.stopped)
	defer w.drop()
	for first := range w.queue {
		if first.state.Load() == jobWithdrawn {
			continue
		}
		if err := w.begin(ctx); err != nil {
			w.refuse(first, unavailable(err))
			continue
		}
		w.batch(ctx, first)
	}
}

// refuse answers all who wait: whoever came later would wait for the same lock and for longer.
func (w *writer) refuse(first *job, err error) {
	for j := first; ; {
		if j.take() {
			j.done <- err
		}
		select {
		case next, ok := <-w.queue:
			if !ok {
				return
			}
			j = next
		default:
			return
		}
	}
}

// begin opens a transaction with the write lock.
func (w *writer) begin(ctx context.Context) error {
	if w.conn == nil {
		conn, err := w.store.writes.Conn(ctx)
		if err != nil {
			return err
		}
		// begin waits in its own way; the timeout of the connection string served the opening.
		if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
			return errors.Join(err, conn.Close())
		}
		w.conn, w.stmts = conn, map[string]*sql.Stmt{}
	}
	if w.store.turn.take() {
		defer w.store.turn.give()
	}
	started := time.Now()
	for {
		_, err := w.exec(ctx, "BEGIN IMMEDIATE")
		if err == nil {
			return nil
		}
		if !isBusy(err) {
			w.drop()
			return err
		}
		waited := time.Since(started)
		if waited > w.store.config.lockTimeout() {
			return fmt.Errorf("another process has kept the write lock for %v: %w", w.store.config.lockTimeout(), err)
		}
		// Not SQLite's own waiting, which soon sleeps 100 ms at a time.
		pause()
		if waited > patience {
			time.Sleep(time.Millisecond)
		}
	}
}

// batch runs waiting writes, commits and answers.
func (w *writer) batch(ctx context.Context, first *job) {
	err := w.refreshCatalog(ctx)
	if err != nil {
		w.rollback(ctx)
		w.refuse(first, unavailable(err))
		return
	}
	type result struct {
		*job
		err error
	}
	var results []result
	written, changed := 0, false
	end := time.Now().Add(batchTime)
	for j := first; j != nil; j = w.next(len(results), end) {
		if !j.take() {
			continue
		}
		x := &tx{writer: w}
		jobErr := w.runJob(ctx, x, j)
		results = append(results, result{j, jobErr})
		if spoilsTransaction(jobErr) {
			err = jobErr
			break
		}
		written += j.size() + writeCost
		if changed = x.schemaChanged; changed {
			break // what follows must see the new columns
		}
	}
	if err == nil && len(results) > 0 {
		_, err = w.exec(ctx, "COMMIT")
	}
	if err == nil && changed {
		err = w.loadCatalog(ctx)
	}
	if err != nil || len(results) == 0 {
		w.rollback(ctx)
		err = unavailable(err)
	}
	for _, r := range results {
		if err != nil {
			r.done <- err
		} else {
			r.done <- r.err
		}
	}
	w.announce(ctx, written)
}

// next returns a waiting write, nil when there is none or the batch is long enough.
func (w *writer) next(count int, end time.Time) *job {
	if count >= maxBatch || time.Now().After(end) {
		return nil
	}
	select {
	case j := <-w.queue: // nil when the queue was closed
		return j
	default:
		return nil
	}
}

// runJob runs one write so that its failure leaves no trace of it.
func (w *writer) runJob(ctx context.Context, x *tx, j *job) error {
	t := w.store.catalog.Load().tables[j.collection()]
	if t != j.table {
		if err := j.prepare(t); err != nil {
			return err
		}
	}
	return x.guarded(ctx, func() error { return j.run(ctx, x) })
}

// refreshCatalog looks, inside the transaction, whether any process changed the tables.
func (w *writer) refreshCatalog(ctx context.Context) error {
	var version int64
	err := w.with(ctx, "PRAGMA schema_version", func(stmt *sql.Stmt) error { return stmt.QueryRowContext(ctx).Scan(&version) })
	if err != nil {
		return err
	}
	if version == w.store.catalog.Load().version {
		return nil
	}
	return w.loadCatalog(ctx)
}

func (w *writer) loadCatalog(ctx context.Context) error {
	fresh, err := loadCatalog(ctx, w.conn)
	if err == nil {
		w.store.catalog.Store(fresh)
	}
	return err
}

// rollback ends a transaction that came to nothing. The connection is given up if even that fails.
func (w *writer) rollback(ctx context.Context) {
	// After some errors SQLite has rolled back already and says that there is nothing to end.
	_, err := w.exec(ctx, "ROLLBACK")
	if err != nil {
		w.drop()
	}
}

// drop closes the connection; the next batch opens another.
func (w *writer) drop() {
	if w.conn == nil {
		return
	}
	for _, stmt := range w.stmts {
		_ = stmt.Close() // the connection goes as well
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn }) // tells the pool not to keep it
	_ = w.conn.Close()
	w.conn, w.stmts = nil, nil
}

// announce keeps count of what went into the log, to have it kept short.
func (w *writer) announce(ctx context.Context, written int) {
	limit := w.store.config.logLimit() * pageSize
	w.unseen += written
	w.unchecked += written
	switch {
	case w.unchecked >= limit: // the checkpointer does not keep up
		w.store.checkpoints.wait(ctx)
		w.unseen, w.unchecked = 0, 0
	case w.unseen >= limit/8:
		w.unseen = 0
		w.store.checkpoints.wake()
	}
}

// with calls use with the prepared form of a query, which belongs to the connection and is closed with it.
func (w *writer) with(ctx context.Context, query string, use func(*sql.Stmt) error) error {
	stmt := w.stmts[query]
	if stmt == nil {
		var err error
		if stmt, err = w.conn.PrepareContext(ctx, query); err != nil {
			return err
		}
		w.stmts[query] = stmt
	}
	return use(stmt)
}

func (w *writer) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	err = w.with(ctx, query, func(stmt *sql.Stmt) error {
		result, err := stmt.ExecContext(ctx, args...)
		if err == nil {
			changed, err = result.RowsAffected()
		}
		return err
	})
	return changed, err
}

// tx is what a work may do.
type tx struct {
	writer *writer
	// schemaChanged ends the batch.
	schemaChanged bool
}

// guarded runs what takes several statements: when it fails, none of them has happened.
func (x *tx) guarded(ctx context.Context, do func() error) error {
	if _, err := x.exec(ctx, "SAVEPOINT work"); err != nil {
		return unavailable(err)
	}
	err := do()
	if spoilsTransaction(err) {
		return unavailable(err)
	}
	if err != nil {
		if _, backErr := x.exec(ctx, "ROLLBACK TO work"); backErr != nil {
			return unavailable(backErr)
		}
	}
	if _, releaseErr := x.exec(ctx, "RELEASE work"); releaseErr != nil {
		return unavailable(releaseErr)
	}
	return unavailable(err)
}

// exec runs a statement and returns how many rows it changed. A unique index that refuses is ErrTaken.
func (x *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	changed, err := x.writer.exec(ctx, query, args...)
	if isTaken(err) {
		return 0, fmt.Errorf("%w (%w)", store.ErrTaken, err)
	}
	return changed, err
}

// row reads one row; found is false when there is none.
func (x *tx) row(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	err = x.writer.with(ctx, query, func(stmt *sql.Stmt) error { return stmt.QueryRowContext(ctx, args...).Scan(into...) })
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// rows reads rows; scan is called on each.
func (x *tx) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	return x.writer.with(ctx, query, func(stmt *sql.Stmt) error {
		rows, err := stmt.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var things = store.Spec{Name: "things", Indexes: []store.Index{
	{Name: "owner", Fields: []string{"owner", "n"}},
	{Name: "slug", Fields: []string{"slug"}, Unique: true},
	{Name: "tag", Fields: []string{"tags", "n"}, Multi: true},
	{Name: "code", Fields: []string{"codes"}, Multi: true, Unique: true},
}}

func declared(t testing.TB, config Config) *Store {
	t.Helper()
	if config.Dir == "" {
		config.Dir = filepath.Join(t.TempDir(), "data")
	}
	s, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	return s
}

func record(t testing.TB, id string, fields bson.D) store.Record {
	t.Helper()
	body, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{ID: id, Body: body}
}

// lock takes the write lock as another process would, and returns what gives it back.
func lock(t testing.TB, s *Store) (unlock func()) {
	t.Helper()
	pool, err := openPool(s.path, 1)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		_, err := conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK")
		if err := errors.Join(err, conn.Close(), pool.Close()); err != nil {
			t.Error(err)
		}
	})
}

// waiting waits until n writes are in the queue or in the hands of the writer.
func waiting(s *Store, n int) {
	for len(s.writer.queue) < n-1 {
		time.Sleep(time.Millisecond)
	}
}

func logPagesOf(t testing.TB, s *Store) int {
	t.Helper()
	_, pages, err := s.checkpoints.checkpoint(t.Context(), "NOOP")
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestGroupCommit queues many writes behind a lock: they are committed together, and each gets its own answer.
func TestGroupCommit(t *testing.T) {
	s := declared(t, Config{})
	unlock := lock(t, s)
	before := logPagesOf(t, s)
	const writes = 100
	var wait sync.WaitGroup
	for i := range writes {
		wait.Go(func() {
			id := fmt.Sprintf("id-%d", i/2) // every id twice: one of both fails
			err := s.Insert(t.Context(), "things", record(t, id, bson.D{{Key: "tags", Value: bson.A{"x", fmt.Sprint(i)}}, {Key: "n", Value: i}}))
			if err != nil && !errors.Is(err, store.ErrExists) {
				t.Error(err)
			}
		})
	}
	waiting(s, writes)
	unlock()
	wait.Wait()
	// A commit writes every page that it touched once. Alone, each write would touch a table's, an index' and a side
	// table's page.
	if pages := logPagesOf(t, s) - before; pages > writes/2 {
		t.Errorf("%d writes took %d pages of the log: they were not committed together", writes, pages)
	}
	n, err := s.Count(t.Context(), "things", store.Query{Index: "tag", Equal: []any{"x"}}, 1000)
	if err != nil || n != writes/2 {
		t.Errorf("%d documents, %v; want %d", n, err, writes/2)
	}
}

// TestWithdraw ends the contexts of some writes that wait for the lock: those have not happened, at once and for sure.
func TestWithdraw(t *testing.T) {
	s := declared(t, Config{})
	unlock := lock(t, s)
	const writes = 20
	errs := make([]error, writes)
	ctx, cancel := context.WithCancel(t.Context())
	var gone, wait sync.WaitGroup
	for i := range writes {
		c, group := t.Context(), &wait
		if i%2 == 0 {
			c, group = ctx, &gone
		}
		group.Go(func() { errs[i] = s.Insert(c, "things", record(t, fmt.Sprint(i), bson.D{})) })
	}
	waiting(s, writes)
	cancel()
	gone.Wait() // although the lock is still held
	unlock()
	wait.Wait()
	for i, err := range errs {
		_, getErr := s.Get(t.Context(), "things", fmt.Sprint(i))
		if i%2 == 0 {
			if !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) || !errors.Is(getErr, store.ErrNotFound) {
				t.Errorf("withdrawn write %d: %v, then %v", i, err, getErr)
			}
		} else if err != nil || getErr != nil {
			t.Errorf("write %d: %v, then %v", i, err, getErr)
		}
	}
}

// TestLockTimeout: another process keeps the lock for too long.
func TestLockTimeout(t *testing.T) {
	s := declared(t, Config{LockTimeout: time.Millisecond})
	unlock := lock(t, s)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			err := s.Insert(t.Context(), "things", record(t, fmt.Sprint(i), bson.D{}))
			if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "another process") {
				t.Errorf("got %v", err)
			}
		})
	}
	wait.Wait()
	if _, err := s.Get(t.Context(), "things", "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("reading while the lock is held: %v", err)
	}
	unlock()
	if err := s.Insert(t.Context(), "things", record(t, "after", bson.D{})); err != nil {
		t.Error(err)
	}
	n, err := s.Count(t.Context(), "things", store.Query{}, 100)
	if err != nil || n != 1 {
		t.Errorf("%d documents, %v; the refused writes have not happened", n, err)
	}
}

// TestDiskFull: what does not fit is refused with the reason, what was there stays, and when there is room all is well.
func TestDiskFull(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	big := bson.D{{Key: "b", Value: make([]byte, 100_000)}, {Key: "tags", Value: bson.A{"a", "b"}}, {Key: "n", Value: 1}}
	s := declared(t, Config{Dir: dir})
	for _, id := range []string{"kept", "deleted"} {
		if err := s.Insert(t.Context(), "things", record(t, id, big)); err != nil {
			t.Fatal(err)
		}
	}
	var pages int
	if err := s.reads.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = declared(t, Config{Dir: dir, writerPragmas: []string{fmt.Sprintf("max_page_count(%d)", pages+2)}})
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			err := s.Insert(t.Context(), "things", record(t, fmt.Sprint(i), big))
			if !errors.Is(err, ErrDiskFull) || !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("got %v, want %v", err, ErrDiskFull)
			}
		})
	}
	wait.Wait()
	if err := s.Delete(t.Context(), "things", "deleted", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Insert(t.Context(), "things", record(t, "fits", big)); err != nil {
		t.Error(err)
	}
	page, err := s.Find(t.Context(), "things", store.Query{Index: "tag", Equal: []any{"a"}})
	if err != nil || len(page.Records) != 2 || page.Records[0].ID != "fits" || page.Records[1].ID != "kept" {
		t.Errorf("%d documents, %v; want those that were acknowledged", len(page.Records), err)
	}
}

// TestLostConnection: a connection that fails is replaced.
func TestLostConnection(t *testing.T) {
	s := declared(t, Config{})
	err := s.do(t.Context(), &custom{name: "things", do: func(ctx context.Context, x *tx) error {
		if _, err := x.exec(ctx, "ROLLBACK"); err != nil { // nothing that follows can be a part of the transaction
			return err
		}
		return x.writer.conn.Close()
	}})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, store.ErrUnavailable)
	}
	if err := s.Insert(t.Context(), "things", record(t, "one", bson.D{})); err != nil {
		t.Error(err)
	}
}

// custom is a work for tests.
type custom struct {
	name string
	do   func(context.Context, *tx) error
}

func (c *custom) collection() string                   { return c.name }
func (c *custom) size() int                            { return 0 }
func (c *custom) prepare(*table) error                 { return nil }
func (c *custom) run(ctx context.Context, x *tx) error { return c.do(ctx, x) }

// TestPlans asks SQLite how it runs each kind of query: by its index, in its order.
func TestPlans(t *testing.T) {
	s := declared(t, Config{})
	for i := range 50 {
		fields := bson.D{{Key: "owner", Value: "o"}, {Key: "n", Value: i}, {Key: "slug", Value: i}, {Key: "tags", Value: "t"}, {Key: "codes", Value: fmt.Sprint(i)}}
		if err := s.Insert(t.Context(), "things", record(t, fmt.Sprint("id-", i), fields)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := s.declared.Lookup("things")
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []store.Query{
		{},
		{Prefix: "id-1"},
		{Index: "owner"},
		{Index: "owner", Equal: []any{"o"}},
		{Index: "owner", Equal: []any{"o"}, From: 3, To: 40},
		{Index: "owner", Prefix: "o"},
		{Index: "slug"},
		{Index: "slug", Equal: []any{1}},
		{Index: "tag", Equal: []any{"t"}},
		{Index: "tag", Equal: []any{"t"}, From: 3},
		{Index: "code", Equal: []any{"1"}},
	} {
		for _, reverse := range []bool{false, true} {
			query.Reverse, query.Limit, query.After = reverse, 1, ""
			page, err := s.Find(t.Context(), "things", query)
			if err != nil || len(page.Records) == 0 {
				t.Fatalf("%+v: %d records, %v", query, len(page.Records), err)
			}
			for _, after := range []store.Cursor{"", page.Next} {
				query.After = after
				stretch, err := c.Stretch(query)
				if err != nil {
					t.Fatal(err)
				}
				src := sourceOf("things", stretch)
				text, args := src.query(stretch)
				checkPlan(t, s.reads, text, args)
				if after == "" && !reverse {
					text, args = src.counting(stretch, 10)
					checkPlan(t, s.reads, text, args)
				}
			}
		}
	}
	for _, text := range []string{"SELECT v, body FROM " + tableName("things") + " WHERE id = ?", s.catalog.Load().tables["things"].replaceBody} {
		checkPlan(t, s.reads, text, []any{1, 2, 3, 4, 5, 6, 7, 8}[:strings.Count(text, "?")])
	}
}

func checkPlan(t *testing.T, pool *sql.DB, text string, args []any) {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(detail, "SCAN") && detail != "SCAN (subquery-1)" || strings.Contains(detail, "TEMP B-TREE") {
			t.Errorf("%s\n%s", text, detail)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

// TestTurnIsACourtesy: a stopped process that holds the turn keeps nobody from writing.
func TestTurnIsACourtesy(t *testing.T) {
	s := declared(t, Config{})
	other, err := openTurn(filepath.Join(filepath.Dir(s.path), turnFile))
	if err != nil {
		t.Fatal(err)
	}
	if !other.take() {
		t.Fatal("the turn is nobody's and was not given")
	}
	if s.turn.take() {
		t.Error("the turn was given twice")
	}
	if err := s.Insert(t.Context(), "things", record(t, "one", bson.D{})); err != nil {
		t.Error(err)
	}
	other.give()
	if !s.turn.take() {
		t.Error("the turn was given back and is not to be had")
	}
	s.turn.give()
	if err := other.close(); err != nil {
		t.Error(err)
	}
}

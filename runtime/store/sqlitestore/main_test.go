package sqlitestore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// childRole is the variable that makes this test binary another process of the site instead of running tests.
const childRole = "QUOIN_TEST_STORE_CHILD"

func TestMain(m *testing.M) {
	role, ok := children[os.Getenv(childRole)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// children are what another process may do. Their arguments begin with the data folder.
var children = map[string]func(args []string) error{
	"write":  writeForever,
	"hammer": hammerOnce,
	"refuse": openRefused,
}

// spec is the collection of these tests.
var spec = store.Spec{
	Name: "things",
	Indexes: []store.Index{
		{Name: "owner", Fields: []string{"owner", "n"}},
		{Name: "slug", Fields: []string{"slug"}, Unique: true},
		{Name: "tag", Fields: []string{"tags", "n"}, Multi: true},
	},
	Learners: "learners",
}

// open opens a store and declares spec.
func open(t testing.TB, dir string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s
}

func declared(t testing.TB, dir string) *sqlitestore.Store {
	t.Helper()
	s := open(t, dir)
	if err := s.Ensure(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStore(t testing.TB, s *sqlitestore.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func record(t testing.TB, id string, fields bson.D) store.Record {
	t.Helper()
	body, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{ID: id, Body: body}
}

func insert(t testing.TB, s store.Store, id string, fields bson.D) {
	t.Helper()
	if err := s.Insert(t.Context(), "things", record(t, id, fields)); err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

func count(t testing.TB, s store.Store, query store.Query) int {
	t.Helper()
	n, err := s.Count(t.Context(), "things", query, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// execute runs a statement on a closed file.
func execute(t testing.TB, path, statement string) {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

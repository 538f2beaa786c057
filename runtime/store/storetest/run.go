package storetest

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Options say what of the suite a backend cannot run.
type Options struct {
	// Sequential leaves out what needs several writers at a time, for servers that are no good at it.
	Sequential bool
	// Ferret leaves out what FerretDB 1 cannot do: arrays in arrays, NaN, -0, decimals and _id in bodies; unique indexes
	// that tell types apart, take null for missing, look into arrays or refuse an update by the right error. It also makes
	// the slow parts smaller, for FerretDB reads every document for every query.
	Ferret bool
	// Reopen closes a store and opens its data again; nil leaves the durability section out.
	Reopen func(*testing.T, store.Store) store.Store
}

// Opener opens an empty store and closes it at the test's end. A test may close it earlier.
type Opener func(*testing.T) store.Store

// Run runs the suite.
func Run(t *testing.T, open Opener, options Options) {
	t.Helper()
	s := suite{open: open, options: options}
	t.Run("records", s.records)
	t.Run("versions", s.versions)
	t.Run("unique", s.unique)
	t.Run("multi", s.multi)
	t.Run("order", s.order)
	t.Run("model", s.model)
	t.Run("cursors", s.cursors)
	t.Run("counts", s.counts)
	t.Run("increments", s.increments)
	t.Run("collections", s.collections)
	t.Run("typed", s.typed)
	t.Run("hostile", s.hostile)
	t.Run("bodies", s.bodies)
	t.Run("ends", s.ends)
	if options.Reopen != nil {
		t.Run("durability", s.durability)
	}
	if !options.Sequential {
		t.Run("hammer", func(t *testing.T) { Hammer(t, open) })
	}
}

type suite struct {
	open    Opener
	options Options
}

// items is the collection that most tests use.
var items = store.Spec{
	Name: "items",
	Indexes: []store.Index{
		{Name: "owner", Fields: []string{"owner", "rank"}},
		{Name: "value", Fields: []string{"value"}},
		{Name: "deep", Fields: []string{"a.b.c"}},
		{Name: "slug", Fields: []string{"slug"}, Unique: true},
		{Name: "seat", Fields: []string{"room", "row", "seat"}, Unique: true},
		{Name: "tag", Fields: []string{"tags", "rank"}, Multi: true},
		{Name: "code", Fields: []string{"codes"}, Multi: true, Unique: true},
		{Name: "four", Fields: []string{"p", "q", "r", "s"}},
	},
	Learners: "learners",
}

// fresh opens a store in which items is declared.
func (s suite) fresh(t *testing.T) store.Store {
	t.Helper()
	opened := s.open(t)
	if err := opened.Ensure(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	return opened
}

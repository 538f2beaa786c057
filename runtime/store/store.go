package store

import (
	"context"
	"errors"
)

// Errors that a Store returns, always wrapped with the operation, the collection and the id. Test with errors.Is.
var (
	// ErrNotFound: no document has this id.
	ErrNotFound = errors.New("not found")
	// ErrExists: an insert met a document with the same id or the same unique index values.
	ErrExists = errors.New("already exists")
	// ErrConflict: the document is not at the version that the caller read.
	ErrConflict = errors.New("changed by somebody else")
	// ErrBounds: a bounded increment would leave its bounds; nothing was changed.
	ErrBounds = errors.New("out of bounds")
	// ErrUnavailable: the database cannot be reached or is closing; the write may or may not have happened.
	ErrUnavailable = errors.New("store unavailable")
	// ErrInvalid: the caller asked for something that no store can do (an undeclared index, a record over MaxRecord).
	ErrInvalid = errors.New("invalid store request")
)

// Limits that hold for every implementation.
const (
	// MaxRecord is the largest body in bytes. Larger things are files.
	MaxRecord = 8 << 20
	// MaxID is the longest id in bytes.
	MaxID = 1024
	// MaxPage is the most records that one Find returns.
	MaxPage = 10_000
)

// Record is a document as a store sees it.
type Record struct {
	ID string
	// Version counts writes from 1. Insert stores 1 whatever is given here; each Replace and Increment adds one.
	Version int64
	// Body is one BSON document. The record owns it: a store neither keeps nor changes the caller's slice after it
	// returns, and hands out slices that are the caller's own.
	Body []byte
}

// Store keeps collections of records. All methods are safe for concurrent use, by goroutines and by processes.
type Store interface {
	// Ensure creates what is missing of the collections and their indexes. Calling it again is cheap and changes
	// nothing; a changed index definition under an old name is ErrInvalid.
	Ensure(ctx context.Context, specs ...Spec) error

	// Get returns one record, or ErrNotFound.
	Get(ctx context.Context, collection, id string) (Record, error)

	// GetMany returns the records that exist, in the order of ids; missing ones are left out, and an id given twice is
	// returned once.
	GetMany(ctx context.Context, collection string, ids []string) ([]Record, error)

	// Insert stores a new record at version 1, or returns ErrExists.
	Insert(ctx context.Context, collection string, record Record) error

	// InsertMany inserts each record that does not exist yet and returns how many were new. It is not atomic: after an
	// error some may have been inserted. Existing ids are skipped without an error.
	InsertMany(ctx context.Context, collection string, records []Record) (inserted int, err error)

	// Replace stores body as record.Version+1 if the stored version equals record.Version. Otherwise it returns
	// ErrConflict, or ErrNotFound when there is no such record.
	Replace(ctx context.Context, collection string, record Record) error

	// Increment adds to an integer inside the body, atomically. See Increment.
	Increment(ctx context.Context, collection, id string, inc Increment) (value int64, err error)

	// Delete removes a record. A version of 0 deletes any version; another one must match (ErrConflict). A missing
	// record is ErrNotFound.
	Delete(ctx context.Context, collection, id string, version int64) error

	// Find returns up to Query.Limit records in the order of an index, and a cursor for the next page ("" at the end).
	// Records written while pages are read may or may not be seen; none is returned twice unless its index values
	// changed in between.
	Find(ctx context.Context, collection string, query Query) (Page, error)

	// Count returns how many records match, counting no further than limit (a limit under 1 is ErrInvalid).
	Count(ctx context.Context, collection string, query Query, limit int) (int, error)

	// Close waits for running operations, flushes and lets go of the database.
	Close() error
}

// Increment is one atomic addition to an integer.
type Increment struct {
	// Path names the field inside the body, with dots between nested documents. A missing field counts as 0.
	Path string
	// By is added; it may be negative.
	By int64
	// Min and Max bound the result, both inclusive; nil is open. Outside them nothing changes and the error is ErrBounds.
	Min, Max *int64
	// Once, when not empty, makes the addition happen at most once: the record remembers the token beside its body until
	// Forget, and a second Increment with the same token returns the present value and changes nothing.
	Once string
	// Forget drops a remembered token instead of adding; By, Path and bounds are ignored and the value is 0.
	Forget bool
}

// Spec declares a collection.
type Spec struct {
	// Name is lower-case letters, digits and underscores, starting with a letter, at most 48 bytes.
	Name string
	// Indexes other than the one on the id.
	Indexes []Index
	// Learners is the path of the field that names the learners (pseudonyms: a string or an array of strings) whom a
	// document concerns, indexed under the name "learners"; "" for collections that hold nothing of a learner's.
	// Export and erasure of a person walk exactly these.
	Learners string
}

// Index is an ordered index over up to four fields of the body. A document in which one of the fields is missing or null
// is not in the index, so an index over a field that is set only sometimes costs nothing for the others.
type Index struct {
	// Name is lower-case letters, digits and underscores, unique in the collection, at most 32 bytes.
	Name string
	// Fields are paths inside the body. Values are strings, integers, booleans or times (at millisecond precision);
	// anything else refuses the write with ErrInvalid.
	Fields []string
	// Unique refuses a second document with the same values.
	Unique bool
	// Multi says that the first field may be an array of strings: the document is then found under each of them.
	Multi bool
}

// Query selects a stretch of an index.
type Query struct {
	// Index is the index's name, or "" for the id.
	Index string
	// Equal fixes the leading fields, in order. For the id it holds nothing.
	Equal []any
	// From (inclusive) and To (exclusive) bound the field after those of Equal; nil is open.
	From, To any
	// Prefix bounds that field to strings that start with it; it excludes From and To.
	Prefix string
	// Reverse walks from the end.
	Reverse bool
	// Limit is the page size, 1 to MaxPage; 0 is 100.
	Limit int
	// After continues behind an earlier page of the same query.
	After Cursor
}

// Cursor is an opaque place in a query's order, safe to hand to clients: it holds index values and an id, so whoever
// receives it must be allowed to see these. A cursor that was not made by the same query is ErrInvalid.
type Cursor string

// Page is one stretch of a query's result.
type Page struct {
	Records []Record
	// Next is where the following page starts, "" when there is none.
	Next Cursor
}

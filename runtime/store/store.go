package store

import (
	"context"
	"errors"
	"fmt"
)

// Errors that a Store returns, always wrapped with the operation, the collection and the id. Test with errors.Is.
var (
	// ErrNotFound: no document has this id.
	ErrNotFound = errors.New("not found")
	// ErrExists: an insert met a document with the same id.
	ErrExists = errors.New("already exists")
	// ErrTaken: another document has the same values in a unique index. It is an ErrExists too.
	ErrTaken = fmt.Errorf("unique values taken: %w", ErrExists)
	// ErrConflict: the document is not at the version that the caller read.
	ErrConflict = errors.New("changed by somebody else")
	// ErrBounds: a bounded increment would leave its bounds; nothing was changed.
	ErrBounds = errors.New("out of bounds")
	// ErrUnavailable: the database cannot be reached, cannot write, or is closed; the write may or may not have happened.
	// A context's error that comes without ErrUnavailable says that it did not happen.
	ErrUnavailable = errors.New("store unavailable")
	// ErrInvalid: the caller asked for something that no store can do (an undeclared index, a record over MaxRecord).
	// Nothing was changed.
	ErrInvalid = errors.New("invalid store request")
)

// Limits that hold for every implementation.
const (
	// MaxRecord is the largest body in bytes. Larger things are files. (An Increment that creates its field may exceed it
	// by that field.)
	MaxRecord = 8 << 20
	// MaxDepth is how deep documents and arrays of a body may be nested, the body itself being the first level.
	MaxDepth = 90
	// MaxID is the longest id in bytes, and the longest token of [Increment.Once].
	MaxID = 1024
	// MaxIndexed is the longest string in bytes that an indexed field may hold.
	MaxIndexed = 1024
	// MaxMulti is the longest array that the first field of a multi index may hold.
	MaxMulti = 4096
	// MaxPage is the most records that one Find returns.
	MaxPage = 10_000
	// MaxPageBytes is the size of bodies at which Find ends a page early.
	MaxPageBytes = 32 << 20
)

// Record is a document as a store sees it.
type Record struct {
	// ID is 1 to MaxID bytes of UTF-8; NUL bytes are allowed. Inserting under another id is ErrInvalid; to everything
	// else, such an id is one that no document has.
	ID string
	// Version counts writes from 1. Insert stores 1 whatever is given here; each Replace and Increment adds one.
	Version int64
	// Body is one BSON document. The record owns it: a store neither keeps nor changes the caller's slice after it
	// returns, and hands out slices that are the caller's own.
	//
	// Refused with ErrInvalid, by every store alike: field names that are empty, start with "$", hold a "." or stand twice
	// in one document (keys that people choose go into a [Map]); strings and names that are not UTF-8 (bytes go into a
	// Binary); the types undefined, DBPointer, code, symbol, MinKey and MaxKey; more than MaxDepth levels.
	Body []byte
}

// Store keeps collections of records. All methods are safe for concurrent use, by goroutines and by processes.
type Store interface {
	// Ensure declares collections to this Store and creates what is missing of them and their indexes; anything else on
	// a collection that was not declared is ErrInvalid. Calling it again is cheap and changes nothing; a changed index
	// definition under an old name is ErrInvalid. An index that no Spec names any more stays and is kept up, since
	// another process may still declare it. A new index over a collection that holds documents is built while others
	// read and write; Ensure returns when it is complete.
	Ensure(ctx context.Context, specs ...Spec) error

	// Get returns one record, or ErrNotFound.
	Get(ctx context.Context, collection, id string) (Record, error)

	// GetMany returns the records that exist, in the order of ids; missing ones are left out, and an id given twice is
	// returned once.
	GetMany(ctx context.Context, collection string, ids []string) ([]Record, error)

	// Insert stores a new record at version 1, or returns ErrExists or ErrTaken.
	Insert(ctx context.Context, collection string, record Record) error

	// InsertMany inserts each record that does not exist yet and returns how many were new. It is not atomic: after an
	// error some may have been inserted (none after ErrInvalid). Existing ids are skipped without an error; a record that
	// meets a foreign unique value is left out, the others are inserted, and the error is ErrTaken.
	InsertMany(ctx context.Context, collection string, records []Record) (inserted int, err error)

	// Replace stores body as record.Version+1 if the stored version equals record.Version. Otherwise it returns
	// ErrConflict, or ErrNotFound when there is no such record. A version under 1 is ErrInvalid; values that a unique
	// index has for another document are ErrTaken. Remembered tokens (see [Increment]) stay.
	Replace(ctx context.Context, collection string, record Record) error

	// Increment adds to an integer inside the body, atomically. See Increment.
	Increment(ctx context.Context, collection, id string, inc Increment) (value int64, err error)

	// Delete removes a record. A version of 0 deletes any version; another one must match (ErrConflict). A missing
	// record is ErrNotFound.
	Delete(ctx context.Context, collection, id string, version int64) error

	// Find returns up to Query.Limit records in the order of an index, and a cursor for the next page ("" at the end).
	// Equal index values are in the order of ids. Large bodies may end a page early (MaxPageBytes): only the cursor
	// tells whether there is more.
	// Records written while pages are read may or may not be seen; none is returned twice unless its index values
	// changed in between.
	Find(ctx context.Context, collection string, query Query) (Page, error)

	// Count returns how many records match, counting no further than limit (a limit under 1 is ErrInvalid). Limit and
	// Reverse of the query play no part; a cursor is ErrInvalid.
	Count(ctx context.Context, collection string, query Query, limit int) (int, error)

	// Close waits for running operations, flushes and lets go of the database. Everything after it is ErrUnavailable,
	// another Close does nothing.
	Close() error
}

// Increment is one atomic addition to an integer. A record that is not there is ErrNotFound.
type Increment struct {
	// Path names the field inside the body, with dots between nested documents (see [Index.Fields]). A missing field
	// counts as 0 and is created, with the documents around it. A field that holds anything but an integer, null
	// included, is ErrInvalid.
	Path string
	// By is added; it may be negative.
	By int64
	// Min and Max bound the result, both inclusive; nil is the bound of an int64. Outside them nothing changes and the
	// error is ErrBounds.
	Min, Max *int64
	// Once, when not empty, makes the addition happen at most once: the record remembers the token beside its body until
	// Forget, and a second Increment with the same token returns the present value and changes nothing. A token is UTF-8;
	// every remembered one makes each write of its record a little slower, so tokens should be forgotten.
	Once string
	// Forget drops a remembered token, if there is one, instead of adding; By, Path and bounds are ignored, the value is
	// 0 and the record's version stays.
	Forget bool
}

// Spec declares a collection.
type Spec struct {
	// Name is lower-case letters, digits and underscores, starting with a letter, at most 48 bytes.
	Name string
	// Indexes other than the one on the id, at most 32.
	Indexes []Index
	// Learners is the path of the field that names the learners (pseudonyms: a string or an array of strings) whom a
	// document concerns, as a multi index with the name "learners"; "" for collections that hold nothing of a learner's.
	// Export and erasure of a person walk exactly these.
	Learners string
}

// Index is an ordered index over up to four fields of the body. A document in which one of the fields is missing or null
// is not in the index, so an index over a field that is set only sometimes costs nothing for the others.
type Index struct {
	// Name is lower-case letters, digits and underscores, starting with a letter, unique in the collection, at most 32
	// bytes. "learners" is taken by Spec.Learners.
	Name string
	// Fields are paths inside the body: field names with dots between nested documents, at most 16 of them and 256 bytes.
	// Names made of digits alone are refused, because a path never leads into an array. Values are integers, strings of
	// up to MaxIndexed bytes, booleans or times (at millisecond precision), and sort in this order when they are mixed;
	// strings sort by their bytes. Anything else refuses the write with ErrInvalid.
	Fields []string
	// Unique refuses a second document with the same values.
	Unique bool
	// Multi says that the first field may be an array of up to MaxMulti strings: the document is then found under each of
	// them, and not at all when it is empty. A query of such an index must fix the first field.
	Multi bool
}

// Query selects a stretch of an index. Its values are strings, integers, booleans, time.Time or bson.DateTime, or types
// made from these; nothing in them is ever taken for an operator.
type Query struct {
	// Index is the index's name, or "" for the id.
	Index string
	// Equal fixes the leading fields, in order. For the id it holds nothing.
	Equal []any
	// From (inclusive) and To (exclusive) bound the field after those of Equal; nil is open. Values of another type than
	// the bound's are outside of it.
	From, To any
	// Prefix, when not empty, bounds that field to strings that start with it; it excludes From and To.
	Prefix string
	// Reverse walks from the end.
	Reverse bool
	// Limit is the page size, 1 to MaxPage; 0 is 100.
	Limit int
	// After continues behind an earlier page of the same query.
	After Cursor
}

// Cursor is an opaque place in a query's order, in letters, digits, "-" and "_". It can be handed to clients: it holds
// index values and an id, so whoever receives it must be allowed to see these, and a forged one leads to no place outside
// the query. A cursor that was not made by the same query (its Limit apart) is ErrInvalid.
type Cursor string

// Page is one stretch of a query's result.
type Page struct {
	Records []Record
	// Next is where the following page starts, "" when there is none.
	Next Cursor
}

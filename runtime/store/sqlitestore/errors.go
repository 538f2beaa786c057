package sqlitestore

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/quoin-lms/quoin/runtime/store"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with the file. Operations return these together with store.ErrUnavailable, Open alone.
var (
	// ErrDamaged: the file is not a database any more, or parts of it are broken. Restore a backup.
	ErrDamaged = errors.New("the store's file is damaged, restore a backup")
	// ErrNewer: a newer version of this program wrote the file.
	ErrNewer = errors.New("the store's file was written by a newer version of this program")
	// ErrForeign: the file is a database, but of another program.
	ErrForeign = errors.New("the store's file belongs to another program")
	// ErrDiskFull: nothing can be written until there is room; nothing that was acknowledged is lost.
	ErrDiskFull = errors.New("the disk is full")
	// ErrReadOnly: the file or its folder cannot be written.
	ErrReadOnly = errors.New("the store's file or folder cannot be written: check owner and permissions")
)

// code returns SQLite's extended result code, 0 if err has none.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// primary returns SQLite's result code without its extension.
func primary(err error) int { return code(err) & 0xff }

func isBusy(err error) bool {
	return primary(err) == sqlite3.SQLITE_BUSY || primary(err) == sqlite3.SQLITE_LOCKED
}

// isTaken tells whether a unique index refused.
func isTaken(err error) bool { return code(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE }

// cause names what is wrong with the file, nil if that is not known.
func cause(err error) error {
	switch primary(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	case sqlite3.SQLITE_FULL:
		return ErrDiskFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return ErrReadOnly
	}
	if errors.Is(err, fs.ErrPermission) {
		return ErrReadOnly
	}
	return nil
}

// unavailable turns a failure of the database into an ErrUnavailable that names the cause. Errors that are the store's
// own stay as they are.
func unavailable(err error) error {
	for _, own := range []error{
		nil, store.ErrUnavailable, store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrBounds, store.ErrInvalid,
	} {
		if errors.Is(err, own) {
			return err
		}
	}
	if known := cause(err); known != nil {
		return fmt.Errorf("%w: %w (%w)", store.ErrUnavailable, known, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// spoilsTransaction tells whether an error may have rolled back everything since BEGIN, so that the other writes of a
// batch cannot be answered as if they had happened.
func spoilsTransaction(err error) bool {
	switch primary(err) {
	case 0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE:
		return false
	}
	return true
}

// Package sqlitestore keeps a store in one SQLite file: the embedded default. Several processes may have the same file
// open, on one machine and a local file system.
//
// # Writes
//
// One goroutine of each process writes. It takes the database's write lock first and then as many waiting writes as
// there are, runs each on its own (one that fails leaves the others alone), commits once and only then answers: the cost
// of forcing the disk is shared by all who wait. A caller whose context ends before his write was taken leaves the
// queue, and nothing happened; later than that he gets the true result, which is milliseconds away. So a context's error
// always means "did not happen". ErrUnavailable is left for a write lock that another process keeps beyond
// [Config.LockTimeout] and for a database that fails.
//
// Processes take turns at the write lock (a file with the ending -turn beside the database), so that a busy one does not
// keep the others out.
//
// Reads have connections of their own, wait for no writer and see what was committed.
//
// # Tables
//
// A collection c is the table "c:c" of id, version, body (BSON), remembered tokens and, per index i, a column "k:i" with
// the document's key (package rules has the encoding), NULL for a document that is not in the index. An index of
// SQLite's over (key, id) gives order, ranges and cursors. A multi index is a table "m:c:i" of (key, id), written in the
// transaction of its document. Tables have rowids: measured with 200 000 documents of 500 B, WITHOUT ROWID was 15 to 40 %
// slower to load and to page through.
//
// The file itself says which indexes it has, and every writer looks before each commit whether that changed. So an index
// that a newer process adds is kept up by an older one which has never heard of it.
//
// # Care
//
// Do not open the file by other means in a process that uses this package, not even to copy or hash it: closing a file
// drops the POSIX locks that the process holds on it. [Store.Backup] copies.
package sqlitestore

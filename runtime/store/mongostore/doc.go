// Package mongostore keeps a store in MongoDB.
//
// # Documents
//
// A record is one document {_id: id, v: version, once: [tokens], d: body}; once is there only while tokens are. Every
// write is one command on one document, so nothing needs transactions and a lone mongod is enough: a replacement is an
// update of {_id, v} that sets d and v, an increment is one findAndModify whose filter holds bounds and token. Write
// concern is majority with journal, reads go to the primary.
//
// The collection "store.schema" (a name that no spec can have) says which indexes were declared with which definition.
//
// # Indexes
//
// An index is over its fields and _id, which makes its order and a cursor's place unambiguous; a unique one is over its
// fields alone. It is partial: only documents whose fields have an allowed type are in it, so that a missing field or
// null is neither found nor clashes. Queries name their index (hint) and are ranges of it: equal leading fields, bounds
// on the next, the order of the rest. To go on behind a cursor, a query is split into such ranges (rules.Stretch has
// the place), because a database is sure to use an index for "x = 1 and y > 2" but not for an OR of several of these.
//
// # FerretDB 1
//
// Its tests run on FerretDB, which knows no partial indexes; there, indexes are made without the condition, which gives
// the same results since every query repeats the condition and FerretDB lets missing fields be in a unique index any
// number of times. (Null and equal values of two types do clash there, and arrays only as a whole.) It must not be used for anything else: concurrent updates lose data, queries use no index. Any other
// server that refuses partial indexes is refused by Ensure.
package mongostore

// Package store is the narrow waist between Quoin and its databases.
//
// A [Store] holds collections of versioned documents. One document is one transaction: nothing here spans two of them,
// because a lone mongod cannot and the embedded default must not promise more than a cluster keeps. What has to span
// documents is a chain of idempotent steps (see package state).
//
// Implementations: sqlitestore (the embedded default) and mongostore. Both pass the suite in storetest; faultstore wraps
// either to fail on purpose. Callers work with the typed [Collection] rather than with raw records.
//
// Every operation is durable when it returns: an acknowledged write survives kill -9 and, with the defaults, power loss.
package store

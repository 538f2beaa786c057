// Package events is the log of everything that happens: append-only, in the one envelope of [wire.Event]. Analytics, xAPI
// and audit read only this.
//
// # Order
//
// An event's id is the caller's, so that a step that is applied twice logs once, or the log's own. Its place in the log is
// another thing: a [Position], given at the moment of writing, which orders by time, grows within a process and is unique
// among all. Clocks of processes differ and writes take time, so an event may appear a little before places that were read
// already. A [Tail] therefore stays some seconds behind, looks at the last stretch again and drops what it gave out before.
//
// # Persons
//
// An event names its actor by pseudonym, in the index that export and erasure walk. What a browser sends goes through
// [Clean]: only fields that the block declared, in bounds.
package events

// Package state keeps what blocks remember and commits what their calls change.
//
// Every call commits by one compare-and-swap of one document, its commit document: the learner's state of the block, one
// document of the block's own, or a document keyed by the request's id. The swap writes the changes that belong to that
// document together with an outbox [Entry] that lists everything else as steps. Steps commute and cannot be refused. They
// are applied before the caller gets his reply; a reader of the document first finishes what is left; [Outbox.Sweep] finds,
// by an index, what a crash left.
//
//	read document -> finish its outbox -> run the block -> swap document + entry -> apply steps -> drop the entry
//
// Dying between any two of these loses nothing: before the swap nothing happened, after it the entry says what is left.
//
// Two actors may apply one entry at once, and one of them may be slow: a sweeper beside a request, a second tab, a process
// that was stopped for an hour. So every step is idempotent for ever, not only while somebody remembers a token: it inserts
// a document under a name made of (entry, position), or raises a maximum, or writes a value stamped with the entry's order
// that an older stamp never overwrites, or goes through a [Mailbox], which numbers what one commit document sends to one
// target and takes each number once.
package state

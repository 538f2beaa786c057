// Package fakehost is the whole contract's host in memory, for one block type: what a real host keeps in a store, a queue and
// a network, a World keeps in maps and a clock that the test turns. It knows fields per scope, sittings, tries and dates,
// submissions with verdicts and evidence, effects and their commit with refusals, repetition and conflicts, documents with
// indexes, tasks, events, mounts, choices of children, and every service, each with the rules of a real host: what the block
// did not declare, did not ask permission for, or may not do is refused with the same code.
//
// A World asks the block through one function that takes a frame and gives a frame, so the block may run natively or in any
// engine. It has no goroutines and no randomness of its own: the same steps give the same bytes.
//
// What it leaves out is a host's own business: pages, storage, crashes between two steps of a commit, access rules of whole
// courses.
package fakehost
